package serve

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gait/serve/servetest"
	"gait/store/storetest"
)

// nginx starts Debian's nginx before a server, with its default settings for a
// proxy, and gives its address.
func nginx(t *testing.T, upstream string) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		if program = "/usr/sbin/nginx"; !exists(program) {
			if os.Getenv("CI") == "true" {
				t.Fatal("nginx is not installed")
			}
			t.Skip("nginx is not installed")
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "nginx.conf")
	text := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
  gzip on;
  server { listen %[2]s; location / { proxy_pass %[3]s; } }
}
`, dir, address, upstream)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-p", dir, "-c", config)
	var out bytes.Buffer
	cmd.Stderr, cmd.Stdout = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is killed
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return "http://" + address
		}
		select {
		case <-tick.C:
		case <-ended:
			t.Fatal("nginx ended: ", out.String())
		}
	}
	t.Fatal("nginx does not answer: ", out.String())
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestThroughNginx(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{})
	front := nginx(t, x.url)
	l, err := listen(front+basePath+"/events", x.viewer, "")
	if err != nil {
		t.Fatal(err)
	}
	l.want(t, typeSnapshot)
	saved := servetest.Save(t, st, servetest.Visit("paster", 1, "198.51.100.1"))[0]
	for {
		e, err := l.next()
		if err != nil {
			t.Fatal(err)
		}
		if e.typ == typeSession {
			break
		}
	}
	l.close()
	self := sessionPath(saved.Ref)
	resp, body := do(t, "GET", front+self, bearer(x.viewer))
	if resp.StatusCode != 200 || !strings.Contains(body, saved.Ref) {
		t.Error("a reference with %2F and %23 does not pass:", resp.Status, body)
	}
	c := crowd{store: st, url: front + basePath + "/events", token: x.viewer, clients: 100, visits: 12}
	c.run(t)
}
