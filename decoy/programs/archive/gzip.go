package archive

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// zipper is a gzip, gunzip, zcat or a bzip2 that runs.
type zipper struct {
	p      *proc.Process
	o      *proc.Options
	unpack bool
	stdout bool
	test   bool
	list   bool
	level  int
	suffix string
	code   int
	headed bool // the heading of -l was written
}

func gzipFlags() proc.Flags {
	return proc.Flags{Short: "acdfhklLnNqrS:tvV123456789", Long: map[string]proc.Long{"ascii": {As: "a"}, "stdout": {As: "c"}, "to-stdout": {As: "c"}, "decompress": {As: "d"}, "uncompress": {As: "d"}, "force": {As: "f"}, "keep": {As: "k"}, "list": {As: "l"}, "license": {As: "L"}, "no-name": {As: "n"}, "name": {As: "N"}, "quiet": {As: "q"}, "silent": {As: "q"}, "recursive": {As: "r"}, "suffix": {As: "S", Value: 1}, "synchronous": {}, "rsyncable": {}, "test": {As: "t"}, "verbose": {As: "v"}, "fast": {As: "1"}, "best": {As: "9"}}}
}

func runGzip(p *proc.Process) int   { return zipWith(p, false, false) }
func runGunzip(p *proc.Process) int { return zipWith(p, true, false) }
func runZcat(p *proc.Process) int   { return zipWith(p, true, true) }

func zipWith(p *proc.Process, unpack, stdout bool) int {
	var b strings.Builder
	quiet := *p
	quiet.Err = &b
	o := gzipFlags().Parse(&quiet)
	if o == nil {
		_, _ = p.Err.Write([]byte(strings.Replace(b.String(), "Try '", "Try `", 1)))
		return 1
	}
	about := gnu.About{Pack: "GNU gzip", Version: "1.12", Usage: "[OPTION]... [FILE]...", Does: "Compress or uncompress FILEs (by default, compress FILES in-place).", By: "Jean-loup Gailly"}
	if o.Has("h") {
		o.Given = append(o.Given, proc.Option{Name: "help"})
	}
	if o.Has("V", "version") {
		p.Println("gzip 1.12\nCopyright (C) 2018 Free Software Foundation, Inc.\nCopyright (C) 1993 Jean-loup Gailly.\nThis is free software.  You may redistribute copies of it under the terms of\nthe GNU General Public License <https://www.gnu.org/licenses/gpl.html>.\nThere is NO WARRANTY, to the extent permitted by law.\n\nWritten by Jean-loup Gailly.")
		return 0
	}
	if about.Told(p, o) {
		return 0
	}
	z := &zipper{p: p, o: o, unpack: unpack || o.Has("d", "t", "l"), stdout: stdout || o.Has("c"), test: o.Has("t"), list: o.Has("l"), level: 6, suffix: ".gz"}
	for _, g := range o.Given {
		if g.Name >= "1" && g.Name <= "9" && len(g.Name) == 1 {
			z.level = int(g.Name[0] - '0')
		}
		if g.Name == "S" && g.Value != "" {
			z.suffix = "." + strings.TrimPrefix(g.Value, ".")
		}
	}
	// The programs gunzip and zcat are scripts that call gzip.
	if len(p.Args) > 0 && (unpack || stdout) {
		c := *p
		c.Args = append([]string{"gzip"}, p.Args[1:]...)
		z.p = &c
	}
	names := o.Operands
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		z.one(name)
	}
	return z.code
}

// fail tells of an error; warnings have the code 2.
func (z *zipper) fail(code int, format string, args ...any) {
	if code == 2 && z.o.Has("q") {
		z.code = max(z.code, 2)
		return
	}
	if strings.Contains(format, "format") || strings.Contains(format, "unexpected") || strings.Contains(format, "crc") || strings.Contains(format, "garbage") {
		_, _ = z.p.Err.Write([]byte("\n")) // as gzip does where it may stand in the middle of a line
	}
	z.p.Complain(format, args...)
	if z.code != 1 {
		z.code = code
	}
}

