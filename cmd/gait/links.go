package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// linksCmd is about links between attackers who may be one person.
type linksCmd struct {
	List   linksListCmd   `cmd:"" default:"withargs" help:"List links, the newest first."`
	Accept linksAcceptCmd `cmd:"" help:"Take the two attackers of a link for one identity."`
	Reject linksRejectCmd `cmd:"" help:"Say that the two attackers of a link are not one person."`
	Undo   linksUndoCmd   `cmd:"" help:"Undo what was decided on a link, without loss."`
}

// linksListCmd lists links.
type linksListCmd struct {
	askFlags
	listFlags
	State    string `enum:",proposed,accepted,rejected" default:"" help:"Only those in this state: proposed, accepted or rejected."`
	Attacker string `placeholder:"UUID" help:"Only those of this attacker."`
}

// Help says where links come from.
func (*linksListCmd) Help() string {
	return `There are links where gait runs with --typist: attackers who type so much alike that the odds that they are one person are nine to one
or more, after the number of attackers that were compared and what else speaks for it or against it. ODDS are natural
logarithms: 2.2 is nine to one, 4.6 a hundred to one. BOUND is the upper 95 % bound of how often two persons score as high.
Nobody is merged before a link is accepted.`
}

// linkItem is what is shown of a link.
type linkItem struct {
	ID        string `json:"id"`
	Attackers [2]struct {
		UUID    string `json:"uuid"`
		Address string `json:"address"`
	} `json:"attackers"`
	State     string     `json:"state"`
	Strength  float64    `json:"log_odds"`
	Proposed  *time.Time `json:"proposed"`
	Statement struct {
		Keys       int      `json:"keys"`
		Candidates int      `json:"candidates"`
		Bound      *float64 `json:"false_accept_bound"`
	} `json:"statement"`
}

// Run lists links.
func (l *linksListCmd) Run(ctx context.Context, c *console) error {
	api, err := l.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	q := url.Values{}
	for name, v := range map[string]string{"state": l.State, "attacker": l.Attacker} {
		if v != "" {
			q.Set(name, v)
		}
	}
	g := &grid{head: []string{"LINK", "STATE", "ODDS", "BOUND", "KEYS", "COMPARED", "PROPOSED", "ATTACKERS"}}
	return l.list(ctx, c, asked{api, "/links", q}, g, func(item json.RawMessage) error {
		var x linkItem
		if err := json.Unmarshal(item, &x); err != nil {
			return err
		}
		bound := "not measured"
		if b := x.Statement.Bound; b != nil {
			bound = fmt.Sprintf("%.2g", *b)
		}
		g.add(x.ID, x.State, fmt.Sprintf("%.1f", x.Strength), bound, fmt.Sprint(x.Statement.Keys), fmt.Sprint(x.Statement.Candidates),
			moment(x.Proposed), x.Attackers[0].Address+" "+x.Attackers[1].Address)
		return nil
	})
}

// linkFlags name a link.
type linkFlags struct {
	askFlags
	Link string `arg:"" help:"The link, as gait links names it."`
}

// decide asks the API for a decision, and says what came of it.
func (l *linkFlags) decide(ctx context.Context, c *console, what string) error {
	api, err := l.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	var x linkItem
	if err := api.do(ctx, http.MethodPost, "/links/"+url.PathEscape(l.Link)+"/"+what, nil, &x); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s and %s: %s\n", printable(x.Attackers[0].Address), printable(x.Attackers[1].Address), printable(x.State))
	return err
}

type (
	linksAcceptCmd struct{ linkFlags }
	linksRejectCmd struct{ linkFlags }
	linksUndoCmd   struct{ linkFlags }
)

// Run accepts a link.
func (l *linksAcceptCmd) Run(ctx context.Context, c *console) error {
	return l.decide(ctx, c, "accept")
}

// Run rejects a link.
func (l *linksRejectCmd) Run(ctx context.Context, c *console) error {
	return l.decide(ctx, c, "reject")
}

// Run undoes what was decided.
func (l *linksUndoCmd) Run(ctx context.Context, c *console) error { return l.decide(ctx, c, "undo") }
