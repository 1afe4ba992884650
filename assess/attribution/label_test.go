package attribution

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// days makes points of letters, one a day: "AABA".
func days(letters string) (points []Point) {
	for i, v := range letters {
		value := string(v)
		if v == '?' {
			value = "unknown"
		}
		points = append(points, Point{Start: noon.AddDate(0, 0, i), Session: fmt.Sprintf("s%03d", i), Value: value, Rules: 1})
	}
	return points
}

func TestLabelFollowsItsRules(t *testing.T) {
	for _, c := range []struct {
		letters    string
		name       Name
		confidence float64
		value      string
	}{
		{"", Unknown, 0, ""},
		{"A", Unknown, 0, "A"},
		{"AA", Unknown, 0, "A"},
		{"AB", Unknown, 0, "B"},
		{"AA?", Unknown, 0, "A"},
		{"???????", Unknown, 0, ""},
		// Three are clear only where all agree; too few to take turns.
		{"AAA", Stable, 1, "A"},
		{"AAB", Conflicted, 2. / 3, "A"},
		{"ABA", Conflicted, 2. / 3, "A"},
		{"ABC", Conflicted, 1. / 3, "C"},
		// Four are clear only where all agree.
		{"AAAA", Stable, 1, "A"},
		{"ABAB", MultiActor, 0.5, "B"},
		{"ABAA", MultiActor, 0.6, "A"}, // 2 changes, 1 repeat
		{"ABBA", MultiActor, 0.5, "A"},
		{"AAAB", Conflicted, 0.75, "A"}, // 1 change, 2 repeats
		{"AABB", Conflicted, 0.5, "B"},
		{"ABAC", Conflicted, 0.5, "A"},
		// Five are clear where four agree.
		{"AAAAA", Stable, 1, "A"},
		{"AABAA", Stable, 0.8, "A"},
		{"AAAAB", Stable, 0.8, "A"},
		{"ABABA", MultiActor, 0.6, "A"},
		{"ABBAB", MultiActor, 0.6, "B"}, // 3 changes, 1 repeat
		{"ABBAA", Conflicted, 0.6, "A"}, // 2 changes, 2 repeats
		{"AABBB", Conflicted, 0.6, "B"},
		{"ABCAB", Conflicted, 0.4, "B"},
		// What was before counts from three on.
		{"BBAAAAA", Stable, 1, "A"},
		{"BBBAAAAA", Drifting, 1, "A"},
		{"AAAAAAAA", Stable, 1, "A"},
		{"AABAAAAA", Drifting, 1, "A"},
		{"BAAAAAAAA", Drifting, 1, "A"}, // three of four are not clear
		{"BAAAAAAAAA", Stable, 1, "A"},  // four of five are
		{"BBBBBAAAAA", Drifting, 1, "A"},
		{"BBBBBAAAAB", Drifting, 0.8, "A"},
		{"AAAAABABAB", MultiActor, 0.6, "B"},
		// Only ten are looked at.
		{"BBBBBBBAAAAAAAAAA", Stable, 1, "A"},
		{"A?A?A?A", Stable, 1, "A"},
	} {
		s := Label(days(c.letters))
		if s.Name != c.name || math.Abs(s.Confidence-c.confidence) > 1e-12 || s.Value != c.value {
			t.Errorf("%q: %s %.3f %q, want %s %.3f %q (%v)", c.letters, s.Name, s.Confidence, s.Value, c.name, c.confidence, c.value, s.Reasons)
		}
		if c.letters != "" && strings.Trim(c.letters, "?") != "" && len(s.Reasons) == 0 {
			t.Errorf("%q: no reason is given", c.letters)
		}
	}
}

