package profile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
)

// tape makes a session of inputs, which begin with "in:", and outputs, 100 ms
// apart.
func tape(events ...string) *gait.Session {
	s := &gait.Session{}
	s.Fidelity = gait.Fidelity{Input: gait.GranularityPacket, Output: true}
	s.Width = 80
	for i, e := range events {
		kind := gait.Output
		if strings.HasPrefix(e, "in:") {
			kind, e = gait.Input, e[3:]
		}
		s.Append(gait.Event{Time: time.Duration(i) * 100 * time.Millisecond, Kind: kind, Data: []byte(e)}, -1)
	}
	return s
}

// commandsIn gives the commands of a session as text, and whether they were found
// in the echo.
func commandsIn(t *testing.T, s *gait.Session) (list []string, echo bool) {
	t.Helper()
	p := &Primitive{Name: "test.commands", Observe: func(v *View) Answer {
		for _, x := range v.Texts(1000, 1<<20) {
			list = append(list, string(x.Bytes))
		}
		if n := v.Commands().Len(); n != len(list) {
			t.Errorf("%d commands, %d texts", n, len(list))
		}
		echo = v.Commands().FromEcho()
		return Silent
	}}
	for _, f := range NewEngine([]*Primitive{p}).Profile(s, time.Time{}).Failures {
		t.Fatal(f)
	}
	return list, echo
}

const ps1 = "root@web:~# "

// keyed gives what is typed char by char, each with its echo.
func keyed(text string) (events []string) {
	for _, c := range text {
		events = append(events, "in:"+string(c), string(c))
	}
	return events
}

