package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"gait/bus"
	"gait/internal/disk"
	"gait/internal/reach"
	"gait/store"
)

// config tells which file is in force.
func (x *examination) config(context.Context) {
	what := "no configuration file is read"
	if x.file != "" {
		what = "configuration file " + x.file
	}
	x.fine("config", what+"; gait config prints what is in force")
}

// who tells who reads.
func (x *examination) who(context.Context) {
	what := "runs as " + reach.Who()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err == nil && limit.Cur < 1024 {
		x.wrong("user", fmt.Sprintf("%s; only %d files may be open at once", what, limit.Cur), "raise it to 4096 or more: ulimit -n 4096, or LimitNOFILE= in the unit")
		return
	}
	x.fine("user", what)
}

// folder looks at the data folder.
func (x *examination) folder(context.Context) {
	dir := x.opt.Data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		up := filepath.Dir(dir)
		if syscall.Access(up, 2 /* W_OK */) != nil {
			x.wrong("data", dir+" is not there and cannot be made", "make it for this user: install -d -m 0700 -o "+userName()+" "+reach.Quote(dir)+", or name another with --data")
			return
		}
		x.fine("data", dir+" is not there yet; gait run makes it")
		return
	case err != nil:
		x.wrong("data", err.Error(), "name another folder with --data")
		return
	case !info.IsDir():
		x.wrong("data", dir+" is no folder", "name another with --data")
		return
	}
	switch {
	case syscall.Access(dir, 7 /* R_OK|W_OK|X_OK */) != nil:
		x.wrong("data", dir+" may not be written to by this user (mode "+info.Mode().String()+")", "chown -R "+userName()+" "+reach.Quote(dir)+", or run as its owner")
	case info.Mode().Perm()&0o077 != 0:
		x.wrong("data", dir+" is open to others (mode "+info.Mode().String()+")", "chmod 0700 "+reach.Quote(dir))
	default:
		x.fine("data", dir)
	}
	if err := disk.Local(dir); err != nil && !x.opt.postgres() {
		x.wrong("data", err.Error(), "")
	}
}

// userName is how commands name this user.
func userName() string {
	if name := os.Getenv("USER"); name != "" {
		return reach.Quote(name)
	}
	return fmt.Sprint(os.Geteuid())
}

// room looks at the disk of the data folder.
func (x *examination) room(context.Context) {
	s, err := disk.Measure(x.opt.Data)
	if err != nil {
		x.wrong("disk", err.Error(), "")
		return
	}
	least := max(x.opt.MinFree.Size, int64(x.opt.MinFree.Part*float64(s.Total)))
	what := fmt.Sprintf("%s of %s are free", howMuch(s.Free), howMuch(s.Total))
	if s.Free < least {
		x.wrong("disk", what+", "+howMuch(least)+" must be: nothing is taken in", "free some space, or lower --min-free")
		return
	}
	x.fine("disk", what)
}

// clock looks whether the time can be right.
func (x *examination) clock(context.Context) {
	now := time.Now()
	switch began := time.Now(); {
	case now.Year() < 2024 || now.Year() > 2100:
		x.wrong("clock", "the clock says "+now.UTC().Format(time.RFC3339), "set it, and keep it right with chrony or systemd-timesyncd: timedatectl set-ntp true")
	case time.Since(began) < 0:
		x.wrong("clock", "the monotonic clock goes back", "this machine's timer is broken; see dmesg")
	default:
		x.fine("clock", now.UTC().Format(time.RFC3339))
	}
}

// sources looks at what is watched.
func (x *examination) sources(context.Context) {
	o := &x.opt.watchFlags
	n := 0
	for _, l := range []struct {
		kind  string
		paths []string
	}{{"shards", o.Shards}, {"cowrie", o.Cowrie}, {"recording", o.Recordings}} {
		for _, p := range l.paths {
			n++
			x.source(l.kind, p)
		}
	}
	for _, s := range o.Syslog {
		n++
		x.syslog(s)
	}
	if n == 0 {
		x.fine("sources", "none is named: only "+filepath.Join(x.opt.Data, shardsDir)+" is watched; see --shards, --cowrie, --recordings")
	}
}

// Bounds of how much of a source is looked at.
const (
	maxLooked   = 20_000
	maxProblems = 10
	maxDepth    = 6
)

// source looks at a folder and what is in it.
func (x *examination) source(kind, root string) {
	if p := reach.Why(root); p != nil {
		x.wrong(kind, p.Path+" "+p.What, p.Cure)
		return
	}
	files, problems := 0, 0
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		switch {
		case files >= maxLooked || problems >= maxProblems:
			return fs.SkipAll
		case err == nil && d.IsDir():
			if len(filepath.SplitList(filepath.ToSlash(rel))) > maxDepth {
				return fs.SkipDir
			}
			return nil
		case err == nil && !d.Type().IsRegular():
			return nil
		}
		files++
		if p := reach.Why(path); p != nil {
			problems++
			x.wrong(kind, p.Path+" "+p.What, p.Cure)
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		}
		return nil
	})
	switch {
	case problems > 0:
	case files == 0:
		x.wrong(kind, root+" holds no file", x.emptyCure(kind))
	default:
		x.fine(kind, fmt.Sprintf("%s: %s can be read", root, count(int64(files), "file", "files")))
	}
}

