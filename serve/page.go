package serve

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"gait"
	"gait/internal/health"
	"gait/serve/web"
)

//go:embed static/page.html
var pageText string

//go:embed static/style.css
var styleText []byte

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// page is what a browser without scripts sees: what is here, and how to get in.
// It also stands at the root of a binary that was built without the page proper.
type page struct {
	Name, Role string // empty for somebody without a session
	Note       string
	Status     string
	Health     string
	Conditions []health.Condition
	Base       string
	Version    string
	Full       bool // there is a page with scripts
}

// views are the beginnings of the addresses that the page shows something at.
var views = []string{"attackers", "sessions", "compare", "primitives", "parked", "search"}

func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /plain", s.page)
	mux.HandleFunc("GET /style.css", style)
	mux.HandleFunc("POST /login", s.pageLogin)
	mux.HandleFunc("POST /logout", s.pageLogout)
	if s.web = web.Built(); s.web == nil {
		mux.HandleFunc("GET /{$}", s.page)
	} else {
		mux.HandleFunc("GET /{$}", s.web.Document)
		for _, v := range views {
			mux.HandleFunc("GET /"+v, s.web.Document)
			mux.HandleFunc("GET /"+v+"/{rest...}", s.web.Document)
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		get := r.Method == http.MethodGet || r.Method == http.MethodHead
		if s.web == nil || !get || !s.web.Asset(w, r) {
			writeProblem(w, http.StatusNotFound, "there is nothing here; the API is described at "+basePath+"/openapi.json")
		}
	})
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) { s.writePage(w, r, http.StatusOK, "") }

// writePage shows the page with a note.
func (s *Server) writePage(w http.ResponseWriter, r *http.Request, status int, note string) {
	p := page{Note: note, Base: s.base(r), Version: gait.Version, Full: s.web != nil}
	if who, err := s.identify(r); err == nil && who.Role >= viewer {
		p.Name, p.Role = who.Name, who.Role.String()
		p.Conditions = s.conditions(r.Context())
		p.Status, p.Health = healthLine(p.Conditions)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		panic(err) // it is tried in a test
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// healthLine says in a word and in a sentence how things are.
func healthLine(list []health.Condition) (status, line string) {
	status, line = "ok", "Everything works."
	for _, c := range list {
		if c.Stops {
			return "stopped", "No work is taken in at the moment:"
		}
		status, line = "degraded", "Something needs your attention:"
	}
	return status, line
}

// base is the address by which we are asked.
func (s *Server) base(r *http.Request) string {
	if s.hosts.public != nil {
		return strings.TrimSuffix(s.hosts.public.String(), "/")
	}
	scheme := "http://"
	if s.secure(r) {
		scheme = "https://"
	}
	return scheme + r.Host
}

func style(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(styleText)
}

// pageLogin takes the form of the page: a token, or the whole link.
func (s *Server) pageLogin(w http.ResponseWriter, r *http.Request) {
	secret := strings.TrimSpace(r.PostFormValue("token"))
	if i := strings.LastIndex(secret, "token="); i >= 0 {
		secret = secret[i+len("token="):]
	}
	if len(secret) > maxSecret {
		secret = ""
	}
	cookie, _, err := s.letIn(r, secret)
	switch {
	case errors.Is(err, errTooOften):
		w.Header().Set("Retry-After", "60")
		s.writePage(w, r, http.StatusTooManyRequests, "Too many attempts from this address: wait a minute.")
	case errors.Is(err, errBadToken):
		s.writePage(w, r, http.StatusUnauthorized, "This link has been used, has expired, or never was one. Print another with: gait login")
	case err != nil:
		s.log.Warn("login failed", "err", err)
		s.writePage(w, r, http.StatusServiceUnavailable, "The store is busy or away: try again.")
	default:
		http.SetCookie(w, cookie)
		http.Redirect(w, r, "/plain", http.StatusSeeOther)
	}
}

func (s *Server) pageLogout(w http.ResponseWriter, r *http.Request) {
	cookie, err := s.letOut(r)
	if err != nil {
		s.log.Warn("logout failed", "err", err)
		s.writePage(w, r, http.StatusServiceUnavailable, "The store is busy or away: try again.")
		return
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, "/plain", http.StatusSeeOther)
}
