package profile

import (
	"fmt"
	"math"
	"strings"
	"time"

	"gait"
)

// Timing is what the times of a session's keys are worth.
type Timing struct {
	// Quality is one of the five below; empty where too few keys tell.
	Quality string
	// Known is set where the recording says so itself, by the resolution that
	// it states, by whose times it holds, or by the client's version.
	Known bool
	// Finest is the smallest stretch of time, in seconds, that the times can
	// show; 0 where nothing limits it.
	Finest float64
	// Period is the time between the ticks of a client that hides key times, in
	// seconds; NaN where there are none.
	Period float64
	// Step is the step that all times are multiples of, in seconds; 0 where it
	// is finer than [CoarseStep].
	Step float64

	Gaps     int     // gaps between single keys, up to 1 s, that were looked at
	Together int     // of these, keys that came less than 1 ms after another
	Dead     int     // of these, gaps that no two ticks of OpenSSH can have
	Ticks    float64 // nats for ticks against gaps that lie anywhere; NaN where not weighed
	Jitter   float64 // nats for path jitter against steady delay; NaN where not weighed
}

// The qualities of times: as they were typed; at the ticks of a client that
// hides key times; in steps that are too wide for hands; delayed unevenly on
// their way; and those of another session.
const (
	TimingExact     = "exact"
	TimingQuantised = "quantised"
	TimingCoarse    = "coarse"
	TimingJittery   = "jittery"
	TimingShared    = "shared"
)

// CoarseStep is the step in seconds from which times are coarse: the finest
// rules on hands compare some milliseconds.
const CoarseStep = 0.005

// FewGaps is the number of gaps below which nothing is said of them.
const FewGaps = 20

// Weights in nats at which a quality holds: ticks by themselves, the same at
// another period than OpenSSH's own, ticks of a client that is known to hide key
// times, and path jitter.
const (
	TicksBlind  = 6.0
	TicksWide   = 8.0
	TicksKnown  = -4.0
	JitterBound = 5.0
)

// JitterFinest is the smallest stretch of time, in seconds, that jittery times
// can show: the mean delay from which jitter can be told and hurts.
const JitterFinest = 0.020

// Timing tells what the session's times are worth; nothing in the reference's
// reading.
func (v *View) Timing() *Timing {
	v.Keys()
	return &v.timing
}

// judge finds the quality of the times of the strokes, which must be as they
// were recorded.
func (t *Timing) judge(s *gait.Session, k *Keys) {
	*t = Timing{Period: math.NaN(), Ticks: math.NaN(), Jitter: math.NaN()}
	f := &s.Fidelity
	switch {
	case f.SharedTiming:
		t.Quality, t.Known = TimingShared, true
		return
	case f.Resolution >= coarseStep:
		t.Quality, t.Known = TimingCoarse, true
		t.Step = gait.Seconds(f.Resolution)
		t.Finest = t.Step
		return
	}
	t.Finest = gait.Seconds(f.Resolution)
	if t.Step = step(k.Strokes); t.Step > 0 {
		t.Quality, t.Finest = TimingCoarse, t.Step
		return
	}
	t.judgeGaps(k, hidesKeys(s))
}

const coarseStep = time.Duration(CoarseStep * 1e9)

// minMultiples is how many different multiples of a step must be there before
// the times are held to be written in it: scripts and machines that keep one
// pace show few.
const minMultiples = 5

// step finds the step that all gaps are multiples of, in seconds; 0 where it is
// finer than CoarseStep or there are too few gaps to tell.
func step(strokes []Stroke) float64 {
	var all, n int64
	for i := 1; i < len(strokes); i++ {
		gap := int64((strokes[i].At-strokes[i-1].At)*1e6 + 0.5)
		if gap == 0 {
			continue
		}
		n++
		for all, gap = gap, all; gap != 0; {
			all, gap = gap, all%gap
		}
		if all < int64(CoarseStep*1e6) {
			return 0
		}
	}
	if n < FewGaps || !variety(strokes, float64(all)/1e6) {
		return 0
	}
	return float64(all) / 1e6
}

