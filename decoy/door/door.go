// Package door takes the connections of a decoy's server, as many at once as
// there may be in all and of one client.
package door

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"gait/internal/address"
)

// Options say where connections come from, who is kept out, and who serves the
// others.
type Options struct {
	Service   string         // what it is, in the log
	Listeners []net.Listener // already open; Serve closes them
	Limits
	// Refuse answers a connection that is kept out, and does not wait long; it
	// is closed afterwards. It may be nil.
	Refuse func(c net.Conn)
	// Serve serves a connection to its end, and closes it. It ends soon after
	// the context. It calls in when the client has logged in or failed to.
	Serve func(ctx context.Context, c net.Conn, in func())
	Log   *slog.Logger // not nil
}

// Limits are how many connections there are at once.
type Limits struct {
	Connections int      // in all
	PerAddress  int      // from one address, or one /64
	Startups    Startups // have not logged in; zero bounds nothing
}

// Startups is what sshd's MaxStartups is: from Begin connections on, Rate
// percent of new ones are refused, and more and more up to Full, from where on
// all are.
type Startups struct{ Begin, Rate, Full int }

// Serve lets connections in until the context ends or a listener fails, closes
// the listeners, and returns when all connections have ended. The error is nil
// where the context ended.
func Serve(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := &door{Options: o, counts: counts{limits: o.Limits, from: map[netip.Prefix]int{}}}
	failed := make(chan error, len(o.Listeners))
	for _, l := range o.Listeners {
		stop := context.AfterFunc(ctx, func() { l.Close() })
		defer stop()
		d.wait.Go(func() {
			failed <- d.accept(ctx, l)
			cancel()
		})
	}
	d.wait.Wait()
	var err error
	for range o.Listeners {
		err = errors.Join(err, <-failed)
	}
	return err
}

type door struct {
	Options
	counts
	wait sync.WaitGroup
}

// accept takes connections of one listener until the context ends.
func (d *door) accept(ctx context.Context, l net.Listener) error {
	defer l.Close()
	pause := 5 * time.Millisecond
	for {
		c, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of descriptors, for instance
			d.Log.Warn(d.Service+": accept", "error", err)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
			pause = min(2*pause, time.Second)
			continue
		}
		pause = 5 * time.Millisecond
		who := address.Network(address.Of(c.RemoteAddr()).Addr())
		if !d.enter(who) {
			if d.Refuse != nil {
				d.Refuse(c)
			}
			c.Close()
			continue
		}
		d.wait.Go(func() {
			defer d.leave(who)
			in := sync.OnceFunc(d.login)
			defer in()
			d.Serve(ctx, c, in)
		})
	}
}

// counts counts connections.
type counts struct {
	limits Limits

	mu      sync.Mutex
	all     int
	waiting int // have not logged in
	from    map[netip.Prefix]int
}

// enter counts a connection, and says whether there is room for it. Of those
// that have not logged in some are refused early.
func (n *counts) enter(who netip.Prefix) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.all >= n.limits.Connections || n.from[who] >= n.limits.PerAddress || n.crowded() {
		return false
	}
	n.all++
	n.waiting++
	n.from[who]++
	return true
}

// crowded says whether too many have not logged in for one more; between two
// bounds that is a matter of luck.
func (n *counts) crowded() bool {
	s := n.limits.Startups
	switch {
	case s == Startups{}:
		return false
	case n.waiting >= s.Full:
		return true
	case n.waiting < s.Begin:
		return false
	}
	return rand.IntN(100) < s.Rate+(100-s.Rate)*(n.waiting-s.Begin)/max(s.Full-s.Begin, 1)
}

// login notes that a connection has logged in, or will not any more.
func (n *counts) login() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting--
}

// leave notes that a connection is gone.
func (n *counts) leave(who netip.Prefix) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all--
	if n.from[who]--; n.from[who] <= 0 {
		delete(n.from, who)
	}
}
