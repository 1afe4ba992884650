package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// field is a word that expansion makes.
type field struct {
	text []byte
	pat  []byte // the same as a pattern: what was quoted has backslashes
	glob bool   // there is something to match with that was not quoted
}

// What a field takes beside its text, and what an argument does.
const (
	fieldCost = 120
	argCost   = 40
)

// words collects what a word expands to.
type words struct {
	in     *interp
	split  bool // results are split into fields
	done   []field
	cur    field
	open   bool // cur is a field even if it is empty
	closed bool // white space just ended a field
	inner  bool // inside of ${x:-word}: plain text is split too
	ifs    string
	white  string // the white space of ifs
	owed   int    // what done takes and is not charged yet
	taken  int    // what was charged
}

func (in *interp) newWords(split bool) *words {
	w := &words{in: in, split: split, ifs: " \t\n"}
	if s, ok := in.lookup("IFS"); ok {
		w.ifs = s
	}
	for _, c := range w.ifs {
		if c == ' ' || c == '\t' || c == '\n' {
			w.white += string(c)
		}
	}
	return w
}

// brk ends the present field.
func (w *words) brk() {
	cur := w.cur
	w.cur, w.open = field{}, false
	if w.owed += fieldCost + cap(cur.text) + cap(cur.pat); w.owed > 16<<10 {
		if w.in.flow != flowNone || !w.in.take(w.owed) {
			return
		}
		w.taken, w.owed = w.taken+w.owed, 0
	}
	w.done = append(w.done, cur)
}

// free gives back what was charged for the fields.
func (w *words) free() {
	w.in.give(w.taken)
	w.taken = 0
}

// add adds text to the present field.
func (w *words) add(s string, quoted bool) {
	if len(s) > 2048 && !w.in.fits(2*(len(w.cur.text)+len(s))) {
		return
	}
	w.closed = false
	if s != "" || quoted {
		w.open = true
	}
	w.cur.text = append(w.cur.text, s...)
	if quoted {
		w.cur.pat = append(w.cur.pat, escape(s)...)
		return
	}
	if strings.ContainsAny(s, "*?[+@!") {
		w.cur.glob = true
	}
	w.cur.pat = append(w.cur.pat, s...)
}

// result adds what an expansion gave.
func (w *words) result(s string, quoted bool) {
	if quoted || !w.split {
		w.add(s, quoted)
		return
	}
	if w.ifs == "" {
		w.add(s, false)
		return
	}
	for s != "" {
		n := strings.IndexAny(s, w.ifs)
		switch {
		case n < 0:
			w.add(s, false)
			return
		case n > 0:
			w.add(s[:n], false)
		case strings.IndexByte(w.white, s[0]) >= 0:
			if w.open {
				w.brk()
				w.closed = true
			}
			s = s[1:]
			continue
		default:
			if w.closed && !w.open {
				w.closed = false
			} else {
				w.brk()
			}
			s = strings.TrimLeft(s[1:], w.white)
			continue
		}
		s = s[n:]
	}
}

// parts expands the parts of a word.
func (w *words) parts(list []syntax.WordPart, quoted bool) {
	for i, p := range list {
		if w.in.flow != flowNone {
			return
		}
		switch p := p.(type) {
		case *syntax.Lit:
			w.literal(p.Value, quoted, i == 0)
		case *syntax.SglQuoted:
			s := plain(p.Value)
			if p.Dollar {
				s = ansi(s)
			}
			w.add(s, true)
		case *syntax.DblQuoted:
			w.double(p)
		case *syntax.ParamExp:
			w.paramExp(p, quoted)
		case *syntax.CmdSubst:
			w.result(w.in.substitute(p), quoted)
		case *syntax.ArithmExp:
			n, ok := w.in.arith(p.X)
			if ok {
				w.result(itoa(n), quoted)
			} else {
				w.in.abortArith()
			}
		case *syntax.ProcSubst:
			w.add(w.in.processSubst(p), true)
		case *syntax.ExtGlob:
			w.cur.glob, w.open = true, true
			text := p.Op.String() + plain(p.Pattern.Value) + ")"
			w.cur.text = append(w.cur.text, text...)
			w.cur.pat = append(w.cur.pat, text...)
		}
	}
}

// double expands what stands in double quotes.
func (w *words) double(p *syntax.DblQuoted) {
	if len(p.Parts) == 1 {
		if pe, ok := p.Parts[0].(*syntax.ParamExp); ok && isAt(pe) {
			w.paramExp(pe, true)
			return
		}
	}
	w.open = true
	w.parts(p.Parts, true)
}

// isAt says whether an expansion may give no field at all in double quotes.
func isAt(pe *syntax.ParamExp) bool {
	if pe.Length {
		return false
	}
	if pe.Param.Value == "@" {
		return true
	}
	at := pe.Index != nil && subscriptAll(pe.Index) == "@"
	return at || pe.Names == syntax.NamesPrefixWords
}

