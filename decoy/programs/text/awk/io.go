package awk

import (
	"bufio"
	"bytes"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// records reads records of a file or of the output of a command.
type records struct {
	r      io.Reader
	c      io.Closer
	held   *gnu.Held
	buf    []byte
	eof    bool
	failed error
}

func (s *records) close() int {
	s.held.Free()
	if s.c != nil {
		s.c.Close()
	}
	return 0
}

// more reads more; false at the end.
func (s *records) more(r *runner) bool {
	if s.eof {
		return false
	}
	piece := make([]byte, 8<<10)
	n, err := s.r.Read(piece)
	if n > 0 {
		if len(s.buf) > longest || !s.held.Add(n) {
			r.limit()
		}
		s.buf = append(s.buf, piece[:n]...)
	}
	if err != nil {
		s.eof = true
		if err != io.EOF && !gnu.Stop(r.p) {
			s.failed = err
		}
	}
	return n > 0 || !s.eof
}

// take gives the next record, which ends at a place, and goes on after another.
func (s *records) take(end, after int) (string, bool) {
	text := string(s.buf[:end])
	s.buf = s.buf[after:]
	s.held.Drop(after)
	return text, true
}

// next gives the next record.
func (s *records) next(r *runner) (string, bool) {
	looked := 0
	if r.rs == "" {
		for {
			s.buf = bytes.TrimLeft(s.buf, "\n")
			if len(s.buf) > 0 || !s.more(r) {
				break
			}
		}
	}
	for {
		end, after := r.boundary(s.buf, looked, s.eof)
		if end >= 0 {
			return s.take(end, after)
		}
		looked = max(len(s.buf)-1, 0)
		if s.more(r) {
			continue
		}
		if len(s.buf) == 0 {
			return "", false
		}
		if end, after = r.boundary(s.buf, 0, true); end >= 0 {
			return s.take(end, after)
		}
		text, _ := s.take(len(s.buf), len(s.buf))
		if r.rs == "" {
			text = strings.TrimRight(text, "\n")
		}
		return text, true
	}
}

// boundary finds where the first record ends and the next one begins; -1 where
// that is not known yet.
func (r *runner) boundary(b []byte, from int, all bool) (end, after int) {
	switch {
	case len(r.rs) == 1:
		if at := bytes.IndexByte(b[from:], r.rs[0]); at >= 0 {
			return from + at, from + at + 1
		}
	case r.rs == "":
		at := bytes.Index(b, []byte("\n\n"))
		if at < 0 {
			return -1, -1
		}
		after = at
		for after < len(b) && b[after] == '\n' {
			after++
		}
		if after < len(b) || all {
			return at, after
		}
	default:
		if m := r.dynamic(r.rs).Find(b); m != nil && m[1] > m[0] && (m[1] < len(b) || all) {
			return m[0], m[1]
		}
	}
	return -1, -1
}

// next gives the next record of the main input, through all files.
func (r *runner) next() (string, bool) {
	for !r.stop {
		if r.main == nil && !r.open() {
			return "", false
		}
		if r.main == nil {
			continue
		}
		if line, ok := r.main.next(r); ok {
			return line, true
		}
		failed := r.main.failed
		r.main.close()
		r.main = nil
		if failed != nil {
			r.fail("read error (%s)", gnu.Why(failed))
		}
	}
	return "", false
}

// open opens the next file of the arguments.
func (r *runner) open() bool {
	argv := r.global("ARGV").array(r, "ARGV")
	argc := int(r.global("ARGC").v.float())
	for r.argsRead+1 < argc {
		r.argsRead++
		arg := r.text(argv.elems.m[strconv.Itoa(r.argsRead)])
		if arg == "" {
			continue
		}
		if name, v, ok := strings.Cut(arg, "="); ok && isName(name) {
			r.assign(name, v)
			continue
		}
		r.usedStdin = true
		f, err := gnu.Open(r.p, arg)
		if err != nil {
			r.out.Flush()
			_, _ = io.WriteString(r.p.Err, path.Base(r.p.Name())+": cannot open "+arg+" ("+gnu.Why(err)+")\n")
			r.code, r.stop = 2, true
			return false
		}
		r.filename, r.fnr = arg, 0
		if arg == "-" {
			r.main = r.reader(gnu.Tie(f, r.out), f)
		} else {
			r.main = r.reader(f, f)
		}
		return true
	}
	if r.usedStdin {
		return false
	}
	r.usedStdin = true
	f, err := gnu.Open(r.p, "-")
	if err != nil {
		return false
	}
	r.main = r.reader(gnu.Tie(f, r.out), nil)
	return true
}

func (r *runner) reader(in io.Reader, c io.Closer) *records {
	return &records{r: in, c: c, held: gnu.Hold(r.p)}
}

func isName(s string) bool {
	return s != "" && (s[0] < '0' || s[0] > '9') && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// assign sets a variable of the command line.
func (r *runner) assign(name, v string) {
	val := outside(escapes(v))
	if s, ok := specialOf(name); ok {
		s.set(r, val)
		return
	}
	r.global(name).assign(r, val)
}

// getline reads a record of the main input, of a file or of a command.
func (r *runner) getline(how, name string, t *place) float64 {
	var line string
	var ok bool
	if how == "" {
		line, ok = r.next()
		if ok {
			r.nr++
			r.fnr++
		}
	} else {
		in := r.input(how, name)
		if in == nil {
			return -1
		}
		if line, ok = in.next(r); ok && how == "|" {
			r.nr++
		}
		if in.failed != nil {
			return -1
		}
	}
	switch {
	case !ok:
		return 0
	case t != nil:
		t.set(r, outside(line))
	default:
		r.setRecord(line)
	}
	return 1
}

// mostOpen is how many files and commands may be open.
const mostOpen = 64

// input gives the file or command to read from; nil for one that is not there.
func (r *runner) input(how, name string) *records {
	key := how + name
	if in := r.inputs[key]; in != nil {
		return in
	}
	if len(r.inputs) >= mostOpen {
		r.fail("file table overflow")
	}
	if how == "<" {
		f, err := gnu.Open(r.p, name)
		if err != nil {
			return nil
		}
		r.inputs[key] = r.reader(f, f)
		return r.inputs[key]
	}
	r.flush()
	w := &gathered{r: r, held: gnu.Hold(r.p)}
	c := *r.p
	c.Out, c.OutTTY = w, false
	code := r.p.Shell.Source(&c, proc.Script{Posix: true, Text: name, Name: "sh"})
	r.inputs[key] = r.reader(bytes.NewReader(w.b), closer{w, code})
	return r.inputs[key]
}

// gathered is what a command wrote, as far as the budget goes.
type gathered struct {
	r    *runner
	b    []byte
	held *gnu.Held
}

func (g *gathered) Write(p []byte) (int, error) {
	if cap(g.b)-len(g.b) < len(p) && !g.held.Add(len(g.b)+len(p)) {
		return 0, gnu.ErrMemory
	}
	g.b = append(g.b, p...)
	return len(p), nil
}

type closer struct {
	g    *gathered
	code int
}

func (c closer) Close() error { c.g.held.Free(); return nil }

// output is a file or a command that is written to.
type output struct {
	w    *bufio.Writer
	c    io.Closer
	pipe *gathered
	name string
}

// redirect writes to a file or a command.
func (r *runner) redirect(how, name, text string) {
	key := how + name
	if how == ">>" {
		key = ">" + name
	}
	o := r.outputs[key]
	if o == nil {
		o = r.opened(how, name)
		r.outputs[key] = o
		r.order = append(r.order, key)
	}
	if o.pipe != nil {
		if _, err := o.pipe.Write([]byte(text)); err != nil {
			r.limit()
		}
		return
	}
	if _, err := o.w.WriteString(text); err != nil {
		r.fail("write failure (%s)", gnu.Why(err))
	}
	if r.p.OutTTY && o.c == nil {
		o.w.Flush()
	}
}

func (r *runner) opened(how, name string) *output {
	if len(r.outputs) >= mostOpen {
		r.fail("file table overflow")
	}
	if how == "|" {
		return &output{pipe: &gathered{r: r, held: gnu.Hold(r.p)}, name: name}
	}
	switch name {
	case "/dev/stdout", "-":
		return &output{w: r.out, name: name}
	case "/dev/stderr":
		return &output{w: bufio.NewWriterSize(r.p.Err, 16), name: name}
	}
	flag := vfs.WriteOnly | vfs.Create | vfs.Truncate
	if how == ">>" {
		flag = vfs.WriteOnly | vfs.Create | vfs.Append
	}
	f, err := gnu.Create(r.p, name, flag, 0o666)
	if err != nil {
		r.fail("cannot open \"%s\" for output (%s)", name, gnu.Why(err))
	}
	return &output{w: bufio.NewWriter(f), c: f, name: name}
}

// end writes what is left, and runs the command of a pipe.
func (o *output) end(r *runner) int {
	if o.pipe != nil {
		r.out.Flush()
		c := *r.p
		c.In, c.InTTY = bytes.NewReader(o.pipe.b), false
		code := r.p.Shell.Source(&c, proc.Script{Posix: true, Text: o.name, Name: "sh"})
		o.pipe.held.Free()
		return code
	}
	o.w.Flush()
	if o.c != nil {
		o.c.Close()
	}
	return 0
}

func (r *runner) flush() {
	r.out.Flush()
	for _, o := range r.outputs {
		if o.w != nil {
			o.w.Flush()
		}
	}
}

// closeNamed is the function close.
func (r *runner) closeNamed(name string) int {
	code := -1
	for _, how := range []string{"<", "|"} {
		if in := r.inputs[how+name]; in != nil {
			code = 0
			if c, ok := in.c.(closer); ok {
				code = c.code
			}
			in.close()
			delete(r.inputs, how+name)
		}
	}
	for _, how := range []string{">", "|"} {
		if o := r.outputs[how+name]; o != nil {
			delete(r.outputs, how+name)
			r.order = slices.DeleteFunc(r.order, func(k string) bool { return k == how+name })
			code = o.end(r)
		}
	}
	return code
}

// closeAll ends everything in the order in which it was opened.
func (r *runner) closeAll() {
	for _, key := range r.order {
		if o := r.outputs[key]; o != nil {
			o.end(r)
		}
	}
	for _, in := range r.inputs {
		in.close()
	}
	if r.main != nil {
		r.main.close()
	}
	r.held.Free()
}

// system runs a command of the shell.
func (r *runner) system(text string) int {
	r.flush()
	c := *r.p
	return r.p.Shell.Source(&c, proc.Script{Posix: true, Text: text, Name: "sh"})
}
