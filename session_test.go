package gait

import (
	"testing"
	"time"
)

func TestActiveLeavesOutResizesAndMarkers(t *testing.T) {
	var s Session
	if d := s.Active(); d != 0 {
		t.Errorf("an empty session is active for %v", d)
	}
	s.Append(Event{Time: 1 * time.Second, Kind: Resize, Data: []byte("80x24")}, -1)
	s.Append(Event{Time: 2 * time.Second, Kind: Marker, Data: []byte("m")}, -1)
	if d := s.Active(); d != 0 {
		t.Errorf("without input or output it is active for %v", d)
	}
	s.Append(Event{Time: 3 * time.Second, Kind: Output, Data: []byte("$ ")}, -1)
	s.Append(Event{Time: 5 * time.Second, Kind: Input, Data: []byte("w")}, -1)
	s.Append(Event{Time: 9 * time.Second, Kind: Marker, Data: []byte("m")}, -1)
	if d := s.Active(); d != 2*time.Second {
		t.Errorf("active for %v, want 2s", d)
	}
}
