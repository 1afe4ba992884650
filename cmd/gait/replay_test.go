package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gait"
	"gait/term"
)

// stage is a terminal that writes down what it gets.
type stage struct {
	mu            sync.Mutex
	columns, rows int
	out           bytes.Buffer
	fail          error
}

func (s *stage) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return 0, s.fail
	}
	return s.out.Write(b)
}

func (s *stage) size() (columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.columns, s.rows
}

func (s *stage) resize(columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.columns, s.rows = columns, rows
}

// take gives what was written since the last time.
func (s *stage) take() string {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.out.String()
	s.out.Reset()
	return text
}

// act runs a replay of a session and gives the keyboard and the end.
func act(t *testing.T, st *stage, s *gait.Session) (chan []byte, chan error) {
	if st.columns == 0 {
		st.resize(80, 25)
	}
	keys, ended := make(chan []byte), make(chan error, 1)
	view := &screen{out: st, size: st.size}
	r := newReplay(newPlayer(s, 1, 2*time.Second), view, keys)
	go func() { ended <- r.run(t.Context()) }()
	return keys, ended
}

func TestReplayPlaysInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		keys, ended := act(t, &st, replayed(t, "1s o one", "2s i l", "2s i s\x03", "3s o \x1b]0;t\x07two\x1b[2J"))
		first := st.take()
		if !strings.HasPrefix(first, strings.Repeat("\n", 25)+term.ScreenReset+"\x1b[1;24r\x1b[H\x1b[2J") || !strings.Contains(first, "play  00:00 / 00:03  1x  line 0/1  80x24") {
			t.Errorf("opened with %q", first)
		}
		pass(time.Second)
		if got := st.take(); !strings.Contains(got, "one") || strings.Contains(got, "two") {
			t.Errorf("after 1 s: %q", got)
		}
		pass(time.Second)
		if got := st.take(); !strings.Contains(got, "keys ls^C\x1b[m\x1b8") {
			t.Errorf("after 2 s: %q", got)
		}
		pass(time.Second)
		if got := st.take(); !strings.Contains(got, "two\x1b[2J\x1b7") || !strings.Contains(got, "end ") || strings.Contains(got, "\x1b]") {
			t.Errorf("after 3 s: %q", got)
		}
		pass(time.Hour)
		st.take()
		keys <- []byte("q")
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if got := st.take(); got != term.ScreenReset+"\x1b[25;1H\x1b[2K" {
			t.Errorf("closed with %q", got)
		}
	})
}

func TestReplayObeysKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		keys, ended := act(t, &st, replayed(t, "1s o one", "10s o two", "20s o three", "30s i x", "30s o four"))
		press := func(k, want, unwanted string) {
			t.Helper()
			st.take()
			keys <- []byte(k)
			if got := st.take(); !strings.Contains(got, want) || unwanted != "" && strings.Contains(got, unwanted) {
				t.Errorf("%q: %q, want %q", k, got, want)
			}
		}
		press(" ", "pause 00:00", "")
		pass(time.Hour)
		press(".", "one", "two")
		press("\x1b[C\x1b[C", "two", "three")
		press("\x1b[D", "\x1b[2Jone", "two")
		press("+", " 2x", "")
		press("<<", " 0.5x", "")
		press("]", "threefour", "")
		press("0", "\x1b[2J", "one")
		press("7", "onetwothree", "four")
		keys <- []byte("\x03")
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestReplayEndsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		keys, ended := act(t, &st, replayed(t, "1s o one\x1b[?1049h"))
		close(keys)
		if err := <-ended; err != nil || !strings.HasSuffix(st.take(), "\x1b[?1049l"+term.ScreenReset+"\x1b[25;1H\x1b[2K") {
			t.Error(err)
		}
		broken := stage{fail: errors.New("gone")}
		if _, ended = act(t, &broken, replayed(t, "1s o one")); !errors.Is(<-ended, broken.fail) {
			t.Error("went on without a terminal")
		}
	})
}

func TestReplayStopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		st := stage{columns: 80, rows: 25}
		view := &screen{out: &st, size: func() (int, int) { return 80, 25 }}
		r := newReplay(newPlayer(replayed(t, "1h o a"), 1, 0), view, nil)
		time.AfterFunc(time.Minute, cancel)
		if err := r.run(ctx); !errors.Is(err, context.Canceled) || !strings.HasSuffix(st.take(), "\x1b[2K") {
			t.Error(err)
		}
	})
}

func TestReplaySharesTheSavedCursor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		keys, ended := act(t, &st, replayed(t, "1s o a\x1b7", "2s o b\x1b8", "3s o \x1b7", "9s o c"))
		pass(1500 * time.Millisecond)
		st.take()
		pass(400 * time.Millisecond)
		if got := st.take(); got != "" {
			t.Errorf("drew %q while the recording had saved the cursor", got)
		}
		pass(200 * time.Millisecond)
		if got := st.take(); !strings.Contains(got, "b\x1b8\x1b7") {
			t.Errorf("did not draw after it: %q", got)
		}
		keys <- []byte("q")
		<-ended
	})
}

func TestReplayFollowsTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := stage{columns: 110, rows: 25}
		keys, ended := act(t, &st, replayed(t, "0s o one", "1s r 120x40", "2s m here", "3s x uname -a\x1b[5i", "9s o end"))
		pass(2500 * time.Millisecond)
		if got := st.take(); !strings.Contains(got, "120x40 does not fit 110x24  [resized to 120x40]") || !strings.Contains(got, "[marker: here]") {
			t.Errorf("%q", got)
		}
		pass(time.Second)
		if got := st.take(); !strings.Contains(got, "$ uname -a\\u001b[5i\r\n") || !strings.Contains(got, "[exec: uname -a\\u001b[5i]") {
			t.Errorf("%q", got)
		}
		st.resize(130, 41)
		pass(time.Second)
		if got := st.take(); !strings.Contains(got, "\x1b[1;40r\x1b[H\x1b[2Jone") || strings.Contains(got, "fit") {
			t.Errorf("after the window grew: %q", got)
		}
		keys <- []byte("q")
		<-ended
	})
}

func TestReplayShowsKeysWithoutOutput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var st stage
		_, ended := act(t, &st, replayed(t, "1s i ls\r", "2s i \x1b[A\x07\x9b"))
		pass(3 * time.Second)
		if got := st.take(); !strings.Contains(got, "ls<Enter>\r\n") || !strings.Contains(got, `<Up>^G\x9b`) {
			t.Errorf("%q", got)
		}
		_ = ended
	})
}

func TestScreenWritesTheLastPartOfMuch(t *testing.T) {
	var st stage
	s := &screen{out: &st, size: func() (int, int) { return 80, 25 }}
	s.open()
	s.print([]byte("\x1b[?1049h"))
	for i := range 40 {
		s.print(bytes.Repeat(fmt.Appendf(nil, "line %d\r\n", i), 20000))
	}
	s.flush()
	got := st.out.String()
	if len(got) > 3*maxReplayed || !strings.HasPrefix(got, "\x1b[?1049l"+s.home()+"\x1b[2J\x1b[?1049hline ") || !strings.HasSuffix(got, "line 39\r\n") {
		t.Errorf("%d bytes: %q ... %q", len(got), got[:80], got[len(got)-20:])
	}
}

func TestStatusFitsItsLine(t *testing.T) {
	s := replayed(t, "1s i x", "1h o y")
	p := newPlayer(s, 1, 0)
	for columns := 1; columns < 200; columns++ {
		var st status
		st.restart(&s.Header)
		st.typed([]byte(strings.Repeat("caf\u00e9 \x1b[A\u202e", 300)))
		st.happened(gait.Event{Kind: gait.Marker, Data: []byte("\u4f60\u597d\r\n")})
		if line := st.line(p, columns, 24); width(line) >= max(columns, 2) || strings.ContainsAny(line, "\x1b\r\n\u202e") {
			t.Errorf("%d columns: %q", columns, line)
		}
		if len(st.keys) > maxKeys {
			t.Errorf("%d bytes of keys", len(st.keys))
		}
	}
}

// pass lets the time of a bubble pass.
func pass(d time.Duration) { <-time.After(d) }
