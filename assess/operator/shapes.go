package operator

import (
	"encoding/binary"

	"gait/internal/scan"
)

// shape is one trait of content: a word, a piece of syntax. What is kept of a
// session is which shapes occur in it, and nothing of its text.
type shape struct {
	name  string
	words []string // first words of a command; empty where piece is looked for
	piece string   // found anywhere in a line
}

// contentShapes are the shapes in the order of their bits. They are general
// habits; names of single families of malware stand in loaders.
var contentShapes = [...]shape{
	{name: "downloads (wget, curl, tftp, ftpget)", words: []string{"wget", "curl", "tftp", "ftpget"}},
	{name: "changes modes (chmod)", words: []string{"chmod"}},
	{name: "busybox called by name", words: []string{"busybox", "/bin/busybox"}},
	{name: "words of a router's menu (enable, system, shell, linuxshell)", words: []string{"enable", "system", "shell", "linuxshell"}},
	{name: "bytes written with echo -e", piece: "\\x"},
	{name: "looks into /proc", piece: "/proc/"},
	{name: "works in /tmp", piece: "/tmp"},
	{name: "looks around (ls, pwd, find, tree)", words: []string{"ls", "pwd", "find", "tree"}},
	{name: "reads files (cat, head, tail, less, sed, grep, awk)", words: []string{"cat", "head", "tail", "less", "sed", "grep", "awk"}},
	{name: "changes folders (cd)", words: []string{"cd"}},
	{name: "asks who and where (id, whoami, uname, hostname)", words: []string{"id", "whoami", "uname", "hostname", "nproc", "lscpu"}},
	{name: "programs (python, perl, node, gcc, make)", words: []string{"python", "python3", "perl", "node", "gcc", "cc", "make"}},
	{name: "installs (apt, pip, npm, yum, apk)", words: []string{"apt", "apt-get", "pip", "pip3", "npm", "yum", "apk"}},
	{name: "here-documents", piece: "<<"},
	{name: "comments", words: []string{"#"}},
	{name: "chains with &&", piece: "&&"},
	{name: "pipes", piece: "|"},
	{name: "throws errors away (2>)", piece: "2>"},
	{name: "removes (rm)", words: []string{"rm"}},
	{name: "accounts (passwd, chpasswd, useradd, crontab, authorized_keys)", words: []string{"passwd", "chpasswd", "useradd", "crontab"}},
}

// trait is a text that shapes are known by, with their bits.
type trait struct {
	text   string
	shapes uint64
}

// begun is what a byte of a line can begin: another command, or a piece.
type begun struct {
	command bool
	pieces  []trait
	shapes  uint64 // of all pieces
}

// ends is the mark of bytes that end a line.
const ends = 1

// markOf gives the mark of each byte: 0 of those that begin and end nothing, or
// else the place in markList.
var markOf, markList = func() (of [256]uint8, list []begun) {
	list = make([]begun, ends+1)
	of['\r'], of['\n'] = ends, ends
	mark := func(b byte) *begun {
		if of[b] == 0 {
			of[b] = uint8(len(list))
			list = append(list, begun{})
		}
		return &list[of[b]]
	}
	for _, b := range []byte(";&|") {
		mark(b).command = true
	}
	for i, c := range contentShapes {
		if c.piece != "" {
			m := mark(c.piece[0])
			m.pieces = append(m.pieces, trait{c.piece, 1 << i})
			m.shapes |= 1 << i
		}
	}
	return of, list
}()

// word is a first word of a command, and its first eight bytes as a number.
type word struct {
	trait
	key uint64
}

// wordList are the first words of commands by [wordPlace].
var wordList = func() (list [64][]word) {
	for i, c := range contentShapes {
		for _, text := range c.words {
			_, key := firstWord([]byte(text))
			at := &list[wordPlace(key)]
			*at = append(*at, word{trait{text, 1 << i}, key})
		}
	}
	return list
}()

// wordPlace spreads keys over the places of wordList.
func wordPlace(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> 58 }

