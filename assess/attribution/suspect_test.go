package attribution

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gait/profile"
	"gait/profile/suite"
)

// turning is an identity whose sessions take turns: s000, s002, s004 in one
// group and s001, s003 in the other.
func turning(t *testing.T, primitives ...string) *Question {
	t.Helper()
	q := &Question{Identity: "id", States: map[string]State{}, Clients: map[string]Client{}}
	for _, name := range primitives {
		q.States[name] = Label(days("ABABA"))
		if q.States[name].Name != MultiActor {
			t.Fatalf("%s is %s", name, q.States[name].Name)
		}
	}
	return q
}

// typed compares all groups with one answer.
func typed(a, b int, odds float64) func(x, y []string) (Typing, bool) {
	return func(x, y []string) (Typing, bool) { return Typing{Keys: [2]int{a, b}, LogOdds: odds}, true }
}

func clients(of func(Client, string) Client, values ...string) map[string]Client {
	m := map[string]Client{}
	for i, v := range values {
		ref := days("AAAAA")[i].Session
		m[ref] = of(Client{}, v)
	}
	return m
}

func hassh(c Client, v string) Client   { c.HASSH = v; return c }
func version(c Client, v string) Client { c.Version = v; return c }

func TestSuspectAsksForEvidenceBesideTheState(t *testing.T) {
	for _, c := range []struct {
		name    string
		compare func(a, b []string) (Typing, bool)
		clients map[string]Client
		kinds   []string
	}{
		{name: "the state alone"},
		{name: "typing apart", compare: typed(300, 300, Apart), kinds: []string{"typing"}},
		{name: "typing nearly apart", compare: typed(300, 300, Apart+0.001)},
		{name: "too few keys in one", compare: typed(5000, 299, -20)},
		{name: "too few keys in the other", compare: typed(299, 5000, -20)},
		{name: "nothing to compare", compare: func(a, b []string) (Typing, bool) { return Typing{[2]int{900, 900}, -20}, false }},
		{name: "clients take turns with them", clients: clients(hassh, "x", "y", "x", "y", "x"), kinds: []string{"hassh"}},
		{name: "versions take turns with them", clients: clients(version, "x", "y", "x", "y", "x"), kinds: []string{"client_version"}},
		{name: "one client", clients: clients(hassh, "x", "x", "x", "x", "x")},
		{name: "one client is not known", clients: clients(hassh, "x", "y", "", "y", "x")},
		{name: "a whole group is not known", clients: clients(hassh, "x", "", "x", "", "x")},
		{name: "clients take other turns", clients: clients(hassh, "x", "y", "y", "x", "x")},
		{name: "three clients", clients: clients(hassh, "x", "y", "z", "y", "x")},
		{name: "both", compare: typed(400, 500, -9), clients: clients(hassh, "x", "y", "x", "y", "x"), kinds: []string{"typing", "hassh"}},
	} {
		q := turning(t, "motor.input_modality")
		q.Compare, q.Clients = c.compare, c.clients
		x, ok := Suspect(q)
		var kinds []string
		for _, e := range x.Evidence {
			kinds = append(kinds, e.Kind)
		}
		if ok != (c.kinds != nil) || !slices.Equal(kinds, c.kinds) {
			t.Errorf("%s: %v by %v, want %v", c.name, ok, kinds, c.kinds)
		}
	}
}

func TestSuspectNeedsAPrimitiveThatTakesTurns(t *testing.T) {
	q := turning(t)
	q.Compare, q.Clients = typed(900, 900, -20), clients(hassh, "x", "y", "x", "y", "x")
	for _, letters := range []string{"AABBB", "AAAAA", "AB", "ABCAB"} {
		q.States = map[string]State{"motor.input_modality": Label(days(letters))}
		if _, ok := Suspect(q); ok {
			t.Errorf("%s is suspected", letters)
		}
	}
}

func TestSuspectListsItsEvidence(t *testing.T) {
	q := turning(t, "motor.paste_burst_rate", "motor.input_modality", "operational.objective")
	var asked [][]string
	q.Compare = func(a, b []string) (Typing, bool) {
		asked = append(asked, a, b)
		return Typing{[2]int{900, 600}, -7.5}, true
	}
	q.Clients = clients(version, "SECRET", "y", "SECRET", "y", "SECRET")
	x, ok := Suspect(q)
	if !ok || !reflect.DeepEqual(asked, [][]string{{"s000", "s002", "s004"}, {"s001", "s003"}}) {
		t.Fatalf("%v, asked for %v", ok, asked)
	}
	want := []MeasureSplit{{"share of pastes", []string{"motor.input_modality", "motor.paste_burst_rate"}}, {"tools", []string{"operational.objective"}}}
	if !reflect.DeepEqual(x.Measures, want) {
		t.Errorf("measures are %v", x.Measures)
	}
	if !slices.Equal(x.EvidenceRefs, []string{"s000", "s002", "s004", "s001", "s003"}) || len(x.Reasons) != 4 {
		t.Errorf("refs %v, reasons %q", x.EvidenceRefs, x.Reasons)
	}
	text, err := json.Marshal(x)
	if err != nil || strings.Contains(string(text), "SECRET") || !strings.Contains(string(text), `"log_odds":-7.5`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestSuspectTellsTheSplitWithTheMostEvidence(t *testing.T) {
	q := turning(t, "a.one", "b.two")
	q.States["b.two"] = Label(days("ABBAB"))
	q.Clients = clients(hassh, "x", "y", "y", "x", "y")
	if x, ok := Suspect(q); !ok || x.Measures[0].Measure != "b.two" {
		t.Errorf("%v: %v", ok, x.Measures)
	}
	// Of equals the one that more measures show.
	q.Clients, q.Compare = nil, typed(300, 300, -9)
	q.States["c.three"] = q.States["b.two"]
	if x, ok := Suspect(q); !ok || len(x.Measures) != 2 {
		t.Errorf("%v: %v", ok, x.Measures)
	}
}

func TestWhatTheClientMakesIsNoEvidenceOfTheClient(t *testing.T) {
	q := turning(t, "gait.timing_quality")
	q.Clients = clients(hassh, "x", "y", "x", "y", "x")
	if x, ok := Suspect(q); ok {
		t.Errorf("suspected by %v", x.Evidence)
	}
	q.States["motor.input_modality"] = q.States["gait.timing_quality"]
	if x, ok := Suspect(q); !ok || len(x.Measures) != 2 {
		t.Errorf("%v by %v", ok, x.Measures)
	}
}

func TestMeasuresNamePrimitivesThatExist(t *testing.T) {
	for name := range measures {
		if strings.HasPrefix(name, "gait.") {
			continue // ours are not in every list
		}
		if !slices.ContainsFunc(suite.All, func(p *profile.Primitive) bool { return p.Name == name }) {
			t.Errorf("%s is no primitive", name)
		}
	}
	if Measured("motor.input_modality") != Measured("motor.paste_burst_rate") || Measured("x.y") != "x.y" {
		t.Error("measures are not told apart")
	}
}
