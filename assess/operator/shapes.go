package operator

import (
	"bytes"
	"sync"
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

// shapeWords gives the bit of each first word of a command.
var shapeWords = sync.OnceValue(func() map[string]uint64 {
	m := map[string]uint64{}
	for i, c := range contentShapes {
		for _, w := range c.words {
			m[w] |= 1 << i
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
	for len(data) > 0 {
		i := bytes.IndexAny(data, "\r\n")
		part := data
		if i >= 0 {
			part = data[:i]
		}
		if room := maxText - len(s.line); room > 0 {
			s.line = append(s.line, part[:min(room, len(part))]...)
		}
		if i < 0 {
			return
		}
		data = data[i+1:]
		s.end(s.line)
		s.line = s.line[:0]
	}
}

// login takes a command that was given at login.
func (s *shapes) login(command []byte) { s.end(command[:min(len(command), maxText)]) }

// end judges a whole line.
func (s *shapes) end(line []byte) {
	line = bytes.TrimLeft(line, " \t")
	if len(line) == 0 {
		return
	}
	for i, c := range contentShapes {
		if c.piece != "" && s.seen&(1<<i) == 0 && bytes.Contains(line, []byte(c.piece)) {
			s.seen |= 1 << i
		}
	}
	for rest, first := line, true; len(rest) > 0; first = false {
		var part []byte
		part, rest = cutCommand(rest)
		word := firstWord(part)
		if len(word) == 0 {
			continue
		}
		if word[0] == '#' {
			word = word[:1]
		}
		if first {
			s.loader(line)
		}
		s.seen |= shapeWords()[string(word)]
	}
}

// cutCommand takes the first of the commands that ; & and | part.
func cutCommand(line []byte) (first, rest []byte) {
	i := bytes.IndexAny(line, ";&|")
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i+1:]
}

func firstWord(b []byte) []byte {
	b = bytes.TrimLeft(b, " \t(")
	if i := bytes.IndexAny(b, " \t"); i >= 0 {
		return b[:i]
	}
	return b
}
