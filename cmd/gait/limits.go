package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"gait/recording"
)

// limitFlags are the flags that bound what is read of one input; subcommands
// that open recordings embed them.
type limitFlags struct {
	MaxLine     byteSize `default:"${max_line}" group:"limits" help:"Longest line that is read."`
	MaxEvents   int      `default:"${max_events}" group:"limits" help:"Most events of a session."`
	MaxLines    int      `default:"${max_lines}" group:"limits" help:"Most line ends in the input of a session."`
	MaxBytes    byteSize `default:"${max_bytes}" group:"limits" help:"Most bytes of events of a session."`
	MaxDuration longTime `default:"${max_duration}" group:"limits" help:"Longest session, such as 12h or 7d."`
	MaxSessions int      `default:"${max_sessions}" group:"limits" help:"Most sessions of a file."`
	MaxUnpacked byteSize `default:"${max_unpacked}" group:"limits" help:"Most bytes that a compressed file may become."`
	MaxRatio    int64    `default:"${max_ratio}" group:"limits" help:"How many times its size a compressed file may become."`
}

// limitVars gives the defaults of the flags and the heading of their group.
func limitVars() kong.Option {
	lim := recording.DefaultLimits()
	vars := kong.Vars{
		"max_line":     byteSize(lim.Line).String(),
		"max_events":   strconv.Itoa(lim.Events),
		"max_lines":    strconv.Itoa(lim.Lines),
		"max_bytes":    byteSize(lim.Bytes).String(),
		"max_duration": longTime(lim.Duration).String(),
		"max_sessions": strconv.Itoa(lim.Sessions),
		"max_unpacked": byteSize(lim.Unpacked).String(),
		"max_ratio":    strconv.FormatInt(lim.Ratio, 10),
	}
	var list []kong.Group
	for _, g := range groupTitles {
		list = append(list, kong.Group{Key: g.key, Title: g.title})
	}
	groups := kong.ExplicitGroups(append(list, kong.Group{
		Key:   "limits",
		Title: "Limits (what lies beyond ends that session, not the file):",
	}))
	return kong.OptionFunc(func(k *kong.Kong) error {
		if err := vars.Apply(k); err != nil {
			return err
		}
		return groups.Apply(k)
	})
}

// Validate is called by the parser: a limit of nothing would read nothing.
func (f *limitFlags) Validate() error {
	for _, limit := range []struct {
		name string
		n    int64
	}{
		{"line", int64(f.MaxLine)}, {"events", int64(f.MaxEvents)}, {"lines", int64(f.MaxLines)}, {"bytes", int64(f.MaxBytes)},
		{"duration", int64(f.MaxDuration)}, {"sessions", int64(f.MaxSessions)},
		{"unpacked", int64(f.MaxUnpacked)}, {"ratio", f.MaxRatio},
	} {
		if limit.n <= 0 {
			return fmt.Errorf("--max-%s: must be above 0", limit.name)
		}
	}
	return nil
}

// limits gives the limits as the reader wants them.
func (f *limitFlags) limits() recording.Limits {
	return recording.Limits{
		Line:     int(min(f.MaxLine, math.MaxInt32)),
		Events:   f.MaxEvents,
		Lines:    f.MaxLines,
		Bytes:    int64(f.MaxBytes),
		Duration: time.Duration(f.MaxDuration),
		Sessions: f.MaxSessions,
		Unpacked: int64(f.MaxUnpacked),
		Ratio:    f.MaxRatio,
	}
}

// byteSize is a number of bytes, written with the units KB, MB and GB of 1024.
type byteSize int64

// UnmarshalText reads a size such as 500, 64MB, 64M or 64MiB.
func (s *byteSize) UnmarshalText(text []byte) error {
	t := strings.ToUpper(strings.TrimSpace(string(text)))
	t = strings.TrimSuffix(strings.TrimSuffix(t, "B"), "I")
	unit := int64(1)
	if n := len(t); n > 0 {
		if i := strings.IndexByte("KMGT", t[n-1]); i >= 0 {
			unit, t = 1<<(10*(i+1)), t[:n-1]
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(t), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return fmt.Errorf("%q is no size; write 500, 64KB, 64MB or 2GB", text)
	}
	*s = byteSize(n * unit)
	return nil
}

// String writes the size in the largest unit that divides it.
func (s byteSize) String() string {
	n, unit := int64(s), ""
	for _, next := range []string{"KB", "MB", "GB", "TB"} {
		if n == 0 || n%1024 != 0 {
			break
		}
		n, unit = n/1024, next
	}
	return strconv.FormatInt(n, 10) + unit
}

// longTime is a stretch of time that may be written in days.
type longTime time.Duration

const day = 24 * time.Hour

// UnmarshalText reads a time such as 90s, 12h or 7d.
func (l *longTime) UnmarshalText(text []byte) error {
	if t, ok := strings.CutSuffix(string(text), "d"); ok {
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil || n < 0 || n > int64(math.MaxInt64/day) {
			return fmt.Errorf("%q is no number of days", text)
		}
		*l = longTime(time.Duration(n) * day)
		return nil
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is no stretch of time; write 90s, 12h or 7d", text)
	}
	*l = longTime(d)
	return nil
}

// String writes whole days as days.
func (l longTime) String() string {
	if d := time.Duration(l); d%day != 0 {
		return d.String()
	}
	return strconv.FormatInt(int64(time.Duration(l)/day), 10) + "d"
}
