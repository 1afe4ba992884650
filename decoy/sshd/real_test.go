package sshd

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// program finds a program, or skips the test.
func program(t *testing.T, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		p = "/usr/sbin/" + name
		_, err = os.Stat(p)
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return p
}

// realServer starts Debian's sshd with the configuration of a profile.
func realServer(t *testing.T, p Profile) (addr string) {
	t.Helper()
	sshd := program(t, "sshd")
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr = l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	config := p.Config()
	for i, kind := range []string{"rsa", "ecdsa", "ed25519"} {
		key := filepath.Join(dir, kind)
		block, err := ssh.MarshalPrivateKey(private()[i], "")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(key, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		config = strings.Replace(config, "/etc/ssh/ssh_host_"+kind+"_key", key, 1)
	}
	config = strings.Replace(config, "Include /etc/ssh/sshd_config.d/*.conf", "ListenAddress 127.0.0.1\nPidFile none", 1)
	config = strings.Replace(config, "Port 22\n", "Port "+port+"\n", 1)
	file := filepath.Join(dir, "sshd_config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		os.MkdirAll("/run/sshd", 0o755)
	}
	var log bytes.Buffer
	cmd := exec.Command(sshd, "-D", "-e", "-f", file)
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 100 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return addr
		}
		time.Sleep(20 * time.Millisecond)
	}
	cmd.Process.Kill()
	cmd.Wait()
	t.Fatalf("sshd does not listen: %s", log.String())
	return ""
}

// greet reads what a server says first: its version line and first packet.
func greet(t *testing.T, addr, line string) (version string, packet []byte) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(60 * time.Second))
	var b [1]byte
	for !strings.HasSuffix(version, "\n") {
		if _, err := io.ReadFull(c, b[:]); err != nil {
			t.Fatal(err)
		}
		version += string(b[:])
	}
	io.WriteString(c, line)
	if judge(strings.TrimRight(line, "\r\n")) != "" {
		packet, _ = io.ReadAll(c)
		return version, packet
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil {
		t.Fatal(err)
	}
	packet = append(head, make([]byte, binary.BigEndian.Uint32(head))...)
	if _, err := io.ReadFull(c, packet[4:]); err != nil {
		t.Fatal(err)
	}
	return version, packet
}

// TestFirstPacketIsDebians holds the first packet of each profile against that
// of Debian's sshd with the profile's sshd_config: every byte but the cookie.
func TestFirstPacketIsDebians(t *testing.T) {
	for _, p := range Profiles()[:len(guides)] {
		t.Run(p.Name, func(t *testing.T) {
			real := realServer(t, p)
			r := serve(t, func(o *Options) { o.Profile = p })
			theirs, packet := greet(t, real, "SSH-2.0-probe\r\n")
			version, ours := greet(t, r.addr, "SSH-2.0-probe\r\n")
			if version != "SSH-2.0-"+p.Release+"\r\n" || !strings.HasSuffix(theirs, "\r\n") {
				t.Errorf("version line %q, sshd's %q", version, theirs)
			}
			a, b := parts(t, ours), parts(t, packet)
			for i := range a {
				if a[i] != b[i] {
					t.Errorf("list %d:\n ours   %s\n sshd's %s", i, a[i], b[i])
				}
			}
			clear(ours[6:22])
			clear(packet[6:22])
			if !bytes.Equal(ours, packet) {
				t.Errorf("packets differ:\n ours   %x\n sshd's %x", ours, packet)
			}
			theirHASSH := hassh(strings.Split(b[0], ","), strings.Split(b[3], ","), strings.Split(b[5], ","), strings.Split(b[7], ","))
			if p.HASSHServer() != theirHASSH {
				t.Errorf("HASSH-server %s, sshd's %s", p.HASSHServer(), theirHASSH)
			}
		})
	}
}

// parts gives the lists of a KEXINIT packet.
func parts(t *testing.T, packet []byte) (list []string) {
	t.Helper()
	lists, ok := nameLists(packet[5 : len(packet)-int(packet[4])])
	if !ok {
		t.Fatalf("no KEXINIT: %x", packet)
	}
	for _, l := range lists {
		list = append(list, strings.Join(l, ","))
	}
	return list
}

// TestNotSSH holds the answers to what is no SSH against sshd's.
func TestNotSSH(t *testing.T) {
	real := realServer(t, Profiles()[0])
	r := serve(t, nil)
	for _, line := range []string{"GET / HTTP/1.0\r\n", "\x16\x03\x01\x02\x7f\x01\n", "SSH-1.5-old\r\n", "SSH-x\r\n", "SSH-2.0\n", "\n", "SSH-1.99-\n", "SSH-2.0-\r\n", "SSH-3.0-new\n"} {
		_, theirs := greet(t, real, line)
		_, ours := greet(t, r.addr, line)
		if !bytes.Equal(ours, theirs) {
			t.Errorf("to %q: %q, sshd says %q", line, ours, theirs)
		}
	}
	for _, line := range []string{"SSH-1.99-x\n", "SSH-2.1-x\r\n"} {
		if _, packet := greet(t, r.addr, line); len(packet) == 0 || packet[5] != kexInit {
			t.Errorf("to %q: %q", line, packet)
		}
	}
}

