package network

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

const wgetUsage = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"

// getter is a wget that runs.
type getter struct {
	p      *proc.Process
	o      *proc.Options
	policy Policy
	log    io.Writer // where it says what it does
	terse  bool      // -nv
	tries  int
}

func (f fetcher) wget(p *proc.Process) int {
	o := parse(p, wgetFlags(), wgetUsage)
	switch {
	case o == nil:
		return 2
	case o.Has("h"):
		p.Printf("%s", helps()["wget"])
		return 0
	case o.Has("V"):
		p.Printf("%s", helps()["wget-version"])
		return 0
	}
	if code := wgetChecked(p, o); code != 0 {
		return code
	}
	g := &getter{p: p, o: o, policy: f.policy, log: p.Err, tries: 20}
	n, _ := o.Last("n")
	g.terse = o.Has("nv") || strings.Contains(n, "v")
	if t, ok := o.Last("t"); ok {
		if n, err := strconv.Atoi(t); err == nil {
			g.tries = n // 0 is without end
		}
	}
	urls := append([]string(nil), o.Operands...)
	name, listed := o.Last("i")
	if len(urls) == 0 && !listed {
		fmt.Fprintf(p.Err, "wget: missing URL\n%s", wgetUsage)
		return 1
	}
	if v, ok := o.Last("O"); ok && v != "-" {
		if err := g.begun(v); err != nil {
			fmt.Fprintf(p.Err, "%s: %s\n", v, gnu.Why(err))
			return 1
		}
	}
	if listed {
		more, ok := g.listed(name)
		if urls = append(urls, more...); !ok && len(urls) == 0 {
			return 0
		}
	}
	return g.all(urls)
}

// begun opens the file that everything is written to, before anything is asked
// for: so it is empty when nothing comes.
func (g *getter) begun(name string) error {
	if g.o.Has("c") {
		return nil
	}
	return g.p.FS.WriteFile(name, nil, 0o666)
}

