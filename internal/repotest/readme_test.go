package repotest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the commands in README.md print into it")

func TestReadmeShowsRealOutput(t *testing.T) {
	tr := load(t)
	gait := build(t, tr.root, "./cmd/gait")
	ran := 0
	want, err := refreshed(tr.texts["README.md"], func(args []string) ([]byte, error) {
		ran++
		cmd := exec.Command(gait, args...)
		cmd.Dir = tr.root
		return cmd.Output()
	})
	if err != nil {
		t.Fatal(err)
	}
	if ran < 3 {
		t.Fatalf("README.md shows only %d commands", ran)
	}
	if *update {
		if err := os.WriteFile(filepath.Join(tr.root, "README.md"), want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	report(t, staleText("README.md", tr.texts["README.md"], want))
}

// console is a block that shows a command and what it prints:
//
//	```console lines=20
//	$ ./bin/gait profile examples/recordings
//	...
//	```
//
// Only so many lines are shown; three dots stand for the rest.
var console = regexp.MustCompile("(?ms)^```console lines=(\\d+)\n\\$ ([^\n]+)\n.*?^```$")

// refreshed gives the page with the real output in every block. A command is
// one of the program, or "make samples", which profiles the samples.
func refreshed(page []byte, run func(args []string) ([]byte, error)) ([]byte, error) {
	var failed error
	page = console.ReplaceAllFunc(page, func(block []byte) []byte {
		m := console.FindSubmatch(block)
		most, err := strconv.Atoi(string(m[1]))
		args, ok := strings.CutPrefix(string(m[2]), "./bin/gait ")
		if string(m[2]) == "make samples" {
			args, ok = "profile "+samplesDir, true
		}
		if err != nil || !ok {
			failed = fmt.Errorf("README.md shows the output of %q, which is not checked", m[2])
			return block
		}
		out, err := run(strings.Fields(args))
		if err != nil {
			failed = fmt.Errorf("%s: %w", m[2], err)
			return block
		}
		lines := bytes.SplitAfter(bytes.TrimRight(out, "\n"), []byte("\n"))
		shown := bytes.Join(lines[:min(most, len(lines))], nil)
		shown = append(bytes.TrimRight(shown, "\n"), '\n')
		if len(lines) > most {
			shown = append(shown, "...\n"...)
		}
		return fmt.Appendf(nil, "```console lines=%d\n$ %s\n%s```", most, m[2], shown)
	})
	return page, failed
}

func TestRefreshedFindsExamples(t *testing.T) {
	run := func(args []string) ([]byte, error) {
		if args[0] == "fail" {
			return nil, os.ErrInvalid
		}
		return []byte("1\n2 " + strings.Join(args, "+") + "\n3\n"), nil
	}
	page := "a\n```console lines=2\n$ ./bin/gait x y\nold\n```\nb\n```console lines=3\n$ make samples\n```\n```sh\n$ z\n```\n"
	want := "a\n```console lines=2\n$ ./bin/gait x y\n1\n2 x+y\n...\n```\nb\n```console lines=3\n$ make samples\n1\n2 profile+" + samplesDir + "\n3\n```\n```sh\n$ z\n```\n"
	got, err := refreshed([]byte(page), run)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	for _, command := range []string{"ls", "./bin/gait fail"} {
		if _, err := refreshed([]byte("```console lines=2\n$ "+command+"\n```\n"), run); err == nil {
			t.Errorf("%s was taken", command)
		}
	}
}
