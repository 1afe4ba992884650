package e2e

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/internal/programtest"
)

var openAt = regexp.MustCompile(`the decoy is open.*?"?ssh"?[=:]"?(127\.0\.0\.1:\d+)`)

// decoy waits until the decoy of a system is open, and gives its address.
func (s *system) decoy() (address string) {
	s.w.T.Helper()
	programtest.Await(s.w.T, "the decoy to open", func() bool {
		m := openAt.FindStringSubmatch(s.Log())
		if m != nil {
			address = m[1]
		}
		return m != nil
	})
	return address
}

// TestAVisitToTheDecoyIsSeenLive logs in, types, logs out, and sees what was
// observed on the live stream; and the secret that was typed nowhere.
func TestAVisitToTheDecoyIsSeenLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.start("run", "run", "--decoy-ssh", "127.0.0.1:0", "--listen", "127.0.0.1:0").ready()
	l := s.listen("")
	const password, secret = "hunter2-e2e-password", "e2e-typed-secret"
	visitDecoy(t, s.decoy(), password, []string{"uname -a", "echo " + secret, "ls -la /tmp", "cat /etc/passwd | wc -l", "exit"})
	programtest.Await(t, "observations of the visit on the live stream", func() bool {
		return strings.Contains(l.text(), "motor.input_modality") && len(l.sessions()) == 1
	})
	var list struct {
		Items []struct {
			Address string `json:"address"`
			Decoy   string `json:"decoy"`
			Service string `json:"service"`
		}
	}
	s.get("/sessions", &list)
	if len(list.Items) != 1 || list.Items[0].Decoy != "decoy-01" || list.Items[0].Service != "ssh" || list.Items[0].Address != "127.0.0.1" {
		t.Errorf("the session stands as %+v", list.Items)
	}
	for name, text := range map[string]string{"the live stream": l.text(), "the log": s.Log()} {
		for _, raw := range []string{password, secret} {
			if strings.Contains(text, raw) {
				t.Errorf("%s holds what was typed", name)
			}
		}
	}
	logs := w.files(t, "run/decoy/decoy-01/log")
	if !bytes.Contains(logs, []byte(password)) || !bytes.Contains(logs, []byte(`"kind":"auth"`)) {
		t.Errorf("the decoy's own log holds no login: %s", logs)
	}
	s.Stop()
}

// files gives what is in the files of a folder.
func (w *world) files(t *testing.T, dir string) (all []byte) {
	t.Helper()
	list, err := os.ReadDir(w.Path(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		text, err := os.ReadFile(w.Path(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, text...)
	}
	return all
}

// visitDecoy logs in and types lines, key by key, each after the prompt.
func visitDecoy(t *testing.T, address, password string, lines []string) {
	t.Helper()
	c, err := ssh.Dial("tcp", address, &ssh.ClientConfig{User: "root", Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 60 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	v, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	in, err := v.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := v.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Shell(); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		var seen []byte
		for buf := make([]byte, 4096); !bytes.Contains(seen, []byte("# ")); {
			n, err := out.Read(buf)
			if err != nil {
				t.Fatalf("no prompt: %q", seen)
			}
			seen = append(seen, buf[:n]...)
		}
		for i := range line + "\r" {
			if _, err := io.WriteString(in, (line + "\r")[i:i+1]); err != nil {
				t.Fatal(err)
			}
			time.Sleep(15 * time.Millisecond)
		}
	}
	io.Copy(io.Discard, out)
	v.Wait()
}
