package sshd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/crypto/ssh"

	"gait"
	"gait/decoy/visit"
)

func TestFeed(t *testing.T) {
	var stuck atomic.Int32
	f := newFeed(false, &stuck)
	go func() {
		for range 10 {
			f.put(make([]byte, mostFeed))
		}
		f.close()
	}()
	if n, _ := io.Copy(io.Discard, f); n != 10*mostFeed {
		t.Errorf("%d bytes came through", n)
	}
	f = newFeed(false, &stuck)
	go f.shut()
	if !f.put(make([]byte, 2*mostFeed)) || stuck.Load() != 0 {
		t.Error("who does not read any more keeps others waiting")
	}
}

// TestFeedOfATerminal fills that of a program that does not read, that reads
// slowly, and that goes away.
func TestFeedOfATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stuck atomic.Int32
		f := newFeed(true, &stuck)
		began := time.Now()
		for range 3 {
			if !f.put(make([]byte, mostFeed)) {
				t.Error("a terminal ends")
			}
		}
		if took := time.Since(began); took != patience {
			t.Errorf("the client waits for %v", took)
		}
		if n, _ := f.Read(make([]byte, 1000)); n != 1000 {
			t.Fatal(n)
		}
		done := make(chan struct{})
		go func() {
			f.put(make([]byte, 2*mostFeed))
			f.close()
			close(done)
		}()
		total := 1000
		for buf := make([]byte, 9000); ; time.Sleep(patience / 2) {
			n, err := f.Read(buf)
			if total += n; err != nil {
				break
			}
		}
		if <-done; total != 3*mostFeed {
			t.Errorf("%d bytes came", total)
		}
		f = newFeed(true, &stuck)
		go f.shut()
		if !f.put(make([]byte, 2*mostFeed)) || stuck.Load() != 0 {
			t.Error("who does not read any more keeps others waiting")
		}
	})
}

// TestStuck lets as many inputs wait as may, and one more.
func TestStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stuck atomic.Int32
		var feeds []*feed
		results := make(chan bool, mostStuck+1)
		for range mostStuck + 1 {
			f := newFeed(false, &stuck)
			feeds = append(feeds, f)
			go func() { results <- f.put(make([]byte, 2*mostFeed)) }()
		}
		synctest.Wait()
		time.Sleep(patience + time.Second)
		synctest.Wait()
		if len(results) != 1 || <-results || stuck.Load() != mostStuck {
			t.Errorf("%d results, %d stuck", len(results), stuck.Load())
		}
		for _, f := range feeds {
			f.shut()
		}
		for range mostStuck {
			if !<-results {
				t.Error("one too many ended")
			}
		}
		if stuck.Load() != 0 {
			t.Errorf("%d stuck at the end", stuck.Load())
		}
	})
}

// TestInputWhileAShellBegins sends more than is kept for what has not begun, once
// the client knows that it begins: all of it is recorded.
func TestInputWhileAShellBegins(t *testing.T) {
	sent := make(chan struct{})
	r := serve(t, func(o *Options) {
		o.Shell = quiet
		begin := o.Begin
		o.Begin = func(h gait.Header) visit.Tape {
			<-sent
			return begin(h)
		}
	})
	s := r.session(r.dial(nil))
	s.RequestPty("vt100", 24, 80, nil)
	in, _ := s.StdinPipe()
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("x", 1023) + "\r"
	for range 200 {
		io.WriteString(in, line)
	}
	close(sent)
	tp := <-r.tapes
	waitFor(t, func() bool { return tp.input() == strings.Repeat(line, 200) })
}

// TestEarlyInput sends input before the command.
func TestEarlyInput(t *testing.T) {
	r := serve(t, nil)
	ch, reqs, err := r.dial(nil).OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go ssh.DiscardRequests(reqs)
	io.WriteString(ch, "early ")
	if ok, err := ch.SendRequest("exec", true, ssh.Marshal(struct{ C string }{"cat"})); !ok || err != nil {
		t.Fatal(ok, err)
	}
	io.WriteString(ch, "late")
	ch.CloseWrite()
	if out, _ := io.ReadAll(ch); string(out) != "ran cat\nearly late" {
		t.Errorf("got %q", out)
	}
	if tp := r.tape(); strings.Join(tp.events(), "|") != "early |late" {
		t.Errorf("recorded %q", tp.events())
	}
}

// TestShellsFault keeps a fault in one session to itself.
func TestShellsFault(t *testing.T) {
	r := serve(t, func(o *Options) {
		o.Shell = shellFunc(func(_ context.Context, s visit.Session) int {
			if s.Exec == "fault" {
				panic("a fault")
			}
			fmt.Fprint(s.Stdout, "fine")
			return 0
		})
	})
	c := r.dial(nil)
	if err := r.session(c).Run("fault"); err == nil {
		t.Error("it ended well")
	}
	if out, err := r.session(c).Output("x"); string(out) != "fine" || err != nil {
		t.Errorf("then %q, %v", out, err)
	}
	if tp := r.tape(); tp.reason != "fault" {
		t.Errorf("ended by %q", tp.reason)
	}
}
