package sshd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
)

// cork is a connection whose writes can be held and sent together.
type cork struct {
	net.Conn
	mu   sync.Mutex
	held []byte
	shut bool
}

func (c *cork) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.shut {
		return c.Conn.Write(p)
	}
	c.held = append(c.held, p...)
	return len(p), nil
}

func (c *cork) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shut = true
}

func (c *cork) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := c.Conn.Write(c.held)
	c.held, c.shut = nil, false
	return err
}

// corked logs in over a connection that can be held.
func (r *rig) corked(config ssh.ClientConfig) (*ssh.Client, *cork) {
	r.Helper()
	nc, err := net.Dial("tcp", r.addr)
	if err != nil {
		r.Fatal(err)
	}
	c := &cork{Conn: nc}
	config.User, config.Auth, config.HostKeyCallback = "root", []ssh.AuthMethod{ssh.Password("x")}, ssh.InsecureIgnoreHostKey()
	sc, chans, reqs, err := ssh.NewClientConn(c, r.addr, &config)
	if err != nil {
		r.Fatal(err)
	}
	client := ssh.NewClient(sc, chans, reqs)
	r.Cleanup(func() { client.Close() })
	return client, c
}

// quiet is a shell that says nothing and reads nothing until its input ends.
var quiet = shellFunc(func(ctx context.Context, s visit.Session) int {
	<-ctx.Done()
	return 0
})

// TestMessagesApart sends 300 ticks of three keys in one piece, under each
// cipher: there are 900 events.
func TestMessagesApart(t *testing.T) {
	for _, cipher := range Profiles()[0].Ciphers {
		for _, mac := range []string{"hmac-sha2-256", "hmac-sha2-512-etm@openssh.com"} {
			t.Run(cipher+" "+mac, func(t *testing.T) {
				r := serve(t, func(o *Options) { o.Shell = quiet })
				client, c := r.corked(ssh.ClientConfig{Config: ssh.Config{Ciphers: []string{cipher}, MACs: []string{mac}}})
				s := r.session(client)
				s.RequestPty("vt100", 24, 80, nil)
				in, _ := s.StdinPipe()
				if err := s.Shell(); err != nil {
					t.Fatal(err)
				}
				var want []string
				c.close()
				for i := range 900 {
					key := string(rune('a' + i%26))
					if i%100 == 99 {
						key = "\x1b[A"
					}
					want = append(want, key)
					io.WriteString(in, key)
				}
				c.release()
				in.Close()
				tp := <-r.tapes
				waitFor(t, func() bool { return len(tp.events()) >= len(want) })
				client.Close()
				<-tp.ended
				if !slices.Equal(tp.events(), want) {
					t.Errorf("%d events, want %d", len(tp.events()), len(want))
				}
				if tp.reason != "hangup" {
					t.Errorf("ended by %s", tp.reason)
				}
			})
		}
	}
}

// waitFor waits until something is so.
func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); {
		if time.Now().After(end) {
			t.Fatal("it does not come about")
		}
		time.Sleep(time.Millisecond)
	}
}

// TestMessagesOfManyChannels sends on three channels at once, with new keys all
// the while and keep-alives between.
func TestMessagesOfManyChannels(t *testing.T) {
	r := serve(t, func(o *Options) { o.Shell = quiet })
	client, _ := r.corked(ssh.ClientConfig{Config: ssh.Config{RekeyThreshold: 4096}})
	const each = 200
	var wait sync.WaitGroup
	for n := range 3 {
		s := r.session(client)
		in, _ := s.StdinPipe()
		if err := s.Start(fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			for i := range each {
				fmt.Fprintf(in, "%d:%d;", n, i)
				if i%50 == 0 {
					client.SendRequest("keepalive@openssh.com", true, nil)
				}
			}
		})
	}
	wait.Wait()
	for range 3 {
		tp := <-r.tapes
		waitFor(t, func() bool { return len(tp.events()) >= each })
		for i, e := range tp.events() {
			if e != fmt.Sprintf("%s:%d;", tp.Command, i) {
				t.Fatalf("channel %s, event %d: %q", tp.Command, i, e)
			}
		}
	}
}

// TestBytesAreExact sends all values of a byte, alone and in large messages.
func TestBytesAreExact(t *testing.T) {
	var all []byte
	for i := range 256 {
		all = append(all, byte(i))
	}
	large := bytes.Repeat(all, 1000)
	r := serve(t, func(o *Options) {
		o.Shell = shellFunc(func(_ context.Context, s visit.Session) int {
			io.Copy(s.Stdout, s.Stdin)
			return 0
		})
	})
	s := r.session(r.dial(nil))
	in, _ := s.StdinPipe()
	var out bytes.Buffer
	s.Stdout = &out
	if err := s.Start("cat"); err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		in.Write([]byte{b})
	}
	in.Write(large)
	in.Close()
	if err := s.Wait(); err != nil {
		t.Fatal(err)
	}
	tp := r.tape()
	want := string(all) + string(large)
	if tp.input() != want || out.String() != want || tp.out.String() != want {
		t.Errorf("recorded %d and %d bytes, got %d, want %d", len(tp.input()), tp.out.Len(), out.Len(), len(want))
	}
	for i, e := range tp.events()[:256] {
		if e != string(all[i:i+1]) {
			t.Fatalf("event %d: %q", i, e)
		}
	}
}

