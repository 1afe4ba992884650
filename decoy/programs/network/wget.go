package network

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

const wgetUsage = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n"

var wgetFlags = proc.Flags{Short: "46a:A:bcD:dEe:FhHi:I:kKl:LmNn:o:O:pP:qQ:rR:St:T:U:vVw:xX:", Long: map[string]proc.Long{
	"append-output": {As: "a", Value: 1}, "background": {As: "b"}, "ca-certificate": {Value: 1}, "connect-timeout": {As: "T", Value: 1}, "continue": {As: "c"}, "content-disposition": {}, "debug": {As: "d"}, "directory-prefix": {As: "P", Value: 1}, "dns-timeout": {Value: 1},
	"execute": {As: "e", Value: 1}, "force-directories": {As: "x"}, "header": {Value: 1}, "help": {As: "h"}, "inet4-only": {As: "4"}, "inet6-only": {As: "6"}, "input-file": {As: "i", Value: 1}, "limit-rate": {Value: 1}, "load-cookies": {Value: 1}, "max-redirect": {Value: 1},
	"mirror": {As: "m"}, "no-cache": {}, "no-check-certificate": {}, "no-clobber": {As: "nc"}, "no-cookies": {}, "no-dns-cache": {}, "no-hsts": {}, "no-parent": {}, "no-proxy": {}, "no-verbose": {As: "nv"}, "output-document": {As: "O", Value: 1}, "output-file": {As: "o", Value: 1},
	"page-requisites": {As: "p"}, "password": {Value: 1}, "post-data": {Value: 1}, "post-file": {Value: 1}, "progress": {Value: 1}, "quiet": {As: "q"}, "read-timeout": {Value: 1}, "recursive": {As: "r"}, "referer": {Value: 1}, "retry-connrefused": {}, "save-headers": {}, "secure-protocol": {Value: 1},
	"server-response": {As: "S"}, "show-progress": {}, "spider": {}, "timeout": {As: "T", Value: 1}, "timestamping": {As: "N"}, "tries": {As: "t", Value: 1}, "user": {Value: 1}, "user-agent": {As: "U", Value: 1}, "verbose": {As: "v"}, "version": {As: "V"}, "wait": {As: "w", Value: 1}, "waitretry": {Value: 1},
}}

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
	o := parse(p, wgetFlags, wgetUsage)
	if o == nil {
		return 2
	}
	if o.Has("V") {
		p.Printf("GNU Wget 1.21.3 built on linux-gnu.\n\n-cares +digest -gpgme +https +ipv6 +iri +large-file -metalink +nls \n+ntlm +opie +psl +ssl/gnutls \n\nWgetrc: \n    /etc/wgetrc (system)\nLocale: \n    /usr/share/locale \n\nCopyright (C) 2015 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later\n<http://www.gnu.org/licenses/gpl.html>.\nThis is free software: you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n\nOriginally written by Hrvoje Niksic <hniksic@xemacs.org>.\nPlease send bug reports and questions to <bug-wget@gnu.org>.\n")
		return 0
	}
	g := &getter{p: p, o: o, policy: f.policy, log: p.Err, tries: 20}
	n, _ := o.Last("n")
	g.terse = o.Has("nv") || strings.Contains(n, "v")
	if t, ok := o.Last("t"); ok {
		if n, err := strconv.Atoi(t); err == nil && n >= 0 {
			g.tries = n // 0 is without end
		}
	}
	urls := append([]string(nil), o.Operands...)
	if name, ok := o.Last("i"); ok {
		data, err := p.FS.ReadFile(p.FS.Abs(name), 1<<16)
		if err != nil {
			fmt.Fprintf(p.Err, "%s: %s\nNo URLs found in %s.\n", name, gnu.Why(err), name)
			return 1
		}
		urls = append(urls, strings.Fields(string(data))...)
	}
	if len(urls) == 0 {
		fmt.Fprintf(p.Err, "wget: missing URL\n%s", wgetUsage)
		return 1
	}
	return g.all(urls)
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
	u, port := target(asked)
	switch scheme, _, ok := strings.Cut(asked, "://"); {
	case ok && port == "" && u != nil:
		told(g.p, asked, "refused")
		fmt.Fprintf(g.log, "%s: Unsupported scheme %s.\n", asked, gnu.Quote(g.p, scheme))
		return 1
	case u == nil:
		told(g.p, asked, "refused")
		why := "Invalid host name"
		if !ok {
			asked = "http://" + asked
		}
		if _, err := url.Parse(asked); err != nil && strings.Contains(err.Error(), "port") {
			why = "Bad port number"
		}
		fmt.Fprintf(g.log, "%s: %s.\n", asked, why)
		return 1
	}
	if g.o.Has("spider") {
		g.say("Spider mode enabled. Check if remote file exists.\n")
	}
	g.say("--%s--  %s\n", g.p.Now().Format(time.DateTime), shown(u))
	if u.Scheme == "ftp" {
		g.say("           => %s\n", gnu.Quote(g.p, g.file(u)))
	}
	h := find(g.p, g.policy, u.Hostname())
	at := h.host
	if strings.Contains(at, ":") {
		at = "[" + at + "]"
	}
	if h.way == noName {
		told(g.p, asked, "failed")
		g.say("Resolving %s (%s)... failed: Temporary failure in name resolution.\n", h.host, h.host)
		g.fail("wget: unable to resolve host address %s\n", gnu.Quote(g.p, h.host))
		return 4
	}
	if h.named() {
		all := h.addr
		if h.host == "localhost" { // has both, and wget begins with that of version 6
			all = "::1, " + h.addr
		}
		g.say("Resolving %s (%s)... %s\n", h.host, h.host, all)
		at = fmt.Sprintf("%s (%s)|%s|", h.host, h.host, h.addr)
	}
	if g.policy == Placeholder && h.way == silent {
		told(g.p, asked, "kept")
		g.say("Connecting to %s:%s... connected.\n", at, port)
		return g.keep(u)
	}
	told(g.p, asked, "failed")
	if h.host == "localhost" {
		g.say("Connecting to localhost (localhost)|::1|:%s... ", port)
		g.fail("failed: %s.\n", h.way.why())
	}
	g.connect(u, h, at+":"+port)
	return 4
}

// shown is a URL as it is said.
func shown(u *url.URL) string {
	text := u.String()
	if u.Path == "" {
		text = u.Scheme + "://" + u.Host + "/" + strings.TrimPrefix(text, u.Scheme+"://"+u.Host)
	}
	return text
}

// connect tries to connect. It tries again only where it gave up by itself, or
// is told to: a host that is known to be out of reach stays so.
func (g *getter) connect(u *url.URL, h place, at string) {
	limit, _ := g.o.Last("T")
	for try := 1; ; try++ {
		if try > 1 {
			g.say("--%s--  (try:%2d)  %s\n", g.p.Now().Format(time.DateTime), try, shown(u))
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
func (g *getter) file(u *url.URL) string {
	if v, ok := g.o.Last("O"); ok {
		return v
	}
	name := fileOf(u.Path)
	if u.RawQuery != "" {
		name += "?" + u.RawQuery
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
