package machine

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"io"
)

// noise is content that looks like a program's: a head that is right, then
// bytes that follow from a seed. It is made when it is read.
type noise struct {
	key  seed
	size int64
	head []byte
}

// Size gives the size in bytes.
func (n *noise) Size() int64 { return n.size }

// ReadAt makes a part of it.
func (n *noise) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= n.size {
		return 0, io.EOF
	}
	var err error
	if left := n.size - at; int64(len(p)) > left {
		p, err = p[:left], io.EOF
	}
	block, e := aes.NewCipher(n.key[:])
	if e != nil { // only for keys of another length
		return 0, e
	}
	var counter [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[8:], uint64(at/aes.BlockSize))
	stream := cipher.NewCTR(block, counter[:])
	if skip := at % aes.BlockSize; skip > 0 {
		stream.XORKeyStream(make([]byte, skip), make([]byte, skip))
	}
	clear(p)
	stream.XORKeyStream(p, p)
	if at < int64(len(n.head)) {
		copy(p, n.head[at:])
	}
	return len(p), err
}

const interpreter = "/lib64/ld-linux-x86-64.so.2\x00"

// segments are the program headers of a program, as the linker lays them out:
// type, flags, and how its place follows from the size.
var segments = []struct{ kind, flags uint32 }{{6, 4}, {3, 4}, {1, 4}, {1, 5}, {1, 4}, {1, 6}, {2, 6}, {4, 4}, {4, 4}, {0x6474e553, 4}, {0x6474e550, 4}, {0x6474e551, 6}, {0x6474e552, 4}}

// elf makes a program, or a library, of a size.
func elf(key seed, size int64, library bool) *noise {
	if size < 4096 {
		return &noise{key: key, size: size, head: []byte("\x7fELF\x02\x01\x01")}
	}
	const sections = 30
	le := binary.LittleEndian
	b := make([]byte, 64)
	copy(b, "\x7fELF\x02\x01\x01\x00")
	le.PutUint16(b[16:], 3)  // shared object, as position independent programs are
	le.PutUint16(b[18:], 62) // x86_64
	le.PutUint32(b[20:], 1)
	text := uint64(size/8) &^ 0xfff
	if !library {
		le.PutUint64(b[24:], text+0x1000+uint64(key[0])<<4)
	}
	le.PutUint64(b[32:], 64)
	le.PutUint64(b[40:], uint64(size)-sections*64)
	used := segments
	if library {
		used = segments[2:]
	}
	for i, n := range []int{64, 56, len(used), 64, sections, sections - 1} {
		le.PutUint16(b[52+2*i:], uint16(n))
	}
	for _, s := range used {
		b = append(b, segment(s.kind, s.flags, len(used), uint64(size))...)
	}
	if !library {
		b = append(b, make([]byte, 0x318-len(b)%0x318)...)[:0x318]
		b = append(b, interpreter...)
		b = append(b, 0, 0, 0, 0, 4, 0, 0, 0, 0x20, 0, 0, 0, 5, 0, 0, 0, 'G', 'N', 'U', 0, 2, 0, 0, 0xc0)
	}
	return &noise{key: key, size: size, head: b}
}

// segment makes one program header.
func segment(kind, flags uint32, count int, size uint64) []byte {
	off, length, align := uint64(0), size/9&^7, uint64(8)
	switch {
	case kind == 6:
		off, length = 64, uint64(count)*56
	case kind == 3:
		off, length, align = 0x318, uint64(len(interpreter)), 1
	case kind == 1 && flags == 5:
		off, length, align = size/8&^0xfff, size/2&^7, 0x1000
	case kind == 1 && flags == 6:
		off, length, align = size-size/16&^0xfff, size/20&^7, 0x1000
	case kind == 1:
		align = 0x1000
	case kind == 0x6474e551:
		length, align = 0, 16
	default:
		off = size - size/17&^7
		length = 0x1f0
	}
	b := make([]byte, 56)
	le := binary.LittleEndian
	le.PutUint32(b, kind)
	le.PutUint32(b[4:], flags)
	for i, v := range []uint64{off, off, off, length, length, align} {
		le.PutUint64(b[8+8*i:], v)
	}
	return b
}
