// Package serve answers for what is in the store: the HTTP API with its
// OpenAPI description, live events, who may look, metrics and debugging.
//
// It reads the store and its change log and nothing else, so that several
// processes may serve one store. What it needs to know of the rest of the
// program it reads from a health.Board.
//
// # Who may look
//
// Everybody needs a token: as a bearer of the API, or as a cookie that was got
// for a one-time link ([LoginLink]). A viewer sees values and timing. An
// operator also sees raw recordings, and may retry. Every operation has its
// role in one table; an operation that is not in it is refused.
//
// A request is answered only where its Host is a loopback name with the port
// that is listened on, or that of Options.PublicURL: a page elsewhere cannot
// point a name of its own at us. What changes something, and what stays open,
// is refused where the Origin is another.
//
// # Live events
//
// One goroutine reads the change log and makes each event's text once; all
// clients are fed from a bounded ring of those texts. First comes a snapshot,
// which says at which position of the log it was taken, then everything that
// changed after it. A client that comes back with the id of its last event goes
// on after it: from the ring, or from the store where the ring has gone on. One
// that falls behind is cut, and comes back. Nothing is left out: an event of a
// session that has changed again is told by the later change alone.
//
// Sessions of a backfill are told as one event each, marked as such, without
// their observations.
package serve
