package recording

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"gait"
)

func TestBombsAreCutAtTheLimits(t *testing.T) {
	line := "PLAIN " + strings.Repeat("a", 1017) + "\n"
	data := strings.Repeat(line, 20<<10) // 20 MB
	for name, packed := range map[string]string{"bomb.gz": gz(t, data), "bomb.zst": zst(t, data), "twice.gz": gz(t, gz(t, data))} {
		for limit, size := range map[string]int64{"size": 1 << 20, "ratio": freeRatio} {
			opt := fakes()
			opt.Limits = DefaultLimits()
			opt.TempDir = t.TempDir()
			if limit == "size" {
				opt.Limits.Unpacked = size
			} else {
				opt.Limits.Ratio = 2
			}
			path := filepath.Join(files(t, map[string]string{name: packed}), name)
			f, ids := read(t, path, opt)
			most := size / int64(len(line))
			if int64(len(ids)) > most+1 || int64(len(ids)) < most/2 {
				t.Errorf("%s: %d sessions within the %s limit, want about %d", name, len(ids), limit, most)
			}
			if f.Oddities().Count(gait.OddUnpackLimit) != 1 {
				t.Errorf("%s: %s: the cut was not counted: %v", name, limit, f.Oddities())
			}
		}
	}
}

func TestRatioIsOfTheWholeInput(t *testing.T) {
	opt := fakes()
	opt.Limits = DefaultLimits()
	if u := newUnpacker(10, opt.filled()); u.left != freeRatio {
		t.Errorf("10 bytes may become %d", u.left)
	}
	if u := newUnpacker(1<<20, opt.filled()); u.left != 1000<<20 {
		t.Errorf("1 MB may become %d", u.left)
	}
	if u := newUnpacker(1<<60, opt.filled()); u.left != opt.Limits.Unpacked {
		t.Errorf("a huge file may become %d", u.left)
	}
	opt.Limits.Unpacked = 100
	if u := newUnpacker(10, opt.filled()); u.left != 100 {
		t.Errorf("the size limit is not kept: %d", u.left)
	}
}

func TestTornPackingKeepsWhatCameBefore(t *testing.T) {
	var data strings.Builder
	for i := range 20_000 {
		data.WriteString("PLAIN " + strings.Repeat(string(rune('a'+i%26)), i%50+1) + "\n")
	}
	for name, packed := range map[string]string{"torn.gz": gz(t, data.String()), "torn.zst": zst(t, data.String(), zstd.WithWindowSize(1<<16))} {
		whole := files(t, map[string]string{name: packed})
		_, all := read(t, filepath.Join(whole, name), fakes())
		for _, damaged := range []string{packed[:len(packed)-3], packed[:len(packed)*3/4], packed + "trailing rubbish"} {
			dir := files(t, map[string]string{name: damaged})
			f, ids := read(t, filepath.Join(dir, name), fakes())
			if len(ids) == 0 || len(ids) > len(all)+1 || !slices.Equal(ids[:len(ids)-1], all[:len(ids)-1]) {
				t.Errorf("%s: %d of %d sessions are left of %d of %d bytes", name, len(ids), len(all), len(damaged), len(packed))
			}
			if f.Oddities().Count(gait.OddTornPacking) != 1 {
				t.Errorf("%s: not counted: %v", name, f.Oddities())
			}
		}
	}
}

func TestWindowOfZstdIsLimited(t *testing.T) {
	data := strings.Repeat("PLAIN a\n", 1000)
	var b strings.Builder
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(128<<20), zstd.WithSingleSegment(false))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 { // more than one block, so that the frame states its window
		if _, err := w.Write([]byte(strings.Repeat(data, 20))); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(files(t, map[string]string{"a.zst": b.String()}), "a.zst")
	if _, err := Open(path, fakes()); err == nil || !strings.Contains(err.Error(), "--long=31") {
		t.Errorf("%v", err)
	}
}

func TestTemporaryFileHasNoName(t *testing.T) {
	data := strings.Repeat("PLAIN "+strings.Repeat("x", 1<<20)+"\n", 20)
	path := filepath.Join(files(t, map[string]string{"a.gz": gz(t, data)}), "a.gz")
	opt := fakes()
	opt.TempDir = t.TempDir()
	f, ids := read(t, path, opt)
	if len(ids) != 20 {
		t.Errorf("%d sessions", len(ids))
	}
	if left, err := os.ReadDir(opt.TempDir); err != nil || len(left) != 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	spool := f.held[1].(*spool)
	if info, err := spool.file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	opt.TempDir = filepath.Join(opt.TempDir, "missing")
	if _, err := Open(path, opt); err == nil || !strings.Contains(err.Error(), "TMPDIR") {
		t.Errorf("without a folder for it: %v", err)
	}
}

func TestSpoolReadsWhatWasWritten(t *testing.T) {
	for _, size := range []int{0, 1, spoolMemory, spoolMemory + 1} {
		s := &spool{folder: t.TempDir()}
		data := strings.Repeat("0123456789abcdef", size/16+1)[:size]
		for part := range slices.Chunk([]byte(data), 1<<20-1) {
			if _, err := s.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		got := make([]byte, size+1)
		if n, err := s.ReadAt(got, 0); n != size || err == nil || string(got[:n]) != data {
			t.Errorf("%d of %d bytes came back: %v", n, size, err)
		}
		if (s.file != nil) != (size > spoolMemory) {
			t.Errorf("%d bytes: in a file is %v", size, s.file != nil)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
