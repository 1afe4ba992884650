package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// sessionsCmd is about sessions.
type sessionsCmd struct {
	List  sessionsListCmd  `cmd:"" default:"withargs" help:"List sessions, the newest first."`
	Show  sessionsShowCmd  `cmd:"" help:"Show one session with everything that was observed in it."`
	Retry sessionsRetryCmd `cmd:"" help:"Have sessions tried again that are parked or wait."`
}

// listFlags say how much of a list is given, and in which form.
type listFlags struct {
	Limit  int    `short:"n" default:"50" placeholder:"N" help:"How many at most; 0 gives all."`
	Output string `short:"o" enum:"table,json,jsonl" default:"table" help:"Form: table to read, json (one document), jsonl (one a line)."`
}

// Validate is called by the parser.
func (l *listFlags) Validate() error {
	if l.Limit < 0 {
		return errors.New("--limit: must not be below 0")
	}
	return nil
}

// sessionsListCmd lists sessions.
type sessionsListCmd struct {
	askFlags
	listFlags
	Filter   []string  `short:"f" sep:"none" placeholder:"PRIMITIVE=VALUE" help:"Only sessions that show this value. May be repeated: values of one primitive are alternatives, different primitives must all hold."`
	Search   string    `placeholder:"TEXT" help:"Only those whose session id, address or decoy begins so."`
	Attacker string    `placeholder:"ADDRESS" help:"Only those of this attacker: an address, or a UUID."`
	Decoy    string    `placeholder:"NAME" help:"Only those of this decoy."`
	Service  string    `placeholder:"NAME" help:"Only those of this service."`
	State    []string  `placeholder:"STATE" enum:"waiting,profiled,incomplete,empty,parked,unrecorded" help:"Only those in this state: waiting, profiled, incomplete, empty, parked or unrecorded. May be repeated."`
	Parked   bool      `help:"Only those that are parked, with their causes."`
	Rejected bool      `help:"Events that could not be used, instead of sessions."`
	Since    sinceTime `placeholder:"WHEN" help:"Only those that began since: a date, or 2h for so long ago."`
	Until    sinceTime `placeholder:"WHEN" help:"Only those that began before."`
	Sort     string    `enum:"start,duration,updated" default:"start" help:"By start, duration or when they were last updated."`
	Reverse  bool      `short:"r" help:"The smallest or oldest first."`
}

// sessionItem is what is shown of a session.
type sessionItem struct {
	Ref          string     `json:"evidence_ref"`
	ID           string     `json:"session_id"`
	Self         string     `json:"self"`
	Decoy        string     `json:"decoy"`
	Service      string     `json:"service"`
	Attacker     string     `json:"attacker_uuid"`
	Address      string     `json:"address"`
	Disputed     bool       `json:"disputed"`
	Format       string     `json:"format"`
	Path         string     `json:"path"`
	Start        *time.Time `json:"start"`
	Duration     float64    `json:"duration"`
	Closed       string     `json:"closed"`
	State        string     `json:"state"`
	Cause        string     `json:"cause"`
	NextTry      *time.Time `json:"next_try"`
	Commands     int64      `json:"commands"`
	Observations int64      `json:"observations"`
	Revision     string     `json:"revision"`
	Announced    bool       `json:"announced"`
	Observed     []observed `json:"observed"`
	Detail       struct {
		NotObservable []struct {
			Primitive string `json:"primitive"`
			Reason    string `json:"reason"`
		} `json:"not_observable"`
	} `json:"detail"`
}

// observed is what is shown of an observation.
type observed struct {
	Primitive  string  `json:"primitive"`
	Value      string  `json:"value"`
	Confidence float64 `json:"confidence"`
}

