package profile

import (
	"strings"
	"testing"
	"time"

	"gait"
)

// FuzzEcho finds commands in any input and output, given as the events of a
// tape with NULs between them.
func FuzzEcho(f *testing.F) {
	f.Add(strings.Join([]string{ps1, "in:l", "l", "in:s\r", "s\r\nx\r\n" + ps1, "in:\x1b[A\x12\t", "ls", "in:\r\n", "\r\n> ", "in:q\r\x03", "^C\r\n\x1b[?1049hx\x1b[?1049l" + ps1}, "\x00"), 80)
	f.Add(strings.Join([]string{"\x1b[?2004h$ ", "in:\x1b[200~a\nb\x1b[201~\r", "a\r\n\x1b[A\nb\r\n\x1b[?2004l", "in:ls\rls\r", "$ ls\r\n> ls\r\n\r\n\x1b[1;1H$ ", "in:日", "日\b\b", "size:9x9", "in:\r", "\n"}, "\x00"), 5)
	used := NewEngine(nil)
	f.Fuzz(func(t *testing.T, events string, width int) {
		s := tape()
		s.Width = width
		for i, e := range strings.Split(events, "\x00") {
			kind := gait.Output
			if rest, ok := strings.CutPrefix(e, "in:"); ok {
				kind, e = gait.Input, rest
			} else if rest, ok := strings.CutPrefix(e, "size:"); ok {
				kind, e = gait.Resize, rest
			}
			s.Append(gait.Event{Time: time.Duration(i) * time.Millisecond, Kind: kind, Data: []byte(e)}, -1)
		}
		v := &used.view
		v.reset(s)
		c := v.Commands()
		texts := v.Texts(1<<20, 1<<20)
		if len(texts) != c.Len() || c.Len() > lineEndsIn(s.Block(gait.Input))+1+strings.Count(events, "\n") {
			t.Fatalf("%d commands, %d texts", c.Len(), len(texts))
		}
		for i := range c.List {
			x := &c.List[i]
			if x.Start > x.End || i > 0 && x.End < c.List[i-1].End {
				t.Fatalf("command %d is from %v to %v", i, x.Start, x.End)
			}
			if c.FromEcho() && len(firstToken(texts[i].Bytes)) == 0 {
				t.Fatalf("command %d has no text", i)
			}
		}
		v.Screen()
		fresh := &View{}
		fresh.reset(s)
		if n := fresh.Commands(); n.Len() != c.Len() || n.FromEcho() != c.FromEcho() || n.Shortcuts != c.Shortcuts {
			t.Fatalf("%d commands, %d in a new view", c.Len(), n.Len())
		}
	})
}
