package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait"
	"gait/store"
)

const (
	// maxName is enforced on names of primitives, and maxValue on their values.
	maxPrimitive = 128
	maxValue     = 512
	// mostObservations is how many a profile may have.
	mostObservations = 4096
)

// prepared is a profile in the shape in which it is stored, as far as that can
// be told outside of a transaction.
type prepared struct {
	*store.Profile
	observations []Row // in the order of the names of primitives; session and attacker are open
	facets       facetSet
	packed       []byte // details
	engine       string
	unix         bool
}

// prepare checks profiles and brings them into shape.
func (s *Store) prepare(ctx context.Context, profiles []store.Profile) ([]*prepared, error) {
	var need []wanted
	for i := range profiles {
		p := &profiles[i]
		if err := checkProfile(p); err != nil {
			return nil, fmt.Errorf("session %q: %w", p.Ref, err)
		}
		for j := range p.Observations {
			o := &p.Observations[j]
			need = append(need, wanted{o.Primitive, o.Source, o.Value})
		}
	}
	if err := s.words.learn(ctx, need); err != nil {
		return nil, err
	}
	list := make([]*prepared, len(profiles))
	for i := range profiles {
		p, err := s.words.prepare(&profiles[i])
		if err != nil {
			return nil, fmt.Errorf("session %q: %w", profiles[i].Ref, err)
		}
		list[i] = p
	}
	return list, nil
}

func checkProfile(p *store.Profile) error {
	if err := checkRef(p.Ref); err != nil {
		return err
	}
	switch p.State {
	case store.Profiled, store.Incomplete, store.Empty:
	default:
		return fmt.Errorf("a profile cannot have the state %q", string(p.State))
	}
	if p.Revision == "" || len(p.Revision) > maxText-40 {
		return fmt.Errorf("a revision of %d bytes", len(p.Revision))
	}
	if len(p.Observations) > mostObservations || len(p.Detail) > mostDetails/4 || len(p.Place) > maxPlace {
		return fmt.Errorf("%d observations, %d bytes of details and %d of place are too much", len(p.Observations), len(p.Detail), len(p.Place))
	}
	if v := p.Vector; v != nil && len(v.Data) > maxVector {
		return fmt.Errorf("a vector of %d bytes is too much", len(v.Data))
	}
	for i := range p.Observations {
		o := &p.Observations[i]
		if o.Primitive == "" || len(o.Primitive) > maxPrimitive || len(o.Value) > maxValue || o.Value == "" || len(o.Source) > maxText {
			return fmt.Errorf("an observation whose primitive has %d bytes, its value %d, its source %d", len(o.Primitive), len(o.Value), len(o.Source))
		}
	}
	return nil
}

// prepare brings one profile into shape. All its words must have been learned.
func (w *words) prepare(p *store.Profile) (*prepared, error) {
	out := &prepared{Profile: p}
	d := details{detail: p.Detail}
	order := make([]*gait.Observation, len(p.Observations))
	for i := range p.Observations {
		order[i] = &p.Observations[i]
	}
	slices.SortFunc(order, func(a, b *gait.Observation) int { return cmp.Compare(a.Primitive, b.Primitive) })
	out.observations = make([]Row, 0, len(order))
	for i, o := range order {
		if i > 0 && order[i-1].Primitive == o.Primitive {
			return nil, fmt.Errorf("two observations of %s", o.Primitive)
		}
		n, known := w.number(o.Primitive)
		if !known {
			return nil, fmt.Errorf("no room in the dictionary for %s", o.Primitive)
		}
		bit, own := w.mark(n, o.Value)
		if bit >= 0 {
			out.facets.add(bit)
		}
		row := Row{
			Primitive: n, Value: Escape(o.Value), Hashed: !own, Confidence: o.Confidence,
			Start: int64(o.Window.Start), End: int64(o.Window.End), Time: Nanos(o.Time), Rules: int64(o.Rules), ID: o.ID,
		}
		if math.IsNaN(row.Confidence) || math.IsInf(row.Confidence, 0) {
			row.Confidence = 0
		}
		out.observations = append(out.observations, row)
		d.measures = append(d.measures, measured{n, o.AppendMeasures(nil)})
	}
	if len(order) > 0 {
		out.engine, out.unix = order[0].Engine, order[0].Window.Unix
	}
	out.packed = d.pack()
	return out, nil
}

// latest gives the values of a profile as values of its attacker.
func (p *prepared) latest(r *sessionRow) []latest {
	list := make([]latest, len(p.observations))
	for i := range p.observations {
		o := &p.observations[i]
		list[i] = latest{
			primitive: o.Primitive, value: Unescape(o.Value), confidence: o.Confidence, end: o.End,
			session: r.n, ref: r.Ref, rules: o.Rules,
		}
	}
	return list
}

// onto writes what a profile says of a session onto its row.
func (p *prepared) onto(r *sessionRow, now time.Time) {
	for _, to := range []struct {
		at    *string
		value string
	}{{&r.Format, p.Format}, {&r.Path, p.Path}} {
		if to.value != "" {
			*to.at = to.value
		}
	}
	if !p.Start.IsZero() {
		r.Start = p.Start
	}
	if !p.End.IsZero() {
		r.End = p.End
	}
	if p.Duration != 0 {
		r.Duration = p.Duration
	}
	r.Doubtful = r.Doubtful || p.Doubtful
	r.EndSeen, r.State, r.Updated = p.EndSeen, p.State, now
	r.Commands, r.Inputs, r.Events, r.BytesIn, r.BytesOut = p.Commands, p.Inputs, p.Events, p.BytesIn, p.BytesOut
	r.Observations = int64(len(p.observations))
	r.engine, r.unix = p.engine, p.unix
	r.Rules = p.Rules
	if rules, _, _, ok := revision(p.Revision); ok {
		r.Rules = rules
	}
}

// older says whether a stored revision is the better one: made by newer rules,
// or by the same from more of a session whose end the profile has not seen.
func (p *prepared) older(stored string) (older, rules bool) {
	r, extent, end, ok := revision(p.Revision)
	storedRules, storedExtent, _, known := revision(stored)
	if !ok || !known {
		return false, false
	}
	if r != storedRules {
		return r < storedRules, true
	}
	return extent < storedExtent && !end, false
}

// revision takes a revision apart: "{rules}/{extent}/{end or open}" and what
// stands behind it: "~" and what the rules were told beside the recording, then
// "/" and the attacker.
func revision(s string) (rules, extent int64, end, ok bool) {
	parts := strings.SplitN(s, "/", 4)
	if len(parts) < 3 {
		return 0, 0, false, false
	}
	rules, err := strconv.ParseInt(parts[0], 10, 64)
	if err == nil {
		extent, err = strconv.ParseInt(parts[1], 10, 64)
	}
	seen, _, _ := strings.Cut(parts[2], "~")
	return rules, extent, seen == "end", err == nil
}
