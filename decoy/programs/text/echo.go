package text

import (
	"bufio"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runEcho(p *proc.Process) int {
	args := p.Args[1:]
	escapes, newline := false, true
	if len(args) == 1 && args[0] == "--version" {
		gnu.About{By: "Brian Fox and Chet Ramey"}.Told(p, &proc.Options{Given: []proc.Option{{Name: "version"}}})
		return 0
	}
	if len(args) == 1 && args[0] == "--help" {
		gnu.About{Usage: "[SHORT-OPTION]... [STRING]...", Does: "Echo the STRING(s) to standard output."}.Told(p, &proc.Options{Given: []proc.Option{{Name: "help"}}})
		return 0
	}
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		for _, c := range args[0][1:] {
			switch c {
			case 'n':
				newline = false
			case 'e', 'E':
				escapes = c == 'e'
			}
		}
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if escapes {
		var stop bool
		if text, stop = unescape(text, true); stop {
			newline = false
		}
	}
	if newline {
		text += "\n"
	}
	_, _ = p.Out.Write([]byte(text))
	return 0
}

// unescape reads the escapes of echo -e, and of %b of printf where octal numbers
// may do without their first zero. stop is true after a \c.
func unescape(s string, echo bool) (text string, stop bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if at := strings.IndexByte("abefnrtv\\", s[i]); at >= 0 {
			b.WriteByte("\a\b\x1b\f\n\r\t\v\\"[at])
			continue
		}
		switch c := s[i]; {
		case c == 'c':
			return b.String(), true
		case c == 'x':
			v, n := digits(s[i+1:], 16, 2)
			if n == 0 {
				b.WriteString("\\x")
				continue
			}
			b.WriteByte(byte(v))
			i += n
		case c == '0':
			v, n := digits(s[i+1:], 8, 3)
			b.WriteByte(byte(v))
			i += n
		case c >= '1' && c <= '7':
			v, n := digits(s[i:], 8, 3)
			b.WriteByte(byte(v))
			i += n - 1
		case (c == 'u' || c == 'U') && !echo:
			v, n := digits(s[i+1:], 16, map[byte]int{'u': 4, 'U': 8}[c])
			b.WriteRune(rune(v))
			i += n
		default:
			b.WriteString(s[i-1 : i+1])
		}
	}
	return b.String(), false
}

// digits reads at most so many digits.
func digits(s string, base, most int) (v, n int) {
	for n < most && n < len(s) {
		d, err := strconv.ParseUint(s[n:n+1], base, 8)
		if err != nil {
			break
		}
		v = v*base + int(d)
		n++
	}
	return v, n
}

// printer is a printf that runs.
type printer struct {
	p    *proc.Process
	out  *bufio.Writer
	args []string
	used bool
	code int
	stop bool
}

func runPrintf(p *proc.Process) int {
	args := p.Args[1:]
	if len(args) > 0 && (args[0] == "--help" || args[0] == "--version") {
		gnu.About{Usage: "FORMAT [ARGUMENT]...", Does: "Print ARGUMENT(s) according to FORMAT, or execute according to OPTION:", By: "David MacKenzie"}.Told(p, &proc.Options{Given: []proc.Option{{Name: args[0][2:]}}})
		return 0
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return gnu.Missing(p)
	}
	q := &printer{p: p, out: gnu.Output(p), args: args[1:]}
	defer q.out.Flush()
	for {
		q.used = false
		if !q.once(args[0]) || q.stop || len(q.args) == 0 || gnu.Step(p) != nil {
			break
		}
		if !q.used {
			q.out.Flush()
			p.Complain("warning: ignoring excess arguments, starting with %s", gnu.Quote(p, q.args[0]))
			break
		}
	}
	return q.code
}

// next takes the next argument.
func (q *printer) next() (string, bool) {
	q.used = true
	if len(q.args) == 0 {
		return "", false
	}
	s := q.args[0]
	q.args = q.args[1:]
	return s, true
}

// once writes the format once.
func (q *printer) once(format string) bool {
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '\\':
			end := min(i+2, len(format))
			for end < len(format) && end < i+10 && strings.IndexByte("0123456789abcdefABCDEF", format[end]) >= 0 {
				end++
			}
			text, stop := unescape(format[i:end], false)
			if n := strings.IndexByte("01234567", format[min(i+1, len(format)-1)]); n >= 0 {
				v, n := digits(format[i+1:end], 8, 3)
				text = string([]byte{byte(v)}) + format[i+1+n:end]
			}
			q.out.WriteString(text)
			if stop {
				q.stop = true
				return true
			}
			i = end - 1
		case c == '%' && i+1 < len(format) && format[i+1] == '%':
			q.out.WriteByte('%')
			i++
		case c == '%':
			n, ok := q.directive(format[i:])
			if !ok || q.stop {
				return ok
			}
			i += n - 1
		default:
			q.out.WriteByte(c)
		}
	}
	return true
}

