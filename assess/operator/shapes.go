package operator

import "sync"

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

// marks finds the shapes of a line in one pass.
type marks struct {
	special [256]bool // bytes that part commands or begin a piece
	pieces  [256][]piece
	lengths [256]uint64 // of the first words that begin with a byte, one bit each
	words   map[string]uint64
}

type piece struct {
	text string
	bit  uint64
}

var shapeMarks = sync.OnceValue(func() *marks {
	m := &marks{words: map[string]uint64{}}
	for _, b := range []byte(";&|") {
		m.special[b] = true
	}
	for i, c := range contentShapes {
		if c.piece != "" {
			b := c.piece[0]
			m.special[b], m.pieces[b] = true, append(m.pieces[b], piece{c.piece, 1 << i})
		}
		for _, w := range c.words {
			m.words[w] |= 1 << i
			m.lengths[w[0]] |= 1 << len(w)
		}
	}
	return m
})

// maxText is how much of a line is looked at.
const maxText = 4096

// shapes finds shapes and loaders in lines of input. It remembers one line.
type shapes struct {
	line    []byte
	seen    uint64
	loaders uint32
	at      [len(knownLoaders)]uint8 // how many lines of each sequence have come
}

// reset forgets all and keeps the memory.
func (s *shapes) reset() shapes { return shapes{line: s.line[:0]} }

// feed takes bytes of input as they were sent: lines are not edited, since
// what matters here comes in one piece.
func (s *shapes) feed(data []byte) {
	from := 0
	for i, b := range data {
		if b != '\r' && b != '\n' {
			continue
		}
		if len(s.line) == 0 {
			s.end(data[from:min(i, from+maxText)])
		} else {
			s.remember(data[from:i])
			s.end(s.line)
			s.line = s.line[:0]
		}
		from = i + 1
	}
	s.remember(data[from:])
}

// remember adds to the line that has not ended.
func (s *shapes) remember(part []byte) {
	s.line = append(s.line, part[:min(maxText-len(s.line), len(part))]...)
}

// login takes a command that was given at login.
func (s *shapes) login(command []byte) { s.end(command[:min(len(command), maxText)]) }

// end judges a whole line.
func (s *shapes) end(line []byte) {
	for len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
		line = line[1:]
	}
	if len(line) == 0 {
		return
	}
	m, from := shapeMarks(), 0
	for i, b := range line {
		if !m.special[b] {
			continue
		}
		for _, p := range m.pieces[b] {
			if s.seen&p.bit == 0 && len(line)-i >= len(p.text) && string(line[i:i+len(p.text)]) == p.text {
				s.seen |= p.bit
			}
		}
		if b == ';' || b == '&' || b == '|' {
			s.command(m, line, from, i)
			from = i + 1
		}
	}
	s.command(m, line, from, len(line))
}

// command takes the command that stands in a part of a line.
func (s *shapes) command(m *marks, line []byte, from, to int) {
	word := firstWord(line[from:to])
	if len(word) == 0 {
		return
	}
	if word[0] == '#' {
		word = word[:1]
	}
	if from == 0 && loaderBegins[line[0]] {
		s.loader(line)
	}
	if m.lengths[word[0]]&(1<<len(word)) != 0 {
		s.seen |= m.words[string(word)]
	}
}

func firstWord(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '(') {
		b = b[1:]
	}
	for i, c := range b {
		if c == ' ' || c == '\t' {
			return b[:i]
		}
	}
	return b
}
