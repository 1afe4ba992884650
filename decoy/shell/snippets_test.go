package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gait/decoy/proc"
)

// pids is what differs from run to run in the messages about killed processes.
var pids = regexp.MustCompile(`line (\d+): +\d+ `)

// TestSnippets compares output, errors and exit code of what stands in testdata
// with what bash 5.2 and dash of Debian 12 gave for the same text.
func TestSnippets(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	count := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range strings.Split(string(data), "\n####\n") {
			count++
			snippet(t, name, entry)
		}
	}
	if count < 250 {
		t.Errorf("%d snippets", count)
	}
}

func snippet(t *testing.T, name, entry string) {
	t.Helper()
	text, answer, ok := strings.Cut(entry, "\n==== ")
	var want result
	if _, err := fmt.Sscanf(answer, "%q %q %d", &want.out, &want.err, &want.code); !ok || err != nil {
		t.Fatalf("%s: %.200q: %v", name, entry, err)
	}
	const before = "cd /root/t; unset OLDPWD; "
	command := before + text
	if dash, ok := strings.CutPrefix(text, "#dash\n"); ok {
		command = before + "exec sh -c '" + strings.ReplaceAll(dash, "'", `'\''`) + "'"
	}
	got := newRig(proc.Limits{}).exec(t, command, "")
	got.err = pids.ReplaceAllString(strings.ReplaceAll(got.err, before, ""), "line $1: PID ")
	if got != want {
		t.Errorf("%s: %s\n got %q %q %d\nwant %q %q %d", filepath.Base(name), text, got.out, got.err, got.code, want.out, want.err, want.code)
	}
}
