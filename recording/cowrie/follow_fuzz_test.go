package cowrie

import (
	"bytes"
	"testing"
	"time"

	"gait/recording/reader"
)

// FuzzFollower feeds two logs in pieces and reads all that is told.
func FuzzFollower(f *testing.F) {
	whole := new(log).connect(0, "s1").command(1000, "s1", "a").tty(2100, "s1", "tty/f", false).closed(3000, "s1").
		connect(50, "s2").command(1001, "s2", "b")
	f.Add(whole.Bytes(), []byte(nil), uint16(7))
	f.Add(whole.Bytes()[:300], whole.Bytes()[300:], uint16(100))
	f.Add([]byte(`{"eventid":"KIPP0005","session":"a","input":"x"}{"eventid":"COW0011","session":"a"}`), []byte("\x00\x00{"), uint16(1))
	lim := reader.Limits{Events: 5, Bytes: 100, Duration: time.Hour, Sessions: 4, Line: 400}
	f.Fuzz(func(t *testing.T, one, two []byte, step uint16) {
		x := &followed{t: t, f: NewFollower(lim), parts: parts{folder{"f": terminal(100, "ls\r")}, map[string][]byte{"1": one, "2": two}}, told: map[string]Session{}}
		for _, name := range []string{"1", "2"} {
			b := x.parts.logs[name]
			x.f.Begin(name, 0, 0)
			for at := int64(0); at < int64(len(b)); {
				n, _, err := x.f.Read(bytes.NewReader(b[at:]), int64(step)+1024, true)
				if err != nil || n <= 0 {
					t.Fatalf("%d bytes taken in at %d: %v", n, at, err)
				}
				at += n
				x.take(time.Hour)
			}
		}
		x.take(0)
		for _, s := range x.told {
			got, err := Read(s.Place, x.parts, lim)
			if err != nil {
				t.Fatalf("%s: %v\n%s", s.Ref, err, s.Place)
			}
			check(t, got, lim)
		}
	})
}
