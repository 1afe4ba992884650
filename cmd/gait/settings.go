package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"gait/internal/toml"
)

// configName is the configuration file that is read where none is named.
const configName = "gait.toml"

// settings give values to flags that the command line does not set: from the
// environment, else from the configuration file. They are strict: a name that
// no flag has is an error.
type settings struct {
	lookup func(string) (string, bool)
	known  map[string]bool // names of flags that can be set in the file
	path   string          // of the file that was read; empty for none
	file   map[string]toml.Entry
	loaded bool
	origin map[string]string // where the value of a flag came from
	fault  error             // what is wrong with the file
}

func newSettings(lookup func(string) (string, bool)) *settings {
	return &settings{lookup: lookup, known: map[string]bool{}, origin: map[string]string{}}
}

// configurable says whether a flag can be set elsewhere than on the command
// line.
func configurable(f *kong.Flag) bool {
	return f.Tag != nil && f.Tag.Has("conf") || f.Group != nil && f.Group.Key == "limits"
}

// variable is the name of a flag in the environment.
func variable(flag string) string {
	return "GAIT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Validate is called by the parser, when all is done.
func (*settings) Validate(*kong.Application) error { return nil }

// learn collects the flags of all subcommands.
func (s *settings) learn(app *kong.Application) error {
	return kong.Visit(app, func(n kong.Visitable, next kong.Next) error {
		if f, ok := n.(*kong.Flag); ok && configurable(f) {
			s.known[f.Name] = true
		}
		return next(nil)
	})
}

// Resolve is called by the parser for every flag that the command line does
// not set.
func (s *settings) Resolve(k *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	if !configurable(f) || !has(k, "config") {
		return nil, nil
	}
	if s.fault = s.load(k); s.fault != nil {
		return nil, s.fault
	}
	if text, ok := s.lookup(variable(f.Name)); ok && text != "" {
		s.origin[f.Name] = variable(f.Name)
		if f.IsSlice() {
			return list(kong.SplitEscaped(text, ',')), nil
		}
		return text, nil
	}
	e, ok := s.file[f.Name]
	switch {
	case !ok:
		return nil, nil
	case f.IsSlice():
		s.origin[f.Name] = s.place(e)
		return list(e.Values), nil
	case e.List:
		return nil, fmt.Errorf("%s: %s takes one value, not a list", s.place(e), e.Key)
	}
	s.origin[f.Name] = s.place(e)
	return e.Values[0], nil
}

// has says whether the subcommand has a flag.
func has(k *kong.Context, name string) bool {
	return slices.ContainsFunc(k.Flags(), func(f *kong.Flag) bool { return f.Name == name })
}

// list gives texts as the parser takes them.
func list(texts []string) any {
	all := make([]any, len(texts))
	for i, t := range texts {
		all[i] = t
	}
	return all
}

// place says where in the file a setting stands.
func (s *settings) place(e toml.Entry) string { return fmt.Sprintf("%s line %d", s.path, e.Line) }

// load reads the configuration file once.
func (s *settings) load(k *kong.Context) error {
	if s.loaded {
		return nil
	}
	s.loaded = true
	if err := s.learn(k.Model); err != nil {
		return err
	}
	path, named := s.configPath(k)
	if path == "none" {
		return nil
	}
	text, err := readConfig(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	entries, err := toml.Parse(text)
	if err != nil {
		return fmt.Errorf("configuration file %s: %w", path, err)
	}
	s.path, s.file = path, map[string]toml.Entry{}
	for _, e := range entries {
		if !s.known[e.Key] {
			return fmt.Errorf("configuration file %s line %d: there is no setting %s%s", path, e.Line, e.Key, s.nearest(e.Key))
		}
		s.file[e.Key] = e
	}
	return nil
}

// configPath gives the path of the configuration file, and whether anybody
// asked for it.
func (s *settings) configPath(k *kong.Context) (path string, named bool) {
	for _, f := range k.Flags() {
		if f.Name == "config" {
			if v, ok := k.FlagValue(f).(string); ok && v != "" {
				return v, true
			}
		}
	}
	if v, ok := s.lookup("GAIT_CONFIG"); ok && v != "" {
		return v, true
	}
	return configName, false
}

// nearest names the setting that is written most like a name.
func (s *settings) nearest(name string) string {
	for _, n := range []string{strings.ReplaceAll(name, "_", "-"), strings.TrimSuffix(name, "s"), name + "s"} {
		if s.known[n] {
			return "; is it " + n + "?"
		}
	}
	return ""
}

// explain adds to an error of the parser where the value came from, where it
// was not the command line.
func (s *settings) explain(err error) error {
	if s.fault != nil {
		return s.fault // whatever flag it was met at
	}
	for name, origin := range s.origin {
		if strings.Contains(err.Error(), "--"+name+":") || strings.Contains(err.Error(), "--"+name+"=") {
			return fmt.Errorf("%w (set by %s)", err, origin)
		}
	}
	return err
}

// readConfig reads the file. One that others can write to would let them
// decide what this program does.
func readConfig(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errors.New("not a regular file")
	case info.Mode().Perm()&0o002 != 0:
		return "", fmt.Errorf("everyone may write to it: chmod o-w %s", path)
	case info.Size() > toml.MaxSize:
		return "", fmt.Errorf("larger than %d bytes", toml.MaxSize)
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

// conf lists the flags of a subcommand that can be set elsewhere, in order.
func conf(n *kong.Node) []*kong.Flag {
	return slices.DeleteFunc(slices.Clone(n.Flags), func(f *kong.Flag) bool { return !configurable(f) })
}
