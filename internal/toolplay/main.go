// Command toolplay has real tools play sessions through a decoy on loopback,
// and keeps what the decoy recorded: ssh with a here-document, pexpect,
// paramiko, Ansible, expect, xdotool and others, each with commands of its own.
//
//	go run ./internal/toolplay [-only GROUP,GROUP] [-o DIR]
//
// Each group becomes one shard, GROUP.jsonl, and labels.tools.tsv says what
// the shards of the folder are. It builds and starts the program itself, one
// decoy a group. Commands come from fixed seeds; times are those of the tools
// and differ from run to run. A group whose tools are missing is left out, and
// it says what to install.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// atOnce is how many groups are played at the same time, longest how long all
// may take.
const (
	atOnce  = 6
	longest = 10 * time.Minute
)

func main() {
	only := flag.String("only", "", "groups to play, with commas; all by itself")
	dir := flag.String("o", "assess/operator/examples", "folder that shards and labels go to")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := run(ctx, *only, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "toolplay:", err)
		os.Exit(1)
	}
}

// run plays the groups that are asked for and labels what lies in the folder.
func run(ctx context.Context, only, dir string) error {
	chosen := groups
	if only != "" {
		names := strings.Split(only, ",")
		chosen = slices.DeleteFunc(slices.Clone(groups), func(g group) bool { return !slices.Contains(names, g.name) })
		if len(chosen) != len(names) {
			return fmt.Errorf("%s names a group that there is not; %s are there", only, known())
		}
	}
	temp, err := os.MkdirTemp("", "toolplay")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(temp, "gait"), "gait/cmd/gait")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	if err := os.CopyFS(temp, parts); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	err = all(ctx, chosen, func(g group) error { return g.play(ctx, temp, dir) })
	return errors.Join(err, label(dir))
}

// all plays groups, a few at a time. Each that fails is told; the others go on.
func all(ctx context.Context, chosen []group, play func(group) error) error {
	var wg sync.WaitGroup
	failed := make([]error, len(chosen))
	free := make(chan struct{}, atOnce)
	for i, g := range chosen {
		if missing := g.missing(); len(missing) > 0 {
			fmt.Printf("%s: left out; apt-get install %s\n", g.name, strings.Join(missing, " "))
			continue
		}
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := play(g); err != nil {
				failed[i] = fmt.Errorf("%s: %w", g.name, err)
			} else if ctx.Err() == nil {
				fmt.Println(g.name)
			}
		})
	}
	wg.Wait()
	return errors.Join(failed...)
}

// label writes the labels of those groups whose shards lie in a folder.
func label(dir string) error {
	var b strings.Builder
	b.WriteString("file\tclass\tsubject\tgroup\n")
	for _, g := range groups {
		if _, err := os.Stat(filepath.Join(dir, g.file())); err == nil {
			fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", g.file(), g.class, g.subject, g.name)
		}
	}
	return os.WriteFile(filepath.Join(dir, "labels.tools.tsv"), []byte(b.String()), 0o644)
}
