package telnetd_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"gait/decoy/visit"
)

// real runs a client of the system in a terminal.
type real struct {
	t    *testing.T
	term *os.File
	seen []byte
}

func (h *house) real(size pty.Winsize, command ...string) *real {
	h.t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		if os.Getenv("CI") == "true" {
			h.t.Fatal(err)
		}
		h.t.Skip(err)
	}
	host, port, _ := net.SplitHostPort(h.addr)
	cmd := exec.Command(command[0], append(command[1:], host, port)...)
	cmd.Env = []string{"TERM=xterm", "PATH=" + os.Getenv("PATH")}
	term, err := pty.StartWithSize(cmd, &size)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		term.Close()
	})
	term.SetDeadline(time.Now().Add(60 * time.Second))
	return &real{t: h.t, term: term}
}

func (r *real) until(s string) {
	r.t.Helper()
	b := make([]byte, 1)
	for !bytes.HasSuffix(r.seen, []byte(s)) {
		if _, err := r.term.Read(b); err != nil {
			r.t.Fatalf("saw %q, no %q: %v", r.seen, s, err)
		}
		r.seen = append(r.seen, b[0])
	}
}

func (r *real) typed(s string) {
	r.t.Helper()
	if _, err := r.term.WriteString(s); err != nil {
		r.t.Fatal(err)
	}
}

func TestRealClients(t *testing.T) {
	for _, client := range [][]string{{"telnet"}, {"busybox", "telnet"}} {
		t.Run(strings.Join(client, " "), func(t *testing.T) {
			h := open(t, quick, echo)
			r := h.real(pty.Winsize{Cols: 97, Rows: 31}, client...)
			r.until("web login: ")
			r.typed("root\r")
			r.until("Password: ")
			r.typed("open\r")
			r.until("# ")
			tp := h.tape()
			typed := []string{"i", "d", " é", "\x1b[A", "\x7f\x7f\x7f\r"}
			for _, key := range typed[:4] {
				r.typed(key)
				r.until(strings.ReplaceAll(key, "\x1b", "^["))
			}
			r.typed(typed[4])
			r.until("# ")
			pty.Setsize(r.term, &pty.Winsize{Cols: 50, Rows: 20})
			r.typed("exit\r")
			tp.end(t)
			if got := string(slices.Concat(tp.inputs...)); got != strings.Join(typed, "")+"exit\r" {
				t.Errorf("recorded %q", got)
			}
			if tp.header.Width != 97 || tp.header.Height != 31 || tp.reason != "exit" {
				t.Errorf("recorded %+v, %q", tp.header, tp.reason)
			}
			if client[0] == "telnet" && !slices.Equal(tp.sizes, []string{"50x20"}) {
				t.Errorf("sizes %q", tp.sizes)
			}
			if strings.Contains(string(r.seen), "open") {
				t.Error("the password was shown")
			}
			if got := h.Texts(visit.PTY); !slices.Equal(got, []string{"xterm"}) {
				t.Errorf("terminals %q", got)
			}
		})
	}
}
