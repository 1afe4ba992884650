package serve

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait/internal/health"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// somewhere is a listener that says that others can reach it.
type somewhere struct{ net.Listener }

// Addr gives an address of a network.
func (somewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 8080} }

// Accept ends at once.
func (somewhere) Accept() (net.Conn, error) { return nil, net.ErrClosed }

// Close does nothing.
func (somewhere) Close() error { return nil }

func TestOthersAreKeptOut(t *testing.T) {
	cert, key := pair(t, t.TempDir(), 1)
	for name, c := range map[string]struct {
		o     Options
		token bool
		want  string
	}{
		"in the clear": {want: "in the clear"}, "without tokens": {o: Options{CertFile: cert, KeyFile: key}, want: "gait token create"},
		"with both": {o: Options{CertFile: cert, KeyFile: key}, token: true, want: "serve on"}, "told so": {o: Options{Insecure: true}, want: "serve on"},
	} {
		st := storetest.SQLite(t)
		if c.token {
			tokenOf(t, st, store.Viewer)
		}
		c.o.Store, c.o.Log = st, quiet
		s, err := New(c.o)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Serve(t.Context(), somewhere{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (Inside{}).Serve(t.Context(), somewhere{}); err == nil || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Error(err)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for _, o := range []Options{
		{PublicURL: "gait.example.org"}, {PublicURL: "https://u:p@gait.example.org"}, {PublicURL: "https://gait.example.org/path"},
		{PublicURL: "ftp://x"}, {TrustedProxies: []string{"10.0.0.0/99"}}, {TrustedProxies: []string{"proxy"}}, {CertFile: "x"}, {KeyFile: "x"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// pair writes a certificate for loopback and its key.
func pair(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "gait"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestTLS(t *testing.T) {
	cert, key := pair(t, t.TempDir(), 1)
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{CertFile: cert, KeyFile: key})
	x.url = strings.Replace(x.url, "http:", "https:", 1)
	port := x.url[strings.LastIndexByte(x.url, ':')+1:]
	link, err := LoginLink(t.Context(), st, x.url, store.Viewer)
	if err != nil {
		t.Fatal(err)
	}
	for _, two := range []bool{false, true} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: two}
		client := http.Client{Transport: transport}
		if !two {
			body := strings.NewReader(`{"token":"` + link[strings.Index(link, "=")+1:] + `"}`)
			resp, err := client.Post(x.url+basePath+"/login", "application/json", body)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if c := resp.Cookies(); len(c) != 1 || !c[0].Secure || c[0].Name != "__Host-gait_"+port {
				t.Error(c)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, x.url+basePath+"/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+x.viewer)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if (resp.ProtoMajor == 2) != two {
			t.Error(resp.Proto)
		}
		l := &listener{resp: resp, r: bufio.NewReader(resp.Body), cancel: cancel}
		l.want(t, typeSnapshot)
		servetest.Save(t, st, servetest.Visit("paster", 1+len(r.Host), "198.51.100.1"))
		if two {
			servetest.Save(t, st, servetest.Visit("paster", 99, "198.51.100.1"))
		}
		l.want(t, typeObservation)
		l.close()
		transport.CloseIdleConnections()
	}
}

func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	cert, key := pair(t, dir, 1)
	c := &certificate{certFile: cert, keyFile: key, log: quiet}
	if err := c.load(); err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		leaf, err := x509.ParseCertificate(c.get().Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	change := func() {
		c.checked = time.Time{}
		later := time.Now().Add(time.Duration(len(dir)) * time.Hour)
		if err := os.Chtimes(cert, later, later); err != nil {
			t.Fatal(err)
		}
	}
	pair(t, dir, 2)
	if serial() != 1 {
		t.Error("looked at again at once")
	}
	change()
	if serial() != 2 {
		t.Error("the new one is not shown")
	}
	if err := os.WriteFile(key, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.checked = time.Time{}
	if serial() != 2 {
		t.Error("a torn key took the certificate away")
	}
	if _, err := New(Options{CertFile: cert}); err == nil {
		t.Error("a certificate without a key was taken")
	}
}

func TestClientBehindProxies(t *testing.T) {
	p, err := parseProxies([]string{"10.0.0.0/8", "192.0.2.7", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"198.51.100.1:1", "203.0.113.5", "198.51.100.1"}, {"10.1.1.1:1", "203.0.113.5", "203.0.113.5"},
		{"10.1.1.1:1", "1.1.1.1, 203.0.113.5, 192.0.2.7", "203.0.113.5"}, {"10.1.1.1:1", "", "10.1.1.1"}, {"10.1.1.1:1", "nonsense", "10.1.1.1"},
		{"[::ffff:10.1.1.1]:1", "::ffff:203.0.113.5", "203.0.113.5"}, {"[::1]:1", "2001:db8::1", "2001:db8::1"}, {"@", "1.1.1.1", "invalid IP"},
		{"10.1.1.1:1", strings.Repeat("10.0.0.1,", 5000) + "10.0.0.1", "10.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", c.forwarded)
		if got := p.client(r).String(); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestLimiter(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimiter(1, 3)
	l.now = func() time.Time { return now }
	one, same, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("2001:db8:0:1::1")
	for i := range 3 {
		if !l.take([]netip.Addr{one, same}[i%2]) {
			t.Fatal(i)
		}
	}
	if l.take(one) || l.take(same) || !l.empty(one) || l.empty(other) || !l.take(other) {
		t.Error("hosts of one network are one client, others are not")
	}
	now = now.Add(time.Second)
	if l.empty(one) || !l.take(one) || l.take(one) {
		t.Error("one a second")
	}
	for i := range 3 * maxBuckets {
		l.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if len(l.buckets) > maxBuckets {
		t.Errorf("%d clients are remembered", len(l.buckets))
	}
}

func TestTooManyRequests(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{Rate: 0.01})
	var last *http.Response
	for range 3 {
		last, _ = x.ask(t, http.MethodGet, basePath+"/live", "")
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Error(last.Status)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limited(inner, 1)
	taken := make(chan net.Conn)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(taken)
				return
			}
			taken <- c
		}
	}()
	for range 2 {
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first := <-taken
	select {
	case <-taken:
		t.Fatal("a second connection")
	case <-time.After(20 * time.Millisecond):
	}
	first.Close()
	first.Close()
	(<-taken).Close()
	l.Close()
	if _, more := <-taken; more {
		t.Error("goes on after it was closed")
	}
}

func TestInside(t *testing.T) {
	registry := prometheus.NewRegistry()
	board := health.NewBoard()
	board.Tell("bus", "waiting", 3)
	s, err := New(Options{Store: storetest.SQLite(t), Log: quiet, Metrics: registry})
	if err != nil {
		t.Fatal(err)
	}
	direct(s, httptest.NewRequest(http.MethodGet, "http://localhost"+basePath+"/live", nil))
	ask := func(i Inside, host, path string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
		r.Host = host
		w := httptest.NewRecorder()
		i.Handler().ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	i := Inside{Metrics: registry, Board: board, Log: quiet}
	if code, body := ask(i, "127.0.0.1:9", "/metrics"); code != 200 || !strings.Contains(body, `gait_http_requests_total{operation="live",status="200"} 1`) {
		t.Error(code, body)
	}
	if code, _ := ask(i, "127.0.0.1:9", "/debug"); code != 404 {
		t.Error("debugging is on:", code)
	}
	if code, _ := ask(i, "evil.example", "/metrics"); code != 421 {
		t.Error(code)
	}
	i.Debug = true
	if code, body := ask(i, "localhost", "/debug"); code != 200 || !strings.Contains(body, `"waiting": 3`) {
		t.Error(code, body)
	}
	if code, body := ask(i, "[::1]:9", "/debug/pprof/"); code != 200 || !strings.Contains(body, "goroutine") {
		t.Error(code, body)
	}
	board.Tell("bus", "bad", func() {})
	if code, _ := ask(i, "localhost", "/debug"); code != 500 {
		t.Error(code)
	}
	if _, err := New(Options{Metrics: registry}); err == nil {
		t.Error("metrics were registered twice")
	}
}

func TestBadRequestsAreAnswered(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{})
	address := strings.TrimPrefix(x.url, "http://")
	for _, text := range []string{
		"GET / HTTP/1.1\r\n\r\n", "GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n", "\x16\x03\x01\x00", "GET http://evil.example/ HTTP/1.1\r\nHost: " + address + "\r\n\r\n",
		"POST " + basePath + "/login HTTP/1.1\r\nHost: " + address + "\r\nContent-Length: -1\r\n\r\n{", "GET / HTTP/1.1\r\nHost: " + address + "\r\nX: " + strings.Repeat("x", 70_000) + "\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: " + address + "\r\n\r\n", "CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, text); err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Log(err)
		}
		answer, _ := io.ReadAll(c)
		c.Close()
		if status, _, _ := strings.Cut(string(answer), "\r\n"); strings.Contains(status, " 200 ") || strings.Contains(status, " 5") {
			t.Errorf("%.60q: %s", text, status)
		}
	}
	if resp, _ := x.ask(t, http.MethodGet, basePath+"/live", ""); resp.StatusCode != 200 {
		t.Error(resp.Status)
	}
}
