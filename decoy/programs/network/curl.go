package network

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
)

const curlTry = "curl: try 'curl --help' or 'curl --manual' for more information\n"

const curlVersion = `curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/%s zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13
Release-Date: 2023-02-20, security patched: %s
Protocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp
Features: alt-svc AsynchDNS brotli GSS-API HSTS HTTP2 HTTPS-proxy IDN IPv6 Kerberos Largefile libz NTLM NTLM_WB PSL SPNEGO SSL threadsafe TLS-SRP UnixSockets zstd
`

const curlHelp = `Usage: curl [options...] <url>
 -d, --data <data>          HTTP POST data
 -f, --fail                 Fail fast with no output on HTTP errors
 -h, --help <category>      Get help for commands
 -i, --include              Include protocol response headers in the output
 -o, --output <file>        Write to file instead of stdout
 -O, --remote-name          Write output to a file named as the remote file
 -s, --silent               Silent mode
 -T, --upload-file <file>   Transfer local FILE to destination
 -u, --user <user:password> Server user and password
 -A, --user-agent <name>    Send User-Agent <name> to server
 -v, --verbose              Make the operation more talkative
 -V, --version              Show version number and quit

This is not the full help, this menu is stripped into categories.
Use "--help category" to get an overview of all categories.
For all options use the manual or "--help all".
`

// curlOptions reads the options, and complains as curl does.
func curlOptions(p *proc.Process) *proc.Options {
	var b bytes.Buffer
	q := *p
	q.Err = &b
	o := curlFlags().Parse(&q)
	if o != nil {
		return o
	}
	first, _, _ := strings.Cut(b.String(), "\n")
	name := "?"
	if i, j := strings.IndexByte(first, '\''), strings.LastIndexByte(first, '\''); i >= 0 && j > i {
		name = first[i+1 : j]
	}
	if !strings.HasPrefix(name, "-") {
		name = "-" + name
	}
	name, _, _ = strings.Cut(name, "' ")
	why := "is unknown"
	if strings.Contains(first, "ambiguous") {
		why = "is ambiguous"
	}
	if strings.Contains(first, "requires") {
		why = "requires parameter"
	}
	fmt.Fprintf(p.Err, "curl: option %s: %s\n%s", name, why, curlTry)
	return nil
}

func (f fetcher) curl(p *proc.Process) int {
	o := curlOptions(p)
	if o == nil {
		return 2
	}
	urls := append([]string(nil), o.Operands...)
	if v, ok := o.Last("url"); ok {
		urls = append(urls, v)
	}
	switch {
	case o.Has("h"):
		p.Printf("%s", curlHelp)
		return 0
	case o.Has("V"):
		p.Printf(curlVersion, libssl(p), version(p, "curl"))
		return 0
	case len(urls) == 0:
		if len(p.Args) > 1 {
			fmt.Fprint(p.Err, "curl: no URL specified!\n")
		}
		fmt.Fprint(p.Err, curlTry)
		return 2
	}
	for _, g := range o.Given {
		if slices.Contains(curlNumbers, g.Name) && (g.Name != "C" || g.Value != "-") && !counts(g.Value) {
			name := "-" + g.Name
			if len(g.Name) > 1 {
				name = "-" + name
			}
			fmt.Fprintf(p.Err, "curl: option %s: expected a proper numerical parameter\n%s", name, curlTry)
			return 2
		}
	}
	code := 0
	for _, a := range urls {
		if p.Ctx.Err() != nil {
			return 130
		}
		code = f.curlOne(p, o, a)
	}
	return code
}

// curlNumbers are options whose value is a number.
var curlNumbers = []string{"m", "C", "Y", "y", "connect-timeout", "retry", "retry-delay", "retry-max-time", "max-redirs", "keepalive-time"}

func counts(text string) bool {
	f, err := strconv.ParseFloat(text, 64)
	return err == nil && f >= 0
}

