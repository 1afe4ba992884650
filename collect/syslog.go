package collect

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"gait/recording/shard"
	"gait/store"
)

// syslogSources makes the sources of syslog.
func (c *Collector) syslogSources() (list []source, err error) {
	allow, err := peersOf(c.opt.SyslogAllow)
	if err != nil {
		return nil, err
	}
	for _, at := range c.opt.Syslog {
		kind, rest, _ := strings.Cut(at, ":")
		host := strings.TrimPrefix(rest, "//")
		switch {
		case kind == "file" && rest != "":
			path, err := filepath.Abs(rest)
			if err != nil {
				return nil, fmt.Errorf("collect: syslog %q: %w", at, err)
			}
			list = append(list, &logFile{finder: c.finder, path: path})
		case kind == "unix" && rest != "":
			list = append(list, &listener{finder: c.finder, network: "unix", at: rest})
		case (kind == "udp" || kind == "tcp") && host != rest && strings.Contains(host, ":"):
			list = append(list, &listener{finder: c.finder, network: kind, at: host, allow: allow})
		default:
			return nil, fmt.Errorf("collect: syslog %q is none of file:PATH, udp://HOST:PORT, tcp://HOST:PORT and unix:PATH", at)
		}
	}
	return list, nil
}

// peer is who may send syslog. Where it has a decoy it speaks for that one
// alone; else it is a relay, and the host in its lines counts.
type peer struct {
	prefix netip.Prefix
	decoy  string
}

// peersOf reads the list of peers; an empty one allows loopback.
func peersOf(list []string) (peers []peer, err error) {
	if len(list) == 0 {
		list = []string{"127.0.0.0/8", "::1"}
	}
	for _, text := range list {
		at, decoy, named := strings.Cut(text, "=")
		if named && !shard.DecoyName(decoy) {
			return nil, fmt.Errorf("collect: syslog peer %q: %q can be no decoy", text, decoy)
		}
		var p netip.Prefix
		if a, e := netip.ParseAddr(at); e == nil {
			a = a.Unmap()
			p = netip.PrefixFrom(a, a.BitLen())
		} else if p, err = netip.ParsePrefix(at); err != nil {
			return nil, fmt.Errorf("collect: syslog peer %q is no ADDRESS or ADDRESS/BITS: %w", text, err)
		}
		peers = append(peers, peer{p.Masked(), decoy})
	}
	return peers, nil
}

// allowed finds the peer of an address; the closest match counts.
func allowed(peers []peer, a netip.Addr) (found peer, ok bool) {
	a = a.Unmap().WithZone("")
	for _, p := range peers {
		if p.prefix.Contains(a) && (!ok || p.prefix.Bits() > found.prefix.Bits()) {
			found, ok = p, true
		}
	}
	return found, ok
}

// digest sorts what lines say into what is to be found, what is offered as it
// is, and what is rejected.
type digest struct {
	finder   *finder
	recorded []recorded
	offers   []store.Offer
	rejected []store.Rejected
}

// mostRejects is how many rejected lines one digest keeps: a flood of them is
// counted alone.
const mostRejects = 16

// add takes in one line.
func (d *digest) add(line []byte, decoy string) {
	count := d.finder.c.metrics.syslog
	a, ok := announce(line, decoy, time.Now())
	switch {
	case !ok:
		count.WithLabelValues("other").Inc()
	case a.wrong != "":
		count.WithLabelValues("rejected").Inc()
		if len(d.rejected) < mostRejects {
			d.rejected = append(d.rejected, store.Rejected{
				Time: time.Now(), Subject: "syslog", Reason: a.wrong, Payload: append([]byte(nil), line[:min(len(line), 4<<10)]...),
			})
		}
	case a.recorded != nil:
		count.WithLabelValues("recorded").Inc()
		d.recorded = append(d.recorded, *a.recorded)
	default:
		count.WithLabelValues("skipped").Inc()
		d.offers = append(d.offers, *a.skipped)
	}
}

// len is how much there is.
func (d *digest) len() int { return len(d.recorded) + len(d.offers) + len(d.rejected) }

// commit hands on all of it, with the position that it stands for.
func (d *digest) commit(ctx context.Context, cursors ...store.Cursor) error {
	f := d.finder
	for _, r := range d.rejected {
		if err := f.in.retry(ctx, "reject", func() error { return f.c.opt.Store.Reject(ctx, r) }); err != nil {
			return err
		}
	}
	err := f.take(ctx, d.recorded, d.offers, cursors...)
	d.recorded, d.offers, d.rejected = nil, nil, nil
	return err
}
