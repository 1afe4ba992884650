package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// marked is a session in which everything that an operator, or the machine,
// wrote holds a marker.
func marked(t *testing.T, dir string) string {
	t.Helper()
	const id = "77777777-7777-4777-8777-777777777777"
	var b strings.Builder
	fmt.Fprintf(&b, `{"sid":"%s","hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600,"title":"ZQXtitle",`+
		`"env":{"ZQXname":"ZQXvalue","SHELL":"/ZQXshell","TERM":"ZQXterm"},"exec":"ZQXexec -a ZQXb"}}`+"\n", id)
	at := 1.0
	line := func(channel, text string) {
		at += 0.2
		fmt.Fprintf(&b, `{"sid":"%s","t":%.6f,"ch":"%s","d":"%s"}`+"\n", id, at, channel, text)
	}
	for i := range 12 {
		for _, key := range fmt.Sprintf("ZQXtool%d ZQXarg --ZQXflag | ZQXpipe", i) {
			line("i", string(key))
		}
		line("i", `\r`)
		line("o", `ZQXout: command not found\r\n\u001b]0;ZQXtitle\u0007ZQXuser@ZQXhost:~# `)
	}
	line("i", `ZQXpaste ZQXpassword\r`)
	line("o", `\u001bP=ZQXdcs\u001b\\ ZQXend`)
	line("r", "120x40")
	line("q", "ZQXchannel")
	fmt.Fprintf(&b, `{"sid":"%s","t":"ZQXtime","ch":"i","d":"ZQXbad"}`+"\n", id)
	fmt.Fprintf(&b, `{"sid":"%s","ZQXkind":{"ZQXfield":"ZQXtext"}}`+"\n", id)
	fmt.Fprintf(&b, "ZQXforeign line\n"+`{"sid":"%s","t":9.1,"ch":"i","d":"ZQXtorn`+"\n", id)
	path := filepath.Join(dir, "web.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNothingThatWasTypedOrPrintedComesOut(t *testing.T) {
	path := marked(t, t.TempDir())
	log := filepath.Join(t.TempDir(), "visit.cast")
	os.WriteFile(log, []byte(`{"version":2,"width":80,"height":24,"title":"ZQXtitle","command":"ZQXcommand","env":{"ZQXname":"ZQXvalue"}}`+
		"\n"+`[1.0,"i","ZQXkeys\r"]`+"\n"+`[1.5,"o","ZQXout: cannot ZQX\r\n"]`+"\n"+`[1.6,"m","ZQXmarker"]`+"\n"+`[1.7,"ZQX","ZQX"]`+"\n"), 0o600)
	for _, args := range [][]string{
		{"profile", "-o", "jsonl"}, {"profile", "-o", "json"}, {"profile"},
		{"profile", "-v", "-o", "jsonl"}, {"profile", "-v", "-o", "json"}, {"profile", "-v"}, {"explain"},
	} {
		for _, file := range []string{path, log} {
			c, out, errs := testConsole()
			if code := run(t.Context(), c, append(args, file)); code != exitOK {
				t.Fatalf("%q: exit code %d, %s", args, code, errs)
			}
			all := out.String() + errs.String()
			if !strings.Contains(all, "motor") {
				t.Fatalf("%q: nothing was profiled: %s", args, all)
			}
			if i := strings.Index(strings.ToUpper(all), "ZQX"); i >= 0 {
				t.Errorf("%q: %q", args, all[max(0, i-80):min(len(all), i+80)])
			}
		}
	}
}

func TestWhatIsNotReadableIsToldWithoutItsContent(t *testing.T) {
	dir := t.TempDir()
	for i, text := range []string{"ZQX text", "{\"ZQX\":1}\n", "[ZQX", "\x00\x01ZQX", "\x1f\x8bZQX", "#!/bin/ZQX"} {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"profile", "explain"} {
			c, out, errs := testConsole()
			if code := run(t.Context(), c, []string{command, path}); code != exitFailed {
				t.Errorf("%q: exit code %d", text, code)
			}
			if strings.Contains(out.String()+errs.String(), "ZQX") || strings.Count(errs.String(), "gait: "+path) != 1 {
				t.Errorf("%q: %s%s", text, out, errs)
			}
		}
	}
}
