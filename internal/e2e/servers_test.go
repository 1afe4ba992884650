package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gait/bus"
	"gait/internal/programtest"
)

// newFleet makes a world whose stages share a database and a bus of real
// servers.
func newFleet(t *testing.T) *world {
	dsn, server := os.Getenv("GAIT_TEST_POSTGRES"), os.Getenv("GAIT_TEST_NATS")
	if dsn == "" || server == "" {
		t.Skip("set GAIT_TEST_POSTGRES and GAIT_TEST_NATS: stages of their own share a database and a bus")
	}
	w := newWorld(t)
	prefix := fmt.Sprintf("e2e%d-", rand.Uint32())
	w.Env = append(w.Env, "GAIT_STORE="+programtest.Database(t, dsn), "GAIT_NATS="+server, "GAIT_NATS_PREFIX="+prefix, "GAIT_SHARDS="+w.Path("root"))
	dropStreams(t, server, prefix)
	return w
}

// dropStreams clears the streams of a system away when the test ends.
func dropStreams(t *testing.T, server, prefix string) {
	t.Helper()
	nc, err := nats.Connect(server)
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer nc.Close()
		for _, name := range []string{bus.StreamSessions, bus.StreamObservations, bus.StreamActivity} {
			if err := js.DeleteStream(context.Background(), prefix+name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
				t.Error(err)
			}
		}
	})
}

// buildNewer builds the program of a later release, in which one primitive has
// other rules.
func buildNewer(t *testing.T, path string) {
	t.Helper()
	source, err := filepath.Abs("../../profile/motor/input_modality.go")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	changed := text
	for from, to := range map[string]string{"Rules:     2,": "Rules:     3,", `profile.Say("pasted", 0.75,`: `profile.Say("pasted", 0.76,`} {
		if bytes.Count(changed, []byte(from)) != 1 {
			t.Fatalf("%s holds %q not once", source, from)
		}
		changed = bytes.Replace(changed, []byte(from), []byte(to), 1)
	}
	replaced, overlay := path+".go.txt", path+".json"
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{source: replaced}})
	if err = errors.Join(err, os.WriteFile(replaced, changed, 0o600), os.WriteFile(overlay, list, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := build(path, "-overlay", overlay); err != nil {
		t.Fatal(err)
	}
}

// TestServersProcessesOldAndNew runs the stages as processes: one collects, two
// work, of which one is of a later release and the other is killed in the
// middle, two answer. Nothing is lost, nothing is there twice, and in the end
// all is read by the newest rules.
func TestServersProcessesOldAndNew(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	newer := *w
	newer.Binary = w.Path("newer")
	buildNewer(t, newer.Binary)
	w.Output("db", "migrate")
	w.start("collect", "collect")
	old := w.start("work-old", "work", "--workers", "1")
	one := w.start("serve-1", "serve", "--listen", "127.0.0.1:0").ready()
	two := w.start("serve-2", "serve", "--listen", "127.0.0.1:0").ready()
	live := one.listen("")
	const batch = 40
	write := func() {
		t.Helper()
		w.Output("simulate", "-q", "--shards", w.Path("root"), "--count", fmt.Sprint(batch), "--rate", "400", "--speed", "instant")
	}
	write()
	w.AwaitProfiled(batch / 8)
	newer.start("work-new", "work", "--workers", "1")
	write()
	w.AwaitProfiled(batch)
	old.Kill()
	write()
	again := w.start("work-old-again", "work", "--workers", "1")
	write()
	w.AwaitAll(4 * batch)
	w.mixed(&newer)

	again.Stop()
	newer.Output("reprofile")
	programtest.Await(t, "all to be read by the newest rules", func() bool {
		return strings.HasPrefix(newer.Output("reprofile", "--dry-run"), "0 sessions ")
	})
	w.AwaitAll(4 * batch)
	programtest.Same(t, w.Output("db", "export"), newer.Output("profile", "-q", "-o", "jsonl", w.Path("root")))
	w.Output("db", "check")
	alike(t, one, two)
	live.await(t, 4*batch)
	told := live.sessions()
	for id := range one.sessions() {
		if !told[id] {
			t.Errorf("session %s was not told of", id)
		}
	}
}

// mixed checks that every session is there once, read by the rules of one of
// both releases.
func (w *world) mixed(newer *world) {
	w.T.Helper()
	have := programtest.Observations(w.Output("db", "export"))
	allowed := map[string]bool{}
	for _, x := range []*world{w, newer} {
		for _, line := range programtest.Observations(x.Output("profile", "-q", "-o", "jsonl", w.Path("root"))) {
			allowed[line] = true
		}
	}
	refs := map[string]int{}
	for _, line := range have {
		if !allowed[line] {
			w.T.Fatalf("stored, and read by neither release: %s", line)
		}
		if strings.Contains(line, `"primitive":"motor.input_modality"`) {
			_, ref, _ := strings.Cut(line, `"evidence_ref":`)
			ref, _, _ = strings.Cut(ref, ",")
			refs[ref]++
		}
	}
	for ref, n := range refs {
		if n != 1 {
			w.T.Errorf("%s is there %d times", ref, n)
		}
	}
}

// diskSize is what a database changes by itself.
var diskSize = regexp.MustCompile(`"bytes":\d+`)

// alike checks that two processes give the same answers.
func alike(t *testing.T, one, two *system) {
	t.Helper()
	for _, path := range []string{
		"/sessions?limit=1000", "/attackers?limit=1000", "/observations?primitive=motor.input_modality&limit=1000", "/stats",
		"/counts?since=" + day + "T00:00:00Z&until=" + day + "T23:59:59Z",
		"/waiting", "/rejected", "/values", "/primitives", "/sessions?filter=motor.input_modality%3Dpasted&limit=1000",
	} {
		s1, a1 := one.fetch("/api/v1"+path, one.Token)
		s2, a2 := two.fetch("/api/v1"+path, two.Token)
		a1, a2 = diskSize.ReplaceAll(a1, nil), diskSize.ReplaceAll(a2, nil)
		if s1 != 200 || s2 != 200 || !bytes.Equal(a1, a2) {
			t.Errorf("%s: %d and %d, %d and %d bytes:\n%.300s\n%.300s", path, s1, s2, len(a1), len(a2), a1, a2)
		}
	}
}
