package shell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"gait/decoy/vfs"
)

// saved is a descriptor as it was before a redirection.
type saved struct {
	fd int
	s  *stream
}

// redirect does redirections, and gives what takes them back. ok is false after
// a complaint.
func (in *interp) redirect(list []*syntax.Redirect) (undo func(), ok bool) {
	if len(list) == 0 {
		return func() {}, true
	}
	var was []saved
	in.kept = &was
	undo = func() {
		for i := len(was) - 1; i >= 0; i-- {
			in.fds.set(was[i].fd, was[i].s)
		}
		was = nil
	}
	for _, r := range list {
		if !in.redirectOne(r, &was) {
			return undo, false
		}
	}
	return undo, true
}

// forget makes the last redirections stay, as exec does.
func (in *interp) forget() {
	if in.kept == nil {
		return
	}
	for _, s := range *in.kept {
		s.s.close()
	}
	*in.kept = nil
}

// put sets a descriptor and remembers what was there.
func (in *interp) put(fd int, s *stream, was *[]saved) bool {
	if fd < 0 || fd > 255 {
		s.close()
		in.complain("%d: Bad file descriptor", fd)
		return false
	}
	*was = append(*was, saved{fd, in.fds.get(fd).dup()})
	in.fds.set(fd, s)
	return true
}

// descriptor gives the descriptor of a redirection.
func (in *interp) descriptor(r *syntax.Redirect, standard int) (fd int, ok bool) {
	if r.N == nil {
		return standard, true
	}
	if name, isVar := strings.CutPrefix(r.N.Value, "{"); isVar {
		name = strings.TrimSuffix(name, "}")
		if r.Op == syntax.DplIn || r.Op == syntax.DplOut {
			if r.Word.Lit() == "-" {
				fd, err := strconv.Atoi(in.get(name))
				return fd, err == nil
			}
		}
		fd = 10
		for in.fds.get(fd) != nil {
			fd++
		}
		in.setVar(name, strconv.Itoa(fd))
		return fd, true
	}
	fd, err := strconv.Atoi(r.N.Value)
	return fd, err == nil
}

func (in *interp) redirectOne(r *syntax.Redirect, was *[]saved) bool {
	standard := 1
	switch r.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		standard = 0
	}
	fd, ok := in.descriptor(r, standard)
	if !ok {
		return false
	}
	switch r.Op {
	case syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		return in.hereDocument(r, fd, was)
	case syntax.DplIn, syntax.DplOut:
		return in.duplicate(r, fd, was)
	}
	name, ok := in.fileName(r.Word)
	if !ok {
		return false
	}
	flags := map[syntax.RedirOperator]int{
		syntax.RdrIn: vfs.ReadOnly, syntax.RdrInOut: vfs.ReadWrite | vfs.Create,
		syntax.AppOut: vfs.WriteOnly | vfs.Create | vfs.Append, syntax.AppAll: vfs.WriteOnly | vfs.Create | vfs.Append,
	}
	flag, ok := flags[r.Op]
	if !ok {
		flag = vfs.WriteOnly | vfs.Create | vfs.Truncate
	}
	if in.opt["noclobber"] && (r.Op == syntax.RdrOut || r.Op == syntax.RdrAll) {
		if i, err := in.fs.Stat(name); err == nil && i.Kind() == vfs.Regular {
			in.complain("%s: cannot overwrite existing file", name)
			return false
		}
	}
	s, err := in.open(name, flag)
	if err != nil {
		in.openFailed(name, flag, err)
		return false
	}
	if !in.put(fd, s, was) {
		return false
	}
	if r.Op == syntax.RdrAll || r.Op == syntax.AppAll {
		return in.put(2, s.dup(), was)
	}
	return true
}

// openFailed complains about a file that cannot be opened.
func (in *interp) openFailed(name string, flag int, err error) {
	if in.flow != flowNone {
		return
	}
	if in.posix {
		verb, text := "open", errText(err)
		if flag&vfs.Create != 0 {
			verb = "create"
			if errors.Is(err, fs.ErrNotExist) {
				text = "Directory nonexistent"
			}
		} else if errors.Is(err, fs.ErrNotExist) {
			text = "No such file"
		}
		in.complain("cannot %s %s: %s", verb, name, text)
		return
	}
	in.complain("%s: %s", shown(name), errText(err))
}

