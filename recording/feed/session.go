package feed

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"gait/recording/shard"
)

// ahead is by how much a peer's clock may be ahead of ours.
const ahead = 10 * time.Second

// frames hold the data of one frame each.
var frames = sync.Pool{New: func() any { return new([maxFrame]byte) }}

// session is one recorder's connection.
type session struct {
	*server
	conn     *net.UnixConn
	ctx      context.Context // ends the connection
	pid, uid int

	in    *bufio.Reader
	tape  *shard.Tape
	began time.Time     // when the hello came
	last  time.Duration // of the last frame
}

// run serves the connection to its end.
func (x *session) run() {
	h, ok := x.greeted()
	if !ok {
		return
	}
	if !h.Believed {
		if !x.stranger(x.uid) {
			answer(x.conn, welcome{Refused: "too many sessions at once"})
			x.refuse("too many recorders that sshd did not start", "uid", x.uid)
			return
		}
		defer x.forget(x.uid)
	}
	w, err := x.o.Writer(h.Decoy, h.Service)
	if err != nil {
		answer(x.conn, welcome{Refused: "no shard"})
		x.refuse("a recorder's session has no shard", "uid", x.uid, "error", err.Error())
		return
	}
	reply := welcome{ID: h.Header.ID}
	reply.Input, reply.Output = w.Limits()
	x.tape = w.Begin(h.Header)
	reason := "hangup"
	defer func() { // also where something breaks
		t := x.tape.End(x.last, reason)
		x.o.Log.Debug("a session was recorded", "session", h.Header.ID, "uid", x.uid, "kept", t.Kept, "bytes", t.BytesIn+t.BytesOut)
	}()
	answer(x.conn, reply)
	reason = x.follow()
}

// greeted reads the hello, and gives what is believed of it. The session's id
// is ours, since one that a peer may choose could be another session's; so is
// its start, but for what a hello may be late.
func (x *session) greeted() (h Hello, ok bool) {
	var g greeting
	x.in = bufio.NewReaderSize(x.conn, 4<<10)
	err := x.within(helloWithin)
	if err == nil {
		err = readMessage(x.in, frameHello, maxHello, &g)
	}
	x.began = time.Now()
	if err != nil {
		x.refuse("a recorder said no hello", "uid", x.uid, "error", plain(err))
		return h, false
	}
	h = x.o.Believe(x.pid, x.uid, g.hello())
	h.Header.ID = newID()
	if late := x.began.Sub(h.Header.Start); late < -ahead || late > ahead {
		h.Header.Start = x.began
	}
	return h, true
}

// plain gives the kind of an error without what a peer sent.
func plain(err error) string {
	var timeout net.Error
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it hung up"
	case errors.Is(err, errFrame):
		return errFrame.Error()
	}
	return "connection broken"
}

// newID makes a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// within lets the next reads take so long; for ever with 0. A server that ends
// has cut them short for good.
func (x *session) within(d time.Duration) error {
	var at time.Time
	if d > 0 {
		at = time.Now().Add(d)
	}
	if err := x.conn.SetReadDeadline(at); err != nil {
		return err
	}
	if x.ctx.Err() != nil {
		return x.conn.SetReadDeadline(time.Unix(1, 0))
	}
	return nil
}

// follow takes frames until the end, and gives its reason.
func (x *session) follow() string {
	for {
		err := x.within(0)
		if err == nil {
			_, err = x.in.Peek(1)
		}
		if err == nil {
			err = x.within(frameWithin)
		}
		var reason string
		if err == nil {
			reason, err = x.frame()
		}
		switch {
		case x.ctx.Err() != nil:
			return "stopped"
		case err != nil:
			if errors.Is(err, errFrame) {
				x.refuse("a recorder sent what is no frame", "uid", x.uid)
			}
			return "hangup"
		case reason != "":
			x.farewell(reason)
			return reason
		}
	}
}

// frame takes one frame. It gives the reason of an end.
func (x *session) frame() (reason string, err error) {
	var buf [frameHead]byte
	h, err := readHead(x.in, &buf, maxFrame)
	if err != nil {
		return "", err
	}
	x.last = max(x.last, min(h.at, time.Since(x.began)+ahead))
	at := min(h.at, x.last)
	data := frames.Get().(*[maxFrame]byte)
	defer frames.Put(data)
	d := data[:h.size]
	if _, err := io.ReadFull(x.in, d); err != nil {
		return "", err
	}
	switch {
	case h.kind == frameInput:
		x.tape.Input(at, d)
	case h.kind == frameOutput:
		x.tape.Output(at, d)
	case h.kind == frameResize && len(d) == 8:
		cols, rows := binary.BigEndian.Uint32(d), binary.BigEndian.Uint32(d[4:])
		x.tape.Resize(at, int(min(cols, 1<<16-1)), int(min(rows, 1<<16-1)))
	case h.kind == frameMissing && len(d) == 17 && (d[0] == 'i' || d[0] == 'o'):
		bytes, events := binary.BigEndian.Uint64(d[1:]), binary.BigEndian.Uint64(d[9:])
		x.tape.Missing(at, shard.Missing{Channel: d[0], Bytes: int64(min(bytes, 1<<40))}, int64(min(events, 1<<40)))
	case h.kind == frameEnd && len(d) > 0 && len(d) <= maxReason:
		return string(d), nil
	default:
		return "", errFrame
	}
	return "", nil
}

// farewell ends the session and says what became of it.
func (x *session) farewell(reason string) {
	if frame, err := appendMessage(nil, frameTotals, x.tape.End(x.last, reason)); err == nil {
		send(x.conn, frame)
	}
}
