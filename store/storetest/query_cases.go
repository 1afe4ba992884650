package storetest

import (
	"testing"

	"gait/store"
)

// questions are what is held of the methods that read, keep in order, and say
// who may look.
var questions = []struct {
	name string
	run  func(*testing.T, store.Store)
}{
	{"sessions in lists", testSessionLists},
	{"attackers in lists", testAttackerLists},
	{"cursors", testCursors},
	{"one session", testSession},
	{"observations of a session", testSessionObservations},
	{"observations in series", testSeries},
	{"latest values", testLatest},
	{"counts of values", testValues},
	{"counts over time", testCounts},
	{"causes", testCauses},
	{"rejected events", testRejections},
	{"statistics", testStats},
	{"export", testExport},
	{"export while it is written to", testExportView},
	{"faults", testFaults},
	{"pruning by age", testPruneAge},
	{"pruning by size", testPruneSize},
	{"pruning the change log", testPruneChanges},
	{"forgetting an address", testForgetAddress},
	{"forgetting a session", testForgetSession},
	{"forgetting nobody", testForgetNobody},
	{"outdated profiles", testOutdated},
	{"vacuum", testVacuum},
	{"tokens", testTokens},
	{"a token that works once", testTakeToken},
	{"audit", testAudit},
	{"the past of an identity", testHistory},
	{"the clients of an identity", testClients},
	{"the clients of an identity of many sessions", testClientsOfMany},
	{"conclusions", testAssess},
	{"conclusions that are told", testTold},
	{"conclusions of somebody who is forgotten", testForgetConclusions},
	{"vectors", testVectors},
	{"links that are proposed", testPropose},
	{"links that a rule accepts", testAcceptAtOnce},
	{"links that are decided on", testDecide},
}

// Questions holds a store to what it says when it is asked: lists, pages,
// filters and counts; to keeping itself in order; to tokens and the audit;
// and to what is concluded of identities.
func Questions(t *testing.T, open func(testing.TB) store.Store) {
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) { q.run(t, open(t)) })
	}
}
