package shell

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"gait/decoy/visit"
)

// reading of one line by read.
type lineRead struct {
	delim   byte
	most    int  // characters; 0 for no limit
	exact   bool // -N
	raw     bool
	timeout time.Duration
	timed   bool
	silent  bool
}

func readBuiltin(in *interp, args []string) int {
	allowed := "ersa:d:i:n:N:p:t:u:"
	if in.posix {
		allowed = "rp:"
	}
	o, names, ok := in.letters(args, allowed)
	if !ok {
		return 2
	}
	r, code := in.readOptions(o)
	if code >= 0 {
		return code
	}
	fd := 0
	if v, ok := o['u']; ok {
		n, err := strconv.Atoi(v)
		if err != nil || in.fds.get(n) == nil {
			in.complain("read: %s: invalid file descriptor: Bad file descriptor", v)
			return 1
		}
		fd = n
	}
	if in.posix && len(names) == 0 {
		in.complain("read: arg count")
		return 2
	}
	for _, n := range names {
		if at := strings.IndexByte(n, '['); at > 0 {
			n = n[:at]
		}
		if !validName(n) {
			in.complain("read: `%s': not a valid identifier", n)
			return 1
		}
	}
	s := in.fds.get(fd)
	if s == nil {
		in.complain("read: read error: %d: Bad file descriptor", fd)
		return 1
	}
	if p := o['p']; p != "" && s.tty != nil {
		in.writer(2).Write([]byte(p))
	}
	line, err := in.readInput(s, r)
	if in.flow != flowNone {
		return in.status
	}
	in.assignRead(line, names, o, r)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return 142
	case err != nil && !errors.Is(err, io.EOF):
		if in.task.ctx.Err() == nil {
			in.complain("read: read error: %d: %s", fd, errText(err))
		}
		return 1
	case err != nil:
		return 1
	}
	return 0
}

// readOptions makes a reading of the options of read; code is not negative where
// that is all.
func (in *interp) readOptions(o map[byte]string) (r lineRead, code int) {
	r = lineRead{delim: '\n'}
	_, r.raw = o['r']
	_, r.silent = o['s']
	if d, ok := o['d']; ok {
		r.delim = 0
		if d != "" {
			r.delim = d[0]
		}
	}
	for _, c := range []byte{'n', 'N'} {
		if v, ok := o[c]; ok {
			n, err := strconv.Atoi(v)
			if err != nil || n < 0 {
				in.complain("read: %s: invalid number", v)
				return r, 1
			}
			r.most, r.exact = n, c == 'N'
			if n == 0 {
				return r, 0
			}
		}
	}
	if v, ok := o['t']; ok {
		sec, err := strconv.ParseFloat(v, 64)
		if err != nil || sec < 0 || sec > 1e9 {
			in.complain("read: %s: invalid timeout specification", v)
			return r, 1
		}
		r.timed, r.timeout = true, time.Duration(sec*float64(time.Second))
	}
	return r, -1
}

// mark stands before a byte that a backslash protects from splitting.
const mark = '\x01'

// readInput reads up to the delimiter.
func (in *interp) readInput(s *stream, r lineRead) (string, error) {
	t := in.task
	if r.timed {
		t = &task{}
		ctx, cancel := context.WithTimeout(in.task.ctx, max(r.timeout, time.Millisecond))
		defer cancel()
		t.ctx, t.cancel = ctx, func(error) { cancel() }
	}
	if s.tty != nil && (r.silent || r.most > 0 || r.delim != '\n') {
		mode := visit.Cooked
		mode.Echo = !r.silent
		mode.Canonical = r.most == 0 && r.delim == '\n'
		defer s.tty.SetMode(s.tty.SetMode(mode))
	}
	e := end{t, s}
	var b []byte
	var one [1]byte
	escaped, count := false, 0
	for {
		n, err := e.Read(one[:])
		if n == 0 {
			if err == nil {
				continue
			}
			return string(b), err
		}
		c := one[0]
		if len(b) > mostSource || len(b) > 4096 && len(b)%4096 == 0 && !in.fits(len(b)) {
			return string(b), io.EOF
		}
		switch {
		case escaped:
			escaped = false
			if c == '\n' {
				continue
			}
			b = append(b, mark, c)
		case c == '\\' && !r.raw:
			escaped = true
			continue
		case c == r.delim && !r.exact:
			return string(b), nil
		case c == 0:
			continue
		case c == mark:
			b = append(b, mark, c)
		default:
			b = append(b, c)
		}
		if c < 0x80 || c >= 0xc0 {
			count++
		}
		if r.most > 0 && count >= r.most {
			return string(b), nil
		}
	}
}

