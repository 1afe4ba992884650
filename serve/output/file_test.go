package output

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gait/store/storetest"
)

func TestFileHoldsEveryObservationInOrder(t *testing.T) {
	s := storetest.SQLite(t)
	samples(t, s, 0, 5) // before the output was there
	path := filepath.Join(t.TempDir(), "out.jsonl")
	to := spec(t, "jsonl:"+path)
	for round := range 4 { // the output is ended and started in between
		r := run(t, s, to)
		samples(t, s, 5+10*round, 10+10*round)
		if round%2 == 0 {
			until(t, "written", func() bool {
				got, _ := lines(t, path)
				return holdsInOrder(got, wanted(5, 10+10*round)) == nil
			})
		}
		r.stop()
		samples(t, s, 10+10*round, 15+10*round) // while it is not running
	}
	run(t, s, to)
	var last error
	until(t, "written", func() bool {
		got, torn := lines(t, path)
		if last = holdsInOrder(got, wanted(5, 45)); torn > 0 {
			t.Fatalf("%d lines are torn", torn)
		}
		return last == nil
	})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestFileGoesOnAfterTrouble(t *testing.T) {
	s := storetest.SQLite(t)
	dir := filepath.Join(t.TempDir(), "below")
	path := filepath.Join(dir, "out.jsonl")
	r := run(t, s, spec(t, "jsonl:"+path))
	samples(t, s, 0, 3)
	until(t, "told", func() bool {
		c := r.board.Conditions()
		return len(c) == 1 && c[0].Part == "output" && strings.Contains(c[0].Cause, "out.jsonl") && c[0].Cure != ""
	})
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	whole := func(paths ...string) func() bool {
		return func() bool {
			if _, err := os.Stat(path); err != nil {
				return false
			}
			got, torn := lines(t, paths...)
			return torn == 0 && holdsInOrder(got, wanted(0, 3)) == nil
		}
	}
	until(t, "written", whole(path))
	until(t, "mended", func() bool { return len(r.board.Conditions()) == 0 })

	if err := os.Rename(path, path+".moved"); err != nil { // as logrotate does
		t.Fatal(err)
	}
	samples(t, s, 3, 6)
	until(t, "written anew", func() bool {
		if _, err := os.Stat(path); err != nil {
			return false
		}
		got, torn := lines(t, path+".moved", path)
		return torn == 0 && holdsInOrder(got, wanted(0, 6)) == nil
	})
}

func TestTornLineIsEnded(t *testing.T) {
	s := storetest.SQLite(t)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	if err := os.WriteFile(path, []byte(`{"id":"half`), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, s, spec(t, "jsonl:"+path))
	samples(t, s, 0, 1)
	until(t, "written", func() bool {
		got, torn := lines(t, path)
		return torn == 1 && holdsInOrder(got, wanted(0, 1)) == nil
	})
}

func TestOnlyRegularFilesAreWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, t.TempDir()} {
		f := newFile(Spec{Kind: JSONL, Target: p}, slog.New(slog.DiscardHandler))
		if err := f.put(context.Background(), &item{observed: storetest.Sample(0, 0).Observations}); err != nil {
			t.Fatal(err)
		}
		if err := f.flush(context.Background()); err == nil || !strings.Contains(err.Error(), p) {
			t.Errorf("%v", err)
		}
		if err := f.close(); err != nil {
			t.Error(err)
		}
	}
}

// What the disk did not take comes again, whole.
func TestFailedWriteIsRepeated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	f := newFile(Spec{Kind: JSONL, Target: path}, slog.New(slog.DiscardHandler))
	one := &item{observed: storetest.Sample(0, 0).Observations}
	give := func() error {
		if err := f.put(context.Background(), one); err != nil {
			return err
		}
		return f.flush(context.Background())
	}
	if err := give(); err != nil {
		t.Fatal(err)
	}
	f.drop()
	var err error
	if f.f, err = os.Open(path); err != nil { // every write fails
		t.Fatal(err)
	}
	if err := give(); err == nil {
		t.Error("a write to a file opened for reading succeeds")
	}
	if err := give(); err != nil {
		t.Error(err)
	}
	if got, torn := lines(t, path); len(got) != 2*38 || torn != 0 {
		t.Errorf("%d lines, %d torn", len(got), torn)
	}
}

func TestFiltersChoose(t *testing.T) {
	s := storetest.SQLite(t)
	dir := t.TempDir()
	p := storetest.Sample(0, 0)
	value := map[string]string{}
	for _, o := range p.Observations {
		value[o.Primitive] = o.Value
	}
	modality := value["motor.input_modality"]
	if modality == "" {
		t.Fatal("the sample has no motor.input_modality")
	}
	files := map[string]bool{ // whether the first sample goes there
		"[motor.input_modality=" + modality + "]":                            true,
		"[motor.input_modality=none,motor.input_modality=" + modality + "]":  true,
		"[motor.input_modality=none]":                                        false,
		"[decoy=" + p.Decoy + ",service=ssh]":                                true,
		"[decoy=" + p.Decoy + ",service=telnet]":                             false,
		"[decoy=elsewhere]":                                                  false,
		"[motor.input_modality=" + modality + ",decoy=elsewhere,decoy=else]": false,
	}
	var specs []Spec
	for filter := range files {
		specs = append(specs, spec(t, "jsonl"+filter+":"+filepath.Join(dir, strings.NewReplacer("/", "_").Replace(filter))))
	}
	last := filepath.Join(dir, "all")
	run(t, s, append(specs, spec(t, "jsonl:"+last))...)
	samples(t, s, 0, 1)
	after := func() (n int64) {
		_, n, err := s.Positions(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}()
	until(t, "given", func() bool {
		list, err := s.Cursors(context.Background(), cursorPrefix)
		done := 0
		for _, c := range list {
			if n, ok := parsePosition(c.Value); ok && n == after {
				done++
			}
		}
		return err == nil && done == len(specs)+1
	})
	for filter, want := range files {
		_, err := os.Stat(filepath.Join(dir, filter))
		if (err == nil) != want {
			t.Errorf("%s: %v", filter, err)
		}
	}
}
