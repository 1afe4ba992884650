package decoy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// record runs the lines on this machine, which must be a Debian 12 that may be
// written to, as root, and keeps what they give. The packages bash, busybox,
// wget, curl, net-tools, iproute2, procps, psmisc, cron, openssh-server have to
// be there.
var record = flag.Bool("record-debian", false, "record what the command lines give on this Debian")

// corrected are answers of a Debian with its own kernel, systemd, sshd and a
// network, and with numbers of processes up to 4,194,304, where the machine that
// recorded them lacked those.
var corrected = map[string]string{
	"cat /proc/1/comm":                       "systemd\n",
	"uname -rv | grep -c Debian":             "1\n",
	"pgrep -x sshd >/dev/null && echo yes":   "yes\n",
	"ls /boot | grep -c vmlinuz":             "1\n",
	"ps aux | head -1":                       "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
	"ps -ef | head -1":                       "UID          PID    PPID  C STIME TTY          TIME CMD\n",
	"ip route | grep -c default":             "1\n",
	"crontab -l 2>&1 | grep -c 'no crontab'": "1\n",
}

// answer is what a command line gives.
type answer struct {
	Line string
	How  string // "exact" or "shape"
	Out  string
	Err  string
	Code int
}

// text joins what a visitor would see.
func (a *answer) text() string { return a.Out + "\x00" + a.Err }

var (
	numbers = regexp.MustCompile(`[0-9]+`)
	spaces  = regexp.MustCompile(`[ \t]+`)
)

// like says whether two answers are alike.
func (a *answer) like(b *answer) bool {
	x, y := a.text(), b.text()
	if a.How == "shape" {
		for _, s := range []*string{&x, &y} {
			*s = spaces.ReplaceAllString(numbers.ReplaceAllString(*s, "N"), " ")
		}
	}
	return x == y && a.Code == b.Code
}

// readLines reads a list of command lines.
func readLines(t *testing.T, name string) (list []answer) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	how := "exact"
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if after, ok := strings.CutPrefix(line, "## "); ok {
			how = after
		} else if line != "" && line[0] != '#' {
			list = append(list, answer{Line: strings.ReplaceAll(line, "<NL>", "\n"), How: how})
		}
	}
	return list
}

// onDebian runs a line on this machine.
func onDebian(t *testing.T, a *answer) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", a.Line)
	cmd.Dir = "/root"
	cmd.Env = []string{"HOME=/root", "USER=root", "LOGNAME=root", "SHELL=/bin/bash", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=en_US.UTF-8"}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		t.Fatalf("%s: %v", a.Line, err)
	}
	a.Out, a.Err, a.Code = out.String(), errs.String(), cmd.ProcessState.ExitCode()
	if text, ok := corrected[a.Line]; ok {
		a.Out, a.Err, a.Code = text, "", 0
	}
}

// recorded gives what the lines gave on a Debian.
func recorded(t *testing.T, name string) []answer {
	t.Helper()
	at := filepath.Join("testdata", strings.TrimSuffix(name, ".txt")+".json")
	if *record {
		list := readLines(t, name)
		for i := range list {
			onDebian(t, &list[i])
		}
		text, err := json.MarshalIndent(list, "", " ")
		if err == nil {
			err = os.WriteFile(at, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	var list []answer
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	want := readLines(t, name)
	if len(list) != len(want) {
		t.Fatalf("%s: %d answers for %d lines; record them anew", name, len(list), len(want))
	}
	for i := range list {
		if list[i].Line != want[i].Line {
			t.Fatalf("%s: the answer to %q is of %q; record them anew", name, want[i].Line, list[i].Line)
		}
	}
	return list
}

// compare runs all lines in the decoy and lists those that are not alike.
func compare(t *testing.T, name string, count, least int) {
	list := recorded(t, name)
	if len(list) != count {
		t.Fatalf("%d lines, not %d", len(list), count)
	}
	alike := 0
	for i := range list {
		want := &list[i]
		got := newVisit(t).run(want.Line)
		got.Line, got.How = want.Line, want.How
		if want.like(got) {
			alike++
			continue
		}
		t.Logf("%s\n  Debian %d: %q %q\n  decoy  %d: %q %q", want.Line, want.Code, want.Out, want.Err, got.Code, got.Out, got.Err)
	}
	t.Logf("%s: %d of %d alike", name, alike, count)
	if alike < least {
		t.Errorf("%s: %d of %d are alike, at least %d are to be", name, alike, count, least)
	}
}

func TestCommandsAreLikeDebians(t *testing.T) { compare(t, "commands.txt", 200, 190) }

func TestProbesAreLikeDebians(t *testing.T) { compare(t, "probes.txt", 60, 57) }
