package cowrie

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
	"pgregory.net/rapid"
)

// check holds what is true of every session that the reader gives.
func check(t *testing.T, s *gait.Session, lim reader.Limits) {
	t.Helper()
	var last time.Duration
	var sum int64
	for i, e := range s.Events() {
		if e.Kind != gait.Marker {
			if e.Time < last || e.Time > lim.Duration {
				t.Fatalf("event %d at %v after %v", i, e.Time, last)
			}
			last = e.Time
		}
		sum += int64(len(e.Data))
	}
	if sum != s.Extent || s.Extent > lim.Bytes || s.Len() > lim.Events {
		t.Fatalf("%d events of %d bytes, extent %d", s.Len(), sum, s.Extent)
	}
	if s.End.Seen && (s.End.Time < s.Last() || s.End.Time > lim.Duration) || s.End.Seen == (s.Fidelity.Closed == "end of file") {
		t.Fatalf("end %+v, last event %v, closed %q", s.End, s.Last(), s.Fidelity.Closed)
	}
	if s.ID == "" || !strings.HasPrefix(s.EvidenceRef, "cowrie:") || strings.ContainsAny(s.EvidenceRef, " \n\x1b") || s.Format != name {
		t.Fatalf("header %+v", s.Header)
	}
	if s.Fidelity.Input == gait.GranularityLine && s.Len() == 0 && s.Truncated == "" && s.Oddities.Count(gait.OddChangedFile) == 0 {
		t.Fatal("a session of no lines")
	}
}

func FuzzCowrieLog(f *testing.F) {
	whole := new(log).connect(0, "s1").command(1000, "s1", "a").tty(2100, "s1", "tty/f", false).closed(3000, "s1").
		connect(50, "s2").command(1001, "s2", "b").tty(2200, "s2", "tty/f", true)
	f.Add(whole.Bytes(), []byte(nil), []byte(terminal(100, "ls\r")))
	f.Add(whole.Bytes()[:300], whole.Bytes()[300:], []byte(nil))
	f.Add(whole.Bytes()[:300], whole.Bytes()[200:], []byte(terminal(0, "x")+terminal(5, "y")))
	f.Add([]byte(`{"eventid":"KIPP0005","session":"a","input":"x"}{"eventid":"COW0011","session":"a"}`), []byte("\x00\x00{"), []byte("x"))
	lim := reader.Limits{Events: 5, Bytes: 100, Duration: time.Hour, Sessions: 4, Line: 400}
	f.Fuzz(func(t *testing.T, one, two, tty []byte) {
		files := folder{}
		if len(tty) > 0 {
			files["f"] = string(tty)
		}
		r, err := Open([]*reader.Source{source("1", one), source("2", two)}, files, lim)
		if err != nil {
			return
		}
		var all []*gait.Session
		for _, b := range r.Batches() {
			if err := b.Each(func(s *gait.Session) error {
				check(t, s, lim)
				all = append(all, s.Clone())
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if len(all) > lim.Sessions || len(r.conns) > r.Connections() {
			t.Fatalf("%d sessions of %d connections", len(all), r.Connections())
		}
		for _, s := range all {
			alone, err := r.Session(s.ID)
			if err != nil || alone.ID != s.ID {
				t.Fatalf("session %q read alone: %v", s.ID, err)
			}
		}
	})
}

// TestLines holds that lines come out as they went in, whatever the sizes of
// the pieces in which they are read.
func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]int{0, 1, 30, 63, 64, 65, bufferSize - 1, bufferSize, bufferSize + 1, 2*bufferSize + 5})
		limit := rapid.SampledFrom([]int{64, bufferSize, 3 * bufferSize}).Draw(t, "limit")
		var in bytes.Buffer
		var want []string
		for i := range rapid.IntRange(0, 6).Draw(t, "lines") {
			s := strings.Repeat(string(rune('a'+i)), size.Draw(t, "size"))
			in.WriteString(s + "\n")
			if len(s) > limit {
				s = "long"
			}
			want = append(want, s)
		}
		var got []string
		for l := newLines(&in, limit); ; {
			x, err := l.next()
			if err == io.EOF {
				break
			}
			if err != nil || !x.whole || cap(l.buf) > 2*limit+2*bufferSize {
				t.Fatalf("%v, whole %v, %d bytes kept", err, x.whole, cap(l.buf))
			}
			if x.long {
				x.data = []byte("long")
			}
			got = append(got, string(x.data))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%d lines, want %d", len(got), len(want))
		}
	})
}

