package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/store"
)

// epoch is when the made-up sessions begin.
var epoch = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

// visit is a made-up session that was profiled.
type visit struct {
	n        int // tells it apart; it begins n minutes after the epoch
	address  string
	decoy    string // "web-01" where empty
	service  string // "ssh" where empty
	lasted   time.Duration
	values   map[string]string // by primitive
	state    store.State       // profiled where empty
	rules    int64             // 38 where 0
	commands int64
	extent   int64
	client   string
	hassh    string
}

func (v visit) id() string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", v.n) }

func (v visit) start() time.Time { return epoch.Add(time.Duration(v.n) * time.Minute) }

func (v visit) where() (decoy, service string) {
	decoy, service = v.decoy, v.service
	if decoy == "" {
		decoy = "web-01"
	}
	if service == "" {
		service = "ssh"
	}
	return decoy, service
}

func (v visit) ref() string {
	decoy, service := v.where()
	return fmt.Sprintf("shard:%s/%s/sessions-2026-05-01.jsonl#%s", decoy, service, v.id())
}

// profile gives the visit as the profiler would store it.
func (v visit) profile() store.Profile {
	p := store.Profile{Header: true, Revision: fmt.Sprintf("%d/%d/end", max(v.rules, 38*int64(boolInt(v.rules == 0))), max(v.extent, 100))}
	p.Ref, p.ID, p.Address = v.ref(), v.id(), v.address
	p.Decoy, p.Service = v.where()
	p.Source, p.Format, p.Path = "shards", "shard", "/srv/"+p.Decoy+"/sessions-2026-05-01.jsonl"
	p.Start, p.Duration, p.End = v.start(), v.lasted, v.start().Add(v.lasted)
	p.EndSeen, p.State, p.Closed = true, store.Profiled, store.ClosedEnd
	if v.state != "" {
		p.State = v.state
	}
	p.Commands, p.Inputs, p.Rules = v.commands, 10, v.rules
	p.Client, p.HASSH = v.client, v.hassh
	p.Detail = json.RawMessage(fmt.Sprintf(`{"format":"shard","n":%d}`, v.n))
	for name, value := range v.values {
		p.Observations = append(p.Observations, v.observation(name, value))
	}
	return p
}

func (v visit) observation(name, value string) gait.Observation {
	from, to := time.Duration(v.start().UnixNano()), time.Duration(v.start().Add(v.lasted).UnixNano())
	return gait.Observation{
		ID: gait.ObservationID(v.ref(), name), Time: v.start().Add(v.lasted), Primitive: name, Value: value, Confidence: 0.75,
		Window: gait.Window{Start: from, End: to, Unix: true}, Source: "gait/profile/" + strings.Replace(name, ".", "/", 1),
		EvidenceRef: v.ref(), Rules: 1, Engine: "gait test", Nearest: -1,
		Measures: []gait.Measure{{Name: "n", Value: float64(v.n)}, {Name: "p", Value: 0.25}},
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// keep stores visits.
func keep(t *testing.T, s store.Store, visits ...visit) []store.Saved {
	t.Helper()
	var list []store.Profile
	for _, v := range visits {
		list = append(list, v.profile())
	}
	saved, err := s.Save(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// sound fails unless the store finds nothing wrong with itself.
func sound(t *testing.T, s store.Store) {
	t.Helper()
	faults, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Errorf("fault: %s", f)
	}
}

// all reads every page of a list and gives what name makes of its items.
func all[T any](t *testing.T, limit int, page func(store.PageQuery) (store.Page[T], error), name func(T) string) []string {
	t.Helper()
	names := []string{}
	for q := (store.PageQuery{Limit: limit}); ; {
		p, err := page(q)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Items) > limit || len(p.Items) == 0 && p.Next != "" {
			t.Fatalf("a page of %d has %d, and %q follows", limit, len(p.Items), p.Next)
		}
		for _, item := range p.Items {
			names = append(names, name(item))
		}
		if q.Cursor = p.Next; p.Next == "" {
			return names
		}
	}
}
