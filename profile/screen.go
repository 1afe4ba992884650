package profile

import (
	"bytes"
	"unicode/utf8"

	"gait/term"
)

// Shell is a kind of shell that a prompt looks like.
type Shell uint8

// The shells, in no particular order.
const (
	Bash Shell = iota
	Zsh
	Fish
	PowerShell
	CmdExe
	shells
)

var shellNames = [shells]string{"bash", "zsh", "fish", "powershell", "cmd.exe"}

// String gives the shell's name.
func (s Shell) String() string { return shellNames[s] }

// Multiplexer is a terminal multiplexer that left its marks in the output.
type Multiplexer uint8

// The multiplexers.
const (
	NoMultiplexer Multiplexer = iota
	Tmux
	GNUScreen
)

// Screen is what the terminal showed.
type Screen struct {
	Errored     int         // commands whose output holds an error text
	Prompts     [shells]int // prompts by the shell that they look like
	First       Shell       // of the shells with the most prompts, the one seen first
	Total       int         // prompts
	LastPrompt  bool        // the output of the last command holds a prompt
	Multiplexer Multiplexer
	Locale      string // BCP-47 tag; empty where none was shown

	order [shells]int // number of the prompt at which each shell was first seen
	list  []Command
}

// ErroredAt says whether the output of the i-th command holds an error text.
func (s *Screen) ErroredAt(i int) bool { return s.list[i].flags&commandErrored != 0 }

// Volume is the output of the i-th command in chars.
func (s *Screen) Volume(i int) int { return int(s.list[i].volume) }

func (s *Screen) derive(v *View) {
	c := v.Commands()
	*s = Screen{list: c.List}
	block := v.session.Block(outputKind)
	ascii := isASCII(block)
	next, from := 0, uint32(0) // first output not yet passed, where it begins
	for i := range c.List {
		x := &c.List[i]
		for next < len(v.outs) && v.outs[next].at < x.End {
			from = v.outs[next].end
			next++
		}
		first, begin := next, from
		for next < len(v.outs) && (i+1 == len(c.List) || v.outs[next].at < c.List[i+1].Start) {
			from = v.outs[next].end
			next++
		}
		x.volume, x.flags = 0, x.flags&^commandErrored
		if first == next {
			s.LastPrompt = false
			continue
		}
		x.volume = from - begin
		if !ascii {
			x.volume = chars(block, begin, v.outs[first:next])
		}
		text := v.strip(block[begin:from])
		if hasError(text) {
			x.flags |= commandErrored
			s.Errored++
		}
		before := s.Total
		s.prompts(text)
		s.LastPrompt = s.Total > before
	}
	s.elect()
	s.Multiplexer = multiplexer(block)
	if bytes.IndexByte(block, '=') >= 0 {
		v.locale = locale(v.strip(block), v.locale)
		s.Locale = v.locale
	}
}

// strip gives output without escape sequences, valid until the next call.
func (v *View) strip(b []byte) []byte {
	if !hasEscape(b) {
		return b
	}
	v.scratch = term.StripAppend(v.scratch[:0], b)
	return v.scratch
}

// chars counts the chars of output events, each by itself.
func chars(block []byte, from uint32, outs []piece) (n uint32) {
	for _, p := range outs {
		n += countChars(block[from:p.end])
		from = p.end
	}
	return n
}

// countChars counts the chars of b: code points, and bytes that are no part of
// valid UTF-8. (utf8.RuneCount copies what is not ASCII to the heap.)
func countChars(b []byte) (n uint32) {
	for i := 0; i < len(b); n++ {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRune(b[i:])
		i += size
	}
	return n
}

// Texts that shells and tools show when a command failed: some hold "not ", so
// that one look rules them all out.
var (
	errorTexts = [][]byte{[]byte("No such file or directory"), []byte("Permission denied"), []byte("syntax error near unexpected token")}
	notTexts   = [][]byte{[]byte("command not found"), []byte(": cannot "), []byte("Operation not permitted")}
	not        = []byte("not ")
)

func hasError(text []byte) bool {
	return containsAny(text, errorTexts) || bytes.Contains(text, not) && containsAny(text, notTexts)
}

func containsAny(text []byte, list [][]byte) bool {
	for _, x := range list {
		if bytes.Contains(text, x) {
			return true
		}
	}
	return false
}

// prompts counts the prompts in the output of a command.
func (s *Screen) prompts(text []byte) {
	for len(text) > 0 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = nil
		}
		if shell, ok := prompt(line); ok {
			if s.Prompts[shell] == 0 {
				s.order[shell] = s.Total
			}
			s.Prompts[shell]++
			s.Total++
		}
	}
}

// elect finds the shell with the most prompts; of several, the one seen first.
func (s *Screen) elect() {
	for shell := Shell(1); shell < shells; shell++ {
		n, best := s.Prompts[shell], s.Prompts[s.First]
		if n > best || n == best && n > 0 && s.order[shell] < s.order[s.First] {
			s.First = shell
		}
	}
}

// Marks that the multiplexers leave after an ESC.
var (
	tmuxPassed = []byte("Ptmux;")
	tmuxFocus  = []byte("[?1004")
	tmuxTitle  = []byte("]2;tmux")
	screenDCS  = []byte("P=")
	screenOSC  = []byte("]83;")
)

// multiplexer looks at what follows each ESC of the whole output.
func multiplexer(block []byte) (found Multiplexer) {
	for {
		i := bytes.IndexByte(block, 0x1b)
		if i < 0 || i+1 == len(block) {
			return found
		}
		block = block[i+1:]
		switch block[0] {
		case '[':
			if len(block) > 1 && block[1] == '?' && bytes.HasPrefix(block, tmuxFocus) {
				return Tmux
			}
		case 'P', ']':
			if bytes.HasPrefix(block, tmuxPassed) || bytes.HasPrefix(block, tmuxTitle) {
				return Tmux
			}
			if bytes.HasPrefix(block, screenDCS) || bytes.HasPrefix(block, screenOSC) {
				found = GNUScreen
			}
		}
	}
}
