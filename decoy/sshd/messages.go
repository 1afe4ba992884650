package sshd

import (
	"io"
	"reflect"

	"golang.org/x/crypto/ssh"
)

// messages reads a channel one channel-data message at a time.
//
// The library keeps each message that waits as a piece of a list, and joins the
// pieces when it is asked for more bytes than the first one has. So one byte is
// asked for, which leaves the rest of its message at the head of the list, then
// the length of that rest is looked up in the list, and exactly so much is
// asked for. Only who reads moves the head of the list or changes the piece
// there; messages that arrive meanwhile are hung on behind it. So looking needs
// no lock, as long as one goroutine alone reads.
//
// The look goes through package reflect and changes nothing. Where the library
// is laid out in another way, messages are joined as they always were, and
// apart is false. It costs two locks and three loads a message in the place of
// one lock, nothing for a byte, and no waiting: a net.Conn that hands on a few
// bytes at a time would have to guess where messages end, as some ciphers hide
// their lengths.
type messages struct {
	ch    ssh.Channel
	list  reflect.Value // the list of what waits
	apart bool
	buf   []byte
}

const (
	smallRead = 512     // what a message is expected to have
	mostRead  = 1 << 15 // what a message can have
)

// newMessages reads from a channel.
func newMessages(ch ssh.Channel) *messages {
	m := &messages{ch: ch}
	m.list, m.apart = pending(ch)
	return m
}

// pending finds the list of messages that wait in a channel.
func pending(ch ssh.Channel) (list reflect.Value, ok bool) {
	v := reflect.ValueOf(ch)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return v, false
	}
	v = v.Elem().FieldByName("pending")
	if !v.IsValid() || v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return v, false
	}
	list = v.Elem().FieldByName("head")
	if !list.IsValid() || list.Kind() != reflect.Pointer || list.Type().Elem().Kind() != reflect.Struct {
		return list, false
	}
	f, ok := list.Type().Elem().FieldByName("buf")
	return list, ok && f.Type.Kind() == reflect.Slice
}

// next gives the next message, which is good until the next call.
func (m *messages) next() ([]byte, error) {
	if cap(m.buf) == 0 || cap(m.buf) > smallRead {
		m.buf = make([]byte, smallRead) // what a large message needed is not kept
	}
	if !m.apart {
		n, err := m.ch.Read(m.buf[:cap(m.buf)])
		return m.buf[:n], err
	}
	n, err := m.ch.Read(m.buf[:1])
	if n == 0 {
		return nil, err
	}
	rest := m.list.Elem().FieldByName("buf").Len()
	if rest == 0 {
		return m.buf[:1], nil
	}
	if 1+rest > cap(m.buf) {
		m.buf = append(make([]byte, 0, 1+min(rest, mostRead)), m.buf[0])
	}
	n, err = io.ReadFull(m.ch, m.buf[1:1+min(rest, mostRead)])
	return m.buf[:1+n], err
}
