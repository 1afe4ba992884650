package recording

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// plain is a format for tests: a line "PLAIN name" for each session. A line
// "BROKEN" cannot be read.
type plain struct{}

func (plain) Name() string            { return "plain" }
func (plain) Detect(head []byte) bool { return bytes.HasPrefix(head, []byte("PLAIN ")) }

func (plain) Open(src *reader.Source, lim Limits) (Recording, error) {
	all, err := io.ReadAll(src.Reader())
	if err != nil {
		return nil, err
	}
	r := &fakeRecording{format: "plain", size: src.Size}
	for line := range strings.Lines(string(all)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "BROKEN" {
			r.broken = true
			continue
		}
		s := &gait.Session{Header: gait.Header{ID: strings.TrimPrefix(line, "PLAIN "), Path: src.Path, Format: "plain", EvidenceRef: src.Name}}
		s.Append(gait.Event{Kind: gait.Input, Data: []byte(line)}, -1)
		r.sessions = append(r.sessions, s)
	}
	r.odd.Add(gait.OddNUL, 1, 7)
	return r, nil
}

// journal is a format for tests: after its first line, each line names a plain
// recording. Journals of one folder are joined.
const journalHead = `{"journal":1,"timestamp":"`

type journal struct{}

func (journal) Name() string            { return "journal" }
func (journal) Detect(head []byte) bool { return bytes.HasPrefix(head, []byte(journalHead)) }
func (journal) Open(src *reader.Source, lim Limits) (Recording, error) {
	return joinJournals([]*reader.Source{src}, src.Dir, lim)
}

type joinedJournal struct {
	*fakeRecording
	claims map[string]bool
}

func (j joinedJournal) Claims(base string) bool { return j.claims[base] }

func (j joinedJournal) Names() iter.Seq[string] { return maps.Keys(j.claims) }

// Picks knows no times: the first of a name is read.
func (j joinedJournal) Picks(_ string, begun []time.Time) []bool {
	picks := make([]bool, len(begun))
	if len(picks) > 0 {
		picks[0] = true
	}
	return picks
}

func joinJournals(logs []*reader.Source, files reader.Dir, lim Limits) (joined, error) {
	j := joinedJournal{&fakeRecording{format: "journal"}, map[string]bool{}}
	for _, src := range logs {
		all, err := io.ReadAll(src.Reader())
		if err != nil {
			return nil, err
		}
		j.size += src.Size
		for n, name := range strings.Fields(string(all)) {
			if n == 0 {
				continue
			}
			j.claims[name] = true
			if files == nil {
				j.odd.Add(gait.OddMissingFile, 1, -1)
				continue
			}
			file, err := files.Open(name)
			if err != nil {
				j.odd.Add(gait.OddMissingFile, 1, -1)
				continue
			}
			rec, err := plain{}.Open(&file.Source, lim)
			file.Close()
			if err != nil {
				return nil, err
			}
			for _, s := range rec.(*fakeRecording).sessions {
				s.Format = "journal"
				j.sessions = append(j.sessions, s)
			}
		}
	}
	return j, nil
}

// fakeRecording is one batch of sessions.
type fakeRecording struct {
	format   string
	size     int64
	sessions []*gait.Session
	broken   bool
	odd      gait.Oddities
}

func (r *fakeRecording) Format() string          { return r.format }
func (r *fakeRecording) Batches() []Batch        { return []Batch{r} }
func (r *fakeRecording) Oddities() gait.Oddities { return r.odd }
func (r *fakeRecording) Size() int64             { return r.size }

func (r *fakeRecording) Session(id string) (*gait.Session, error) {
	for _, s := range r.sessions {
		if s.ID == id {
			return s, nil
		}
	}
	return nil, ErrNoSession
}

func (r *fakeRecording) Each(f func(*gait.Session) error) error {
	for _, s := range r.sessions {
		if err := f(s); err != nil {
			return err
		}
	}
	if r.broken {
		return &reader.Error{At: 3, What: "is broken"}
	}
	return nil
}

// fakes are options with the formats for tests alone.
func fakes() Options {
	return Options{kinds: []kind{{Format: plain{}}, {Format: journal{}, join: joinJournals}}}
}

// files writes files below a new folder; names are paths, a name that ends in
// a slash is a folder.
func files(t testing.TB, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range content {
		path := filepath.Join(dir, name)
		folder := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			folder = path
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if folder == path {
			continue
		}
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// opened reads all sessions of a file, as "path#id".
func opened(t testing.TB, f *File, dir string) (ids []string, err error) {
	t.Helper()
	for s, e := range Sessions(f) {
		if e != nil {
			err = errors.Join(err, e)
			continue
		}
		ids = append(ids, strings.TrimPrefix(s.Path, dir+"/")+"#"+s.ID)
	}
	return ids, err
}

// read opens a path and reads all of it.
func read(t testing.TB, path string, opt Options) (*File, []string) {
	t.Helper()
	f, err := Open(path, opt)
	if err != nil {
		t.Fatalf("open %s: %v", path, err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Errorf("close %s: %v", path, err)
		}
	})
	ids, err := opened(t, f, filepath.Dir(path))
	if err != nil {
		t.Fatalf("read %s: %v", path, err)
	}
	return f, ids
}
