package profiler

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"gait/assess/typist"
	"gait/store"
)

const (
	// linkGroup is how many vectors are read at once, and linkBest with how many
	// of the likeliest typists what else speaks for a link is compared.
	linkGroup = 256
	linkBest  = 16
)

// linker compares how people type: each session that is new with one session of
// every other attacker, the one with the most keys. It keeps these in memory and
// is used by one goroutine.
type linker struct {
	store store.Store
	model *typist.Model
	// accept is the strength, in posterior log odds, from which a link is accepted
	// without anybody where more than typing speaks for it; 0 for none.
	accept float64
	index  *typist.Index
	known  map[string]*typed // by attacker
	by     []*typed          // by number in the index
	rare   map[trait]int     // attackers of whom the traits are known, by what they are
	gone   int64
	begun  bool
}

// typed is the session that stands for an attacker.
type typed struct {
	store.Vector
	number  int
	network string
}

// trait is something that attackers can have in common. The subject tells apart
// what is known of one kind; an empty value counts all of whom it is known.
type trait struct {
	kind           typist.Trait
	subject, value string
}

// rule is the name that links which are accepted without anybody bear, with
// their strength. otherEvidence is what besides typing must speak for them, in
// nats: typing alone merges nobody.
const (
	rule          = "rule: log odds from %g on"
	otherEvidence = 1
)

func newLinker(s store.Store, m *typist.Model, accept float64) *linker {
	return &linker{store: s, model: m, accept: accept}
}

// round compares what is new, and gives how many sessions that were. After an
// error it may be called again.
func (l *linker) round(ctx context.Context) (compared int, err error) {
	gone, err := l.store.VectorsGone(ctx)
	if err != nil {
		return 0, fmt.Errorf("look for vectors that are gone: %w", err)
	}
	if !l.begun || gone != l.gone {
		if err := l.load(ctx); err != nil {
			return 0, err
		}
		l.gone, l.begun = gone, true
	}
	for {
		list, err := l.store.Vectors(ctx, 0, linkGroup, true)
		if err != nil || len(list) == 0 {
			return compared, err
		}
		var numbers []int64
		var links []store.Proposal
		for i := range list {
			numbers = append(numbers, list[i].N)
			found, err := l.compare(&list[i])
			if err != nil {
				return compared, err
			}
			links = append(links, found...)
		}
		if err := l.store.Propose(ctx, numbers, links); err != nil {
			return compared, fmt.Errorf("propose links: %w", err)
		}
		compared += len(list)
	}
}

// load reads all vectors into memory.
func (l *linker) load(ctx context.Context) error {
	l.index, l.known, l.by, l.rare, l.begun = l.model.NewIndex(), map[string]*typed{}, nil, map[trait]int{}, false
	for after := int64(0); ; {
		list, err := l.store.Vectors(ctx, after, linkGroup, false)
		if err != nil {
			return fmt.Errorf("read vectors: %w", err)
		}
		if len(list) == 0 {
			return nil
		}
		for i := range list {
			var v typist.Vector
			if v.UnmarshalBinary(list[i].Data) == nil {
				l.learn(&list[i], &v)
			}
		}
		after = list[len(list)-1].N
	}
}

// learn lets a session stand for its attacker where it has the most keys.
func (l *linker) learn(x *store.Vector, v *typist.Vector) {
	old := l.known[x.Attacker]
	if x.Attacker == "" || old != nil && old.Keys >= x.Keys {
		return
	}
	number, err := l.index.Add(v)
	if err != nil {
		return // of another table, or too short
	}
	now := &typed{Vector: *x, number: number, network: networkOf(x.Address)}
	now.Data = nil
	if old != nil {
		l.index.Remove(old.number)
		l.count(old, -1)
	}
	l.count(now, 1)
	l.known[x.Attacker] = now
	for len(l.by) <= number {
		l.by = append(l.by, nil)
	}
	l.by[number] = now
}

// count counts the traits of an attacker.
func (l *linker) count(x *typed, n int) {
	for _, t := range x.traits() {
		l.rare[t] += n
		l.rare[t.known()] += n
	}
}

