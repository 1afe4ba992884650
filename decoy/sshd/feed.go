package sshd

import (
	"io"
	"sync"
	"sync/atomic"
	"time"
)

const (
	mostFeed  = 64 << 10        // bytes that a program has not read
	mostStuck = 64              // inputs of a server that are full at once, and stay so
	patience  = 2 * time.Second // from when on they stay so
)

// feed is what stands between the client's keys and the program that reads
// them. It is bounded, and makes the client wait where it is full. Until he has
// used up the window of the channel, 2 MB, the library holds what comes. A terminal
// whose program has read nothing for a while loses what is too much, so that what is
// typed meanwhile is still seen. Of any other input only few may be full for long;
// one more ends.
type feed struct {
	lossy bool
	stuck *atomic.Int32 // of the server

	mu   sync.Mutex
	cond sync.Cond
	buf  []byte
	end  bool // nothing more comes
	gone bool // nobody reads

	waits bool // there is no room for what came
	tired bool // for long
	deaf  bool // a terminal: nothing was read for long
	moved bool // something was read since the wait was looked at
	clock *time.Timer
	over  bool // for too long
}

func newFeed(lossy bool, stuck *atomic.Int32) *feed {
	f := &feed{lossy: lossy, stuck: stuck}
	f.cond.L = &f.mu
	return f
}

// put puts in what came. It waits where there is no room. It is false when the wait was too much for the server.
func (f *feed) put(p []byte) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(p) > 0 && !f.gone && !f.end {
		n := min(len(p), mostFeed-len(f.buf))
		f.buf = append(f.buf, p[:n]...)
		if p = p[n:]; n > 0 {
			f.cond.Broadcast()
		}
		if len(p) == 0 || f.deaf {
			break
		}
		if !f.waits {
			f.waits, f.moved = true, false
			f.clock = time.AfterFunc(patience, f.tire)
			defer f.clock.Stop()
		}
		f.cond.Wait()
	}
	f.waits = false
	if f.tired {
		f.tired = false
		f.stuck.Add(-1)
	}
	return !f.over
}

// tire counts a wait as a long one.
func (f *feed) tire() {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case !f.waits:
		return
	case f.lossy && f.moved:
		f.moved = false
		f.clock.Reset(patience)
		return
	case f.lossy:
		f.deaf = true
		f.cond.Broadcast()
		return
	}
	f.tired = true
	if f.stuck.Add(1) > mostStuck {
		f.over, f.gone, f.buf = true, true, nil
		f.cond.Broadcast()
	}
}

// Read reads what was put in.
func (f *feed) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	for len(f.buf) == 0 && !f.end && !f.gone {
		f.cond.Wait()
	}
	if len(f.buf) == 0 || f.gone {
		return 0, io.EOF
	}
	f.deaf, f.moved = false, true
	n := copy(p, f.buf)
	if f.buf = f.buf[n:]; len(f.buf) == 0 {
		f.buf = nil
	}
	f.cond.Broadcast()
	return n, nil
}

// close says that nothing more comes; what waits can still be read.
func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end = true
	f.cond.Broadcast()
}

// shut says that nobody reads any more.
func (f *feed) shut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone, f.buf = true, nil
	f.cond.Broadcast()
}
