package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gait"
	"gait/assess/attribution"
	"gait/assess/typist"
	"gait/profile"
	"gait/profile/suite"
)

// AttributionFigures are how often several people are suspected where there is
// one, and where there are two. They rest on typing alone: the recordings have
// no client, and of the primitives only those of input answer.
type AttributionFigures struct {
	Keys    int `json:"keys"` // of each session that recordings are cut into
	Persons int `json:"persons"`
	// One are the sessions of one known person, in the order in which they were
	// typed.
	One *TurnFigures `json:"one_person"`
	// OneInTurns are sessions of one person who takes turns between two
	// recordings, which are two tasks of two days.
	OneInTurns *TurnFigures `json:"one_person_two_tasks"`
	// TwoInTurns are two people who take turns, each with one recording, of
	// different tasks.
	TwoInTurns *TurnFigures `json:"two_persons_in_turns"`
}

// TurnFigures are what was suspected of histories of one sort. A history is
// judged after each of its sessions.
type TurnFigures struct {
	Histories Rate `json:"histories"` // several people were suspected at some time
	// Parted counts, of those, the ones in which the groups of the first suspicion
	// were the two that took turns.
	Parted Rate `json:"parted"`
	// Subjects counts the persons, or pairs of persons, of whom they were in any
	// of their histories.
	Subjects    Rate `json:"subjects"`
	Assessments Rate `json:"assessments"` // of all, those that suspected them
	// State counts the histories of which some primitive said multi_actor at some
	// time: by itself it is no evidence.
	State      Rate            `json:"state_alone"`
	Primitives map[string]Rate `json:"state_by_primitive"`
}

// turnKeys is how many keys each session has: two of them are enough to be
// compared.
const turnKeys = 200

// Attribution measures it on the samples that are known people. Their typing is
// compared by a model whose odds are calibrated anew on the streams of all
// others, so that nobody is judged by odds that he had a part in. A recording
// and a stream belong together where the label's subject is the stream's person
// and the file's name ends in its place (person01-f.cast and the stream of
// person01 at f); typing that has no stream is not compared. It is nil where
// there are fewer than two people. Step is told after each person and each pair
// of them, and its error ends it.
func Attribution(samples []Sample, streams []typist.Stream, m *typist.Model, step func() error) (*AttributionFigures, error) {
	people := map[string][]task{}
	for _, s := range samples {
		if s.Kind != Person {
			continue
		}
		if t := newTask(s, streams, m); len(t.sessions) > 0 {
			people[s.Subject] = append(people[s.Subject], t)
		}
	}
	if len(people) < 2 {
		return nil, nil
	}
	others := compareAll(streams, m)
	names := slices.Sorted(maps.Keys(people))
	f := &AttributionFigures{Keys: turnKeys, Persons: len(names)}
	var one, oneInTurns, twoInTurns turns
	for i, a := range names {
		without := others.calibrated(m, a)
		one.judge(a, inOrder(people[a]), without)
		each(people[a], people[a], func(x, y task) {
			if x.place < y.place {
				oneInTurns.judge(a, inTurns(x, y), without)
			}
		})
		if err := step(); err != nil {
			return nil, err
		}
		for _, b := range names[i+1:] {
			without := others.calibrated(m, a, b)
			each(people[a], people[b], func(x, y task) { twoInTurns.judge(a+" "+b, inTurns(x, y), without) })
			if err := step(); err != nil {
				return nil, err
			}
		}
	}
	f.One, f.OneInTurns, f.TwoInTurns = one.figures(), oneInTurns.figures(), twoInTurns.figures()
	return f, nil
}

// AttributionSteps says how many steps Attribution takes at most.
func AttributionSteps(samples []Sample) int {
	people := map[string]bool{}
	for _, s := range samples {
		if s.Kind == Person {
			people[s.Subject] = true
		}
	}
	return len(people) * (len(people) + 1) / 2
}

// compared are comparisons of the typing of known people.
type compared struct {
	person map[string]int
	list   []typist.Compared
}

// compareAll compares all sessions of the streams at all lengths that odds are
// calibrated at.
func compareAll(streams []typist.Stream, m *typist.Model) *compared {
	c := &compared{person: map[string]int{}}
	for _, s := range streams {
		if _, known := c.person[s.Person]; !known {
			c.person[s.Person] = len(c.person)
		}
	}
	for _, keys := range typist.Lengths {
		m.Compare(m.Cut(streams, keys, typist.Exact), keys, func(_, _ int, x typist.Compared) { c.list = append(c.list, x) })
	}
	return c
}

// calibrated gives the model with odds of all people but some.
func (c *compared) calibrated(m *typist.Model, without ...string) *typist.Model {
	var left []typist.Compared
	for _, x := range c.list {
		if !slices.ContainsFunc(without, func(p string) bool { n, known := c.person[p]; return known && (x.A == n || x.B == n) }) {
			left = append(left, x)
		}
	}
	return m.Calibrate(left)
}

// task is one recording of a person, cut into sessions.
type task struct {
	place    string // where it was typed, as the file's name says
	sessions []attributed
}

// attributed is a session as it is judged.
type attributed struct {
	values []gait.Observation
	typing *typist.Vector // nil where it is not known
}

func newTask(s Sample, streams []typist.Stream, m *typist.Model) task {
	t := task{place: place(s.File)}
	var vectors []*typist.Vector
	for i := range streams {
		if streams[i].Person == s.Subject && streams[i].Place == t.place {
			vectors = stretches(&streams[i], m)
		}
	}
	for i, keys := range cut(keysOf(s.Session), turnKeys) {
		r := profile.Run(made(keys, s.Session), suite.All, time.Time{})
		x := attributed{values: r.Observations}
		if i < len(vectors) {
			x.typing = vectors[i]
		}
		t.sessions = append(t.sessions, x)
	}
	return t
}

