package collect

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"gait/store"
)

// metrics are what the collector counts.
type metrics struct {
	offered  *prometheus.CounterVec // by source and verdict
	read     *prometheus.CounterVec // bytes by source
	torn     *prometheus.CounterVec // lines by source
	names    *prometheus.CounterVec // files passed over, by why
	syslog   *prometheus.CounterVec // messages by what became of them
	waiting  *prometheus.GaugeVec   // by kind of cause
	behind   *prometheus.GaugeVec   // bytes not read yet, by source
	handed   *prometheus.CounterVec // by kind: live, again, backfill
	delayed  prometheus.Counter
	old      prometheus.Counter
	refused  prometheus.Counter
	followed prometheus.Gauge
}

var verdictNames = map[store.Verdict]string{
	store.Same: "same", store.Added: "added", store.Changed: "changed", store.Forgotten: "forgotten",
}

// newMetrics registers the metrics; with nil they count for nobody.
func newMetrics(r prometheus.Registerer) (*metrics, error) {
	reg := registrar{r: r}
	m := &metrics{
		offered:  reg.counters("offered_total", "Sessions offered to the store.", "source", "verdict"),
		read:     reg.counters("read_bytes_total", "Bytes read by sources.", "source"),
		torn:     reg.counters("torn_lines_total", "Lines that could not be read.", "source"),
		names:    reg.counters("passed_over_total", "Files and folders passed over.", "why"),
		syslog:   reg.counters("syslog_messages_total", "Syslog messages by what became of them.", "result"),
		waiting:  reg.gauges("waiting_sessions", "Sessions that wait for their recording.", "cause"),
		behind:   reg.gauges("behind_bytes", "Bytes that sources have not read yet.", "source"),
		handed:   reg.counters("handed_in_total", "Sessions handed in to be profiled.", "kind"),
		delayed:  reg.counter("hand_in_refused_total", "Sessions that the bus did not take; they are handed in again."),
		old:      reg.counter("too_old_total", "Sessions left out since they ended before the time asked for."),
		refused:  reg.counter("refused_total", "Sessions that the store refused for good."),
		followed: reg.gauge("followed_files", "Shards that are being followed."),
	}
	return m, reg.err
}

func (m *metrics) verdict(source string, v store.Verdict) {
	m.offered.WithLabelValues(source, verdictNames[v]).Inc()
}

// registrar makes and registers metrics. A metric that is registered already,
// by a collector of the same process before, is used again.
type registrar struct {
	r   prometheus.Registerer
	err error
}

func (g *registrar) name(name string) prometheus.Opts {
	return prometheus.Opts{Namespace: "gait", Subsystem: part, Name: name}
}

func (g *registrar) counters(name, help string, labels ...string) *prometheus.CounterVec {
	o := g.name(name)
	o.Help = help
	return register(g, prometheus.NewCounterVec(prometheus.CounterOpts(o), labels))
}

func (g *registrar) counter(name, help string) prometheus.Counter {
	o := g.name(name)
	o.Help = help
	return register(g, prometheus.NewCounter(prometheus.CounterOpts(o)))
}

func (g *registrar) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	o := g.name(name)
	o.Help = help
	return register(g, prometheus.NewGaugeVec(prometheus.GaugeOpts(o), labels))
}

func (g *registrar) gauge(name, help string) prometheus.Gauge {
	o := g.name(name)
	o.Help = help
	return register(g, prometheus.NewGauge(prometheus.GaugeOpts(o)))
}

func register[C prometheus.Collector](g *registrar, c C) C {
	if g.r == nil {
		return c
	}
	err := g.r.Register(c)
	var there prometheus.AlreadyRegisteredError
	if errors.As(err, &there) {
		if old, ok := there.ExistingCollector.(C); ok {
			return old
		}
	}
	g.err = errors.Join(g.err, err)
	return c
}
