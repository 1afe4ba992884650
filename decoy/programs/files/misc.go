package files

import (
	"io"
	"path"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runWhich(p *proc.Process) int {
	all, args, code := false, p.Args[1:], 0
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		if args[0] == "--" {
			args = args[1:]
			break
		}
		if strings.Trim(args[0][1:], "as") != "" {
			_, _ = p.Err.Write([]byte("Illegal option " + args[0][:2] + "\nUsage: " + p.Name() + " [-as] args\n"))
			return 2
		}
		all = all || strings.Contains(args[0], "a")
		args = args[1:]
	}
	if len(args) == 0 {
		return 1
	}
	for _, name := range args {
		found := false
		for _, file := range onPath(p, name) {
			if i, err := p.FS.Stat(file); err == nil && i.Kind() == vfs.Regular && p.FS.Access(file, 1) == nil {
				p.Println(file)
				if found = true; !all {
					break
				}
			}
		}
		if !found {
			code = 1
		}
	}
	return code
}

// onPath lists the paths that a name may stand for.
func onPath(p *proc.Process, name string) (list []string) {
	if strings.Contains(name, "/") {
		return []string{name}
	}
	for _, dir := range strings.Split(p.Env.Get("PATH"), ":") {
		if dir == "" {
			dir = "."
		}
		list = append(list, path.Join(dir, name))
	}
	return list
}

func runWhereis(p *proc.Process) int {
	if len(p.Args) < 2 {
		p.Complain("not enough arguments")
		gnu.Try(p, "")
		return 1
	}
	for _, name := range p.Args[1:] {
		if strings.HasPrefix(name, "-") {
			continue
		}
		p.Printf("%s:", path.Base(name))
		seen := map[string]bool{}
		for _, dir := range strings.Fields("/usr/bin /usr/sbin /bin /sbin /usr/lib /lib /etc /usr/local/bin /usr/local/sbin /usr/games /usr/share/man/man1 /usr/share/man/man5 /usr/share/man/man8") {
			list, err := p.FS.ReadDir(dir)
			if err != nil {
				continue
			}
			for _, i := range list {
				stem, _, _ := strings.Cut(i.Name, ".")
				if (i.Name == name || stem == name && (strings.Contains(dir, "man") || strings.Contains(dir, "etc") || strings.Contains(dir, "lib"))) && !seen[i.Path] {
					seen[i.Path] = true
					p.Printf(" %s", i.Path)
				}
			}
		}
		p.Println("")
	}
	return 0
}

// runChattr accepts attributes and keeps none.
func runChattr(p *proc.Process) int {
	var names []string
	changed := false
	quiet := false
	for i := 1; i < len(p.Args); i++ {
		a := p.Args[i]
		switch {
		case (a == "-v" || a == "-p") && i+1 < len(p.Args):
			i++
		case len(a) > 1 && strings.IndexByte("+-=", a[0]) >= 0:
			if rest := strings.Trim(a[1:], "aAcCdDeijPsStTuFxRVfm"); rest != "" {
				return chattrUsage(p)
			}
			quiet = quiet || a[0] == '-' && strings.Contains(a, "f")
			changed = changed || a[0] != '-' || strings.Trim(a[1:], "RVf") != ""
		default:
			names = append(names, a)
		}
	}
	if len(names) == 0 {
		return chattrUsage(p)
	}
	if !changed {
		_, _ = p.Err.Write([]byte("Must use '-v', =, - or +\n"))
		return 1
	}
	code := 0
	for _, name := range names {
		i, err := p.FS.Lstat(name)
		switch {
		case err != nil:
			code = 1
			if !quiet {
				p.Complain("%s while trying to stat %s", gnu.Why(err), name)
			}
		case i.Kind() != vfs.Regular && !i.IsDir():
			code = 1
			if !quiet {
				p.Complain("Operation not supported while reading flags on %s", name)
			}
		case p.FS.UID != 0 && p.FS.UID != i.UID:
			code = 1
			if !quiet {
				p.Complain("Operation not permitted while setting flags on %s", name)
			}
		}
	}
	return code
}

func chattrUsage(p *proc.Process) int {
	_, _ = p.Err.Write([]byte("Usage: " + p.Name() + " [-RVf] [-+=aAcCdDeijPsStTuFx] [-p project] [-v version] files...\n"))
	return 1
}

func runLsattr(p *proc.Process) int {
	o := proc.Flags{Short: "RVadlpv"}.Parse(p)
	if o == nil {
		return 1
	}
	names, code := o.Operands, 0
	if len(names) == 0 {
		names = []string{"."}
	}
	for _, name := range names {
		i, err := p.FS.Lstat(name)
		if err != nil {
			code = 1
			p.Complain("%s while trying to stat %s", gnu.Why(err), name)
			continue
		}
		if !i.IsDir() || o.Has("d") {
			attributes(p, i, name)
			continue
		}
		list, _ := p.FS.ReadDir(name)
		for _, e := range list {
			if e.Name[0] != '.' || o.Has("a") {
				attributes(p, e, strings.TrimSuffix(name, "/")+"/"+e.Name)
			}
		}
	}
	return code
}

// attributes writes those that every file of ext4 has.
func attributes(p *proc.Process, i vfs.Info, name string) {
	switch {
	case deviceOf(i) != device:
		p.Complain("Inappropriate ioctl for device While reading flags on %s", name)
	case i.Kind() != vfs.Regular && !i.IsDir():
		p.Complain("Operation not supported While reading flags on %s", name)
	default:
		p.Printf("--------------e------- %s\n", name)
	}
}

