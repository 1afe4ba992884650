package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gait"
	"gait/serve/web"
)

// basePath is where the API is.
const basePath = "/api/v1"

// Server answers the API. It is safe for concurrent use.
type Server struct {
	opt      Options
	log      *slog.Logger
	api      huma.API
	handler  http.Handler
	hosts    hosts
	proxies  proxies
	door     *doorman
	calls    *limiter // requests of a client
	logins   *limiter // attempts to log in
	guesses  *limiter // tokens that are none
	live     *live
	readers  chan struct{} // recordings that are read at once
	shows    *playbacks
	readings *keep[*reading]
	meters   *meters
	web      *web.Page // nil in a binary that was built without it
	pulse    pulse
	started  time.Time
}

// maxReaders bounds how many recordings are held in memory at once.
const maxReaders = 4

// New makes a server. It touches nothing before [Server.Serve] or a request.
func New(o Options) (*Server, error) {
	o.fill()
	public, err := o.publicURL()
	if err != nil {
		return nil, err
	}
	trusted, err := parseProxies(o.TrustedProxies)
	if err != nil {
		return nil, err
	}
	if (o.CertFile == "") != (o.KeyFile == "") {
		return nil, fmt.Errorf("TLS needs both a certificate and a key")
	}
	s := &Server{
		opt: o, log: o.Log, proxies: trusted,
		hosts:    hosts{public: public, tls: o.CertFile != ""},
		door:     newDoorman(o.Store),
		calls:    newLimiter(o.Rate, o.Rate*10),
		logins:   newLimiter(0.1, 10),
		guesses:  newLimiter(0.5, 30),
		readers:  make(chan struct{}, maxReaders),
		shows:    newPlaybacks(),
		readings: newKeep[*reading](readingBytes, readingIdle, maxReaders),
		started:  time.Now(),
	}
	if o.Held != nil {
		h := &held{tell: o.Held}
		s.readings.tell, s.shows.tell = h.note(&h.reading), h.note(&h.played)
	}
	if s.meters, err = newMeters(o.Metrics); err != nil {
		return nil, err
	}
	s.live = newLive(&s.opt, s.meters)
	s.build()
	return s, nil
}

// build registers the operations and sets up the way of a request.
func (s *Server) build() {
	mux := http.NewServeMux()
	s.api = humago.NewWithPrefix(mux, basePath, s.config())
	s.api.UseMiddleware(s.count, s.enforce)
	s.register()
	s.refuseMethods(mux)
	s.pageRoutes(mux)
	s.handler = s.guard(mux)
}

// config describes the API.
func (s *Server) config() huma.Config {
	c := huma.DefaultConfig("gait", gait.Version)
	c.CreateHooks, c.DocsPath, c.OpenAPIPath, c.SchemasPath = nil, "", "", ""
	c.RejectUnknownQueryParameters = true
	c.Info.Description = "How attackers move through a shell: sessions, what was observed in them, and what is wrong."
	c.Servers = []*huma.Server{{URL: basePath}}
	c.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer", Description: "A token of gait token create."},
		"session": {Type: "apiKey", In: "cookie", Name: "gait_PORT", Description: "What a login gives a browser. PORT is the port listened on; under TLS the name begins with __Host-."},
	}
	return c
}

// jsonFormat writes JSON in which no text can be taken for markup, in one
// piece. That the client went away is no error.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		var b bytes.Buffer
		if err := json.NewEncoder(&b).Encode(v); err != nil {
			return err
		}
		w.Write(b.Bytes())
		return nil
	},
	Unmarshal: json.Unmarshal,
}

// Handler answers requests as [Server.Serve] does, for whoever listens
// otherwise. The port is not checked unless Serve was called.
func (s *Server) Handler() http.Handler { return s.handler }

// OpenAPI gives the description of the API, version 3.1, as indented JSON.
func (s *Server) OpenAPI() []byte {
	b, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		panic(err) // it is made of our own types alone
	}
	return append(b, '\n')
}
