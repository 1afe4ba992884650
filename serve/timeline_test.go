package serve

import (
	"slices"
	"testing"
	"time"

	"gait"
)

func TestKindsOfKeys(t *testing.T) {
	var events []gait.Event
	for _, text := range []string{"a", "é", "\xff", "ab", "abcd", "\x1b[A", "\x1b[A\x1b[B", "\r", "\n", "\r\n", "\r\x00", "\x7f", "\x08", "\t", "\x03", "\x1b[200~x\x1b[201~", "x\r"} {
		events = append(events, in(text))
	}
	got := timelineOf(tape(events...), false).Keys.Kind
	want := []string{
		"key", "key", "key", "text", "paste", "control", "control", "enter", "enter", "enter", "enter", "erase", "erase", "tab", "control", "paste", "text",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// BenchmarkTimeline takes the times out of a recording of 50 MB and 8 hours:
// ten keys a second, and output after each.
func BenchmarkTimeline(b *testing.B) {
	const keys = 8 * 3600 * 10
	v := tape()
	line := []byte("0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 abcdefghijklmnopqrstuvwxyz 01234567\r\n")
	for i := range keys {
		key := "x"
		if i%20 == 19 {
			key = "\r"
		}
		at := time.Duration(i) * 100 * time.Millisecond
		v.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte(key)}, -1)
		v.Append(gait.Event{Time: at + time.Millisecond, Kind: gait.Output, Data: line}, -1)
	}
	b.SetBytes(int64(keys * (len(line) + 1)))
	for b.Loop() {
		if x := timelineOf(v, false); len(x.Keys.T) != maxKeys || len(x.Commands.Start) != keys/20 {
			b.Fatal(len(x.Keys.T), len(x.Commands.Start))
		}
	}
}
