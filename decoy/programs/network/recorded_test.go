package network_test

import (
	"bytes"
	"context"
	_ "embed" // for the recording
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs"
	"gait/decoy/programs/recorded"
	"gait/decoy/shell"
	"gait/decoy/visit"
)

//go:embed testdata/recorded.json
var recording []byte

// TestRecorded holds the programs to what a Debian 12 said that has the same
// addresses and whose router knows of nobody. Its date is the machine's here.
func TestRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { recorded.Check(t, programs.All("unreachable"), recording) })
}

// run runs a line and gives what it says and how long it took; caught is what
// was told of it.
func run(t *testing.T, policy, line string) (a recorded.Answer, took time.Duration, caught []visit.Event) {
	t.Helper()
	now := func() time.Time { return time.Date(2031, 3, 4, 5, 6, 7, 0, time.UTC) }
	m := machine.New(machine.Options{Host: "web01", Now: now})
	c := &catcher{}
	s := shell.New(shell.Options{Programs: programs.All(policy), Worlds: func(netip.Addr) *machine.World { return m.World() }, Sink: c})
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	var out, errs bytes.Buffer
	began := time.Now()
	code := s.Run(ctx, visit.Session{Visitor: visit.Visitor{User: "root", Remote: netip.MustParseAddrPort("192.0.2.1:40000")}, ID: "n", Began: began,
		Env: []string{"LANG=C", "LC_ALL=C"}, Exec: "cd /tmp; " + line, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
	return recorded.Answer{Line: line, Out: out.String(), Err: errs.String(), Code: code}, time.Since(began), c.events
}

// TestHostile gives URLs and hosts that are made to break what reads them.
func TestHostile(t *testing.T) {
	long := strings.Repeat("a", 60_000)
	synctest.Test(t, func(t *testing.T) {
		b := recorded.New(programs.All("unreachable"), proc.Limits{})
		for line, want := range map[string]string{
			"wget http://127.0.0.1/" + long:       "Connecting to 127.0.0.1:80... failed: Connection refused.\n",
			"wget http://" + long + "/":           "wget: unable to resolve host address '" + long + "'\n",
			"wget 'http://127.0.0.1:'" + long:     ": Bad port number.\n",
			"wget http://127.0.0.1:65536/":        "http://127.0.0.1:65536/: Bad port number.\n",
			"wget " + long + "://x":               ": Unsupported scheme '" + long + "'.\n",
			"wget $'http://\\x1b[31m/'":           "http://\x1b[31m/: Invalid host name.\n",
			"wget http://[::ffff:127.0.0.1]/":     "failed: Connection refused.\n",
			"wget http://4294967296/":             "wget: unable to resolve host address '4294967296'\n",
			"curl http://127.0.0.1/" + long:       "curl: (7) Failed to connect to 127.0.0.1 port 80 after 0 ms: Couldn't connect to server\n",
			"curl http://127.0.0.1:65536/":        "curl: (3) URL using bad/illegal format or missing URL\n",
			"curl $'http://127.0.0.1/\\x7f'":      "curl: (3) URL using bad/illegal format or missing URL\n",
			"curl -s -S http://" + long:           "curl: (6) Could not resolve host: " + long + "\n",
			"curl http://2130706433/":             "Couldn't connect to server\n",
			"curl file:///nox":                    "curl: (37) Couldn't open file /nox\n",
			"busybox wget http://" + long:         "wget: bad address '" + long + "'\n",
			"busybox wget http://127.0.0.1:65536": "wget: bad port '65536'\n",
			"busybox nc 127.0.0.1 65536":          "nc: bad port '65536'\n",
			"ping " + long:                        ": Name or service not known\n",
			"ssh " + long:                         ": Name or service not known\r\n",
			"ssh -p 65536 127.0.0.1":              "Bad port '65536'\n",
			"ip link show " + long[:100]:          "does not exist.\n",
			"ip route get 999.1.1.1":              "Error: any valid prefix is expected rather than \"999.1.1.1\".\n",
		} {
			a := b.Run(line)
			if !strings.HasSuffix(a.Err, want) || a.Code == 0 {
				t.Errorf("%.60s\n got %.300q %d\nwant %.300q at the end", line, a.Err, a.Code, want)
			}
		}
	})
}

// TestWaits looks at how long what nobody answers takes, and what is said then.
func TestWaits(t *testing.T) {
	for _, c := range []struct {
		line, want string
		took       time.Duration
	}{
		{"wget -q http://192.0.2.9/x; echo $?", "4\n", 3 * time.Second},
		{"wget -q -T 1 -t 2 http://192.0.2.9/x; echo $?", "4\n", 3 * time.Second},
		{"curl -s http://192.0.2.9/x; echo $?", "7\n", 3 * time.Second},
		{"curl -s -m 1 http://192.0.2.9/x; echo $?", "28\n", time.Second},
		{"busybox wget -q http://192.0.2.9/x; echo $?", "1\n", 3 * time.Second},
		{"busybox tftp -g -r x 192.0.2.9 2>&1", "tftp: timeout\n", 12900 * time.Millisecond},
		{"busybox nc -w 1 192.0.2.9 80 2>&1", "nc: timed out\n", time.Second},
		{"ssh -o ConnectTimeout=1 -T 192.0.2.9 2>&1", "ssh: connect to host 192.0.2.9 port 22: Connection timed out\r\n", time.Second},
		{"busybox ping -c 2 192.0.2.9", "PING 192.0.2.9 (192.0.2.9): 56 data bytes\n\n--- 192.0.2.9 ping statistics ---\n2 packets transmitted, 0 packets received, 100% packet loss\n", 11 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			if a, took, _ := run(t, "unreachable", c.line); a.Out != c.want || took != c.took {
				t.Errorf("%s\n got %q after %v\nwant %q after %v", c.line, a.Out, took, c.want, c.took)
			}
		})
	}
}
