package operator

import (
	"fmt"
	"math"
)

// Terms says which terms a model has.
type Terms uint8

// The kinds of terms: how and when input came, what was in it, and which known
// tools it names.
const (
	TimingAndShape Terms = 1 << iota
	Content
	Fingerprints

	All = TimingAndShape | Content | Fingerprints
)

// side is what a term tells apart.
type side uint8

const (
	machineOrPerson side = iota
	agentOrScript
)

// toward names what a positive and a negative number of nats speaks for.
func (s side) toward(nats float64) string {
	switch {
	case s == machineOrPerson && nats > 0:
		return "machine"
	case s == machineOrPerson:
		return "person"
	case nats > 0:
		return "llm_agent"
	}
	return "script"
}

// spec is one term. It has bins, whose nats are fitted, or a formula, whose
// numbers come from figures of many persons.
type spec struct {
	name string
	doc  string
	kind Terms
	side side
	// value gives what the bins divide, false where a session does not show it.
	value func(f *Features) (float64, bool)
	bit   uint8     // of the shape, of a term of content
	edges []float64 // between the bins; a value at an edge is above it
	// formula gives nats, to be limited to ln(persons + 1).
	formula func(f *Features) (float64, bool)
	persons int
	floor   float64 // the least it gives, where it may say less against a machine than for one; 0 of a term with bins that has none
	say     func(f *Features) string
}

// Persons behind the figures of rhythm: 2,053 of the 136M Keystrokes study, of
// whom 69,504 windows of 20 keys were measured.
const rhythmPersons = 2053

// tablePersons is how many persons the means of the population table are of.
const tablePersons = 1696

// fewWaits is the fewest lines after output that have a spread, fewLines the
// fewest that have a length.
const (
	fewWaits = 3
	fewLines = 2
)

// Programs that send single keys may do so at any pace, and as people do: nobody
// has counted them. So being single keys speaks for a person by no more than
// half a nat, and an ordinary rhythm or pace by a quarter.
const (
	keysOfPrograms = -0.5
	ordinary       = -0.25
)

// keysALine is how many typed chars count as much as one whole line.
const keysALine = 8

