package telnetd

import (
	"bytes"
	"testing"

	"gait/decoy/visit"
)

// FuzzDecode holds that data comes out the same however it was cut, and that no
// option makes the server talk more than it is talked to.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("root\r\nx\r\x00\xff\xff\xff\xfb\x18\xff\xfa\x18\x00xterm\xff\xf0"), 3)
	f.Add([]byte("\xff\xfa'\x00\x00USER\x01a\x02\x01\xff\xf0\xff\xfa\x1f\x00\xff\xff\x00\x18\xff\xf0"), 1)
	f.Add([]byte("\xff\xfd\x05\xff\xfa\x05\x01\xff\xf0\xff\xfb\x00\r\n\xff\xf4"), 2)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		whole, said := decodeCut(data, len(data)+1)
		pieces, _ := decodeCut(data, max(1, cut))
		if !bytes.Equal(whole, pieces) {
			t.Errorf("whole %q, in pieces %q", whole, pieces)
		}
		if said > 600*(1+len(data)/3) {
			t.Errorf("%d bytes of answers to %d", said, len(data))
		}
	})
}

func decodeCut(data []byte, cut int) (out []byte, said int) {
	c := &conn{w: newWire(nil, 0)}
	c.opts = options{
		out: func(b ...byte) { said += len(b) }, subs: map[byte]bool{}, late: true,
		told: func(visit.Kind, string) {}, resized: func(visit.Size) {},
		setMode: func(recv, _ bool) { c.dec.binary = recv },
	}
	c.w.busy = true // nothing is sent
	for len(data) > 0 {
		n := min(cut, len(data))
		out = c.dec.decode(out, data[:n], c)
		data = data[n:]
	}
	return out, said
}
