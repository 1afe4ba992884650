package network

import (
	"net/netip"
	"strconv"
	"strings"
)

// link is a URL taken apart, as far as programs that fetch look into it.
type link struct {
	scheme string
	user   string // "user:password" as it was given
	host   string // without brackets, in small letters
	port   string // that of the scheme where none is given
	given  string // the port as it was given; empty for none
	path   string // what follows, without the fragment; empty or with a slash or a question mark first
}

// flaw is what is wrong with a URL.
type flaw int

// What can be wrong.
const (
	noFlaw flaw = iota
	noHost
	badPort
	openSix // an address of version 6 without its end
	badSix
	badUser
)

// ports are those of the schemes that curl knows.
var ports = map[string]string{
	"http": "80", "https": "443", "ftp": "21", "ftps": "990", "dict": "2628", "gopher": "70", "gophers": "70", "imap": "143", "imaps": "993", "ldap": "389", "ldaps": "636", "mqtt": "1883",
	"pop3": "110", "pop3s": "995", "rtmp": "1935", "rtsp": "554", "scp": "22", "sftp": "22", "smb": "445", "smbs": "445", "smtp": "25", "smtps": "465", "telnet": "23", "tftp": "69",
}

// takeApart takes apart what follows the "://" of a scheme.
func takeApart(scheme, rest string) (l link, why flaw) {
	l.scheme, l.port = scheme, ports[scheme]
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest, l.path = rest[:i], rest[i:]
	}
	l.path, _, _ = strings.Cut(l.path, "#")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		l.user, rest = rest[:at], rest[at+1:]
		if name, _, _ := strings.Cut(l.user, ":"); name == "" {
			return l, badUser
		}
	}
	host, port, ported := rest, "", false
	if six, ok := strings.CutPrefix(rest, "["); ok {
		host, port, ok = strings.Cut(six, "]")
		if !ok {
			return l, openSix
		}
		if ip, err := netip.ParseAddr(host); err != nil || !ip.Is6() || ip.Zone() != "" {
			return l, badSix
		}
		if port, ported = strings.CutPrefix(port, ":"); !ported && port != "" {
			return l, noHost
		}
	} else {
		host, port, ported = strings.Cut(rest, ":")
	}
	l.host, l.given = strings.ToLower(host), port
	if host == "" {
		return l, noHost
	}
	if ported && port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil {
			return l, badPort
		} else {
			l.port = strconv.FormatUint(n, 10)
		}
	}
	return l, noFlaw
}

// schemeOf gives the scheme of a URL in small letters, and what follows it; ok
// is false where there is none.
func schemeOf(text string) (scheme, rest string, ok bool) {
	scheme, rest, ok = strings.Cut(text, "://")
	if !ok || scheme == "" || strings.ContainsFunc(scheme, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+-.", r))
	}) {
		return "", text, false
	}
	return strings.ToLower(scheme), rest, true
}

// bracketed writes a host so that a port can follow it.
func bracketed(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// number reads one part of an address of version 4 as inet_aton(3) does.
func number(text string) (n uint64, ok bool) {
	base := 10
	switch low := strings.ToLower(text); {
	case strings.HasPrefix(low, "0x"):
		text, base = text[2:], 16
	case len(text) > 1 && text[0] == '0':
		text, base = text[1:], 8
	}
	n, err := strconv.ParseUint(text, base, 32)
	return n, err == nil && !strings.HasPrefix(text, "+")
}

// aton reads an address of version 4 that is written in fewer parts than four,
// or with other numbers than decimal ones.
func aton(text string) (ip netip.Addr, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return ip, false
	}
	var v uint64
	for i, part := range parts {
		n, ok := number(part)
		last := i == len(parts)-1
		switch {
		case !ok, !last && n > 255, last && n >= 1<<(8*(4-i)):
			return ip, false
		case last:
			v |= n
		default:
			v |= n << (8 * (3 - i))
		}
	}
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}), true
}

// fit says whether a name can be looked up: the C library asks for none with
// other characters, or with a sign in front.
func fit(host string) bool {
	if host == "" || host[0] == '-' || len(host) > 255 {
		return false
	}
	for i := range len(host) {
		c := host[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_') {
			return false
		}
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if part == "" || len(part) > 63 {
			return false
		}
	}
	return true
}