func runSync(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "df", Long: map[string]proc.Long{"data": {As: "d"}, "file-system": {As: "f"}}},
		gnu.About{Usage: "[OPTION] [FILE]...", Does: "Synchronize cached writes to persistent storage", By: "Jim Meyering and Giuseppe Scrivano"})
	if o == nil {
		return code
	}
	for _, name := range o.Operands {
		if _, err := p.FS.Stat(name); err != nil {
			code = p.Complain("error opening %s: %s", gnu.Always(p, name), gnu.Why(err))
		}
	}
	return code
}

func runShred(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "fn:s:uvxz", Long: map[string]proc.Long{"force": {As: "f"}, "iterations": {As: "n", Value: 1}, "size": {As: "s", Value: 1}, "remove": {As: "u", Value: 2}, "verbose": {As: "v"}, "exact": {As: "x"}, "zero": {As: "z"}, "random-source": {Value: 1}}},
		gnu.About{Usage: "[OPTION]... FILE...", Does: "Overwrite the specified FILE(s) repeatedly, in order to make it harder\nfor even very expensive hardware probing to recover the data.", By: "Colin Plumb"})
	if o == nil {
		return code
	}
	passes := int64(3)
	if v, ok := o.Last("n"); ok {
		if passes, ok = gnu.Size(v, ""); !ok {
			return p.Complain("invalid number of passes: %s", gnu.Quote(p, v))
		}
	}
	if len(o.Operands) == 0 {
		return gnu.Try(p, "missing file operand")
	}
	for _, name := range o.Operands {
		f, err := p.FS.Open(name, vfs.WriteOnly, 0)
		if err != nil {
			code = p.Complain("%s: failed to open for writing: %s", gnu.Name(p, name), gnu.Why(err))
			continue
		}
		if f.Kind() != vfs.Regular && f.Kind() != vfs.Block {
			code = p.Complain("%s: invalid file type", gnu.Name(p, name))
			f.Close()
			continue
		}
		shredding{p, o, name, passes}.over(f)
		f.Close()
		if o.Has("u") && f.Kind() == vfs.Regular {
			if o.Has("v") {
				p.Complain("%s: removing", gnu.Name(p, name))
			}
			if err := p.FS.Remove(name); err != nil {
				code = p.Complain("%s: failed to remove: %s", gnu.Name(p, name), gnu.Why(err))
			} else if o.Has("v") {
				p.Complain("%s: removed", gnu.Name(p, name))
			}
		}
	}
	return code
}

// shredding is what shred does to one file.
type shredding struct {
	p      *proc.Process
	o      *proc.Options
	name   string
	passes int64
}

// over writes over a file; what was in it is gone with the first pass.
func (s shredding) over(f *vfs.File) {
	p, o, name, passes := s.p, s.o, s.name, s.passes
	size := (f.Size() + 4095) / 4096 * 4096
	if o.Has("x") {
		size = f.Size()
	}
	total := passes
	if o.Has("z") {
		total++
	}
	for n := int64(1); n <= min(total, 1000); n++ {
		kind := "random"
		source := "/dev/urandom"
		if o.Has("z") && n == total {
			kind, source = "000000", "/dev/zero"
		}
		if o.Has("v") {
			p.Complain("%s: pass %d/%d (%s)...", gnu.Name(p, name), n, total, kind)
		}
		r, err := gnu.Open(p, source)
		if err != nil || n > 1 && kind == "random" {
			continue
		}
		_, _ = f.Seek(0, io.SeekStart)
		_ = gnu.Copy(f, io.LimitReader(r, size))
		r.Close()
	}
}

func runInstall(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "bcCdDg:m:o:pst:TvS:Z", Long: map[string]proc.Long{"directory": {As: "d"}, "group": {As: "g", Value: 1}, "mode": {As: "m", Value: 1}, "owner": {As: "o", Value: 1}, "preserve-timestamps": {As: "p"}, "strip": {As: "s"}, "target-directory": {As: "t", Value: 1}, "no-target-directory": {As: "T"}, "verbose": {As: "v"}, "compare": {As: "C"}}},
		gnu.About{Usage: "[OPTION]... [-T] SOURCE DEST", Does: "This install program copies files (often just compiled) into destination\nlocations you choose.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	mode := uint32(0o755)
	if m, ok := o.Last("m"); ok {
		change, ok := gnu.ParseMode(m)
		if !ok {
			return p.Complain("invalid mode %s", gnu.Quote(p, m))
		}
		mode = change(0, 0)
	}
	if len(o.Operands) == 0 {
		return gnu.Try(p, "missing file operand")
	}
	if o.Has("d") {
		parents := &proc.Options{Given: []proc.Option{{Name: "p"}}}
		for _, name := range o.Operands {
			if failed, err := mkdirOne(p, parents, name, &mode); err != nil {
				code = p.Complain("cannot create directory %s: %s", gnu.Quote(p, failed), gnu.Why(err))
			}
		}
		return code
	}
	c := &copier{p: p, o: o, verbose: o.Has("v"), force: true}
	if last := o.Operands[len(o.Operands)-1]; o.Has("D") && len(o.Operands) > 1 && !o.Has("t") {
		_, _ = mkdirOne(p, &proc.Options{Given: []proc.Option{{Name: "p"}}}, path.Dir(last), nil)
	}
	c.after = func(to string) {
		_ = p.FS.Chmod(to, mode)
		w := owner{uid: -1, gid: -1}
		if u, ok := o.Last("o"); ok {
			w.uid = number(p, u, false)
		}
		if g, ok := o.Last("g"); ok {
			w.gid = number(p, g, true)
		}
		_ = p.FS.Chown(to, w.uid, w.gid, true)
	}
	return c.run(o.Operands)
}
