package telnetd_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"gait/decoy/telnetd"
	"gait/decoy/visit"
)

func TestConnectionsOfOneAddress(t *testing.T) {
	h := open(t, telnetd.Limits{PerAddress: 2, Quiet: time.Millisecond}, echo)
	one, two := h.dial(), h.dial()
	one.until("login: ")
	two.until("login: ")
	if got, _ := io.ReadAll(h.dial()); len(got) != 0 {
		t.Errorf("the third got %q", got)
	}
	one.Close()
	for range 100 {
		c := h.dial()
		if n, _ := c.Read(make([]byte, 1)); n == 1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("no other came in after one left")
}

func TestIdle(t *testing.T) {
	h := open(t, telnetd.Limits{Quiet: time.Millisecond, Idle: 200 * time.Millisecond}, echo)
	c, tp := h.enter()
	tp.end(t)
	io.ReadAll(c)
	if tp.reason != "limit" {
		t.Errorf("reason %q", tp.reason)
	}
}

// ^C comes through while a client does not take the output of a program.
func TestInterruptOfAFlood(t *testing.T) {
	h := open(t, quick, func(_ context.Context, s visit.Session) int {
		stop := make(chan struct{})
		go func() {
			for sig := range s.Terminal.Signals() {
				if sig == visit.SIGINT {
					close(stop)
					return
				}
			}
		}()
		for line := []byte(strings.Repeat("y\n", 2048)); ; {
			select {
			case <-stop:
				return 0
			default:
				if _, err := s.Stdout.Write(line); err != nil {
					return 1
				}
			}
		}
	})
	c, tp := h.enter()
	time.Sleep(50 * time.Millisecond)
	for range 50 {
		c.send("\xff\xf6ls -la\r\n")
	}
	c.send("\x03")
	go io.Copy(io.Discard, c)
	tp.end(t)
	if got := bytes.Count(bytes.Join(tp.inputs, nil), []byte("ls -la\r")); got != 50 || tp.reason != "exit" {
		t.Errorf("%d lines of 50, %q", got, tp.reason)
	}
}

// Garbage, sub-negotiations without end and silence leave nothing behind.
func TestGarbage(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("clients", func(t *testing.T) {
		h := open(t, telnetd.Limits{Quiet: 10 * time.Millisecond, Delay: -1, Login: 2 * time.Second}, echo)
		rnd := rand.New(rand.NewPCG(1, 2))
		for i := range 60 {
			c := h.dial()
			switch i % 4 {
			case 0:
				c.Write(bytes.Repeat([]byte{255, 250, 24, 0}, 5000))
			case 1:
				noise := make([]byte, 20000)
				for i := range noise {
					noise[i] = byte(rnd.Uint32())
				}
				c.Write(noise)
			case 2:
				c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
			case 3:
				c.Write(bytes.Repeat([]byte{255, 253, 1, 255, 254, 1, 255, 251, 99}, 3000))
			}
			if i%8 < 4 {
				c.Close()
			}
		}
	})
	for range 200 {
		if runtime.NumGoroutine() <= before+1 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}
