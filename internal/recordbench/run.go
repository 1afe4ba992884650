package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/creack/pty"
)

// shell gives the command of a shell that runs some line.
func (w *way) shell(line string) *exec.Cmd {
	args := []string{"/bin/bash", "--norc", "--noprofile", "-c", line}
	if w.quoted {
		args = []string{"exec /bin/bash --norc --noprofile -c '" + line + "'"}
	}
	args = append(append([]string(nil), w.before...), args...)
	c := exec.Command(args[0], args[1:]...)
	c.Env = append(os.Environ(), "SHELL=/bin/bash")
	return c
}

// flood has a lot printed, and measures what it took.
func (w *way) flood(size int64) error {
	c := w.shell(fmt.Sprintf("yes drwxr-xr-x 2 root root 4096 May  8 23:45 bin | head -c %d", size))
	began := time.Now()
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		return err
	}
	defer f.Close()
	var seen int64
	buf := make([]byte, 64<<10)
	for next := size / 8; ; {
		n, err := f.Read(buf)
		if seen += int64(n); err != nil {
			break // the kernel says EIO when the other end is closed
		}
		if seen >= next {
			w.memory(c.Process.Pid)
			next += size / 8
		}
	}
	if err := c.Wait(); err != nil {
		return err
	}
	if seen < size {
		return fmt.Errorf("%d of %d bytes came", seen, size)
	}
	gb := float64(seen) / 1e9
	w.took = append(w.took, time.Since(began).Seconds()/gb)
	s := c.ProcessState
	w.cost = append(w.cost, (s.UserTime()+s.SystemTime()).Seconds()/gb)
	return nil
}

// memory notes how much memory a process takes.
func (w *way) memory(pid int) {
	m := status(pid, "status")
	w.rss, w.peak, w.own = max(w.rss, m["VmRSS"]), max(w.peak, m["VmHWM"]), max(w.own, m["RssAnon"])
}

// status gives the sizes that /proc tells of a process, in kB.
func status(pid int, file string) map[string]int {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/" + file)
	if err != nil {
		return nil // it is no more
	}
	sizes := map[string]int{}
	for line := range bytes.Lines(text) {
		key, value, _ := strings.Cut(string(line), ":")
		f := strings.Fields(value)
		if len(f) != 2 || f[1] != "kB" {
			continue
		}
		if n, err := strconv.Atoi(f[0]); err == nil {
			sizes[key] = n
		}
	}
	return sizes
}

// crowd gives what each of some recorders that run at once takes, in kB, where
// what they share is divided among them.
func (w *way) crowd(n int) (each int, err error) {
	var all []*exec.Cmd
	for range n {
		c := w.shell("stty raw -echo; echo ready; exec cat")
		f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			return 0, err
		}
		defer func() {
			_ = f.Close()
			_ = c.Process.Kill()
			_ = c.Wait() // it was killed
		}()
		if err := until(f, "ready"); err != nil {
			return 0, err
		}
		all = append(all, c)
	}
	time.Sleep(time.Second) // until they have settled
	for _, c := range all {
		each += status(c.Process.Pid, "smaps_rollup")["Pss"]
	}
	return each / n, nil
}

// typed sends keys, each when the one before has come back, and measures how
// long each takes.
func (w *way) typed(keys int) error {
	c := w.shell("stty raw -echo; echo ready; exec cat")
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		return err
	}
	defer f.Close()
	if err := until(f, "ready"); err != nil {
		return err
	}
	time.Sleep(600 * time.Millisecond) // nobody types sooner; the start has left something to do
	if err := f.SetReadDeadline(time.Now().Add(time.Minute)); err != nil && !errors.Is(err, os.ErrNoDeadline) {
		return err
	}
	one := []byte("k")
	buf := make([]byte, 64)
	for range keys {
		began := time.Now()
		if _, err := f.Write(one); err != nil {
			return err
		}
		if _, err := f.Read(buf); err != nil {
			return err
		}
		w.keys = append(w.keys, time.Since(began))
		time.Sleep(2 * time.Millisecond)
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	if w.before == nil || w.quoted {
		_ = c.Process.Kill()
	}
	_, _ = io.Copy(io.Discard, f)
	_ = c.Wait() // it was ended
	return nil
}

// until reads up to a word and the line's end.
func until(f *os.File, word string) error {
	var all []byte
	buf := make([]byte, 256)
	for !bytes.Contains(all, []byte(word+"\n")) && !bytes.Contains(all, []byte(word+"\r\n")) {
		n, err := f.Read(buf)
		if err != nil {
			return err
		}
		all = append(all, buf[:n]...)
	}
	return nil
}
