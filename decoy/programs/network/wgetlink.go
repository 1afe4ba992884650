package network

import (
	"fmt"
	"strings"
)

// longhand gives a URL for what stands for one without a scheme, as wget does:
// "host:path" is one of FTP.
func longhand(text string) string {
	if _, _, ok := schemeOf(text); ok {
		return text
	}
	i := strings.IndexAny(text, ":/")
	switch {
	case i == 0, i > 0 && strings.HasPrefix(text[i:], "://"):
		return text
	case i < 0 || text[i] == '/':
		return "http://" + text
	}
	rest := strings.TrimLeft(text[i+1:], "0123456789")
	if len(rest) < len(text[i+1:]) && (rest == "" || rest[0] == '/') {
		return "http://" + text
	}
	return "ftp://" + text[:i] + "/" + text[i+1:]
}

// wgetLink takes apart what wget is given. Where it cannot, why says so.
func wgetLink(text string) (l link, why string) {
	text = longhand(text)
	scheme, rest, ok := schemeOf(text)
	switch {
	case !ok:
		return l, text + ": Scheme missing."
	case scheme != "http" && scheme != "https" && scheme != "ftp" && scheme != "ftps":
		return l, fmt.Sprintf("%s: Unsupported scheme '%s'.", text, scheme)
	}
	l, wrong := takeApart(scheme, rest)
	if scheme == "ftps" && l.given == "" {
		l.port = "21" // as wget has it
	}
	if strings.ContainsFunc(l.host, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		wrong = noHost
	}
	if wrong != noFlaw {
		return l, text + ": " + map[flaw]string{noHost: "Invalid host name", badPort: "Bad port number", openSix: "Unterminated IPv6 numeric address", badSix: "Invalid IPv6 numeric address", badUser: "Invalid user name"}[wrong] + "."
	}
	path, query, asks := strings.Cut(strings.TrimPrefix(l.path, "/"), "?")
	l.path = "/" + escaped(simple(path))
	if asks {
		l.path += "?" + escaped(query)
	}
	return l, ""
}

// shown is a URL as wget says it.
func (l link) shown() string {
	text := l.scheme + "://"
	if l.user != "" {
		name, _, secret := strings.Cut(l.user, ":")
		if text += escaped(name); secret {
			text += ":*password*"
		}
		text += "@"
	}
	if text += escaped(bracketed(l.host)); l.given != "" && l.port != ports[l.scheme] {
		text += ":" + l.port
	}
	return text + l.path
}

// escaped writes the bytes of a URL that are not safe in it as numbers.
func escaped(text string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 || c == '%' && !(i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2])) {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// simple takes "." and ".." out of a path that begins behind its slash.
func simple(path string) string {
	var out []string
	parts := strings.Split(path, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
		case part != ".":
			out = append(out, part)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return strings.Join(out, "/")
}
