package text

import (
	"bufio"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// sum is one of the programs that print digests.
type sum struct {
	name  string
	title string // in --tag and messages
	size  int    // hex digits
	make  func() hash.Hash
}

func sums() []sum {
	return []sum{{"md5sum", "MD5", 32, md5.New}, {"sha1sum", "SHA1", 40, sha1.New}, {"sha224sum", "SHA224", 56, sha256.New224}, {"sha256sum", "SHA256", 64, sha256.New},
		{"sha384sum", "SHA384", 96, sha512.New384}, {"sha512sum", "SHA512", 128, sha512.New}, {"b2sum", "BLAKE2b", 128, newBlake}}
}

func (s sum) run(p *proc.Process) int { return s.with(p, gnu.Plain(p)) }

func (s sum) busy(p *proc.Process) int { return s.with(p, cannotOpen(p)) }

func (s sum) with(p *proc.Process, complain func(string, error)) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "bctwz", Long: map[string]proc.Long{"binary": {As: "b"}, "check": {As: "c"}, "text": {As: "t"}, "tag": {}, "zero": {As: "z"}, "warn": {As: "w"}, "quiet": {}, "status": {}, "strict": {}, "ignore-missing": {}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Print or check " + s.title + " checksums.", By: "Ulrich Drepper, Scott Miller, and David Madore"})
	if o == nil {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	if o.Has("c") {
		return s.check(p, o, out)
	}
	bad := 0
	code = gnu.Each(p, o.Operands, func(name string, err error) { out.Flush(); complain(name, err) }, func(name string, r io.Reader) bool {
		digest, err := s.digest(r)
		if err != nil {
			if !gnu.Stop(p) {
				out.Flush()
				p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
			}
			bad = 1
			return true
		}
		s.write(out, o, name, digest)
		return true
	})
	return max(code, bad)
}

func (s sum) digest(r io.Reader) (string, error) {
	h := s.make()
	if err := gnu.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (s sum) write(out *bufio.Writer, o *proc.Options, name, digest string) {
	end := "\n"
	if o.Has("z") {
		end = "\x00"
	} else if strings.ContainsAny(name, "\\\n\r") {
		name = strings.NewReplacer("\\", `\\`, "\n", `\n`, "\r", `\r`).Replace(name)
		out.WriteByte('\\')
	}
	mark := " "
	if o.Has("b") {
		mark = "*"
	}
	if o.Has("tag") {
		fmt.Fprintf(out, "%s (%s) = %s%s", s.title, name, digest, end)
		return
	}
	fmt.Fprintf(out, "%s %s%s%s", digest, mark, name, end)
}

// verdict counts what a check found.
type verdict struct {
	p   *proc.Process
	o   *proc.Options
	out *bufio.Writer

	failed, unread, improper int
}

// check reads lists of digests and compares.
func (s sum) check(p *proc.Process, o *proc.Options, out *bufio.Writer) int {
	bad := 0
	code := gnu.Each(p, o.Operands, gnu.Plain(p), func(name string, r io.Reader) bool {
		v := verdict{p: p, o: o, out: out}
		found := 0
		lines := gnu.NewLines(p, r, '\n')
		defer lines.Close()
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			digest, file, ok := s.parse(strings.TrimSuffix(string(line), "\r"))
			if !ok {
				v.improper++
				continue
			}
			found++
			s.compare(&v, file, digest)
		}
		out.Flush()
		if found == 0 {
			shown := gnu.Name(p, name)
			if name == "-" {
				shown = "'standard input'"
			}
			p.Complain("%s: no properly formatted checksum lines found", shown)
			bad = 1
			return true
		}
		if !o.Has("status") {
			v.tell()
		}
		if v.failed+v.unread > 0 || o.Has("strict") && v.improper > 0 {
			bad = 1
		}
		return true
	})
	return max(code, bad)
}

// parse reads a line of a list.
func (s sum) parse(line string) (digest, name string, ok bool) {
	if rest, is := strings.CutPrefix(line, s.title+" ("); is {
		if at := strings.LastIndex(rest, ") = "); at >= 0 {
			return strings.ToLower(rest[at+4:]), rest[:at], len(rest[at+4:]) == s.size
		}
	}
	line = strings.TrimLeft(line, " \t")
	if len(line) < s.size+3 || line[s.size] != ' ' || line[s.size+1] != ' ' && line[s.size+1] != '*' {
		return "", "", false
	}
	digest = strings.ToLower(line[:s.size])
	return digest, line[s.size+2:], strings.Trim(digest, "0123456789abcdef") == ""
}

// compare compares one file with its digest.
func (s sum) compare(v *verdict, name, want string) {
	p, o, out := v.p, v.o, v.out
	f, err := gnu.Open(p, name)
	var got string
	if err == nil {
		got, err = s.digest(f)
		f.Close()
	}
	quiet := o.Has("status")
	switch {
	case err != nil:
		out.Flush()
		p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
		v.unread++
		if !quiet {
			fmt.Fprintf(out, "%s: FAILED open or read\n", name)
		}
	case got != want:
		v.failed++
		if !quiet {
			fmt.Fprintf(out, "%s: FAILED\n", name)
		}
	default:
		if !quiet && !o.Has("quiet") {
			fmt.Fprintf(out, "%s: OK\n", name)
		}
	}
}

// tell warns of what was wrong.
func (v verdict) tell() {
	p := v.p
	warn := func(n int, one, many string) {
		if n == 1 {
			p.Complain("WARNING: %d %s", n, one)
		} else if n > 1 {
			p.Complain("WARNING: %d %s", n, many)
		}
	}
	warn(v.improper, "line is improperly formatted", "lines are improperly formatted")
	warn(v.unread, "listed file could not be read", "listed files could not be read")
	warn(v.failed, "computed checksum did NOT match", "computed checksums did NOT match")
}
