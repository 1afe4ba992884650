package decoy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync"
	"time"

	"gait/decoy/cage"
)

// Child is the decoy itself: it is what the program becomes that a parent has
// started. It takes the configuration from in, says what it caught to out and
// how it is to errs, and ends when in does. The exit code is 0 where it was
// asked to end.
func Child(in io.Reader, out, errs io.Writer) int {
	debug.SetTraceback("none") // a fault tells nothing of what is in memory
	d := json.NewDecoder(in)
	var n note
	if err := d.Decode(&n); err != nil {
		fmt.Fprintf(errs, "the decoy was started by hand, or its parent is gone: %T\n", err)
		return 1
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // the parent says no more: it ends with it
		io.Copy(io.Discard, in)
		cancel()
	}()
	err := serveChild(ctx, &n, out, errs)
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		fmt.Fprintf(errs, "%s%s\n", refusedMark, refused.text)
		return 1
	case err != nil && ctx.Err() == nil:
		fmt.Fprintf(errs, "ended: %v\n", err)
		return 1
	}
	return 0
}

// serveChild shuts the process in and serves until the context ends.
func serveChild(ctx context.Context, n *note, out, errs io.Writer) error {
	listeners, err := inherited(n.SSH + n.Telnet)
	if err != nil {
		return err
	}
	tune(n.Memory)
	if err := enter(n); err != nil {
		return err
	}
	s, err := newSite(n, places{shards: folder(fdShards), log: folder(fdFolder), uploads: folder(fdUploads), pipe: out}, slog.New(slog.NewTextHandler(errs, nil)))
	if err != nil {
		return err
	}
	defer s.close()
	fmt.Fprintln(errs, readyMark)
	return s.serve(ctx, listeners[:n.SSH], listeners[n.SSH:])
}

// garbage is how much of it may gather, in percent of what is in use: sessions
// are many, and last, and each takes little.
const garbage = 15

// tidyEvery is after how long a quiet process gives back what is left of a busy
// time, and tidyOver how much has to be left.
const (
	tidyEvery = 2 * time.Second
	tidyOver  = 2 << 20
)

// tidy gives memory back to the system when a busy time is over: the collector
// alone would wait for as much garbage again, and visitors come in bursts.
func tidy(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	now := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}, {Name: "/gc/heap/allocs:bytes"}}
	var cycles, cleaned uint64
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		metrics.Read(now)
		c, all := now[0].Value.Uint64(), now[1].Value.Uint64()
		if c == cycles && all > cleaned+tidyOver {
			debug.FreeOSMemory()
			metrics.Read(now)
			c, cleaned = now[0].Value.Uint64(), now[1].Value.Uint64()
		}
		cycles = c
	}
}

// tune keeps the heap small, and below the limit that would end the process.
func tune(memory int64) {
	debug.SetGCPercent(garbage)
	if memory > 0 {
		debug.SetMemoryLimit(memory / 2)
	}
}

// folder is a folder that was opened for the child.
func folder(fd int) string { return "/proc/self/fd/" + strconv.Itoa(fd) }

// enter shuts the process in.
func enter(n *note) error {
	err := cage.Enter(cage.Options{
		Folders:     []string{folder(fdShards), folder(fdFolder), folder(fdUploads)},
		Descriptors: childFiles, Memory: uint64(n.Memory), FileSize: childFile,
	})
	if err != nil && n.NoSandbox {
		return nil
	}
	if errors.Is(err, cage.ErrUnable) {
		return &refusal{err.Error() + "; --no-sandbox runs the decoy all the same, as safe as its own code is"}
	}
	return err
}

// inherited gives the listeners that were opened by the parent.
func inherited(count int) (list []net.Listener, err error) {
	for i := range count {
		f := os.NewFile(uintptr(fdListeners+i), "listener")
		l, err := net.FileListener(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("listener %d: %w", i, err)
		}
		list = append(list, l)
	}
	return list, nil
}

// serve runs the servers until the context ends or one of them does.
func (s *site) serve(ctx context.Context, ssh, telnet []net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	written := make(chan struct{})
	events, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(written)
		s.caught.run(events)
	}()
	var wait sync.WaitGroup
	wait.Go(func() { tidy(ctx) })
	for name, run := range map[string]func(context.Context) error{
		"ssh": func(ctx context.Context) error { return s.serveSSH(ctx, ssh) }, "telnet": func(ctx context.Context) error { return s.serveTelnet(ctx, telnet) },
	} {
		wait.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	<-ctx.Done()
	wait.Wait()
	stop()
	select {
	case <-written:
	case <-time.After(time.Second):
	}
	return context.Cause(ctx)
}
