// Command decoybench measures a decoy under load, on loopback: memory of open
// sessions, logins a second, and what is left after thousands of hostile
// connections while others type.
//
//	go run ./internal/decoybench [-sessions 1000] [-hostile 10000] [-seconds 10]
//
// It builds and starts the program itself and stops it.
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
	"strconv"
	"strings"
	"time"
)

func main() {
	b := &bench{}
	flag.IntVar(&b.count, "sessions", 1000, "sessions open at once")
	flag.IntVar(&b.attacks, "hostile", 10_000, "hostile connections")
	flag.DurationVar(&b.length, "for", 10*time.Second, "how long logins are counted")
	only := flag.String("only", "", "parts to run, with commas: sessions,logins,hostile,flood")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 8*time.Minute)
	defer cancel()
	if err := b.run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "decoybench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	count, attacks int
	length         time.Duration

	dir     string
	program *exec.Cmd
	child   int // its process number
	address string
}

// run starts the decoy, measures, and stops it.
func (b *bench) run(ctx context.Context, only string) (err error) {
	if b.dir, err = os.MkdirTemp("", "decoybench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if err := b.start(ctx); err != nil {
		return err
	}
	defer b.stop()
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"sessions", b.sessions}, {"logins", b.logins}, {"hostile", b.hostile}, {"flood", b.flood}} {
		if only != "" && !strings.Contains(","+only+",", ","+part.name+",") {
			continue
		}
		if err := part.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// start builds the program and starts a decoy on a port that is free.
func (b *bench) start(ctx context.Context) error {
	bin := filepath.Join(b.dir, "gait")
	build := exec.CommandContext(ctx, "go", "build", "-o", bin, "gait/cmd/gait")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	b.address = "127.0.0.1:" + strconv.Itoa(port)
	b.program = exec.Command(bin, "decoy", "--data", filepath.Join(b.dir, "data"), "--decoy-ssh", b.address, "--decoy-connections", "20000", "--decoy-per-address", "20000", "--log", "text")
	b.program.Stderr = os.Stderr
	if err := b.program.Start(); err != nil {
		return err
	}
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if c, err := b.login(""); err == nil {
			c.Close()
			b.child, err = childOf(b.program.Process.Pid)
			return err
		}
	}
	return errors.New("the decoy does not answer")
}

func (b *bench) stop() {
	b.program.Process.Signal(os.Interrupt)
	b.program.Wait()
}

// childOf finds the child of a process.
func childOf(pid int) (int, error) {
	list, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		return 0, err
	}
	for _, path := range list {
		text, err := os.ReadFile(path)
		if err == nil && field(string(text), "PPid:") == pid {
			return field(string(text), "Pid:"), nil
		}
	}
	return 0, errors.New("the decoy has no child")
}

// field reads a number from a status file.
func field(text, name string) int {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return -1
}

// usage is what the child holds.
type usage struct {
	rss     int // KiB
	threads int
	files   int
}

func (b *bench) usage() (u usage, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.child))
	if err != nil {
		return u, err
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", b.child))
	return usage{field(string(text), "VmRSS:"), field(string(text), "Threads:"), len(files)}, err
}

// String writes it.
func (u usage) String() string {
	return fmt.Sprintf("%.1f MB, %d descriptors, %d threads", float64(u.rss)/1024, u.files, u.threads)
}
