// Package rhythm reads when an identity comes back: the primitives that one
// session cannot show. Each looks at the starts and durations of all sessions
// of one identity, and is silent until it has the days, weeks, change of clocks
// or year that it honestly needs.
//
// A value that claims a habit is given only where chance would give it once in
// a thousand times or less: visitors that come at random are to be silent, or to
// have none. All hours and days are those of UTC, since nobody knows where an
// attacker is. The package is pure; "now" is given to it.
package rhythm

import (
	"cmp"
	"math"
	"slices"
	"time"

	"gait/profile"
)

// Chance is the probability at or below which a habit is no accident.
const Chance = 0.001

const (
	MostSessions = 10_000  // of an identity, the newest
	maxDays      = 5 * 366 // before the end that are looked at
	maxPauses    = 64      // of a session
	maxRefs      = 16      // sessions that are named as evidence
	day          = 24 * time.Hour
	visitGap     = 6 * time.Hour // without a session, after which a visit is another one
)

// Session is one session of an identity.
type Session struct {
	Ref      string // evidence reference; a session is looked at once
	Start    time.Time
	Duration time.Duration
	Pauses   []Pause // longer pauses inside of it, where they are known
}

// Pause is a time without input inside a session.
type Pause struct {
	After, Length time.Duration // since the session's start
}

// Record is all that is known of when an identity came.
type Record struct {
	Sessions []Session // in any order
	// Until is the time up to which sessions would have been seen. What claims to
	// have begun after it has a clock that cannot be relied on, and is left out.
	Until time.Time
}

// Measure is a number that a rule counted or compared.
type Measure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Observation is the value of one primitive for one identity.
type Observation struct {
	Primitive  string    `json:"primitive"`
	Value      string    `json:"value"`
	Confidence float64   `json:"confidence"`
	Rules      int       `json:"rules"`
	From       time.Time `json:"from"` // start of the first session that was looked at
	To         time.Time `json:"to"`   // start of the last one
	Sessions   int       `json:"sessions"`
	Measures   []Measure `json:"measures"`
	// EvidenceRefs are some of the sessions that the value was made of, the
	// newest first, at most 16.
	EvidenceRefs []string `json:"evidence_refs"`
	Reasons      []string `json:"reasons"`
}

// Primitive is one behaviour that can be read from several sessions. Its
// description is that of any primitive; Observe and Evidence of it are nil.
type Primitive struct {
	profile.Primitive
	// Read says what the primitive sees, or silent.
	Read func(h *History) Answer
}

// All lists the primitives in the order in which they answer.
var All = []*Primitive{
	SessionTiming, Persistence, LifecycleMarkersIdlePeriodicity,
	MealBreakGaps, PeriodicMicroPauses, DstBehavior, WeekendCadence, HolidayGaps,
}

// Answer is what a primitive says of an identity. The zero answer is silence.
type Answer struct {
	Value      string
	Confidence float64
	Measures   []float64 // in the order of the primitive's
	Refs       []string
	Reasons    []string
}

// silent is the answer of a primitive that has too little to go by.
var silent = Answer{}

// Read asks all primitives of an identity, in their order.
func Read(r Record) []Observation {
	h := look(r)
	list := []Observation{}
	if len(h.sessions) == 0 {
		return list
	}
	for _, p := range All {
		a := p.Read(h)
		if a.Value == "" {
			continue
		}
		o := Observation{
			Primitive: p.Name, Value: a.Value, Confidence: a.Confidence, Rules: p.Rules, Sessions: len(h.sessions),
			From: h.sessions[0].Start, To: h.sessions[len(h.sessions)-1].Start,
			Measures: []Measure{}, EvidenceRefs: a.Refs, Reasons: a.Reasons,
		}
		for i, v := range a.Measures {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				o.Measures = append(o.Measures, Measure{p.Measures[i].Name, v})
			}
		}
		if o.EvidenceRefs == nil {
			o.EvidenceRefs = h.newest()
		}
		list = append(list, o)
	}
	return list
}

// History is what primitives see of an identity.
type History struct {
	sessions []Session // sorted, each once
	visits   []visit
	days     []int // those on which a session began, since 1970, each once, sorted
	until    int   // the last day that was looked at
}

// visit is a row of sessions with less than six hours between them; after a day
// it is cut.
type visit struct {
	sessions   []Session
	start, end time.Time
}

// look sorts the sessions and leaves out what cannot be: sessions of a clock
// that cannot be relied on, repeated ones, and all but the newest ten thousand
// of the last five years.
func look(r Record) *History {
	h := &History{until: dayOf(r.Until)}
	oldest := r.Until.Add(-maxDays * day)
	at := make(map[string]int, len(r.Sessions))
	for i := range r.Sessions {
		at[r.Sessions[i].Ref] = i
	}
	for i, s := range r.Sessions {
		if at[s.Ref] != i || s.Start.After(r.Until) || s.Start.Before(oldest) {
			continue
		}
		s.Start, s.Duration = s.Start.UTC(), min(max(s.Duration, 0), day)
		h.sessions = append(h.sessions, s)
	}
	slices.SortFunc(h.sessions, func(a, b Session) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Ref, b.Ref))
	})
	h.sessions = h.sessions[max(0, len(h.sessions)-MostSessions):]
	h.chain()
	return h
}

// chain makes visits and days of the sessions.
func (h *History) chain() {
	from := 0
	var end time.Time
	for i := range h.sessions {
		s := &h.sessions[i]
		if d := dayOf(s.Start); len(h.days) == 0 || h.days[len(h.days)-1] != d {
			h.days = append(h.days, d)
		}
		if i > from && (s.Start.Sub(end) >= visitGap || s.Start.Sub(h.sessions[from].Start) >= day) {
			h.visits = append(h.visits, visit{h.sessions[from:i], h.sessions[from].Start, end})
			from = i
		}
		if e := s.Start.Add(s.Duration); i == from || e.After(end) {
			end = e
		}
	}
	if len(h.sessions) > 0 {
		h.visits = append(h.visits, visit{h.sessions[from:], h.sessions[from].Start, end})
	}
}

// span is how many days lie from the first active day to the last, both
// counted.
func (h *History) span() int {
	if len(h.days) == 0 {
		return 0
	}
	return h.days[len(h.days)-1] - h.days[0] + 1
}

// newest names the newest sessions.
func (h *History) newest() []string { return refs(h.sessions) }

// refs names the newest of some sessions.
func refs(sessions []Session) []string {
	list := []string{}
	for i := len(sessions) - 1; i >= 0 && len(list) < maxRefs; i-- {
		list = append(list, sessions[i].Ref)
	}
	return list
}

// dayOf numbers the days of UTC since 1970.
func dayOf(t time.Time) int {
	s := t.Unix()
	d := s / 86400
	if s%86400 < 0 {
		d--
	}
	return int(d)
}

// clock is the time of day in hours.
func clock(t time.Time) float64 {
	t = t.UTC()
	return float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
}

// sure is the confidence of what was found: less where there is less than twice
// what is needed.
func sure(have, need int) float64 {
	if have < 2*need {
		return 0.50
	}
	return 0.70
}
