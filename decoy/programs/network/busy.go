package network

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// banner is what stands before the usage of each applet.
func banner(p *proc.Process) string {
	return "BusyBox v1.35.0 (Debian 1:" + version(p, "busybox") + ") multi-call binary.\n\nUsage: "
}

// What the applets say of themselves.
const (
	usageWget   = "wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] URL...\n\nRetrieve files via HTTP or FTP\n\n\t--spider\tOnly check URL existence: $? is 0 if exists\n\t--header STR\tAdd STR (of form 'header: value') to headers\n\t--post-data STR\tSend STR using POST method\n\t--post-file FILE\tSend FILE using POST method\n\t--no-check-certificate\tDon't validate the server's certificate\n\t-c\t\tContinue retrieval of aborted transfer\n\t-q\t\tQuiet\n\t-P DIR\t\tSave to DIR (default .)\n\t-S    \t\tShow server response\n\t-O FILE\t\tSave to FILE ('-' for stdout)\n\t-o LOGFILE\tLog messages to FILE\n\t-U STR\t\tUse STR for User-Agent header\n\t-Y on/off\tUse proxy\n"
	usageTFTP   = "tftp [OPTIONS] HOST [PORT]\n\nTransfer a file from/to tftp server\n\n\t-l FILE\tLocal FILE\n\t-r FILE\tRemote FILE\n\t-g\tGet file\n\t-p\tPut file\n\t-b SIZE\tTransfer blocks in bytes\n"
	usageFTPGet = "ftpget [OPTIONS] HOST [LOCAL_FILE] REMOTE_FILE\n\nDownload a file via FTP\n\n\t-c\tContinue previous transfer\n\t-v\tVerbose\n\t-u USER\tUsername\n\t-p PASS\tPassword\n\t-P PORT\n"
	usageNC     = "nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]\n\nOpen a pipe to IP:PORT or FILE\n\n\t-l\tListen mode, for inbound connects\n\t\t(use -ll with -e for persistent server)\n\t-p PORT\tLocal port\n\t-w SEC\tConnect timeout\n\t-i SEC\tDelay interval for lines sent\n\t-f FILE\tUse file (ala /dev/ttyS0) instead of network\n\t-e PROG\tRun PROG after connect\n"
	usageTelnet = "telnet [-a] [-l USER] HOST [PORT]\n\nConnect to telnet server\n\n\t-a\tAutomatic login with $USER variable\n\t-l USER\tAutomatic login as USER\n"
)

// applet reads the options of an applet, and shows its usage where they cannot
// be read or are too few; then o is nil.
func applet(p *proc.Process, short, usage string, least int) (o *proc.Options, code int) {
	if len(p.Args) == 2 && p.Args[1] == "--help" {
		fmt.Fprint(p.Err, banner(p)+usage)
		return nil, 0
	}
	f := proc.Flags{Short: short}
	if usage == usageWget {
		f.Long = map[string]proc.Long{"spider": {}, "header": {Value: 1}, "post-data": {Value: 1}, "post-file": {Value: 1}, "no-check-certificate": {}, "quiet": {As: "q"}, "continue": {As: "c"}, "output-document": {As: "O", Value: 1}, "output-file": {As: "o", Value: 1}, "directory-prefix": {As: "P", Value: 1}, "user-agent": {As: "U", Value: 1}, "timeout": {As: "T", Value: 1}, "tries": {As: "t", Value: 1}, "proxy": {As: "Y", Value: 1}, "no-verbose": {As: "nv"}, "no-clobber": {As: "nc"}}
	}
	if o = parse(p, f, banner(p)+usage); o == nil {
		return nil, 1
	}
	for _, g := range o.Given {
		if g.Name == "help" || g.Name == "version" { // busybox knows neither among others
			fmt.Fprintf(p.Err, "%s: unrecognized option '--%s'\n%s%s", p.Name(), g.Name, banner(p), usage)
			return nil, 1
		}
	}
	if len(o.Operands) < least {
		fmt.Fprint(p.Err, banner(p)+usage)
		return nil, 1
	}
	return o, 0
}

// busyWget is wget as busybox has it.
func (f fetcher) busyWget(p *proc.Process) int {
	o, code := applet(p, "cqSO:o:P:T:t:U:Y:n:", usageWget, 1)
	if o == nil {
		return code
	}
	if v, ok := o.Last("T"); ok && !digits(v) {
		return p.Complain("invalid number '%s'", v)
	}
	if name, ok := o.Last("o"); ok && name != "-" {
		var log bytes.Buffer
		q := *p
		q.Err = &log
		p = &q
		defer func() { q.FS.WriteFile(name, log.Bytes(), 0o666) }()
	}
	for _, asked := range o.Operands {
		if code := f.busyOne(p, o, asked); code != 0 {
			return code
		}
	}
	return 0
}

