package serve

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// hosts are the names by which we may be asked.
type hosts struct {
	port   string   // that is listened on; empty for any
	public *url.URL // nil where there is none
	tls    bool
}

// splitHost parts a Host header into the name in lower case and the port,
// which may be empty. It is false for what is neither a name nor an address.
func splitHost(host string) (name, port string, ok bool) {
	if host == "" || len(host) > 300 || strings.ContainsAny(host, " \t/@?#\\") {
		return "", "", false
	}
	name = host
	if h, p, err := net.SplitHostPort(host); err == nil {
		name, port = h, p
		if _, err := strconv.ParseUint(p, 10, 16); err != nil {
			return "", "", false
		}
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		name = host[1 : len(host)-1]
	} else if strings.Contains(host, ":") {
		return "", "", false
	}
	return strings.ToLower(strings.TrimSuffix(name, ".")), port, true
}

func isLoopback(name string) bool {
	if name == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.Unmap().IsLoopback()
}

// known says whether a Host header names us.
func (h *hosts) known(host string) bool {
	name, port, ok := splitHost(host)
	if !ok {
		return false
	}
	if isLoopback(name) && (h.port == "" || port == h.port || port == "" && h.port == defaultPort(h.tls)) {
		return true
	}
	return h.public != nil && name == strings.ToLower(h.public.Hostname()) && portOr(port, h.public.Scheme) == portOr(h.public.Port(), h.public.Scheme)
}

// own says whether an Origin header names a page of ours.
func (h *hosts) own(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	if h.public != nil && u.Scheme == h.public.Scheme && strings.EqualFold(u.Hostname(), h.public.Hostname()) &&
		portOr(u.Port(), u.Scheme) == portOr(h.public.Port(), h.public.Scheme) {
		return true
	}
	scheme := "http"
	if h.tls {
		scheme = "https"
	}
	return u.Scheme == scheme && isLoopback(strings.ToLower(u.Hostname())) && (h.port == "" || portOr(u.Port(), scheme) == h.port)
}

func defaultPort(tls bool) string {
	if tls {
		return "443"
	}
	return "80"
}

func portOr(port, scheme string) string {
	if port != "" {
		return port
	}
	return defaultPort(scheme == "https")
}

// crossSite says whether a browser tells that another site's page asks. What
// is no browser tells nothing.
func (h *hosts) crossSite(r *http.Request) bool {
	if origins := r.Header.Values("Origin"); len(origins) > 0 {
		return len(origins) > 1 || !h.own(origins[0])
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return true
}