// listed reads the URLs of a file.
func (g *getter) listed(name string) (list []string, ok bool) {
	f, err := gnu.Open(g.p, name)
	if err != nil {
		fmt.Fprintf(g.p.Err, "%s: %s\nNo URLs found in %s.\n", name, gnu.Why(err), name)
		return nil, false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if err == nil {
		list = strings.Fields(string(data))
	}
	if len(list) == 0 {
		fmt.Fprintf(g.p.Err, "No URLs found in %s.\n", name)
	}
	return list, len(list) > 0
}

// all fetches all of them, and keeps a log where it is told to.
func (g *getter) all(urls []string) (code int) {
	name, logs := g.o.Last("o")
	if !logs {
		name, logs = g.o.Last("a")
	}
	if !logs && g.o.Has("b") {
		name, logs = "wget-log", true
	}
	if g.o.Has("b") {
		g.p.Printf("Continuing in background, pid %d.\n", g.p.PID+1)
		if !g.o.Has("o", "a") {
			g.p.Printf("Output will be written to %s.\n", gnu.Quote(g.p, name))
		}
	}
	if logs && name != "-" {
		if err := g.p.FS.WriteFile(name, nil, 0o666); err != nil {
			return g.p.Complain("%s: %s", name, gnu.Why(err))
		}
		var b bytes.Buffer
		g.log = &b
		defer func() { g.p.FS.WriteFile(name, b.Bytes(), 0o666) }()
	}
	for _, a := range urls {
		if g.p.Ctx.Err() != nil {
			return 4
		}
		if c := g.one(a); c != 0 {
			code = c
		}
	}
	return code
}

// say tells what happens, but for -q and -nv; fail tells it but for -q.
func (g *getter) say(format string, args ...any) {
	if !g.terse {
		g.fail(format, args...)
	}
}

func (g *getter) fail(format string, args ...any) {
	if !g.o.Has("q") {
		fmt.Fprintf(g.log, format, args...)
	}
}

// one fetches one address.
func (g *getter) one(asked string) int {
	l, why := wgetLink(asked)
	if why != "" {
		told(g.p, asked, "refused")
		fmt.Fprintf(g.log, "%s\n", why)
		return 1
	}
	if strings.ContainsAny(l.path, "[*?]") && !strings.HasPrefix(l.scheme, "ftp") && strings.ContainsAny(asked, "[*") {
		g.say("Warning: wildcards not supported in HTTP.\n")
	}
	if g.o.Has("spider") {
		g.say("Spider mode enabled. Check if remote file exists.\n")
	}
	g.say("--%s--  %s\n", g.p.Now().Format(time.DateTime), l.shown())
	if strings.HasPrefix(l.scheme, "ftp") {
		g.say("           => %s\n", gnu.Quote(g.p, g.file(l)))
	}
	h := find(g.p, g.policy, l.host)
	if why, unknown := h.way.unknown(); unknown {
		told(g.p, asked, "failed")
		g.say("Resolving %s (%s)... failed: %s.\n", h.host, h.host, why)
		g.fail("wget: unable to resolve host address %s\n", gnu.Quote(g.p, h.host))
		return 4
	}
	if g.o.Has("6") && !h.named() && !strings.Contains(h.addr, ":") {
		told(g.p, asked, "failed")
		g.say("failed: Address family for hostname not supported.\n")
		g.fail("wget: unable to resolve host address %s\n", gnu.Quote(g.p, h.host))
		return 4
	}
	at := bracketed(h.host)
	if h.named() {
		at = g.resolved(h)
	}
	if g.policy == Placeholder && h.way == silent {
		told(g.p, asked, "kept")
		g.say("Connecting to %s:%s... connected.\n", at, l.port)
		return g.keep(l)
	}
	told(g.p, asked, "failed")
	if h.host == "localhost" && !g.o.Has("4") {
		g.say("Connecting to localhost (localhost)|::1|:%s... ", l.port)
		g.fail("failed: %s.\n", h.way.why())
	}
	g.connect(l, h, at+":"+l.port)
	return 4
}

// resolved tells of the address of a name, and gives how the host is called from
// then on.
func (g *getter) resolved(h place) string {
	all := h.addr
	if h.host == "localhost" && !g.o.Has("4") { // has both, and wget begins with that of version 6
		all = "::1, " + h.addr
	}
	g.say("Resolving %s (%s)... %s\n", h.host, h.host, all)
	return fmt.Sprintf("%s (%s)|%s|", h.host, h.host, h.addr)
}

// connect tries to connect. It tries again only where it gave up by itself, or
// is told to: a host that is known to be out of reach stays so.
func (g *getter) connect(l link, h place, at string) {
	limit, _ := g.o.Last("T")
	for try := 1; ; try++ {
		if try > 1 {
			g.say("--%s--  (try:%2d)  %s\n", g.p.Now().Format(time.DateTime), try, l.shown())
		}
		g.say("Connecting to %s... ", at)
		why := h.way.why()
		if h.way == silent {
			_, why = patience(g.p, seconds(limit))
		}
		g.fail("failed: %s.\n", why)
		if why != timedOut && !g.o.Has("retry-connrefused") || g.p.Ctx.Err() != nil {
			return
		}
		if try == g.tries {
			g.say("Giving up.\n\n")
			return
		}
		g.say("Retrying.\n\n")
		g.p.Sleep(time.Duration(min(try, 10)) * time.Second)
	}
}

// file names the file that a URL is saved to: not one that is there, unless it
// is told.
func (g *getter) file(l link) string {
	if v, ok := g.o.Last("O"); ok {
		return v
	}
	path, query, asks := strings.Cut(l.path, "?")
	name := fileOf(path)
	if strings.HasPrefix(l.scheme, "ftp") && strings.HasSuffix(path, "/") {
		name = ".listing"
	}
	if asks {
		name += "?" + query
	}
	if v, ok := g.o.Last("P"); ok {
		name = strings.TrimSuffix(v, "/") + "/" + name
	}
	if g.o.Has("c", "N", "r", "nc") {
		return name
	}
	free := name
	for i := 1; i < 1000; i++ {
		if _, err := g.p.FS.Lstat(free); err != nil {
			break
		}
		free = name + "." + strconv.Itoa(i)
	}
	return free
}

// fileOf names the file of a path.
func fileOf(p string) string {
	if name := path.Base(p); name != "/" && name != "." && !strings.HasSuffix(p, "/") {
		return name
	}
	return "index.html"
}
