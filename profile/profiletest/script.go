package profiletest

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"gait"
)

// Session plays a script that is one session, without a title and without a
// want, and gives what was recorded of it.
func Session(script string) (*gait.Session, error) {
	p := parser{single: true}
	p.begin("session")
	if err := p.parse(script); err != nil {
		return nil, err
	}
	return p.cases[0].play()
}

// scenario is one case of a script.
type scenario struct {
	title    string
	steps    []step
	fidelity gait.Fidelity
	want     want
}

// outcome is what a case expects.
type outcome uint8

const (
	notStated outcome = iota
	said
	silent
	unobservable
)

// want is what a case expects, and the line where it says so.
type want struct {
	line       int
	outcome    outcome
	value      string
	confidence float64
	measures   []gait.Measure
}

// parser reads a script line by line.
type parser struct {
	single bool // one session without title and want
	cases  []*scenario
	open   []*loop // repeats whose end has not come
	line   int
}

// parse reads a script of cases.
func parse(text string) ([]*scenario, error) {
	var p parser
	err := p.parse(text)
	return p.cases, err
}

func (p *parser) parse(text string) error {
	for i, line := range strings.Split(text, "\n") {
		p.line = i + 1
		if err := p.take(strings.TrimSpace(line)); err != nil {
			return fmt.Errorf("line %d: %w", p.line, err)
		}
	}
	if err := p.end(); err != nil {
		return fmt.Errorf("line %d: %w", p.line, err)
	}
	if len(p.cases) == 0 {
		return errors.New("the script holds no case")
	}
	return nil
}

func (p *parser) begin(title string) {
	c := &scenario{title: title}
	c.fidelity = gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Output: true, Lossless: true}
	p.cases = append(p.cases, c)
}

// end checks that the last case is whole.
func (p *parser) end() error {
	if len(p.open) > 0 {
		return fmt.Errorf("the repeat of line %d has no }", p.open[len(p.open)-1].line)
	}
	if n := len(p.cases); n > 0 && !p.single && p.cases[n-1].want.outcome == notStated {
		return fmt.Errorf("case %q has no want", p.cases[n-1].title)
	}
	return nil
}

func (p *parser) take(line string) error {
	switch {
	case line == "" || strings.HasPrefix(line, "//"):
		return nil
	case strings.HasPrefix(line, "#"):
		title := strings.TrimSpace(line[1:])
		if p.single || title == "" {
			return errors.New("a title has no place here")
		}
		if err := p.end(); err != nil {
			return err
		}
		p.begin(title)
		return nil
	case len(p.cases) == 0:
		return errors.New("a statement before the first title")
	}
	words, err := fields(line)
	if err != nil {
		return err
	}
	if words[0].quoted {
		return errors.New("a statement begins with its name, not with a text")
	}
	return p.statement(words[0].text, words[1:])
}

func (p *parser) statement(name string, args []word) error {
	c := p.cases[len(p.cases)-1]
	if c.want.outcome != notStated && name != "measure" {
		return fmt.Errorf("%s after want: a case ends with its want and measures", name)
	}
	switch name {
	case "}":
		return p.close(args)
	case "repeat":
		return p.repeat(args)
	case "fidelity":
		return pairs(args, func(key, value string) error { return setFidelity(&c.fidelity, key, value) })
	case "want", "measure":
		if p.single || len(p.open) > 0 {
			return fmt.Errorf("%s has no place here", name)
		}
		if name == "want" {
			c.want.line = p.line
			return c.want.set(args)
		}
		if c.want.outcome != said {
			return errors.New("measure without a want that names a value")
		}
		return pairs(args, c.want.measure)
	}
	s, err := parseStep(name, args)
	if err != nil {
		return err
	}
	p.add(s)
	return nil
}

// add puts a step at the end of what is open.
func (p *parser) add(s step) {
	if n := len(p.open); n > 0 {
		p.open[n-1].steps = append(p.open[n-1].steps, s)
		return
	}
	c := p.cases[len(p.cases)-1]
	c.steps = append(c.steps, s)
}

func (p *parser) repeat(args []word) error {
	if len(args) != 2 || args[1].quoted || args[1].text != "{" {
		return errors.New("repeat wants a number and an open brace: repeat 20 {")
	}
	n, err := strconv.Atoi(args[0].text)
	if err != nil || n < 1 {
		return fmt.Errorf("repeat %q: not a number above 0", args[0].text)
	}
	p.open = append(p.open, &loop{line: p.line, times: n})
	return nil
}

func (p *parser) close(args []word) error {
	n := len(p.open)
	if n == 0 || len(args) > 0 {
		return errors.New("} without a repeat, or not alone in its line")
	}
	l := p.open[n-1]
	p.open = p.open[:n-1]
	p.add(l.play)
	return nil
}

func (w *want) set(args []word) error {
	switch {
	case len(args) == 1 && args[0].text == "silent":
		w.outcome = silent
	case len(args) == 1 && args[0].text == "unobservable":
		w.outcome = unobservable
	case len(args) == 2:
		c, err := strconv.ParseFloat(args[1].text, 64)
		if err != nil || !(c > 0 && c <= 1) {
			return fmt.Errorf("want %q: the confidence is no number above 0 and at most 1", args[1].text)
		}
		w.outcome, w.value, w.confidence = said, args[0].text, c
	default:
		return errors.New("want takes a value and a confidence, or silent, or unobservable")
	}
	return nil
}

func (w *want) measure(name, number string) error {
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(v, 0) {
		return fmt.Errorf("measure %s=%q: not a number", name, number)
	}
	w.measures = append(w.measures, gait.Measure{Name: name, Value: v})
	return nil
}

func setFidelity(f *gait.Fidelity, key, value string) (err error) {
	switch key {
	case "input":
		for g := gait.GranularityNone; g <= gait.GranularityKey; g++ {
			if g.String() == value {
				f.Input = g
				return nil
			}
		}
		return fmt.Errorf("fidelity input=%q: not one of none, line, packet, key", value)
	case "output":
		f.Output, err = strconv.ParseBool(value)
	case "shared":
		f.SharedTiming, err = strconv.ParseBool(value)
	case "resolution":
		f.Resolution, err = time.ParseDuration(value)
	default:
		return fmt.Errorf("fidelity %q: not one of input, output, resolution, shared", key)
	}
	if err != nil {
		return fmt.Errorf("fidelity %s=%q: %w", key, value, err)
	}
	return nil
}
