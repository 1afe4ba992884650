package assess_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess"
	"gait/internal/shared"
	"gait/internal/simulate"
	"gait/profile"
	"gait/profile/suite"
	"gait/recording"
	"gait/recording/reader"
)

// BenchmarkMade profiles made-up sessions by the primitives of package suite
// alone and with the conclusions: the ratio says what the conclusions cost.
func BenchmarkMade(b *testing.B) {
	for _, visitor := range []string{"human", "loader", "agent", "claude-cl"} {
		v := simulate.Find(visitor)
		if v == nil {
			b.Fatal(visitor)
		}
		var list []*gait.Session
		for n := range uint64(50) {
			list = append(list, v.Session(n))
		}
		b.Run(visitor, func(b *testing.B) { compare(b, list) })
	}
}

// BenchmarkCorpus is [BenchmarkMade] with the labelled sessions of the corpus,
// one class at a time.
func BenchmarkCorpus(b *testing.B) {
	labels, err := os.ReadFile(shared.Path(b, "corpus", "labels.dev.tsv"))
	if err != nil {
		b.Fatal(err)
	}
	list := map[string][]*gait.Session{}
	for line := range strings.Lines(string(labels)) {
		file, rest, _ := strings.Cut(line, "\t")
		class, _, _ := strings.Cut(rest, "\t")
		if file == "file" {
			continue // names of the columns
		}
		list[class] = append(list[class], sessions(b, shared.Path(b, "corpus", filepath.FromSlash(file)))...)
	}
	for _, class := range []string{"human", "bot", "llm"} {
		b.Run(class, func(b *testing.B) { compare(b, list[class]) })
	}
}

// sessions reads all sessions of a recording.
func sessions(b *testing.B, path string) (list []*gait.Session) {
	b.Helper()
	opt := recording.Options{Limits: reader.DefaultLimits()}
	opt.Limits.Duration = 400 * 24 * time.Hour // sittings of one person lie days apart
	file, err := recording.Open(path, opt)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	for s, err := range recording.Sessions(file) {
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, s.Clone())
	}
	return list
}

// compare profiles the same sessions with both lists of primitives by turns,
// and reports for both the mean over the sessions of the fastest turn of each:
// what else the machine does then counts little. A turn is all sessions: one that
// was profiled just before is read quicker, whichever list comes second.
func compare(b *testing.B, list []*gait.Session) {
	if len(list) == 0 {
		b.Fatal("no sessions")
	}
	engines := [2]*profile.Engine{profile.EngineOf(suite.All, false), profile.EngineOf(assess.All, false)}
	fastest := make([][2]time.Duration, len(list))
	for i := range fastest {
		fastest[i] = [2]time.Duration{math.MaxInt64, math.MaxInt64}
	}
	b.ReportAllocs()
	for b.Loop() {
		for k, e := range engines {
			for i, s := range list {
				from := time.Now()
				e.Profile(s, time.Time{})
				fastest[i][k] = min(fastest[i][k], time.Since(from))
			}
		}
	}
	var sum [2]float64
	for _, f := range fastest {
		sum[0], sum[1] = sum[0]+float64(f[0]), sum[1]+float64(f[1])
	}
	b.ReportMetric(sum[0]/float64(len(list)), "suite-ns/session")
	b.ReportMetric(sum[1]/float64(len(list)), "assess-ns/session")
	b.ReportMetric(sum[1]/sum[0], "ratio")
}
