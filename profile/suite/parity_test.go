package suite_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"testing"
	"time"

	"gait"
	"gait/internal/shared"
	"gait/profile"
	"gait/profile/suite"
	"gait/recording/reader"
	"gait/recording/shard"
)

// expected is one row of what the reference engine says.
type expected struct {
	Sid, Primitive, Value  string
	Confidence, Start, End float64
}

// parityRows is the number of rows of the vectors.
const parityRows = 25122

func unzip(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readExpected(t *testing.T) map[string]expected {
	t.Helper()
	rows := map[string]expected{}
	scan := bufio.NewScanner(bytes.NewReader(unzip(t, shared.Path(t, "vectors", "parity.expected.jsonl.gz"))))
	for scan.Scan() {
		var e expected
		if err := json.Unmarshal(scan.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		rows[e.Sid+" "+e.Primitive] = e
	}
	if len(rows) != parityRows {
		t.Fatalf("%d rows, want %d", len(rows), parityRows)
	}
	return rows
}

func TestParityWithTheReference(t *testing.T) {
	rows := readExpected(t)
	text := unzip(t, shared.Path(t, "vectors", "parity.shard.jsonl.gz"))
	src := &reader.Source{ReaderAt: bytes.NewReader(text), Size: int64(len(text)), Name: "parity.shard.jsonl", Path: "parity.shard.jsonl"}
	rec, err := shard.Format{}.Open(src, reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	engine := profile.NewCompatEngine(suite.All)
	agree := 0
	for _, b := range rec.Batches() {
		err := b.Each(func(s *gait.Session) error {
			r := engine.Profile(s, time.Time{})
			for _, f := range r.Failures {
				t.Error(f)
			}
			for i := range r.Observations {
				o := &r.Observations[i]
				key := s.ID + " " + o.Primitive
				want, ok := rows[key]
				delete(rows, key)
				if !ok {
					t.Errorf("%s: %s %v, the reference is silent", key, o.Value, o.Confidence)
				} else if bad := differs(o, want, s.Start); bad != "" {
					t.Errorf("%s: %s; measures %v", key, bad, o.Measures)
				} else {
					agree++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range rows {
		t.Errorf("%s: silent, want %s %v", key, want.Value, want.Confidence)
	}
	t.Logf("%d of %d rows agree", agree, parityRows)
}

// differs says how an observation differs from what was expected.
func differs(o *gait.Observation, want expected, start time.Time) string {
	base := float64(start.Unix())
	switch {
	case o.Value != want.Value:
		return fmt.Sprintf("%s, want %s", o.Value, want.Value)
	case math.Abs(o.Confidence-want.Confidence) > 1e-12:
		return fmt.Sprintf("confidence %v, want %v", o.Confidence, want.Confidence)
	case !o.Window.Unix || micro(o.Window.Start) != math.Round((base+want.Start)*1e6) || micro(o.Window.End) != math.Round((base+want.End)*1e6):
		return fmt.Sprintf("window %v, want %v to %v", o.Window, want.Start, want.End)
	}
	return ""
}

func micro(d time.Duration) float64 { return float64(d / time.Microsecond) }