// one packs or unpacks one file.
func (z *zipper) one(name string) {
	p := z.p
	if name == "-" {
		z.stream()
		return
	}
	i, err := p.FS.Lstat(name)
	if z.stdout || z.o.Has("f") {
		i, err = p.FS.Stat(name)
	}
	if err != nil && z.unpack && !strings.HasSuffix(name, z.suffix) {
		if j, jerr := p.FS.Stat(name + z.suffix); jerr == nil {
			name, i, err = name+z.suffix, j, nil
		} else {
			name += z.suffix
		}
	}
	switch {
	case err != nil:
		z.fail(1, "%s: %s", name, gnu.Why(err))
	case i.IsDir() && z.o.Has("r"):
		list, _ := p.FS.ReadDir(name)
		for _, e := range list {
			if gnu.Step(p) == nil && strings.Count(name, "/") < 500 {
				z.one(strings.TrimSuffix(name, "/") + "/" + e.Name)
			}
		}
	case i.IsDir():
		z.fail(2, "%s is a directory -- ignored", name)
	case i.Kind() == vfs.Link:
		z.fail(2, "%s: Too many levels of symbolic links", name)
	case i.Kind() != vfs.Regular && !z.stdout:
		z.fail(2, "%s is not a directory or a regular file - ignored", name)
	default:
		z.file(name, i)
	}
}

// stream packs or unpacks In to Out.
func (z *zipper) stream() {
	p := z.p
	if !z.unpack && p.OutTTY && !z.o.Has("f") {
		_, _ = p.Err.Write([]byte("gzip: compressed data not written to a terminal. Use -f to force compression.\nFor help, type: gzip -h\n"))
		z.code = 1
		return
	}
	if z.unpack && p.InTTY && !z.o.Has("f") {
		_, _ = p.Err.Write([]byte("gzip: compressed data not read from a terminal. Use -f to force decompression.\nFor help, type: gzip -h\n"))
		z.code = 1
		return
	}
	out := gnu.Output(p)
	defer out.Flush()
	z.work(io.NopCloser(p.In), out, "stdin")
}

// target gives the name of the other file; false where there is none.
func (z *zipper) target(name string) (string, bool) {
	if !z.unpack {
		if strings.HasSuffix(name, z.suffix) && !z.stdout {
			z.fail(2, "%s already has %s suffix -- unchanged", name, z.suffix)
			return "", false
		}
		return name + z.suffix, true
	}
	for from, to := range map[string]string{z.suffix: "", ".tgz": ".tar", ".taz": ".tar", "-gz": "", ".z": "", ".Z": ""} {
		if strings.HasSuffix(name, from) && len(name) > len(from) {
			return strings.TrimSuffix(name, from) + to, true
		}
	}
	if z.stdout || z.test || z.list {
		return name, true
	}
	z.fail(2, "%s: unknown suffix -- ignored", name)
	return "", false
}

func (z *zipper) file(name string, i vfs.Info) {
	p := z.p
	to, ok := z.target(name)
	if !ok {
		return
	}
	f, err := gnu.Open(p, name)
	if err != nil {
		z.fail(1, "%s: %s", name, gnu.Why(err))
		return
	}
	defer f.Close()
	if z.stdout || z.test || z.list {
		out := gnu.Output(p)
		if z.test || z.list {
			c := &counter{w: io.Discard}
			if z.work(f, c, name) && z.list {
				z.row(i.Size(), c.n, to)
			}
			return
		}
		z.work(f, out, name)
		out.Flush()
		return
	}
	if _, err := p.FS.Lstat(to); err == nil && !z.o.Has("f") {
		_, _ = p.Err.Write([]byte("gzip: " + to + " already exists;"))
		if !p.InTTY {
			_, _ = p.Err.Write([]byte("\tnot overwritten\n"))
			z.code = 2
			return
		}
		_, _ = p.Err.Write([]byte(" do you wish to overwrite (y or n)? "))
		b := make([]byte, 64)
		if n, _ := p.In.Read(b); n == 0 || b[0]|32 != 'y' {
			_, _ = p.Err.Write([]byte("\tnot overwritten\n"))
			z.code = 2
			return
		}
	}
	w, err := p.FS.Open(to, vfs.WriteOnly|vfs.Create|vfs.Truncate, 0o600)
	if err != nil {
		z.fail(1, "%s: %s", to, gnu.Why(err))
		return
	}
	defer w.Close()
	if !z.work(f, w, name) {
		_ = p.FS.Remove(to)
		return
	}
	_ = p.FS.Chown(to, i.UID, i.GID, true)
	_ = p.FS.Chmod(to, i.Mode&0o777)
	_ = p.FS.Chtimes(to, i.Modified)
	if !z.o.Has("k") {
		_ = p.FS.Remove(name)
	}
	z.told(name, to, i)
}

