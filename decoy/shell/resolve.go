package shell

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"gait/decoy/proc"
	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// hit is a remembered path of a program.
type hit struct {
	path string
	hits int
}

// resolved is what a command's name leads to.
type resolved struct {
	found  bool
	path   string
	prog   *proc.Program
	script *script
	elf    int   // signal or -1: see unknownELF
	err    error // why what is there cannot be run
}

// script is a file that an interpreter runs.
type script struct {
	interp string // empty for one without a first line that says it
	arg    string
}

// errText gives an error as the C library words it.
func errText(err error) string { return proc.Text(err) }

// resolve finds what a command's name stands for.
func (in *interp) resolve(name string, env proc.Environ) resolved {
	if strings.Contains(name, "/") {
		return in.inspect(name)
	}
	if h := in.hashed[name]; h != nil {
		if r := in.inspect(h.path); r.found && r.err == nil {
			h.hits++
			return r
		}
	}
	path := env.Get("PATH")
	if v, ok := in.lookup("PATH"); ok && path == "" {
		path = v
	}
	r := in.search(name, path)
	if r.found && r.err == nil && !in.posix {
		if in.hashed == nil {
			in.hashed = map[string]*hit{}
		}
		if len(in.hashed) < 200 {
			in.hashed[name] = &hit{r.path, 1}
		}
	}
	return r
}

// search looks through the directories of a path.
func (in *interp) search(name, path string) (found resolved) {
	if name == "" {
		return found
	}
	for _, dir := range strings.Split(path, ":") {
		file := name
		if dir != "" {
			file = strings.TrimSuffix(dir, "/") + "/" + name
		} else {
			file = "./" + name
		}
		r := in.inspect(file)
		if r.found && r.err == nil {
			return r
		}
		if errors.Is(r.err, syscall.EACCES) && !found.found && !errors.Is(r.err, syscall.EISDIR) {
			if i, err := in.fs.Stat(file); err == nil && !i.IsDir() {
				found = r
			}
		}
	}
	return found
}

// inspect looks at one file.
func (in *interp) inspect(path string) resolved {
	r := resolved{path: path}
	info, err := in.fs.Stat(path)
	real, _ := in.fs.Real(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.err = err
		return r
	case err != nil:
		r.err = err
		return r
	}
	r.found = true
	switch {
	case info.IsDir():
		r.err = syscall.EISDIR
	case in.fs.Access(path, 1) != nil || info.Kind() != vfs.Regular:
		r.err = syscall.EACCES
	default:
		if r.prog = in.s.sh.byPath[real]; r.prog == nil {
			in.content(&r, info)
		} else if replaced(info) {
			r.prog = nil
			in.content(&r, info)
		}
	}
	return r
}

// replaced says whether a visitor wrote something else over a program.
func replaced(i vfs.Info) bool {
	return i.Body == nil && i.Make == nil && len(i.Data) > 0 && (bytes.HasPrefix(i.Data, []byte("#!")) || i.Inode >= 1_000_000)
}

// mostScript is how much of a script is read.
const mostScript = 4 << 20

// content decides by what a file holds how it is run.
func (in *interp) content(r *resolved, info vfs.Info) {
	head := make([]byte, 256)
	f, err := in.fs.As(0, 0).Open(info.Path, vfs.ReadOnly, 0)
	if err != nil {
		r.err = err
		return
	}
	n, _ := f.ReadAt(head, 0)
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		if r.prog = in.copied(info); r.prog == nil {
			r.elf = unknownELF(head)
		}
	case bytes.HasPrefix(head, []byte("#!")):
		line, _, _ := bytes.Cut(head[2:], []byte("\n"))
		path, arg, _ := strings.Cut(strings.TrimLeft(string(line), " \t"), " ")
		r.script = &script{interp: strings.TrimRight(path, "\t"), arg: strings.TrimSpace(arg)}
	default:
		line, _, _ := bytes.Cut(head, []byte("\n"))
		if bytes.IndexByte(line, 0) >= 0 {
			r.elf = -1
			return
		}
		r.script = &script{}
	}
}

// copied finds the program of which a file is a copy, as of busybox under
// another name.
func (in *interp) copied(info vfs.Info) *proc.Program {
	if info.Size() == 0 {
		return nil
	}
	root := in.s.world.Root
	for path, p := range in.s.sh.byPath {
		i, err := root.Stat(path)
		if err != nil || i.Size() != info.Size() || i.Inode == info.Inode {
			continue
		}
		a, err := root.ReadFile(path, 8192)
		if err != nil {
			continue
		}
		if b, err := root.ReadFile(info.Path, 8192); err == nil && bytes.Equal(a, b) {
			return p
		}
	}
	return nil
}

// unknownELF says what becomes of an executable that the visitor brought. One
// for another processor cannot be run: "Exec format error" (-1). One for this
// processor is started and dies of SIGSEGV at once, as a program does that was
// cut short on its way or built for another system: that is what a download
// that fails looks like on a real server, and it makes nobody wait.
func unknownELF(head []byte) int {
	if len(head) < 20 || head[4] != 2 && head[4] != 1 {
		return -1
	}
	machine := int(head[18]) | int(head[19])<<8
	if head[5] == 1 && (machine == 62 || machine == 3) {
		return 11
	}
	return -1
}

