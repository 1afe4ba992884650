package text

import (
	"fmt"
	"hash"
	"io"

	"golang.org/x/crypto/blake2b"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// newBlake makes the hash of b2sum.
func newBlake() hash.Hash {
	h, _ := blake2b.New512(nil) // which fails for too long a key alone
	return h
}

// crcTable is that of POSIX: the polynomial of Ethernet, highest bit first.
func crcTable() (t [256]uint32) {
	for i := range t {
		c := uint32(i) << 24
		for range 8 {
			if c&(1<<31) != 0 {
				c = c<<1 ^ 0x04c11db7
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return t
}

func runCksum(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "a:", Long: map[string]proc.Long{"algorithm": {As: "a", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Print or verify checksums.\nBy default use the 32 bit CRC algorithm.", By: "Padraig Brady and Q. Frank Xia"})
	if o == nil {
		return code
	}
	if a, ok := o.Last("a"); ok && a != "crc" {
		for _, s := range sums() {
			if a+"sum" == s.name || a == "blake2b" && s.name == "b2sum" {
				return s.tagged(p, o.Operands)
			}
		}
		return gnu.Try(p, "invalid argument %s for %s", gnu.Always(p, a), gnu.Always(p, "--algorithm"))
	}
	table := crcTable()
	return eachSum(p, o.Operands, func(r io.Reader) (string, error) {
		var crc uint32
		var size int64
		buf := make([]byte, 16<<10)
		for {
			n, err := r.Read(buf)
			for _, b := range buf[:n] {
				crc = crc<<8 ^ table[byte(crc>>24)^b]
			}
			size += int64(n)
			if err == io.EOF {
				break
			}
			if err != nil {
				return "", err
			}
		}
		for n := size; n > 0; n >>= 8 {
			crc = crc<<8 ^ table[byte(crc>>24)^byte(n)]
		}
		return fmt.Sprintf("%d %d", ^crc, size), nil
	})
}

// tagged prints digests as cksum -a does.
func (s sum) tagged(p *proc.Process, names []string) int {
	bad := 0
	code := gnu.Each(p, names, gnu.Plain(p), func(name string, r io.Reader) bool {
		digest, err := s.digest(r)
		if err != nil {
			bad = p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
			return true
		}
		p.Printf("%s (%s) = %s\n", s.title, name, digest)
		return true
	})
	return max(code, bad)
}

func runSum(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "rs", Long: map[string]proc.Long{"sysv": {As: "s"}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Print or check BSD (16-bit) checksums.", By: "Kayvan Aghaiepour and David MacKenzie"})
	if o == nil {
		return code
	}
	return eachSum(p, o.Operands, func(r io.Reader) (string, error) {
		var bsd, sysv uint32
		var size int64
		buf := make([]byte, 16<<10)
		for {
			n, err := r.Read(buf)
			for _, b := range buf[:n] {
				bsd = (bsd>>1 + bsd&1<<15 + uint32(b)) & 0xffff
				sysv += uint32(b)
			}
			size += int64(n)
			if err == io.EOF {
				break
			}
			if err != nil {
				return "", err
			}
		}
		if o.Has("s") {
			v := sysv&0xffff + sysv>>16
			v = v&0xffff + v>>16
			return fmt.Sprintf("%d %d", v, (size+511)/512), nil
		}
		return fmt.Sprintf("%05d %5d", bsd, (size+1023)/1024), nil
	})
}

// eachSum prints a checksum for each file, with its name where names were given.
func eachSum(p *proc.Process, names []string, of func(io.Reader) (string, error)) int {
	bad := 0
	code := gnu.Each(p, names, gnu.Plain(p), func(name string, r io.Reader) bool {
		text, err := of(r)
		switch {
		case err != nil && gnu.Stop(p):
			return false
		case err != nil:
			bad = p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
		case len(names) == 0:
			p.Println(text)
		default:
			p.Println(text + " " + name)
		}
		return true
	})
	return max(code, bad)
}
