package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// configCmd prints what is in force.
type configCmd struct {
	Form string `short:"o" name:"form" enum:"toml,json" default:"toml" help:"Form: toml, fit as a configuration file, or json."`
	runFlags
}

// Help says what comes before what.
func (*configCmd) Help() string {
	return `Every flag of gait run may also be set by the environment (GAIT_ and its name: GAIT_LISTEN, GAIT_KEEP_OBSERVATIONS;
lists with commas) and by a configuration file. The command line comes before the environment, that before the file.

A configuration file holds a line for each setting, named like its flag:
  data = "/var/lib/gait"
  cowrie = ["/srv/cowrie"]
  keep-observations = "90d"`
}

// setting is one line of the result.
type setting struct {
	Name   string   `json:"name"`
	Value  string   `json:"value"`
	Values []string `json:"values,omitempty"` // of a list
	Origin string   `json:"from"`

	quoted, isList bool
}

// Run prints each setting, its value, and where it came from.
func (x *configCmd) Run(c *console, k *kong.Context, s *settings) error {
	line := map[string]bool{}
	for _, p := range k.Path {
		if p.Flag != nil && !p.Resolved {
			line[p.Flag.Name] = true
		}
	}
	var all []setting
	for _, f := range conf(k.Selected()) {
		v := newSetting(f)
		switch v.Origin = s.origin[f.Name]; {
		case line[f.Name]:
			v.Origin = "command line"
		case v.Origin == "":
			v.Origin = "default"
		}
		all = append(all, v)
	}
	if x.Form == "json" {
		b, err := json.MarshalIndent(all, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s\n", b)
		return err
	}
	for _, v := range all {
		if _, err := fmt.Fprintln(c.out, v.line()); err != nil {
			return err
		}
	}
	return nil
}

// newSetting reads the value of a flag.
func newSetting(f *kong.Flag) setting {
	v := setting{Name: f.Name, isList: f.IsSlice(), quoted: true}
	if v.isList {
		v.Values = []string{}
		for i := range f.Target.Len() {
			v.Values = append(v.Values, withoutSecret(fmt.Sprint(f.Target.Index(i).Interface())))
		}
		v.Value = strings.Join(v.Values, ",")
		return v
	}
	v.Value = withoutSecret(fmt.Sprint(f.Target.Interface()))
	if _, text := f.Target.Interface().(fmt.Stringer); !text {
		switch f.Target.Kind() {
		case reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint64:
			v.quoted = false
		}
	}
	return v
}

// line writes a setting as the configuration file has it. What is not set
// stands in a comment.
func (v setting) line() string {
	text := v.Value
	switch {
	case v.isList:
		var parts []string
		for _, p := range v.Values {
			parts = append(parts, quote(p))
		}
		text = "[" + strings.Join(parts, ", ") + "]"
	case v.quoted:
		text = quote(v.Value)
	}
	out := v.Name + " = " + text
	if v.Value == "" {
		out = "# " + out
	}
	return out + "  # " + printable(v.Origin)
}

// quote writes text as the configuration file has it.
func quote(s string) string {
	b, err := json.Marshal(strings.ToValidUTF8(s, "\ufffd"))
	if err != nil {
		return `""`
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b))
}

// withoutSecret takes the password out of an address, and what may be one out
// of its query.
func withoutSecret(s string) string {
	before, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	u, err := url.Parse("x://" + rest)
	if err != nil {
		return before + "://..."
	}
	if u.User != nil {
		if _, has := u.User.Password(); has {
			u.User = url.UserPassword(u.User.Username(), "...")
		}
	}
	q := u.Query()
	for key := range q {
		if k := strings.ToLower(key); strings.Contains(k, "pass") || strings.Contains(k, "secret") || strings.Contains(k, "token") {
			q.Set(key, "...")
		}
	}
	if u.RawQuery != "" {
		u.RawQuery = q.Encode()
	}
	return before + "://" + strings.TrimPrefix(u.String(), "x://")
}
