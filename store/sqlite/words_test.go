package sqlite_test

import (
	"path/filepath"
	"testing"

	"gait/store"
	"gait/store/sqlite"
	"gait/store/storetest"
)

// TestValuesThatAnotherProcessMetFirst saves sessions of one attacker from two
// processes in turn: a value that one of them has not heard of stays among those
// that the attacker is found by.
func TestValuesThatAnotherProcessMetFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gait.db")
	one, err := sqlite.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { one.Close() })
	two, err := sqlite.Open(t.Context(), path, store.Options{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { two.Close() })
	for n, s := range []store.Store{one, two, one} {
		p := storetest.Sample(n, 0)
		p.Address = "192.0.2.77"
		for i, o := range storetest.Sample(0, 0).Observations {
			p.Observations[i].Value = o.Value
		}
		switch n {
		case 1:
			p.Observations[0].Value = "met_elsewhere"
		case 2:
			p.Observations = p.Observations[1:] // it does not say again what the other process met
		}
		if _, err := s.Save(t.Context(), []store.Profile{p}); err != nil {
			t.Fatal(err)
		}
	}
	faults, err := one.Check(t.Context())
	if err != nil || len(faults) > 0 {
		t.Errorf("%q, %v", faults, err)
	}
}
