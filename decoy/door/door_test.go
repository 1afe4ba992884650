package door

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"gait/internal/address"
)

func of(ip string) netip.Prefix { return address.Network(netip.MustParseAddr(ip)) }

func TestCaps(t *testing.T) {
	a, b := of("198.51.100.7"), of("2001:db8::1")
	n := counts{limits: Limits{Connections: 3, PerAddress: 2, Startups: Startups{10, 30, 20}}, from: map[netip.Prefix]int{}}
	first, second, third := n.enter(a), n.enter(a), n.enter(a)
	if !first || !second || third {
		t.Error("the cap of an address does not hold")
	}
	if !n.enter(b) || n.enter(of("192.0.2.1")) {
		t.Error("the cap of all does not hold")
	}
	n.leave(a)
	if !n.enter(of("2001:db8::2")) || len(n.from) != 2 {
		t.Errorf("left, and came again: %v", n.from)
	}
}

func TestStartups(t *testing.T) {
	a := of("198.51.100.7")
	n := counts{limits: Limits{Connections: 1000, PerAddress: 1000, Startups: Startups{10, 50, 20}}, from: map[netip.Prefix]int{}}
	in := 0
	for range 1000 {
		if n.enter(a) {
			in++
		}
	}
	if in <= 10 || in > 20 {
		t.Errorf("%d got in", in)
	}
	for range in {
		n.login()
	}
	if !n.enter(a) {
		t.Error("who has logged in stands in the way")
	}
}

// opened is a listener on loopback.
func opened(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestServe keeps out the second of two at once, lets in a third when the first
// has logged in, and ends with the context and with all that it started.
func TestServe(t *testing.T) {
	l := opened(t)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, Options{
			Service: "test", Listeners: []net.Listener{l}, Log: slog.New(slog.DiscardHandler),
			Limits: Limits{Connections: 5, PerAddress: 5, Startups: Startups{1, 100, 1}},
			Refuse: func(c net.Conn) { io.WriteString(c, "no") },
			Serve: func(ctx context.Context, c net.Conn, in func()) {
				stop := context.AfterFunc(ctx, func() { c.Close() })
				defer stop()
				defer c.Close()
				io.WriteString(c, "hello")
				c.Read(make([]byte, 1))
				in()
				in() // once is enough
				io.WriteString(c, "in")
				<-ctx.Done()
			},
		})
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(60 * time.Second))
		return c
	}
	says := func(c net.Conn, want string) {
		t.Helper()
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
			t.Fatalf("%q, %v, want %q", got, err, want)
		}
	}
	first := dial()
	says(first, "hello")
	says(dial(), "no")
	io.WriteString(first, "x")
	says(first, "in")
	says(dial(), "hello")
	says(dial(), "no")
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(60 * time.Second):
		t.Fatal("it does not end")
	}
}

func TestAListenerThatFailsEndsAll(t *testing.T) {
	one, two := opened(t), opened(t)
	one.Close()
	err := Serve(context.Background(), Options{Listeners: []net.Listener{one, two}, Log: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, net.ErrClosed) {
		t.Errorf("ended with %v", err)
	}
	if _, err := two.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the other one is open: %v", err)
	}
}
