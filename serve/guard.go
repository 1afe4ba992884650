package serve

import (
	"net/http"
	"runtime/debug"
	"strings"
)

// maxBody bounds what a request may carry, in bytes.
const maxBody = 64 << 10

// guard is what every request passes first.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer s.caught(w, r)
		setHeaders(w.Header(), s.secure(r) && !isLoopbackHost(r.Host))
		switch {
		case !s.hosts.known(r.Host):
			writeProblem(w, http.StatusMisdirectedRequest,
				"this host name is not ours: use 127.0.0.1 or localhost with the port that gait listens on, or start gait with --public-url")
		case !s.calls.take(s.proxies.client(r)):
			w.Header().Set("Retry-After", retryLater)
			writeProblem(w, http.StatusTooManyRequests, "too many requests from this address")
		case changes(r) && s.hosts.crossSite(r), isStream(r) && s.hosts.crossSite(r):
			writeProblem(w, http.StatusForbidden, "the request comes from a page of another site")
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			next.ServeHTTP(w, r)
		}
	})
}

// secure says whether the client's side of the connection is encrypted.
func (s *Server) secure(r *http.Request) bool {
	return s.proxies.secure(r) || s.hosts.public != nil && s.hosts.public.Scheme == "https" && !isLoopbackHost(r.Host)
}

func isLoopbackHost(host string) bool {
	name, _, ok := splitHost(host)
	return ok && isLoopback(name)
}

func changes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

func isStream(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/events") }

// caught ends a request whose handling failed in a way that nobody expected,
// and keeps it to this one request.
func (s *Server) caught(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.log.Error("request failed", "method", r.Method, "route", r.Pattern, "panic", p, "stack", string(debug.Stack()))
	writeProblem(w, http.StatusInternalServerError, "something went wrong; the log says what")
}

// policy lets a page of ours show text and style of its own and send its form,
// and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// setHeaders tells browsers what they may do with an answer. With strict set
// they are to use TLS from here on, which would reach every port of localhost.
func setHeaders(h http.Header, strict bool) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// A form that is sent without a referrer has the Origin "null".
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	if strict {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}
