package acts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/profile/acts"
)

// session makes a session of steps: "120 i ls\r" is input 120 ms after the
// step before it.
func session(steps ...string) *gait.Session {
	s := &gait.Session{}
	at := time.Duration(0)
	for _, step := range steps {
		var ms int
		var kind, data string
		head, data, _ := strings.Cut(step, "|")
		if _, err := fmt.Sscanf(head, "%d %s", &ms, &kind); err != nil {
			panic(err)
		}
		at += time.Duration(ms) * time.Millisecond
		k := map[string]gait.Kind{"i": gait.Input, "o": gait.Output, "x": gait.Exec, "r": gait.Resize}[kind]
		s.Append(gait.Event{Time: at, Kind: k, Data: []byte(data)}, -1)
	}
	return s
}

func TestActs(t *testing.T) {
	for name, c := range map[string]struct {
		steps []string
		want  []string // kind, bytes, lines, milliseconds of quiet
	}{
		"nothing":                         {nil, nil},
		"keys with echo":                  {[]string{"0 i|l", "1 o|l", "120 i|s", "1 o|s", "90 i|\r"}, []string{"key 1 0 -1", "key 1 0 120", "enter 1 1 90"}},
		"a line in one event":             {[]string{"0 o|$ ", "500 i|ls -la\r"}, []string{"line 7 1 500"}},
		"a line in many events":           {[]string{"0 i|ls", "4 i| -l", "9 i|a\r"}, []string{"line 7 1 -1"}},
		"10 ms apart are two":             {[]string{"0 i|ls -", "10 i|la -"}, []string{"chunk 4 0 -1", "chunk 4 0 -1"}},
		"output between parts":            {[]string{"0 i|ls -", "2 o|x", "2 i|la -"}, []string{"chunk 4 0 -1", "chunk 4 0 2"}},
		"a lone line end belongs to it":   {[]string{"0 i|uname", "3 o|uname", "400 i|\r"}, []string{"line 6 1 -1"}},
		"but not half a second later":     {[]string{"0 i|uname", "3 o|uname", "497 i|\r"}, []string{"chunk 5 0 -1", "enter 1 1 497"}},
		"nor to a key":                    {[]string{"0 i|l", "400 i|\r"}, []string{"key 1 0 -1", "enter 1 1 -1"}},
		"two keys of fast hands":          {[]string{"0 i|l", "5 i|s"}, []string{"key 2 0 -1"}},
		"arrows are keys":                 {[]string{"0 i|\x1b[A\x1b[A", "300 i|\x1b[C"}, []string{"key 6 0 -1", "key 3 0 -1"}},
		"a here-document is one":          {[]string{"0 i|cat > a <<'E'\r", "200 o|> ", "1 i|text here\r", "200 o|> ", "1 i|\r", "200 o|> ", "1 i|E\r\n", "300 o|$ ", "7 i|ls\r"}, []string{"line 28 4 -1", "line 3 1 7"}},
		"CR LF is one line end":           {[]string{"0 i|ls\r\n"}, []string{"line 4 1 -1"}},
		"a command given at login":        {[]string{"0 x|uname -a", "50 o|Linux", "1 i|y"}, []string{"login 8 0 -1", "key 1 0 1"}},
		"resizes do not part":             {[]string{"0 i|un", "1 r|80x24", "1 i|ame\r"}, []string{"line 6 1 -1"}},
		"a here-string is no document":    {[]string{"0 i|cat <<<x\r", "100 o|x", "100 i|id -u\r"}, []string{"line 9 1 -1", "line 6 1 100"}},
		"a word that never comes ends it": {[]string{"0 i|cat <<E\r", "200 i|i", "200 i|d"}, []string{"line 8 1 -1", "key 1 0 -1", "key 1 0 -1"}},
	} {
		var got []string
		for _, a := range acts.Of(session(c.steps...), nil) {
			quiet := a.Quiet
			if quiet >= 0 {
				quiet /= time.Millisecond
			}
			got = append(got, fmt.Sprintf("%v %d %d %d", a.Kind, a.Bytes, a.Lines, quiet))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzActs(f *testing.F) {
	f.Add([]byte("ils\x0a\x00o$ \x05i\r"), uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, step uint8) {
		s := &gait.Session{}
		at, sent := time.Duration(0), 0
		for i := 0; i < len(data); i += 3 {
			k := gait.Kind(data[i]%5) + 1
			piece := data[i:min(i+3, len(data))]
			at += time.Duration(data[i]) * time.Duration(step) * time.Millisecond / 8
			s.Append(gait.Event{Time: at, Kind: k, Data: piece}, -1)
			if k == gait.Input || k == gait.Exec {
				sent += len(piece)
			}
		}
		bytes, last := 0, time.Duration(0)
		for _, a := range acts.Of(s, nil) {
			if a.Start < last || a.End < a.Start {
				t.Fatalf("act from %v to %v after %v", a.Start, a.End, last)
			}
			last = a.End
			bytes += a.Bytes
		}
		if bytes != sent {
			t.Fatalf("acts hold %d bytes, %d were sent", bytes, sent)
		}
	})
}
