package telnetd

import (
	"strings"

	"gait/decoy/visit"
)

// options is what was agreed on with a client, and what it said of itself. All
// of it is changed only by who reads from the client.
type options struct {
	out      func(b ...byte)
	his      [256]side // what the client does
	ours     [256]side // what we do
	term     string
	size     visit.Size
	env      []string
	acked    bool // the client took the line mode that we asked for
	answered int  // options about which the client has said something
	late     bool // the first round is over: what is agreed to now is asked for at once
	told     func(kind visit.Kind, text string)
	resized  func(visit.Size)
	setMode  func(recv, send bool) // binary, either way
	subs     map[byte]bool         // sub-negotiations that were answered
}

// side is one side's state of an option.
type side struct {
	on      bool
	pending bool // we asked and have no answer yet
}

// Options that we let the client do, and that we do when asked.
var (
	weAccept = [256]bool{optBinary: true, optEcho: false, optSGA: true, optMark: true, optType: true, optSize: true, optSpeed: true, optFlow: true, optDisplay: true, optNewEnv: true, optLinemode: true}
	weOffer  = [256]bool{optBinary: true, optEcho: true, optSGA: true, optStatus: true, optMark: true}
)

// ask sends offers and wishes that change something, and notes that answers are
// due.
func (o *options) ask(pairs ...byte) {
	var b []byte
	for i := 0; i+1 < len(pairs); i += 2 {
		verb, opt := pairs[i], pairs[i+1]
		s := &o.his[opt]
		if verb == will || verb == wont {
			s = &o.ours[opt]
		}
		on := verb == will || verb == do
		if on == s.on {
			continue
		}
		s.pending = true
		b = append(b, iac, verb, opt)
	}
	o.out(b...)
}

// option takes what a client says of an option, and answers unless it is itself
// an answer or says nothing new.
func (o *options) option(verb, opt byte) {
	on := verb == will || verb == do
	s, ok, yes, no := &o.his[opt], weAccept[opt], byte(do), byte(dont)
	if verb == do || verb == dont {
		s, ok, yes, no = &o.ours[opt], weOffer[opt], will, wont
	}
	if s.pending {
		s.pending = false
		o.answered++
		o.set(s, verb, opt, on)
		return
	}
	switch {
	case s.on == on && opt != optMark:
	case !on:
		o.out(iac, no, opt)
		o.set(s, verb, opt, false)
	case ok:
		o.out(iac, yes, opt)
		o.set(s, verb, opt, true)
	default:
		o.out(iac, no, opt)
	}
}

// set notes how an option stands and does what follows.
func (o *options) set(s *side, verb, opt byte, on bool) {
	s.on = on
	switch {
	case opt == optBinary:
		o.setMode(o.his[optBinary].on, o.ours[optBinary].on)
	case o.late && on && verb == will && (opt == optType || opt == optNewEnv):
		o.want(opt)
	}
}

// due says whether answers about the client's options are due.
func (o *options) due(opts ...byte) bool {
	for _, opt := range opts {
		if o.his[opt].pending {
			return true
		}
	}
	return false
}

// want asks for the content of those options that the client agreed to.
func (o *options) want(opts ...byte) {
	var b []byte
	for _, opt := range opts {
		if o.his[opt].on {
			b = append(b, iac, sb, opt, 1, iac, se)
		}
	}
	o.out(b...)
}

// missing says whether content that was asked for has not come.
func (o *options) missing(opts ...byte) bool {
	for _, opt := range opts {
		if o.his[opt].on && !o.subs[opt] {
			return true
		}
	}
	return false
}

// sub takes a sub-negotiation.
func (o *options) sub(p []byte) {
	opt, p := p[0], p[1:]
	o.subs[opt] = true
	switch {
	case opt == optSize && len(p) >= 4:
		size := visit.Size{Cols: int(p[0])<<8 | int(p[1]), Rows: int(p[2])<<8 | int(p[3])}
		if size.Cols > maxSide || size.Rows > maxSide {
			return
		}
		o.size = size
		o.resized(size)
	case opt == optType && len(p) > 1 && p[0] == 0:
		o.term = termName(p[1:])
	case opt == optNewEnv && len(p) > 0 && (p[0] == 0 || p[0] == 2):
		o.environ(p[1:])
	case opt == optLinemode && len(p) > 0 && p[0] == 1:
		o.acked = true
	case opt == optStatus && len(p) == 1 && p[0] == 1 && o.ours[optStatus].on:
		o.status()
	}
}

// maxSide is the greatest number of columns or rows that is believed.
const maxSide = 1<<15 - 1

// termName gives a terminal type as the name of a terminal is written; empty
// for what is none.
func termName(p []byte) string {
	name := strings.ToLower(string(p))
	if len(name) > 40 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.+") != "" {
		return ""
	}
	return name
}

// environ takes variables (RFC 1572). What follows a 2 stands for itself.
func (o *options) environ(p []byte) {
	var name, value []byte
	into := &name
	seen := false
	flush := func() {
		if seen && len(name) > 0 && len(o.env) < mostEnv {
			text := string(name) + "=" + string(value)
			o.env = append(o.env, text)
			o.told(visit.Environ, text)
		}
		name, value, into = nil, nil, &name
	}
	for i := 0; i < len(p); i++ {
		switch c := p[i]; {
		case c == 0 || c == 3:
			flush()
			seen = true
		case c == 1:
			into = &value
		case c == 2 && i+1 < len(p):
			i++
			*into = append(*into, p[i])
		default:
			*into = append(*into, c)
		}
	}
	flush()
}

// mostEnv is how many variables a client may tell.
const mostEnv = 32

// user gives the name that the client's environment says, empty for none.
func (o *options) user() string {
	for _, v := range o.env {
		if name, ok := strings.CutPrefix(v, "USER="); ok && plainName(name) {
			return name
		}
	}
	return ""
}

// plainName says whether a name is one that login takes: one that begins with a
// dash would be an option.
func plainName(name string) bool {
	return name != "" && len(name) <= 32 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == "" && name[0] != '-'
}

// status tells the client how the options stand (RFC 859).
func (o *options) status() {
	b := []byte{iac, sb, optStatus, 0}
	for opt := range 256 {
		if o.ours[opt].on {
			b = append(b, will, byte(opt))
		}
		if o.his[opt].on {
			b = append(b, do, byte(opt))
		}
	}
	o.out(append(b, iac, se)...)
}
