package text

import (
	"fmt"
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runUniq(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "cdDf:is:uw:z", Long: map[string]proc.Long{"count": {As: "c"}, "repeated": {As: "d"}, "all-repeated": {As: "D", Value: 2}, "skip-fields": {As: "f", Value: 1}, "group": {Value: 2}, "ignore-case": {As: "i"}, "skip-chars": {As: "s", Value: 1}, "unique": {As: "u"}, "zero-terminated": {As: "z"}, "check-chars": {As: "w", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [INPUT [OUTPUT]]", Does: "Filter adjacent matching lines from INPUT (or standard input),\nwriting to OUTPUT (or standard output).", By: "Richard M. Stallman and David MacKenzie"})
	if o == nil {
		return code
	}
	u := &unique{o: o, width: -1, end: '\n'}
	for _, g := range o.Given {
		what := map[string]string{"f": "invalid number of fields to skip", "s": "invalid number of bytes to skip", "w": "invalid number of bytes to compare"}[g.Name]
		if what == "" {
			continue
		}
		n, ok := gnu.Size(g.Value, "")
		if !ok {
			return p.Complain("%s: %s", gnu.Name(p, g.Value), what)
		}
		*map[string]*int64{"f": &u.fields, "s": &u.skip, "w": &u.width}[g.Name] = n
	}
	if o.Has("z") {
		u.end = 0
	}
	if len(o.Operands) > 2 {
		return gnu.Extra(p, o.Operands[2])
	}
	var w io.Writer = p.Out
	if len(o.Operands) == 2 && o.Operands[1] != "-" {
		f, err := create(p, o.Operands[1], vfs.WriteOnly|vfs.Create|vfs.Truncate)
		if err != nil {
			return p.Complain("%s: %s", gnu.Name(p, o.Operands[1]), gnu.Why(err))
		}
		defer f.Close()
		w = f
	}
	c := *p
	c.Out = w
	bad := 0
	code = gnu.Each(p, o.Operands[:min(1, len(o.Operands))], gnu.Plain(p), func(name string, r io.Reader) bool {
		out := gnu.Output(&c)
		defer out.Flush()
		u.out = out
		lines := gnu.NewLines(p, gnu.Tie(r, out), u.end)
		defer lines.Close()
		u.run(lines)
		if lines.Err != nil && !gnu.Stop(p) {
			out.Flush()
			bad = p.Complain("error reading %s: %s", gnu.Always(p, name), gnu.Why(lines.Err))
		}
		return true
	})
	return max(code, bad)
}

// unique is a uniq that runs.
type unique struct {
	o                   *proc.Options
	out                 io.Writer
	fields, skip, width int64
	end                 byte
	groups              int
}

func (u *unique) run(lines *gnu.Lines) {
	first, n := "", int64(0)
	key := ""
	for line, ok := lines.Next(); ok; line, ok = lines.Next() {
		k := u.key(string(line))
		if n > 0 && k == key {
			n++
			u.again(first, string(line), n)
			continue
		}
		u.show(first, n)
		first, key, n = string(line), k, 1
	}
	u.show(first, n)
}

// key is what is compared of a line.
func (u *unique) key(s string) string {
	for range min(u.fields, int64(len(s))) {
		s = strings.TrimLeft(s, " \t")
		if at := strings.IndexAny(s, " \t"); at >= 0 {
			s = s[at:]
		} else {
			s = ""
		}
	}
	s = s[min(u.skip, int64(len(s))):]
	if u.width >= 0 {
		s = s[:min(u.width, int64(len(s)))]
	}
	if u.o.Has("i") {
		s = strings.ToLower(s)
	}
	return s
}

// again writes a line that repeats the first one, with -D.
func (u *unique) again(first, line string, n int64) {
	if !u.o.Has("D") {
		return
	}
	if n == 2 {
		method, _ := u.o.Last("D")
		if method == "prepend" || method == "separate" && u.groups > 0 {
			fmt.Fprintf(u.out, "%c", u.end)
		}
		u.groups++
		fmt.Fprintf(u.out, "%s%c", first, u.end)
	}
	fmt.Fprintf(u.out, "%s%c", line, u.end)
}

// show writes a line that was there n times.
func (u *unique) show(line string, n int64) {
	switch {
	case n == 0, u.o.Has("D"), u.o.Has("d") && n == 1, u.o.Has("u") && n > 1:
	case u.o.Has("c"):
		fmt.Fprintf(u.out, "%7d %s%c", n, line, u.end)
	default:
		fmt.Fprintf(u.out, "%s%c", line, u.end)
	}
}
