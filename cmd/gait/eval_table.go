package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gait/assess/evaluate"
)

// evalPage writes an evaluation for people.
type evalPage struct {
	c     *console
	style style
	err   error
}

func newEvalPage(c *console) *evalPage { return &evalPage{c: c, style: style(c.color)} }

// write writes all of a report.
func (p *evalPage) write(r *evalReport) error {
	if r.Operator != nil {
		p.operator(r.Operator)
	}
	if r.Typist != nil {
		p.typist(r.Typist)
	}
	if r.Attribution != nil {
		p.attribution(r.Attribution)
	}
	return p.err
}

// section begins a part with what is to be known of it.
func (p *evalPage) section(name, note string) {
	fmt.Fprintf(p.c.out, "\n%s\n", p.style.paint(title, name))
	for _, line := range wrap(note, p.c.columns) {
		fmt.Fprintln(p.c.out, p.style.paint(faint, line))
	}
}

// grid writes a table.
func (p *evalPage) grid(g *grid) {
	if err := g.print(p.c); err != nil && p.err == nil {
		p.err = err
	}
}

// operator writes how well it is told who is at the keys.
func (p *evalPage) operator(r *evaluate.OperatorReport) {
	fmt.Fprintf(p.c.out, "%s  %s\n", p.style.paint(title, "operator"), count(int64(r.Sessions), "session", "sessions"))
	note := "The shipped model, fitted anew without the group of what it judges."
	if r.TrainedOn == "this corpus" {
		note = "Fitted on this corpus alone, without the group of what is judged."
	}
	for _, line := range wrap(note+" Each class and each group weighs the same; priors are equal unless told otherwise.", p.c.columns) {
		fmt.Fprintln(p.c.out, p.style.paint(faint, line))
	}
	p.classes(r)
	p.tables(r)
	p.calibration(r)
	p.machines(r)
	p.typing(r)
	p.curve(r)
	p.groups(r)
	p.rest(r)
}

// classes writes the figures of each class, and what it was taken for.
func (p *evalPage) classes(r *evaluate.OperatorReport) {
	p.section("classes", "all features, every session")
	g := &grid{head: []string{"CLASS", "PRECISION", "RECALL", "F1", "SESSIONS", "GROUPS", "RIGHT", "GROUPS RIGHT", "TAKEN FOR"}}
	for _, name := range []string{"person", "script", "llm_agent"} {
		c := r.Classes[name]
		if c == nil {
			g.add(name, "-", "-", "-", "0", "0", "-", "-", "")
			continue
		}
		g.add(name, figure(c.Precision), figure(c.Recall), figure(c.F1), fmt.Sprint(c.N), fmt.Sprint(c.Groups),
			rateText(c.Right), rateText(c.RightGroups), confusion(r.Confusion[name]))
	}
	p.grid(g)
}

// confusion writes what a class was taken for, most first.
func confusion(row map[string]float64) string {
	var parts []string
	for _, to := range slices.SortedFunc(maps.Keys(row), func(a, b string) int {
		return cmp.Or(cmp.Compare(row[b], row[a]), cmp.Compare(a, b))
	}) {
		if row[to] > 0 {
			parts = append(parts, to+" "+percent(row[to]))
		}
	}
	return strings.Join(parts, ", ")
}

// tables writes the four choices of features beside the best trivial rule.
func (p *evalPage) tables(r *evaluate.OperatorReport) {
	p.section("what it is told by", fmt.Sprintf("sessions of at least %d acts; macro-F1 with the range of 95 %% over groups; * no better than the best trivial rule",
		r.TimingOnly.FromActs))
	g := &grid{head: []string{"FEATURES", "LEFT OUT", "MACRO-F1", "CLLR", "AGENT OR SCRIPT", "MACHINE OR PERSON", "BEST RULE"}}
	for _, t := range []struct {
		name string
		*evaluate.Table
	}{
		{"all", r.AllFeatures}, {"timing and shape", r.TimingOnly}, {"content", r.ContentOnly}, {"all but fingerprints", r.WithoutFingerprints},
	} {
		g.add(figuresRow(t.name, "group", &t.Figures)...)
		g.add(figuresRow("", "group, subject", t.ByGroupAndSubject)...)
	}
	p.grid(g)
}

