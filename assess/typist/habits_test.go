package typist_test

import (
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess/typist"
	"gait/profile"
)

func TestHabitsAreChoicesInOurOwnWords(t *testing.T) {
	for _, c := range []struct {
		lines, want string
	}{
		{"", ""},
		{"ls -la /root|ls|ps  aux|whoami|id|exit", "listing=ls -la;processes=ps aux;self=whoami;leave=exit"},
		{"sudo ls -al|lsof -i|cat /proc/cpuinfo|vim x", "listing=ls -al;sockets=lsof;processors=cat /proc/cpuinfo;editor=vim"},
		{"lsx|secretword=1;self=id|./id|sudo|echo id|cat /etc/passwd", ""},
		{strings.Repeat("true|", 600) + "id", ""}, // beyond what is read
	} {
		s := &gait.Session{}
		for i, line := range strings.Split(c.lines, "|") {
			s.Append(gait.Event{Time: time.Duration(i) * time.Second, Kind: gait.Input, Data: []byte(line + "\r")}, 0)
		}
		if got := typist.Habits(profile.NewEngine(nil).View(s)); got != c.want {
			t.Errorf("%.60q: %q, want %q", c.lines, got, c.want)
		}
	}
}
