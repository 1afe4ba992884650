package sshd

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// plain makes the packets that go out before they are encrypted look as
// OpenSSH's: padded with zeros to a multiple of 8 bytes, where the library pads
// with chance to a multiple of 16. Padding is no part of what the key exchange
// signs. What OpenSSH sends together (the answer to the key exchange, the new
// keys and the message about extensions) is held until it is all there.
type plain struct {
	more bool // the client wants to know of extensions
	done bool
	held []byte
}

const (
	newKeys   = 21 // message number
	mostPlain = 64 << 10
)

// write takes what the library writes, and writes what is to go out.
func (p *plain) write(w io.Writer, b []byte) (int, error) {
	if p.done || bytes.HasPrefix(b, []byte("SSH-")) {
		if p.held != nil {
			_, err := w.Write(append(p.held, b...))
			p.held = nil
			return len(b), err
		}
		return w.Write(b)
	}
	repadded, kind, ok := repad(b)
	if !ok || len(p.held) > mostPlain {
		p.done = true // never seen of the library; then all goes as it is
		return p.write(w, b)
	}
	p.held = append(p.held, repadded...)
	if kind == newKeys {
		p.done = true
	}
	if kind != kexInit && !(p.done && !p.more) {
		return len(b), nil
	}
	_, err := w.Write(p.held)
	p.held = nil
	return len(b), err
}

// repad gives one whole packet other padding, and says what message is in it.
func repad(b []byte) (out []byte, kind byte, ok bool) {
	if len(b) < 6 {
		return nil, 0, false
	}
	size, padding := int64(binary.BigEndian.Uint32(b)), int64(b[4])
	if size != int64(len(b)-4) || padding > size-2 {
		return nil, 0, false
	}
	payload := b[5 : int64(len(b))-padding]
	n := 8 - (5+len(payload))%8
	if n < 4 {
		n += 8
	}
	out = binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+n))
	out = append(append(out, byte(n)), payload...)
	return append(out, make([]byte, n)...), payload[0], true
}

// extensions says whether a client's key exchanges ask for the message about
// extensions.
func extensions(kex []string) bool { return slices.Contains(kex, "ext-info-c") }