// unmark takes the marks out.
func unmark(s string) string {
	if strings.IndexByte(s, mark) < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == mark && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// assignRead gives what was read to the variables.
func (in *interp) assignRead(line string, names []string, o map[byte]string, r lineRead) {
	if name, ok := o['a']; ok {
		delete(in.vars, name)
		v := in.change(name)
		if v == nil {
			return
		}
		v.kind, v.set = indexed, true
		for i, f := range in.splitRead(line, 1<<20) {
			v.put(i, f)
		}
		return
	}
	if len(names) == 0 {
		in.setVar("REPLY", unmark(line))
		return
	}
	if r.exact {
		in.setRead(names[0], unmark(line))
		for _, n := range names[1:] {
			in.setRead(n, "")
		}
		return
	}
	fields := in.splitRead(line, len(names))
	for i, n := range names {
		v := ""
		if i < len(fields) {
			v = fields[i]
		}
		in.setRead(n, v)
	}
}

func (in *interp) setRead(name, value string) {
	if at := strings.IndexByte(name, '['); at > 0 && strings.HasSuffix(name, "]") {
		in.setElement(name[:at], name[at+1:len(name)-1], value, false)
		return
	}
	in.setVar(name, value)
}

// splitRead splits a line into at most so many fields; the last gets the rest.
func (in *interp) splitRead(line string, most int) (fields []string) {
	ifs, ok := in.lookup("IFS")
	if !ok {
		ifs = " \t\n"
	}
	isWhite := func(c byte) bool { return strings.IndexByte(" \t\n", c) >= 0 && strings.IndexByte(ifs, c) >= 0 }
	isIFS := func(c byte) bool { return strings.IndexByte(ifs, c) >= 0 }
	i := 0
	skip := func() {
		for i < len(line) && isWhite(line[i]) {
			i++
		}
	}
	for skip(); i < len(line); {
		from := i
		for i < len(line) && !isIFS(line[i]) {
			if line[i] == mark {
				i++
			}
			i++
		}
		i = min(i, len(line))
		if len(fields) == most-1 {
			end := i
			at := i
			for at < len(line) && isWhite(line[at]) {
				at++
			}
			if at < len(line) && isIFS(line[at]) && strings.Trim(line[at+1:], " \t\n") == "" && !isWhite(line[at]) {
				return append(fields, unmark(line[from:end]))
			}
			end = len(line)
			for end > from && isWhite(line[end-1]) && (end < 2 || line[end-2] != mark) {
				end--
			}
			return append(fields, unmark(line[from:end]))
		}
		fields = append(fields, unmark(line[from:i]))
		skip()
		if i < len(line) && isIFS(line[i]) && !isWhite(line[i]) {
			i++
			skip()
		}
	}
	return fields
}

func mapfileBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "d:n:O:s:tu:C:c:")
	if !ok {
		return 2
	}
	name := "MAPFILE"
	if len(rest) > 0 {
		name = rest[0]
	}
	if !validName(name) {
		in.complain("%s: `%s': not a valid identifier", args[0], name)
		return 1
	}
	_, trim := o['t']
	delim := byte('\n')
	if d, ok := o['d']; ok {
		delim = 0
		if d != "" {
			delim = d[0]
		}
	}
	most, skip, at := mustInt(o['n']), mustInt(o['s']), mustInt(o['O'])
	s := in.fds.get(mustInt(o['u']))
	if s == nil {
		in.complain("%s: %d: invalid file descriptor: Bad file descriptor", args[0], mustInt(o['u']))
		return 1
	}
	if _, keep := o['O']; !keep {
		delete(in.vars, name)
	}
	v := in.change(name)
	if v == nil {
		return 1
	}
	v.kind, v.set = indexed, true
	for n := 0; most == 0 || n < most; {
		line, err := in.readInput(s, lineRead{delim: delim, raw: true})
		line = unmark(line)
		if err == nil && !trim {
			line += string(delim)
		}
		if err != nil && line == "" || !in.take(len(line)+24) || !in.step() {
			break
		}
		if skip--; skip < 0 {
			v.put(at, line)
			at++
			n++
		}
		if err != nil {
			break
		}
	}
	return 0
}

// selectLoop runs select.
func (in *interp) selectLoop(name string, items []string, do []*syntax.Stmt) {
	if len(items) == 0 {
		return
	}
	show := true
	for {
		if show {
			for i, s := range items {
				in.plainError(strconv.Itoa(i+1) + ") " + s)
			}
		}
		ps3, ok := in.lookup("PS3")
		if !ok {
			ps3 = "#? "
		}
		in.writer(2).Write([]byte(ps3))
		line, err := in.readInput(in.fds.get(0), lineRead{delim: '\n'})
		if err != nil {
			in.out("\n")
			in.status = 1
			return
		}
		if line = strings.TrimSpace(unmark(line)); line == "" {
			show = true
			continue
		}
		show = false
		in.setVar("REPLY", line)
		n, err := strconv.Atoi(line)
		if err == nil && n >= 1 && n <= len(items) {
			in.setVar(name, items[n-1])
		} else {
			in.setVar(name, "")
		}
		in.stmts(do)
		if in.looped() || !in.step() {
			return
		}
	}
}
