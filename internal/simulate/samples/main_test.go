package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"gait"
	"gait/internal/simulate"
	"gait/recording"
)

// readAll gives every session below a folder by its format and id.
func readAll(t *testing.T, dir string) map[string]*gait.Session {
	t.Helper()
	all := map[string]*gait.Session{}
	for in, err := range recording.Find(context.Background(), []string{dir}, recording.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		for s, err := range recording.Sessions(f) {
			if err != nil {
				t.Fatal(err)
			}
			all[s.Format+" "+s.ID] = s
		}
		if odd := f.Oddities(); len(odd) > 0 {
			t.Errorf("%s: %v", in.Path, odd)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	return all
}

// TestSamplesReadBack holds every sample to the visit that it was made of.
func TestSamplesReadBack(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	all := readAll(t, filepath.Clean(dir))
	want := map[string]*gait.Session{
		"asciicast 1":         simulate.Find(castVisitor).Session(2),
		"cowrie 5d1f0a9b3c7e": simulate.Find("loader").Session(3),
		"cowrie c20be4176a58": simulate.Find("loader").Session(3),
		"cowrie 91aa37f0d264": simulate.Find("paster").Session(3),
		"script 1":            simulate.Find("paster").Session(4),
	}
	for _, v := range simulate.Visitors {
		if v.Name != castVisitor {
			s := v.Session(1)
			want["shard "+s.ID] = s
		}
	}
	if len(all) != len(want) {
		t.Errorf("%d sessions, want %d", len(all), len(want))
	}
	for name, w := range want {
		s := all[name]
		if s == nil {
			t.Errorf("%s is missing", name)
			continue
		}
		if s.Fidelity.SharedTiming != (name == "cowrie c20be4176a58") || s.Truncated != "" || s.Fidelity.Input != gait.GranularityPacket {
			t.Errorf("%s: %+v", name, s.Fidelity)
		}
		sameEvents(t, name, s, w)
	}
}

func sameEvents(t *testing.T, name string, s, w *gait.Session) {
	t.Helper()
	if s.Len() != w.Len() {
		t.Errorf("%s: %d events, want %d", name, s.Len(), w.Len())
		return
	}
	for i, e := range s.Events() {
		if x := w.Event(i); e.Kind != x.Kind || e.Time != x.Time || !bytes.Equal(e.Data, x.Data) {
			t.Fatalf("%s, event %d: %v %v %q, want %v %v %q", name, i, e.Time, e.Kind, e.Data, x.Time, x.Kind, x.Data)
		}
	}
}