// firstWord gives the length of the word that data begins with, up to a space or a
// tab, and its key.
func firstWord(data []byte) (n int, key uint64) {
	n = scan.Either(data, ' ', '\t')
	if n < 0 {
		n = len(data)
	}
	if len(data) >= 8 {
		key = binary.LittleEndian.Uint64(data)
		if n < 8 {
			key &= 1<<(8*n) - 1
		}
		return n, key
	}
	for i, b := range data[:n] {
		key |= uint64(b) << (8 * i)
	}
	return n, key
}

// maxText is how much of a line is looked at.
const maxText = 4096

// shapes finds shapes and loaders in lines of input. It remembers one line.
type shapes struct {
	line    []byte
	marks   [256]uint8 // of the bytes that can still show something new, from begun on
	begun   bool
	seen    uint64
	loaders uint32
	at      [len(knownLoaders)]uint8 // how many lines of each sequence have come
}

// reset forgets all and keeps the memory.
func (s *shapes) reset() { *s = shapes{line: s.line[:0]} }

// feed takes bytes of input as they were sent: lines are not edited, since
// what matters here comes in one piece.
func (s *shapes) feed(data []byte) {
	n := len(data)
	for n > 0 && markOf[data[n-1]] != ends {
		n--
	}
	whole := data[:n]
	if n > 0 && len(s.line) > 0 {
		i := scan.Either(whole, '\r', '\n')
		s.remember(whole[:i])
		s.lines(s.line, true)
		s.line, whole = s.line[:0], whole[i+1:]
	}
	s.lines(whole, false)
	s.remember(data[n:])
}

// remember adds to the line that has not ended.
func (s *shapes) remember(part []byte) {
	s.line = append(s.line, part[:min(maxText-len(s.line), len(part))]...)
}

// login takes a command that was given at login, as one line whatever is in it.
func (s *shapes) login(command []byte) { s.lines(command, true) }

// lines judges lines that are whole, of which the last need not have an end; with
// one, all is one line.
func (s *shapes) lines(data []byte, one bool) {
	if !s.begun {
		s.marks, s.begun = markOf, true
	}
	line, from, to := 0, 0, min(maxText, len(data)) // where the line and the command begin, and where to look no further
	for i := s.nextMark(data, 0); i < len(data); i = s.nextMark(data, i+1) {
		mark := s.marks[data[i]]
		if mark == ends && !one {
			s.command(data[from:min(i, to)])
			s.loader(data[line:min(i, to)])
			line, from, to = i+1, i+1, min(i+1+maxText, len(data))
			continue
		}
		if i >= to {
			continue
		}
		m := &markList[mark]
		if m.shapes&^s.seen != 0 {
			for k := range m.pieces {
				if p := &m.pieces[k]; begins(data[i:to], p.text) {
					s.seen |= p.shapes
				}
			}
			if m.shapes&^s.seen == 0 && !m.command {
				s.marks[data[i]] = 0
			}
		}
		if m.command {
			s.command(data[from:i])
			from = i + 1
		}
	}
	s.command(data[from:to])
	s.loader(data[line:to])
}

// nextMark is the place of the next byte that has a mark, the end of data where
// none has.
func (s *shapes) nextMark(data []byte, from int) int {
	for from < len(data) && s.marks[data[from]] == 0 {
		from++
	}
	return from
}

// begins says whether data begins with a text, which is not empty. Most that does
// not shows it at the text's last byte.
func begins(data []byte, text string) bool {
	n := len(text) - 1
	return len(data) > n && data[n] == text[n] && string(data[:n]) == text[:n]
}

// command takes one command of a line.
func (s *shapes) command(data []byte) {
	for len(data) > 0 && (data[0] == ' ' || data[0] == '\t' || data[0] == '(') {
		data = data[1:]
	}
	n, key := firstWord(data)
	if n > 0 && data[0] == '#' {
		n, key = 1, '#'
	}
	list := wordList[wordPlace(key)]
	for i := range list {
		if w := &list[i]; w.key == key && len(w.text) == n && (n <= 8 || string(data[:n]) == w.text) {
			s.seen |= w.shapes
		}
	}
}