var specs = []*spec{
	{
		name: "whole_lines", kind: TimingAndShape, side: machineOrPerson,
		doc:   "the share of input that came as whole lines in one piece, a line counting as 8 typed chars",
		value: wholeShare, edges: []float64{0.02, 0.5, 0.95}, floor: keysOfPrograms,
		say: func(f *Features) string {
			return fmt.Sprintf("%d lines or pieces came whole, %d chars one by one", f.Whole, f.Typed)
		},
	},
	{
		name: "key_rhythm", kind: TimingAndShape, side: machineOrPerson, persons: rhythmPersons, floor: ordinary,
		doc:     "how much the gaps between single keys vary (CV), against people and against programs that send keys at any CV alike",
		formula: rhythmNats,
		say: func(f *Features) string {
			return fmt.Sprintf("%d gaps between keys have a CV of %.2f", f.Gaps, f.CV)
		},
	},
	{
		name: "key_pace", kind: TimingAndShape, side: machineOrPerson, persons: rhythmPersons, floor: ordinary,
		doc:     "the median gap between single keys, against people and against programs that send keys at any pace alike",
		formula: paceNats,
		say: func(f *Features) string {
			return fmt.Sprintf("the median gap between %d keys is %.0f ms", f.Gaps+1, f.MedianGap*1000)
		},
	},
	{
		name: "follows_keys", kind: TimingAndShape, side: machineOrPerson, persons: tablePersons, floor: math.Inf(-1),
		doc:     "whether gaps follow what people need for such two keys (letter, space, backspace, sign, a letter twice), on any layout",
		formula: slopeNats,
		say: func(f *Features) string {
			return fmt.Sprintf("%d gaps follow the keys by %.0f %% of what people's do", f.Pairs, 100*f.Slope)
		},
	},
	{
		name: "same_keys", kind: TimingAndShape, side: machineOrPerson, persons: repeatPersons, floor: math.Inf(-1),
		doc:     "whether the same two keys take the same time again, as it was checked on 11 persons",
		formula: repeatNats,
		say: func(f *Features) string {
			return fmt.Sprintf("%d gaps: those of the same two keys are more alike than chance gives by %.1f standard deviations", f.Pairs, f.Repeat)
		},
	},
	{
		name: "client_library", kind: Fingerprints, side: machineOrPerson,
		doc:   "the client's version names a library that programs are written with, or its key exchange (HASSH) is that of one",
		value: clientValue, edges: []float64{0.5},
		say: func(f *Features) string {
			if f.Client == clientExchange {
				return "the client exchanges keys as a library for programs does, whatever its version says"
			}
			return "the client's version names a library for programs"
		},
	},
	{
		name: "wait_median", kind: TimingAndShape, side: agentOrScript,
		doc:   "the median time from the end of output to the next whole line",
		value: func(f *Features) (float64, bool) { return f.WaitP50, f.Waits >= fewWaits }, edges: []float64{0.3, 1.5, 4},
		say: func(f *Features) string {
			return fmt.Sprintf("the median wait from the end of output to a line is %.2f s", f.WaitP50)
		},
	},
	{
		name: "wait_longest", kind: TimingAndShape, side: agentOrScript,
		doc:   "the 90th percentile of that time",
		value: func(f *Features) (float64, bool) { return f.WaitP90, f.Waits >= fewWaits }, edges: []float64{0.4, 2, 5},
		say: func(f *Features) string { return fmt.Sprintf("one wait in ten is above %.2f s", f.WaitP90) },
	},
	{
		name: "wait_spread", kind: TimingAndShape, side: agentOrScript,
		doc: "the 90th percentile of that time by the 10th",
		value: func(f *Features) (float64, bool) {
			return f.WaitP90 / max(f.WaitP10, 0.001), f.Waits >= fewWaits
		}, edges: []float64{1.5, 5, 20},
		say: func(f *Features) string {
			return fmt.Sprintf("waits spread by a factor of %.1f", f.WaitP90/max(f.WaitP10, 0.001))
		},
	},
	{
		name: "most_lines", kind: TimingAndShape, side: agentOrScript,
		doc:   "the most lines that one act has",
		value: func(f *Features) (float64, bool) { return f.MostLines, f.Whole >= fewLines }, edges: []float64{1.5, 9.5, 40},
		say: func(f *Features) string { return fmt.Sprintf("the act with the most lines has %.0f", f.MostLines) },
	},
	{
		name: "longest_line", kind: TimingAndShape, side: agentOrScript,
		doc:   "the bytes of the longest act",
		value: func(f *Features) (float64, bool) { return f.LongestIn, f.Whole >= fewLines }, edges: []float64{64, 256, 1024},
		say: func(f *Features) string { return fmt.Sprintf("the longest act has %.0f bytes", f.LongestIn) },
	},
	{
		name: "known_loader", kind: Fingerprints, side: agentOrScript,
		doc:   "the commands are those of a known loader, in its order",
		value: loaderValue, edges: []float64{0.5},
		say: loaderText,
	},
}

// contentSpecs are one term for each shape of content.
func contentSpecs() (list []*spec) {
	for i := range contentShapes {
		name, bit := contentShapes[i].name, uint64(1)<<i
		list = append(list, &spec{
			name: fmt.Sprintf("content_%02d", i+1), kind: Content, side: agentOrScript, bit: uint8(i),
			doc: "whether there is a line that " + "has this: " + name,
			value: func(f *Features) (float64, bool) {
				if f.Shapes&bit != 0 {
					return 1, true
				}
				return 0, f.Whole >= fewLines
			}, edges: []float64{0.5},
			say: func(f *Features) string {
				if f.Shapes&bit != 0 {
					return "there is: " + name
				}
				return "there is not: " + name
			},
		})
	}
	return list
}

func wholeShare(f *Features) (float64, bool) {
	whole, typed := float64(f.Whole), float64(f.Typed)/keysALine
	return whole / max(whole+typed, 1e-9), f.Whole >= 1 || f.Typed >= 10
}

