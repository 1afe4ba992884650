package sshd

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
)

// try tries to log in, and says whether it came to that.
func (r *rig) try(user string, methods ...ssh.AuthMethod) bool {
	c, err := ssh.Dial("tcp", r.addr, &ssh.ClientConfig{User: user, Auth: methods, HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	if err == nil {
		c.Close()
	}
	return err == nil
}

func TestLogin(t *testing.T) {
	r := serve(t, func(o *Options) { o.Gate = gate("right") })
	_, private, _ := ed25519.GenerateKey(rand.Reader)
	key, _ := ssh.NewSignerFromKey(private)
	ask := ssh.KeyboardInteractive(func(name, instruction string, questions []string, echos []bool) ([]string, error) {
		if len(questions) == 0 {
			return nil, nil
		}
		if name != "" || instruction != "" || len(questions) != 1 || questions[0] != "Password: " || echos[0] {
			t.Errorf("asked %q %q %q", name, instruction, questions)
		}
		return []string{"right"}, nil
	})
	if r.try("root", ssh.Password("wrong")) || !r.try("admin", ssh.Password("right")) || !r.try("pi", ask) || r.try("oracle", ssh.PublicKeys(key)) || r.try("nobody") {
		t.Error("the gate was not obeyed")
	}
	r.stop()
	text := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.PublicKey())))
	want := map[string]bool{
		"root password wrong refused":            false,
		"admin password right accepted":          false,
		"pi keyboard-interactive right accepted": false,
		"oracle publickey " + text + " refused":  false,
		"nobody none  refused":                   false,
	}
	for _, e := range r.sink.Of(visit.Auth) {
		line := strings.Join([]string{e.User, e.Fields["method"], e.Text, e.Fields["outcome"]}, " ")
		if _, ok := want[line]; ok {
			want[line] = true
		} else if e.Fields["method"] != "none" {
			t.Errorf("caught %q", line)
		}
	}
	for line, seen := range want {
		if !seen {
			t.Errorf("not caught: %q", line)
		}
	}
}

// keyGate lets in by key.
type keyGate struct{ gate }

func (keyGate) AdmitKey(_ visit.Visitor, user, key string) bool {
	return user == "root" && strings.HasPrefix(key, "ssh-ed25519 ")
}

func TestLoginByKey(t *testing.T) {
	r := serve(t, func(o *Options) { o.Gate = keyGate{"no"} })
	_, private, _ := ed25519.GenerateKey(rand.Reader)
	key, _ := ssh.NewSignerFromKey(private)
	if !r.try("root", ssh.PublicKeys(key)) || r.try("admin", ssh.PublicKeys(key)) {
		t.Error("the gate was not obeyed")
	}
}

func TestTries(t *testing.T) {
	r := serve(t, func(o *Options) { o.Gate = gate("right"); o.Limits.Tries = 3 })
	n := 0
	if r.try("root", ssh.RetryableAuthMethod(ssh.PasswordCallback(func() (string, error) {
		n++
		return "wrong", nil
	}), 10)) || n != 3 {
		t.Errorf("%d tries", n)
	}
}

func TestDelay(t *testing.T) {
	r := serve(t, func(o *Options) { o.Gate = gate("right"); o.Limits.Delay = 40 * time.Millisecond })
	began := time.Now()
	r.try("root", ssh.Password("wrong"))
	if d := time.Since(began); d < 30*time.Millisecond {
		t.Errorf("refused after %v", d)
	}
}

func TestForwardingIsRefused(t *testing.T) {
	r := serve(t, nil)
	c := r.dial(nil)
	for _, w := range []struct {
		kind, message string
		reason        ssh.RejectionReason
		data          any
	}{
		{"direct-tcpip", "open failed", ssh.Prohibited, struct {
			Host string
			Port uint32
			From string
			At   uint32
		}{"198.51.100.7", 80, "127.0.0.1", 1}},
		{"direct-streamlocal@openssh.com", "open failed", ssh.Prohibited, struct {
			Path, Reserved string
			Zero           uint32
		}{"/run/docker.sock", "", 0}},
		{"x11", "open failed", ssh.ConnectionFailed, struct{ A string }{"a"}},
	} {
		_, _, err := c.OpenChannel(w.kind, ssh.Marshal(w.data))
		var e *ssh.OpenChannelError
		if !errors.As(err, &e) || e.Reason != w.reason || e.Message != w.message {
			t.Errorf("%s: %v", w.kind, err)
		}
	}
	for kind, data := range map[string]any{
		"tcpip-forward": struct {
			Host string
			Port uint32
		}{"0.0.0.0", 8080},
		"streamlocal-forward@openssh.com": struct{ Path string }{"/tmp/s"},
		"keepalive@openssh.com":           struct{ S string }{},
	} {
		if ok, _, err := c.SendRequest(kind, true, ssh.Marshal(data)); ok || err != nil {
			t.Errorf("%s: %v, %v", kind, ok, err)
		}
	}
	var got []string
	for _, e := range r.sink.Of(visit.Forward) {
		got = append(got, e.Text+" "+e.Fields["direction"])
	}
	for _, want := range []string{"198.51.100.7:80 local", "/run/docker.sock local", "0.0.0.0:8080 remote", "/tmp/s remote"} {
		if !strings.Contains(strings.Join(got, "|")+"|", want+"|") {
			t.Errorf("not caught: %s (%q)", want, got)
		}
	}
}