// curlLink takes apart what curl is given.
func curlLink(text string) (l link, ok bool) {
	scheme, rest, given := schemeOf(text)
	if !given {
		scheme, rest = "http", text
	}
	if scheme == "file" {
		return link{scheme: scheme, path: strings.TrimPrefix(rest, "localhost")}, true
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] == 0x7f {
			return l, false
		}
	}
	l, wrong := takeApart(scheme, rest)
	return l, wrong == noFlaw || wrong == badUser && l.host != ""
}

// written is what -w writes of a transfer that failed.
func written(form, asked, why string, code int) string {
	return strings.NewReplacer("%{http_code}", "000", "%{response_code}", "000", "%{url}", asked, "%{url_effective}", asked, "%{errormsg}", why, "%{exitcode}", strconv.Itoa(code),
		"%{size_download}", "0", "%{num_redirects}", "0", "%{redirect_url}", "", "%{content_type}", "", "%{remote_ip}", "", "%%", "%", `\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(form)
}

// curlFile shows a file of the machine, which curl reads as it reads the web.
func curlFile(p *proc.Process, name string) (ok bool) {
	data, err := p.FS.ReadFile(name, 1<<20)
	if err != nil {
		return false
	}
	p.Out.Write(data)
	return true
}

// meterHead and meterRow are what curl shows of how it goes.
const (
	meterHead = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n"
	meterRow  = "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
)

// transfer is one that curl is asked for.
type transfer struct {
	p     *proc.Process
	o     *proc.Options
	asked string
	meter bool
}

// fail tells why there is nothing, and gives the exit code.
func (t transfer) fail(code int, format string, args ...any) int {
	why := fmt.Sprintf(format, args...)
	if !t.o.Has("s") || t.o.Has("S") {
		fmt.Fprintf(t.p.Err, "curl: (%d) %s\n", code, why)
	}
	if t.o.Has("#") && code != 3 {
		fmt.Fprintln(t.p.Err)
	}
	if form, ok := t.o.Last("w"); ok {
		t.p.Printf("%s", written(form, t.asked, why, code))
	}
	return code
}

// say tells what -v is to tell.
func (t transfer) say(format string, args ...any) {
	if t.o.Has("v") {
		fmt.Fprintf(t.p.Err, "* "+format+"\n", args...)
	}
}

// show writes the meter.
func (t transfer) show(text string) {
	if t.meter {
		fmt.Fprint(t.p.Err, text)
	}
}

func (f fetcher) curlOne(p *proc.Process, o *proc.Options, asked string) int {
	t := transfer{p: p, o: o, asked: asked}
	l, ok := curlLink(asked)
	path, _, _ := strings.Cut(l.path, "?")
	switch {
	case !ok && (l.scheme == "" || ports[l.scheme] != ""):
		told(p, asked, "refused")
		return t.fail(3, "URL using bad/illegal format or missing URL")
	case l.scheme == "file" && curlFile(p, l.path):
		return 0
	case l.scheme == "file":
		return t.fail(37, "Couldn't open file %s", l.path)
	case l.port == "" || ports[l.scheme] == "":
		told(p, asked, "refused")
		return t.fail(1, "Protocol \"%s\" not supported or disabled in libcurl", l.scheme)
	case o.Has("O") && !o.Has("o") && (path == "" || strings.HasSuffix(path, "/")):
		told(p, asked, "refused")
		fmt.Fprintf(p.Err, "curl: Remote file name has no length!\n")
		return t.fail(23, "Failed writing received data to disk/application")
	}
	t.meter = !o.Has("s", "#", "no-progress-meter") && (o.Has("o", "O") || !p.OutTTY)
	t.show(meterHead + meterRow)
	h := find(p, f.policy, l.host)
	if f.policy == Placeholder && h.way == silent {
		told(p, asked, "kept")
		return f.curlKeep(p, o, l, t.meter)
	}
	told(p, asked, "failed")
	if _, unknown := h.way.unknown(); unknown {
		t.say("Could not resolve host: %s", h.host)
		t.say("Closing connection 0")
		return t.fail(6, "Could not resolve host: %s", h.host)
	}
	return t.connect(h, l.port)
}

// connect fails to connect to a host.
func (t transfer) connect(h place, port string) int {
	lost := fmt.Sprintf("Failed to connect to %s port %s after 0 ms: Couldn't connect to server", h.host, port)
	t.say("  Trying %s:%s...", bracketed(h.addr), port)
	if h.way != silent {
		t.say("connect to %s port %s failed: %s", h.addr, port, h.way.why())
		if h.host == "localhost" {
			t.say("  Trying [::1]:%s...", port)
			t.say("connect to ::1 port %s failed: %s", port, h.way.why())
		}
		t.say("%s", lost)
		t.show(meterRow + "\n")
		t.say("Closing connection 0")
		return t.fail(7, "%s", lost)
	}
	most, _ := t.o.Last("m")
	limit, _ := t.o.Last("connect-timeout")
	took, why := curlWait(t.p, t.meter, seconds(most), seconds(limit))
	ms := took.Milliseconds()
	if why != timedOut {
		lost = strings.Replace(lost, "after 0 ms", fmt.Sprintf("after %d ms", ms+58), 1)
		t.say("connect to %s port %s failed: %s", h.addr, port, why)
		t.say("%s", lost)
	}
	t.say("Closing connection 0")
	switch whole, first := seconds(most), seconds(limit); {
	case why == timedOut && whole > 0 && (first == 0 || whole <= first):
		return t.fail(28, "Connection timed out after %d milliseconds", ms)
	case why == timedOut:
		return t.fail(28, "Failed to connect to %s port %s after %d ms: Timeout was reached", h.host, port, ms+1)
	}
	return t.fail(7, "%s", lost)
}

// curlWait waits as [patience] does, and shows each second where it is to.
func curlWait(p *proc.Process, meter bool, told ...time.Duration) (time.Duration, string) {
	if !meter {
		return patience(p, told...)
	}
	d, why := longest(told...)
	row := func(t time.Duration) {
		spent := "--:--:--"
		if s := int(t.Seconds()); s > 0 {
			spent = fmt.Sprintf(" 0:00:%02d", s)
		}
		fmt.Fprint(p.Err, strings.Replace(meterRow, "--:--:-- --:--:-- --:--:--", "--:--:-- "+spent+" --:--:--", 1))
	}
	for t := time.Duration(0); t < d; t += time.Second {
		if t > 0 {
			row(t - time.Second)
		}
		if !p.Sleep(min(time.Second, d-t)) {
			break
		}
	}
	if why != timedOut {
		row(d - time.Second)
	}
	row(d)
	fmt.Fprintln(p.Err)
	return d, why
}

// curlKeep gives the placeholder as curl does.
func (f fetcher) curlKeep(p *proc.Process, o *proc.Options, l link, meter bool) int {
	p.Sleep(150 * time.Millisecond)
	size := len(placeholder)
	if meter {
		fmt.Fprintf(p.Err, "\r100 %5d  100 %5d    0     0    680      0 --:--:-- --:--:-- --:--:--   683\n", size, size)
	}
	head := "HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: " + p.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") + fmt.Sprintf("\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n", size)
	body := placeholder
	switch {
	case o.Has("I"):
		body = head
	case o.Has("i"):
		body = head + body
	}
	file, ok := o.Last("o")
	if !ok && o.Has("O") {
		file, _, _ = strings.Cut(l.path, "?")
		file = fileOf(file)
	}
	if file == "" || file == "-" {
		p.Printf("%s", body)
		return 0
	}
	if err := p.FS.WriteFile(file, []byte(body), 0o666); err != nil {
		fmt.Fprintf(p.Err, "Warning: Failed to open the file %s: %s\ncurl: (23) Failure writing output to destination\n", file, proc.Text(err))
		return 23
	}
	return 0
}
