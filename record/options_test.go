package record

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func read1(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhoIsARecorder(t *testing.T) {
	for _, c := range []struct {
		args string
		ok   bool
		want Options
	}{
		{"gait", false, Options{}},
		{"gait profile -c", false, Options{}},
		{"gait record --help", false, Options{}},
		{"gait record --wrong x", false, Options{}},
		{"gait record --decoy", false, Options{}},
		{"gait --config=x", false, Options{}},
		{"-gait", true, Options{Login: true, Dash: true, Args: []string{}}},
		{"-gait -i", true, Options{Login: true, Dash: true, Args: []string{"-i"}}},
		{"gait -c ls", true, Options{Login: true, Args: []string{"-c", "ls"}}},
		{"gait -lc ls", true, Options{Login: true, Args: []string{"-lc", "ls"}}},
		{"gait record --config=none --decoy web-01 --sink=none -- bash -l", true, Options{Decoy: "web-01", Sink: "none", Command: []string{"bash", "-l"}}},
		{"gait record --config none --shards=/x --shell /bin/sh --process-name y sh -c z", true, Options{Shards: "/x", Shell: "/bin/sh", ProcessName: "y", Command: []string{"sh", "-c", "z"}}},
	} {
		got, ok := Asked(strings.Fields(c.args))
		if ok != c.ok {
			t.Errorf("%s: %v", c.args, ok)
		}
		if ok && (got.Login != c.want.Login || got.Dash != c.want.Dash || !slices.Equal(got.Args, c.want.Args) || !slices.Equal(got.Command, c.want.Command) ||
			got.Decoy != c.want.Decoy || got.Sink != c.want.Sink || got.Shards != c.want.Shards || got.Shell != c.want.Shell || got.ProcessName != c.want.ProcessName) {
			t.Errorf("%s: %+v", c.args, got)
		}
	}
}

func TestSettingsOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.toml")
	if err := os.WriteFile(path, []byte("decoy = \"web-02\"\nsocket = \"/s\"\nprocess-name = \"agetty\"\nwrong = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GAIT_SOCKET", "/visitor")
	o := Options{Decoy: "web-01"}
	o.Configure(path)
	if o.Decoy != "web-01" || o.Socket != "/s" || o.ProcessName != "agetty" || !strings.Contains(o.Fault, "line 4") {
		t.Errorf("%+v", o)
	}
	o = Options{}
	if o.Configure(path + ".not"); o.Fault == "" {
		t.Error("a file that is not there is no fault")
	}
	if o = o.filled(); o.Socket != DefaultSocket || o.Sink != DefaultSink || o.Service != "ssh" || o.AppName != "sessrec" || o.Decoy == "" {
		t.Errorf("%+v", o)
	}
}

func TestSinks(t *testing.T) {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, network := range []string{"unixgram", "udp"} {
		address := filepath.Join(dir, "log")
		sink := "unix:" + address
		if network == "udp" {
			address = "127.0.0.1:0"
		}
		c, err := net.ListenPacket(network, address)
		if err != nil {
			t.Fatal(err)
		}
		if network == "udp" {
			sink = "udp:" + c.LocalAddr().String()
		}
		emit(sink, "a line")
		buf := make([]byte, 100)
		if err := c.SetReadDeadline(time.Now().Add(60 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, _, err := c.ReadFrom(buf)
		if err != nil || string(buf[:n]) != "a line" {
			t.Errorf("%s: %q %v", network, buf[:n], err)
		}
		_ = c.Close()
	}
	emit("unix:/nowhere/log", "lost")
	emit(filepath.Join(dir, "file"), "kept")
	if got := read1(t, filepath.Join(dir, "file")); got != "kept\n" {
		t.Errorf("%q", got)
	}
}

func TestDecoyNamedAfterTheHost(t *testing.T) {
	if name := hostDecoy(); name == "" || len(name) > 63 || strings.ContainsAny(name, "._ ") {
		t.Errorf("%q", name)
	}
}
