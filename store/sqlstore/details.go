package sqlstore

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// details are what a list does not need of a session.
type details struct {
	detail   json.RawMessage // header, fidelity, oddities, not observable; nil for none
	measures []measured      // of its observations, in the order of numbers
}

// measured are the measures of one observation, as JSON.
type measured struct {
	primitive int64
	json      []byte
}

// of gives the measures of a primitive; nil where there are none.
func (d *details) of(primitive int64) []byte {
	for i := range d.measures {
		if d.measures[i].primitive == primitive {
			return d.measures[i].json
		}
	}
	return nil
}

// mostDetails bounds what is unpacked of one session, in bytes.
const mostDetails = 64 << 20

// formatZstd is the first byte of details: what follows is packed by zstd.
const formatZstd = 1

var errDetails = errors.New("the details of a session are damaged")

// packers are used by one goroutine each; unpacking is safe for several.
var (
	packers = sync.Pool{New: func() any {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
			zstd.WithWindowSize(128<<10), zstd.WithEncoderCRC(false))
		if err != nil {
			panic(err) // the options are constants
		}
		return &packer{zstd: e}
	}}
	unpacker = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(mostDetails))
	})
)

type packer struct {
	zstd  *zstd.Encoder
	plain []byte
}

// pack gives details as they are stored: each part with its length before it.
func (d *details) pack() []byte {
	p := packers.Get().(*packer)
	defer packers.Put(p)
	b := appendPart(p.plain[:0], d.detail)
	for _, m := range d.measures {
		b = appendPart(binary.AppendUvarint(b, uint64(m.primitive)), m.json)
	}
	p.plain = b
	if cap(b) > 1<<20 {
		p.plain = nil
	}
	return p.zstd.EncodeAll(b, append(make([]byte, 0, len(b)/3+64), formatZstd))
}

func appendPart(b, part []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(part))), part...)
}

// unpackDetails gives what was packed. Nothing stored gives nothing.
func unpackDetails(data []byte) (details, error) {
	var d details
	if len(data) == 0 {
		return d, nil
	}
	if data[0] != formatZstd {
		return d, fmt.Errorf("%w: unknown format %d", errDetails, data[0])
	}
	z, err := unpacker()
	if err != nil {
		return d, err
	}
	b, err := z.DecodeAll(data[1:], nil)
	if err != nil {
		return d, fmt.Errorf("%w: %w", errDetails, err)
	}
	r := reader{b: b}
	if detail := r.part(); len(detail) > 0 {
		d.detail = detail
	}
	for len(r.b) > 0 && !r.bad {
		d.measures = append(d.measures, measured{int64(r.number()), r.part()})
	}
	if r.bad {
		return details{}, errDetails
	}
	return d, nil
}

// reader takes numbers and parts off the front of bytes.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) signed() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) part() []byte {
	n := r.number()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	part := r.b[:n:n]
	r.b = r.b[n:]
	return part
}
