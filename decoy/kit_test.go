package decoy

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
	"gait/decoy/visit/visittest"
)

// anIdentity is made once: keys take a while.
var anIdentity = sync.OnceValue(func() identity {
	id, err := newIdentity(time.Now().AddDate(0, -1, 0))
	if err != nil {
		panic(err)
	}
	copy(id.Seed, "the same machine in all tests...")
	return id
})

// lab is a decoy in the process of the test, on ports of its own.
type lab struct {
	*site
	dir    string
	ssh    string // address
	telnet string
	events visittest.Events // what was caught
}

// newLab opens a decoy until the test ends.
func newLab(t testing.TB, change func(*Config)) *lab {
	t.Helper()
	l := unserved(t, change)
	var listeners [2][]net.Listener
	for i, at := range []*string{&l.ssh, &l.telnet} {
		n, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i], *at = []net.Listener{n}, n.Addr().String()
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- l.serve(ctx, listeners[0], listeners[1]) }()
	t.Cleanup(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(60 * time.Second):
			t.Error("the decoy does not stop")
		}
	})
	return l
}

// unserved makes a decoy that nobody reaches.
func unserved(t testing.TB, change func(*Config)) *lab {
	t.Helper()
	l := &lab{dir: t.TempDir()}
	n := note{Config: Config{
		Name: "decoy-01", SSH: []string{"x"}, Telnet: []string{"x"}, Accept: Accept{How: "any"}, Downloads: "unreachable", Delay: -1,
		Connections: 20_000, PerAddress: 20_000,
	}, Identity: anIdentity()}
	if change != nil {
		change(&n.Config)
	}
	at := places{filepath.Join(l.dir, "shards", n.Name), filepath.Join(l.dir, "log"), filepath.Join(l.dir, "uploads"), io.Discard, []visit.Sink{&l.events}}
	var err error
	if l.site, err = newSite(&n, at, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.close() })
	return l
}

// aVisit is one visitor of a decoy that nobody reaches over the network.
type aVisit struct {
	lab *lab
	who visit.Visitor
}

var theLab struct {
	sync.Mutex
	lab *lab
	at  atomic.Uint32
}

// newVisit gives a visitor whom the decoy has not seen before.
func newVisit(t *testing.T) *aVisit {
	t.Helper()
	n := theLab.at.Add(1)
	who := visit.Visitor{
		Connection: "11111111-2222-4333-8444-555555555555", Service: "ssh", User: "root", Client: "SSH-2.0-Go",
		Remote: netip.AddrPortFrom(netip.AddrFrom4([4]byte{198, 18, byte(n >> 8), byte(n)}), 50000), Local: netip.MustParseAddrPort("192.0.2.10:22"),
	}
	theLab.Lock()
	defer theLab.Unlock()
	if theLab.lab == nil {
		theLab.lab = unserved(t, nil)
	}
	return &aVisit{theLab.lab, who}
}

// run runs a command line as "ssh host LINE" does.
func (v *aVisit) run(line string) *answer {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	code := v.lab.shell.Run(ctx, visit.Session{
		Visitor: v.who, ID: "11111111-2222-4333-8444-666666666666", Began: time.Now(), Exec: line,
		Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: &errs,
	})
	return &answer{Out: out.String(), Err: errs.String(), Code: code}
}

// dial logs in.
func (l *lab) dial(t testing.TB, user, password string) *ssh.Client {
	t.Helper()
	c, err := ssh.Dial("tcp", l.ssh, &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 60 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