func TestSessionRequests(t *testing.T) {
	r := serve(t, func(o *Options) { o.Limits.Channels = 2 })
	c := r.dial(nil)
	a, b := r.session(c), r.session(c)
	var e *ssh.OpenChannelError
	if _, err := c.NewSession(); !errors.As(err, &e) || e.Reason != ssh.ConnectionFailed || e.Message != "open failed" {
		t.Errorf("a third session: %v", err)
	}
	for _, kind := range []string{"auth-agent-req@openssh.com", "x11-req", "subsystem", "junk", "window-change", "break"} {
		if ok, _ := a.SendRequest(kind, true, ssh.Marshal(struct{ S string }{"netconf"})); ok {
			t.Errorf("%s was done", kind)
		}
	}
	in, _ := a.StdinPipe()
	if err := a.Start("cat"); err != nil {
		t.Fatal(err)
	}
	if ok, _ := a.SendRequest("exec", true, ssh.Marshal(struct{ S string }{"two"})); ok {
		t.Error("one session ran two commands")
	}
	in.Close()
	a.Wait()
	b.Close()
	waitFor(t, func() bool { _, err := c.NewSession(); return err == nil })
	if ok, _, _ := c.SendRequest("no-more-sessions@openssh.com", true, nil); !ok {
		t.Error("no-more-sessions was refused")
	}
	waitFor(t, func() bool {
		s, err := c.NewSession()
		if err == nil {
			s.Close()
		}
		return errors.As(err, &e) && e.Reason == ssh.Prohibited
	})
}

func TestSignals(t *testing.T) {
	r := serve(t, func(o *Options) { o.Shell = quiet })
	c := r.dial(nil)
	s := r.session(c)
	if err := s.Start("sleep 100"); err != nil {
		t.Fatal(err)
	}
	s.Signal(ssh.SIGTERM)
	var e *ssh.ExitError
	if err := s.Wait(); !errors.As(err, &e) || e.Signal() != "TERM" {
		t.Errorf("ended with %v", err)
	}
	if tp := r.tape(); tp.reason != "signal" {
		t.Errorf("reason %s", tp.reason)
	}
}

// TestConnected looks at what is caught of a client's first packets.
func TestConnected(t *testing.T) {
	r := serve(t, nil)
	c := r.dial(func(c *ssh.ClientConfig) {
		c.ClientVersion = "SSH-2.0-libssh2_1.4.3"
		c.KeyExchanges, c.Ciphers, c.MACs = []string{"ecdh-sha2-nistp256"}, []string{"aes128-ctr"}, []string{"hmac-sha2-256"}
	})
	// An answer comes after the host keys that the server announces. A client that
	// goes while they lie unread resets its connection, which is another way to leave.
	if _, _, err := c.SendRequest("keepalive@openssh.com", true, nil); err != nil {
		t.Fatal(err)
	}
	c.Close()
	r.stop()
	e := r.sink.Of(visit.Connected)
	want := hassh([]string{"ecdh-sha2-nistp256", "ext-info-c", "kex-strict-c-v00@openssh.com"}, []string{"aes128-ctr"}, []string{"hmac-sha2-256"}, []string{"none"})
	if len(e) != 1 || e[0].Text != "SSH-2.0-libssh2_1.4.3" || e[0].Fields["cipher_in"] != "aes128-ctr" || e[0].HASSH != want || e[0].Connection == "" || !e[0].Remote.IsValid() {
		t.Errorf("caught %+v", e)
	}
	if e := r.sink.Of(visit.Disconnected); len(e) != 1 || e[0].Text != "closed" {
		t.Errorf("caught %+v", e)
	}
}

func TestHidesKeys(t *testing.T) {
	for version, want := range map[string]bool{
		"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u6": false, "SSH-2.0-OpenSSH_9.4": false, "SSH-2.0-OpenSSH_9.5p1": true, "SSH-2.0-OpenSSH_9.10": true,
		"SSH-2.0-OpenSSH_10.0p2 Debian-7": true, "SSH-2.0-OpenSSH_for_Windows_9.5": true, "SSH-2.0-OpenSSH_for_Windows_8.1": false,
		"SSH-2.0-OpenSSH_7.4": false, "SSH-2.0-Go": false, "SSH-2.0-PuTTY_Release_0.81": false, "SSH-2.0-OpenSSH_": false, "SSH-2.0-OpenSSH_9.": false,
	} {
		if hidesKeys(version) != want {
			t.Errorf("%s: %v", version, !want)
		}
	}
}

// TestHello cuts the first packets at every place, and changes every byte.
func TestHello(t *testing.T) {
	lists := []string{"kex1,kex2", "ssh-rsa", "c1", "c2", "m1", "m2", "none", "none", "", ""}
	payload := append([]byte{kexInit}, make([]byte, 16)...)
	for _, l := range lists {
		payload = appendString(payload, []byte(l))
	}
	payload = append(payload, 0, 0, 0, 0, 0)
	packet := appendString(nil, append(append([]byte{4}, payload...), 0, 0, 0, 0))
	all := append([]byte("SSH-2.0-x y\r\n"), packet...)
	for cut := range all {
		told := 0
		h := hello{known: func(hello) { told++ }}
		h.feed(all[:cut])
		h.feed(all[cut:])
		if told != 1 || h.Version != "SSH-2.0-x y" || h.HASSH != hassh([]string{"kex1", "kex2"}, []string{"c1"}, []string{"m1"}, []string{"none"}) {
			t.Fatalf("cut at %d: %+v", cut, h)
		}
	}
	for i := range all {
		for _, b := range []byte{0, 1, 0x7f, 0xff} {
			bad := append([]byte(nil), all...)
			bad[i] = b
			h := hello{known: func(hello) {}}
			h.feed(bad)
		}
	}
}
