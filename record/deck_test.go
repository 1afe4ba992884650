package record

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gait/recording/feed"
	"gait/recording/shard"
)

// fake is a tape that keeps everything, and does what it is told at a key.
type fake struct {
	mu      sync.Mutex
	in, out []byte
	sizes   []int
	times   []time.Duration
	missing map[byte]int64
	most    int64
	reason  string
	at      func(key byte)
}

func (f *fake) Input(at time.Duration, data []byte) {
	f.mu.Lock()
	f.in = append(f.in, data...)
	f.times = append(f.times, at)
	f.mu.Unlock()
	if f.at != nil {
		f.at(data[0])
	}
}

func (f *fake) Output(at time.Duration, data []byte) {
	f.out = append(f.out, data...)
	f.times = append(f.times, at)
}

func (f *fake) Resize(at time.Duration, cols, rows int) {
	f.sizes = append(f.sizes, cols, rows)
	f.times = append(f.times, at)
}

func (f *fake) Missing(_ time.Duration, m shard.Missing, _ int64) {
	if f.missing == nil {
		f.missing = map[byte]int64{}
	}
	f.missing[m.Channel] += m.Bytes
}

func (f *fake) Limits() (input, output int64) { return 4 << 20, f.most }

func (f *fake) End(at time.Duration, reason string) shard.Totals {
	f.reason = reason
	return shard.Totals{Kept: true, Duration: at, KeptIn: int64(len(f.in)), KeptOut: int64(len(f.out))}
}

// opened gives what opens a tape at once.
func opened(f *fake) func() (Tape, string, string) {
	return func() (Tape, string, string) { return f, "id", "" }
}

func TestEventsReachTheTapeInOrder(t *testing.T) {
	f := &fake{most: 10 << 20}
	d := newDeck(time.Now(), opened(f))
	var in, out []byte
	for i := range 5000 {
		d.input(time.Duration(i), []byte{byte(i)})
		in = append(in, byte(i))
		d.output(time.Duration(i), bytes.Repeat([]byte{byte(i)}, i%90))
		out = append(out, bytes.Repeat([]byte{byte(i)}, i%90)...)
	}
	d.resize(6000, 120, 40)
	got, id := d.end(time.Second, endExit)
	if !bytes.Equal(f.in, in) || !bytes.Equal(f.out, out) || !slices.Equal(f.sizes, []int{120, 40}) || f.reason != endExit || len(f.missing) > 0 {
		t.Errorf("%d keys, %d bytes, %v %q %v", len(f.in), len(f.out), f.sizes, f.reason, f.missing)
	}
	if !slices.IsSorted(f.times) || len(f.times) != 10_001 || f.times[10_000] != 6000 || !got.Kept || id != "id" || got.Duration != time.Second {
		t.Errorf("%+v %q", got, id)
	}
}

// TestTimeNeverGoesBack says what becomes of an event whose goroutine took its time
// and was held up before it came.
func TestTimeNeverGoesBack(t *testing.T) {
	f := &fake{most: 10 << 20}
	d := newDeck(time.Now(), opened(f))
	d.output(40*time.Millisecond, []byte("shown"))
	d.input(10*time.Millisecond, []byte("k"))
	d.resize(20*time.Millisecond, 120, 40)
	d.output(50*time.Millisecond, []byte("more"))
	got, _ := d.end(45*time.Millisecond, endExit)
	if want := []time.Duration{40e6, 40e6, 40e6, 50e6}; !slices.Equal(f.times, want) || got.Duration != 50*time.Millisecond {
		t.Errorf("times %v, end %v", f.times, got.Duration)
	}
}

func TestBudgetThatIsSpentIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{most: 1000}
		d := newDeck(time.Now(), opened(f))
		synctest.Wait()
		for i := range 100 {
			d.output(time.Duration(i)*100*time.Millisecond, make([]byte, 100))
			d.input(time.Duration(i)*100*time.Millisecond, []byte("k"))
			synctest.Wait()
		}
		d.end(time.Minute, endExit)
		if len(f.in) != 100 || len(f.out) != 1000 || f.missing['o'] != 9000 || f.missing['i'] != 0 {
			t.Errorf("%d keys, %d bytes, missing %v", len(f.in), len(f.out), f.missing)
		}
	})
}

func TestTapeThatHangsHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		f := &fake{most: 1 << 30, at: func(byte) { <-free }}
		d := newDeck(time.Now(), opened(f))
		for i := range 1000 {
			d.input(time.Duration(i), []byte("k"))
			d.output(time.Duration(i), make([]byte, 4<<10)) // 4 MB
		}
		if held := len(d.data); held > waitAll {
			t.Errorf("%d bytes wait", held)
		}
		began := time.Now()
		got, id := d.end(time.Second, endExit)
		if took := time.Since(began); took != endWithin {
			t.Errorf("the end took %v", took)
		}
		if got.Kept || got.Skipped != skippedStuck || id != "id" || got.BytesIn != 1000 || got.BytesOut != 4096000 {
			t.Errorf("%+v %q", got, id)
		}
		close(free)
		<-d.done
		if len(f.in) != 1000 || int64(len(f.out))+f.missing['o'] != 4096000 {
			t.Errorf("%d keys, %d bytes and %d missing", len(f.in), len(f.out), f.missing['o'])
		}
	})
}

func TestTapeThatOpensLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{most: 1 << 30}
		d := newDeck(time.Now(), func() (Tape, string, string) { time.Sleep(time.Second); return f, "id", "" })
		d.input(1, []byte("early"))
		time.Sleep(2 * time.Second)
		d.input(2, []byte(" late"))
		d.end(3, endExit)
		if string(f.in) != "early late" {
			t.Errorf("%q", f.in)
		}
	})
}

func TestTapeThatIsNotThereOrBreaks(t *testing.T) {
	none := func() (Tape, string, string) { return nil, "", skippedSocket }
	breaks := &fake{most: 1 << 30, at: func(key byte) {
		if key == '!' {
			panic("broken")
		}
	}}
	for why, open := range map[string]func() (Tape, string, string){
		skippedSocket: none, skippedStuck: opened(breaks),
	} {
		d := newDeck(time.Now(), open)
		for range 100_000 {
			d.input(1, []byte("!"))
			d.output(1, []byte("output"))
			d.resize(1, 80, 24)
		}
		got, _ := d.end(time.Second, endExit)
		if got.Kept || got.Skipped != why || got.BytesIn != 100_000 || got.BytesOut != 600_000 {
			t.Errorf("%s: %+v", why, got)
		}
		if len(d.data) > waitAll || len(d.list) > waitEvents+2 {
			t.Errorf("%s: %d bytes and %d events are held", why, len(d.data), len(d.list))
		}
	}
}

func TestSpentBudgetCostsNoMemory(t *testing.T) {
	d := newDeck(time.Now(), opened(&fake{most: 10}))
	block := make([]byte, 4096)
	d.output(0, block)
	least := math.Inf(1)
	for range 5 { // what other goroutines allocate meanwhile is counted too
		least = min(least, testing.AllocsPerRun(1000, func() { d.output(1, block) }))
	}
	if least > 0 {
		t.Errorf("%v allocations", least)
	}
	d.end(1, endExit)
}

func TestLinesOfTheLog(t *testing.T) {
	o := Options{Decoy: "web-01", AppName: "sess rec\n", Service: "ssh"}.filled()
	at := time.Date(2026, 5, 8, 10, 0, 0, 123456000, time.UTC)
	got := line(&o, at, "session_recorded", []param{{"sid", "x\"]\\\n\x1b[2J\xff"}, {"bytes", "4711"}})
	want := `<134>1 2026-05-08T10:00:00.123456+00:00 web-01 sessrec - session_recorded [relay@55555 sid="x\"\]\\??[2J?" bytes="4711"]`
	if got != want {
		t.Errorf("%s\n%s", got, want)
	}
	b := t.TempDir() + "/log"
	o.Sink = b
	h, _ := o.header(at, "", "/bin/sh")
	o.conclude(shard.Totals{Skipped: feed.SkippedFeed, BytesIn: 3, BytesOut: 4, Duration: 61204 * time.Millisecond}, "sid", &h)
	o.conclude(shard.Totals{Skipped: shard.SkippedDisk}, "sid", &h)
	text := read1(t, b)
	if !strings.Contains(text, `session_recorded [relay@55555 sid="sid" service="ssh" src_ip="-" duration_s="61.204" bytes="7" truncated="true"]`+"\n") ||
		!strings.Contains(text, `session_skipped [relay@55555 reason="disk_pressure" service="ssh" src_ip="-"]`+"\n") {
		t.Errorf("%s", text)
	}
}
