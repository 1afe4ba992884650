package profile

import "bytes"

// prompts tells the prompts of shells from all else that a line may be asked
// for with.
type prompts struct {
	last   []byte // the last one, as it was shown
	shaped bool   // one was seen that looks like a shell's
	home   []byte // last word of the prompt that the session began with
	first  []byte // its first word
	known  bool   // there was such a prompt
}

func (p *prompts) reset() {
	p.last, p.home, p.first, p.shaped, p.known = p.last[:0], p.home[:0], p.first[:0], false, false
}

// unknown says whether no prompt was seen yet, so that any may be a shell's.
func (p *prompts) unknown() bool { return !p.shaped && !p.known }

// find gives the length of the prompt that a line begins with, -1 where there is
// none. With guess set, a session's first prompt may look like anything that
// does not ask a question.
func (p *prompts) find(line []byte, guess bool) (size int, guessed bool) {
	size = -1
	switch {
	case p.shell(line):
		size = len(line)
	case len(p.last) > 0 && bytes.HasPrefix(line, p.last) && p.shell(p.last):
		size = len(p.last)
	default:
		size = p.before(line)
	}
	if size < 0 && guess && !p.shaped {
		word := lastWord(line)
		if asks := len(word) > 0 && bytes.IndexByte([]byte(":?])"), word[len(word)-1]) >= 0; !asks && (!p.known || len(word) == 0) {
			size, guessed = len(line), true
		}
	}
	if size >= 0 {
		p.last = append(p.last[:0], line[:size]...)
	}
	return size, guessed
}

// before finds a prompt with something behind it.
func (p *prompts) before(line []byte) int {
	for i := 0; i+1 < min(len(line), maxPromptLine); i++ {
		if c := line[i]; line[i+1] == ' ' && (c == '$' || c == '#' || c == '%' || c == '>') && p.shell(line[:i+2]) {
			return i + 2
		}
	}
	return -1
}

// shell says whether a whole text is the prompt of a shell: it looks like one,
// or like that of the session's first line.
func (p *prompts) shell(text []byte) bool {
	word := lastWord(text)
	if len(word) == 0 {
		return false
	}
	if p.known && (len(p.home) > 0 && bytes.Equal(word, p.home) || len(p.first) > 1 && bytes.HasPrefix(text, p.first)) {
		return true
	}
	if _, ok := prompt(text); !ok {
		return false
	}
	bare := trimmed(text)
	switch bare[len(bare)-1] {
	case '>': // mysql> and the like, and the second prompt of shells
		if !promptShape(bare) {
			return false
		}
	case '#': // postgres=# and the like
		if n := len(bare); n > 1 && bytes.IndexByte([]byte("=-(*!^'\""), bare[n-2]) >= 0 {
			return false
		}
	}
	p.shaped = true
	return true
}

// settle remembers the last prompt as the one that the session began with.
func (p *prompts) settle() {
	p.known = true
	p.home = append(p.home[:0], lastWord(p.last)...)
	p.first = p.first[:0]
	if words := bytes.TrimLeft(p.last, " "); len(words) > 0 && !isLetter(words[0]) && (words[0] < '0' || words[0] > '9') {
		if i := bytes.IndexByte(words, ' '); i > 0 {
			p.first = append(p.first, words[:i]...)
		}
	}
}

// lastWord gives what stands behind the last space of a text that may end in
// spaces.
func lastWord(text []byte) []byte {
	text = bytes.TrimRight(text, " ")
	return text[bytes.LastIndexByte(text, ' ')+1:]
}