// defaults are the lists that releases of OpenSSH offer without restriction, as
// far as they matter: what a server offers of key exchanges, ciphers, MACs and
// compression.
var defaults = []struct{ release, kex, ciphers, macs string }{
	{"7.4 to 8.1", ecdh + ",diffie-hellman-group-exchange-sha256," + groups + ",diffie-hellman-group14-sha256,diffie-hellman-group14-sha1", ciphers, macs},
	{"8.2 to 8.8", ecdh + ",diffie-hellman-group-exchange-sha256," + groups + ",diffie-hellman-group14-sha256", ciphers, macs},
	{"8.9", ecdh + ",sntrup761x25519-sha512@openssh.com,diffie-hellman-group-exchange-sha256," + groups + ",diffie-hellman-group14-sha256", ciphers, macs},
	{"9.0 to 9.8", "sntrup761x25519-sha512@openssh.com," + ecdh + ",diffie-hellman-group-exchange-sha256," + groups + ",diffie-hellman-group14-sha256", ciphers, macs},
	{"9.9", "sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,mlkem768x25519-sha256," + ecdh + ",diffie-hellman-group-exchange-sha256," + groups + ",diffie-hellman-group14-sha256", ciphers, macs},
	{"10.0", "mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com," + ecdh, "chacha20-poly1305@openssh.com,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr", macs},
}

const (
	ecdh    = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521"
	groups  = "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512"
	ciphers = "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com"
	macs    = "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1"
)

// TestNoDefaultFits shows that no release can be imitated without a restricting
// configuration. When it fails, the library has learnt something, and there may
// be better profiles.
func TestNoDefaultFits(t *testing.T) {
	for _, d := range defaults {
		p := Profile{Release: "OpenSSH_9.2p1", Kex: strings.Split(d.kex, ","), Ciphers: strings.Split(d.ciphers, ","), MACs: strings.Split(d.macs, ","), HostKeys: rsaFirst}
		if p.Fits() == nil {
			t.Errorf("the lists of OpenSSH %s can be offered", d.release)
		}
		can := offer()
		for what, lists := range map[string][2][]string{"MACs": {p.MACs, can.MACs}} {
			missing := 0
			for _, m := range lists[0] {
				if !strings.Contains(","+strings.Join(lists[1], ",")+",", ","+m+",") {
					missing++
				}
			}
			if missing == 0 {
				t.Errorf("OpenSSH %s: all %s can be offered", d.release, what)
			}
		}
	}
}

func TestProfilesFit(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Profiles() {
		if err := p.Fits(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if got, err := Named(p.Name); err != nil || got.Release != p.Release || seen[p.Name] {
			t.Errorf("%s: found %+v, %v", p.Name, got, err)
		}
		seen[p.Name] = true
	}
	if _, err := Named("none"); err == nil {
		t.Error("a profile that there is not was found")
	}
	for _, bad := range []Profile{{}, {Release: "OpenSSH_9.2p1\nx"}, {Release: "dropbear"}} {
		if bad.Fits() == nil {
			t.Errorf("%+v fits", bad)
		}
	}
}

// TestHostKeys logs in with each host key algorithm and learns the other keys.
func TestHostKeys(t *testing.T) {
	r := serve(t, nil)
	for _, a := range rsaFirst {
		got := ""
		r.dial(func(c *ssh.ClientConfig) {
			c.HostKeyAlgorithms = []string{a}
			c.HostKeyCallback = func(_ string, _ net.Addr, k ssh.PublicKey) error {
				got = k.Type()
				return nil
			}
		})
		if got == "" {
			t.Errorf("%s: no host key", a)
		}
	}
	c := r.dial(nil)
	var ask []byte
	for _, k := range keys() {
		ask = appendString(ask, k.PublicKey().Marshal())
	}
	ok, answer, err := c.SendRequest("hostkeys-prove-00@openssh.com", true, ask)
	if !ok || err != nil {
		t.Fatalf("no proof: %v %v", ok, err)
	}
	for _, k := range keys() {
		var m struct {
			Sig  []byte
			Rest []byte `ssh:"rest"`
		}
		var sig ssh.Signature
		if err := ssh.Unmarshal(answer, &m); err != nil {
			t.Fatal(err)
		}
		if err := ssh.Unmarshal(m.Sig, &sig); err != nil {
			t.Fatal(err)
		}
		answer = m.Rest
		text := appendString(appendString(appendString(nil, []byte("hostkeys-prove-00@openssh.com")), c.SessionID()), k.PublicKey().Marshal())
		if err := k.PublicKey().Verify(text, &sig); err != nil {
			t.Errorf("%s: %v", k.PublicKey().Type(), err)
		}
	}
	if ok, _, _ := c.SendRequest("hostkeys-prove-00@openssh.com", true, []byte("junk")); ok {
		t.Error("junk was proved")
	}
}
