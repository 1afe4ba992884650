package profiler

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"gait/profile"
)

// metrics are what the stage counts. Labels are names of primitives and
// reasons, never anything that came from outside.
type metrics struct {
	observations map[string]prometheus.Counter // by primitive
	sessions     *prometheus.CounterVec        // by reason
	failures     *prometheus.CounterVec        // by primitive
	attempts     prometheus.Counter
	again        prometheus.Counter
	differs      prometheus.Counter
	read         prometheus.Histogram
	extract      prometheus.Histogram
	save         prometheus.Histogram
	groups       prometheus.Histogram
	delay        prometheus.Histogram
	announced    prometheus.Counter
	unsent       prometheus.Counter
	lag          prometheus.Histogram
	assessed     prometheus.Counter
	conclusions  prometheus.Counter
	told         prometheus.Counter
	compared     prometheus.Counter
	assess       prometheus.Histogram
}

func newMetrics(to prometheus.Registerer, primitives []*profile.Primitive, q *queue) (*metrics, error) {
	seconds := prometheus.ExponentialBuckets(0.0001, 2.5, 14)
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &metrics{
		observations: map[string]prometheus.Counter{},
		sessions:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gait_profiler_sessions_total", Help: "Sessions by what became of them."}, []string{"outcome"}),
		failures:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gait_primitive_failures_total", Help: "Primitives that failed on a session."}, []string{"primitive"}),
		attempts:     counter("gait_profiler_attempts_total", "Sessions that were begun."),
		again:        counter("gait_profiled_again_total", "Sessions that had a profile and got another."),
		differs:      counter("gait_values_changed_total", "Primitives that answered differently when a session was profiled again."),
		read:         histogram("gait_profiler_read_seconds", "Time to read a session from its recording.", seconds),
		extract:      histogram("gait_profiler_extract_seconds", "Time to extract a session's observations.", seconds),
		save:         histogram("gait_profiler_save_seconds", "Time to store a group of sessions.", seconds),
		groups:       histogram("gait_profiler_group_sessions", "Sessions stored in one transaction.", prometheus.ExponentialBuckets(1, 2, 7)),
		delay:        histogram("gait_profiler_delay_seconds", "Time from when a live session was found until it was stored.", prometheus.ExponentialBuckets(0.001, 2.5, 16)),
		announced:    counter("gait_announced_total", "Observations that the bus has taken."),
		unsent:       counter("gait_announce_refused_total", "Observations that the bus can never take."),
		assessed:     counter("gait_assessed_total", "Identities of whom conclusions were drawn."),
		conclusions:  counter("gait_conclusions_total", "Conclusions that were drawn and are to be told."),
		told:         counter("gait_conclusions_told_total", "Conclusions that the bus has taken."),
		compared:     counter("gait_typists_compared_total", "Sessions of which the typing was compared with all others."),
		assess:       histogram("gait_assess_seconds", "Time to draw and store the conclusions about one identity.", seconds),
		lag:          histogram("gait_announce_lag_seconds", "Time from when a session was stored until it was announced.", prometheus.ExponentialBuckets(0.0005, 2.5, 16)),
	}
	all := []prometheus.Collector{
		m.sessions, m.failures, m.attempts, m.again, m.differs, m.read, m.extract, m.save, m.groups, m.delay, m.announced, m.unsent, m.lag,
		m.assessed, m.conclusions, m.told, m.compared, m.assess,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "gait_profiler_queue", Help: "Sessions that were admitted and not begun."}, func() float64 {
			waiting, _ := q.size()
			return float64(waiting)
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "gait_profiler_under_way", Help: "Sessions that were begun and not answered."}, func() float64 {
			_, flight := q.size()
			return float64(flight)
		}),
	}
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gait_observations_total", Help: "Observations that were stored."}, []string{"primitive"})
	for _, p := range primitives {
		m.observations[p.Name] = vec.WithLabelValues(p.Name)
	}
	if to == nil {
		return m, nil
	}
	var errs []error
	for _, c := range append(all, vec) {
		errs = append(errs, to.Register(c))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("register metrics of the profiler: %w", err)
	}
	return m, nil
}
