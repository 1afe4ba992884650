package serve

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait/store"
	"gait/store/storetest"
)

// operations lists what the API describes, as "GET /path".
func operations(s *Server) map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for path, item := range s.api.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete, "PATCH": item.Patch, "HEAD": item.Head,
		} {
			if op != nil {
				all[method+" "+path] = op
			}
		}
	}
	return all
}

// filled puts something into the parameters of a path.
func filled(path string) string {
	return strings.NewReplacer("{uuid}", "6f9619ff-8b86-4011-b42d-00c04fc964ff", "{primitive}", "motor.input_modality",
		"{name}", "motor.input_modality", "{id}", "none").Replace(path)
}

func TestEveryOperationHasARole(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{})
	seen := map[string]bool{}
	for route, op := range operations(x.Server) {
		need, ok := roles[op.OperationID]
		if !ok || need == nobody {
			t.Errorf("%s (%s) has no role", route, op.OperationID)
		}
		seen[op.OperationID] = true
		method, path, _ := strings.Cut(route, " ")
		for _, c := range []struct {
			token string
			role  role
		}{{"", anyone}, {x.viewer, viewer}, {x.operator, operator}} {
			if strings.HasSuffix(path, "/events") && c.role >= need {
				continue // it would stay open
			}
			resp, body := x.ask(t, method, basePath+filled(path), c.token, func(r *http.Request) {
				if method == http.MethodPost {
					withBody(`{}`)(r)
				}
			})
			refused := resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden
			if refused != (c.role < need) {
				t.Errorf("%s as %v, needs %v: %s %s", route, c.role, need, resp.Status, body)
			}
		}
	}
	for id := range roles {
		if !seen[id] {
			t.Errorf("%s has a role and is no operation", id)
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d operations", len(seen))
	}
}

func TestWhatHasNoRoleIsRefused(t *testing.T) {
	s, err := New(Options{Log: quiet, Store: storetest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	huma.Register(s.api, huma.Operation{OperationID: "forgotten", Method: http.MethodGet, Path: "/forgotten"},
		func(context.Context, *struct{}) (*one[answer], error) { return &one[answer]{}, nil })
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+basePath+"/forgotten", nil)
	r.Header.Set("Authorization", "Bearer "+tokenOf(t, s.opt.Store, store.Operator))
	if w := direct(s, r); w.Code != http.StatusForbidden {
		t.Error(w.Code, w.Body)
	}
}

func TestTokens(t *testing.T) {
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{})
	short, err := AddToken(t.Context(), st, "short", store.Viewer, time.Nanosecond)
	if err != nil {
		t.Fatal(err)
	}
	link, err := LoginLink(t.Context(), st, x.url, store.Operator)
	if err != nil {
		t.Fatal(err)
	}
	login := link[strings.Index(link, "token=")+6:]
	for name, secret := range map[string]string{
		"none": "", "unknown": NewSecret(), "expired": short, "of a link": login, "long": strings.Repeat("x", 5000), "odd": "\x01\x02",
	} {
		resp, body := x.ask(t, http.MethodGet, basePath+"/whoami", "", func(r *http.Request) {
			if secret != "" {
				r.Header["Authorization"] = []string{"Bearer " + strings.Map(func(c rune) rune { return max(c, ' ') }, secret)}
			}
		})
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" || !strings.Contains(body, "gait login") {
			t.Errorf("%s: %s %s", name, resp.Status, body)
		}
	}
	if who := get200[me](t, x, basePath+"/whoami"); who.Role != store.Viewer || who.Ends == nil {
		t.Errorf("%+v", who)
	}
	if _, err := AddToken(t.Context(), st, "no spaces", store.Viewer, 0); err == nil {
		t.Error("a name with spaces was taken")
	}
	if _, err := AddToken(t.Context(), st, "a", "root", 0); err == nil {
		t.Error("a role that there is not was taken")
	}
	if a, b := NewSecret(), NewSecret(); a == b || len(a) < 43 {
		t.Errorf("%s, %s", a, b)
	}
	stored, err := st.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(stored)
	if strings.Contains(string(text), x.viewer) || strings.Contains(string(text), login) {
		t.Error("a secret is stored")
	}
}

