package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"gait/internal/programtest"
)

// follower is a client of the live stream that is cut off at random and goes on
// where it was.
type follower struct {
	dir    string // the data folder of the system, which says where it is
	dice   *rand.Rand
	client *http.Client

	mu   sync.Mutex
	last string
	seen map[string]int // observations, by their id and revision
	cuts int
}

// follow goes on until the context ends.
func (f *follower) follow(ctx context.Context) {
	for ctx.Err() == nil {
		if f.once(ctx) != nil {
			f.rest(ctx)
		}
	}
}

// rest waits a little before it comes back.
func (f *follower) rest(ctx context.Context) {
	select {
	case <-time.After(time.Duration(20+f.dice.IntN(80)) * time.Millisecond):
	case <-ctx.Done():
	}
}

// once opens the stream and reads some events of it, or all there are.
func (f *follower) once(ctx context.Context) error {
	var at struct{ URL, Token string }
	b, err := os.ReadFile(f.dir + "/run.json")
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	if err != nil {
		return err
	}
	ctx, cut := context.WithTimeout(ctx, time.Duration(200+f.dice.IntN(2500))*time.Millisecond)
	defer cut()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.URL+"/api/v1/events", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+at.Token)
	if last := f.place(); last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := f.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("live stream: %s", res.Status)
	}
	return f.read(bufio.NewReader(res.Body))
}

// place is the id of the last event; empty before the first.
func (f *follower) place() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// read takes whole events only, as a browser does.
func (f *follower) read(r *bufio.Reader) error {
	var id, kind, data string
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			f.mu.Lock()
			f.cuts++
			f.mu.Unlock()
			return err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			data = value
		case "":
			if line == "\n" {
				f.note(id, kind, data)
				id, kind, data = "", "", ""
			}
		}
	}
}

func (f *follower) note(id, kind, data string) {
	var x struct {
		Payload struct {
			ID   string `json:"id"`
			Gait struct {
				Revision string `json:"revision"`
			} `json:"gait"`
		} `json:"payload"`
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if id != "" {
		f.last = id
	}
	if kind == "observation" && json.Unmarshal([]byte(data), &x) == nil {
		f.seen[x.Payload.ID+" "+x.Payload.Gait.Revision]++
	}
}

// missing says what is wrong with what came: nothing where each of the stored
// observations came once.
func (f *follower) missing(want map[string]bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, n := range f.seen {
		if n != 1 {
			return fmt.Errorf("%s came %d times", id, n)
		}
	}
	for id := range want {
		if f.seen[id] == 0 {
			return fmt.Errorf("%s never came; %d of %d did", id, len(f.seen), len(want))
		}
	}
	return nil
}

// exported gives the stored observations by id and revision.
func exported(text string) map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(text) {
		var x struct {
			ID   string `json:"id"`
			Gait struct {
				Revision string `json:"revision"`
			} `json:"gait"`
		}
		if json.Unmarshal([]byte(line), &x) == nil && x.ID != "" {
			all[x.ID+" "+x.Gait.Revision] = true
		}
	}
	return all
}

// TestLiveStreamsOutliveTheBus lets clients follow the live stream, each cut at
// random, while sessions are written, the NATS server goes away, an empty one
// takes its place, and the system itself is started anew: every client gets
// every observation once, and all of them are announced to the new server.
func TestLiveStreamsOutliveTheBus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Env = append(w.Env, "GAIT_DATA="+w.Path("run"))
	at, stop := programtest.BusAt(t, server.RANDOM_PORT)
	u, err := url.Parse(at)
	port, bad := strconv.Atoi(u.Port())
	if err = errors.Join(err, bad); err != nil {
		t.Fatal(err)
	}
	run := func() *system {
		return w.start("run", "run", "--shards", w.Path("root"), "--listen", "127.0.0.1:0", "--nats", at).ready()
	}
	s := run()
	ctx, end := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	var clients []*follower
	for i := range 100 {
		f := &follower{dir: s.Data, dice: rand.New(rand.NewPCG(uint64(i), 7)), client: &http.Client{Transport: &http.Transport{}}, seen: map[string]int{}}
		clients = append(clients, f)
		wait.Go(func() { f.follow(ctx) })
	}
	defer func() { end(); wait.Wait() }()
	programtest.Await(t, "every client to have the state", func() bool {
		for _, f := range clients {
			if f.place() == "" {
				return false
			}
		}
		return true
	})
	const some = 12
	write := func(n int) {
		w.Output("simulate", "-q", "--shards", w.Path("root"), "--count", strconv.Itoa(some), "--speed", "instant", "--rate", "12", "--seed", strconv.Itoa(n))
	}
	write(1)
	w.AwaitProfiled(some)
	stop()
	write(2) // while there is no server
	at2, stop2 := programtest.BusAt(t, port)
	t.Cleanup(stop2)
	if at2 != at {
		t.Fatalf("the new server is at %s, not at %s", at2, at)
	}
	write(3)
	w.AwaitProfiled(3 * some)
	s.Stop()
	s = run()
	write(4)
	w.AwaitAll(4 * some)
	want := exported(w.Output("db", "export", "--data", s.Data))
	if len(want) < 4*some {
		t.Fatalf("%d observations are stored", len(want))
	}
	programtest.Await(t, "every client to have everything", func() bool {
		for _, f := range clients {
			if f.missing(want) != nil {
				return false
			}
		}
		return true
	})
	cuts := 0
	for _, f := range clients {
		if err := f.missing(want); err != nil {
			t.Error(err)
		}
		cuts += f.cuts
	}
	t.Logf("%d clients got %d observations, over %d cuts", len(clients), len(want), cuts)
}
