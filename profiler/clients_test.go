package profiler

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gait"
	"gait/assess/attribution"
	"gait/store"
)

// saw gives the state of a series as text; empty where there is none.
func (k *kit) saw(t *testing.T, series string) string {
	t.Helper()
	s, there := k.standings(t)[series]
	if !there {
		return ""
	}
	return fmt.Sprintf("%s %.2f %s of %d", s.State, s.Confidence, s.Value, s.Observations)
}

// comes stores the i-th session of an attacker with a client.
func (k *kit) comes(t *testing.T, i int, client, hassh string) *gait.Session {
	t.Helper()
	s := sessionsOf(strings.Repeat("t", i+1))[i]
	s.Client, s.HASSH = client, hassh
	k.handle(t, k.write(t, s))
	k.concluded(t)
	return s
}

func TestClientsHaveStates(t *testing.T) {
	k := newKit(t)
	a, b := strings.Repeat("a", 32), strings.Repeat("b", 32)
	k.comes(t, 0, "", "no fingerprint")
	if v, h := k.saw(t, store.SeriesVersion), k.saw(t, store.SeriesHASSH); v+h != "" {
		t.Errorf("without a client: %q, %q", v, h)
	}
	for i, c := range []struct{ client, hassh, version, fingerprint string }{
		{"SSH-2.0-x", a, "stable 1.00 SSH-2.0-x of 1", "stable 1.00 " + a + " of 1"},
		{"SSH-2.0-x", b, "stable 1.00 SSH-2.0-x of 2", "drifting 0.50 " + b + " of 2"},
		{"", a, "stable 1.00 SSH-2.0-x of 2", "drifting 0.50 " + a + " of 3"},
		{"<b>\x1b[2J", "", "drifting 0.50 <b>\x1b[2J of 3", "drifting 0.50 " + a + " of 3"},
		{strings.Repeat("é", 300), "", "drifting 0.33 " + strings.Repeat("é", 128) + " of 4", "drifting 0.50 " + a + " of 3"},
		{"SSH-2.0-y", a, "conflicted 0.25 SSH-2.0-y of 5", "drifting 0.50 " + a + " of 4"},
	} {
		k.comes(t, i+1, c.client, c.hassh)
		if v, h := k.saw(t, store.SeriesVersion), k.saw(t, store.SeriesHASSH); v != c.version || h != c.fingerprint {
			t.Errorf("session %d: %q, %q, want %q, %q", i+1, v, h, c.version, c.fingerprint)
		}
	}
	k.comes(t, 40, "SSH-2.0-z", "") // a day later
	if v := k.saw(t, store.SeriesVersion); v != "stable 1.00 SSH-2.0-z of 1" {
		t.Errorf("a day later: %q", v)
	}
	k.comes(t, 20, "SSH-2.0-w", "") // found late, within the day before
	if v := k.saw(t, store.SeriesVersion); v != "drifting 0.50 SSH-2.0-z of 2" {
		t.Errorf("with one that was found late: %q", v)
	}
	k.checkTold(t)
}

// checkTold checks what waits to be told of series: each transition leads on
// from the one before, and the text that a visitor chose is in none.
func (k *kit) checkTold(t *testing.T) {
	t.Helper()
	all, err := k.store.Untold(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]attribution.Name{}
	for _, c := range all {
		var x StateChanged
		if err := json.Unmarshal(c.Payload, &x); err != nil {
			t.Fatal(err)
		}
		if !isClient(x.Primitive) {
			continue
		}
		before := last[x.Primitive]
		if before == "" {
			before = attribution.Unknown
		}
		if last[x.Primitive] = x.To; x.From != before || c.Subject != attribution.SubjectChanged || x.Rules != clientRules || len(x.EvidenceRefs) == 0 {
			t.Errorf("%s from %s, was %s: %s", x.Primitive, x.From, before, c.Payload)
		}
		if x.Primitive == store.SeriesHASSH != (x.Value != "") || strings.Contains(string(c.Payload), "SSH-2.0") {
			t.Errorf("told: %s", c.Payload)
		}
	}
	if len(last) != 2 {
		t.Errorf("told of %v", last)
	}
}

func TestClientsOfWhoIsForgottenHaveNoState(t *testing.T) {
	k := newKit(t)
	s := k.comes(t, 0, "SSH-2.0-x", strings.Repeat("a", 32))
	k.comes(t, 1, "", "")
	if _, err := k.store.Forget(t.Context(), store.Subject{Session: ref(s)}, false); err != nil {
		t.Fatal(err)
	}
	k.concluded(t)
	if v, h := k.saw(t, store.SeriesVersion), k.saw(t, store.SeriesHASSH); v+h != "" {
		t.Errorf("%q, %q", v, h)
	}
}
