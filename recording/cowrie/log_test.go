package cowrie

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// epoch is when the tests' logs begin.
var epoch = time.Date(2021, 3, 29, 6, 40, 0, 0, time.UTC)

// at gives a time in the log, ms milliseconds after epoch.
func at(ms int) string {
	return epoch.Add(time.Duration(ms) * time.Millisecond).Format("2006-01-02T15:04:05.000000Z07:00")
}

// log writes event logs.
type log struct{ bytes.Buffer }

// ev writes an event; more are further fields as they stand in JSON.
func (l *log) ev(ms int, session, id, more string) *log {
	if more != "" {
		more += ","
	}
	fmt.Fprintf(l, `{"eventid":"cowrie.%s",%s"sensor":"web-01","timestamp":"%s","session":"%s","src_ip":"198.51.100.7"}`+"\n", id, more, at(ms), session)
	return l
}

func (l *log) connect(ms int, session string) *log {
	return l.ev(ms, session, "session.connect", `"src_port":50022,"dst_port":22,"protocol":"ssh"`)
}

func (l *log) command(ms int, session, text string) *log {
	b, _ := json.Marshal(text)
	return l.ev(ms, session, "command.input", `"input":`+string(b))
}

func (l *log) tty(ms int, session, path string, duplicate bool) *log {
	return l.ev(ms, session, "log.closed", fmt.Sprintf(`"ttylog":"%s","size":9,"duplicate":%v,"duration_ms":5`, path, duplicate))
}

func (l *log) closed(ms int, session string) *log {
	return l.ev(ms, session, "session.closed", `"duration":"1.0"`)
}

// terminal writes a terminal log that begins at a time; what was typed comes a
// second later.
func terminal(ms int, typed string) string {
	var b []byte
	rec := func(op, dir uint32, ms int, data string) {
		t := epoch.Add(time.Duration(ms) * time.Millisecond).UnixMicro()
		for _, n := range []uint32{op, 0, uint32(len(data)), dir, uint32(t / 1e6), uint32(t % 1e6)} {
			b = binary.LittleEndian.AppendUint32(b, n)
		}
		b = append(b, data...)
	}
	rec(1, 0, ms, "")
	rec(3, 2, ms+5, "$ ")
	rec(3, 1, ms+1000, typed)
	rec(2, 0, ms+2000, "")
	return string(b)
}

// folder is a folder in memory.
type folder map[string]string

func (f folder) Open(name string) (*reader.Neighbour, error) {
	data, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &reader.Neighbour{Source: *source("tty/"+name, []byte(data)), Closer: io.NopCloser(nil)}, nil
}

func source(path string, b []byte) *reader.Source {
	return &reader.Source{ReaderAt: bytes.NewReader(b), Size: int64(len(b)), Name: path, Path: path}
}

// open opens logs in the order given.
func open(t testing.TB, files reader.Dir, logs ...*log) *Recording {
	t.Helper()
	var sources []*reader.Source
	for i, l := range logs {
		sources = append(sources, source(fmt.Sprintf("log/cowrie.json.%d", i), l.Bytes()))
	}
	r, err := Open(sources, files, reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sessions reads everything.
func sessions(t testing.TB, r *Recording) []*gait.Session {
	t.Helper()
	var all []*gait.Session
	for _, b := range r.Batches() {
		if err := b.Each(func(s *gait.Session) error { all = append(all, s.Clone()); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// one reads the only session of logs.
func one(t testing.TB, files reader.Dir, logs ...*log) *gait.Session {
	t.Helper()
	all := sessions(t, open(t, files, logs...))
	if len(all) != 1 {
		t.Fatalf("%d sessions, want 1", len(all))
	}
	return all[0]
}

// shown writes the events of a session as one line.
func shown(s *gait.Session) string {
	var b strings.Builder
	for i, e := range s.Events() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(e.Kind.String()[:1] + "@" + e.Time.String() + ":" + string(e.Data))
	}
	return b.String()
}

func bytesBuffer(b []byte) *bytes.Buffer { return bytes.NewBuffer(b) }
