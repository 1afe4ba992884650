package ttylog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"gait"
	"gait/internal/shared"
	"gait/recording/reader"
)

// epoch is when the tests' logs begin, in microseconds since 1970.
const epoch = int64(1617000000_250000)

// log writes terminal logs; ms are milliseconds after epoch.
type log struct {
	bytes.Buffer
	native bool
}

func (l *log) rec(op, dir int32, us int64, data string) *log {
	le := binary.LittleEndian
	us += epoch
	b := le.AppendUint32(nil, uint32(op))
	if l.native {
		b = append(b, make([]byte, 12)...)
		b = le.AppendUint32(b, uint32(len(data)))
		b = le.AppendUint32(b, uint32(dir))
		b = le.AppendUint64(b, uint64(us/1e6))
		b = le.AppendUint64(b, uint64(us%1e6))
	} else {
		b = append(b, make([]byte, 4)...)
		b = le.AppendUint32(b, uint32(len(data)))
		b = le.AppendUint32(b, uint32(dir))
		b = le.AppendUint32(b, uint32(us/1e6))
		b = le.AppendUint32(b, uint32(us%1e6))
	}
	l.Write(b)
	l.WriteString(data)
	return l
}

func (l *log) open(ms int64) *log               { return l.rec(opOpen, 0, ms*1000, "") }
func (l *log) close(ms int64) *log              { return l.rec(opClose, 0, ms*1000, "") }
func (l *log) in(ms int64, data string) *log    { return l.rec(opWrite, 1, ms*1000, data) }
func (l *log) out(ms int64, data string) *log   { return l.rec(opWrite, 2, ms*1000, data) }
func (l *log) third(ms int64, data string) *log { return l.rec(opWrite, 3, ms*1000, data) }

// typed writes keys and their echo, one key each 100 ms.
func (l *log) typed(ms int64, in, out int32, text string) *log {
	for i := range len(text) {
		at := (ms + int64(i)*100) * 1000
		l.rec(opWrite, in, at, text[i:i+1]).rec(opWrite, out, at+900, text[i:i+1])
	}
	return l
}

func source(b []byte) *reader.Source {
	return &reader.Source{ReaderAt: bytes.NewReader(b), Size: int64(len(b)), Name: "log", Path: "some/log"}
}

// read gives all sessions of a log.
func read(t *testing.T, b []byte, lim reader.Limits) ([]*gait.Session, gait.Oddities) {
	t.Helper()
	rec, err := Format{}.Open(source(b), lim)
	if err != nil {
		t.Fatal(err)
	}
	var all []*gait.Session
	for _, batch := range rec.Batches() {
		if err := batch.Each(func(s *gait.Session) error { all = append(all, s.Clone()); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return all, rec.Oddities()
}

// one gives the only session of a log.
func one(t *testing.T, l *log) *gait.Session {
	t.Helper()
	all, _ := read(t, l.Bytes(), reader.DefaultLimits())
	if len(all) != 1 {
		t.Fatalf("%d sessions, want 1", len(all))
	}
	return all[0]
}

// text writes the events of a session as one line.
func text(s *gait.Session) string {
	var b bytes.Buffer
	for i, e := range s.Events() {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(e.Kind.String()[:1] + "@" + e.Time.String() + ":" + string(e.Data))
	}
	return b.String()
}

// corpus gives the terminal logs beside the project.
func corpus(t *testing.T) []string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "cowrie"), "*"))
	if len(files) == 0 {
		t.Fatal("the corpus is empty")
	}
	return files
}

// failing fails to read from an offset on.
type failing struct {
	*bytes.Reader
	from int64
}

var errDisk = errors.New("bad disk")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		n, _ := f.Reader.ReadAt(p[:max(0, min(int64(len(p)), f.from-off))], off)
		return n, errDisk
	}
	n, err := f.Reader.ReadAt(p, off)
	if err == io.EOF && n > 0 {
		err = nil
	}
	return n, err
}
