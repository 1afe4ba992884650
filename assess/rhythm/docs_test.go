package rhythm

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the page anew")

const (
	page  = "../../docs/attribution.md"
	begin = "<!-- What follows is written from the primitives: go test ./assess/rhythm -update -->\n"
)

// describe writes everything about the primitives and the calendars.
func describe() string {
	var b strings.Builder
	for _, p := range All {
		fmt.Fprintf(&b, "\n<a id=\"%s\"></a>\n\n### %s\n\n**%s.** %s\n\n- Values: `%s`\n- Rules number: %d\n", p.Name, p.Name, p.Title, p.Doc, strings.Join(p.Values, "`, `"), p.Rules)
		b.WriteString("\n| measure | unit | what it is |\n|---|---|---|\n")
		for _, m := range p.Measures {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.Name, m.Unit, m.Doc)
		}
		b.WriteString("\n| threshold | | |\n|---|---|---|\n")
		for _, t := range p.Thresholds {
			fmt.Fprintf(&b, "| `%s` | %.3g | %s |\n", t.Measure, t.Bound, t.Says)
		}
	}
	b.WriteString("\n### The calendars\n\nDays that hang on the moon, or that are announced each year, are in none of them.\n\n| calendar | days in 2026 | source |\n|---|---|---|\n")
	for _, c := range calendars {
		var days []string
		for _, d := range slices.SortedFunc(slices.Values(c.days(2026)), time.Time.Compare) {
			days = append(days, d.Format("2 Jan"))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.name, strings.Join(days, ", "), c.source)
	}
	return b.String()
}

func TestThePageIsFresh(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, _, found := bytes.Cut(text, []byte(begin))
	if !found {
		t.Fatalf("%s does not say where it is written from the primitives", page)
	}
	want := string(head) + begin + describe()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("%s is not what the primitives say: go test ./assess/rhythm -update", page)
	}
}

func TestDescriptionsAreWhole(t *testing.T) {
	for _, p := range All {
		if p.Title == "" || !strings.Contains(p.Doc, "Silent") || p.Rules < 1 || len(p.Values) < 2 || len(p.Thresholds) == 0 || p.Read == nil {
			t.Errorf("%s is not described", p.Name)
		}
		for _, th := range p.Thresholds {
			known := false
			for _, m := range p.Measures {
				known = known || m.Name == th.Measure
			}
			if !known {
				t.Errorf("%s compares %s, which it does not measure", p.Name, th.Measure)
			}
		}
	}
}
