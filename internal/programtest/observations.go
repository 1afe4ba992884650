package programtest

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var varying = regexp.MustCompile(`"(attacker_uuid|revision)":("[^"]*"|null)|"ts":[0-9.]+`)

// Observations gives the lines of printed observations in order, without what
// differs from run to run.
func Observations(text string) []string {
	lines := strings.Split(strings.TrimSpace(varying.ReplaceAllString(text, "")), "\n")
	slices.Sort(lines)
	return lines
}

// Same compares the observations that are stored with those that are read
// offline, of which there must be some.
func Same(t testing.TB, live, offline string) {
	t.Helper()
	a, b := Observations(live), Observations(offline)
	if len(b) < 2 {
		t.Fatalf("offline there is nothing: %q", b)
	}
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("%d observations are stored, %d are read offline; the first that differs:\n%s\n%s",
				len(a), len(b), at(a, i), at(b, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}
