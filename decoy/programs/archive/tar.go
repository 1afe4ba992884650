package archive

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// tarrer is a tar that runs.
type tarrer struct {
	p       *proc.Process
	o       *proc.Options
	mode    string
	archive string
	names   []string
	found   map[string]bool
	owners  *gnu.Owners
	verbose int
	strip   int
	warned  bool // of the slash that is taken off
	failed  bool // something went wrong on the way
	listing io.Writer
	dirs    []*tar.Header // whose times are set at the end
}

func tarFlags() proc.Flags {
	return proc.Flags{Short: "Aacdtruxf:vzjJZC:kOpmhPT:X:wlSsb:o0123456789", Long: map[string]proc.Long{"create": {As: "c"}, "extract": {As: "x"}, "get": {As: "x"}, "list": {As: "t"}, "append": {As: "r"}, "update": {As: "u"}, "file": {As: "f", Value: 1}, "verbose": {As: "v"}, "gzip": {As: "z"}, "gunzip": {As: "z"}, "ungzip": {As: "z"}, "bzip2": {As: "j"}, "xz": {As: "J"}, "auto-compress": {As: "a"},
		"directory": {As: "C", Value: 1}, "keep-old-files": {As: "k"}, "to-stdout": {As: "O"}, "preserve-permissions": {As: "p"}, "same-permissions": {As: "p"}, "touch": {As: "m"}, "dereference": {As: "h"}, "absolute-names": {As: "P"}, "files-from": {As: "T", Value: 1}, "exclude-from": {As: "X", Value: 1}, "exclude": {Value: 1}, "strip-components": {Value: 1},
		"no-same-owner": {}, "same-owner": {}, "numeric-owner": {}, "overwrite": {}, "no-recursion": {}, "remove-files": {}, "one-file-system": {}, "wildcards": {}, "sparse": {As: "S"}, "null": {}, "transform": {Value: 1}, "owner": {Value: 1}, "group": {Value: 1}, "mode": {Value: 1}, "mtime": {Value: 1}, "totals": {}, "format": {Value: 1}, "usage": {}}}
}

// oldStyle gives options without their dash one: "tar xzf file".
func oldStyle(p *proc.Process) {
	if len(p.Args) < 2 || p.Args[1] == "" || p.Args[1][0] == '-' {
		return
	}
	letters, rest := p.Args[1], p.Args[2:]
	args := []string{p.Args[0]}
	for _, c := range letters {
		args = append(args, "-"+string(c))
		if strings.ContainsRune("fCTXb", c) && len(rest) > 0 {
			args[len(args)-1] += rest[0]
			rest = rest[1:]
		}
	}
	p.Args = append(args, rest...)
}

func runTar(p *proc.Process) int {
	oldStyle(p)
	var b strings.Builder
	c := *p
	c.Err = &b
	o := tarFlags().Parse(&c)
	if o == nil {
		text, _, _ := strings.Cut(b.String(), "\n")
		_, _ = p.Err.Write([]byte(text + "\n"))
		return trying(p)
	}
	if (gnu.About{Pack: "GNU tar", Version: "1.34", Usage: "[OPTION...] [FILE]...", Does: "GNU 'tar' saves many files together into a single tape or disk archive, and can\nrestore individual files from the archive.", By: "John Gilmore and Jay Fenlason"}).Told(p, o) {
		return 0
	}
	t := &tarrer{p: p, o: o, names: o.Operands, found: map[string]bool{}, owners: gnu.NewOwners(p.World), archive: "-"}
	for _, g := range o.Given {
		switch g.Name {
		case "c", "x", "t", "r", "u", "A", "d":
			if t.mode != "" && t.mode != g.Name {
				p.Complain("You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option")
				return trying(p)
			}
			t.mode = g.Name
		case "v":
			t.verbose++
		case "f":
			t.archive = g.Value
		case "strip-components":
			n, ok := gnu.Size(g.Value, "")
			if !ok {
				p.Complain("%s: Invalid number of elements", g.Value)
				return trying(p)
			}
			t.strip = int(min(n, 1000))
		}
	}
	return t.run()
}

func trying(p *proc.Process) int {
	_, _ = p.Err.Write([]byte("Try '" + p.Name() + " --help' or '" + p.Name() + " --usage' for more information.\n"))
	return 2
}

// fatal ends tar.
func (t *tarrer) fatal(format string, args ...any) int {
	t.p.Complain(format, args...)
	t.p.Complain("Error is not recoverable: exiting now")
	return 2
}

// fault tells of something that does not end tar.
func (t *tarrer) fault(format string, args ...any) {
	t.p.Complain(format, args...)
	t.failed = true
}

func (t *tarrer) code(n int) int {
	if t.failed {
		t.p.Complain("Exiting with failure status due to previous errors")
		return 2
	}
	return n
}

func (t *tarrer) run() int {
	switch t.mode {
	case "c":
		return t.create()
	case "x", "t":
		return t.read()
	case "":
		t.p.Complain("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options")
		return trying(t.p)
	}
	return t.fatal("%s: Cannot open: Operation not permitted", t.archive)
}

