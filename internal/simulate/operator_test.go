package simulate

import (
	"testing"
	"time"

	"gait"
	"gait/assess/operator"
	"gait/profile"
)

// operators is how many sessions of a visitor gait.operator is asked about.
const operators = 100

// calls counts what gait.operator says of the sessions of a visitor that have
// so many keys at least, and gives their number.
func calls(t *testing.T, v *Visitor, least int32) (by map[string]int, n int) {
	t.Helper()
	by = map[string]int{}
	for seed := range uint64(operators) {
		s := v.Session(seed)
		if operator.Read(s, 0).Typed < least {
			continue
		}
		r := profile.Run(s, []*profile.Primitive{operator.Operator}, time.Unix(0, 0))
		if len(r.Failures) > 0 || len(r.Observations) != 1 {
			t.Fatalf("%s, seed %d: %v %v", v.Name, seed, r.Observations, r.Failures)
		}
		by[r.Observations[0].Value]++
		n++
	}
	return by, n
}

// TestWhoTypesIsCalledAPerson looks at sessions of more than 120 keys: with
// fewer, gaps that do not depend on the keys speak against nobody.
func TestWhoTypesIsCalledAPerson(t *testing.T) {
	for _, v := range []*Visitor{&typist, &human} {
		by, n := calls(t, v, 121)
		machines := by["script"] + by["llm_agent"] + by["machine_unknown"]
		if n < operators*9/10 || by["person"] < n*4/5 || machines > n/50 {
			t.Errorf("%s: %v of %d sessions with enough keys", v.Name, by, n)
		}
	}
}

func TestWhatSendsLinesIsNotCalledAPerson(t *testing.T) {
	for _, v := range []*Visitor{&loader, &agent, &youSim, &lwSim, &claudeFF, &claudeCL} {
		by, n := calls(t, v, 0)
		if n != operators || by["person"]+by["person_pasting"]+by["unknown"] > 0 {
			t.Errorf("%s: %v of %d sessions", v.Name, by, n)
		}
	}
}

// TestAHandHasItsHabits holds the gaps of a person to what their keys give: the
// same two keys take the same time again, and another hand takes another.
func TestAHandHasItsHabits(t *testing.T) {
	a := person{tape: &tape{session: &gait.Session{}}, pace: 800}
	b := person{tape: a.tape, pace: 1300}
	differ := 0
	for x := range 256 {
		for y := range 256 {
			first, second := byte(x), byte(y)
			kinds := betweenKinds[kind(first)][kind(second)]
			ease := a.ease(first, second)
			if ease < kinds*3/4 || ease > kinds*5/4 || ease != a.ease(first, second) {
				t.Fatalf("%#x %#x: %d of %d", first, second, ease, kinds)
			}
			if b.ease(first, second) != ease {
				differ++
			}
		}
	}
	if differ < 256*256*9/10 {
		t.Errorf("two hands differ in %d pairs of keys", differ)
	}
}
