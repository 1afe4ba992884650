// Package recorded holds programs of the decoy to what a real Debian gave for the
// same command lines: it runs them in the decoy's shell and compares output,
// errors and exit codes byte for byte. It is for tests.
package recorded

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/shell"
	"gait/decoy/visit"
)

// Answer is what a command line gives. In a line <NL> stands for a line feed.
type Answer struct {
	Line string `json:"line"`
	Out  string `json:"out"`
	Err  string `json:"err"`
	Code int    `json:"code"`
}

// Bench runs command lines, each on a machine that nobody has touched, in the
// empty directory /tmp/w.
type Bench struct {
	sh *shell.Shell
}

// New makes a bench for programs. Zero limits stand for those of a visit.
func New(programs []proc.Program, limits proc.Limits) *Bench {
	now := func() time.Time { return time.Date(2031, 3, 4, 5, 6, 7, 0, time.UTC) }
	m := machine.New(machine.Options{Host: "web01", Now: now})
	return &Bench{shell.New(shell.Options{Programs: programs, Limits: limits, Worlds: func(netip.Addr) *machine.World { return m.World() }})}
}

// Run runs a line as root in the locale C. It is ended after ten seconds.
func (b *Bench) Run(line string) Answer {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return b.RunContext(ctx, line)
}

// RunContext runs a line until it or the context ends.
func (b *Bench) RunContext(ctx context.Context, line string) Answer {
	var out, errors bytes.Buffer
	s := visit.Session{
		Visitor: visit.Visitor{User: "root", Remote: netip.MustParseAddrPort("192.0.2.1:40000")}, ID: "recorded", Began: time.Now(),
		Env: []string{"LANG=C", "LC_ALL=C"}, Exec: "mkdir -p /tmp/w; cd /tmp/w; " + strings.ReplaceAll(line, "<NL>", "\n"),
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errors,
	}
	code := b.sh.Run(ctx, s)
	return Answer{line, strings.ToValidUTF8(out.String(), "\ufffd"), strings.ToValidUTF8(errors.String(), "\ufffd"), code}
}

// Check runs the lines of a recording, which is a JSON list of answers.
func Check(t *testing.T, programs []proc.Program, recording []byte) {
	t.Helper()
	var list []Answer
	if err := json.Unmarshal(recording, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("the recording is empty")
	}
	b := New(programs, proc.Limits{})
	for _, want := range list {
		got := b.Run(want.Line)
		want.Out, want.Err = plain(want.Out), plain(want.Err)
		got.Out, got.Err = plain(got.Out), plain(got.Err)
		if got != want {
			t.Errorf("%s\n got %q %q %d\nwant %q %q %d", want.Line, got.Out, got.Err, got.Code, want.Out, want.Err, want.Code)
		}
	}
}

// plain makes one mark of each run of bytes that are no text, which recordings do
// not keep apart.
func plain(s string) string {
	for strings.Contains(s, "\ufffd\ufffd") {
		s = strings.ReplaceAll(s, "\ufffd\ufffd", "\ufffd")
	}
	return s
}