func (f fetcher) busyOne(p *proc.Process, o *proc.Options, asked string) int {
	l, at, why := busyLink(asked)
	if why != "" {
		told(p, asked, "refused")
		return p.Complain("%s", why)
	}
	h := find(p, f.policy, l.host)
	if _, unknown := h.way.unknown(); unknown {
		told(p, asked, "failed")
		return p.Complain("bad address '%s'", at)
	}
	if h.host == "localhost" {
		h.addr = "::1"
	}
	if !o.Has("q") {
		fmt.Fprintf(p.Err, "Connecting to %s (%s:%s)\n", at, bracketed(h.addr), l.port)
	}
	if l.scheme == "https" && (f.policy == Unreachable || h.way != silent) { // another program was to connect
		told(p, asked, "failed")
		if h.way == silent {
			p.Sleep(wait)
		}
		return p.Complain("error getting response: Connection reset by peer")
	}
	if f.policy == Unreachable || h.way != silent {
		told(p, asked, "failed")
		return busyConnect(p, o, h)
	}
	told(p, asked, "kept")
	if o.Has("spider") {
		return 0
	}
	file, fixed := o.Last("O")
	if !fixed {
		file, _, _ = strings.Cut(l.path, "?")
		file = fileOf(file)
		if dir, ok := o.Last("P"); ok {
			file = strings.TrimSuffix(dir, "/") + "/" + file
		}
		if _, err := p.FS.Lstat(file); err == nil && !o.Has("c") {
			return p.Complain("can't open '%s': File exists", file)
		}
	}
	return busySave(p, file, o.Has("q"))
}

// busySave saves the placeholder and shows how it goes.
func busySave(p *proc.Process, file string, quiet bool) int {
	if file == "-" {
		p.Printf("%s", placeholder)
	} else if err := save(p, file); err != nil {
		return p.Complain("can't open '%s': %s", file, gnu.Why(err))
	}
	if quiet {
		return 0
	}
	if file == "-" {
		fmt.Fprintf(p.Err, "writing to stdout\n")
	} else {
		fmt.Fprintf(p.Err, "saving to '%s'\n", file)
	}
	fmt.Fprintf(p.Err, "\r%-20.20s 100%% |********************************| %5d  0:00:00 ETA\n", fileOf(file), len(placeholder))
	if file == "-" {
		fmt.Fprintf(p.Err, "written to stdout\n")
	} else {
		fmt.Fprintf(p.Err, "'%s' saved\n", file)
	}
	return 0
}

// busyLink takes apart what busybox's wget is given; at is the host as it says it.
func busyLink(asked string) (l link, at, why string) {
	scheme, rest, ok := strings.Cut(asked, "://")
	switch {
	case !ok:
		scheme, rest = "http", asked
	case scheme != "http" && scheme != "https" && scheme != "ftp" && scheme != "ftps":
		return l, "", "not an http or ftp url: " + asked
	}
	l, wrong := takeApart(scheme, rest)
	at = rest
	if i := strings.IndexAny(at, "/?#"); i >= 0 {
		at = at[:i]
	}
	at = at[strings.LastIndexByte(at, '@')+1:]
	switch {
	case wrong == badPort, wrong == noFlaw && l.given == "" && strings.HasSuffix(at, ":"):
		return l, at, "bad port '" + l.given + "'"
	case wrong != noFlaw && wrong != badUser:
		return l, at, "bad address '" + at + "'"
	}
	return l, at, ""
}

// digits says whether a text is a number that busybox reads.
func digits(text string) bool {
	_, err := strconv.ParseUint(text, 10, 32)
	return err == nil
}

// portOf says whether a text is a port by number or by name.
func portOf(p *proc.Process, text string) bool {
	if _, err := strconv.ParseUint(text, 10, 16); err == nil {
		return true
	}
	data, err := p.FS.ReadFile("/etc/services", 1<<20)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == text {
			return true
		}
	}
	return false
}

// busyConnect fails to connect to a host.
func busyConnect(p *proc.Process, o *proc.Options, h place) int {
	if _, unknown := h.way.unknown(); unknown {
		return p.Complain("bad address '%s'", h.host)
	}
	why := h.way.why()
	if h.way == silent {
		limit, _ := o.Last("T")
		if _, why = patience(p, seconds(limit)); why == timedOut {
			return p.Complain("download timed out")
		}
	}
	if strings.Contains(h.addr, ":") { // it says addresses of version 4 only
		return p.Complain("can't connect to remote host: %s", why)
	}
	return p.Complain("can't connect to remote host (%s): %s", h.addr, why)
}

