package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gait/internal/toml"
)

// Asked says whether the arguments of a process ask for a recorder, and with
// which options: as a login shell, which is called with a dash or with -c, or by
// the word record. It is false for a command line that it does not understand,
// help among them, which is then somebody else's to explain.
func Asked(args []string) (Options, bool) {
	var o Options
	config := DefaultConfig
	switch {
	case len(args) == 0:
		return o, false
	case strings.HasPrefix(args[0], "-"), len(args) > 1 && commandFlag(args[1]):
		o.Login, o.Dash, o.Args = true, strings.HasPrefix(args[0], "-"), args[1:]
	case len(args) > 1 && args[1] == "record":
		var err error
		if config, err = o.parse(args[2:], config); err != nil {
			return o, false
		}
	default:
		return o, false
	}
	o.Configure(config)
	return o, true
}

// commandFlag says whether an argument is the flag of a shell after which a
// command follows, perhaps among others.
func commandFlag(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && arg[len(arg)-1] == 'c' && strings.Trim(arg[1:], "abcefhilmnstuvx") == ""
}

// fields are the settings by the names of their flags.
func (o *Options) fields() map[string]*string {
	return map[string]*string{
		"decoy": &o.Decoy, "service": &o.Service, "socket": &o.Socket, "shards": &o.Shards, "sink": &o.Sink,
		"app-name": &o.AppName, "process-name": &o.ProcessName, "shell": &o.Shell,
	}
}

var errUnknown = errors.New("unknown flag")

// parse reads flags, and gives the file of settings.
func (o *Options) parse(args []string, config string) (string, error) {
	known := o.fields()
	known["config"] = &config
	for len(args) > 0 {
		arg := args[0]
		if arg == "--" {
			o.Command = args[1:]
			break
		}
		if !strings.HasPrefix(arg, "-") {
			o.Command = args
			break
		}
		name, value, whole := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		to := known[name]
		if to == nil || !strings.HasPrefix(arg, "--") {
			return config, errUnknown
		}
		args = args[1:]
		if !whole {
			if len(args) == 0 {
				return config, errUnknown
			}
			value, args = args[0], args[1:]
		}
		*to = value
	}
	return config, nil
}

// Configure takes what is not yet set from a file of settings; that there is
// none is no fault. A fault is kept for the log: it must lock nobody out.
func (o *Options) Configure(path string) {
	if path == "" || path == "none" {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		if path != DefaultConfig || !errors.Is(err, fs.ErrNotExist) {
			o.Fault = "settings cannot be read"
		}
		return
	}
	list, err := toml.Parse(string(text))
	if err != nil {
		o.Fault = "settings: " + err.Error()
		return
	}
	known := o.fields()
	for _, e := range list {
		to := known[e.Key]
		if to == nil || e.List {
			o.Fault = fmt.Sprintf("settings: line %d: not a setting of the recorder", e.Line)
			continue
		}
		if *to == "" {
			*to = e.Values[0]
		}
	}
}

// apart gives the options in memory of their own: what they came in is that of
// the command line, which is to show something else.
func (o Options) apart() Options {
	for _, to := range o.fields() {
		*to = strings.Clone(*to)
	}
	for _, list := range []*[]string{&o.Command, &o.Args} {
		*list = slices.Clone(*list)
		for i, s := range *list {
			(*list)[i] = strings.Clone(s)
		}
	}
	return o
}

// filled gives the options with what is assumed.
func (o Options) filled() Options {
	for _, x := range []struct {
		to     *string
		preset string
	}{
		{&o.Socket, DefaultSocket}, {&o.Service, DefaultService}, {&o.Sink, DefaultSink}, {&o.AppName, DefaultAppName}, {&o.Decoy, hostDecoy()},
	} {
		if *x.to == "" {
			*x.to = x.preset
		}
	}
	return o
}

// hostDecoy makes a decoy's name of the host's.
func hostDecoy() string {
	host, _ := os.Hostname()
	host, _, _ = strings.Cut(strings.ToLower(host), ".")
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return -1
	}, host)
	if name = strings.TrimLeft(name, "-"); name == "" {
		return "decoy"
	}
	return name[:min(len(name), 63)]
}

// base is the name of a program without its folder.
func base(path string) string { return filepath.Base(path) }
