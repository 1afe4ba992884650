package cowrie

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"gait/recording/reader"
)

// neverClosed gives the lines of connections that never end, from one to
// another. Every fourth holds a command.
func neverClosed(from, to int) []byte {
	l := new(log)
	for n := from; n < to; n++ {
		id := fmt.Sprintf("%012x", n)
		l.connect(n, id)
		if n%4 == 0 {
			l.command(n, id, "id")
		}
	}
	return l.Bytes()
}

// heap is how much memory is in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestNeverClosedConnectionsAreBounded(t *testing.T) {
	const most = 200_000
	before := heap()
	f := NewFollower(reader.DefaultLimits())
	f.Begin("1-x", 0, 0)
	told := map[string]int{}
	take := func(idle time.Duration) {
		for _, v := range f.Take(idle) {
			told[v.id]++
		}
	}
	for n := 0; n < most; n += 10_000 {
		if _, done, err := f.Read(bytes.NewReader(neverClosed(n, n+10_000)), 1<<30, false); err != nil || !done {
			t.Fatal(err)
		}
		take(time.Hour)
	}
	all, dropped := f.Seen()
	if f.Open() > maxOpen || all != most || dropped != most-f.Open() {
		t.Errorf("%d kept, %d seen, %d dropped", f.Open(), all, dropped)
	}
	if used := heap() - before; used > 96<<20 {
		t.Errorf("%d MB are kept", used>>20)
	}
	take(0)
	if len(told) != most/4 {
		t.Errorf("%d connections with commands were told, want %d; %v", len(told), most/4, f.Oddities())
	}
	runtime.KeepAlive(f)
}

// BenchmarkFollow follows a log of made-up visits; the time is for each MB.
func BenchmarkFollow(b *testing.B) {
	data := benchLog()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		f := NewFollower(reader.DefaultLimits())
		f.Begin("1-x", 0, 0)
		f.Read(bytes.NewReader(data), 1<<30, true)
		f.Take(time.Hour)
	}
}

// BenchmarkYears follows a million connections, as three years of a honeypot
// have them, and tells how much memory was in use at most.
func BenchmarkYears(b *testing.B) {
	data := benchLog()
	for b.Loop() {
		f := NewFollower(reader.DefaultLimits())
		peak, n := int64(0), int64(0)
		for i := range 250 {
			f.Begin(fmt.Sprintf("%d-x", i), 0, 0)
			year := bytes.ReplaceAll(data, []byte(`"2021-03-29T0`), fmt.Appendf(nil, `"20%02d-%02d-%02dT0`, 20+i/168, 1+i/28%12, 1+i%28))
			f.Read(bytes.NewReader(year), 1<<30, true)
			f.Take(time.Hour)
			n += int64(len(year))
			if i%50 == 49 {
				peak = max(peak, heap())
			}
		}
		b.SetBytes(n)
		b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
	}
}
