package asciicast

import (
	"os"
	"path/filepath"
	"testing"

	"gait"
	"gait/internal/shared"
	"gait/recording/reader"
)

func TestCorpus(t *testing.T) {
	for class, want := range map[string]int{"typing": 33, "llm": 16} {
		paths, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", class), "*.cast"))
		if err != nil || len(paths) < want {
			t.Fatalf("%s: %d recordings, %v", class, len(paths), err)
		}
		for _, path := range paths {
			s := readFile(t, path)
			if s.Len() == 0 || s.Fidelity.Input != gait.GranularityPacket || s.Fidelity.Output != (class == "llm") {
				t.Errorf("%s: %d events, %+v", path, s.Len(), s.Fidelity)
			}
			for _, o := range s.Oddities {
				t.Logf("%s: %s %d", filepath.Base(path), o.Kind, o.Count)
			}
			if s.Truncated != "" {
				t.Logf("%s: %s after %d events", filepath.Base(path), s.Truncated, s.Len())
			}
		}
	}
}

func readFile(t *testing.T, path string) *gait.Session {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !(Format{}).Detect(data[:min(len(data), reader.HeadSize)]) {
		t.Fatal(path, "was not detected")
	}
	return readText(t, string(data))
}