// variety says whether the gaps are enough different multiples of a step.
func variety(strokes []Stroke, step float64) bool {
	var seen [minMultiples]float64
	n := 0
next:
	for i := 1; i < len(strokes); i++ {
		m := math.Round((strokes[i].At - strokes[i-1].At) / step)
		for _, x := range seen[:n] {
			if x == m {
				continue next
			}
		}
		if seen[n] = m; m > 0 {
			n++
		}
		if n == minMultiples {
			return true
		}
	}
	return false
}

// hidesKeys says whether the client hides the times of keys unless it was told
// not to: OpenSSH does from 9.5 on, in sessions with a terminal.
func hidesKeys(s *gait.Session) bool {
	if s.Obfuscated {
		return true
	}
	if s.Width == 0 && s.Height == 0 {
		return false
	}
	_, version, ok := strings.Cut(s.Client, "OpenSSH_")
	if !ok {
		return false
	}
	major, rest, _ := strings.Cut(strings.TrimPrefix(version, "for_Windows_"), ".")
	first, second := number(major), number(rest)
	return first > 9 || first == 9 && second >= 5
}

// number reads the digits that a text begins with, 0 of none; what is too long
// to be the number of a version is 0 as well.
func number(s string) (n int) {
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		if n = n*10 + int(s[i]-'0'); n > 9999 {
			return 0
		}
	}
	return n
}

// longestGap is the longest gap, in seconds, between keys that are one spell of
// typing for the judgement of times: OpenSSH ends a spell 1.0 to 3.1 s after the
// last key.
const longestGap = 1.0

// A key that was held up on its way arrives with the ones after it. What comes
// together is held to be that where the gap before it, typingGap at most, had
// room for so many keys, roomForKey seconds each, and they are few.
const (
	typingGap  = 0.6
	roomForKey = 0.040
	mostHeldUp = 3
)

// Shares of gaps under 1 ms that a steady and a jittery path give: the first is
// twice what persons do with two fingers at once, the second what a mean delay
// of 20 ms makes of their typing.
const (
	steadyShare  = 0.0005
	jitteryShare = 0.005
)

// judgeGaps looks at the gaps between single keys in order.
func (t *Timing) judgeGaps(k *Keys, hides bool) {
	search := tickSearch{rates: opensshRates, longest: 0.4}
	least, together := t.look(k, &search)
	if t.Gaps > 0 {
		t.Ticks = search.weight()
		t.Jitter = float64(t.Together)*math.Log(jitteryShare/steadyShare) - float64(t.Gaps)*(jitteryShare-steadyShare)
	}
	switch {
	case hides && !(t.Ticks < TicksKnown) && len(k.Strokes) > 1:
		t.Quality, t.Known = TimingQuantised, true
		t.Period, t.Finest = nominalPeriod, nominalPeriod
		if t.Ticks >= TicksBlind {
			t.Period = search.period()
		}
	case t.Gaps < FewGaps:
	case t.Ticks >= TicksBlind && search.varied():
		t.Quality, t.Period = TimingQuantised, search.period()
		if least >= twoTicks {
			t.otherTicks(k, least, together) // wider ticks lie on OpenSSH's own as well
		}
		t.Finest = t.Period
	case together >= fewTogether && t.Dead == 0 && t.otherTicks(k, least, together):
		t.Quality, t.Finest = TimingQuantised, t.Period
	case t.Jitter >= JitterBound:
		t.Quality, t.Finest = TimingJittery, JitterFinest
	default:
		t.Quality = TimingExact
	}
}

// nominalPeriod is what OpenSSH takes where it is not told otherwise, in
// seconds.
const nominalPeriod = 0.020

// twoTicks is a gap in seconds that is longer than one tick of OpenSSH's own.
const twoTicks = 0.034