func TestBatchesSideBySide(t *testing.T) {
	l := new(log)
	files := folder{}
	for i := range 300 {
		id := fmt.Sprintf("s%03d", i)
		l.connect(i*1000, id).command(i*1000+10, id, id)
		if i%2 == 0 {
			l.tty(i*1000+2100, id, "tty/"+id, false)
			files[id] = terminal(i*1000, id)
		}
	}
	r := open(t, files, l)
	results := make([][]string, len(r.Batches()))
	var wg sync.WaitGroup
	for i, b := range r.Batches() {
		wg.Go(func() {
			if err := b.Each(func(s *gait.Session) error {
				results[i] = append(results[i], strings.TrimSpace(string(s.Block(gait.Input))))
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, id := range slices.Concat(results...) {
		if id != fmt.Sprintf("s%03d", i) {
			t.Fatalf("session %d holds %s", i, id)
		}
	}
}

// TestNoCredentials looks for what was typed as a password in everything that
// is kept of a log.
func TestNoCredentials(t *testing.T) {
	const secret = "hunter2-SECRET"
	l := new(log).connect(0, "s1").
		ev(1, "s1", "login.failed", `"username":"`+secret+`","password":"`+secret+`"`).
		ev(2, "s1", "login.failed", `"username":"`+secret+`","fingerprint":"`+secret+`","key":"`+secret+`","type":"ssh-rsa"`).
		ev(3, "s1", "client.fingerprint", `"fingerprint":"`+secret+`"`).
		ev(4, "s1", "login.success", `"username":"`+secret+`","password":null`).
		command(1000, "s1", "id")
	r := open(t, nil, l)
	s := sessions(t, r)[0]
	if want := (gait.Login{Attempts: 3, Succeeded: true, Password: true, PublicKey: true}); s.Login != want {
		t.Errorf("%+v, want %+v", s.Login, want)
	}
	r.logs = nil
	if kept := fmt.Sprintf("%+v %+v %+v", *r.conns[0], s, r.claims); strings.Contains(kept, secret) {
		t.Errorf("a credential was kept: %s", kept)
	}
}

func TestClientVersion(t *testing.T) {
	for in, want := range map[string]string{
		"SSH-2.0-Go": "SSH-2.0-Go", "b'SSH-2.0-Go'": "SSH-2.0-Go", `b"SSH'x"`: "SSH'x", "b'": "b'", "": "", "b'x\"": "b'x\"",
		strings.Repeat("v", 300): strings.Repeat("v", 255),
	} {
		if got := clientVersion(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestEnvironmentIsBounded(t *testing.T) {
	l := new(log).connect(0, "s1").command(1, "s1", "x")
	for i := range 100 {
		l.ev(2+i, "s1", "client.var", fmt.Sprintf(`"name":"N%d","value":"%s"`, i, strings.Repeat("v", i*10)))
	}
	s := one(t, nil, l)
	sum := 0
	for _, v := range s.Env {
		sum += len(v.Name) + len(v.Value)
	}
	if len(s.Env) == 0 || len(s.Env) > maxVars || sum > maxEnv {
		t.Errorf("%d variables of %d bytes", len(s.Env), sum)
	}
	if first := (gait.Var{Name: "N0"}); !reflect.DeepEqual(s.Env[0], first) {
		t.Errorf("%+v", s.Env[0])
	}
}