// fileName expands the word of a redirection to one name.
func (in *interp) fileName(w *syntax.Word) (string, bool) {
	if in.posix {
		return in.text(w), in.flow == flowNone
	}
	list := in.fields([]*syntax.Word{w})
	if in.flow != flowNone {
		return "", false
	}
	if len(list) != 1 {
		var b strings.Builder
		syntax.NewPrinter().Print(&b, w)
		in.complain("%s: ambiguous redirect", plain(b.String()))
		return "", false
	}
	return list[0], true
}

// hereDocument makes a descriptor of a text.
func (in *interp) hereDocument(r *syntax.Redirect, fd int, was *[]saved) bool {
	text := ""
	if r.Op == syntax.WordHdoc {
		text = in.text(r.Word) + "\n"
	} else {
		quoted := false
		for _, p := range r.Word.Parts {
			switch p := p.(type) {
			case *syntax.SglQuoted, *syntax.DblQuoted:
				quoted = true
			case *syntax.Lit:
				quoted = quoted || strings.Contains(p.Value, `\`)
			}
		}
		if quoted && r.Hdoc != nil {
			for _, p := range r.Hdoc.Parts {
				if l, ok := p.(*syntax.Lit); ok {
					text += plain(l.Value)
				}
			}
			if r.Op == syntax.DashHdoc {
				text = untab(text, true)
			}
		} else {
			text = in.document(r.Hdoc, r.Op == syntax.DashHdoc)
		}
	}
	if in.flow != flowNone || !in.fits(len(text)) {
		return false
	}
	return in.put(fd, textStream(text), was)
}

// duplicate does >&2, <&3 and <&-.
func (in *interp) duplicate(r *syntax.Redirect, fd int, was *[]saved) bool {
	name, ok := in.fileName(r.Word)
	if !ok {
		return false
	}
	if name == "-" {
		*was = append(*was, saved{fd, in.fds.get(fd).dup()})
		in.fds.set(fd, nil)
		return true
	}
	move := strings.HasSuffix(name, "-") && len(name) > 1
	n, err := strconv.Atoi(strings.TrimSuffix(name, "-"))
	if err != nil {
		if r.Op == syntax.DplOut && r.N == nil && !in.posix {
			s, err := in.open(name, vfs.WriteOnly|vfs.Create|vfs.Truncate)
			if err != nil {
				in.complain("%s: %s", name, errText(err))
				return false
			}
			return in.put(1, s, was) && in.put(2, s.dup(), was)
		}
		if in.posix {
			in.complain("Syntax error: Bad fd number")
			in.exit(2)
			return false
		}
		in.complain("%s: ambiguous redirect", name)
		return false
	}
	s := in.fds.get(n)
	if s == nil {
		if in.posix {
			in.complain("%d: Bad file descriptor", n)
		} else {
			in.complain("%d: Bad file descriptor", n)
		}
		return false
	}
	if !in.put(fd, s.dup(), was) {
		return false
	}
	if move && n != fd {
		*was = append(*was, saved{n, in.fds.get(n).dup()})
		in.fds.set(n, nil)
	}
	return true
}

// open opens what a name stands for: a file of the tree, or one of those that
// are the shell's own.
func (in *interp) open(name string, flag int) (*stream, error) {
	switch name {
	case "/dev/tty":
		if in.s.v.Terminal == nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENXIO}
		}
		return in.s.std[0].dup(), nil
	case "/dev/stdin":
		name = "/dev/fd/0"
	case "/dev/stdout":
		name = "/dev/fd/1"
	case "/dev/stderr":
		name = "/dev/fd/2"
	}
	if "/dev/"+in.s.tty == name && in.s.v.Terminal != nil {
		return in.s.std[0].dup(), nil
	}
	for _, dir := range []string{"/dev/fd/", "/proc/self/fd/", fmt.Sprintf("/proc/%d/fd/", in.own)} {
		if n, err := strconv.Atoi(strings.TrimPrefix(name, dir)); err == nil && strings.HasPrefix(name, dir) {
			if s := in.fds.get(n); s != nil {
				return s.dup(), nil
			}
			return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
		}
	}
	if strings.HasPrefix(name, "/dev/tcp/") || strings.HasPrefix(name, "/dev/udp/") {
		return nil, in.connect(name)
	}
	f, err := in.fs.Open(name, flag, 0o666)
	if err != nil {
		return nil, err
	}
	if f.Kind() == vfs.Pipe {
		f.Close()
		return in.s.openFIFO(in.task.ctx, f.Inode, flag)
	}
	return fileStream(f), nil
}

// unanswered is how long it takes until a host is known not to answer.
const unanswered = 3060 * time.Millisecond

// connect is what comes of bash's files that are connections: nothing is
// reached.
func (in *interp) connect(name string) error {
	in.s.caught("download", name, map[string]string{"via": "bash", "outcome": "unreachable"})
	host, _, _ := strings.Cut(name[len("/dev/tcp/"):], "/")
	if in.posix {
		return &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "localhost" || host == in.s.world.Hostname() || err == nil && (ip.IsLoopback() || ip.IsUnspecified()):
		in.complain("connect: Connection refused")
		return &fs.PathError{Op: "open", Path: name, Err: syscall.ECONNREFUSED}
	case err == nil:
		rest(in.task.ctx, unanswered)
		in.complain("connect: No route to host")
		return &fs.PathError{Op: "open", Path: name, Err: syscall.EHOSTUNREACH}
	}
	rest(in.task.ctx, 2*time.Second) // the name server does not answer
	in.complain("%s: Temporary failure in name resolution", host)
	return &fs.PathError{Op: "open", Path: name, Err: syscall.EINVAL}
}

// processSubst starts the command of <(...) or >(...), and gives the name of
// its file.
func (in *interp) processSubst(p *syntax.ProcSubst) string {
	if in.posix || !in.enter() {
		return ""
	}
	defer in.leave()
	r, w := newPipe(in.s.budget)
	c := in.fork(commandWords(p.Stmts, in.name), in.base)
	if c == nil {
		r.close()
		w.close()
		return ""
	}
	mine := r
	if p.Op == syntax.CmdIn {
		c.fds.set(1, w)
	} else {
		c.fds.set(0, r)
		mine = w
	}
	k := c.run(func() { c.stmts(p.Stmts) })
	in.bg = k.pid
	fd := 63
	for in.fds.get(fd) != nil && fd > 10 {
		fd--
	}
	in.fds.set(fd, mine)
	name := fmt.Sprintf("/dev/fd/%d", fd)
	in.substFDs = append(in.substFDs, fd)
	return name
}

// endSubsts closes the files of process substitutions after a command.
func (in *interp) endSubsts(from int) {
	for _, fd := range in.substFDs[from:] {
		in.fds.set(fd, nil)
	}
	in.substFDs = in.substFDs[:from]
}

// openFile is one of the shell's own files as a program opens it.
type openFile struct {
	end
	once bool
}

// Close gives the stream back.
func (o *openFile) Close() error {
	if !o.once {
		o.once = true
		o.s.close()
	}
	return nil
}

// openFiles gives a program the descriptors above the usual ones.
func openFiles(k *kid, fds table) map[string]func() (io.ReadWriteCloser, error) {
	var m map[string]func() (io.ReadWriteCloser, error)
	for fd, s := range fds {
		if s == nil || fd < 3 {
			continue
		}
		if m == nil {
			m = map[string]func() (io.ReadWriteCloser, error){}
		}
		open := func() (io.ReadWriteCloser, error) {
			if s.refs.Load() <= 0 {
				return nil, syscall.ENOENT
			}
			return &openFile{end: end{k.task, s.dup()}}, nil
		}
		m[fmt.Sprintf("/dev/fd/%d", fd)] = open
		m[fmt.Sprintf("/proc/self/fd/%d", fd)] = open
	}
	return m
}
