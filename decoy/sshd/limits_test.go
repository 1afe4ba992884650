package sshd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/door"
	"gait/decoy/visit"
)

// descriptors counts what the process has open, where that can be told.
func descriptors() int {
	list, _ := os.ReadDir("/proc/self/fd")
	return len(list)
}

// TestGarbageLeavesNothing sends what is no SSH, stops in the middle, and
// stalls: all of it is gone afterwards, and a session meanwhile is not harmed.
func TestGarbageLeavesNothing(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Grace = 300 * time.Millisecond })
	good := r.session(r.dial(nil))
	in, _ := good.StdinPipe()
	out, _ := good.StdoutPipe()
	good.Shell()
	runtime.GC()
	routines, files := runtime.NumGoroutine(), descriptors()
	junk := []string{"", "\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x00\xa5\x01", "SSH-2.0-x", "SSH-2.0-x\r\n", "SSH-2.0-x\r\n\x00\x00\x00\x10",
		"SSH-2.0-x\r\n\xff\xff\xff\xff\x01\x14", "SSH-2.0-x\r\n\x00\x00\x00\x0c\x0a\x15aaaaaaaaaa", strings.Repeat("A", 9000), strings.Repeat("A\n", 5000),
		"SSH-2.0-x\r\n\x00\x00\x00\x1c\x04\x14" + strings.Repeat("\xff", 26)}
	var open []net.Conn
	for i := range 200 {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, junk[i%len(junk)])
		if i%3 == 0 {
			c.Close()
			continue
		}
		open = append(open, c)
	}
	io.WriteString(in, "still here")
	if _, err := io.ReadFull(out, make([]byte, 10)); err != nil {
		t.Errorf("the session was harmed: %v", err)
	}
	for _, c := range open {
		c.SetReadDeadline(time.Now().Add(60 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Error("a stalled connection stays open")
		}
		c.Close()
	}
	waitFor(t, func() bool { return runtime.NumGoroutine() <= routines+2 && descriptors() <= files+2 })
	for _, e := range r.sink.Of(visit.Disconnected) {
		if e.Text == "" {
			t.Error("an end without a reason")
		}
	}
}

func TestDropSaysWhatSshdSays(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Startups = door.Startups{Begin: 1, Rate: 100, Full: 1} })
	first, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	bufio.NewReader(first).ReadString('\n')
	second, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if got, _ := io.ReadAll(second); string(got) != "Exceeded MaxStartups\r\n" {
		t.Errorf("got %q", got)
	}
}

// TestIdle keeps a connection as long as something passes, and not longer.
func TestIdle(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Idle = 1500 * time.Millisecond; o.Shell = quiet })
	c := r.dial(nil)
	s := r.session(c)
	in, _ := s.StdinPipe()
	s.Shell()
	for range 12 {
		time.Sleep(200 * time.Millisecond)
		if _, err := io.WriteString(in, "k"); err != nil {
			t.Fatal("closed although something passed")
		}
	}
	began := time.Now()
	c.Wait()
	if d := time.Since(began); d > time.Minute {
		t.Errorf("closed after %v", d)
	}
	if e := r.sink.Of(visit.Disconnected); len(e) == 1 && e[0].Text != "timeout" {
		t.Errorf("because of %q", e[0].Text)
	}
}

// TestServeEnds ends a server with sessions open: nothing is left.
func TestServeEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	r := serve(t, func(o *Options) { o.Shell = quiet })
	for range 5 {
		s := r.session(r.dial(nil))
		s.Shell()
	}
	r.stop()
	for range 5 {
		if tp := r.tape(); tp.reason != "hangup" {
			t.Errorf("ended by %q", tp.reason)
		}
	}
	waitFor(t, func() bool { return runtime.NumGoroutine() <= before+2 })
}

// TestMain is the server of BenchmarkSessions too, in a process of its own.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "sshd-server" {
		os.Exit(serverProcess())
	}
	os.Exit(m.Run())
}

// serverProcess serves, and for each line that it reads prints the memory that is
// in use: of heap and stacks, of the heap's objects, of stacks.
func serverProcess() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	r := newRig(l)
	r.opt.Shell, r.opt.Begin = quiet, nil
	r.opt.Limits.Connections, r.opt.Limits.PerAddress = 5000, 5000
	go Serve(context.Background(), r.opt)
	fmt.Println(r.addr)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Println(m.HeapInuse+m.StackInuse, m.HeapAlloc, m.StackInuse)
	}
	return 0
}

// BenchmarkSessions opens 1,000 shells and reports what each costs the server.
func BenchmarkSessions(b *testing.B) {
	cmd := exec.Command(os.Args[0], "sshd-server")
	in, _ := cmd.StdinPipe()
	pipe, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	out := bufio.NewReader(pipe)
	addr, _ := out.ReadString('\n')
	r := &rig{TB: b, addr: strings.TrimSpace(addr)}
	measure := func() (all, heap, stack int64) {
		io.WriteString(in, "\n")
		fmt.Fscanln(out, &all, &heap, &stack)
		return all, heap, stack
	}
	const sessions = 1000
	for range b.N {
		s := r.session(r.dial(nil))
		s.Shell()
		all, heap, stack := measure()
		var clients []*ssh.Client
		began := time.Now()
		for range sessions {
			c := r.dial(nil)
			clients = append(clients, c)
			s := r.session(c)
			s.RequestPty("xterm", 24, 80, nil)
			if err := s.Shell(); err != nil {
				b.Fatal(err)
			}
		}
		took := time.Since(began)
		all2, heap2, stack2 := measure()
		b.ReportMetric(float64(all2-all)/sessions, "B/session")
		b.ReportMetric(float64(heap2-heap)/sessions, "heap-B/session")
		b.ReportMetric(float64(stack2-stack)/sessions, "stack-B/session")
		b.ReportMetric(sessions/took.Seconds(), "logins/s")
		for _, c := range clients {
			c.Close()
		}
	}
}
