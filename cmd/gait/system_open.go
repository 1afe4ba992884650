package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"gait/bus"
	"gait/internal/health"
	"gait/store"
	"gait/store/postgres"
	"gait/store/sqlite"
)

// newRegistry keeps the metrics of the process.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// patiently opens something, again and again while it is away, and says so on
// the board.
func (y *system) patiently(ctx context.Context, what string, open func() error) error {
	for delay := 200 * time.Millisecond; ; delay = min(2*delay, 10*time.Second) {
		err := open()
		if err == nil {
			if y.board.Clear(what, "start") {
				y.log.Info("the " + what + " is there now")
			}
			return nil
		}
		if !store.Later(err) && !errors.Is(err, bus.ErrAway) && !errors.Is(err, bus.ErrFull) {
			return err
		}
		c := health.Condition{Part: what, Name: "start", Cause: withoutSecrets(err), Cure: "start it, or correct its address; gait goes on by itself", Stops: true}
		if y.board.Set(c) {
			y.log.Warn("waiting for the "+what, "cause", c.Cause)
		}
		if until(ctx, time.Now().Add(delay/2+rand.N(delay))) != nil {
			return ctx.Err()
		}
	}
}

// openStore opens the database.
func (y *system) openStore(ctx context.Context) error {
	opt := store.Options{Compat: y.opt.Compat, Log: y.log}
	return y.patiently(ctx, "store", func() (err error) {
		if y.opt.postgres() {
			y.store, err = postgres.Open(ctx, y.opt.Store, opt)
		} else {
			y.store, err = sqlite.Open(ctx, y.path(databaseAt), opt)
		}
		if err != nil {
			return hinted(err, y.opt.Data)
		}
		y.later(y.store)
		return nil
	})
}

// hinted adds to an error of the store what to do about it.
func hinted(err error, data string) error {
	hint := ""
	switch {
	case errors.Is(err, store.ErrLocked):
		hint = "stop the other gait, or name another folder with --data; " +
			"several processes share the work only with PostgreSQL (--store postgres://...)"
	case errors.Is(err, store.ErrNewer):
		hint = "install that release, or bring back the copy from before the upgrade: gait db restore"
	case errors.Is(err, store.ErrCompat):
		hint = "start it as it was made (with or without --compat), or name another folder with --data"
	default:
		return fmt.Errorf("store: %w", err)
	}
	return fmt.Errorf("store in %s: %w: %s", data, err, hint)
}

// openBus opens the bus.
func (y *system) openBus(ctx context.Context) error {
	f := &y.opt.busFlags
	if f.NoBus {
		return nil
	}
	opt := bus.Options{
		URL: f.Nats, Credentials: f.NatsCreds, CA: f.NatsCA, Cert: f.NatsCert, Key: f.NatsKey, Replicas: f.NatsReplicas,
		Prefix: f.NatsPrefix, Dir: y.path(busDir), Strict: f.Durability == "strict", Report: y.reportBus, Log: y.log,
	}
	if f.Nats == "" {
		if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
			return fmt.Errorf("bus: %w", err)
		}
	}
	return y.patiently(ctx, "bus", func() (err error) {
		if y.bus, err = bus.Open(ctx, opt); err != nil {
			y.bus = nil
			return fmt.Errorf("bus: %w", err)
		}
		y.later(y.bus)
		return nil
	})
}

// reportBus is told what is wrong with the bus, and that it is mended.
func (y *system) reportBus(err error) {
	if err == nil {
		if y.board.Clear("bus", "away") {
			y.log.Info("the bus is back")
		}
		return
	}
	c := health.Condition{Part: "bus", Name: "away", Cause: withoutSecrets(err),
		Cure: "look at the NATS server; sessions wait in the store and are handed in by themselves when it is back"}
	if y.board.Set(c) {
		y.log.Warn("the bus cannot be used", "cause", c.Cause)
	}
}
