package sshd

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait"
	"gait/decoy/vfs"
	"gait/decoy/visit"
	"gait/decoy/visit/visittest"
)

// private are host keys for all tests: RSA, ECDSA, Ed25519.
var private = sync.OnceValue(func() []any {
	r, err := rsa.GenerateKey(rand.Reader, 3072)
	e, err2 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, d, err3 := ed25519.GenerateKey(rand.Reader)
	if err != nil || err2 != nil || err3 != nil {
		panic("keys")
	}
	return []any{r, e, d}
})

// keys are what signs with them.
var keys = sync.OnceValue(func() (list []ssh.Signer) {
	for _, k := range private() {
		s, err := ssh.NewSignerFromKey(k)
		if err != nil {
			panic(err)
		}
		list = append(list, s)
	}
	return list
})

// shellFunc is a shell made of a function.
type shellFunc func(ctx context.Context, s visit.Session) int

func (f shellFunc) Run(ctx context.Context, s visit.Session) int { return f(ctx, s) }

// echo is a shell that says what it was called for, and sends back what it
// reads until it ends or a line says exit.
var echo = shellFunc(func(ctx context.Context, s visit.Session) int {
	if s.Exec != "" {
		fmt.Fprintf(s.Stdout, "ran %s\n", s.Exec)
		fmt.Fprintf(s.Stderr, "to stderr\n")
	}
	buf := make([]byte, 4096)
	for {
		n, err := s.Stdin.Read(buf)
		s.Stdout.Write(buf[:n])
		if err != nil || bytes.Contains(buf[:n], []byte("exit")) {
			return 7
		}
	}
})

// gate lets in by one password, or any.
type gate string

func (g gate) Admit(_ visit.Visitor, _, password string, _ int) bool {
	return g == "" || string(g) == password
}
func (gate) User(string) bool { return true }

// tape keeps what was recorded.
type tape struct {
	gait.Header
	mu     sync.Mutex
	in     []string
	times  []time.Duration
	out    bytes.Buffer
	sizes  []string
	reason string
	sized  chan struct{}
	ended  chan struct{}
}

func (t *tape) Input(at time.Duration, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.in, t.times = append(t.in, string(p)), append(t.times, at)
}

func (t *tape) Output(at time.Duration, p []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out.Write(p)
}

func (t *tape) Resize(at time.Duration, cols, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sizes = append(t.sizes, fmt.Sprint(cols, "x", rows))
	t.sized <- struct{}{}
}

func (t *tape) End(at time.Duration, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reason = reason
	close(t.ended)
}

// input gives all that was typed.
func (t *tape) input() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.in, "")
}

func (t *tape) events() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.in)
}

// screen is a terminal without a line discipline.
type screen struct {
	io.Reader
	io.Writer
	name   string
	mu     sync.Mutex
	size   visit.Size
	closed chan struct{}
	once   sync.Once
	sig    chan visit.Signal
}

func (s *screen) SetMode(visit.Mode) visit.Mode { return visit.Cooked }
func (s *screen) Size() visit.Size {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}
func (s *screen) Name() string                 { return s.name }
func (s *screen) Signals() <-chan visit.Signal { return s.sig }
func (s *screen) Wake(func())                  {}
func (s *screen) Closed() <-chan struct{}      { return s.closed }
func (s *screen) Hangup()                      { s.once.Do(func() { close(s.closed) }) }
func (s *screen) Resize(to visit.Size) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size = to
}

// uploads keeps content in memory.
type uploads struct {
	mu  sync.Mutex
	all map[string][]byte
}

func (u *uploads) Keep(r io.Reader) (string, int64, bool, error) {
	data, err := io.ReadAll(r)
	sum := sha256.Sum256(data)
	name := hex.EncodeToString(sum[:])
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all[name] = data
	return name, int64(len(data)), true, err
}

// rig is a server under test.
type rig struct {
	testing.TB
	addr    string
	opt     Options
	sink    *visittest.Events
	tapes   chan *tape
	uploads *uploads
	tree    *vfs.FS
	stop    func()
}

// serve starts a server on loopback, which the test ends.
func serve(t testing.TB, change func(*Options)) *rig {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(l)
	r.TB = t
	if change != nil {
		change(&r.opt)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, r.opt) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Serve: %v", err)
			}
		case <-time.After(60 * time.Second):
			t.Error("Serve does not return")
		}
	})
	t.Cleanup(r.stop)
	return r
}

// newRig makes a server that is not yet started.
func newRig(l net.Listener) *rig {
	r := &rig{addr: l.Addr().String(), sink: &visittest.Events{}, tapes: make(chan *tape, 2000), uploads: &uploads{all: map[string][]byte{}}}
	r.tree = vfs.New(smallTree(), vfs.Limits{}, time.Now)
	r.tree.Dir = "/root"
	r.opt = Options{
		Listeners: []net.Listener{l}, Keys: keys(), Profile: Profiles()[0], Shell: echo, Gate: gate(""), Sink: r.sink,
		Begin: func(h gait.Header) visit.Tape {
			tp := &tape{Header: h, sized: make(chan struct{}, 9), ended: make(chan struct{})}
			r.tapes <- tp
			return tp
		},
		Terminal: func(in io.Reader, out io.Writer, name string, size visit.Size) Terminal {
			return &screen{Reader: in, Writer: out, name: name, size: size, closed: make(chan struct{}), sig: make(chan visit.Signal, 8)}
		},
		FS:      func(visit.Visitor) *vfs.FS { return r.tree.Clone() },
		Uploads: r.uploads,
		Limits:  Limits{Delay: -1},
	}
	return r
}

// smallTree is a tree with a few files.
func smallTree() *vfs.Node {
	dir := func(mode uint32, names map[string]*vfs.Node) *vfs.Node {
		return &vfs.Node{Mode: vfs.Directory | mode, Names: names, Modified: time.Unix(1e9, 0)}
	}
	file := func(text string) *vfs.Node {
		return &vfs.Node{Mode: vfs.Regular | 0o644, Data: []byte(text), Modified: time.Unix(1e9, 0)}
	}
	return dir(0o755, map[string]*vfs.Node{
		"root": dir(0o700, map[string]*vfs.Node{"notes.txt": file("remember the milk\n"), "other.txt": file("more\n")}),
		"tmp":  dir(0o1777, map[string]*vfs.Node{}),
		"etc":  dir(0o755, map[string]*vfs.Node{"passwd": file("root:x:0:0:root:/root:/bin/bash\n"), "group": file("root:x:0:\n")}),
	})
}

// dial logs in with the library's client.
func (r *rig) dial(change func(*ssh.ClientConfig)) *ssh.Client {
	r.Helper()
	c := &ssh.ClientConfig{User: "root", Auth: []ssh.AuthMethod{ssh.Password("secret")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 60 * time.Second}
	if change != nil {
		change(c)
	}
	client, err := ssh.Dial("tcp", r.addr, c)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { client.Close() })
	return client
}

// session opens a session.
func (r *rig) session(c *ssh.Client) *ssh.Session {
	r.Helper()
	s, err := c.NewSession()
	if err != nil {
		r.Fatal(err)
	}
	return s
}

// tape waits for the next recording to end.
func (r *rig) tape() *tape {
	r.Helper()
	select {
	case t := <-r.tapes:
		select {
		case <-t.ended:
			return t
		case <-time.After(60 * time.Second):
			r.Fatal("a recording does not end")
		}
	case <-time.After(60 * time.Second):
		r.Fatal("no recording")
	}
	return nil
}
