// Package web holds the page that browsers get: what Vite makes of the sources
// beside it, in the folder dist. A binary that was built without Node.js holds
// none.
package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:dist
var built embed.FS

// Page is the built page. It is safe for concurrent use.
type Page struct {
	files fs.FS
	mu    sync.Mutex
	kept  map[string]*file
}

// file is one file of the page, as it goes over the wire.
type file struct {
	plain, packed []byte // packed is empty where it would not be smaller
	kind          string
}

// Built gives the page that is in this binary; nil where there is none.
func Built() *Page {
	dist, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return of(dist)
}

// of gives the page that lies in a folder; nil where there is none.
func of(files fs.FS) *Page {
	p := &Page{files: files, kept: map[string]*file{}}
	if p.file("index.html") == nil {
		return nil
	}
	return p
}

// Document answers with the one HTML document of the page. Which view it shows
// is decided by its script, from the address.
func (p *Page) Document(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	p.file("index.html").write(w, r)
}

// policy lets the page run its own scripts, use its own styles and talk to
// where it came from, and nothing else: no inline code, no other host. The
// player of recordings is WebAssembly, which has to be allowed by name; pictures
// in the player's style sheet are data.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Asset answers with a file that the document names. Their names change with
// their content, so that browsers keep them for good. It says whether there is
// one of that name.
func (p *Page) Asset(w http.ResponseWriter, r *http.Request) bool {
	name := strings.TrimPrefix(r.URL.Path, "/")
	f := p.file(name)
	if f == nil || name == "index.html" {
		return false
	}
	keep := "no-cache"
	if strings.HasPrefix(name, "assets/") {
		keep = "public, max-age=31536000, immutable"
	}
	w.Header().Set("Cache-Control", keep)
	f.write(w, r)
	return true
}

// write answers with the file, packed for whoever takes it so.
func (f *file) write(w http.ResponseWriter, r *http.Request) {
	h, body := w.Header(), f.plain
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	if len(f.packed) > 0 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		// A client that goes away is the only thing that can fail here.
		_, _ = w.Write(body)
	}
}

// file gives a file of the page, packed when it is first asked for; nil where
// there is none of that name.
func (p *Page) file(name string) *file {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f := p.kept[name]; f != nil {
		return f
	}
	kind := kindOf(name)
	if kind == "" || !fs.ValidPath(name) {
		return nil
	}
	plain, err := fs.ReadFile(p.files, name)
	if err != nil {
		return nil
	}
	f := &file{plain: plain, packed: pack(plain), kind: kind}
	p.kept[name] = f
	return f
}

// kindOf gives the type of what is served, by the end of its name; empty for
// what is not.
func kindOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html", ".css", ".js", ".svg", ".wasm":
		return mime.TypeByExtension(ext)
	}
	return ""
}

// pack gives the gzip of b, nil where that is not smaller.
func pack(b []byte) []byte {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	z.Write(b) // a buffer takes all
	z.Close()
	if out.Len() >= len(b) {
		return nil
	}
	return out.Bytes()
}
