package profiletest

import (
	"strings"
	"testing"

	"gait"
	"gait/profile"
)

// counting is a primitive that says how many strokes there are.
func counting() *profile.Primitive {
	return &profile.Primitive{
		Name: "motor.count_of_strokes", Title: "count", Doc: "Counts.", Kind: profile.Label,
		Values: []string{"few", "many", "countless"}, Elsewhere: []string{"countless"}, Needs: profile.NeedInput, Rules: 1,
		Measures:   []profile.MeasureDoc{{Name: "strokes", Unit: "count", Doc: "input events"}},
		Thresholds: []gait.Threshold{{Measure: "strokes", Bound: 3, Says: "many from here on"}},
		Observe: func(v *profile.View) profile.Answer {
			switch n := float64(len(v.Keys().Strokes)); {
			case n == 0:
				return profile.Silent
			case n < 3:
				return profile.Say("few", 0.25, n)
			default:
				return profile.Say("many", 0.50, n)
			}
		},
	}
}

// verdict plays a script of one case.
func verdict(t *testing.T, p *profile.Primitive, script string) error {
	t.Helper()
	cases, err := parse("# case\n" + script)
	if err != nil {
		t.Fatal(err)
	}
	return cases[0].check(p, profile.NewEngine([]*profile.Primitive{p}))
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct{ script, want string }{
		{"type \"ab\"\nwant few 0.25\nmeasure strokes=2", ""},
		{"type \"abc\"\nwant many 0.5", ""},
		{"want silent", ""},
		{"fidelity input=none\nwant unobservable", ""},
		{"type \"ab\"\nwant many 0.25", "got few 0.25"},
		{"type \"ab\"\nwant few 0.2500001", "got few 0.25"},
		{"type \"ab\"\nwant silent", "want no observation"},
		{"type \"ab\"\nwant unobservable", "want no observation"},
		{"want few 0.25", "silent"},
		{"want unobservable", "silent"},
		{"fidelity input=none\nwant silent", "not observable: the recording holds no input"},
		{"type \"ab\"\nwant few 0.25\nmeasure strokes=3", "measure strokes is 2"},
		{"type \"ab\"\nwant few 0.25\nmeasure depth=3", "no measure depth"},
		{"type \"ab\"\nwant few 0.25\nmeasure strokes=nan", "measure strokes is 2"},
	} {
		err := verdict(t, counting(), c.script)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.script, err, c.want)
		}
	}
}

func TestVerdictOnBadPrimitives(t *testing.T) {
	answers := func(f func(v *profile.View) profile.Answer) *profile.Primitive {
		p := counting()
		p.Observe = f
		return p
	}
	calls := 0.0
	for _, c := range []struct {
		p    *profile.Primitive
		want string
	}{
		{answers(func(*profile.View) profile.Answer { return profile.Say("few", 0.25) }), "0 measures given, 1 documented"},
		{answers(func(*profile.View) profile.Answer { return profile.Say("none", 0.25, 2) }), "got none"},
		{answers(func(*profile.View) profile.Answer { panic("raw text") }), "failed on session"},
		{answers(func(*profile.View) profile.Answer {
			calls++
			return profile.Say("few", 0.25, calls)
		}), "used before"},
		{answers(func(v *profile.View) profile.Answer {
			if b := v.Session().Block(gait.Input); len(b) > 10 {
				return profile.Say(string(b), 0.25, 2)
			}
			return profile.Say("few", 0.25, 2)
		}), "raw text"},
	} {
		err := verdict(t, c.p, "type \"ab\"\nwant few 0.25\nmeasure strokes=2")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	p := answers(func(*profile.View) profile.Answer { return profile.Say("none", 0.25, 2) })
	if err := verdict(t, p, "want none 0.25"); err == nil || !strings.Contains(err.Error(), "not one of the primitive's") {
		t.Errorf("a value that is not listed: got %v", err)
	}
}

func TestUnreached(t *testing.T) {
	cases, err := parse("# a\nwant few 0.25\n# b\nfidelity input=none\nwant unobservable")
	if err != nil {
		t.Fatal(err)
	}
	p := counting()
	if got := strings.Join(unreached(p, cases), " "); got != "many silence" {
		t.Errorf("got %q", got)
	}
	p.Kind, p.Values, p.Grammar = profile.Hash, nil, "hex"
	if got := strings.Join(unreached(p, cases), " "); got != "silence" {
		t.Errorf("hash: got %q", got)
	}
	if got := strings.Join(unreached(p, cases[1:]), " "); got != "any value silence" {
		t.Errorf("hash without a value: got %q", got)
	}
}

func TestWellFormed(t *testing.T) {
	if err := wellFormed(counting()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(p *profile.Primitive){
		"name":           func(p *profile.Primitive) { p.Name = "Motor" },
		"title":          func(p *profile.Primitive) { p.Title = "" },
		"doc":            func(p *profile.Primitive) { p.Doc = "" },
		"function":       func(p *profile.Primitive) { p.Observe = nil },
		"rules":          func(p *profile.Primitive) { p.Rules = 0 },
		"no values":      func(p *profile.Primitive) { p.Values = nil },
		"grammar":        func(p *profile.Primitive) { p.Grammar = "x" },
		"no measures":    func(p *profile.Primitive) { p.Measures, p.Thresholds = nil, nil },
		"nine measures":  func(p *profile.Primitive) { p.Measures = make([]profile.MeasureDoc, 9) },
		"measure's name": func(p *profile.Primitive) { p.Measures[0].Name = "Strokes" },
		"measure's doc":  func(p *profile.Primitive) { p.Measures[0].Doc = "" },
		"same measure":   func(p *profile.Primitive) { p.Measures = append(p.Measures, p.Measures[0]) },
		"no such bound":  func(p *profile.Primitive) { p.Thresholds[0].Measure = "stroke" },
		"mute bound":     func(p *profile.Primitive) { p.Thresholds[0].Says = "" },
	} {
		p := counting()
		spoil(p)
		if err := wellFormed(p); err == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestScriptName(t *testing.T) {
	p := &profile.Primitive{Name: "motor.shell_mastery.tab_completion"}
	if got := scriptName(p); got != "shell_mastery_tab_completion.txt" {
		t.Errorf("got %s", got)
	}
}
