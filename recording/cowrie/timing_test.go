package cowrie

import (
	"strings"
	"testing"
	"time"

	"gait"
)

const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// visit writes a connection of five seconds that refers to a terminal log.
func visit(l *log, ms int, session string, more string) {
	l.connect(ms, session).ev(ms+2100, session, "log.closed", `"ttylog":"tty/`+hash+`","shasum":"`+hash+`"`+more).closed(ms+5000, session)
}

func TestSharedTiming(t *testing.T) {
	const day = 24 * 3600 * 1000
	for name, c := range map[string]struct {
		first, second string // what the log says
		begun         int    // of the recording, in ms
		want          string // "s" for each session whose timing is shared
	}{
		"duplicate":                       {`,"duplicate":false`, `,"duplicate":true`, 100, "-s"},
		"owner comes second":              {`,"duplicate":true`, `,"duplicate":false`, 100_100, "s-"},
		"owner is unknown":                {`,"duplicate":true`, `,"duplicate":true`, 100, "ss"},
		"log does not say":                {``, ``, 100, "-s"},
		"one says it is none":             {``, `,"duplicate":false`, 100_100, "s-"},
		"both say so":                     {`,"duplicate":false`, `,"duplicate":false`, 100, "-s"},
		"both say so, the first is gone":  {`,"duplicate":false`, `,"duplicate":false`, 100_100, "--"},
		"another day's":                   {`,"duplicate":false`, `,"duplicate":true`, -3 * day, "ss"},
		"another time zone, not far away": {`,"duplicate":false`, `,"duplicate":true`, 2 * 3600 * 1000, "-s"},
	} {
		l := new(log)
		visit(l, 0, "s1", c.first)
		visit(l, 100_000, "s2", c.second)
		all := sessions(t, open(t, folder{hash: terminal(c.begun, "id\r")}, l))
		got := ""
		for i, s := range all {
			shared := s.Fidelity.SharedTiming
			got += "-s"[b2i(shared):][:1]
			if shared != (s.Oddities.Count(gait.OddDuplicate) == 1) {
				t.Errorf("%s: %v", name, s.Oddities)
			}
			if own := epoch.Add(time.Duration(i*100) * time.Second); shared && !s.Start.Equal(own) {
				t.Errorf("%s: start %v, want the connection's %v", name, s.Start, own)
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestTwoSessionsInOneFile is the case of two connections that chose the same
// name for their terminal logs.
func TestTwoSessionsInOneFile(t *testing.T) {
	l := new(log)
	for i, s := range []string{"s1", "s2"} {
		l.connect(i*100, s)
	}
	l.tty(2500, "s1", "telnet-20210329-064000.log", false).tty(2100, "s2", "telnet-20210329-064000.log", false)
	all := sessions(t, open(t, folder{"telnet-20210329-064000.log": terminal(90, "of s2\r") + terminal(490, "of s1\r")}, l))
	if len(all) != 2 {
		t.Fatalf("%d sessions", len(all))
	}
	for i, want := range []string{"of s1\r", "of s2\r"} {
		s := all[i]
		if string(s.Block(gait.Input)) != want || s.Fidelity.SharedTiming || s.Oddities.Count(gait.OddManyRecords) != 1 {
			t.Errorf("%s: %q, %+v, %v", s.ID, s.Block(gait.Input), s.Fidelity, s.Oddities)
		}
	}
}

func TestTerminalLogWithoutItsEnd(t *testing.T) {
	cut := terminal(100, "id\r")
	cut = cut[:len(cut)-24]
	s := one(t, folder{"f": cut}, new(log).connect(0, "s1").tty(2100, "s1", "f", false))
	if s.Fidelity.Closed != "log line" || s.End.Time != 2*time.Second || !s.End.Seen {
		t.Errorf("closed %q, %+v", s.Fidelity.Closed, s.End)
	}
	s = one(t, folder{"f": cut}, new(log).connect(0, "s1").ev(100, "s1", "log.open", `"ttylog":"f"`))
	if s.Fidelity.Closed != "end of file" || s.End.Seen || s.Oddities.Count(gait.OddUnclosed) != 1 {
		t.Errorf("closed %q, %+v, %v", s.Fidelity.Closed, s.End, s.Oddities)
	}
}

func TestOldEventIDs(t *testing.T) {
	for _, old := range []string{"KIPP", "COW"} {
		l := new(log).connect(0, "c81b7d3a").
			ev(1, "c81b7d3a", "login.success", `"username":"root","password":"x"`).
			ev(2, "c81b7d3a", "log.open", `"ttylog":"log/tty/f"`).
			command(3, "c81b7d3a", "id").closed(2200, "c81b7d3a")
		b := l.String()
		for id, code := range map[string]string{"session.connect": "0001", "login.success": "0002", "log.open": "0004", "command.input": "0005", "session.closed": "0011"} {
			b = strings.ReplaceAll(b, "cowrie."+id, old+code)
		}
		if !(Format{}).Detect([]byte(b)) {
			t.Errorf("%s is not detected", old)
		}
		var m log
		m.WriteString(b)
		s := one(t, folder{"f": terminal(100, "id\r")}, &m)
		if !s.Login.Succeeded || shown(s) != "o@5ms:$  i@1s:id\r" {
			t.Errorf("%s: %q, %+v", old, shown(s), s.Login)
		}
	}
}

func TestDetect(t *testing.T) {
	ok := new(log).connect(0, "s1").String()
	for name, c := range map[string]struct {
		head string
		want bool
	}{
		"event":             {ok, true},
		"no line feed":      {strings.TrimSpace(ok), true},
		"behind half one":   {ok[30:] + ok, true},
		"behind NUL":        {"\x00\x00\n\x00" + ok, true},
		"long first line":   {`{"eventid":"cowrie.command.input","input":"` + strings.Repeat("x", 4000), true},
		"spaces":            {strings.Replace(ok, `":"`, `": "`, 1), true},
		"unknown event":     {`{"eventid":"cowrie.some.new"}`, true},
		"shard":             {`{"sid":"x","hdr":{}}` + "\n" + ok, false},
		"asciicast":         {`{"version":2,"width":80}` + "\n" + ok, false},
		"other ids":         {`{"eventid":"mariner.x"}`, false},
		"nearly a code":     {`{"eventid":"COW12"}`, false},
		"code":              {`{"eventid":"COW0099"}`, true},
		"half a short line": {ok[:50], false},
		"empty":             {"", false},
		"text":              {"cowrie.session.connect\n", false},
	} {
		if got := (Format{}).Detect([]byte(c.head)); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