// look counts gaps and weighs ticks until they are decided. It gives the
// shortest gap above 1 ms and the number of those below, whatever made them.
func (t *Timing) look(k *Keys, search *tickSearch) (least float64, together int) {
	least = math.Inf(1)
	searching := true
	room, run := 0.0, 0
	for i := 1; i < len(k.Strokes); i++ {
		gap, ok := k.timed(i)
		if !ok {
			room, run = 0, 0
			if searching && gap > longestGap {
				searching = search.close()
			}
			continue
		}
		t.Gaps++
		if gap < tickGap {
			together++
			run++
			if room -= roomForKey; room >= 0 && run <= mostHeldUp {
				t.Together++
			} else if run <= mostHeldUp+1 { // too many for the gap: none of them was held up
				t.Together -= min(run-1, t.Together)
				room = -1
			}
			continue
		}
		least = min(least, gap)
		if gap < tickDead {
			t.Dead++
			search.done -= tickDeadCost
			continue
		}
		room, run = 0, 0
		if gap <= typingGap {
			room = gap
		}
		if searching {
			searching = search.add(gap)
		}
	}
	return least, together
}

// timed gives the gap before a stroke and whether it counts for the judgement
// of times.
func (k *Keys) timed(i int) (gap float64, ok bool) {
	a, b := &k.Strokes[i-1], &k.Strokes[i]
	gap = b.At - a.At
	return gap, gap <= longestGap && a.Single() && b.Single() && k.block[a.end-1] != k.block[b.end-1]
}

// fewTogether is how many keys must share a tick before ticks of another period
// than OpenSSH's own are looked for: they leave hands that type on at wider
// ticks no choice.
const fewTogether = 3

// otherTicks looks for ticks that are wider than OpenSSH's own, by the shortest
// gap: a tick or a little more. One even pace is none, so the gaps must be of
// several multiples, or many keys share a tick.
func (t *Timing) otherTicks(k *Keys, least float64, together int) bool {
	if least < 1/opensshRates[0] || least > 1.1 {
		return false
	}
	var rates [maxRates]float64
	spread(rates[:], least*0.99, least*1.25)
	search := tickSearch{rates: rates[:], longest: least * 12}
	n := 0
	for i := 1; i < len(k.Strokes); i++ {
		a, b := &k.Strokes[i-1], &k.Strokes[i]
		switch gap := b.At - a.At; {
		case gap > longestGap+least:
			search.close()
		case gap >= tickGap && a.Single() && b.Single() && k.block[a.end-1] != k.block[b.end-1]:
			search.add(gap)
			n++
		}
	}
	w := search.weight()
	if n < FewGaps/2 || w < TicksWide || search.kinds() < 4 && together*4 < n {
		return false
	}
	t.Ticks, t.Period = w, search.period()
	return true
}

// blurs gives the reason why the times of a session, as they were judged, are too
// coarse for a rule on times; empty where they are not, and in the reference's
// reading.
func (v *View) blurs(p *Primitive) string {
	if !v.weighs(p) {
		return ""
	}
	t := v.Timing()
	if t.Finest*10 <= gait.Seconds(p.Finest) {
		return ""
	}
	return fmt.Sprintf("%s, times show no less than %.3g ms, the rule compares %v and needs a tenth of it", blurred[t.Quality], t.Finest*1e3, p.Finest)
}

// blurred says what makes times coarse.
var blurred = map[string]string{
	TimingQuantised: "the client hides key times: keys come at ticks",
	TimingCoarse:    "all times are multiples of a step",
	TimingJittery:   "keys were held up unevenly on their way",
}

// weighs says whether a rule's answers depend on what the session's times are
// worth, and they are worth less than they seem.
func (v *View) weighs(p *Primitive) bool {
	if v.compat || p.Finest == 0 || p.Needs&NeedTiming == 0 {
		return false
	}
	switch v.Timing().Quality {
	case TimingQuantised, TimingCoarse, TimingJittery:
		return true
	}
	return false
}

// discount takes off a confidence the part of the rule's smallest stretch of
// time that the session's times cannot show, in whole hundredths.
func (v *View) discount(p *Primitive, confidence float64) float64 {
	if !v.weighs(p) {
		return confidence
	}
	return math.Round(confidence*(1-v.timing.Finest/gait.Seconds(p.Finest))*100) / 100
}