func TestRevokedTokenIsRefusedSoon(t *testing.T) {
	st := storetest.SQLite(t)
	d := newDoorman(st)
	now := time.Now()
	d.now = func() time.Time { return now }
	secret, err := AddToken(t.Context(), st, "mine", store.Operator, 0)
	if err != nil {
		t.Fatal(err)
	}
	who, err := d.who(t.Context(), secret, false)
	if err != nil || who.Role != operator || !d.still(t.Context(), who) {
		t.Fatal(who, err)
	}
	if err := st.RevokeToken(t.Context(), "mine"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(rememberFor)
	if _, err := d.who(t.Context(), secret, false); err != errBadToken {
		t.Error(err)
	}
	if d.still(t.Context(), who) {
		t.Error("may stay")
	}
}

func TestLoginByLink(t *testing.T) {
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{})
	link, err := LoginLink(t.Context(), st, x.url+"/", store.Viewer)
	if err != nil {
		t.Fatal(err)
	}
	base, token, _ := strings.Cut(link, "/#token=")
	if base != x.url {
		t.Fatal(link)
	}
	resp, body := x.ask(t, http.MethodPost, basePath+"/login", "", withBody(`{"token":"`+token+`"}`))
	cookies := resp.Cookies()
	if resp.StatusCode != http.StatusOK || len(cookies) != 1 || !strings.Contains(body, `"role":"viewer"`) {
		t.Fatal(resp.Status, body, cookies)
	}
	c := cookies[0]
	port := x.url[strings.LastIndexByte(x.url, ':')+1:]
	if c.Name != "gait_"+port || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Secure || c.Path != "/" || c.MaxAge < 3600 {
		t.Errorf("%+v", c)
	}
	with := func(r *http.Request) { r.AddCookie(c) }
	if resp, body := x.ask(t, http.MethodGet, basePath+"/whoami", "", with); resp.StatusCode != http.StatusOK || !strings.Contains(body, "browser-") {
		t.Error(resp.Status, body)
	}
	if resp, _ := x.ask(t, http.MethodGet, basePath+"/whoami", c.Value); resp.StatusCode != http.StatusUnauthorized {
		t.Error("the cookie's token opens the API as a bearer:", resp.Status)
	}
	if resp, body := x.ask(t, http.MethodPost, basePath+"/login", "", withBody(`{"token":"`+token+`"}`)); resp.StatusCode != http.StatusUnauthorized {
		t.Error("the link works twice:", resp.Status, body)
	}
	if resp, _ := x.ask(t, http.MethodPost, basePath+"/login", "", withBody(`{"token":"`+x.viewer+`"}`)); resp.StatusCode != http.StatusUnauthorized {
		t.Error("a token of the API is taken for a link:", resp.Status)
	}
	if resp, _ := x.ask(t, http.MethodGet, basePath+"/whoami", x.viewer); resp.StatusCode != http.StatusOK {
		t.Error("a token of the API is gone after it was tried as a link")
	}
	resp, _ = x.ask(t, http.MethodPost, basePath+"/logout", "", with)
	if resp.StatusCode != http.StatusNoContent || len(resp.Cookies()) != 1 || resp.Cookies()[0].MaxAge >= 0 {
		t.Error(resp.Status, resp.Cookies())
	}
	if resp, _ := x.ask(t, http.MethodGet, basePath+"/whoami", "", with); resp.StatusCode != http.StatusUnauthorized {
		t.Error("still in after logging out:", resp.Status)
	}
}

func TestLoginIsLimited(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{})
	var last *http.Response
	for range 12 {
		last, _ = x.ask(t, http.MethodPost, basePath+"/login", "", withBody(`{"token":"gaitlogin_x"}`))
	}
	if last.StatusCode != http.StatusTooManyRequests || last.Header.Get("Retry-After") == "" {
		t.Error(last.Status)
	}
	for range 40 {
		last, _ = x.ask(t, http.MethodGet, basePath+"/whoami", NewSecret())
	}
	if last.StatusCode != http.StatusTooManyRequests {
		t.Error(last.Status)
	}
}