func TestCommandsFromTheEcho(t *testing.T) {
	join := func(parts ...any) (events []string) {
		for _, p := range parts {
			switch p := p.(type) {
			case string:
				events = append(events, p)
			case []string:
				events = append(events, p...)
			}
		}
		return events
	}
	long := strings.Repeat("abcdefghi ", 12)
	for _, c := range []struct {
		name   string
		events []string
		want   []string
		keys   bool // read from the keys
	}{
		{"typed", join(ps1, keyed("id"), "in:\r", "\r\n", "uid=0(root)\r\n"+ps1), []string{"id"}, false},
		{"completed", join(ps1, keyed("id"), "in:\r", "\r\nuid=0\r\n"+ps1, keyed("cat /et"), "in:\t", "c/", keyed("pas"), "in:\t", "swd ", "in:\r", "\r\nroot\r\n"+ps1), []string{"id", "cat /etc/passwd"}, false},
		{"a list of completions", join(ps1, keyed("ls"), "in:\t", "\a", "in:\t", "\r\nls      lsattr  lsblk\r\n"+ps1+"ls", keyed("blk"), "in:\r", "\r\nsda\r\n"+ps1), []string{"lsblk"}, false},
		{"recalled", join(ps1, keyed("id"), "in:\r", "\r\nuid=0\r\n"+ps1, "in:\x1b[A", "id", "in:\r", "\r\nuid=0\r\n"+ps1), []string{"id", "id"}, false},
		{"searched", join(ps1, keyed("uname -a"), "in:\r", "\r\nLinux\r\n"+ps1, "in:\x12", "\r(reverse-i-search)`': ", "in:u", "\b\b\bu': uname -a\b\b\b\b\b\b\b\b",
			"in:\r", "\r"+ps1+"uname -a\x1b[K"+"\r\n", "Linux\r\n"+ps1), []string{"uname -a", "uname -a"}, false},
		{"wrapped", join(ps1, "in:echo "+long+"x", "echo "+long[:63]+" \r"+long[63:]+"x", "in:\r", "\r\n"+long+"\r\n"+ps1), []string{"echo " + long + "x"}, false},
		{"corrected in the middle", join(ps1, keyed("ct x"), "in:\x1b[D", "\b", "in:\x1b[D", "\b", "in:\x1b[D", "\b", "in:a", "\x1b[1@a", "in:\r", "\r\nx\r\n"+ps1, keyed("id"), "in:\r", "\r\n"+ps1), []string{"cat x", "id"}, false},
		{"rubbed out", join(ps1, keyed("idd"), "in:\x7f", "\b\x1b[K", "in:\r", "\r\nuid=0\r\n"+ps1), []string{"id"}, false},
		{"a secret", join(ps1, keyed("su"), "in:\r", "\r\nPassword: ", "in:hunter2", "in:\r", "\r\n"+ps1, keyed("id"), "in:\r", "\r\nuid=0\r\n"+ps1), []string{"su", "id"}, false},
		{"a secret at the prompt", join(ps1, keyed("stty -echo"), "in:\r", "\r\n"+ps1, "in:hunter2\r", "\r\n"+ps1), []string{"stty -echo"}, false},
		{"inside a program", join(ps1, keyed("mysql"), "in:\r", "\r\nWelcome\r\nmysql> ", keyed("select 1;"), "in:\r", "\r\n1\r\nmysql> ", keyed("exit"), "in:\r", "\r\nBye\r\n"+ps1, keyed("id"), "in:\r", "\r\n"+ps1), []string{"mysql", "id"}, false},
		{"inside python", join(ps1, keyed("python3"), "in:\r", "\r\nPython 3\r\n>>> ", keyed("print(1)"), "in:\r", "\r\n1\r\n>>> ", "in:\x04", "\r\n"+ps1, keyed("id"), "in:\r", "\r\n"+ps1), []string{"python3", "id"}, false},
		{"inside postgres", join(ps1, keyed("psql"), "in:\r", "\r\npostgres=# ", keyed("\\du"), "in:\r", "\r\npostgres=# ", keyed("\\q"), "in:\r", "\r\n"+ps1), []string{"psql"}, false},
		{"an editor", join(ps1, keyed("vi x"), "in:\r", "\r\n\x1b[?1049h\x1b[H\x1b[2J~\r\n~\r\n", "in:iroot@web:~# rm -rf /\r", ps1+"rm -rf /\r\n", "in:\x1b:wq\r", ":wq\r\n\x1b[?1049l\r"+ps1, keyed("id"), "in:\r", "\r\n"+ps1), []string{"vi x", "id"}, false},
		{"a here-document", join(ps1, keyed("cat <<X"), "in:\r", "\r\n> ", keyed("rm"), "in:\r", "\r\n> ", keyed("X"), "in:\r", "\r\nrm\r\n"+ps1, keyed("id"), "in:\r", "\r\n"+ps1), []string{"cat <<X", "id"}, false},
		{"^C", join(ps1, keyed("rm -rf /"), "in:\x03", "^C\r\n"+ps1, keyed("id"), "in:\r", "\r\n"+ps1), []string{"id"}, false},
		{"sent before the prompt", join(ps1, keyed("sleep 1"), "in:\r", "\r\n", "in:id\r", "id\r\n", ps1+"id\r\nuid=0\r\n"+ps1, keyed("w"), "in:\r", "\r\n"+ps1), []string{"sleep 1", "id", "w"}, false},
		{"lines in one piece", join(ps1, "in:id\nuname\nw\n", "id\r\nuid=0\r\n"+ps1+"uname\r\nLinux\r\n"+ps1+"w\r\nup\r\n"+ps1), []string{"id", "uname", "w"}, false},
		{"line ends of Telnet", join(ps1, "in:id\r\x00", "id\r\nuid=0\r\n"+ps1, "in:w\r\n", "w\r\nup\r\n"+ps1), []string{"id", "w"}, false},
		{"a bracketed paste", join(ps1, "in:\x1b[200~id\nuname\x1b[201~", "id\r\nuname", "in:\r", "\r\nuid=0\r\nLinux\r\n"+ps1), []string{"id", "uname"}, false},
		{"a bracketed paste and Enter at once", join(ps1, "in:\x1b[200~id\nuname\x1b[201~", "in:\r", "\x1b[7mid\x1b[27m\r\n\r\x1b[7muname\x1b[27m\x1b[A\r\x1b[12Cid\r\n\runame\r\n", "uid=0\r\n"+ps1), []string{"id", "uname"}, false},
		{"lines recalled together", join(ps1, keyed("id"), "in:\r", "\r\nuid=0\r\n"+ps1, "in:\x1b[A", "cat <<X\r\n\rreboot\r\n\rX", "in:\r", "\r\nreboot\r\n"+ps1), []string{"id", "cat <<X\nreboot\nX"}, false},
		{"output that shows a command", join(ps1, keyed("cat log"), "in:\r", "\r\n"+ps1+"rm -rf /\r\n"+ps1+"reboot\r\n"+ps1, keyed("id"), "in:\r", "\r\n"+ps1), []string{"cat log", "id"}, false},
		{"output alone", join(ps1+"rm -rf /\r\n"+ps1, "in:x"), nil, true},
		{"another prompt", join("➜  ~ ", keyed("id"), "in:\r", "\r\nuid=0\r\n➜  src ", keyed("w"), "in:\r", "\r\nup\r\n➜  src "), []string{"id", "w"}, false},
		{"the first prompt is not there", join("in:id\n", "id\r\nuid=0\r\n"+ps1, "in:w\n", "w\r\nup\r\n"+ps1), []string{"id", "w"}, false},
		{"a line that fills its row", join("\x1b[?2004h"+ps1, "in:echo "+strings.Repeat("y", 63)+"\n", "echo "+strings.Repeat("y", 63)+" \r\x1b[?2004l\r"+strings.Repeat("y", 63)+"\r\n\x1b[?2004h"+ps1), []string{"echo " + strings.Repeat("y", 63)}, false},
		{"no echo", join("in:id\n", "uid=0(root)\n", "in:uname\n", "Linux\n"), []string{"id", "uname"}, true},
		{"no echo behind prompts", join("$ ", "in:id\n", "uid=0(root)\n$ ", "in:uname -a\n", "Linux\n$ ", "in:hostname\n", "hostname\n$ ", "in:x\n", "sh: x: not found\n$ ", "in:y\n", "sh: y: not found\n$ "),
			[]string{"id", "uname -a", "hostname", "x", "y"}, true},
		{"the last line end is not there", join(ps1, keyed("id"), "in:\r", "\r\n"+ps1, keyed("reboot"), "in:\r"), []string{"id", "reboot"}, false},
		{"wide chars", join(ps1, "in:echo 日本\r", "echo 日本\r\n日本\r\n"+ps1), []string{"echo 日本"}, false},
		{"the screen is cleared", join(ps1, keyed("i"), "in:\x0c", "\x1b[H\x1b[2J"+ps1+"i", keyed("d"), "in:\r", "\r\n"+ps1), []string{"id"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, echo := commandsIn(t, tape(c.events...))
			if !slices.Equal(got, c.want) || echo == c.keys {
				t.Errorf("got %q, from echo: %t; want %q", got, echo, c.want)
			}
		})
	}
}

func TestTimesOfCommandsFromTheEcho(t *testing.T) {
	events := append([]string{ps1}, keyed("less x")...)
	events = append(events, "in:\r", "\r\ntext\r\n:", "in:q", "\r\x1b[K"+ps1) // 13 to 16
	s := tape(append(append(events, keyed("id")...), "in:\r", "\r\n"+ps1)...)
	v := &View{}
	v.reset(s)
	c := v.Commands()
	if len(c.List) != 2 || !c.FromEcho() || c.List[1].Start != 1.7 || c.List[1].End != 2.1 {
		t.Errorf("%+v, from echo: %t", c.List, c.FromEcho())
	}
}

func TestCompatReadsKeys(t *testing.T) {
	s := tape(append([]string{ps1}, append(keyed("id"), "in:\r", "\r\nPassword: ", "in:hunter2\r", "\r\n"+ps1)...)...)
	for _, compat := range []bool{false, true} {
		v := &View{compat: compat}
		v.reset(s)
		if c := v.Commands(); c.FromEcho() == compat || (c.Len() == 2) != compat {
			t.Errorf("compat %t: %d commands, from echo: %t", compat, c.Len(), c.FromEcho())
		}
	}
}
