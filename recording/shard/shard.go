// Package shard reads and writes shards: JSON lines of many sessions of one
// decoy, service and day, each line tagged with its session id.
//
// A shard is indexed once: which session has lines where. A session is then
// read by its own bytes alone. The whole of a shard is read in batches of
// sessions that lie near each other, so that even lines of thousands of
// sessions in turn cost a bounded number of passes.
//
// Lines are bytes, not text: the reference recorder writes bytes from 0x80 on
// as they are, so a line may not be valid UTF-8, and a character may be cut
// between two lines. Every byte is kept.
package shard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"gait"
	"gait/recording/reader"
)

// FormatName is the name of the format.
const FormatName = "shard"

// Format opens shards.
type Format struct{}

// Name gives the format's name.
func (Format) Name() string { return FormatName }

// Detect looks for a line that begins like a shard's. The first lines of a
// shard may be torn, or runs of NUL after a crash.
func (Format) Detect(head []byte) bool {
	if bytes.HasPrefix(head, sidMark) || bytes.Contains(head, append([]byte{'\n'}, sidMark...)) {
		return true
	}
	head = bytes.TrimLeft(head, "\x00")
	if bytes.HasPrefix(head, sidMark) {
		return true
	}
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	var l struct {
		Sid *string          `json:"sid"`
		Hdr *json.RawMessage `json:"hdr"`
		Ch  *string          `json:"ch"`
	}
	return json.Unmarshal(line, &l) == nil && l.Sid != nil && (l.Hdr != nil || l.Ch != nil)
}

// Open indexes a shard. A last line that no line feed ends is read too.
func (Format) Open(src *reader.Source, lim reader.Limits) (reader.Recording, error) {
	r := NewRecording(src, lim)
	if err := r.Grow(true); err != nil {
		return nil, err
	}
	return r, nil
}

// Recording is an indexed shard. Its sessions may be read from several
// goroutines at once, but not while the index grows.
type Recording struct {
	src    *reader.Source
	limits reader.Limits
	index  *index
	place  place
	heavy  sync.Mutex // held by whoever reads a very large session

	partBytes int64 // see the constant

	mu       sync.Mutex
	oddities gait.Oddities
}

// NewRecording gives a recording whose index is still empty.
func NewRecording(src *reader.Source, lim reader.Limits) *Recording {
	return &Recording{src: src, limits: lim, index: newIndex(lim.Sessions), place: placeOf(src), partBytes: partBytes}
}

// Format gives the format's name.
func (r *Recording) Format() string { return FormatName }

// Oddities gives what was odd outside the sessions.
func (r *Recording) Oddities() gait.Oddities {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(gait.Oddities(nil), r.oddities...)
}

// merge adds oddities that belong to no session.
func (r *Recording) merge(o gait.Oddities) {
	if len(o) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.oddities.Merge(o)
}

// place is where a shard belongs in the tree of shards, from its path alone:
// never from its content.
type place struct {
	decoy, service string // "-" where the shard lies outside a tree
	file           string // without .gz or .zst
	path           string // as it was given
}

var (
	decoyName   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	serviceName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
	shardName   = regexp.MustCompile(`^sessions-\d{4}-\d{2}-\d{2}(\.\d+)?\.jsonl$`)
)

// placeOf reads a place off the end of a path.
func placeOf(src *reader.Source) place {
	p := place{decoy: "-", service: "-", file: src.Name, path: src.Path}
	path := src.Path
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	parts := strings.Split(filepath.ToSlash(path), "/")
	n := len(parts)
	if n < 4 || parts[n-2] != "transcripts" || !shardName.MatchString(p.file) {
		return p
	}
	if decoy, service := parts[n-4], parts[n-3]; DecoyName(decoy) && ServiceName(service) {
		p.decoy, p.service = decoy, service
	}
	return p
}

// Split reads {decoy}/{service}/transcripts/{file} off the end of the path of a
// shard in a tree; the file comes without .gz or .zst. It is false for any
// other path.
func Split(path string) (decoy, service, file string, ok bool) {
	name := filepath.Base(path)
	p := placeOf(&reader.Source{Name: strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst"), Path: path})
	return p.decoy, p.service, p.file, p.decoy != "-"
}

// DecoyName says whether a name can be a decoy's.
func DecoyName(name string) bool { return decoyName.MatchString(name) }

// ServiceName says whether a name can be a service's.
func ServiceName(name string) bool { return serviceName.MatchString(name) }

// FileName says whether a name, without .gz or .zst, is that of a shard in a
// tree.
func FileName(name string) bool { return shardName.MatchString(name) }

// Ref gives the evidence reference of a session in a shard. A file outside a
// tree may have any name: what does not show, or turns what stands beside it,
// is written as %XX.
func Ref(decoy, service, file, id string) string {
	return "shard:" + decoy + "/" + service + "/" + seen(file) + "#" + id
}

// seen gives a file's name in characters that show.
func seen(name string) string {
	hidden := func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
	if !strings.ContainsFunc(name, hidden) {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		if !hidden(r) && r != '%' {
			b.WriteRune(r)
			continue
		}
		for _, c := range []byte(string(r)) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// fill writes what the place says into a header.
func (p place) fill(h *gait.Header) {
	h.Path = p.path
	h.EvidenceRef = Ref(p.decoy, p.service, p.file, h.ID)
	if p.decoy != "-" {
		h.Decoy, h.Service = p.decoy, p.service
	}
}