// tftp is busybox's: tftp -g -l FILE -r FILE HOST.
func (f fetcher) tftp(p *proc.Process) int {
	for i, a := range p.Args { // what other tftp are told: tftp HOST -c get FILE
		if a == "-c" && i > 1 && i+2 < len(p.Args) && p.Args[i+1] == "get" {
			told(p, "tftp://"+p.Args[1]+"/"+p.Args[i+2], "refused")
		}
	}
	o, code := applet(p, "gpl:r:b:", usageTFTP, 1)
	if o == nil {
		return code
	}
	local, _ := o.Last("l")
	remote, ok := o.Last("r")
	if !ok {
		remote = local
	} else if local == "" {
		local = fileOf(remote)
	}
	if remote == "" || o.Has("g") == o.Has("p") {
		fmt.Fprint(p.Err, banner(p)+usageTFTP)
		return 1
	}
	if v, ok := o.Last("b"); ok && !digits(v) {
		return p.Complain("bad blocksize '%s'", v)
	}
	if len(o.Operands) > 1 && !portOf(p, o.Operands[1]) {
		return p.Complain("bad port '%s'", o.Operands[1])
	}
	if _, err := p.FS.Stat(local); o.Has("p") && err != nil {
		return p.Complain("can't open '%s': %s", local, gnu.Why(err))
	}
	return f.plain(p, o, "tftp://"+o.Operands[0]+"/"+remote, local)
}

// ftpget is busybox's: ftpget HOST LOCAL REMOTE.
func (f fetcher) ftpget(p *proc.Process) int {
	o, code := applet(p, "cvu:p:P:", usageFTPGet, 2)
	if o == nil {
		return code
	}
	remote, at := o.Operands[len(o.Operands)-1], "21"
	if v, ok := o.Last("P"); ok {
		if at = v; !portOf(p, v) {
			return p.Complain("bad port '%s'", v)
		}
	}
	if h := find(p, f.policy, o.Operands[0]); o.Has("v") && h.addr != "" {
		p.Printf("Connecting to %s (%s:%s)\n", h.host, bracketed(h.addr), at)
	}
	return f.plain(p, o, "ftp://"+o.Operands[0]+"/"+remote, o.Operands[1])
}

// tftpWait is how long tftp goes on asking.
const tftpWait = 12900 * time.Millisecond

// plain fetches by a protocol that says little.
func (f fetcher) plain(p *proc.Process, o *proc.Options, asked, file string) int {
	h := find(p, f.policy, o.Operands[0])
	if f.policy == Placeholder && h.way == silent {
		told(p, asked, "kept")
		p.Sleep(150 * time.Millisecond)
		return busySave(p, file, true)
	}
	told(p, asked, "failed")
	if strings.HasPrefix(asked, "tftp:") && h.addr != "" {
		p.Sleep(tftpWait)
		return p.Complain("timeout")
	}
	return busyConnect(p, o, h)
}

// runNC is busybox's nc, which connects or listens.
func runNC(p *proc.Process) int {
	o, code := applet(p, "lp:w:e:i:f:", usageNC, 0)
	if o == nil {
		return code
	}
	if o.Has("l") {
		for p.Sleep(time.Hour) { // nobody comes
		}
		return 0
	}
	// What follows -e is a command line, so the host stands before it.
	if e := slices.Index(p.Args, "-e"); len(o.Operands) == 0 || e > 0 && !slices.Contains(p.Args[:e], o.Operands[0]) {
		fmt.Fprint(p.Err, banner(p)+usageNC)
		return 1
	}
	if len(o.Operands) > 1 && !portOf(p, o.Operands[1]) {
		return p.Complain("bad port '%s'", o.Operands[1])
	}
	told(p, "tcp://"+strings.Join(o.Operands, ":"), "failed")
	h := find(p, Unreachable, o.Operands[0])
	if limit, _ := o.Last("w"); h.way == silent && seconds(limit) > 0 {
		patience(p, seconds(limit))
		return p.Complain("timed out")
	}
	return busyConnect(p, o, h)
}

// runTelnet is busybox's.
func runTelnet(p *proc.Process) int {
	o, code := applet(p, "al:", usageTelnet, 1)
	if o == nil {
		return code
	}
	at := "23"
	if len(o.Operands) > 1 {
		at = o.Operands[1]
	}
	if !portOf(p, at) {
		return p.Complain("bad port '%s'", at)
	}
	told(p, "telnet://"+o.Operands[0]+":"+at, "failed")
	return busyConnect(p, o, find(p, Unreachable, o.Operands[0]))
}
