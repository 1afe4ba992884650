package shell

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

func echoBuiltin(in *interp, args []string) int {
	args = args[1:]
	newline, escaped := true, in.posix || in.opt["xpg_echo"]
	for len(args) > 0 {
		a := args[0]
		if in.posix {
			if a == "-n" {
				newline = false
				args = args[1:]
			}
			break
		}
		if len(a) < 2 || a[0] != '-' || strings.Trim(a[1:], "neE") != "" {
			break
		}
		for _, c := range a[1:] {
			switch c {
			case 'n':
				newline = false
			case 'e':
				escaped = true
			case 'E':
				escaped = false
			}
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escaped {
		out, stop := escapes(text, escapeStyle{zero: true, stop: true, short: in.posix})
		if text = out; stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	return in.print("echo", text)
}

// print writes the output of a built-in and gives its status.
func (in *interp) print(name, text string) int {
	if text == "" {
		return 0
	}
	if _, err := io.WriteString(in.writer(1), text); err != nil && in.task.ctx.Err() == nil {
		if in.posix {
			in.complain("%s: I/O error", name)
		} else {
			in.complain("%s: write error: %s", name, errText(err))
		}
		return 1
	}
	return 0
}

func printfBuiltin(in *interp, args []string) int {
	name := ""
	rest := args[1:]
	if len(rest) > 1 && rest[0] == "-v" && !in.posix {
		name, rest = rest[1], rest[2:]
	} else if len(rest) > 0 && len(rest[0]) > 1 && rest[0][0] == '-' && rest[0] != "--" {
		in.badOption("printf", rest[0][1:2])
		return 2
	}
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		if in.posix {
			in.complain("printf: usage: printf format [arg ...]")
		} else {
			in.usage("printf")
		}
		return 2
	}
	f := &formatter{in: in, args: rest[1:]}
	for {
		had := len(f.args)
		if !f.once(rest[0]) || len(f.args) == 0 || len(f.args) == had || !in.fits(len(f.out)) || !in.step() {
			break
		}
	}
	if name != "" {
		if at := strings.IndexByte(name, '['); at > 0 && strings.HasSuffix(name, "]") {
			in.setElement(name[:at], name[at+1:len(name)-1], string(f.out), false)
		} else if !validName(name) {
			in.complain("printf: `%s': not a valid identifier", name)
			return 2
		} else {
			in.setVar(name, string(f.out))
		}
		return f.status
	}
	if s := in.print("printf", string(f.out)); s != 0 {
		return s
	}
	return f.status
}

// formatter is one call of printf.
type formatter struct {
	in     *interp
	args   []string
	out    []byte
	status int
	date   string
}

func (f *formatter) next() (string, bool) {
	if len(f.args) == 0 {
		return "", false
	}
	s := f.args[0]
	f.args = f.args[1:]
	return s, true
}

// once goes through the format; false where \c ended it.
func (f *formatter) once(format string) bool {
	for format != "" {
		n := strings.IndexAny(format, `%\`)
		if n < 0 {
			f.out = append(f.out, format...)
			return true
		}
		f.out = append(f.out, format[:n]...)
		format = format[n:]
		if format[0] == '\\' {
			n := escapeLength(format)
			text, stop := escapes(format[:n], escapeStyle{octal: 3, stop: false, quotes: false})
			if len(format) > 1 && (format[1] == '"' || format[1] == '\'') && !f.in.posix {
				text = format[1:2]
			}
			f.out = append(f.out, text...)
			if format = format[n:]; stop {
				return false
			}
			continue
		}
		rest, ok := f.verb(format)
		if !ok {
			return false
		}
		format = rest
	}
	return true
}

// escapeLength gives the length of the escape that a text begins with.
func escapeLength(s string) int {
	if len(s) < 2 {
		return 1
	}
	n, most, set := 2, 0, "01234567"
	switch c := s[1]; {
	case c >= '0' && c <= '7':
		n, most = 1, 3
	case c == 'x':
		most, set = 2, "0123456789abcdefABCDEF"
	case c == 'u':
		most, set = 4, "0123456789abcdefABCDEF"
	case c == 'U':
		most, set = 8, "0123456789abcdefABCDEF"
	}
	for most > 0 && n < len(s) && strings.IndexByte(set, s[n]) >= 0 {
		n++
		most--
	}
	return n
}

// verb formats one argument.
func (f *formatter) verb(s string) (rest string, ok bool) {
	i := 1
	for i < len(s) && strings.IndexByte("-+ #0'", s[i]) >= 0 {
		i++
	}
	flags := s[1:i]
	width, prec := -1, -1
	width, i = f.size(s, i)
	if width < -1 {
		flags, width = flags+"-", -width
	}
	if i < len(s) && s[i] == '.' {
		prec, i = f.size(s, i+1)
		prec = max(prec, 0)
	}
	for i < len(s) && strings.IndexByte("hlLqjzt", s[i]) >= 0 && !(s[i] == 'q' && (i+1 >= len(s) || s[i+1] < 'a')) {
		if s[i] == 'q' {
			break
		}
		i++
	}
	if i < len(s) && s[i] == '(' {
		if e := strings.Index(s[i:], ")T"); e > 0 {
			f.date = s[i+1 : i+e]
			i += e + 1
		}
	}
	if i >= len(s) {
		f.in.complain("printf: `%s': missing format character", s)
		f.status = 1
		return "", false
	}
	if width > 1<<20 || prec > 1<<20 {
		width, prec = min(width, 1<<20), min(prec, 1<<20)
	}
	text, ok := f.convert(s[i], flags, prec)
	if !ok {
		if s[i] != 'b' {
			f.in.complain("printf: `%c': invalid format character", s[i])
			f.status = 1
		}
		f.out = append(f.out, text...)
		return "", false
	}
	if !f.in.fits(len(f.out) + width) {
		return "", false
	}
	n := len(text)
	if w := utf8.RuneCountInString(text); s[i] != 's' && s[i] != 'b' {
		n = w
	}
	switch {
	case n >= width:
	case strings.Contains(flags, "-"):
		text += strings.Repeat(" ", width-n)
	case strings.Contains(flags, "0") && strings.IndexByte("diouxXeEfFgG", s[i]) >= 0 && (prec < 0 || strings.IndexByte("eEfFgG", s[i]) >= 0):
		sign := 0
		if text != "" && strings.IndexByte("+- ", text[0]) >= 0 {
			sign = 1
		}
		if strings.HasPrefix(text[sign:], "0x") || strings.HasPrefix(text[sign:], "0X") {
			sign += 2
		}
		text = text[:sign] + strings.Repeat("0", width-n) + text[sign:]
	default:
		text = strings.Repeat(" ", width-n) + text
	}
	f.out = append(f.out, text...)
	return s[i+1:], true
}

// size reads a width or precision.
func (f *formatter) size(s string, i int) (int, int) {
	if i < len(s) && s[i] == '*' {
		a, _ := f.next()
		n, _ := strconv.Atoi(a)
		return n, i + 1
	}
	from := i
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if from == i {
		return -1, i
	}
	n, err := strconv.Atoi(s[from:i])
	if err != nil {
		n = 1 << 20
	}
	return n, i
}

func (f *formatter) convert(verb byte, flags string, prec int) (string, bool) {
	clip := func(s string) string {
		if prec >= 0 && prec < len(s) {
			return s[:prec]
		}
		return s
	}
	switch verb {
	case '%':
		return "%", true
	case 's':
		a, _ := f.next()
		return clip(a), true
	case 'b':
		a, _ := f.next()
		out, stop := escapes(a, escapeStyle{zero: true, octal: 3, stop: true})
		return clip(out), !stop
	case 'q', 'Q':
		if f.in.posix {
			return "", false
		}
		a, _ := f.next()
		return quoteBackslash(clip(a)), true
	case 'c':
		a, _ := f.next()
		return a[:min(len(a), 1)], true
	case 'd', 'i', 'o', 'u', 'x', 'X':
		return formatInteger(verb, flags, prec, f.integer()), true
	case 'e', 'E', 'f', 'F', 'g', 'G', 'a', 'A':
		v := f.float()
		if prec < 0 {
			prec = 6
		}
		fl := strings.ReplaceAll(flags, "'", "")
		fl = strings.ReplaceAll(strings.ReplaceAll(fl, "-", ""), "0", "")
		if verb == 'a' || verb == 'A' {
			verb += 'x' - 'a'
		}
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return strings.ToLower(strings.TrimPrefix(fmt.Sprint(v), "+")), true
		}
		return fmt.Sprintf("%"+fl+"."+strconv.Itoa(min(prec, 400))+string(verb), v), true
	case 'T':
		return f.time(), true
	}
	return "", false
}