func figuresRow(name, left string, f *evaluate.Figures) []string {
	best := f.BestRule
	if x := f.Rules[best]; x != nil {
		best += " " + figure(x)
	}
	return []string{name, left, ranged(f.MacroF1, f.MacroF1Interval) + mark(f.NoBetter), figure(f.Cllr), pairText(f.AgentOrScript), pairText(f.MachineOrPerson), best}
}

// mark marks a figure that a trivial rule reaches as well.
func mark(noBetter bool) string {
	if noBetter {
		return " *"
	}
	return ""
}

func pairText(f *evaluate.PairFigures) string {
	if f == nil {
		return "-"
	}
	return fmt.Sprintf("%s%s, %d of %d wrong", figure(f.MacroF1), mark(f.NoBetter), f.Wrong.Hits, f.Wrong.N)
}

// calibration writes how far probabilities can be taken at their word.
func (p *evalPage) calibration(r *evaluate.OperatorReport) {
	if r.Reliability == nil {
		return
	}
	p.section("probabilities", fmt.Sprintf("Cllr %s bits (%s); calibration error %s, of a perfectly calibrated predictor of this size %s, up to %s",
		figure(r.Cllr), interval(r.CllrInterval), percent(r.Reliability.Error), percent(r.Reliability.Perfect), percent(r.Reliability.Perfect95)))
	g := &grid{head: []string{"STATED", "MEAN", "HELD", "STATEMENTS"}}
	for _, b := range r.Reliability.Bins {
		if b.N > 0 {
			g.add(fmt.Sprintf("%s to %s", percent(b.From), percent(b.To)), share(b.Stated), share(b.Held), fmt.Sprint(b.N))
		}
	}
	p.grid(g)
}

// machines writes how often machines are called so.
func (p *evalPage) machines(r *evaluate.OperatorReport) {
	p.section("called machine", "with the exact range of 95 %; at equal priors and at the stated rates")
	g := &grid{head: []string{"WHAT", "EQUAL", "STATED"}}
	g.add(fmt.Sprintf("scripts and agents, from %d acts on", r.Machines.FromActs), rateText(r.Machines.Called), rateText(r.Machines.Stated))
	if w := r.HumanWindows; w != nil {
		g.add("people, 20 keys", rateText(w.Rate), rateText(w.Stated))
		g.add("people, 20 keys in OpenSSH's ticks", rateText(w.Ticks), rateText(w.TicksAt))
		g.add(fmt.Sprintf("people, sessions of %d keys", r.HumanSessions.Keys), rateText(r.HumanSessions.Called), rateText(r.HumanSessions.Stated))
	}
	for _, s := range r.ShuffledGaps {
		g.add(fmt.Sprintf("their own gaps shuffled, %d keys", s.Keys), rateText(s.Caught), rateText(s.Stated))
	}
	p.grid(g)
}

// typing writes how typing is answered after some keys.
func (p *evalPage) typing(r *evaluate.OperatorReport) {
	if len(r.ByKeys) == 0 {
		return
	}
	p.section("by keys", "called machine among pieces of as many keys")
	g := &grid{head: []string{"KEYS", "PEOPLE", "SINGLE KEYS OF PROGRAMS", "PEOPLE, STATED", "PROGRAMS, STATED"}}
	for _, k := range r.ByKeys {
		g.add(fmt.Sprint(k.Keys), rateText(k.People), rateText(k.Machines), rateText(k.PeopleStated), rateText(k.MachinesStated))
	}
	p.grid(g)
}

