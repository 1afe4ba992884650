package recording

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"gait"
	"gait/recording/reader"
)

const (
	// maxLayers is how often one input may be compressed over: rotation may
	// pack what is packed already, and nobody packs a third time on purpose.
	maxLayers = 3
	// freeRatio is how much may be unpacked before the ratio counts: a short
	// input of one repeated byte is no bomb.
	freeRatio = 16 << 20
	// maxWindow is the largest window of zstd that is accepted, since a frame
	// of a few bytes can ask for it. Level 19 uses 8 MB.
	maxWindow = 32 << 20
)

// packing is one way of compressing.
type packing struct {
	name string
	does func(head []byte) bool
	open func(r io.Reader) (io.ReadCloser, error)
}

var packings = []packing{
	{"gzip", isGzip, func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }},
	{"zstd", isZstd, openZstd},
}

func isGzip(head []byte) bool { return len(head) > 2 && string(head[:3]) == "\x1f\x8b\x08" }

// isZstd knows a frame, and a skippable frame, with which some packers begin.
func isZstd(head []byte) bool {
	return len(head) > 3 && (string(head[:4]) == "\x28\xb5\x2f\xfd" ||
		head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18")
}

func openZstd(r io.Reader) (io.ReadCloser, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	return d.IOReadCloser(), nil
}

// packingOf gives how an input is compressed, nil where it is not.
func packingOf(head []byte) *packing {
	for i := range packings {
		if packings[i].does(head) {
			return &packings[i]
		}
	}
	return nil
}

// unpacker takes the packing off one input. All that it makes lies in one
// spool and counts against one limit.
type unpacker struct {
	spool spool
	left  int64 // bytes that may still be made
	did   bool  // there was something to unpack
	odd   gait.Oddities
}

// newUnpacker makes an unpacker for an input of so many bytes.
func newUnpacker(size int64, opt Options) *unpacker {
	most := opt.Limits.Unpacked
	if r := opt.Limits.Ratio; r > 0 && size < most/r {
		most = min(most, max(freeRatio, size*r))
	}
	return &unpacker{left: most, spool: spool{folder: opt.TempDir}}
}

// peel takes off all compression. What was torn or beyond the limits is
// counted and what came before is given.
func (u *unpacker) peel(s *io.SectionReader) (*io.SectionReader, error) {
	for range maxLayers {
		p := packingOf(headOf(s))
		if p == nil {
			return s, nil
		}
		var err error
		if s, err = u.unpack(s, p); err != nil {
			return nil, err
		}
	}
	if packingOf(headOf(s)) != nil {
		return nil, &reader.Error{At: -1, What: fmt.Sprintf("compressed more than %d times over", maxLayers), Do: "unpack it first"}
	}
	return s, nil
}

func (u *unpacker) unpack(s *io.SectionReader, p *packing) (*io.SectionReader, error) {
	in, err := p.open(bufio.NewReaderSize(fromStart(s), 32<<10))
	if err != nil {
		return nil, packingError(p, err)
	}
	defer in.Close()
	u.did = true
	start := u.spool.size
	f, err := u.spool.fill(in, u.left)
	if err != nil {
		return nil, err
	}
	u.left -= f.size
	switch {
	case f.cut:
		u.odd.Add(gait.OddUnpackLimit, 1, f.size)
	case f.read != nil && f.size == 0:
		return nil, packingError(p, f.read)
	case f.read != nil:
		u.odd.Add(gait.OddTornPacking, 1, f.size)
	}
	return io.NewSectionReader(&u.spool, start, f.size), nil
}

func packingError(p *packing, err error) error {
	e := &reader.Error{At: -1, What: "begins like " + p.name + " data but cannot be unpacked", Do: "copy it again from where it was made", Err: err}
	if errors.Is(err, zstd.ErrWindowSizeExceeded) {
		e.Do = fmt.Sprintf("its window is over %d MB: unpack it first with zstd -d --long=31", maxWindow>>20)
	}
	return e
}

// headOf gives the first bytes, at most [reader.HeadSize].
func headOf(s *io.SectionReader) []byte {
	head := make([]byte, min(reader.HeadSize, s.Size()))
	n, _ := s.ReadAt(head, 0)
	return head[:n]
}

func fromStart(s *io.SectionReader) io.Reader { return io.NewSectionReader(s, 0, s.Size()) }

// peek gives the first bytes of what is inside of all compression, without
// unpacking the rest. It gives what there is where the packing is damaged.
func peek(s *io.SectionReader) []byte {
	head := headOf(s)
	var r io.Reader = fromStart(s)
	for range maxLayers {
		p := packingOf(head)
		if p == nil {
			break
		}
		in, err := p.open(bufio.NewReader(r))
		if err != nil {
			return nil
		}
		defer in.Close()
		buf := make([]byte, reader.HeadSize)
		n, _ := io.ReadFull(in, buf)
		head = buf[:n]
		r = io.MultiReader(strings.NewReader(string(head)), in)
	}
	return head
}

// plainName gives a base name without the suffixes of compression.
func plainName(name string) string {
	for range maxLayers {
		short := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
		if short == name || short == "" {
			break
		}
		name = short
	}
	return name
}
