package network

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gait/decoy/proc"
)

const curlTry = "curl: try 'curl --help' or 'curl --manual' for more information\n"

var curlFlags = proc.Flags{Short: "#012346aA:b:Bc:C:d:D:e:E:fF:gGhH:iIjJkK:lLm:MnNo:OpP:qQ:r:RsSt:T:u:U:vVw:x:X:Y:y:z:Z", Long: map[string]proc.Long{
	"cacert": {Value: 1}, "compressed": {}, "connect-timeout": {Value: 1}, "cookie": {As: "b", Value: 1}, "cookie-jar": {As: "c", Value: 1}, "create-dirs": {}, "data": {As: "d", Value: 1}, "data-binary": {As: "d", Value: 1}, "data-raw": {As: "d", Value: 1}, "data-urlencode": {As: "d", Value: 1},
	"fail": {As: "f"}, "form": {As: "F", Value: 1}, "get": {As: "G"}, "globoff": {As: "g"}, "head": {As: "I"}, "header": {As: "H", Value: 1}, "help": {As: "h"}, "http1.0": {As: "0"}, "http1.1": {}, "http2": {}, "include": {As: "i"}, "insecure": {As: "k"}, "interface": {Value: 1}, "ipv4": {As: "4"}, "ipv6": {As: "6"},
	"limit-rate": {Value: 1}, "location": {As: "L"}, "max-time": {As: "m", Value: 1}, "no-buffer": {As: "N"}, "noproxy": {Value: 1}, "output": {As: "o", Value: 1}, "progress-bar": {As: "#"}, "proxy": {As: "x", Value: 1}, "referer": {As: "e", Value: 1}, "remote-name": {As: "O"}, "remote-time": {As: "R"},
	"request": {As: "X", Value: 1}, "resolve": {Value: 1}, "retry": {Value: 1}, "retry-delay": {Value: 1}, "show-error": {As: "S"}, "silent": {As: "s"}, "socks5": {Value: 1}, "ssl": {}, "tlsv1": {As: "1"}, "tlsv1.2": {}, "tlsv1.3": {}, "upload-file": {As: "T", Value: 1}, "url": {Value: 1}, "user": {As: "u", Value: 1}, "user-agent": {As: "A", Value: 1}, "verbose": {As: "v"}, "version": {As: "V"}, "write-out": {As: "w", Value: 1},
}}

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
	o := curlFlags.Parse(&q)
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
	why := "is unknown"
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
		fmt.Fprint(p.Err, curlTry)
		return 2
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

// meterHead and meterRow are what curl shows of how it goes.
const (
	meterHead = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n"
	meterRow  = "\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0"
)

func (f fetcher) curlOne(p *proc.Process, o *proc.Options, asked string) int {
	fail := func(code int, format string, args ...any) int {
		if !o.Has("s") || o.Has("S") {
			fmt.Fprintf(p.Err, "curl: (%d) %s\n", code, fmt.Sprintf(format, args...))
		}
		return code
	}
	u, port := target(asked)
	switch {
	case u == nil:
		told(p, asked, "refused")
		return fail(3, "URL using bad/illegal format or missing URL")
	case port == "":
		told(p, asked, "refused")
		return fail(1, "Protocol \"%s\" not supported or disabled in libcurl", u.Scheme)
	case o.Has("O") && !o.Has("o") && (u.Path == "" || strings.HasSuffix(u.Path, "/")):
		told(p, asked, "refused")
		fmt.Fprintf(p.Err, "curl: Remote file name has no length!\n")
		return fail(23, "Failed writing received data to disk/application")
	}
	meter := !o.Has("s", "#") && (o.Has("o", "O") || !p.OutTTY)
	row := func() {
		if meter {
			fmt.Fprint(p.Err, meterRow)
		}
	}
	if meter {
		fmt.Fprint(p.Err, meterHead)
	}
	row()
	h := find(p, f.policy, u.Hostname())
	if f.policy == Placeholder && h.way == silent {
		told(p, asked, "kept")
		return f.curlKeep(p, o, u, meter)
	}
	told(p, asked, "failed")
	if h.way == noName {
		return fail(6, "Could not resolve host: %s", h.host)
	}
	end := func() {
		row()
		if meter {
			fmt.Fprintln(p.Err)
		}
	}
	if h.way != silent {
		end()
		return fail(7, "Failed to connect to %s port %s after 0 ms: Couldn't connect to server", h.host, port)
	}
	most, _ := o.Last("m")
	limit, _ := o.Last("connect-timeout")
	took, why := curlWait(p, meter, seconds(most), seconds(limit))
	switch whole, first := seconds(most), seconds(limit); {
	case why == timedOut && whole > 0 && (first == 0 || whole <= first):
		return fail(28, "Connection timed out after %d milliseconds", took.Milliseconds())
	case why == timedOut:
		return fail(28, "Failed to connect to %s port %s after %d ms: Timeout was reached", h.host, port, took.Milliseconds()+1)
	}
	return fail(7, "Failed to connect to %s port %s after %d ms: Couldn't connect to server", h.host, port, took.Milliseconds()+58)
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
func (f fetcher) curlKeep(p *proc.Process, o *proc.Options, u *url.URL, meter bool) int {
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
		file = fileOf(u.Path)
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
