package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// openAt is where a decoy says where it listens.
var openAt = regexp.MustCompile(`the decoy is open.* (?:ssh|telnet)=127\.0\.0\.1:(\d+)`)

// decoy is one that runs.
type decoy struct {
	program *exec.Cmd
	data    string
	port    string
	ended   chan struct{} // closed when its log is at its end
}

// startDecoy starts a decoy on a free port of loopback, and waits until it is
// open.
func startDecoy(ctx context.Context, home, work string, telnet bool) (*decoy, error) {
	service := "--decoy-ssh"
	if telnet {
		service = "--decoy-telnet"
	}
	d := &decoy{data: filepath.Join(work, "data"), ended: make(chan struct{})}
	d.program = exec.CommandContext(ctx, filepath.Join(home, "gait"), "decoy", "--data", d.data, service, "127.0.0.1:0", "--decoy-host", "srv01", "--log", "text")
	d.program.Cancel = func() error { return d.program.Process.Signal(os.Interrupt) }
	d.program.WaitDelay = 10 * time.Second
	log, err := d.program.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := d.program.Start(); err != nil {
		return nil, err
	}
	open := make(chan string, 1)
	go func() {
		defer close(d.ended)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if m := openAt.FindStringSubmatch(lines.Text()); m != nil && len(open) == 0 {
				open <- m[1]
			}
		}
	}()
	select {
	case d.port = <-open:
		return d, nil
	case <-d.ended:
	case <-time.After(time.Minute):
	}
	return nil, errors.Join(errors.New("the decoy did not open"), d.stop())
}

// stop ends the decoy; what it recorded is whole then.
func (d *decoy) stop() error {
	if err := d.program.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	<-d.ended
	return d.program.Wait()
}

// recorded gives all shards of the decoy one after the other.
func (d *decoy) recorded() (all []byte, err error) {
	paths, err := filepath.Glob(filepath.Join(d.data, "shards", "*", "*", "transcripts", "*.jsonl"))
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		all = append(all, text...)
	}
	if len(all) == 0 {
		return nil, errors.New("nothing was recorded")
	}
	return all, nil
}
