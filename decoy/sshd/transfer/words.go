package transfer

import (
	"path"
	"strings"

	"gait/decoy/vfs"
)

const mostMatches = 1000 // names that a pattern may stand for

// Words cuts a simple command into its words, as a shell does: with quotes and
// backslashes, and without expansion of anything but a tilde and patterns,
// which stay marked for [Expand]. It is false for what needs a shell.
func Words(command string) (words []string, ok bool) {
	var w strings.Builder
	in := false
	for i := 0; i < len(command); i++ {
		switch c := command[i]; c {
		case ' ', '\t':
			if in {
				words = append(words, w.String())
				w.Reset()
			}
			in = false
		case '\'', '"':
			end := strings.IndexByte(command[i+1:], c)
			if end < 0 {
				return nil, false
			}
			text := command[i+1 : i+1+end]
			if c == '"' && strings.ContainsAny(text, "\\$`") {
				return nil, false
			}
			w.WriteString(literal(text))
			i, in = i+1+end, true
		case '\\':
			if i++; i == len(command) {
				return nil, false
			}
			w.WriteString(literal(command[i : i+1]))
			in = true
		case ';', '|', '&', '<', '>', '`', '$', '(', ')', '{', '}', '\n', 0:
			return nil, false
		default:
			w.WriteByte(c)
			in = true
		}
	}
	if in {
		words = append(words, w.String())
	}
	return words, len(words) > 0
}

// literal marks what is special in patterns as itself.
func literal(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if strings.IndexByte(`*?[]\~`, c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Expand gives the names that a word of [Words] stands for; where there is
// none, the word itself.
func Expand(f *vfs.FS, word string) []string {
	if word == "~" || strings.HasPrefix(word, "~/") {
		word = literal(f.Dir) + word[1:]
	}
	dir, last := path.Split(word)
	if !strings.ContainsAny(strings.ReplaceAll(strings.ReplaceAll(last, `\*`, ""), `\?`, ""), "*?[") || strings.ContainsAny(dir, "*?[") {
		return []string{plain(word)}
	}
	list, err := f.ReadDir(plain(dir) + ".")
	var names []string
	for _, i := range list {
		if ok, bad := path.Match(last, i.Name); bad != nil || len(names) == mostMatches {
			break
		} else if ok && (i.Name[0] != '.' || last[0] == '.') {
			names = append(names, plain(dir)+i.Name)
		}
	}
	if err != nil || len(names) == 0 {
		return []string{plain(word)}
	}
	return names
}

// plain takes the marks away.
func plain(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