// row writes a line of gzip -l, and the heading before the first.
func (z *zipper) row(packed, whole int64, name string) {
	if !z.headed {
		z.p.Println("         compressed        uncompressed  ratio uncompressed_name")
		z.headed = true
	}
	saved := 0.0
	if whole > 0 {
		saved = 100 * float64(whole-max(packed-18-int64(len(name)), 0)) / float64(whole)
	}
	z.p.Printf("%19d %19d %5.1f%% %s\n", packed, whole, saved, name)
}

// told says with -v how much was saved.
func (z *zipper) told(name, to string, i vfs.Info) {
	if !z.o.Has("v") {
		return
	}
	j, err := z.p.FS.Stat(to)
	if err != nil {
		return
	}
	whole, packed := i.Size(), j.Size()
	if z.unpack {
		whole, packed = packed, whole
	}
	saved := 0.0
	if whole > 0 {
		saved = 100 * float64(whole-packed) / float64(whole)
	}
	verb := "replaced with"
	if z.o.Has("k") {
		verb = "created"
	}
	_, _ = z.p.Err.Write([]byte(sprintf("%s:\t%5.1f%% -- %s %s\n", name, saved, verb, to)))
}

// work packs or unpacks a stream; it says whether it went well.
func (z *zipper) work(r io.Reader, w io.Writer, name string) bool {
	if !z.unpack {
		g, err := gzip.NewWriterLevel(w, z.level)
		if err != nil {
			return false
		}
		if !z.o.Has("n") && name != "stdin" {
			g.Name = name[strings.LastIndexByte(name, '/')+1:]
		}
		err = errors.Join(gnu.Copy(g, r), g.Close())
		if err != nil && !gnu.Stop(z.p) {
			z.fail(1, "%s: %s", name, gnu.Why(err))
		}
		return err == nil
	}
	br := bufio.NewReader(r)
	head, err := br.Peek(2)
	switch {
	case len(head) == 0 && err == io.EOF:
		z.fail(1, "%s: unexpected end of file", name)
		return false
	case len(head) < 2 || head[0] != 0x1f || head[1] != 0x8b:
		if z.stdout && z.o.Has("f") {
			return gnu.Copy(w, br) == nil
		}
		z.fail(1, "%s: not in gzip format", name)
		return false
	}
	g, err := gzip.NewReader(br)
	if err == nil {
		err = gnu.Copy(stopper{w, z.p}, g)
	}
	return z.verdict(name, err)
}

// verdict tells what is wrong with packed data.
func (z *zipper) verdict(name string, err error) bool {
	switch {
	case err == nil:
		return true
	case gnu.Stop(z.p):
		z.code = 1
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		z.fail(1, "%s: unexpected end of file", name)
	case errors.Is(err, gzip.ErrChecksum):
		z.fail(1, "%s: invalid compressed data--crc error", name)
	case errors.Is(err, gzip.ErrHeader):
		z.fail(2, "%s: decompression OK, trailing garbage ignored", name)
		return true
	default:
		z.fail(1, "%s: invalid compressed data--format violated", name)
	}
	return false
}

// stopper ends writing with the process, and costs a step for each piece: what a
// packed bomb becomes is bounded.
type stopper struct {
	w io.Writer
	p *proc.Process
}

func (s stopper) Write(b []byte) (int, error) {
	if err := gnu.Step(s.p); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

// unzipped gives the content of a packed stream by its first bytes.
func unzipped(r io.Reader) (io.Reader, error) {
	br := bufio.NewReader(r)
	head, _ := br.Peek(3)
	switch {
	case len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b:
		return gzip.NewReader(br)
	case string(head) == "BZh":
		return bzip2.NewReader(br), nil
	}
	return br, nil
}