// Run lists sessions, or events that could not be used.
func (s *sessionsListCmd) Run(ctx context.Context, c *console) error {
	api, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	if s.Rejected {
		return s.rejected(ctx, c, api)
	}
	q, err := s.query(ctx, c, api)
	if err != nil {
		return err
	}
	g := &grid{head: []string{"START", "DURATION", "ADDRESS", "DECOY", "STATE", "COMMANDS", "OBSERVATIONS", "SESSION"}}
	if s.Parked {
		g.head = []string{"START", "ADDRESS", "DECOY", "STATE", "SESSION", "CAUSE"}
	}
	return s.list(ctx, c, asked{api, "/sessions", q}, g, func(item json.RawMessage) error {
		var x sessionItem
		if err := json.Unmarshal(item, &x); err != nil {
			return err
		}
		if s.Parked {
			g.add(moment(x.Start), dash(x.Address), x.Decoy+"/"+x.Service, x.State, x.ID, x.Cause)
		} else {
			g.add(moment(x.Start), howLong(seconds(x.Duration)), dash(x.Address), x.Decoy+"/"+x.Service, x.State,
				grouped(x.Commands), grouped(x.Observations), x.ID)
		}
		return nil
	})
}

// query makes the question out of the flags.
func (s *sessionsListCmd) query(ctx context.Context, c *console, api *client) (url.Values, error) {
	q := url.Values{"sort": {s.Sort}, "filter": s.Filter}
	for name, v := range map[string]string{"search": s.Search, "decoy": s.Decoy, "service": s.Service} {
		if v != "" {
			q.Set(name, v)
		}
	}
	for name, t := range map[string]time.Time{"since": s.Since.time(c.now()), "until": s.Until.time(c.now())} {
		if !t.IsZero() {
			q.Set(name, t.UTC().Format(time.RFC3339))
		}
	}
	if q["state"] = s.State; s.Parked {
		q["state"] = []string{"parked"}
	}
	if s.Reverse {
		q.Set("order", "asc")
	}
	if s.Attacker != "" {
		a, err := api.attacker(ctx, s.Attacker)
		if err != nil {
			return nil, err
		}
		q.Set("attacker", a.UUID)
	}
	return q, nil
}

// asked is a list that is asked for.
type asked struct {
	api   *client
	path  string
	query url.Values
}

// list prints a list in the form that was asked for.
func (l *listFlags) list(ctx context.Context, c *console, a asked, g *grid, row func(json.RawMessage) error) error {
	left := l.Limit
	form := newListForm(c.out, l.Output == "jsonl")
	a.query.Set("limit", strconv.Itoa(min(1000, max(left, 1))))
	if l.Limit == 0 {
		a.query.Set("limit", "1000")
	}
	err := a.api.pages(ctx, a.path, a.query, func(items []json.RawMessage) (bool, error) {
		if l.Limit > 0 {
			items = items[:min(left, len(items))]
			left -= len(items)
		}
		more := l.Limit == 0 || left > 0
		if l.Output != "table" {
			return more, form.items(items)
		}
		for _, item := range items {
			if err := row(item); err != nil {
				return false, err
			}
		}
		return more, nil
	})
	if err != nil {
		return err
	}
	if l.Output != "table" {
		return form.end()
	}
	if len(g.rows) == 0 {
		fmt.Fprintln(c.err, "none")
		return nil
	}
	return g.print(c)
}

// rejected lists events that could not be used.
func (s *sessionsListCmd) rejected(ctx context.Context, c *console, api *client) error {
	g := &grid{head: []string{"TIME", "SIZE", "SUBJECT", "REASON"}}
	return s.list(ctx, c, asked{api, "/rejected", url.Values{}}, g, func(item json.RawMessage) error {
		var x struct {
			Time    *time.Time `json:"time"`
			Size    int64      `json:"size"`
			Subject string     `json:"subject"`
			Reason  string     `json:"reason"`
		}
		if err := json.Unmarshal(item, &x); err != nil {
			return err
		}
		g.add(moment(x.Time), howMuch(x.Size), x.Subject, x.Reason)
		return nil
	})
}
