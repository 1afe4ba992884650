package profile

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// maxPrompt is how much of a prompt's end is looked at, in chars.
const maxPrompt = 256

// prompt says whether a line of stripped output is a prompt, and of which
// shell: without trailing white space it ends in one of $ # % >, and either a
// space follows or the line has the shape of a prompt.
func prompt(line []byte) (Shell, bool) {
	end := len(line)
	for end > 0 && line[end-1] <= ' ' && spaceLen(line[end-1:]) > 0 {
		end--
	}
	if end > 0 && line[end-1] >= utf8.RuneSelf {
		end = trimUnicode(line[:end])
	}
	if end == 0 {
		return 0, false
	}
	var shell Shell
	switch line[end-1] {
	case '$', '#':
		shell = Bash
	case '%':
		shell = Zsh
	case '>':
		shell = Fish
	default:
		return 0, false
	}
	if !(end < len(line) && line[end] == ' ') && !promptShape(line[:end]) {
		return 0, false
	}
	if shell == Fish {
		shell = windowsShell(kept(line[:end]))
	}
	return shell, true
}

// trimUnicode gives the length of b without trailing white space of any kind.
func trimUnicode(b []byte) int {
	return len(bytes.TrimRightFunc(b, isSpace))
}

func isSpace(r rune) bool {
	return r >= 0x1c && r <= 0x1f || unicode.Is(unicode.White_Space, r)
}

// kept gives the line without leading white space, its last 256 chars.
func kept(line []byte) []byte {
	line = bytes.TrimLeftFunc(line, isSpace)
	i := len(line)
	for n := 0; i > 0 && n < maxPrompt; n++ {
		_, size := utf8.DecodeLastRune(line[:i])
		i -= size
	}
	return line[i:]
}

// windowsShell tells the shells apart whose prompts end in ">".
func windowsShell(kept []byte) Shell {
	switch {
	case bytes.HasPrefix(kept, []byte("PS ")):
		return PowerShell
	case bytes.Contains(kept, []byte(`C:\`)), bytes.Contains(kept, []byte(`c:\`)):
		return CmdExe
	}
	return Fish
}

// promptShape looks for user@host, a leading "PS ", or a letter with ":\" or ":/".
func promptShape(line []byte) bool {
	for i, c := range line {
		switch c {
		case '@':
			if wordBefore(line[:i]) && wordAfter(line[i+1:]) {
				return true
			}
		case ':':
			if i > 0 && isLetter(line[i-1]) && i+1 < len(line) && (line[i+1] == '\\' || line[i+1] == '/') {
				return true
			}
		}
	}
	start := bytes.TrimLeftFunc(line, isSpace)
	return len(start) > 2 && start[0] == 'P' && start[1] == 'S' && spaceLen(start[2:]) > 0
}

func wordBefore(b []byte) bool {
	r, n := utf8.DecodeLastRune(b)
	return n > 0 && isWord(r, n)
}

func wordAfter(b []byte) bool {
	r, n := utf8.DecodeRune(b)
	return n > 0 && isWord(r, n)
}

func isWord(r rune, size int) bool {
	if r == utf8.RuneError && size == 1 {
		return false // a byte that is no char of UTF-8 is never a letter
	}
	return r == '_' || r == '.' || r == '-' || unicode.IsLetter(r) || unicode.IsNumber(r)
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// localeKeys are the variables that set a locale, the strongest first.
var localeKeys = [][]byte{[]byte("LC_ALL="), []byte("LANG="), []byte("LC_CTYPE=")}

// locale finds the language that the output states, as a BCP-47 tag. Where it
// is the same as last time, that string is given.
func locale(text []byte, last string) string {
	var buf [8]byte
	for _, key := range localeKeys {
		for rest := text; ; {
			i := bytes.Index(rest, key)
			if i < 0 {
				break
			}
			rest = rest[i+len(key):]
			if tag := localeTag(buf[:0], rest); string(tag) == last && last != "" {
				return last
			} else if len(tag) > 0 {
				return string(tag)
			}
		}
	}
	return ""
}

// localeTag appends the tag of POSIX, of a language with an optional region, or
// of C; nothing where b begins with none of them.
func localeTag(tag, b []byte) []byte {
	if bytes.HasPrefix(b, []byte("POSIX")) {
		return append(tag, "und"...)
	}
	lang := letters(b)
	switch {
	case lang < 2 && len(b) > 0 && b[0] == 'C':
		return append(tag, "und"...)
	case lang < 2:
		return tag
	}
	for _, c := range b[:lang] {
		tag = append(tag, c|0x20)
	}
	if b = b[lang:]; len(b) > 0 && b[0] == '_' {
		if n := letters(b[1:]); n >= 2 {
			tag = append(tag, '-')
			for _, c := range b[1 : 1+n] {
				tag = append(tag, c&^0x20)
			}
		}
	}
	return tag
}

// letters counts the ASCII letters at the start of b, at most 3.
func letters(b []byte) (n int) {
	for n < len(b) && n < 3 && isLetter(b[n]) {
		n++
	}
	return n
}
