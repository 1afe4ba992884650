package explain_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/internal/simulate"
	"gait/profile"
	"gait/profile/explain"
	"gait/profile/suite"
)

func TestQuantity(t *testing.T) {
	for _, c := range []struct {
		x          float64
		unit, want string
	}{
		{0, "s", "0 s"}, {0.412, "s", "412 ms"}, {-0.0005, "s", "-0.5 ms"}, {1, "s", "1 s"}, {2.5, "s", "2.5 s"}, {0.25, "share", "0.25"}, {1e-7, "share", "under 0.0001"},
		{1.0 / 15, "ratio", "0.0667"}, {999_999, "count", "999999"}, {1234.5, "count", "1235"}, {1e-7, "ratio", "1.00e-07"}, {1e20, "", "1.00e+20"},
		{math.NaN(), "s", "undefined"}, {math.Inf(1), "s", "infinite"}, {math.Inf(-1), "count", "infinite"},
	} {
		if got := explain.Quantity(c.x, c.unit); got != c.want {
			t.Errorf("%v %s: %q, want %q", c.x, c.unit, got, c.want)
		}
	}
}

// made is a primitive of two thresholds on one measure and a measure that no
// threshold has.
var made = &profile.Primitive{
	Name: "motor.made", Title: "made up", Kind: profile.Label, Values: []string{"slow", "quick"}, Rules: 2,
	Doc:      "A rule. Silent without a key.",
	Measures: []profile.MeasureDoc{{Name: "delay", Unit: "s", Doc: "the delay"}, {Name: "keys", Unit: "count", Doc: "keys"}},
	Thresholds: []gait.Threshold{
		{Measure: "delay", Bound: 0.5, Says: "quick below; confidence 0.4 within 10 %"},
		{Measure: "delay", Bound: 0.45, Says: "confidence 0.4 below"},
	},
}

func stored(text string) *explain.Item {
	s := explain.Session{Observations: []gait.Observation{{Primitive: made.Name, Value: "quick", Confidence: 0.7, Rules: 2, Stored: []byte(text)}}}
	return &s.Items([]*profile.Primitive{made})[0]
}

func TestValue(t *testing.T) {
	x := stored(`{"delay":0.412,"keys":12,"thresholds":[["delay",0.5],["delay",0.45]],"nearest":["delay",0.45,-0.038]}`)
	want := []explain.Measure{
		{Name: "delay", Unit: "s", Doc: "the delay", Value: 0.412, Text: "412 ms", Thresholds: []explain.Threshold{
			{Bound: 0.5, Text: "500 ms", Says: "quick below; confidence 0.4 within 10 %", Away: "88 ms below", Nearest: true},
			{Bound: 0.45, Text: "450 ms", Says: "confidence 0.4 below", Away: "38 ms below"},
		}},
		{Name: "keys", Unit: "count", Doc: "keys", Value: 12, Text: "12"},
	}
	if x.State != explain.HasValue || x.Value != "quick" || x.Confidence != 0.7 || x.Rules != 2 || !reflect.DeepEqual(x.Measures, want) {
		t.Errorf("%+v", x)
	}
	if want := "What would have changed it first: delay of 500 ms instead of 412 ms, that is 88 ms more (quick below)."; x.Verdict != want {
		t.Errorf("%q", x.Verdict)
	}
}

func TestVerdicts(t *testing.T) {
	for text, want := range map[string]string{
		`{"delay":0.5,"thresholds":[["delay",0.5]]}`:  "lies exactly at 500 ms (quick below)",
		`{"delay":0.75,"thresholds":[["delay",0.5]]}`: "that is 250 ms less (quick below)",
		`{"delay":null,"thresholds":[["delay",0.5]]}`: "No threshold decides this value",
		`{"delay":0.4,"thresholds":[]}`:               "No threshold decides this value: it follows from what was counted. A rule.",
		`{}`:                                          "are not stored",
		`[`:                                           "are not stored",
	} {
		if x := stored(text); x.State != explain.HasValue || !strings.Contains(x.Verdict, want) {
			t.Errorf("%s: %q", text, x.Verdict)
		}
	}
}

func TestEarlierRules(t *testing.T) {
	x := stored(`{"gone":3,"delay":0.3,"thresholds":[["gone",2],["delay",0.2],["delay",0.5],"x",[1],["delay",null]]}`)
	if len(x.Measures) != 2 || x.Measures[0].Name != "delay" || x.Measures[1].Name != "gone" || x.Measures[1].Text != "3" || x.Measures[1].Doc != "" {
		t.Fatalf("%+v", x.Measures)
	}
	bounds := x.Measures[0].Thresholds
	if len(bounds) < 2 || bounds[0].Says != "" || bounds[0].Nearest || bounds[1].Says != made.Thresholds[0].Says || !bounds[1].Nearest {
		t.Errorf("%+v", bounds)
	}
}

func TestNothing(t *testing.T) {
	s := explain.Session{
		NotObservable: []profile.NotObservable{{Primitive: made.Name, Reason: "the recording holds no input"}},
		Failures:      []profile.Failure{{Primitive: "motor.other"}},
	}
	other, third := *made, *made
	other.Name, third.Name = "motor.other", "motor.third"
	items := s.Items([]*profile.Primitive{made, &other, &third})
	for i, want := range []explain.Item{
		{Primitive: made, State: explain.NotObservable, Why: "the recording holds no input."},
		{Primitive: &other, State: explain.Failed, Why: "this is a fault of gait: please report it."},
		{Primitive: &third, State: explain.Silent, Why: "The rule is silent without a key."},
	} {
		if !reflect.DeepEqual(items[i], want) {
			t.Errorf("%+v", items[i])
		}
	}
}

// TestStoredIsTheSame explains simulated sessions as they come from the engine
// and as they come from a store.
func TestStoredIsTheSame(t *testing.T) {
	values := 0
	for _, visitor := range simulate.Visitors {
		r := profile.Run(visitor.Session(1), suite.All, time.Unix(1, 0))
		fresh := explain.Session{Observations: r.Observations, NotObservable: r.NotObservable}
		kept := explain.Session{NotObservable: r.NotObservable}
		for _, o := range r.Observations {
			kept.Observations = append(kept.Observations, gait.Observation{
				Primitive: o.Primitive, Value: o.Value, Confidence: o.Confidence, Rules: o.Rules, Stored: o.AppendMeasures(nil),
			})
		}
		a, b := fresh.Items(suite.All), kept.Items(suite.All)
		for i := range a {
			hide(&a[i])
			hide(&b[i])
			if a[i].State == explain.HasValue {
				values++
			}
			if !reflect.DeepEqual(a[i], b[i]) {
				t.Errorf("%s, %s:\n%+v\n%+v", visitor.Name, a[i].Primitive.Name, a[i], b[i])
			}
		}
	}
	if values < 50 {
		t.Errorf("only %d values were compared", values)
	}
}

// hide replaces numbers that are not defined, which differ from themselves;
// their text says that they are.
func hide(x *explain.Item) {
	for i := range x.Measures {
		if math.IsNaN(x.Measures[i].Value) {
			x.Measures[i].Value = 0
		}
	}
}

func TestEveryRuleSaysWhenItIsSilent(t *testing.T) {
	for _, p := range suite.All {
		if !strings.HasPrefix(explain.Silence(p.Doc), "The rule is silent ") {
			t.Errorf("%s: %s", p.Name, explain.Silence(p.Doc))
		}
		for _, x := range p.Thresholds {
			if explain.Unit(p, x.Measure) == "" {
				t.Errorf("%s compares %s, which is none of its measures", p.Name, x.Measure)
			}
		}
	}
}