// curve writes how errors fall with acts.
func (p *evalPage) curve(r *evaluate.OperatorReport) {
	p.section("by acts", "after the first acts of the sessions that have as many")
	g := &grid{head: []string{"ACTS", "SESSIONS", "GROUPS", "ERROR", "MACRO-F1", "CLLR", "TIMING: ERROR", "MACRO-F1", "CLLR"}}
	for _, k := range r.Curve {
		g.add(fmt.Sprint(k.Acts), fmt.Sprint(k.N), fmt.Sprint(k.Groups), share(k.All.Error), figure(k.All.MacroF1), figure(k.All.Cllr),
			share(k.TimingOnly.Error), figure(k.TimingOnly.MacroF1), figure(k.TimingOnly.Cllr))
	}
	p.grid(g)
}

// groups writes a row for each group that is not a person, and one for all who
// are.
func (p *evalPage) groups(r *evaluate.OperatorReport) {
	p.section("by group", "each judged by a model that has not seen it")
	g := &grid{head: []string{"GROUP", "CLASS", "SESSIONS", "RIGHT", "MACHINE", "MACHINE, STATED", "ANSWERS"}}
	for _, row := range r.ByGroup {
		right := "-"
		if row.Right != nil {
			right = fmt.Sprintf("%d of %d", row.Right.Hits, row.Right.N)
		}
		g.add(row.Group, row.Class, fmt.Sprint(row.N), right, fmt.Sprint(row.Called.Hits), fmt.Sprint(row.Stated.Hits), counts(row.Answers))
	}
	p.grid(g)
}

// counts writes how often each answer was given.
func counts(m map[string]int) string {
	var parts []string
	for _, k := range slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) }) {
		parts = append(parts, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(parts, ", ")
}

// rest writes what is in no mean.
func (p *evalPage) rest(r *evaluate.OperatorReport) {
	p.section("apart", "")
	g := &grid{head: []string{"WHAT", "FIGURE"}}
	for _, name := range slices.Sorted(maps.Keys(r.BaseRates.Precision)) {
		g.add("precision of "+name+" at "+percent(r.BaseRates.Priors[name]), share(r.BaseRates.Precision[name])+", recall "+share(r.BaseRates.Recall[name]))
	}
	g.add("precision of machine at stated rates", share(r.BaseRates.Machine))
	if r.Exec != nil {
		g.add("exec", count(int64(r.Exec.N), "session", "sessions")+": "+counts(r.Exec.Answers))
	}
	if r.Unknown != nil {
		g.add("unknown", fmt.Sprintf("%s: no answer in %s", count(int64(r.Unknown.N), "session", "sessions"), rateText(r.Unknown.Held)))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Rules)) {
		g.add("trivial rule "+name, "macro-F1 "+figure(r.Rules[name])+" with the best meaning in hindsight")
	}
	if v := r.Invariance; v != nil {
		g.add("same answer in every form", fmt.Sprintf("%s written again in %d forms: terms differ by at most %.4f nats, %d by more than 0.01, %d failed",
			recordings(int64(v.Recordings)), len(v.Forms), v.Largest, v.Different, v.Failed))
	}
	p.grid(g)
}

// figure writes a figure, a dash for none.
func figure(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.3f", *x)
}

// share writes a share in percent, a dash for none.
func share(x *float64) string {
	if x == nil {
		return "-"
	}
	return percent(*x)
}

func percent(x float64) string { return number(100*x) + " %" }

func interval(i *evaluate.Interval) string {
	if i == nil {
		return "no range"
	}
	return fmt.Sprintf("%.3f to %.3f", i[0], i[1])
}

func ranged(x *float64, i *evaluate.Interval) string {
	if x == nil || i == nil {
		return figure(x)
	}
	return figure(x) + " (" + interval(i) + ")"
}

// rateText writes a count with its share and range.
func rateText(r evaluate.Rate) string {
	if r.Share == nil {
		return "-"
	}
	return fmt.Sprintf("%d of %s (%s to %s)", r.Hits, grouped(int64(r.N)), percent(r.Interval[0]), percent(r.Interval[1]))
}