// stretches gives the typing of a stream in sessions of so many keys.
func stretches(s *typist.Stream, m *typist.Model) (list []*typist.Vector) {
	for blocks := range slices.Chunk(s.Blocks, turnKeys/typist.BlockKeys) {
		var b typist.Builder
		for _, gaps := range blocks {
			for _, g := range gaps {
				b.Add(g.First, g.Second, g.MS[typist.Exact])
			}
		}
		list = append(list, b.Vector(m.Version))
	}
	return list
}

// place is what stands between the last dash of a file's name and the dot after
// it.
func place(file string) string {
	name := file[strings.LastIndexByte(file, '-')+1:]
	name, _, _ = strings.Cut(name, ".")
	return name
}

// inOrder gives the sessions of tasks one after the other.
func inOrder(tasks []task) (list []attributed) {
	for _, t := range tasks {
		list = append(list, t.sessions...)
	}
	return list
}

// inTurns gives sessions of two tasks in turns, as long as both have some.
func inTurns(x, y task) (list []attributed) {
	for i := range min(len(x.sessions), len(y.sessions)) {
		list = append(list, x.sessions[i], y.sessions[i])
	}
	return list
}

// each pairs tasks of different places.
func each(of, with []task, pair func(x, y task)) {
	for _, x := range of {
		for _, y := range with {
			if x.place != y.place {
				pair(x, y)
			}
		}
	}
}

// turns collects what was said of histories.
type turns struct {
	histories, suspected, parted, stated int
	assessments, hits                    int
	subjects                             map[string]bool
	primitives                           map[string][2]int // histories it spoke of, and of those that it said multi_actor of
}

// judge plays a history and judges after each session.
func (t *turns) judge(subject string, history []attributed, m *typist.Model) {
	if t.subjects == nil {
		t.subjects, t.primitives = map[string]bool{}, map[string][2]int{}
	}
	trackers := map[string]*attribution.Tracker{}
	q := attribution.Question{Identity: subject, States: map[string]attribution.State{}}
	typing := map[string]*typist.Vector{}
	q.Compare = func(a, b []string) (attribution.Typing, bool) { return hands(m, pooled(typing, a), pooled(typing, b)) }
	suspected, said := false, map[string]bool{}
	for i, s := range history {
		ref := fmt.Sprintf("%06d", i)
		typing[ref] = s.typing
		for _, o := range s.values {
			if kinds[o.Primitive] == attribution.None {
				continue
			}
			tr := trackers[o.Primitive]
			if tr == nil {
				tr = attribution.NewTracker(kinds[o.Primitive])
				trackers[o.Primitive] = tr
			}
			tr.Put(attribution.Point{Start: time.Unix(int64(i)*86400, 0), Session: ref, Value: o.Value, Rules: o.Rules})
			q.States[o.Primitive] = tr.State()
			if q.States[o.Primitive].Name == attribution.MultiActor {
				said[o.Primitive] = true
			}
		}
		t.assessments++
		if x, ok := attribution.Suspect(&q); ok {
			t.hits++
			if !suspected && parted(x.Groups) {
				t.parted++
			}
			suspected = true
		}
	}
	t.count(subject, suspected, said, trackers)
}

// parted says whether one group holds sessions of even places alone and the
// other those of odd ones.
func parted(groups [2][]attribution.Seen) bool {
	var of [2][2]bool // a group, and the kind of places in it
	for g, list := range groups {
		for _, s := range list {
			of[g][s.Start.Unix()/86400%2] = true
		}
	}
	return of == [2][2]bool{{true, false}, {false, true}} || of == [2][2]bool{{false, true}, {true, false}}
}

// count adds what was said of one history.
func (t *turns) count(subject string, suspected bool, said map[string]bool, spoke map[string]*attribution.Tracker) {
	t.histories++
	t.subjects[subject] = t.subjects[subject] || suspected
	if suspected {
		t.suspected++
	}
	if len(said) > 0 {
		t.stated++
	}
	for name := range spoke {
		n := t.primitives[name]
		n[0]++
		if said[name] {
			n[1]++
		}
		t.primitives[name] = n
	}
}

// figures gives the rates.
func (t *turns) figures() *TurnFigures {
	hits := 0
	for _, suspected := range t.subjects {
		if suspected {
			hits++
		}
	}
	f := &TurnFigures{
		Histories: rate(t.suspected, t.histories), Parted: rate(t.parted, t.suspected), Subjects: rate(hits, len(t.subjects)), Assessments: rate(t.hits, t.assessments),
		State: rate(t.stated, t.histories), Primitives: map[string]Rate{},
	}
	for name, n := range t.primitives {
		f.Primitives[name] = rate(n[1], n[0])
	}
	return f
}

// hands compares the typing of two groups of sessions.
func hands(m *typist.Model, a, b *typist.Vector) (attribution.Typing, bool) {
	if a == nil || b == nil {
		return attribution.Typing{}, false
	}
	s, err := m.Score(a, b)
	return attribution.Typing{Keys: [2]int{a.Keys(), b.Keys()}, LogOdds: s.LogOdds}, err == nil
}

// pooled puts the typing of sessions together; nil where none of it is known.
func pooled(typing map[string]*typist.Vector, refs []string) *typist.Vector {
	var list []*typist.Vector
	for _, r := range refs {
		if v := typing[r]; v != nil {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return typist.Pool(list...)
}

// kinds are the rules of each primitive's state.
var kinds = func() map[string]attribution.Kind {
	m := map[string]attribution.Kind{}
	for _, p := range suite.All {
		m[p.Name] = attribution.KindOf(p)
	}
	return m
}()
