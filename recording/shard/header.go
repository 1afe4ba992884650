package shard

import (
	"strconv"
	"time"

	"gait"
	"gait/internal/address"
	"gait/internal/jsonstr"
)

// Bounds of what a header may bring along.
const (
	maxEnv   = 64
	maxField = 4 << 10 // bytes of a name, a value or a client version
)

// head reads a header. Fields of a wrong type are as if they were not there.
func (a *assembler) head(body []byte, at int64) {
	s := &a.session
	if a.header {
		s.Oddities.Add(gait.OddSecondHeader, 1, at)
		return
	}
	a.header = true
	object(body, func(key, value []byte) {
		switch string(key) {
		case "width":
			s.Width = number(value)
		case "height":
			s.Height = number(value)
		case "timestamp":
			a.start(value, at)
		case "env":
			object(value, func(key, value []byte) {
				a.variable(key, value)
			})
		case "src_ip":
			if ip, ok := text(value); ok {
				s.SourceIP = address.Canonical(ip)
			}
		case "src_port":
			s.SourcePort = number(value)
		case "client":
			s.Client, _ = text(value)
		case "hassh":
			if h, ok := text(value); ok && gait.IsHASSH(h) {
				s.HASSH = h
			}
		case "obfuscated":
			s.Obfuscated = string(value) == "true"
		case "exec":
			a.exec(value, at)
		}
	})
}

// variable adds one of the environment. Most sessions of a shard have the same
// ones, so that the strings of the session before can be used again.
func (a *assembler) variable(key, value []byte) {
	s := &a.session
	n := len(s.Env)
	if n == maxEnv || len(value) < 2 || value[0] != '"' {
		return
	}
	name, _, _ := jsonstr.Unescape(a.data[:0], key)
	value, _, ok := jsonstr.Unescape(name, value[1:len(value)-1])
	if a.data = value[:0]; !ok {
		return
	}
	name, value = value[:len(name)], value[len(name):]
	if n < cap(s.Env) {
		if s.Env = s.Env[:n+1]; s.Env[n].Name == string(name) && s.Env[n].Value == string(value) {
			return
		}
		s.Env = s.Env[:n]
	}
	s.Env = append(s.Env, gait.Var{Name: limited(name), Value: limited(value)})
}

// start reads the wall-clock start.
func (a *assembler) start(value []byte, at int64) {
	start, ok := unixSeconds(value)
	if !ok {
		return
	}
	a.session.Start = start
	if start.Unix() < 946684800 { // 2000-01-01
		a.session.Oddities.Add(gait.OddClockStep, 1, at)
	}
}

// unixSeconds reads a time in Unix seconds, to the microsecond.
func unixSeconds(value []byte) (time.Time, bool) {
	sec, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(sec >= -62e9 && sec <= 253e9) { // the years 1 to 9987
		return time.Time{}, false
	}
	whole := int64(sec)
	return time.Unix(whole, int64((sec-float64(whole))*1e6)*1000).UTC(), true
}

// exec is a command given at login: an event at the start of the session.
func (a *assembler) exec(value []byte, at int64) {
	if len(value) < 2 || value[0] != '"' {
		return
	}
	command, _, ok := jsonstr.Unescape(nil, value[1:len(value)-1])
	if ok && len(command) > 0 {
		a.builder.Add(gait.Event{Kind: gait.Exec, Data: command}, at)
	}
}

// skip notes what the recorder did not keep. It goes on with all else, also
// where it wrote before that it stopped at its limit.
func (a *assembler) skip(body []byte) {
	kind, bytes := gait.Kind(0), 0
	object(body, func(key, value []byte) {
		switch {
		case string(key) == "ch" && len(value) == 3:
			kind = kindOf[value[1]]
		case string(key) == "bytes":
			bytes = number(value)
		}
	})
	switch kind {
	case gait.Output:
		a.session.Fidelity.OutputPartial = true
	case gait.Input:
		a.keyless = true
	default:
		return
	}
	a.trunc = false
	a.bytes[kind] += int64(bytes)
}

// close reads an end record.
func (a *assembler) close(body []byte, at int64) {
	e := &a.session.End
	a.ended, e.Seen = true, true
	object(body, func(key, value []byte) {
		switch string(key) {
		case "t":
			if t, ok := seconds(value); ok && t >= 0 {
				e.Time = t
			} else {
				a.session.Oddities.Add(gait.OddTimeBad, 1, at)
			}
		case "reason":
			e.Reason, _ = text(value)
		case "events":
			e.Events = int64(number(value))
		case "bytes_i":
			e.BytesIn = int64(number(value))
		case "bytes_o":
			e.BytesOut = int64(number(value))
		}
	})
}

// number reads a whole number from 0 to 2^53; 0 for anything else.
func number(value []byte) int {
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(f >= 0 && f <= 1<<53) {
		return 0
	}
	return int(f)
}

// text reads a string of bounded length.
func text(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	b, _, ok := jsonstr.Unescape(make([]byte, 0, 64), value[1:len(value)-1])
	return limited(b), ok
}

func limited(b []byte) string { return string(b[:min(len(b), maxField)]) }