// rhythmNats compares the CV with people's. Their logarithms of CV lie around
// those of 0.64 in windows of 19 gaps and of 0.80 in long sessions, with
// standard deviations of 0.375 and 0.20: the first percentiles are 0.265 and
// 0.51. Programs are given every CV up to 2 alike. A CV above people's mean comes
// of pauses and says no more than the mean does. A single window is believed a nat
// less: people have many.
func rhythmNats(f *Features) (float64, bool) {
	n := float64(f.Gaps)
	if n < enoughGaps {
		return 0, false
	}
	short := min(1, 19/n)
	mean := math.Log(0.80) + math.Log(0.64/0.80)*math.Sqrt(short)
	sd := math.Sqrt(0.20*0.20 + (0.375*0.375-0.20*0.20)*short)
	x := min(math.Log(max(f.CV, 0.005)), mean)
	return x - math.Log(2) - logNormal(x, mean, sd) - short, true
}

// paceNats compares the median gap with people's, which lie around 170 ms with
// a standard deviation of logarithms of 0.37 (first percentile 88 ms, last 406
// ms); single windows vary by 0.15 more. Programs are given every pace from 1 ms
// to 10 s alike. Whoever is slow is no machine for that.
func paceNats(f *Features) (float64, bool) {
	n := float64(f.Gaps)
	if n < enoughGaps {
		return 0, false
	}
	return -math.Log(math.Log(10/0.001)) - logNormal(min(math.Log(max(f.MedianGap, 0.001)), math.Log(0.170)), math.Log(0.170), math.Hypot(0.37, 0.15)), true
}

// surePairs is the number of gaps from which gaps that do not depend on the keys
// speak for a machine: in fewer, too many persons show too little of it.
const surePairs = 120

// loose is how far a program's gaps may follow the keys by themselves, at the
// ends of words, say.
const loose = 0.05

// slopeNats compares the slope with that of people, which is 1 and differs
// between persons as the population's table says, and with none.
func slopeNats(f *Features) (float64, bool) {
	if f.SlopeError <= 0 {
		return 0, false
	}
	person := logNormal(f.Slope, 1, math.Hypot(f.SlopeSpread, f.SlopeError))
	return fewPairs(f, logNormal(f.Slope, 0, math.Hypot(loose, f.SlopeError))-person), true
}

// pairShare is how much of what it could be the statistic of repeats is among
// people, pairSpread how much persons differ in that. They do not come from the
// population's table, whose digraphs counted alike show 0.52: they were chosen
// looking at recordings of the persons that the terms are fitted on, where the
// share is 0.44. No more persons than these have checked them.
const (
	pairShare     = 0.45
	pairSpread    = 0.12
	repeatPersons = 11
)

// repeatNats compares how alike the gaps of the same keys are with people and
// with chance.
func repeatNats(f *Features) (float64, bool) {
	if f.RepeatUnit <= 0 {
		return 0, false
	}
	person := logNormal(f.Repeat, pairShare*f.RepeatUnit, math.Hypot(1, pairSpread*f.RepeatUnit))
	return fewPairs(f, logNormal(f.Repeat, 0, 1)-person), true
}

func fewPairs(f *Features, nats float64) float64 {
	if f.Pairs < surePairs {
		return min(nats, 0)
	}
	return nats
}

// logNormal is the logarithm of the normal density.
func logNormal(x, mean, sd float64) float64 {
	z := (x - mean) / sd
	return -z*z/2 - math.Log(sd*math.Sqrt(2*math.Pi))
}

func clientValue(f *Features) (float64, bool) {
	if f.Client == clientLibrary || f.Client == clientExchange {
		return 1, true
	}
	return 0, false
}

func loaderValue(f *Features) (float64, bool) {
	if f.Loader != 0 {
		return 1, true
	}
	return 0, false
}

func loaderText(f *Features) string {
	for i := range knownLoaders {
		if f.Loader&(1<<i) != 0 {
			return "the commands are those of " + knownLoaders[i].name
		}
	}
	return "no known loader"
}
