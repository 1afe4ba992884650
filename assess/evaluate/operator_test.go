package evaluate

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"gait"
)

// person types slowly and unevenly; script sends whole lines.
func person(n int, c *chance) *gait.Session {
	s := &gait.Session{Header: gait.Header{Format: "asciicast"}}
	at := time.Duration(0)
	for i := range n {
		at += 80*time.Millisecond + time.Duration(c.share()*float64(200*time.Millisecond))
		s.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte{"etaoin shrdlu"[c.below(13)]}}, -1)
		if i%17 == 16 {
			s.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte("\r")}, -1)
		}
	}
	return s
}

func script(n int, c *chance) *gait.Session {
	s := &gait.Session{Header: gait.Header{Format: "ttylog"}}
	at := time.Duration(0)
	for i := range n {
		at += time.Second
		s.Append(gait.Event{Time: at, Kind: gait.Input, Data: fmt.Appendf(nil, "/bin/busybox X%d\r", c.below(9)+i)}, -1)
		s.Append(gait.Event{Time: at + time.Millisecond, Kind: gait.Output, Data: []byte("X: applet not found\r\n# ")}, -1)
	}
	return s
}

// corpus makes 3 persons with 2 sessions each and 2 scripts with 3 each.
func corpus() (list []Sample) {
	c := chance(7)
	for i := range 6 {
		name := fmt.Sprintf("p%d", i/2)
		list = append(list, Sample{Label{File: fmt.Sprintf("person%d", i), Kind: Person, Origin: Origin{name, name}}, person(250, &c)})
	}
	for i := range 6 {
		list = append(list, Sample{Label{File: fmt.Sprintf("script%d", i), Kind: Script, Origin: Origin{fmt.Sprintf("s%d", i/3), "pot"}}, script(8, &c)})
	}
	return list
}

// same gives a session as it is.
func same(s *gait.Session) (*gait.Session, error) { return s, nil }

func TestOperatorReportsWhatTheCorpusHas(t *testing.T) {
	steps := 0
	samples := append(corpus(), Sample{Label{File: "empty", Kind: Person, Origin: Origin{"e", "e"}}, &gait.Session{}})
	opt := Options{Encodings: []Encoding{{"same", same}}, Step: func() error { steps++; return nil }}
	r, err := Operator(samples, opt)
	if err != nil {
		t.Fatal(err)
	}
	if steps > opt.Steps(samples) || steps < opt.Steps(samples)-2 {
		t.Errorf("%d steps of %d", steps, opt.Steps(samples))
	}
	if r.Sessions != 12 || r.N != 12 || r.Classes["llm_agent"] != nil || r.Classes["script"].Groups != 2 || r.Folds != 5 {
		t.Errorf("%d sessions, %d measured, %d folds, %v", r.Sessions, r.N, r.Folds, r.Classes)
	}
	if f := r.TimingOnly.ByGroupAndSubject; f.Folds != 4 {
		t.Errorf("%d folds by group and subject, want 3 persons and one honeypot", f.Folds)
	}
	if r.HumanWindows.N != r.HumanWindows.Rate.N || r.HumanWindows.N < 6*12 || r.HumanSessions.Called.N != 6*2 {
		t.Errorf("windows %+v, sessions %+v", r.HumanWindows, r.HumanSessions)
	}
	if len(r.ShuffledGaps) != 3 || r.ShuffledGaps[2].Caught.N != 6 {
		t.Errorf("shuffled %+v", r.ShuffledGaps)
	}
	if v := r.Invariance; v.Recordings != 12 || v.Forms["same"] != 12 || v.Largest != 0 || v.Different != 0 || v.Failed != 0 {
		t.Errorf("%+v", v)
	}
	if x := r.Rules["file_type"]; x == nil || *x != 1 || r.BestRule != "busybox" && r.BestRule != "file_type" {
		t.Errorf("rules %v, best %s", r.Rules, r.BestRule)
	}
	if !r.NoBetter {
		t.Error("a rule that is always right was beaten")
	}
	if r.Machines.Called.N != 6 || len(r.ByGroup) != 5 || r.Exec != nil {
		t.Errorf("machines %+v, groups %d", r.Machines, len(r.ByGroup))
	}
}

func TestOperatorIsTheSameEachTimeAndMarshals(t *testing.T) {
	a, err := Operator(corpus(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Operator(corpus(), Options{})
	if !reflect.DeepEqual(a, b) {
		t.Error("two runs differ")
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"macro_f1":`, `"cllr":`, `"classes":{"llm_agent":null,"person":{"precision":`, `"timing_only":{`, `"human_windows":{"n":`, `"called_machine":`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in the JSON", want)
		}
	}
}

func TestOperatorEndsWhenTold(t *testing.T) {
	enough := errors.New("enough")
	for _, after := range []int{0, 5, 12, 19} {
		n := 0
		_, err := Operator(corpus(), Options{Step: func() error {
			if n++; n > after {
				return enough
			}
			return nil
		}})
		if !errors.Is(err, enough) {
			t.Fatalf("after %d steps: %v", after, err)
		}
	}
}

func TestOperatorOfNothing(t *testing.T) {
	r, err := Operator(nil, Options{})
	if err != nil || r.MacroF1 != nil || r.Cllr != nil || r.HumanWindows != nil {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

// TestRefitKnowsNothingShipped has a corpus answer for itself.
func TestRefitKnowsNothingShipped(t *testing.T) {
	r, err := Operator(corpus(), Options{Refit: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.TrainedOn != "this corpus" {
		t.Errorf("trained on %q", r.TrainedOn)
	}
}

func TestTermsThatDifferAreCounted(t *testing.T) {
	if got := apartBy(map[string][]float64{"a": {1, 2}}, map[string][]float64{"a": {1, 2.5}}); got != 0.5 {
		t.Errorf("%v, want 0.5", got)
	}
	if got := apartBy(map[string][]float64{"a": {1}}, map[string][]float64{"b": {3}}); got != 3 {
		t.Errorf("%v, want 3: a term that is missing counts as 0", got)
	}
}
