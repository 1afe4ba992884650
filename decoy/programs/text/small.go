package text

import (
	"bufio"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runTrue(p *proc.Process) int  { return constant(p, 0) }
func runFalse(p *proc.Process) int { return constant(p, 1) }

func constant(p *proc.Process, code int) int {
	if len(p.Args) == 2 && (p.Args[1] == "--help" || p.Args[1] == "--version") {
		gnu.About{Usage: "[ignored command line arguments]", Does: "Exit with a status code indicating success or failure.", By: "Jim Meyering"}.Told(p, &proc.Options{Given: []proc.Option{{Name: p.Args[1][2:]}}})
	}
	return code
}

func runYes(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{First: true}, gnu.About{Usage: "[STRING]...", Does: "Repeatedly output a line with all specified STRING(s), or 'y'.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	line := "y\n"
	if len(o.Operands) > 0 {
		line = strings.Join(o.Operands, " ") + "\n"
	}
	block := []byte(strings.Repeat(line, max(1, 8192/len(line))))
	for {
		if _, err := p.Out.Write(block); err != nil || gnu.Step(p) != nil {
			return 1
		}
	}
}

func runSeq(p *proc.Process) int {
	args := p.Args[1:]
	cut := len(args)
	for i, a := range args { // negative numbers are operands
		if len(a) > 1 && a[0] == '-' && (a[1] >= '0' && a[1] <= '9' || a[1] == '.') {
			cut = i
			break
		}
	}
	c := *p
	c.Args = p.Args[:cut+1]
	o, code := gnu.Parse(&c, proc.Flags{Short: "+f:s:w", First: true, Long: map[string]proc.Long{"format": {As: "f", Value: 1}, "separator": {As: "s", Value: 1}, "equal-width": {As: "w"}}},
		gnu.About{Usage: "[OPTION]... [FIRST [INCREMENT]] LAST", Does: "Print numbers from FIRST to LAST, in steps of INCREMENT.", By: "Ulrich Drepper"})
	if o == nil {
		return code
	}
	a := append(append([]string{}, o.Operands...), args[cut:]...)
	switch {
	case len(a) == 0:
		return gnu.Missing(p)
	case len(a) > 3:
		return gnu.Extra(p, a[3])
	}
	first, step, last := "1", "1", a[len(a)-1]
	if len(a) > 1 {
		first = a[0]
	}
	if len(a) == 3 {
		step = a[1]
	}
	return sequence(p, o, first, step, last)
}

// sequence writes numbers, exactly.
func sequence(p *proc.Process, o *proc.Options, texts ...string) int {
	var n [3]*big.Rat
	places, width := 0, 0
	for i, text := range texts {
		r, ok := new(big.Rat), false
		if len(text) < 64 && !strings.ContainsAny(text, "/_") {
			r, ok = r.SetString(strings.TrimSpace(strings.TrimPrefix(text, "+")))
		}
		if !ok {
			return gnu.Try(p, "invalid floating point argument: %s", gnu.Quote(p, text))
		}
		n[i] = r
		if _, part, dotted := strings.Cut(text, "."); dotted && i < 2 {
			places = max(places, len(part))
		}
	}
	if n[1].Sign() == 0 {
		return gnu.Try(p, "invalid Zero increment value: %s", gnu.Quote(p, texts[1]))
	}
	if o.Has("w") {
		width = max(len(n[0].FloatString(places)), len(n[2].FloatString(places)))
	}
	sep, ok := o.Last("s")
	if !ok {
		sep = "\n"
	}
	format, formatted := o.Last("f")
	if formatted && (strings.Count(format, "%")-2*strings.Count(format, "%%") != 1) {
		return p.Complain("format %s has no %% directive", gnu.Quote(p, format))
	}
	out := gnu.Output(p)
	defer out.Flush()
	begun := false
	for v := n[0]; v.Cmp(n[2])*n[1].Sign() <= 0; v = new(big.Rat).Add(v, n[1]) {
		if begun {
			out.WriteString(sep)
		}
		begun = true
		text := v.FloatString(places)
		if formatted {
			q := &printer{p: p, out: out, args: []string{text}}
			q.once(format)
		} else {
			if pad := width - len(text); pad > 0 {
				sign := strings.HasPrefix(text, "-")
				text = strings.Repeat("0", pad) + strings.TrimPrefix(text, "-")
				if sign {
					text = "-" + text
				}
			}
			out.WriteString(text)
		}
		if out.Buffered() > 8<<10 && (out.Flush() != nil || gnu.Step(p) != nil) {
			return 1
		}
	}
	if begun {
		out.WriteByte('\n')
	}
	return 0
}

func runShuf(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "ei:n:o:rz", Long: map[string]proc.Long{"echo": {As: "e"}, "input-range": {As: "i", Value: 1}, "head-count": {As: "n", Value: 1}, "output": {As: "o", Value: 1}, "repeat": {As: "r"}, "zero-terminated": {As: "z"}, "random-source": {Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]", Does: "Write a random permutation of the input lines to standard output.", By: "Paul Eggert"})
	if o == nil {
		return code
	}
	held := gnu.Hold(p)
	defer held.Free()
	var lines []string
	end := byte('\n')
	if o.Has("z") {
		end = 0
	}
	text, ranged := o.Last("i")
	switch {
	case ranged:
		low, high, ok := strings.Cut(text, "-")
		a, aerr := strconv.ParseInt(low, 10, 64)
		b, berr := strconv.ParseInt(high, 10, 64)
		if !ok || aerr != nil || berr != nil || b < a {
			return p.Complain("invalid input range: %s", gnu.Quote(p, text))
		}
		for v := a; v <= b; v++ {
			if !held.Add(40) {
				return p.Complain("memory exhausted")
			}
			lines = append(lines, strconv.FormatInt(v, 10))
		}
	case o.Has("e"):
		lines = o.Operands
	default:
		if len(o.Operands) > 1 {
			return gnu.Extra(p, o.Operands[1])
		}
		if lines, code = readLines(p, o.Operands, end, held); code != 0 {
			return code
		}
	}
	most := int64(len(lines))
	if v, ok := o.Last("n"); ok {
		n, ok := gnu.Size(v, "")
		if !ok {
			return p.Complain("invalid line count: %s", gnu.Quote(p, v))
		}
		if most = min(most, n); o.Has("r") {
			most = n
		}
	} else if o.Has("r") {
		most = 1 << 62
	}
	return dealt(p, o, lines, most)
}

// readLines reads all lines of files.
func readLines(p *proc.Process, names []string, end byte, held *gnu.Held) (list []string, code int) {
	bad := 0
	code = gnu.Each(p, names, gnu.Plain(p), func(name string, r io.Reader) bool {
		l := gnu.NewLines(p, r, end)
		defer l.Close()
		for line, ok := l.Next(); ok; line, ok = l.Next() {
			if !held.Add(len(line) + 32) {
				bad = p.Complain("memory exhausted")
				return false
			}
			list = append(list, string(line))
		}
		if l.Err != nil && !gnu.Stop(p) {
			bad = p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(l.Err))
		}
		return true
	})
	return list, max(code, bad)
}

// dealt writes lines in a random order.
func dealt(p *proc.Process, o *proc.Options, lines []string, most int64) int {
	end := byte('\n')
	if o.Has("z") {
		end = 0
	}
	c := *p
	if name, ok := o.Last("o"); ok {
		f, err := create(p, name, vfs.WriteOnly|vfs.Create|vfs.Truncate)
		if err != nil {
			return p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
		}
		defer f.Close()
		c.Out = f
	}
	out := gnu.Output(&c)
	defer out.Flush()
	if !o.Has("r") {
		rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	if len(lines) == 0 {
		return 0
	}
	for i := range most {
		line := lines[i%int64(len(lines))]
		if o.Has("r") {
			line = lines[rand.IntN(len(lines))]
		}
		out.WriteString(line)
		if out.WriteByte(end) != nil || gnu.Stop(p) {
			return 1
		}
	}
	return 0
}

func runFactor(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "[NUMBER]...", Does: "Print the prime factors of each specified integer NUMBER.", By: "Paul Rubin, Torbjorn Granlund, and Niels Moller"})
	if o == nil {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	if len(o.Operands) > 0 {
		for _, a := range o.Operands {
			code = max(code, factors(p, out, a))
		}
		return code
	}
	lines := gnu.NewLines(p, gnu.Tie(p.In, out), '\n')
	defer lines.Close()
	for line, ok := lines.Next(); ok; line, ok = lines.Next() {
		for _, a := range strings.Fields(string(line)) {
			code = max(code, factors(p, out, a))
		}
	}
	return code
}

func factors(p *proc.Process, out *bufio.Writer, text string) int {
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), 10, 64)
	if err != nil {
		out.Flush()
		return p.Complain("%s is not a valid positive integer", gnu.Quote(p, text))
	}
	fmt.Fprintf(out, "%d:", n)
	for d, steps := uint64(2), 0; n > 1; steps++ {
		switch {
		case n%d == 0:
			fmt.Fprintf(out, " %d", d)
			n /= d
			continue
		case d*d > n || d > 1<<32-1 || new(big.Int).SetUint64(n).ProbablyPrime(0) && d == 2:
			fmt.Fprintf(out, " %d", n)
			n = 1
		}
		if steps%(1<<20) == 1<<20-1 && gnu.Step(p) != nil {
			return 1
		}
		d += 1 + d&1
	}
	out.WriteByte('\n')
	return 0
}
