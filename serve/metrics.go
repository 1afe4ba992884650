package serve

import (
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// meters are what is counted of the API.
type meters struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	clients  prometheus.Gauge
	cut      prometheus.Counter
}

func newMeters(r prometheus.Registerer) (*meters, error) {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gait_http_requests_total", Help: "Requests by operation and status.",
		}, []string{"operation", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gait_http_request_seconds", Help: "Time to answer by operation; live connections are left out.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
		}, []string{"operation"}),
		clients: prometheus.NewGauge(prometheus.GaugeOpts{Name: "gait_live_clients", Help: "Live connections."}),
		cut: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "gait_live_cut_total", Help: "Live connections that were cut since the client fell behind or went away.",
		}),
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, m.clients, m.cut} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register metrics of the API: %w", err)
		}
	}
	return m, nil
}

// count counts an operation and its time.
func (s *Server) count(ctx huma.Context, next func(huma.Context)) {
	id, began := ctx.Operation().OperationID, time.Now()
	next(ctx)
	status := ctx.Status()
	if status == 0 {
		status = 200 // a stream sets it on the writer
	}
	s.meters.requests.WithLabelValues(id, strconv.Itoa(status)).Inc()
	if id != "events" && id != "attacker-events" {
		s.meters.seconds.WithLabelValues(id).Observe(time.Since(began).Seconds())
	}
}
