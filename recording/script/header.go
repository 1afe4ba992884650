package script

import (
	"strconv"
	"strings"
	"time"

	"gait"
)

// Bounds of what headers may say.
const (
	maxText = 4096   // bytes of a value
	maxSide = 0xffff // columns or rows: a terminal keeps them in 16 bits
)

// Starts outside these years are kept but counted as doubtful.
const firstYear, lastYear = 2000, 2100

// bracketed are the names in the brackets of a typescript's first line, in
// their order there.
var bracketed = [...]string{"COMMAND", "TERM", "TTY", "COLUMNS", "LINES"}

// preamble takes the first line of a typescript:
//
//	Script started on <date> [COMMAND="..." TERM=".." TTY=".." COLUMNS=".." LINES=".."]
//
// A command stands there as it is, quotes and brackets included; so each value
// goes up to where the next name begins.
func preamble(h *gait.Header, odd *gait.Oddities, line string) {
	date, rest, found := strings.Cut(line, " [")
	if i := strings.LastIndex(date, " on "); i >= 0 {
		date = date[i+len(" on "):]
	} else if f := strings.Fields(date); len(f) >= 2 {
		date = strings.Join(f[len(f)-2:], " ")
	}
	setStart(h, odd, date)
	if !found {
		return
	}
	rest = strings.TrimSuffix(strings.TrimRight(rest, "\r\n"), "]")
	for i, name := range bracketed {
		v, found := strings.CutPrefix(rest, name+`="`)
		if !found {
			continue
		}
		end := len(v)
		for _, next := range bracketed[i+1:] {
			if at := strings.LastIndex(v, `" `+next+`="`); at >= 0 {
				end = min(end, at)
			}
		}
		if at := strings.LastIndex(v, `" <`); at >= 0 && strings.HasSuffix(v, ">") {
			end = min(end, at)
		}
		rest = strings.TrimPrefix(v[end:], `" `)
		setHeader(h, odd, name, strings.TrimSuffix(v[:end], `"`))
	}
}

// setHeader takes one header of a timing file.
func setHeader(h *gait.Header, odd *gait.Oddities, name, value string) {
	value = value[:min(len(value), maxText)]
	switch name {
	case "START_TIME":
		setStart(h, odd, value)
	case "COMMAND":
		h.Command = value
	case "COLUMNS":
		h.Width = side(value)
	case "LINES":
		h.Height = side(value)
	case "TERM", "SHELL":
		for i := range h.Env {
			if h.Env[i].Name == name {
				h.Env[i].Value = value
				return
			}
		}
		h.Env = append(h.Env, gait.Var{Name: name, Value: value})
	}
}

// setStart takes a date with its offset; other forms depend on the place and
// are left.
func setStart(h *gait.Header, odd *gait.Oddities, date string) {
	date = strings.TrimSpace(date)
	for _, layout := range []string{"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		t, err := time.Parse(layout, date)
		if err != nil {
			continue
		}
		if y := t.Year(); y < firstYear || y >= lastYear {
			odd.Add(gait.OddClockStep, 1, -1)
			if y < 1700 || y > 2261 { // beyond what nanoseconds can hold
				return
			}
		}
		h.Start = t.UTC()
		return
	}
}

// side gives a number of columns or rows, 0 for anything else: script writes
// -1 where it does not know.
func side(s string) int {
	if len(s) == 0 || s[0] < '0' || s[0] > '9' {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > maxSide {
		return 0
	}
	return n
}
