package suite

import (
	"errors"
	"strings"
	"testing"

	"gait/profile"
)

// registry is the order of the public registry's families, and ours after them,
// and how many primitives of each one session can show.
var registry = []struct {
	domain string
	n      int
}{{"motor", 10}, {"cognitive", 11}, {"temporal", 4}, {"operational", 4}, {"environmental", 5}, {"emotional_valence", 4}, {"gait", 2}}

func TestAll(t *testing.T) {
	i := 0
	for _, d := range registry {
		for range d.n {
			if i >= len(All) || All[i].Domain() != d.domain {
				t.Fatalf("primitive %d is not one of %s", i, d.domain)
			}
			i++
		}
	}
	if i != len(All) {
		t.Errorf("%d primitives, want %d", len(All), i)
	}
	seen := map[string]bool{}
	for _, p := range All {
		if seen[p.Name] {
			t.Errorf("%s is there twice", p.Name)
		}
		seen[p.Name] = true
	}
}

func TestFind(t *testing.T) {
	for _, p := range All {
		if Find(p.Name) != p {
			t.Errorf("%s is not found", p.Name)
		}
	}
	if Find("motor") != nil || Find("") != nil {
		t.Error("found what is no primitive")
	}
}

func names(list []*profile.Primitive) string {
	var s []string
	for _, p := range list {
		s = append(s, p.Name)
	}
	return strings.Join(s, " ")
}

func TestSelect(t *testing.T) {
	for _, c := range []struct{ ask, want string }{
		{"", names(All)},
		{"environmental.locale motor.input_modality environmental.locale", "motor.input_modality environmental.locale"},
		{"motor.shell_mastery", "motor.shell_mastery.tab_completion motor.shell_mastery.shortcut_usage motor.shell_mastery.pipe_chaining_depth"},
		{"temporal temporal.session_duration", "temporal.session_duration temporal.escalation_pattern temporal.lifecycle_markers.landing_ritual temporal.lifecycle_markers.exit_behavior"},
	} {
		list, err := Select(strings.Fields(c.ask))
		if got := names(list); err != nil || got != c.want {
			t.Errorf("%q: got %q, %v, want %q", c.ask, got, err, c.want)
		}
	}
}

func TestSelectUnknown(t *testing.T) {
	for _, c := range []struct{ ask, near string }{
		{"motor.input_modalty", "motor.input_modality"},
		{"input-modality", "motor.input_modality"},
		{"LOCAL", "environmental.locale"},
		{"tab_completion", "motor.shell_mastery.tab_completion"},
		{"moter", ""},
		{"", ""},
		{"motor.input_modality\x1b[2J", "motor.input_modality"},
		{strings.Repeat("motor.", 1000), ""},
	} {
		_, err := Select([]string{"motor", c.ask})
		var unknown *UnknownError
		if !errors.As(err, &unknown) || unknown.Name != c.ask {
			t.Errorf("%q: got %v", c.ask, err)
			continue
		}
		first := ""
		if len(unknown.Near) > 0 {
			first = unknown.Near[0]
		}
		if first != c.near || !strings.Contains(err.Error(), c.near) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: got %v, want %s", c.ask, err, c.near)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"same", "same", 0}, {"ab", "ba", 2}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
