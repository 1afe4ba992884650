package sshd

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"gait"
	"gait/assess/operator"
	"gait/decoy/visit"
)

func TestExec(t *testing.T) {
	r := serve(t, nil)
	c := r.dial(nil)
	s := r.session(c)
	s.Stdin = strings.NewReader("to stdin")
	var errs strings.Builder
	s.Stderr = &errs
	out, err := s.Output("uname -a")
	if e, ok := err.(*ssh.ExitError); !ok || e.ExitStatus() != 7 {
		t.Errorf("ended with %v, want status 7", err)
	}
	if string(out) != "ran uname -a\nto stdin" || errs.String() != "to stderr\n" {
		t.Errorf("got %q and %q", out, errs.String())
	}
	tp := r.tape()
	if tp.Command != "uname -a" || tp.Service != "ssh" || tp.SourceIP != "127.0.0.1" || tp.SourcePort == 0 || tp.ID == "" || tp.HASSH == "" {
		t.Errorf("header %+v", tp.Header)
	}
	if tp.input() != "to stdin" || tp.out.String() != "ran uname -a\nto stderr\nto stdin" || tp.reason != "exit" {
		t.Errorf("recorded %q, %q, %s", tp.input(), tp.out.String(), tp.reason)
	}
	if e := r.sink.Of(visit.Exec); len(e) != 1 || e[0].Text != "uname -a" || e[0].Session != tp.ID {
		t.Errorf("caught %+v", e)
	}
}

func TestShell(t *testing.T) {
	r := serve(t, nil)
	c := r.dial(func(c *ssh.ClientConfig) { c.ClientVersion = "SSH-2.0-OpenSSH_9.6p1" })
	s := r.session(c)
	s.Setenv("LC_ALL", "C")
	s.Setenv("SECRET", "x")
	if err := s.RequestPty("xterm-256color", 30, 100, nil); err != nil {
		t.Fatal(err)
	}
	in, _ := s.StdinPipe()
	out, _ := s.StdoutPipe()
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"a", "b", "\x1b[A"} {
		io.WriteString(in, k)
		buf := make([]byte, len(k))
		if io.ReadFull(out, buf); string(buf) != k {
			t.Fatalf("typed %q, saw %q", k, buf)
		}
	}
	s.WindowChange(50, 120)
	tp := <-r.tapes
	<-tp.sized
	io.WriteString(in, "exit")
	s.Wait()
	<-tp.ended
	if got := strings.Join(tp.events(), "|"); got != "a|b|\x1b[A|exit" {
		t.Errorf("recorded %q", got)
	}
	if tp.Width != 100 || tp.Height != 30 || !tp.Obfuscated || len(tp.sizes) != 1 || tp.sizes[0] != "120x50" {
		t.Errorf("header %+v, sizes %v", tp.Header, tp.sizes)
	}
	if e := r.sink.Of(visit.Environ); len(e) != 2 || e[1].Text != "SECRET=x" {
		t.Errorf("caught %+v", e)
	}
	if e := r.sink.Of(visit.PTY); len(e) != 1 || e[0].Text != "xterm-256color" || e[0].Fields["cols"] != "100" {
		t.Errorf("caught %+v", e)
	}
}

// TestALibraryIsKnownByItsKeyExchange says that the library that the tests dial
// with is in the catalogue of clients, and that a version string helps it nothing.
// Where a new release of it is not, its fingerprint is to be added.
func TestALibraryIsKnownByItsKeyExchange(t *testing.T) {
	r := serve(t, nil)
	c := r.dial(func(c *ssh.ClientConfig) { c.ClientVersion = "SSH-2.0-OpenSSH_9.6p1" })
	r.session(c).Output("id")
	h := r.tape().Header
	for _, term := range operator.Shipped().Judge(operator.Read(&gait.Session{Header: h}, 0), operator.EqualPriors()).Terms {
		if term.Name == "client_library" && strings.Contains(term.Text, "whatever its version says") {
			return
		}
	}
	t.Errorf("%q with the key exchange %s is not known as a library", h.Client, h.HASSH)
}