// emptyCure says what a folder of a kind should hold.
func (x *examination) emptyCure(kind string) string {
	switch kind {
	case "shards":
		return "name the root that holds {decoy}/{service}/transcripts; it may also be that nobody has come yet"
	case "cowrie":
		return "name the folder that holds var/log/cowrie (pip, source), or log and tty (T-Pot: data/cowrie); it may also be that nobody has come yet"
	}
	return "put finished recordings into it"
}

// syslog looks at where events come from.
func (x *examination) syslog(address string) {
	path, ok := cutAny(address, "file:", "unix:")
	if !ok {
		x.fine("syslog", address)
		return
	}
	if address[0] == 'u' {
		path = filepath.Dir(path)
	}
	if p := reach.Why(path); p != nil {
		x.wrong("syslog", p.Path+" "+p.What, p.Cure)
		return
	}
	x.fine("syslog", address)
}

// cutAny takes one of some prefixes away.
func cutAny(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if len(s) >= len(p) && s[:len(p)] == p {
			return s[len(p):], true
		}
	}
	return s, false
}

// running asks the system that runs on the data folder how it is.
func (x *examination) running(ctx context.Context) {
	r, err := readRunFile(x.opt.Data)
	if err != nil {
		x.fine("system", "does not run on this data folder")
		return
	}
	a := askFlags{dataFlags: x.opt.dataFlags}
	api, err := a.dial(ctx)
	if err == nil && !api.live {
		api.close()
		err = errors.New("process " + fmt.Sprint(r.PID) + " does not answer on " + r.URL)
	}
	if err != nil {
		x.wrong("system", err.Error(), "see its log; stop it and start it again")
		return
	}
	defer api.close()
	x.live = r
	var h struct {
		Status     string `json:"status"`
		Conditions []struct {
			Part, Cause, Cure string
		} `json:"conditions"`
	}
	if err := api.get(ctx, "/health", nil, &h); err != nil {
		x.wrong("system", err.Error(), "")
		return
	}
	for _, c := range h.Conditions {
		x.wrong(c.Part, c.Cause, c.Cure)
	}
	x.fine("system", fmt.Sprintf("process %d on %s: %s", r.PID, r.URL, h.Status))
}

// checkWithin bounds how long the database is looked through.
const checkWithin = 20 * time.Second

// database looks at the store.
func (x *examination) database(ctx context.Context) {
	if _, err := os.Stat(filepath.Join(x.opt.Data, databaseAt)); !x.opt.postgres() && errors.Is(err, fs.ErrNotExist) {
		x.fine("store", "there is none yet; gait run makes it")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	db, err := x.opt.storeFlags.open(ctx, x.opt.Data, store.Options{ReadOnly: true})
	if err != nil {
		x.wrong("store", withoutSecrets(err), "see docs/running.md")
		return
	}
	defer db.Close()
	s, err := db.Stats(ctx)
	if err != nil {
		x.wrong("store", withoutSecrets(err), "gait db check says more; gait db migrate brings an old schema up")
		return
	}
	if db.Compat() != x.opt.Compat {
		x.wrong("store", "it was made with another --compat", "start gait as the store was made, or with another data folder")
	}
	if x.quick {
		x.fine("store", fmt.Sprintf("%s, schema %d, %s", s.Engine, s.Schema, howMuch(s.Bytes)))
		return
	}
	faults, err := db.Check(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		x.fine("store", fmt.Sprintf("%s, schema %d, %s; too large to be checked here: gait db check", s.Engine, s.Schema, howMuch(s.Bytes)))
		return
	case err != nil:
		x.wrong("store", withoutSecrets(err), "")
		return
	}
	for i, f := range faults {
		if i == maxProblems {
			break
		}
		x.wrong("store", f, "stop gait and bring back a copy: gait db restore; or take the data folder away, and everything is read anew from the recordings")
	}
	if len(faults) == 0 {
		x.fine("store", fmt.Sprintf("%s, schema %d, %s, no fault", s.Engine, s.Schema, howMuch(s.Bytes)))
	}
}

// bus looks at the bus.
func (x *examination) bus(ctx context.Context) {
	f := &x.opt.busFlags
	switch {
	case f.NoBus:
		x.fine("bus", "none (--no-bus)")
		return
	case f.Nats == "":
		x.fine("bus", "inside gait run, without a port")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	const cure = "see that the server runs with JetStream (nats-server -js), that the address is right, and that --nats-creds may use streams"
	b, err := bus.Open(ctx, bus.Options{URL: f.Nats, Credentials: f.NatsCreds, CA: f.NatsCA, Cert: f.NatsCert, Key: f.NatsKey, Replicas: f.NatsReplicas, Prefix: f.NatsPrefix})
	if err != nil {
		x.wrong("bus", withoutSecrets(err), cure)
		return
	}
	defer b.Close()
	if err := b.Ping(ctx); err != nil {
		x.wrong("bus", withoutSecrets(err), cure)
		return
	}
	x.fine("bus", "NATS at "+withoutSecret(f.Nats))
}

// ports looks whether what is to be listened on is free.
func (x *examination) ports(ctx context.Context) {
	for _, address := range []string{x.opt.Listen, x.opt.MetricsListen, x.opt.DebugListen} {
		if address == "" {
			continue
		}
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		switch {
		case err == nil:
			l.Close()
			x.fine("ports", address+" is free")
		case x.live != nil && errors.Is(err, syscall.EADDRINUSE):
			x.fine("ports", address+" is taken by the system that runs")
		default:
			x.wrong("ports", err.Error(), "stop what listens there (ss -ltnp tells), or take another port")
		}
	}
}