// notRun complains about a command that cannot be run, and gives the status.
func (in *interp) notRun(name string, r resolved) int {
	if in.flow != flowNone {
		return in.status
	}
	if !r.found && !strings.Contains(name, "/") {
		in.s.caught(visit.Unknown, name, nil)
		if path, _ := in.lookup("PATH"); in.posix {
			in.complain("%s: not found", name)
		} else if path == "" {
			in.complain("%s: No such file or directory", shown(name))
		} else {
			in.complain("%s: command not found", shown(name))
		}
		return 127
	}
	if in.posix {
		if errors.Is(r.err, fs.ErrNotExist) {
			in.complain("%s: not found", name)
			return 127
		}
		if errors.Is(r.err, syscall.EISDIR) {
			r.err = syscall.EACCES
		}
		in.complain("%s: %s", name, errText(r.err))
		return 126
	}
	if errors.Is(r.err, syscall.EACCES) {
		name = r.path
	}
	in.complain("%s: %s", shown(name), errText(r.err))
	if errors.Is(r.err, fs.ErrNotExist) {
		in.s.caught(visit.Unknown, name, nil)
		return 127
	}
	return 126
}

// shown gives a name as bash shows it in an error.
func shown(name string) string {
	if control(name) {
		return ansiQuote(name)
	}
	return name
}

// native says whether a file belongs to the machine: then it is a program that
// the decoy does not have. It seems to be broken.
func (in *interp) native(path string) bool {
	i, err := in.fs.Stat(path)
	return err == nil && i.Inode < 1_000_000
}

// keep hands a file that the visitor brought and runs to who keeps such things.
func (in *interp) keep(path string) {
	k := in.s.sh.o.Uploads
	if k == nil {
		return
	}
	info, err := in.fs.Stat(path)
	if err != nil || info.Inode < 1_000_000 || !in.s.fresh(info) {
		return
	}
	f, err := in.s.world.Root.Open(info.Path, vfs.ReadOnly, 0)
	if err != nil {
		return
	}
	sum, size, kept, err := k.Keep(f)
	if err != nil {
		return
	}
	outcome := "kept"
	if !kept {
		outcome = "dropped"
	}
	in.s.caught(visit.Upload, info.Path, map[string]string{"sha256": sum, "size": itoa(size), "via": "shell", "outcome": outcome})
}

// fresh says whether a file was not yet handed on as it is now.
func (s *session) fresh(i vfs.Info) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last, ok := s.handed[i.Path]; ok && last.Equal(i.Modified) || len(s.handed) > 200 {
		return false
	}
	if s.handed == nil {
		s.handed = map[string]time.Time{}
	}
	s.handed[i.Path] = i.Modified
	return true
}

// scriptFile runs a file that is no program of the machine.
func (in *interp) scriptFile(r resolved, args []string, env proc.Environ) {
	in.keep(r.path)
	switch {
	case r.elf == -1:
		if in.status = 126; in.posix {
			in.complain("%s: Exec format error", args[0])
		} else {
			in.complain("%s: cannot execute binary file: Exec format error", args[0])
		}
		return
	case r.elf > 0 && in.native(r.path):
		in.s.caught(visit.Unknown, args[0], nil)
		library := "libaudit.so.1"
		if strings.HasPrefix(base(r.path), "perl") {
			library = "libcrypt.so.1"
		}
		in.plainError(args[0] + ": error while loading shared libraries: " + library + ": cannot open shared object file: No such file or directory")
		in.status = 127
		return
	case r.elf > 0:
		prog := &proc.Program{Name: base(r.path), Run: func(p *proc.Process) int { return faulted }}
		in.start1(prog, args, env)
		return
	case r.script.interp == "":
		prog := &proc.Program{Name: base(r.path), Run: func(p *proc.Process) int {
			return runScript(p, in.posix, r.path, args[1:])
		}}
		in.start1(prog, args, env)
		return
	}
	i := in.inspect(r.script.interp)
	if !i.found || i.err != nil || i.prog == nil {
		if in.posix {
			in.complain("%s: not found", args[0])
			in.status = 127
			return
		}
		if errors.Is(i.err, fs.ErrNotExist) || i.err == nil {
			in.complain("%s: cannot execute: required file not found", args[0])
			in.status = 127
			return
		}
		in.complain("%s: %s: bad interpreter: %s", args[0], r.script.interp, errText(i.err))
		in.status = 126
		return
	}
	full := []string{r.script.interp}
	if r.script.arg != "" {
		full = append(full, r.script.arg)
	}
	in.start1(i.prog, append(append(full, r.path), args[1:]...), env)
}

// start1 runs one program in the foreground.
func (in *interp) start1(prog *proc.Program, args []string, env proc.Environ) {
	j := in.newJob(in.command)
	j.stmt = in.present
	if k := in.launch(prog, args, program{env: env, group: j.group}); k != nil {
		j.add(k)
		in.foreground(j)
	}
}