// directive writes one of the conversions.
func (q *printer) directive(s string) (n int, ok bool) {
	i := 1
	for i < len(s) && strings.IndexByte("-+ #0'", s[i]) >= 0 {
		i++
	}
	spec := strings.ReplaceAll(s[:i], "'", "")
	number := func() {
		if i < len(s) && s[i] == '*' {
			v, _ := q.next()
			spec += strconv.FormatInt(min(max(q.integer(v), -9999), 9999), 10)
			i++
			return
		}
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if text := s[from:i]; text != "" {
			v, _ := strconv.Atoi(text)
			spec += strconv.Itoa(min(v, 9999))
		}
	}
	number()
	if i < len(s) && s[i] == '.' {
		spec += "."
		i++
		number()
	}
	for i < len(s) && strings.IndexByte("hlLjzt", s[i]) >= 0 {
		i++
	}
	if i == len(s) || strings.IndexByte("bcdeEfFgGiosuxXaAq", s[i]) < 0 {
		q.out.Flush()
		q.code = q.p.Complain("%s: invalid conversion specification", s[:min(i+1, len(s))])
		return 0, false
	}
	arg, _ := q.next()
	q.convert(spec, s[i], arg)
	return i + 1, true
}

func (q *printer) convert(spec string, verb byte, arg string) {
	switch verb {
	case 'b':
		arg, q.stop = unescape(arg, false)
		fmt.Fprintf(q.out, spec+"s", arg)
	case 'q':
		fmt.Fprintf(q.out, spec+"s", gnu.Listed(q.p, arg))
	case 's':
		fmt.Fprintf(q.out, spec+"s", arg)
	case 'c':
		fmt.Fprintf(q.out, spec+"s", arg[:min(1, len(arg))])
	case 'd', 'i':
		fmt.Fprintf(q.out, spec+"d", q.integer(arg))
	case 'u':
		fmt.Fprintf(q.out, strings.NewReplacer("+", "", " ", "").Replace(spec)+"d", uint64(q.integer(arg)))
	case 'o', 'x', 'X':
		fmt.Fprintf(q.out, spec+string(verb), uint64(q.integer(arg)))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		if verb == 'g' || verb == 'G' {
			if !strings.Contains(spec, ".") {
				spec += ".6"
			}
		}
		fmt.Fprintf(q.out, spec+string(verb), q.float(arg))
	case 'a', 'A':
		fmt.Fprintf(q.out, spec+map[byte]string{'a': "x", 'A': "X"}[verb], q.float(arg))
	}
}

// integer reads a number as C writes it; "'c" is the code of a character.
func (q *printer) integer(s string) int64 {
	if s == "" {
		return 0
	}
	if s[0] == '\'' || s[0] == '"' {
		for _, r := range s[1:] {
			return int64(r)
		}
	}
	text := strings.TrimLeft(s, " \t\n")
	end := numberEnd(text)
	v, err := strconv.ParseInt(strings.TrimPrefix(text[:end], "+"), 0, 64)
	if u, uerr := strconv.ParseUint(text[:end], 0, 64); err != nil && uerr == nil {
		return int64(u)
	}
	switch {
	case end == 0:
		q.bad(s, "expected a numeric value")
	case err != nil:
		q.bad(s, "Numerical result out of range")
	case end < len(text):
		q.bad(s, "value not completely converted")
	}
	return v
}

// numberEnd gives how long the integer at the beginning of a text is.
func numberEnd(s string) int {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	set, from := "0123456789", i
	if len(s) > i+2 && s[i] == '0' && s[i+1]|0x20 == 'x' && strings.IndexByte("0123456789abcdefABCDEF", s[i+2]) >= 0 {
		set, i = "0123456789abcdefABCDEF", i+2
	} else if i < len(s) && s[i] == '0' {
		set = "01234567"
	}
	for i < len(s) && strings.IndexByte(set, s[i]) >= 0 {
		i++
	}
	if i == from {
		return 0
	}
	return i
}

func (q *printer) float(s string) float64 {
	if s == "" {
		return 0
	}
	if s[0] == '\'' || s[0] == '"' {
		return float64(q.integer(s))
	}
	text := strings.TrimLeft(s, " \t\n")
	for end := len(text); end > 0; end-- {
		v, err := strconv.ParseFloat(text[:end], 64)
		if err != nil && !math.IsInf(v, 0) || strings.Contains(text[:end], "_") {
			continue
		}
		if end < len(text) {
			q.bad(s, "value not completely converted")
		}
		return v
	}
	q.bad(s, "expected a numeric value")
	return 0
}

func (q *printer) bad(s, why string) {
	q.out.Flush()
	q.code = q.p.Complain("%s: %s", gnu.Quote(q.p, s), why)
}
