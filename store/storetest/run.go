package storetest

import (
	"context"
	"testing"

	"gait/store"
)

// Place is where a store lies: it opens the same one each time.
type Place func(o store.Options) (store.Store, error)

// Run holds stores of one kind to the contract. Each call of place gives a
// fresh place that goes with the test.
func Run(t *testing.T, place func(testing.TB) Place) {
	t.Helper()
	open := func(t testing.TB) store.Store {
		t.Helper()
		return opened(t)(place(t)(store.Options{}))
	}
	t.Run("Questions", func(t *testing.T) { Questions(t, open) })
	for _, c := range intakeCases {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
	for _, c := range placeCases {
		t.Run(c.name, func(t *testing.T) { c.run(t, place(t)) })
	}
}

// intakeCases each need a fresh store.
var intakeCases = []struct {
	name string
	run  func(*testing.T, store.Store)
}{
	{"OfferAddsAndKnows", offerAdds},
	{"OfferOfWhatGrew", offerGrew},
	{"OfferOfAddresses", offerAddresses},
	{"OfferReplaces", offerReplaces},
	{"OfferReplacesWhatIsKnown", offerReplacesKnown},
	{"OfferOfLostAndFound", offerLostAndFound},
	{"OfferOfUnrecorded", offerUnrecorded},
	{"OfferOfForgotten", offerForgotten},
	{"OfferIsChecked", offerChecked},
	{"Cursors", cursors},
	{"TextsOfAllBytes", allBytes},
	{"BeginRaises", beginRaises},
	{"SettleAndRelease", settleAndRelease},
	{"WaitingInOrder", waitingInOrder},
	{"RejectIsBounded", rejectBounded},
	{"ResolveIsTheOneWay", resolveOneWay},
	{"SaveStoresAll", saveStoresAll},
	{"SaveReplaces", saveReplaces},
	{"SaveCountsWhatNewerRulesChange", saveCountsWhatNewerRulesChange},
	{"SaveKeepsTheBetter", saveKeepsBetter},
	{"SaveCountsOnce", saveCountsOnce},
	{"SaveMovesSessions", saveMoves},
	{"SaveOfUnknown", saveUnknown},
	{"SaveInGroups", saveInGroups},
	{"SaveRefusesWhole", saveRefuses},
	{"Latest", latestValues},
	{"Outbox", outbox},
	{"ChangesAreStale", changesStale},
	{"ChangesInOrderOfCommits", changesInOrder},
	{"WatchHears", watchHears},
	{"WritersTogether", writersTogether},
	{"ContextsEnd", contextsEnd},
	{"PingAndName", pingAndName},
}

// placeCases need a store that is closed and opened again.
var placeCases = []struct {
	name string
	run  func(*testing.T, Place)
}{
	{"Reopened", reopened},
	{"OtherReading", otherReading},
	{"ReadOnly", readOnly},
	{"Closed", closed},
	{"OtherProcess", otherProcess},
}

// must ends the test at an error, and gives the value else.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// do ends the test at an error.
func do(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares what is with what should be.
func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// offer makes one offer and compares its verdict.
func offer(t testing.TB, s store.Store, o store.Offer, want store.Verdict) {
	t.Helper()
	got := must(s.Offer(context.Background(), []store.Offer{o}, nil))(t)
	if len(got) != 1 || got[0] != want {
		t.Errorf("the verdict of %s is %v, want %v", o.Ref, got, want)
	}
}

// save stores one profile.
func save(t testing.TB, s store.Store, p store.Profile) store.Saved {
	t.Helper()
	return must(s.Save(context.Background(), []store.Profile{p}))(t)[0]
}

// session reads one session.
func session(t testing.TB, s store.Store, ref string) store.Session {
	t.Helper()
	return must(s.Session(context.Background(), ref))(t)
}

// whole fails the test where the store is not.
func whole(t testing.TB, s store.Store) {
	t.Helper()
	for _, fault := range must(s.Check(context.Background()))(t) {
		t.Errorf("the store is not whole: %s", fault)
	}
}
