package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// oneFlags say in which form one thing is shown.
type oneFlags struct {
	askFlags
	Output string `short:"o" enum:"table,json" default:"table" help:"Form: table to read, or json."`
}

// sessionsShowCmd shows one session.
type sessionsShowCmd struct {
	oneFlags
	Session string `arg:"" help:"Session id or evidence reference."`
}

// Run shows it.
func (s *sessionsShowCmd) Run(ctx context.Context, c *console) error {
	api, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	var raw json.RawMessage
	if err := api.get(ctx, "/sessions/"+url.PathEscape(s.Session), nil, &raw); err != nil {
		return fmt.Errorf("session %s: %w", s.Session, err)
	}
	if s.Output == "json" {
		return indented(c.out, raw)
	}
	var x sessionItem
	if err := json.Unmarshal(raw, &x); err != nil {
		return err
	}
	w := bufio.NewWriter(c.out)
	x.print(w, style(c.color), c.columns)
	return w.Flush()
}

// indented prints JSON for people and programs.
func indented(w io.Writer, raw json.RawMessage) error {
	b, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

// print writes a session for people.
func (x *sessionItem) print(w io.Writer, s style, columns int) {
	fmt.Fprintf(w, "%s %s\n", s.paint(bold, "●"), printable(join(" · ", moment(x.Start)+" UTC", howLong(seconds(x.Duration)),
		count(x.Commands, "command", "commands"), x.Decoy+"/"+x.Service)))
	who := x.Address
	switch {
	case x.Disputed:
		who = "disputed: two sources tell different addresses"
	case who == "":
		who = "not known"
	}
	announced := "not announced yet"
	if x.Announced {
		announced = "announced"
	}
	for _, f := range [][2]string{
		{"session", x.ID}, {"address", who}, {"attacker", x.Attacker}, {"evidence", x.Ref}, {"format", x.Format}, {"recording", x.Path},
		{"state", join(", ", x.State, announced)}, {"ended by", x.Closed}, {"cause", x.Cause}, {"revision", x.Revision},
	} {
		if f[1] == "" || f[0] == "state" && x.Observations == 0 {
			if f[0] != "state" {
				continue
			}
			f[1] = x.State
		}
		lines := []string{printable(f[1])} // names are given whole, to be copied
		if f[0] == "cause" {
			lines = wrap(lines[0], max(columns-14, 40))
		}
		for i, line := range lines {
			name := f[0]
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(w, "  %s%s\n", s.paint(faint, pad(name, 12)), line)
		}
	}
	printObserved(w, s, x.Observed)
	if n := len(x.Detail.NotObservable); n > 0 {
		fmt.Fprintf(w, "  %s\n", s.paint(faint, fmt.Sprintf("not observable: %d (-o json has the reasons)", n)))
	}
}

// printObserved writes values by domain, each with its confidence.
func printObserved(w io.Writer, s style, list []observed) {
	names, values := 0, 0
	for _, o := range list {
		_, name, _ := strings.Cut(o.Primitive, ".")
		names, values = max(names, cells(printable(name))), max(values, cells(printable(o.Value)))
	}
	domain := ""
	for _, o := range list {
		d, name, _ := strings.Cut(o.Primitive, ".")
		if d != domain {
			domain = d
			fmt.Fprintf(w, "  %s\n", s.paint(title, printable(d)))
		}
		fmt.Fprintf(w, "    %s  %s  %s %.2f\n", pad(printable(name), names), s.paint(bold, pad(printable(o.Value), values)), bar(o.Confidence), o.Confidence)
	}
}

// sessionsRetryCmd has sessions tried again.
type sessionsRetryCmd struct {
	askFlags
	Kind    string   `placeholder:"KIND" help:"All that wait or are parked for this kind of cause, such as unreadable; gait sessions --parked -o json tells kinds."`
	All     bool     `help:"All that are parked."`
	Session []string `arg:"" optional:"" help:"Session ids or evidence references."`
}

// Run asks for it.
func (s *sessionsRetryCmd) Run(ctx context.Context, c *console) error {
	if (len(s.Session) > 0 && (s.Kind != "" || s.All)) || (s.Kind != "" && s.All) || (len(s.Session) == 0 && s.Kind == "" && !s.All) {
		return usageError{"name sessions, or say --kind KIND, or --all"}
	}
	api, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer api.close()
	body := map[string]any{}
	switch {
	case s.All:
		body["all"] = true
	case s.Kind != "":
		body["cause_kind"] = s.Kind
	default:
		var refs []string
		for _, name := range s.Session {
			var x sessionItem
			if err := api.get(ctx, "/sessions/"+url.PathEscape(name), nil, &x); err != nil {
				return fmt.Errorf("session %s: %w", name, err)
			}
			refs = append(refs, x.Ref)
		}
		body["evidence_refs"] = refs
	}
	var done map[string]json.Number
	if err := api.do(ctx, "POST", "/retry", body, &done); err != nil {
		return err
	}
	for _, n := range done {
		k, _ := n.Int64()
		fmt.Fprintf(c.out, "%s will be tried again\n", count(k, "session", "sessions"))
	}
	return nil
}
