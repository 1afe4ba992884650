package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gait"
	"gait/recording"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
	"gait/term"
)

// small are bounds that a test reaches soon.
var small = cutting{bytes: 200, events: 20, work: 1 << 20, segments: 50, all: 1 << 30, snapshots: 1 << 20}

// made makes a recording of events at times in milliseconds.
func made(events ...gait.Event) *gait.Session {
	s := &gait.Session{Header: gait.Header{Width: 20, Height: 5}}
	for _, e := range events {
		s.Append(e, -1)
	}
	return s
}

func ev(ms int, k gait.Kind, data string) gait.Event {
	return gait.Event{Time: time.Duration(ms) * time.Millisecond, Kind: k, Data: []byte(data)}
}

// played is a segment as a player reads it.
type played struct {
	Snapshot struct {
		Cols, Rows int
		Init       string
	}
	Events [][3]any
}

func segmentOf(t testing.TB, p *playback, n int) played {
	t.Helper()
	b, err := json.Marshal(p.segment(n))
	if err != nil {
		t.Fatal(err)
	}
	var s played
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// opens opens a recording that can be played, and holds it to all that the
// player demands.
func opens(t testing.TB, rec *gait.Session, c cutting) *playback {
	t.Helper()
	p, err := open(t.Context(), rec, c)
	if err != nil || p == nil {
		t.Fatal(p, err)
	}
	x := p.index()
	if x.Version != 1 || x.Duration <= 0 || x.Term.Cols < 1 || x.Term.Rows < 1 || x.Segments[0].Start != 0 {
		t.Fatalf("%+v", x)
	}
	var screen *term.Screen
	for n, s := range x.Segments {
		end := x.Duration
		if n > 0 && (s.Start <= x.Segments[n-1].Start || s.Start >= x.Duration) {
			t.Fatalf("segment %d starts at %v after %v of %v", n, s.Start, x.Segments[n-1].Start, x.Duration)
		}
		if n+1 < len(x.Segments) {
			end = x.Segments[n+1].Start
		}
		screen = plays(t, screen, segmentOf(t, p, n), [2]float64{s.Start, end}, n == len(x.Segments)-1)
	}
	for i, m := range p.markers {
		if seconds(m.at) > x.Duration || i > 0 && m.at < p.markers[i-1].at {
			t.Fatal(p.markers)
		}
	}
	return p
}

// plays plays a segment from its snapshot, which must show what the segment
// before ended with.
func plays(t testing.TB, before *term.Screen, s played, within [2]float64, last bool) *term.Screen {
	t.Helper()
	screen := term.NewScreen(s.Snapshot.Cols, s.Snapshot.Rows)
	screen.Feed([]byte(s.Snapshot.Init))
	if before != nil {
		for y := range s.Snapshot.Rows {
			if before.Text(y) != screen.Text(y) {
				t.Fatalf("line %d is %q after the segment before, and %q in the snapshot", y, before.Text(y), screen.Text(y))
			}
		}
		if s.Events[0][0] != within[0] {
			t.Fatalf("begins at %v, not at %v", s.Events[0][0], within[0])
		}
	}
	at := within[0]
	for _, e := range s.Events {
		now := e[0].(float64)
		if now < at || now > within[1] || !last && now == within[1] {
			t.Fatalf("event at %v after %v, within %v", now, at, within)
		}
		at = now
		switch e[1] {
		case "o":
			screen.Feed([]byte(e[2].(string)))
		case "r":
			var cols, rows int
			if _, err := fmt.Sscanf(e[2].(string), "%dx%d", &cols, &rows); err != nil || cols > term.MaxCols || rows > term.MaxRows {
				t.Fatal(e, err)
			}
			screen.Resize(cols, rows)
		}
	}
	if last && at != within[1] {
		t.Fatalf("ends at %v, not at %v", at, within[1])
	}
	return screen
}

func TestPlaybackSegments(t *testing.T) {
	var events []gait.Event
	for i := range 300 {
		events = append(events, ev(i*10, gait.Output, fmt.Sprintf("\x1b[3%dm%d 中\x1b[0m\r\n", i%8, i)))
		if i%50 == 0 {
			events = append(events, ev(i*10, gait.Resize, fmt.Sprintf("%dx%d", 20+i%7, 5+i%3)), ev(i*10, gait.Marker, "m"))
		}
	}
	c := small
	c.snapshots = 2000 // most must be made anew
	p := opens(t, made(events...), c)
	if len(p.segments) < 15 || p.every < 2 || len(p.markers) != 6 || p.truncated != "" || p.events != 312 {
		t.Errorf("%d segments, each %d kept, %d markers, %d events, %q", len(p.segments), p.every, len(p.markers), p.events, p.truncated)
	}
}

func TestPlaybackOfOddRecordings(t *testing.T) {
	lines := strings.Repeat("at one moment\r\n", 100)
	for name, events := range map[string][]gait.Event{
		"one event at 0":         {ev(0, gait.Output, "x")},
		"only a marker":          {ev(0, gait.Marker, "x")},
		"a command":              {ev(0, gait.Exec, "id"), ev(100, gait.Output, "uid=0")},
		"all at 0":               {ev(0, gait.Output, lines), ev(0, gait.Output, lines), ev(0, gait.Input, lines)},
		"a large event":          {ev(5, gait.Output, strings.Repeat(lines+"\xe4\xb8\xad", 40))},
		"cut characters":         {ev(0, gait.Output, "a\xe4\xb8"), ev(1, gait.Input, "\xc3"), ev(2, gait.Output, "\xadb\xff\xc3")},
		"sizes":                  {ev(0, gait.Resize, "0x0"), ev(0, gait.Resize, "99999x99999"), ev(1, gait.Resize, "abc"), ev(2, gait.Output, "x"), ev(3, gait.Resize, "-1x5")},
		"a marker in the future": {ev(0, gait.Output, "x"), ev(1e9, gait.Marker, "far"), ev(1e9, gait.Resize, "30x9"), ev(20, gait.Output, "y")},
		"markup":                 {ev(0, gait.Output, "</script><img src=x onerror=alert(1)>\u2028"), ev(1, gait.Marker, "<b>&")},
	} {
		t.Run(name, func(t *testing.T) {
			p := opens(t, made(events...), small)
			b, err := jsonOf(p.segment(0))
			if err != nil || strings.ContainsAny(b, "<>&\u2028") {
				t.Error(b, err)
			}
			if name == "cut characters" {
				if text := fmt.Sprint(segmentOf(t, p, 0).Events); text != "[[0 o a] [0.002 o 中b\ufffd] [0.002 i \ufffd] [0.002 o \ufffd]]" {
					t.Error(text)
				}
			}
			if p.duration > 10_000_000 {
				t.Error(p.duration)
			}
		})
	}
	for _, rec := range []*gait.Session{made(), made(ev(0, gait.Resize, "x"))} {
		if p, err := open(t.Context(), rec, small); p != nil || err != nil {
			t.Error(p, err)
		}
	}
}

// jsonOf gives JSON as it goes over the wire.
func jsonOf(v any) (string, error) {
	var b strings.Builder
	err := jsonFormat.Marshal(&b, v)
	return b.String(), err
}

func TestPlaybackQuiet(t *testing.T) {
	p := opens(t, made(ev(2500, gait.Output, "a"), ev(3000, gait.Input, "b"), ev(4000, gait.Marker, "m"), ev(5000, gait.Output, "c"), ev(6999, gait.Output, "d")), small)
	if got := fmt.Sprint(p.index().Quiet); got != "[[0 2.5] [3 5]]" {
		t.Error(got)
	}
	var many []gait.Event
	for i := range maxQuiet + 10 {
		many = append(many, ev(i*2000+i/maxQuiet*5000, gait.Input, "x"))
	}
	if q := opens(t, made(many...), cuttings).quiet; len(q) == 0 || len(q) > 10 {
		t.Error(len(q))
	}
}

func TestPlaybackIsCut(t *testing.T) {
	var events []gait.Event
	for i := range 5000 {
		events = append(events, ev(i, gait.Output, "a line of output\r\n"))
	}
	p := opens(t, made(events...), small)
	if len(p.segments) != small.segments || p.truncated == "" || p.events >= 5000 {
		t.Error(len(p.segments), p.truncated, p.events)
	}
	events = nil
	for i := range 200 {
		events = append(events, ev(i, gait.Output, strings.Repeat("x\x1b[65535b\x1bc\x1b[2J", 100)))
	}
	c := cuttings
	c.all = 100_000_000
	if p := opens(t, made(events...), c); p.truncated == "" || p.events > 100 {
		t.Error(p.truncated, p.events)
	}
	rec := made(ev(0, gait.Output, "x"))
	rec.Truncated = "it has more than 64 MB"
	if x := opens(t, rec, small).index(); x.Truncated != rec.Truncated {
		t.Error(x.Truncated)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(ctx, made(ev(0, gait.Output, strings.Repeat("x", 5000)), ev(1, gait.Output, strings.Repeat("x", 5000))), small); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestPlaybackOperations(t *testing.T) {
	st, books := town(t)
	x := newSite(t, st, Options{Library: books})
	v := books["00000000-0000-4000-8000-000000000002"]
	path := basePath + "/sessions/" + url.PathEscape(v.EvidenceRef) + "/playback"
	audits := func() (n int) {
		all, err := st.Audits(t.Context(), store.PageQuery{})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all.Items {
			if a.Action == "replay" && a.Subject == v.EvidenceRef {
				n++
			}
		}
		return n
	}
	for path, want := range map[string]int{path: http.StatusForbidden, path + "/0": http.StatusForbidden} {
		if resp, body := x.ask(t, http.MethodGet, path, x.viewer); resp.StatusCode != want || audits() != 0 {
			t.Error(resp.Status, body, audits())
		}
	}
	ask := func(path string, want, noted int) string {
		t.Helper()
		resp, body := x.ask(t, http.MethodGet, path, x.operator)
		if resp.StatusCode != want || audits() != noted {
			t.Errorf("%s: %s, noted %d times, want %d %d: %s", path, resp.Status, audits(), want, noted, body)
		}
		return body
	}
	ask(path+"/0", http.StatusOK, 1) // a segment without the index is a look too
	ask(path+"/0", http.StatusOK, 1)
	var index playbackIndexRead
	if err := json.Unmarshal([]byte(ask(path, http.StatusOK, 2)), &index); err != nil || index.Version != 1 || len(index.Segments) != 1 {
		t.Fatal(index, err)
	}
	base, _ := url.Parse(x.url + path)
	segment, err := base.Parse(index.Segments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	ask(segment.RequestURI(), http.StatusOK, 2)
	ask(path+"/0?of=other", http.StatusConflict, 2)
	ask(path+"/1", http.StatusNotFound, 2)
	ask(path+"/-1", http.StatusUnprocessableEntity, 2)
	x.shows.now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	ask(path+"/0", http.StatusOK, 3)
	ask(basePath+"/sessions/00000000-0000-4000-8000-000000000004/playback", http.StatusNotFound, 3)
	empty := &gait.Session{Header: v.Header}
	empty.Append(ev(0, gait.Resize, "none"), -1)
	books[v.ID] = empty
	x.shows.now = func() time.Time { return time.Now().Add(9 * time.Hour) }
	x.shows.sweep()
	x.readings.now = x.shows.now
	x.readings.sweep()
	if body := ask(path, http.StatusNotFound, 4); !strings.Contains(body, "nothing to play") {
		t.Error(body)
	}
}

// playbackIndexRead is what a player reads of an index.
type playbackIndexRead struct {
	Version  int
	Duration float64
	Segments []playbackPart
}

// slow is a library that counts, and reads when it is let.
type slow struct {
	rec   *gait.Session
	reads atomic.Int64
	let   chan struct{}
}

// Read gives the recording.
func (s *slow) Read(ctx context.Context, _ recording.Place) (*gait.Session, error) {
	s.reads.Add(1)
	select {
	case <-s.let:
		return s.rec, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestPlaybackIsReadOnce(t *testing.T) {
	st := storetest.SQLite(t)
	v := servetest.Visit("typist", 1, "198.51.100.1")
	servetest.Save(t, st, v)
	books := &slow{rec: v, let: make(chan struct{})}
	x := newSite(t, st, Options{Library: books})
	path := basePath + "/sessions/" + v.ID + "/playback"
	var all sync.WaitGroup
	for i := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			to := path
			if i%2 == 1 {
				to += "/0"
			}
			if resp, body := x.ask(t, http.MethodGet, to, x.operator); resp.StatusCode != http.StatusOK {
				t.Error(resp.Status, body)
			}
		}()
	}
	waitFor(t, func() bool {
		x.shows.mu.Lock()
		defer x.shows.mu.Unlock()
		for _, s := range x.shows.kept {
			return s.waiting == 8
		}
		return false
	})
	close(books.let)
	all.Wait()
	// What else a view asks for at once is told from the same reading.
	for _, part := range []string{"/timeline", "/commands", "/marks/motor.input_modality", "/recording"} {
		all.Add(1)
		go func() {
			defer all.Done()
			if resp, body := x.ask(t, http.MethodGet, basePath+"/sessions/"+v.ID+part, x.operator); resp.StatusCode != http.StatusOK {
				t.Error(resp.Status, body)
			}
		}()
	}
	all.Wait()
	if n := books.reads.Load(); n != 1 {
		t.Error(n, "reads")
	}
}

// waitFor waits for a condition.
func waitFor(t testing.TB, is func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come to be")
		}
	}
}

func TestPlaybacksAreForgotten(t *testing.T) {
	k := newPlaybacks()
	k.idle = time.Hour
	told := int64(-1)
	k.tell = func(bytes int64) { told = bytes }
	now := time.Now()
	k.now = func() time.Time { return now }
	opened := 0
	take := func(key string) {
		t.Helper()
		now = now.Add(time.Second)
		p, err := k.get(t.Context(), key, 0, func(context.Context) (*playback, error) {
			opened++
			return &playback{rec: made(ev(0, gait.Output, strings.Repeat("x", 1000)))}, nil
		})
		if p == nil || err != nil {
			t.Fatal(p, err)
		}
	}
	k.most = 2500
	for _, key := range []string{"a", "b", "a", "c", "a"} { // c takes the place of b
		take(key)
	}
	if opened != 3 || k.kept["b"] != nil || len(k.kept) != 2 {
		t.Error(opened, k.kept)
	}
	k.most = 100 // less than one: it is kept alone
	take("d")
	take("d")
	if opened != 4 || len(k.kept) != 1 || told < 1000 {
		t.Error(opened, k.kept, told)
	}
	now = now.Add(2 * time.Hour)
	k.sweep()
	if len(k.kept) != 0 || told != 0 {
		t.Error(k.kept, told)
	}
	_, err := k.get(t.Context(), "e", 0, func(context.Context) (*playback, error) { return nil, recording.ErrNoSession })
	if !errors.Is(err, recording.ErrNoSession) || len(k.kept) != 0 {
		t.Error(err, k.kept)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	_, err = k.get(ctx, "f", 0, func(ctx context.Context) (*playback, error) {
		cancel()
		<-ctx.Done() // nobody waits any more
		ended <- ctx.Err()
		return nil, ctx.Err()
	})
	if !errors.Is(err, context.Canceled) || !errors.Is(<-ended, context.Canceled) {
		t.Error(err)
	}
}

// long makes up a recording of 50 MB and 8 hours.
func long() *gait.Session {
	s := &gait.Session{Header: gait.Header{Width: 80, Height: 24}}
	text := []byte{}
	for i := 0; s.Extent < 50<<20; i++ {
		text = text[:0]
		for j := range 8 {
			text = fmt.Appendf(text, "\x1b[0m\x1b[01;%dmdrwxr-xr-x\x1b[0m 2 root root %5d file-%d.txt and a few more words of it\r\n", 31+i%7, i*j, i)
		}
		s.Append(gait.Event{Time: time.Duration(i) * 380 * time.Millisecond, Kind: gait.Output, Data: text}, -1)
	}
	return s
}

func BenchmarkPlayback(b *testing.B) {
	rec := long()
	b.Run("index", func(b *testing.B) {
		b.SetBytes(rec.Extent)
		for b.Loop() {
			p, err := open(b.Context(), rec, cuttings)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := jsonOf(p.index()); err != nil {
				b.Fatal(err)
			}
		}
	})
	p, err := open(b.Context(), rec, cuttings)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("segment", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := jsonOf(p.segment(i % len(p.segments))); err != nil {
				b.Fatal(err)
			}
		}
	})
}
