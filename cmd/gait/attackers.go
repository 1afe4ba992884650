package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"gait/internal/address"
)

// attackersCmd is about attackers.
type attackersCmd struct {
	List attackersListCmd `cmd:"" default:"withargs" help:"List attackers, those seen last first."`
	Show attackersShowCmd `cmd:"" help:"Show one attacker: the latest value of each primitive, and sessions."`
}

// attackersListCmd lists attackers.
type attackersListCmd struct {
	askFlags
	listFlags
	Filter  []string  `short:"f" sep:"none" placeholder:"PRIMITIVE=VALUE" help:"Only attackers whose latest value it is. May be repeated: values of one primitive are alternatives, different primitives must all hold."`
	Search  string    `placeholder:"TEXT" help:"Only those whose address or UUID begins so, or who were on this decoy."`
	Decoy   string    `placeholder:"NAME" help:"Only those who were on this decoy."`
	Since   sinceTime `placeholder:"WHEN" help:"Only those seen since: a date, or 2h for so long ago."`
	Sort    string    `enum:"last,first,sessions,address" default:"last" help:"By when they were seen last or first, by number of sessions, or by address."`
	Reverse bool      `short:"r" help:"The smallest or oldest first."`
}

// attackerItem is what is shown of an attacker.
type attackerItem struct {
	UUID     string     `json:"uuid"`
	Address  string     `json:"address"`
	First    *time.Time `json:"first_seen"`
	Last     *time.Time `json:"last_seen"`
	Sessions int64      `json:"sessions"`
	Decoys   []string   `json:"decoys"`
	Latest   []observed `json:"latest"`
}

// value gives the latest value of a primitive.
func (a *attackerItem) value(primitive string) string {
	for _, o := range a.Latest {
		if o.Primitive == primitive {
			return o.Value
		}
	}
	return "-"
}

// Run lists attackers.
func (a *attackersListCmd) Run(ctx context.Context, c *console) error {
	api, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	q := url.Values{"sort": {a.Sort}, "filter": a.Filter}
	for name, v := range map[string]string{"search": a.Search, "decoy": a.Decoy} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if t := a.Since.time(c.now()); !t.IsZero() {
		q.Set("since", t.UTC().Format(time.RFC3339))
	}
	if a.Reverse {
		q.Set("order", "asc")
	}
	g := &grid{head: []string{"ADDRESS", "SESSIONS", "LAST SEEN", "INPUT", "PACE", "PLAN", "DECOYS"}}
	return a.list(ctx, c, asked{api, "/attackers", q}, g, func(item json.RawMessage) error {
		var x attackerItem
		if err := json.Unmarshal(item, &x); err != nil {
			return err
		}
		g.add(x.Address, grouped(x.Sessions), moment(x.Last), x.value("motor.input_modality"),
			x.value("cognitive.inter_command_latency_class"), x.value("cognitive.command_branch_diversity"), strings.Join(x.Decoys, " "))
		return nil
	})
}

// attackersShowCmd shows one attacker.
type attackersShowCmd struct {
	oneFlags
	Attacker string `arg:"" help:"Address or UUID."`
}

// Run shows it.
func (a *attackersShowCmd) Run(ctx context.Context, c *console) error {
	api, err := a.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	x, err := api.attacker(ctx, a.Attacker)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if err := api.get(ctx, "/attackers/"+x.UUID, nil, &raw); err != nil {
		return err
	}
	if a.Output == "json" {
		return indented(c.out, raw)
	}
	if err := json.Unmarshal(raw, &x); err != nil {
		return err
	}
	var sessions struct {
		Items []sessionItem `json:"items"`
	}
	if err := api.get(ctx, "/attackers/"+x.UUID+"/sessions", url.Values{"limit": {"10"}}, &sessions); err != nil {
		return err
	}
	w := bufio.NewWriter(c.out)
	s := style(c.color)
	fmt.Fprintf(w, "%s %s\n  %s\n  seen from %s to %s UTC, on %s\n", s.paint(bold, "●"),
		printable(x.Address+" · "+count(x.Sessions, "session", "sessions")), printable(x.UUID), moment(x.First), moment(x.Last), printable(strings.Join(x.Decoys, ", ")))
	printObserved(w, s, x.Latest)
	for i, y := range sessions.Items {
		lead := "sessions"
		if i > 0 {
			lead = ""
		}
		fmt.Fprintf(w, "  %s%s\n", s.paint(faint, pad(lead, 10)), printable(join("  ", moment(y.Start), pad(howLong(seconds(y.Duration)), 12), y.Decoy+"/"+y.Service, y.ID)))
	}
	return w.Flush()
}

var attackerID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// attacker finds an attacker by address or UUID.
func (c *client) attacker(ctx context.Context, name string) (attackerItem, error) {
	if attackerID.MatchString(name) {
		var x attackerItem
		err := c.get(ctx, "/attackers/"+strings.ToLower(name), nil, &x)
		if err != nil {
			err = fmt.Errorf("attacker %s: %w", name, err)
		}
		return x, err
	}
	wanted := address.Canonical(name)
	if wanted == "" {
		return attackerItem{}, usageError{fmt.Sprintf("%q is neither an address nor a UUID", name)}
	}
	var page struct {
		Items []attackerItem `json:"items"`
	}
	q := url.Values{"search": {wanted}, "sort": {"address"}, "order": {"asc"}, "limit": {"1000"}}
	if err := c.get(ctx, "/attackers", q, &page); err != nil {
		return attackerItem{}, err
	}
	for _, x := range page.Items {
		if x.Address == wanted {
			return x, nil
		}
	}
	return attackerItem{}, fmt.Errorf("attacker %s: never seen", wanted)
}
