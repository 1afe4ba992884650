package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// The account that all tools log in with; the decoy takes any password.
const (
	login    = "root"
	password = "changeme"
)

// oneSession is how long one run of a tool may take.
const oneSession = 4 * time.Minute

// play has a tool play its sessions through a decoy of its own, and puts what
// was recorded into dir. home holds the program and the scripts.
func (g group) play(ctx context.Context, home, dir string) error {
	work := filepath.Join(home, "work", g.name)
	if err := os.MkdirAll(work, 0o700); err != nil {
		return err
	}
	d, err := startDecoy(ctx, home, work, g.telnet)
	if err != nil {
		return err
	}
	failed := g.runs(ctx, home, work, d.port)
	if err := errors.Join(failed, d.stop()); err != nil {
		return err
	}
	text, err := d.recorded()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, g.file()), text, 0o644)
}

// runs runs the tool once for each session: those that feed keys at the same
// time, as they take long, the others one after the other.
func (g group) runs(ctx context.Context, home, work, port string) error {
	var wg sync.WaitGroup
	failed := make([]error, g.sessions())
	for n := range failed {
		play := func() { failed[n] = g.session(ctx, home, filepath.Join(work, fmt.Sprint(n)), n, port) }
		if g.class == fed {
			wg.Go(play)
		} else {
			play()
		}
	}
	wg.Wait()
	return errors.Join(failed...)
}

// session runs the tool once, in a process group that is killed whole where it
// takes too long.
func (g group) session(ctx context.Context, home, work string, n int, port string) error {
	lines, err := g.commands(n)
	if err != nil {
		return err
	}
	config := "Host decoy\n HostName 127.0.0.1\n Port " + port + "\n User " + login + "\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n LogLevel ERROR\n"
	err = errors.Join(
		os.MkdirAll(filepath.Join(work, "tmp"), 0o700),
		os.WriteFile(filepath.Join(work, "commands"), []byte(strings.Join(lines, "\n")+"\n"), 0o600),
		os.WriteFile(filepath.Join(work, "ssh_config"), []byte(config), 0o600),
		os.WriteFile(filepath.Join(work, "askpass"), []byte("#!/bin/sh\necho \"$PASSWORD\"\n"), 0o700),
	)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, oneSession)
	defer cancel()
	c := exec.CommandContext(ctx, interpreter(g.script), filepath.Join(home, "tools", g.script))
	c.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + work, "WORK=" + work, "TERM=xterm", "LANG=C.UTF-8",
		"HOST=127.0.0.1", "PORT=" + port, "LOGIN=" + login, "PASSWORD=" + password, fmt.Sprintf("SEED=%d", n+1),
		"COMMANDS=" + filepath.Join(work, "commands"), "SSH_CONFIG=" + filepath.Join(work, "ssh_config"),
		"SSH_ASKPASS=" + filepath.Join(work, "askpass"), "SSH_ASKPASS_REQUIRE=force",
	}, g.with...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 5 * time.Second
	err = c.Run()
	var status *exec.ExitError
	if ctx.Err() == nil && errors.As(err, &status) && status.Exited() && !strings.Contains(said.String(), "Traceback") {
		return nil // tools pass on how the last command ended
	}
	if err != nil {
		return fmt.Errorf("session %d: %w: %s", n, err, said.Bytes()[max(0, said.Len()-600):])
	}
	return nil
}