// known stands for all of whom the trait is known.
func (t trait) known() trait { return trait{t.kind, t.subject, ""} }

// traits lists what is known of an attacker, by kind and subject.
func (x *typed) traits() (list []trait) {
	for _, t := range []trait{{typist.HASSH, "", x.HASSH}, {typist.ClientVersion, "", x.Client}, {typist.Network, "", x.network}} {
		if t.value != "" {
			list = append(list, t)
		}
	}
	for habit := range strings.SplitSeq(x.Habits, ";") {
		if purpose, command, ok := strings.Cut(habit, "="); ok {
			list = append(list, trait{typist.ToolHabits, purpose, command})
		}
	}
	return list
}

// networkOf gives the network of an address: /24 of IPv4, /48 of IPv6.
func networkOf(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// compare compares a session with all attackers, and takes it in. It gives the
// links that are strong enough to be proposed.
func (l *linker) compare(x *store.Vector) (links []store.Proposal, err error) {
	var v typist.Vector
	if v.UnmarshalBinary(x.Data) != nil {
		return nil, nil // of another release
	}
	defer l.learn(x, &v)
	own := 0
	if l.known[x.Attacker] != nil {
		own = 1
	}
	best, err := l.index.Best(&v, linkBest+own)
	if x.Attacker == "" || err != nil {
		return nil, nil // nobody's, of another table, or too short
	}
	mine := &typed{Vector: *x, network: networkOf(x.Address)}
	for _, match := range best {
		other := l.by[match.Typist]
		if other.Attacker == x.Attacker {
			continue
		}
		s := l.model.Link(match.Score, l.index.Len()-own, l.observed(mine, other))
		if !s.Proposed {
			continue
		}
		text, err := json.Marshal(statementOf(&s, min(x.Keys, other.Keys)))
		if err != nil {
			return nil, fmt.Errorf("write a link as JSON: %w", err)
		}
		p := store.Proposal{Sessions: [2]int64{x.N, other.N}, Strength: s.PosteriorLogOdds, Statement: text, Told: true}
		if l.accepts(&s) {
			p.Accept = fmt.Sprintf(rule, l.accept)
		}
		links = append(links, p)
	}
	return links, nil
}

// accepts says whether the rule accepts a link.
func (l *linker) accepts(s *typist.Statement) bool {
	others := 0.0
	for _, e := range s.Evidence {
		others += e.Nats
	}
	return l.accept > 0 && s.PosteriorLogOdds >= l.accept && others >= otherEvidence
}

// observed says what else two attackers have in common, and what sets them apart.
func (l *linker) observed(a, b *typed) (list []typist.Observed) {
	others := map[trait]string{}
	for _, t := range b.traits() {
		others[t.known()] = t.value
	}
	for _, t := range a.traits() {
		if value := others[t.known()]; value != "" {
			list = append(list, typist.Observed{Trait: t.kind, Same: t.value == value, Have: l.rare[t], Of: l.rare[t.known()]})
		}
	}
	return list
}

// Statement is what a link rests on, as it is stored and told.
type Statement struct {
	Keys             int                `json:"keys"` // of the session that has fewer
	LogOdds          float64            `json:"typing_log_odds"`
	Parts            map[string]float64 `json:"parts"`
	Candidates       int                `json:"candidates"` // attackers that were compared
	Posterior        float64            `json:"posterior_log_odds"`
	FalseAcceptBound *float64           `json:"false_accept_bound"` // upper 95 % bound; null where it was not measured
	Evidence         []typist.Evidence  `json:"evidence"`
}

func statementOf(s *typist.Statement, keys int) Statement {
	x := Statement{
		Keys: keys, LogOdds: s.Score.LogOdds, Parts: map[string]float64{}, Candidates: s.Candidates,
		Posterior: s.PosteriorLogOdds, Evidence: append([]typist.Evidence{}, s.Evidence...),
	}
	for i, name := range typist.PartNames {
		x.Parts[name] = s.Score.Parts[i]
	}
	if s.Measured {
		x.FalseAcceptBound = &s.FalseAcceptBound
	}
	return x
}