// TestTimes types at known times and tells how far what is recorded is off. It
// fails where times are not those of arrival at all: what a loaded machine does
// to the slowest keys is not ours.
func TestTimes(t *testing.T) {
	r := serve(t, func(o *Options) { o.Shell = quiet })
	s := r.session(r.dial(nil))
	s.RequestPty("vt100", 24, 80, nil)
	in, _ := s.StdinPipe()
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	tp := <-r.tapes
	var sent []time.Duration
	for range 200 {
		sent = append(sent, time.Since(tp.Start))
		in.Write([]byte("k"))
		time.Sleep(2 * time.Millisecond)
	}
	waitFor(t, func() bool { return len(tp.events()) == len(sent) })
	var off []time.Duration
	for i := range sent {
		off = append(off, (tp.times[i] - sent[i]).Abs())
	}
	slices.Sort(off)
	t.Logf("off by %v at the median, %v at p99", off[100], off[198])
	if off[100] > 20*time.Millisecond {
		t.Errorf("off by %v at the median", off[100])
	}
}

// TestUnreadKeysAreRecorded types more than a program reads.
func TestUnreadKeysAreRecorded(t *testing.T) {
	r := serve(t, func(o *Options) { o.Shell = quiet })
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
	tp := <-r.tapes
	waitFor(t, func() bool { return len(tp.input()) == 200*1024 })
}

// TestKeysDuringOutput types while the client takes no output.
func TestKeysDuringOutput(t *testing.T) {
	r := serve(t, func(o *Options) {
		o.Shell = shellFunc(func(ctx context.Context, s visit.Session) int {
			for ctx.Err() == nil {
				if _, err := s.Stdout.Write(make([]byte, 32<<10)); err != nil {
					break
				}
			}
			return 0
		})
	})
	client := r.dial(nil)
	ch, reqs, err := client.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go ssh.DiscardRequests(reqs)
	ch.SendRequest("exec", true, ssh.Marshal(struct{ C string }{"yes"}))
	tp := <-r.tapes
	for i := range 50 {
		fmt.Fprintf(ch, "command %d\r", i)
	}
	waitFor(t, func() bool { return len(tp.events()) == 50 })
}

func BenchmarkMessages(b *testing.B) {
	for _, size := range []int{1, 32 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { benchmarkInput(b, size) })
	}
}

// benchmarkInput measures how fast messages of one size come through.
func benchmarkInput(b *testing.B, size int) {
	got := make(chan int)
	r := serve(b, func(o *Options) {
		o.Begin = nil
		o.Shell = shellFunc(func(_ context.Context, s visit.Session) int {
			n, _ := io.Copy(io.Discard, s.Stdin)
			got <- int(n)
			return 0
		})
	})
	s := r.session(r.dial(nil))
	in, _ := s.StdinPipe()
	if err := s.Start("cat"); err != nil {
		b.Fatal(err)
	}
	message := make([]byte, size)
	b.SetBytes(int64(size))
	b.ResetTimer()
	for range b.N {
		in.Write(message)
	}
	in.Close()
	if n := <-got; n != b.N*size {
		b.Fatalf("%d bytes came", n)
	}
}

// TestBackgroundWritesBesideTheEnd says that a program that is left behind may write
// while its session ends, and that nothing of it comes behind the end of output.
func TestBackgroundWritesBesideTheEnd(t *testing.T) {
	var left sync.WaitGroup
	r := serve(t, func(o *Options) {
		o.Shell = shellFunc(func(_ context.Context, s visit.Session) int {
			for _, w := range []io.Writer{s.Stdout, s.Stderr, s.Stderr} {
				left.Go(func() {
					for {
						if _, err := io.WriteString(w, "x"); err != nil {
							return
						}
					}
				})
			}
			return 3
		})
	})
	c := r.dial(nil)
	for range 100 {
		var e *ssh.ExitError
		if err := r.session(c).Run("a"); !errors.As(err, &e) || e.ExitStatus() != 3 {
			t.Fatal(err)
		}
		left.Wait() // nothing is written any more
	}
}

// TestNobodyReadsToTheEnd says that a client that reads nothing keeps no session.
func TestNobodyReadsToTheEnd(t *testing.T) {
	r := serve(t, func(o *Options) {
		o.Shell = shellFunc(func(_ context.Context, s visit.Session) int {
			go s.Stdout.Write(make([]byte, 64<<20)) // more than any window
			return 0
		})
	})
	c := r.dial(nil)
	ch, requests, err := c.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for q := range requests {
			q.Reply(false, nil)
		}
	}()
	if ok, err := ch.SendRequest("exec", true, ssh.Marshal(struct{ Command string }{"a"})); !ok || err != nil {
		t.Fatal(ok, err)
	}
	select {
	case <-ended:
	case <-time.After(60 * time.Second):
		t.Error("the session does not end")
	}
}