func TestPage(t *testing.T) {
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{})
	jar, _ := cookiejar.New(nil)
	browser := http.Client{Jar: jar}
	link, err := LoginLink(t.Context(), st, x.url, store.Operator)
	if err != nil {
		t.Fatal(err)
	}
	read := func(resp *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Error("no policy")
		}
		return string(b)
	}
	if text := read(browser.Get(x.url + "/plain")); !strings.Contains(text, "gait login") || !strings.Contains(text, x.url+"/api/v1/events") || strings.Contains(text, "<script") {
		t.Error(text)
	}
	if text := read(browser.PostForm(x.url+"/login", url.Values{"token": {"<script>alert(1)</script>"}})); !strings.Contains(text, "never was one") || strings.Contains(text, "alert(1)") {
		t.Error(text)
	}
	text := read(browser.PostForm(x.url+"/login", url.Values{"token": {" " + link + " "}}))
	if !strings.Contains(text, "Log out") || !strings.Contains(text, "operator") || !strings.Contains(text, "Everything works") {
		t.Error(text)
	}
	if text := read(browser.PostForm(x.url+"/logout", nil)); !strings.Contains(text, "Log in") {
		t.Error(text)
	}
	if text := read(browser.Get(x.url + "/style.css")); !strings.Contains(text, "font") {
		t.Error(text)
	}
	resp, body := x.ask(t, http.MethodGet, "/favicon.ico", "")
	if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "openapi.json") {
		t.Error(resp.Status, body)
	}
}

func TestHostAndOrigin(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{PublicURL: "https://gait.example.org"})
	port := x.url[strings.LastIndexByte(x.url, ':')+1:]
	for host, want := range map[string]int{
		"127.0.0.1:" + port: 200, "localhost:" + port: 200, "LOCALHOST.:" + port: 200, "[::1]:" + port: 200,
		"gait.example.org": 200, "gait.example.org:443": 200, "GAIT.example.org": 200,
		"127.0.0.1": 421, "127.0.0.1:1": 421, "evil.example:" + port: 421, "gait.example.org:80": 421, "gait.example.org.evil.example": 421,
		"localhost.evil.example:" + port: 421, "192.0.2.1:" + port: 421, "user@localhost:" + port: 421,
	} {
		resp, body := x.ask(t, http.MethodGet, basePath+"/live", "", func(r *http.Request) { r.Host = host })
		if resp.StatusCode != want {
			t.Errorf("Host %s: %s %s", host, resp.Status, body)
		}
	}
	for origin, ours := range map[string]bool{
		"": true, x.url: true, "http://localhost:" + port: true, "https://gait.example.org": true, "https://GAIT.example.org:443": true,
		"null": false, "https://evil.example": false, "http://localhost:1": false, "https://localhost:" + port: false, "http://gait.example.org": false,
		"https://gait.example.org.evil.example": false, "file://": false, "https://gait.example.org/x": false,
	} {
		from := func(r *http.Request) {
			if origin != "" {
				r.Header.Set("Origin", origin)
			}
		}
		resp, body := x.ask(t, http.MethodPost, basePath+"/logout", "", from)
		if (resp.StatusCode == http.StatusNoContent) != ours {
			t.Errorf("POST from %q: %s %s", origin, resp.Status, body)
		}
		resp, body = x.ask(t, http.MethodHead, basePath+"/events", x.viewer, from)
		if (resp.StatusCode == http.StatusOK) != ours {
			t.Errorf("events from %q: %s %s", origin, resp.Status, body)
		}
	}
	resp, _ := x.ask(t, http.MethodPost, basePath+"/logout", "", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
	if resp.StatusCode != http.StatusForbidden {
		t.Error(resp.Status)
	}
}

func TestHeaders(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{})
	for _, path := range []string{"/", basePath + "/live", basePath + "/nothing", basePath + "/openapi.json"} {
		resp, _ := x.ask(t, http.MethodGet, path, "")
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if !strings.Contains(resp.Header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, resp.Header.Get(name))
			}
		}
		if resp.Header.Get("Strict-Transport-Security") != "" || resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Error(resp.Header)
		}
	}
}

func TestSecretsAreNamed(t *testing.T) {
	prefixes := []string{apiPrefix, loginPrefix, sessionPrefix}
	for _, p := range prefixes {
		if !strings.HasPrefix(newSecret(p), p) || len(newSecret(p)) > maxSecret {
			t.Error(p)
		}
	}
	if slices.Contains(prefixes, "") {
		t.Error("a kind of secret has no name")
	}
}
