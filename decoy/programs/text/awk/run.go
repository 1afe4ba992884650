package awk

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/programs/regex"
)

const (
	longest   = 1 << 20 // of a text, in bytes
	deepest   = 200     // calls
	mostField = 32_000
)

// runner runs a program.
type runner struct {
	p    *proc.Process
	prog *parser
	out  *bufio.Writer
	held *gnu.Held

	globals map[string]*cell
	frame   []*cell
	depth   int
	result  value
	code    int
	steps   int
	stop    bool // the process was ended or nobody reads

	line      string
	fields    []value // from $1 on
	nf        int
	split_    bool // the fields are those of the line
	stale     bool // the line is not that of the fields
	nr, fnr   float64
	filename  string
	fs, ofs   string
	rs, ors   string
	subsep    string
	convfmt   string
	ofmt      string
	rstart    int
	rlength   int
	regexes   map[string]*regex.Regexp
	chance    *rand.Rand
	seed      float64
	main      *records
	argsRead  int
	usedStdin bool
	inputs    map[string]*records
	outputs   map[string]*output
	order     []string // of outputs
	atEnd     bool
	naming    string // printf or sprintf, for messages
}

// trouble is an error while a program runs.
type trouble struct{ text string }

func (r *runner) fail(format string, args ...any) {
	panic(trouble{fmt.Sprintf(format, args...)})
}

// limit ends a program that wants too much.
func (r *runner) limit() {
	r.fail("program limit exceeded: memory")
}

// bounded lets a text pass that is not too long.
func (r *runner) bounded(s string) string {
	if len(s) > longest || len(s) > 64<<10 && r.p.Budget.Memory.Load() < int64(len(s)) {
		r.limit()
	}
	return s
}

// step counts a turn of a loop; true where the program must stop.
func (r *runner) step() bool {
	if r.steps++; r.steps%64 == 0 && gnu.Step(r.p) != nil {
		r.stop = true
	}
	return r.stop
}

func (r *runner) stopped() signal {
	if r.stop {
		return exited
	}
	return done
}

// text gives a value as a text.
func (r *runner) text(v value) string {
	if v.form != number_ {
		return v.s
	}
	return v.text(r.convfmt)
}

// compare compares as numbers where both are, else as texts.
func (r *runner) compare(a, b value) int {
	if a.isNumber() && b.isNumber() {
		x, y := a.float(), b.float()
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	return strings.Compare(r.text(a), r.text(b))
}

// dynamic compiles the regular expression of a text, and remembers some.
func (r *runner) dynamic(s string) *regex.Regexp {
	if re := r.regexes[s]; re != nil {
		return re
	}
	re, err := regex.Compile(s, regex.Options{Extended: true, Escapes: true})
	if err != nil {
		r.fail("run time error: regular expression compile failed (%s)\n%s", regexWords(err), s)
	}
	if len(r.regexes) > 64 {
		clear(r.regexes)
	}
	r.regexes[s] = re
	return re
}

// call calls a function.
func (r *runner) call(f *function, frame []*cell) value {
	if r.depth++; r.depth > deepest {
		r.fail("function call nesting too deep: %s", f.name)
	}
	if r.step() {
		panic(trouble{})
	}
	old := r.frame
	r.frame, r.result = frame, value{}
	g := f.body(r)
	r.frame = old
	r.depth--
	for _, c := range frame {
		c.drop(r)
	}
	if g == exited {
		panic(leaving{})
	}
	v := r.result
	r.result = value{}
	return v
}

// leaving is an exit inside of a function.
type leaving struct{}

// guard runs a part of the program, and gives how it ended.
func (r *runner) guard(f func() signal) (g signal) {
	defer func() {
		switch e := recover().(type) {
		case nil:
		case leaving:
			g, r.depth, r.frame = exited, 0, nil
		case trouble:
			r.flush()
			if e.text != "" && !gnu.Stop(r.p) {
				fmt.Fprintf(r.p.Err, "%s: %s\n", path.Base(r.p.Name()), e.text)
				if strings.HasPrefix(e.text, "run time") {
					fmt.Fprintf(r.p.Err, "\tFILENAME=\"%s\" FNR=%v NR=%v\n", r.filename, r.fnr, r.nr)
				}
			}
			g, r.code, r.stop = exited, 2, true
		default:
			panic(e)
		}
	}()
	return f()
}

// run runs everything.
func (r *runner) run() int {
	g := r.guard(func() signal { return sequence(r.prog.begin)(r) })
	if g != exited && !r.stop && len(r.prog.rules)+len(r.prog.end) > 0 {
		r.guard(r.records)
	}
	r.atEnd = true
	if !r.stop {
		r.guard(func() signal { return sequence(r.prog.end)(r) })
	}
	r.flush()
	r.closeAll()
	return r.code & 0xff
}

// records goes through the input.
func (r *runner) records() signal {
	for {
		line, ok := r.next()
		if !ok || r.step() {
			return done
		}
		r.nr++
		r.fnr++
		r.setRecord(line)
		for _, rule := range r.prog.rules {
			if !rule.selects(r) {
				continue
			}
			g := done
			if rule.do == nil {
				if _, err := r.out.WriteString(r.record() + r.ors); err != nil {
					r.stop = true
				}
			} else {
				g = rule.do(r)
			}
			if g == nextFile {
				r.main.close()
				r.main = nil
			}
			if g == nexted || g == nextFile {
				break
			}
			if g == exited || r.stop {
				return exited
			}
		}
	}
}

// selects says whether a rule is for the record at hand.
func (u *rule) selects(r *runner) bool {
	switch {
	case u.from == nil:
		return true
	case u.to == nil:
		return u.from(r).true()
	case !u.active:
		if !u.from(r).true() {
			return false
		}
		u.active = true
	}
	if u.to(r).true() {
		u.active = false
	}
	return true
}

// newRunner makes a runner for a program.
func newRunner(p *proc.Process, prog *parser) *runner {
	r := &runner{p: p, prog: prog, out: gnu.Output(p), held: gnu.Hold(p), globals: map[string]*cell{}, fs: " ", ofs: " ", rs: "\n", ors: "\n", subsep: "\x1c", convfmt: "%.6g", ofmt: "%.6g",
		regexes: map[string]*regex.Regexp{}, inputs: map[string]*records{}, outputs: map[string]*output{}, split_: true, rlength: -1}
	r.seed = float64(time.Now().UnixNano() % 1e9)
	r.chance = rand.New(rand.NewPCG(rand.Uint64(), 2))
	env := r.global("ENVIRON").array(r, "ENVIRON")
	for _, v := range p.Env {
		if name, value, ok := strings.Cut(v, "="); ok {
			env.put(r, name, outside(value))
		}
	}
	return r
}