func TestScenarios(t *testing.T) {
	values := func(list ...string) (points []Point) {
		for i, v := range list {
			points = append(points, Point{Start: noon.AddDate(0, 0, i), Session: fmt.Sprintf("s%03d", i), Value: v, Rules: 1})
		}
		return points
	}
	seven := values("typed", "typed", "typed", "typed", "typed", "typed", "typed")
	if s := Label(seven); s.Name != Stable || s.Confidence != 1 || s.Value != "typed" {
		t.Errorf("seven equal sessions are %s %.2f %s", s.Name, s.Confidence, s.Value)
	}
	turned := values("typed", "typed", "typed", "typed", "typed", "pasted", "pasted", "pasted", "pasted", "pasted")
	if s := Label(turned); s.Name != Drifting || s.Value != "pasted" {
		t.Errorf("five typed and then five pasted are %s %s", s.Name, s.Value)
	}
	if s := Label(values("typed", "pasted", "typed", "pasted", "typed")); s.Name != MultiActor || s.Confidence > 0.6 {
		t.Errorf("turns are %s %.2f", s.Name, s.Confidence)
	}
	if s := Label(values("typed", "typed")); s.Name != Unknown {
		t.Errorf("two observations are %s", s.Name)
	}
}

// Old sessions that are imported late stand where they belong, before: the
// state is what it had been had they come in their order, and what is newest
// stays what is shown.
func TestOldSessionsThatComeLateChangeNothingWrongly(t *testing.T) {
	tr := NewTracker(Labels)
	for _, p := range days("AAAAAAAAAA") {
		tr.Put(p)
	}
	before := tr.State()
	for i := range 20 {
		tr.Put(Point{Start: noon.AddDate(-1, 0, i), Session: fmt.Sprintf("old%02d", i), Value: "B", Rules: 1})
		s := tr.State()
		if s.Observations != 11+i || !reflect.DeepEqual(s.Last, before.Last) || !reflect.DeepEqual(s.Before, before.Before) || s.Name != Stable || s.Confidence != 1 {
			t.Fatalf("after %d old sessions: %s %.2f, last %v", i+1, s.Name, s.Confidence, s.Last)
		}
	}
	// Where they are of the five before the last, they count as those.
	tr.Reset(days("AAAAAAA"))
	tr.Put(Point{Start: noon.AddDate(-1, 0, 0), Session: "old", Value: "B", Rules: 1})
	late, inOrder := tr.State(), Label(append([]Point{{Start: noon.AddDate(-1, 0, 0), Session: "old", Value: "B", Rules: 1}}, days("AAAAAAA")...))
	if !reflect.DeepEqual(late, inOrder) || late.Name != Drifting || late.Value != "A" || late.Before[0].Session != "old" {
		t.Errorf("late: %+v, in order: %+v", late, inOrder)
	}
}

func TestOnlyTheNewestRuleCounts(t *testing.T) {
	points := days("AAAAAAA")
	for i := range points[:3] {
		points[i].Rules, points[i].Value = 2, "B"
	}
	if s := Label(points); s.Name != Stable || s.Value != "B" || s.Rules != 2 || s.Observations != 3 {
		t.Errorf("%s %s by rule %d of %d", s.Name, s.Value, s.Rules, s.Observations)
	}
	// A number that only nothing was said by drops nothing.
	points = append(days("AAA"), Point{Start: noon.AddDate(1, 0, 0), Session: "x", Value: "unknown", Rules: 9})
	if s := Label(points); s.Name != Stable || s.Rules != 1 {
		t.Errorf("%s by rule %d", s.Name, s.Rules)
	}
}

func TestEqualStartsAreOrderedBySession(t *testing.T) {
	points := days("ABABA")
	for i := range points {
		points[i].Start = noon
	}
	points[0], points[3] = points[3], points[0]
	s := Label(points)
	for i, o := range s.Last {
		if o.Session != fmt.Sprintf("s%03d", i) {
			t.Errorf("%d is %s", i, o.Session)
		}
	}
	// One instant in two time zones is one instant.
	points[1].Start = noon.In(time.FixedZone("", 3600))
	if got := Label(points); got.Last[0].Session != "s000" || got.Name != MultiActor {
		t.Errorf("%v", got.Last)
	}
}

func TestASessionCountsOnceAsItWasGivenLast(t *testing.T) {
	points := append(days("AAAB"), days("???A")[3])
	if s := Label(points); s.Name != Stable || s.Observations != 4 {
		t.Errorf("%s of %d", s.Name, s.Observations)
	}
	// Sessions of one id in two files are two.
	points = days("AA")
	points[0].Session, points[0].Ref, points[1].Session, points[1].Ref = "s", "file1", "s", "file2"
	if s := Label(points); s.Observations != 2 {
		t.Errorf("%d observations", s.Observations)
	}
}