// literal adds text of the source.
func (w *words) literal(s string, quoted, first bool) {
	s = plain(s)
	if !quoted && first && !w.open && strings.HasPrefix(s, "~") {
		if home, n := w.in.tilde(s); n > 0 {
			w.add(home, true)
			s = s[n:]
		}
	}
	for s != "" {
		n := strings.IndexByte(s, '\\')
		if n < 0 {
			n = len(s)
		}
		if w.inner && !quoted {
			w.result(s[:n], false)
		} else if n > 0 {
			w.add(s[:n], quoted)
		}
		if n == len(s) {
			return
		}
		s = s[n+1:]
		switch {
		case s == "":
			w.add(`\`, true)
		case quoted && strings.IndexByte("$`\"\\\n", s[0]) < 0:
			w.add(`\`, true)
			continue
		case s[0] == '\n':
			s = s[1:]
			continue
		default:
			w.add(s[:1], true)
			s = s[1:]
			continue
		}
	}
}

// tilde expands a prefix of a text that begins with "~"; n is its length, 0
// where there is no such account.
func (in *interp) tilde(s string) (home string, n int) {
	n = len(s)
	if at := strings.IndexAny(s, "/:"); at >= 0 {
		n = at
	}
	name := s[1:n]
	if strings.ContainsAny(name, `\`) {
		return "", 0
	}
	switch name {
	case "":
		return in.home(), n
	case "+":
		if !in.posix {
			return in.cwd, n
		}
	case "-":
		if old, ok := in.lookup("OLDPWD"); ok && !in.posix {
			return old, n
		}
	}
	if a, ok := in.s.world.Account(name); ok {
		return a.Home, n
	}
	return "", 0
}

// finish gives the fields.
func (w *words) finish() []field {
	if w.open {
		w.brk()
	}
	return w.done
}

// fields expands words to the arguments of a command.
func (in *interp) fields(list []*syntax.Word) (all []string) {
	for _, word := range list {
		for _, one := range in.braces(word) {
			if in.flow != flowNone {
				return nil
			}
			w := in.newWords(true)
			w.parts(one.Parts, false)
			for _, f := range w.finish() {
				if all = in.globbed(all, f); in.flow != flowNone {
					break
				}
			}
			if w.free(); in.flow != flowNone {
				return nil
			}
		}
	}
	return all
}

// hold charges for arguments as long as they are in use; false where there is no
// room for them. Few of them cost nothing.
func (in *interp) hold(args []string) (release func(), ok bool) {
	n := len(args) * argCost
	if n < 4096 {
		return func() {}, true
	}
	if !in.take(n) {
		return nil, false
	}
	return func() { in.give(n) }, true
}

// globbed adds a field, or what it matches.
func (in *interp) globbed(all []string, f field) []string {
	if !f.glob || in.opt["noglob"] || !magic(string(f.pat)) {
		return append(all, string(f.text))
	}
	if found := in.glob(string(f.pat)); len(found) > 0 {
		return append(all, found...)
	}
	switch {
	case in.opt["failglob"]:
		in.complain("no match: %s", f.text)
		in.abort(1)
		return nil
	case in.opt["nullglob"]:
		return all
	}
	return append(all, string(f.text))
}

// text expands a word without splitting it.
func (in *interp) text(word *syntax.Word) string {
	if word == nil {
		return ""
	}
	w := in.newWords(false)
	w.parts(word.Parts, false)
	return string(w.join())
}

// join gives what was collected as one text.
func (w *words) join() []byte {
	defer w.free()
	if len(w.done) == 0 {
		return w.cur.text
	}
	var b []byte
	for i, f := range w.finish() {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, f.text...)
	}
	return b
}

// value expands the right side of an assignment: tildes count after colons too.
func (in *interp) value(word *syntax.Word) string {
	if word == nil {
		return ""
	}
	w := in.newWords(false)
	for i, p := range word.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok || !strings.Contains(lit.Value, ":~") {
			w.parts(word.Parts[i:i+1], false)
			if ok {
				continue
			}
			w.open = true
			continue
		}
		for j, piece := range strings.SplitAfter(lit.Value, ":") {
			if j > 0 {
				w.open = false
			}
			w.literal(piece, false, i == 0 || j > 0)
		}
	}
	return string(w.join())
}

// pattern expands a word to a pattern.
func (in *interp) pattern(word *syntax.Word) string {
	if word == nil {
		return ""
	}
	w := in.newWords(false)
	defer w.free()
	w.parts(word.Parts, false)
	if len(w.done) == 0 {
		return string(w.cur.pat)
	}
	var b []byte
	for i, f := range w.finish() {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, f.pat...)
	}
	return string(b)
}

// document expands the text of a here-document.
// Tabs at the beginning of lines are left out where tabs says so.
func (in *interp) document(word *syntax.Word, tabs bool) string {
	if word == nil {
		return ""
	}
	w := in.newWords(false)
	first := true
	for _, p := range word.Parts {
		lit, ok := p.(*syntax.Lit)
		if !ok {
			w.parts([]syntax.WordPart{p}, true)
			continue
		}
		s := plain(lit.Value)
		if tabs {
			s = untab(s, first)
		}
		first = false
		for s != "" {
			n := strings.IndexByte(s, '\\')
			if n < 0 || n+1 == len(s) {
				w.add(s, true)
				break
			}
			if strings.IndexByte("$`\\\n", s[n+1]) >= 0 {
				w.add(s[:n], true)
				if s[n+1] != '\n' {
					w.add(s[n+1:n+2], true)
				}
			} else {
				w.add(s[:n+2], true)
			}
			s = s[n+2:]
		}
	}
	return string(w.join())
}