// read lists or unpacks.
func (t *tarrer) read() int {
	p := t.p
	out := gnu.Output(p)
	defer out.Flush()
	t.listing = out
	if t.archive == "-" && p.InTTY {
		return t.fatal("Refusing to read archive contents from terminal (missing -f option?)")
	}
	f, err := gnu.Open(p, t.archive)
	if err != nil {
		return t.fatal("%s: Cannot open: %s", t.archive, gnu.Why(err))
	}
	defer f.Close()
	if i, serr := p.FS.Stat(t.archive); serr == nil && i.IsDir() && t.archive != "-" {
		p.Complain("%s: Cannot read: Is a directory", t.archive)
		p.Complain("At beginning of tape, quitting now")
		p.Complain("Error is not recoverable: exiting now")
		return 2
	}
	r, code := t.unpacked(f)
	if code != 0 {
		return code
	}
	if code := t.enter(); code != 0 {
		return code
	}
	return t.members(tar.NewReader(r))
}

// unpacked takes the packing off, as the option says or the content does.
func (t *tarrer) unpacked(f io.Reader) (io.Reader, int) {
	r, err := unzipped(f)
	_, isGzip := r.(*gzip.Reader)
	if err != nil || t.o.Has("z") && !isGzip {
		_, _ = t.p.Err.Write([]byte("\ngzip: stdin: not in gzip format\n"))
		t.p.Complain("Child returned status 1")
		t.p.Complain("Error is not recoverable: exiting now")
		return nil, 2
	}
	return r, 0
}

// enter goes to the directory of -C.
func (t *tarrer) enter() int {
	if dir, ok := t.o.Last("C"); ok {
		if err := t.p.FS.Chdir(dir); err != nil {
			return t.fatal("%s: Cannot open: %s", dir, gnu.Why(err))
		}
	}
	return 0
}

// members goes through the archive.
func (t *tarrer) members(r *tar.Reader) int {
	p := t.p
	for n := 0; ; n++ {
		h, err := r.Next()
		if err == io.EOF && n > 0 {
			break
		}
		switch {
		case gnu.Stop(p) || gnu.Step(p) != nil:
			return 2
		case err != nil && n == 0:
			t.fault("This does not look like a tar archive")
			return t.code(2)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return t.fatal("Unexpected EOF in archive")
		case err != nil:
			t.fault("Skipping to next header")
			return t.code(2)
		}
		if !t.wanted(h.Name) {
			continue
		}
		if t.mode == "t" || t.verbose > 0 {
			t.show(h)
		}
		if t.mode == "x" {
			t.extract(h, r)
		}
	}
	for i := len(t.dirs) - 1; i >= 0; i-- {
		_ = p.FS.Chtimes(t.place(t.dirs[i].Name), t.dirs[i].ModTime)
	}
	for _, name := range t.names {
		if !t.found[name] {
			t.fault("%s: Not found in archive", name)
		}
	}
	return t.code(0)
}

// wanted says whether a member was asked for.
func (t *tarrer) wanted(name string) bool {
	for _, g := range t.o.Given {
		if g.Name == "exclude" && excluded(g.Value, name) {
			return false
		}
	}
	if len(t.names) == 0 {
		return true
	}
	for _, n := range t.names {
		if trimmed := strings.TrimSuffix(n, "/"); strings.TrimSuffix(name, "/") == trimmed || strings.HasPrefix(name, trimmed+"/") {
			t.found[n] = true
			return true
		}
	}
	return false
}

// excluded matches the pattern of --exclude with a path or any end of it.
func excluded(pattern, name string) bool {
	for name = strings.TrimSuffix(name, "/"); ; {
		if ok, _ := path.Match(pattern, name); ok || strings.HasPrefix(name, pattern+"/") {
			return true
		}
		_, rest, more := strings.Cut(name, "/")
		if !more {
			return false
		}
		name = rest
	}
}

// show writes a member as t and v do.
func (t *tarrer) show(h *tar.Header) {
	out := t.listing
	if !(t.mode == "t" && t.verbose > 0 || t.verbose > 1) {
		_, _ = io.WriteString(out, h.Name+"\n")
		return
	}
	mode := uint32(h.Mode) & 0o7777
	kinds := map[byte]uint32{tar.TypeDir: vfs.Directory, tar.TypeSymlink: vfs.Link, tar.TypeChar: vfs.Character, tar.TypeBlock: vfs.Block, tar.TypeFifo: vfs.Pipe}
	kind, ok := kinds[h.Typeflag]
	if !ok {
		kind = vfs.Regular
	}
	text := gnu.ModeText(kind | mode)
	user, group := h.Uname, h.Gname
	if user == "" {
		user = sprintf("%d", h.Uid)
	}
	if group == "" {
		group = sprintf("%d", h.Gid)
	}
	name := h.Name
	switch h.Typeflag {
	case tar.TypeSymlink:
		name += " -> " + h.Linkname
	case tar.TypeLink:
		name += " link to " + h.Linkname
		text = "h" + text[1:]
	}
	size := sprintf("%d", h.Size)
	owner := user + "/" + group
	_, _ = io.WriteString(out, sprintf("%s %s %*s %s %s\n", text, owner, max(19-len(owner)-1, len(size)), size, h.ModTime.UTC().Format("2006-01-02 15:04"), name))
}

// place gives the path of a member below the working directory.
func (t *tarrer) place(name string) string {
	if !t.o.Has("P") {
		if strings.HasPrefix(name, "/") && !t.warned {
			t.p.Complain("Removing leading `/' from member names")
			t.warned = true
		}
		name = strings.TrimLeft(name, "/")
	}
	for range t.strip {
		_, rest, ok := strings.Cut(name, "/")
		if !ok {
			return ""
		}
		name = rest
	}
	return name
}
