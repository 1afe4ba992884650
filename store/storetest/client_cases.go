package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/store"
)

// clientsOf gives a series of clients of an identity, the newest first, with a
// window of an hour.
func clientsOf(t *testing.T, s store.Store, identity, series string) string {
	t.Helper()
	h, err := s.History(t.Context(), store.HistoryQuery{Identity: identity, Rules: map[string]int{modality: 1}, Limit: 3, Least: 1000, Clients: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if _, read := h.Past[modality]; read {
		t.Error("observations were read of an identity with few sessions")
	}
	return spelled(h, series)
}

func testClients(t *testing.T, s store.Store) {
	who := keep(t, s, visit{n: 1000, address: whoever})[0].Attacker
	for _, series := range []string{store.SeriesHASSH, store.SeriesVersion} {
		same(t, "series of no client", clientsOf(t, s, who, series), "")
	}
	keep(t, s,
		visit{n: 10, address: whoever, client: "a", hassh: "1"},
		visit{n: 69, address: whoever, client: "b\x00\xff\\"},
		visit{n: 70, address: whoever, client: strings.Repeat("c", 300)},
		visit{n: 5, address: whoever, hassh: "0"},
		visit{n: 71, address: "198.51.100.8", client: "another's", hassh: "another's"},
	)
	// Each window ends at the newest that tells of it, and holds its first moment.
	same(t, "versions", clientsOf(t, s, who, store.SeriesVersion), strings.Repeat("c", 256)+" b\x00\xff\\ a")
	same(t, "fingerprints", clientsOf(t, s, who, store.SeriesHASSH), "1 0")
	keep(t, s, visit{n: 10, address: whoever, client: "z", extent: 200}) // read anew
	same(t, "versions", clientsOf(t, s, who, store.SeriesVersion), strings.Repeat("c", 256)+" b\x00\xff\\ z")
	same(t, "fingerprints", clientsOf(t, s, who, store.SeriesHASSH), "0")
	odd := visit{n: 2000, address: whoever, client: "odd", hassh: "odd"}
	doubtful := odd.profile()
	doubtful.Doubtful = true
	save(t, s, doubtful)
	same(t, "fingerprints", clientsOf(t, s, who, store.SeriesHASSH), "0")
	if _, err := s.Forget(t.Context(), store.Subject{Session: visit{n: 5}.ref()}, false); err != nil {
		t.Fatal(err)
	}
	same(t, "fingerprints", clientsOf(t, s, who, store.SeriesHASSH), "")
	if next, n, err := s.LearnClients(t.Context(), 0, 10); err != nil || next != 0 || n != 0 {
		t.Errorf("learned of %d sessions, next %d, %v", n, next, err)
	}
	sound(t, s)
}

// testClientsOfMany compares series with what they are by their definition,
// where the newest sessions do not hold them.
func testClientsOfMany(t *testing.T, s store.Store) {
	chance := rand.New(rand.NewPCG(3, 4))
	var visits []visit
	for i := range 300 {
		v := visit{n: i/2 + 1, address: whoever} // two at a time
		if i%2 == 1 {
			v.decoy = "web-02"
		}
		if i < 150 && chance.IntN(3) > 0 {
			v.hassh = fmt.Sprint("h", chance.IntN(4))
		}
		if chance.IntN(3) > 0 {
			v.client = fmt.Sprint("c", chance.IntN(4))
		}
		visits = append(visits, v)
	}
	var who string
	for part := range slices.Chunk(visits, 50) {
		who = keep(t, s, part...)[0].Attacker
	}
	slices.Reverse(visits)
	for series, of := range map[string]func(visit) string{
		store.SeriesHASSH: func(v visit) string { return v.hassh }, store.SeriesVersion: func(v visit) string { return v.client },
	} {
		var want []string
		newest := -1
		for _, v := range visits {
			if of(v) == "" {
				continue
			}
			newest = max(newest, v.n)
			if v.n >= newest-60 {
				want = append(want, of(v))
			}
		}
		got := strings.Fields(clientsOf(t, s, who, series))
		if slices.Sort(got); len(want) < 50 {
			t.Fatalf("%s: only %d", series, len(want))
		}
		slices.Sort(want)
		same(t, series, strings.Join(got, " "), strings.Join(want, " "))
	}
}
