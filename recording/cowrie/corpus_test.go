package cowrie

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gait"
	"gait/internal/shared"
)

// TestCorpus joins all terminal logs of the corpus with a log that names them,
// each twice: the second time it was thrown away as a duplicate.
func TestCorpus(t *testing.T) {
	dir := shared.Path(t, "corpus", "cowrie")
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(paths) == 0 {
		t.Fatal("the corpus is empty")
	}
	l, files := new(log), folder{}
	for i, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(path)
		files[base] = string(b)
		for j, duplicate := range []bool{false, true} {
			id := fmt.Sprintf("%08x%04x", i, j)
			l.connect(i*1000+j, id).tty(i*1000+j+500, id, "var/lib/cowrie/tty/"+base, duplicate).closed(i*1000+j+600, id)
		}
	}
	all := sessions(t, open(t, files, l))
	if len(all) != 2*len(paths) {
		t.Fatalf("%d sessions of %d files", len(all), len(paths))
	}
	for i, s := range all {
		if s.Len() == 0 || s.Fidelity.Swapped || s.Fidelity.Input == gait.GranularityKey || s.Truncated != "" || !s.End.Seen {
			t.Errorf("%s: %d events, %+v, %v", s.Path, s.Len(), s.Fidelity, s.Oddities)
		}
		if i%2 == 1 && !s.Fidelity.SharedTiming {
			t.Errorf("%s: a duplicate's timing is taken for its own", s.Path)
		}
	}
}
