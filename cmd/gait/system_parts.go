package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"gait/collect"
	"gait/internal/disk"
	"gait/profiler"
	"gait/serve"
	outputs "gait/serve/output"
)

// makeProfiler makes the stage that turns sessions into profiles.
func (y *system) makeProfiler(context.Context) error {
	model, err := typistModel(&y.opt.workFlags)
	if err != nil {
		return err
	}
	if y.opt.operatorFlags.set() && y.opt.Compat {
		return usageError{errOperatorCompat.Error()}
	}
	p, err := profiler.New(profiler.Options{
		Primitives: y.opt.primitives(),
		Typist:     model, AcceptLinks: y.opt.AcceptLinks,
		Store: y.store, Bus: y.bus, Library: y.library, Workers: y.opt.Workers, Compat: y.opt.Compat, Strict: y.opt.StrictEnvelope,
		GiveUp: time.Duration(y.opt.GiveUp), Hands: y.path(handsAt), Board: y.board, Gate: y.gate, Log: y.log, Metrics: y.registry,
	})
	if err != nil {
		return err
	}
	y.poke = p.Poke
	y.add("profiler", p.Run)
	return nil
}

// makeCollector makes the stage that finds sessions that ended.
func (y *system) makeCollector(context.Context) error {
	o := &y.opt.watchFlags
	c, err := collect.New(collect.Options{
		Store: y.store, Bus: y.bus, Library: y.library,
		Shards: append([]string{y.path(shardsDir)}, o.Shards...), Cowrie: o.Cowrie, Recordings: o.Recordings,
		Syslog: o.Syslog, SyslogAllow: o.SyslogAllow, Services: o.Services,
		Idle: time.Duration(o.Idle), GiveUp: time.Duration(o.GiveUp), Sweep: time.Duration(o.Sweep), Since: o.Since.time(y.began),
		Board: y.board, Gate: y.gate, Log: y.log, Metrics: y.registry, Poke: y.poke,
	})
	if err != nil {
		return err
	}
	y.add("collect", c.Run)
	w := &disk.Watch{Path: y.opt.Data, Least: y.opt.MinFree.Size, Part: y.opt.MinFree.Part, Every: 2 * time.Second, Gate: y.gate, Board: y.board, Log: y.log}
	w.Once() // before anything is taken in
	y.add("disk", w.Run)
	return nil
}

// makeFeed opens the socket for recorders, where one is asked for.
func (y *system) makeFeed(context.Context) error {
	o := &y.opt.feedFlags
	if o.RecordSocket == "" {
		return nil
	}
	f, err := collect.NewFeed(collect.FeedOptions{
		Socket: o.RecordSocket, Root: y.path(shardsDir), Decoys: o.RecordDecoy, Service: o.RecordService, Log: y.log, Metrics: y.registry,
	})
	if err != nil {
		return fmt.Errorf("recorders: %w", err)
	}
	y.later(f)
	y.log.Info("taking sessions from recorders", "socket", o.RecordSocket, "decoys", f.Names())
	y.add("recorders", f.Run)
	return nil
}

// makeKeeper makes what deletes what is not to be kept.
func (y *system) makeKeeper(context.Context) error {
	k := &keeper{store: y.store, rules: y.opt.keepFlags, dir: y.opt.Data, log: y.log, board: y.board, now: time.Now}
	if k.idle() {
		return nil
	}
	y.add("retention", k.run)
	return nil
}

// makeServer makes the stage that answers. Other commands on this machine get
// in by a token that nothing keeps but this process and the run file.
func (y *system) makeServer(ctx context.Context) error {
	f := &y.opt.serveFlags
	y.token = serve.NewSecret()
	s, err := serve.New(serve.Options{
		Held:  heldMemory,
		Store: &ourselves{Store: y.store, hash: serve.Hash(y.token)}, Library: y.library, Board: y.board, Log: y.log, Metrics: y.registry,
		PublicURL: f.PublicURL, TrustedProxies: f.TrustedProxy, CertFile: f.TLSCert, KeyFile: f.TLSKey, Insecure: f.Insecure,
	})
	if err != nil {
		return err
	}
	if err := s.Check(ctx, y.listener.Addr()); err != nil {
		return err
	}
	y.duties = append(y.duties, duty{"serve", func(ctx context.Context) error { return s.Serve(ctx, y.listener) }, true})
	return nil
}

// makeOutputs makes what gives sessions to files and other programs.
func (y *system) makeOutputs(context.Context) error {
	f := &y.opt.serveFlags
	if len(f.Output) == 0 {
		return nil
	}
	var secret []byte
	if f.WebhookSecret != "" {
		b, err := os.ReadFile(f.WebhookSecret)
		if err != nil {
			return fmt.Errorf("webhook secret: %w", err)
		}
		if secret = bytes.TrimSpace(b); len(secret) < 16 {
			return fmt.Errorf("webhook secret %s: fewer than 16 bytes; make one with: openssl rand -hex 32", f.WebhookSecret)
		}
	}
	o := outputs.Options{Store: y.store, Board: y.board, Log: y.log, Metrics: y.registry}
	for _, text := range f.Output {
		spec, err := outputs.ParseSpec(text)
		if err != nil {
			return usageError{"--" + err.Error()}
		}
		spec.Secret = secret
		o.Specs = append(o.Specs, spec)
	}
	all, err := outputs.New(o)
	if err != nil {
		return err
	}
	y.add("outputs", all.Run)
	return nil
}

// makeInside makes what is served to whoever runs the program.
func (y *system) makeInside(ctx context.Context) error {
	f := &y.opt.serveFlags
	for _, side := range []struct {
		name, address string
		inside        serve.Inside
	}{
		{"metrics", f.MetricsListen, serve.Inside{Metrics: y.registry, Log: y.log}},
		{"debug", f.DebugListen, serve.Inside{Metrics: y.registry, Debug: true, Board: y.board, Log: y.log}},
	} {
		if side.address == "" {
			continue
		}
		l, err := y.listen(ctx, side.address)
		if err != nil {
			return fmt.Errorf("--%s-listen: %w", side.name, err)
		}
		i := side.inside
		i.Board, i.Log, i.Insecure = y.board, y.log, f.Insecure
		y.log.Info("serving "+side.name, "address", l.Addr().String())
		y.duties = append(y.duties, duty{side.name, func(ctx context.Context) error { return i.Serve(ctx, l) }, true})
	}
	return nil
}

// writeRunFile tells other commands on this machine where the system is.
func (y *system) writeRunFile(context.Context) error {
	r := &runFile{URL: y.localURL(), Address: y.listener.Addr().String(), Token: y.token}
	if err := r.write(y.path(runFileAt)); err != nil {
		return err
	}
	y.closers = append(y.closers, r.remove)
	return nil
}

// base is the address under which people on this machine reach the page.
func (y *system) base() string {
	if y.opt.PublicURL != "" {
		return strings.TrimSuffix(y.opt.PublicURL, "/")
	}
	return y.localURL()
}

// localURL is the address under which programs on this machine reach the API.
func (y *system) localURL() string {
	scheme := "http"
	if y.opt.TLSCert != "" {
		scheme = "https"
	}
	return fmt.Sprintf("%s://%s", scheme, reachable(y.listener.Addr().String()))
}
