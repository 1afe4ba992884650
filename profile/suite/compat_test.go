package suite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/internal/shared"
	"gait/profile"
	"gait/profile/suite"
	"gait/recording"
)

// read is what one reading makes of a session.
type read struct {
	said     map[string]string // value and confidence by primitive
	commands []string
	echo     bool
}

func readBy(t *testing.T, s *gait.Session, compat bool) (r read) {
	t.Helper()
	probe := &profile.Primitive{Name: "probe.commands", Observe: func(v *profile.View) profile.Answer {
		for _, x := range v.Texts(1<<20, 1<<20) {
			r.commands = append(r.commands, string(x.Bytes))
		}
		r.echo = v.Commands().FromEcho()
		return profile.Silent
	}}
	result := profile.EngineOf(slices.Concat(suite.All, []*profile.Primitive{probe}), compat).Profile(s, time.Time{})
	for _, f := range result.Failures {
		t.Error(f)
	}
	r.said = map[string]string{}
	for _, o := range result.Observations {
		r.said[o.Primitive] = fmt.Sprint(o.Value, " ", o.Confidence)
	}
	return r
}

// The reasons why the readings differ.
const (
	fewer   = "lines were no commands"
	more    = "commands had no line of their own"
	changed = "the shell saw another text"
	divided = "the same commands, other times or output"
	timed   = "the same commands, held keys and worth of times"
)

// reason says why two readings of a session differ in a primitive.
func reason(p *profile.Primitive, echo, keys read) string {
	switch n, m := len(echo.commands), len(keys.commands); {
	case n < m:
		return fewer
	case n > m:
		return more
	case !slices.Equal(echo.commands, keys.commands):
		return changed
	case !echo.echo || p.Needs&profile.NeedKeys != 0:
		return timed
	}
	return divided
}

// TestDifferencesOnTheCorpus prints, with -v, how many values the two readings
// give differently, and why. Without an echo there must be no difference but in
// rules on keys and times.
func TestDifferencesOnTheCorpus(t *testing.T) {
	differ := map[string]map[string]int{}
	sessions, echoing, commands, dropped := 0, 0, 0, 0
	for _, folder := range []string{"llm", "cowrie", "typing"} {
		files, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", folder), "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			each(t, path, func(s *gait.Session) {
				echo, keys := readBy(t, s, false), readBy(t, s, true)
				sessions++
				commands += len(keys.commands)
				if echo.echo {
					echoing++
				}
				dropped += len(keys.commands) - len(echo.commands)
				for _, p := range profile.Published(suite.All) {
					if echo.said[p.Name] == keys.said[p.Name] {
						continue
					}
					if p.Reference > 0 && !echo.echo && p.Needs&(profile.NeedKeys|profile.NeedTiming) == 0 {
						t.Errorf("%s: %s differs without an echo", filepath.Base(path), p.Name)
					}
					if differ[p.Name] == nil {
						differ[p.Name] = map[string]int{}
					}
					differ[p.Name][reason(p, echo, keys)]++
				}
			})
		}
	}
	if echoing == 0 || echoing == sessions {
		t.Errorf("%d of %d sessions have an echo", echoing, sessions)
	}
	var table strings.Builder
	for _, p := range suite.All {
		if d := differ[p.Name]; d != nil {
			fmt.Fprintf(&table, "| `%s` | %d | %d | %d | %d | %d | %d |\n", p.Name, d[fewer]+d[more]+d[changed]+d[divided]+d[timed], d[fewer], d[more], d[changed], d[divided], d[timed])
		}
	}
	t.Logf("%d sessions, %d with an echo; %d commands out of keys, %d fewer out of the echo\n| primitive | differ | %s | %s | %s | %s | %s |\n%s",
		sessions, echoing, commands, dropped, fewer, more, changed, divided, timed, table.String())
}

// each reads all sessions of a recording.
func each(t *testing.T, path string, f func(*gait.Session)) {
	t.Helper()
	file, err := recording.Open(path, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, b := range file.Batches() {
		if err := b.Each(func(s *gait.Session) error { f(s); return nil }); err != nil {
			t.Fatal(err)
		}
	}
}
