package decoy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording"
)

// program finds a client that a test drives; without it the test is skipped,
// and fails where CI says so.
func program(t *testing.T, name, from string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed: apt-get install %s", name, from)
	}
	t.Skipf("%s is not installed: apt-get install %s", name, from)
	return ""
}

// sshArgs are what the OpenSSH client needs to log in without asking.
func (l *lab) sshArgs(t *testing.T, more ...string) (args, env []string) {
	t.Helper()
	ask := filepath.Join(t.TempDir(), "ask")
	if err := os.WriteFile(ask, []byte("#!/bin/sh\necho secret\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.ssh)
	args = append([]string{"-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-p", port}, more...)
	return args, append(os.Environ(), "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "DISPLAY=:0", "LC_ALL=C")
}

// sessions reads all shards of a lab once they hold so many whole sessions.
func (l *lab) sessions(t *testing.T, service string, count int) (list []*gait.Session) {
	t.Helper()
	for until := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		list = list[:0]
		files, err := filepath.Glob(filepath.Join(l.dir, "shards", l.Name, service, "transcripts", "*.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for _, path := range files {
			f, err := recording.Open(path, recording.Options{})
			if err != nil {
				continue // no line yet
			}
			for s, err := range recording.Sessions(f) {
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, s)
				if s.End.Seen {
					whole++
				}
			}
			f.Close()
		}
		if whole >= count {
			return list
		}
		if time.Now().After(until) {
			t.Fatalf("%d sessions, %d of them whole, in %d shards; %d were to be", len(list), whole, len(files), count)
		}
	}
}

// keys gives what was typed in a session, and when.
func keys(s *gait.Session) (all []byte, at []time.Duration) {
	for _, e := range s.Events() {
		if e.Kind == gait.Input {
			for range e.Data {
				at = append(at, e.Time)
			}
			all = append(all, e.Data...)
		}
	}
	return all, at
}

// typing sends known bytes one by one with 12 ms between them, and gives when
// each was sent.
func typing(t *testing.T, w io.Writer, text []byte) (at []time.Time) {
	t.Helper()
	next := time.Now()
	for _, c := range text {
		next = next.Add(12 * time.Millisecond)
		time.Sleep(time.Until(next))
		at = append(at, time.Now())
		if _, err := w.Write([]byte{c}); err != nil {
			t.Fatal(err)
		}
	}
	return at
}

// late gives how much later than it was sent each byte stands in the
// recording, against the one that came soonest: clocks begin where the session
// does.
func late(sent []time.Time, stands []time.Duration) (delays []time.Duration) {
	for i := range sent {
		delays = append(delays, stands[i]-sent[i].Sub(sent[0]))
	}
	least := slices.Min(delays)
	for i := range delays {
		delays[i] -= least
	}
	slices.Sort(delays)
	return delays
}

// everyByte is a text of all byte values but those that end a session.
func everyByte() (text []byte) {
	text = append(text, "cat > /dev/null\r"...)
	for c := range 256 {
		if !strings.ContainsRune("\x03\x04\x1a\x1c", rune(c)) {
			text = append(text, byte(c))
		}
	}
	return append(text, "\r\x04exit\r"...)
}

func TestExactRecordThroughOpenSSH(t *testing.T) {
	client := program(t, "ssh", "openssh-client")
	l := newLab(t, nil)
	args, env := l.sshArgs(t, "-e", "none", "-tt")
	if out, _ := exec.Command(client, "-o", "ObscureKeystrokeTiming=no", "-G", "x").CombinedOutput(); !bytes.Contains(out, []byte("Bad configuration option")) {
		args = append(args, "-o", "ObscureKeystrokeTiming=no")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, client, append(args, "root@127.0.0.1")...)
	cmd.Env = env
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &player{}
	go p.read(out)
	if ok, _ := p.prompted(60 * time.Second); !ok {
		t.Fatalf("no prompt: %q", p.out)
	}
	text := everyByte()
	sent := typing(t, in, text)
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Logf("ssh: %v", err)
	}
	checkExact(t, l.sessions(t, "ssh", 1)[0], text, sent)
}

func TestExactRecordThroughTelnet(t *testing.T) {
	l := newLab(t, nil)
	c, err := net.Dial("tcp", l.telnet)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p := &player{in: c}
	go p.read(c)
	for _, s := range []string{"root\r\n", "secret\r\n"} {
		time.Sleep(200 * time.Millisecond)
		io.WriteString(c, s)
	}
	if ok, _ := p.prompted(60 * time.Second); !ok {
		t.Fatalf("no prompt: %q", p.out)
	}
	text := slices.DeleteFunc(everyByte(), func(b byte) bool { return b == 0xff || b == 0 }) // IAC, and the NUL that follows a CR
	sent := typing(t, c, text)
	checkExact(t, l.sessions(t, "telnet", 1)[0], text, sent)
}

// checkExact holds a recording to what was sent.
func checkExact(t *testing.T, s *gait.Session, text []byte, sent []time.Time) {
	t.Helper()
	got, at := keys(s)
	if !bytes.Equal(got, text) {
		t.Fatalf("%d bytes were sent and %d recorded:\n%q\n%q", len(text), len(got), text, got)
	}
	delays := late(sent, at)
	t.Logf("%d bytes; later than sent: median %v, p99 %v, most %v", len(text), delays[len(delays)/2], delays[len(delays)*99/100], delays[len(delays)-1])
	if most := delays[len(delays)*3/4]; most > 20*time.Millisecond { // a busy machine holds up a few; p99 is 2 ms on a quiet one
		t.Errorf("three of four came up to %v late", most)
	}
	if s.End.Reason == "" || s.SourceIP != "127.0.0.1" {
		t.Errorf("the header says %q, %q", s.End.Reason, s.SourceIP)
	}
}

// TestNoKeyIsLost prints a gigabyte and then types.
func TestNoKeyIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("it prints a gigabyte")
	}
	l := newLab(t, nil)
	s, err := l.dial(t, "root", "secret").NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	in, _ := s.StdinPipe()
	out, _ := s.StdoutPipe()
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	var want bytes.Buffer
	say := func(line string) {
		want.WriteString(line)
		if _, err := io.WriteString(in, line); err != nil {
			t.Fatal(err)
		}
	}
	say("yes | head -c 1G\r")
	for i := range 50 {
		say(fmt.Sprintf("echo command %d\r", i))
		time.Sleep(5 * time.Millisecond)
	}
	say("exit\r")
	s.Wait()
	rec := l.sessions(t, "ssh", 1)[0]
	if got, _ := keys(rec); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("of %d bytes that were typed %d are in the recording", want.Len(), len(got))
	}
}
