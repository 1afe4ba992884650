package programtest

import (
	"slices"
	"testing"
)

func TestObservationsLeaveOutWhatVaries(t *testing.T) {
	got := Observations(`{"ts":2.5,"primitive":"b","attacker_uuid":"x","revision":"r1"}` + "\n" + `{"ts":1,"primitive":"a","attacker_uuid":null}` + "\n")
	want := []string{`{,"primitive":"a",}`, `{,"primitive":"b",,}`}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
