package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func made() *Page {
	return of(fstest.MapFS{
		"index.html":       {Data: []byte(`<!doctype html><script type="module" src="/assets/a-1.js"></script>` + strings.Repeat(" ", 500))},
		"assets/a-1.js":    {Data: []byte(strings.Repeat("let a = 1;\n", 100))},
		"assets/b-1.svg":   {Data: []byte(`<svg/>`)},
		"assets/notes.txt": {Data: []byte("not for browsers")},
		".keep":            {Data: nil},
	})
}

func TestNoPageWhereNoneWasBuilt(t *testing.T) {
	if of(fstest.MapFS{".keep": {}}) != nil {
		t.Error("a page without a document")
	}
}

func TestDocumentMayRunItsOwnScriptsOnly(t *testing.T) {
	w := httptest.NewRecorder()
	made().Document(w, httptest.NewRequest(http.MethodGet, "/attackers", nil))
	policy := w.Header().Get("Content-Security-Policy")
	if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || !strings.Contains(w.Body.String(), "/assets/a-1.js") {
		t.Errorf("%d, %v: %q", w.Code, w.Header(), w.Body)
	}
	for _, must := range []string{"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval';", "style-src 'self';", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, must) {
			t.Errorf("the policy lacks %s: %s", must, policy)
		}
	}
	if strings.Contains(policy, "unsafe-inline") || strings.Contains(policy, "'unsafe-eval'") || strings.Contains(policy, "http") {
		t.Errorf("the policy allows too much: %s", policy)
	}
}

func TestAssets(t *testing.T) {
	p := made()
	for _, c := range []struct {
		path, accept string
		found        bool
		kind         string
		packed       bool
	}{
		{"/assets/a-1.js", "gzip, br", true, "text/javascript", true},
		{"/assets/a-1.js", "", true, "text/javascript", false},
		{"/assets/b-1.svg", "gzip", true, "image/svg+xml", false}, // it would not get smaller
		{"/index.html", "gzip", false, "", false},
		{"/assets/notes.txt", "", false, "", false},
		{"/assets/none.js", "", false, "", false},
		{"/assets/../index.html", "", false, "", false},
		{"/assets", "", false, "", false},
		{"/.keep", "", false, "", false},
		{"/", "", false, "", false},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://gait"+c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		if found := p.Asset(w, r); found != c.found {
			t.Errorf("%s: found is %v", c.path, found)
			continue
		}
		if !c.found {
			if w.Body.Len() > 0 || len(w.Header()) > 0 {
				t.Errorf("%s: something was answered: %v", c.path, w.Header())
			}
			continue
		}
		h := w.Header()
		if !strings.HasPrefix(h.Get("Content-Type"), c.kind) || (h.Get("Content-Encoding") == "gzip") != c.packed || !strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s, accepting %q: %v", c.path, c.accept, h)
		}
		if c.packed {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := io.ReadAll(z); err != nil || !strings.HasPrefix(string(text), "let a") {
				t.Errorf("%s: %q, %v", c.path, text, err)
			}
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	w := httptest.NewRecorder()
	made().Document(w, httptest.NewRequest(http.MethodHead, "/", nil))
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("%d bytes, %v", w.Body.Len(), w.Header())
	}
}
