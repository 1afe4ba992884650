package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gait/internal/health"
)

// Inside is what is served to those who run the program, on a listener of its
// own and without tokens: /metrics and, where asked for, /debug.
type Inside struct {
	Metrics  prometheus.Gatherer // nil: no /metrics
	Debug    bool                // /debug: queues and conditions, and pprof below it
	Board    *health.Board
	Log      *slog.Logger // nil: slog.Default
	Insecure bool         // allows to listen beyond loopback
}

// Serve answers on a listener until the context ends. It refuses one that
// others can reach, unless Insecure is set.
func (i Inside) Serve(ctx context.Context, l net.Listener) error {
	if !loopback(l.Addr()) && !i.Insecure {
		return fmt.Errorf("metrics on %s would show them to the network: listen on 127.0.0.1, or say --insecure", l.Addr())
	}
	if i.Log == nil {
		i.Log = slog.Default()
	}
	server := newHTTPServer(i.Handler(), i.Log)
	return run(ctx, server, limited(l, 64), func() {})
}

// Handler answers the requests.
func (i Inside) Handler() http.Handler {
	mux := http.NewServeMux()
	if i.Metrics != nil {
		mux.Handle("GET /metrics", promhttp.HandlerFor(i.Metrics, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	}
	if i.Debug {
		mux.HandleFunc("GET /debug", i.queues)
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), false)
		switch {
		case !i.Insecure && !numeric(r.Host):
			writeProblem(w, http.StatusMisdirectedRequest, "ask by an address or localhost, not by a name")
		case (&hosts{}).crossSite(r):
			writeProblem(w, http.StatusForbidden, "the request comes from a page of another site")
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// numeric says whether a Host header is an address or localhost, which a page
// elsewhere cannot point at us.
func numeric(host string) bool {
	name, _, ok := splitHost(host)
	if !ok {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err == nil || name == "localhost"
}

// queues says how the parts of the program are.
func (i Inside) queues(w http.ResponseWriter, _ *http.Request) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	body, err := json.MarshalIndent(map[string]any{
		"facts":      i.Board.Facts(),
		"conditions": orEmpty(i.Board.Conditions()),
		"goroutines": runtime.NumGoroutine(),
		"memory":     map[string]uint64{"heap": m.HeapAlloc, "system": m.Sys, "collections": uint64(m.NumGC)},
		"pprof":      "/debug/pprof/",
	}, "", "  ")
	if err != nil {
		var unsupported *json.UnsupportedValueError
		i.Log.Error("debug page", "err", err, "value", errors.As(err, &unsupported))
		writeProblem(w, http.StatusInternalServerError, "a fact is not fit for JSON; the log says which")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(append(body, '\n'))
}
