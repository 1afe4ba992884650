// Package store is the contract of what gait remembers: attackers, sessions,
// observations, and a log of what changed. The database is the source of
// truth; the bus only tells that something changed, and recordings are the
// input log.
//
// There are two drivers, store/sqlite and store/postgres, which share their SQL
// (store/sqlstore) and are held to this contract by store/storetest.
//
// # Promises
//
// Atomic. Every method that writes does all of it or nothing. What it returned
// without an error is there after a crash of the process. [Store.Save] writes
// an attacker, a session, all of its observations, the change and the mark
// "unannounced" in one transaction.
//
// Idempotent. Every write may be repeated: after an error its outcome may be
// unknown, and the caller simply does it again.
//
// Order. Changes are numbered without gaps that fill later: whoever has seen
// the change n has seen, or can read, all below n. Pages are stable: a row that
// does not change is neither skipped nor shown twice.
//
// Errors. [Later] tells errors that pass (busy, full, away, cut off) from those
// that do not: what is later is tried again and counts against nobody.
// [ErrNotFound] stands for what is not there. A context that ends gives its
// error.
//
// Nothing that was typed or printed is stored: labels, numbers, hashes, names
// of files, addresses.
package store

import (
	"context"
	"errors"
	"time"

	"gait"
)

// Errors that callers branch on.
var (
	// ErrNotFound says that what was asked for is not in the store.
	ErrNotFound = errors.New("not in the store")
	// ErrExists says that a name is taken.
	ErrExists = errors.New("there is one of that name")
	// ErrLater is what errors that pass wrap; see [Later].
	ErrLater = errors.New("the store cannot do it now")
	// ErrNewer says that a newer release has written to the store.
	ErrNewer = errors.New("the store was written by a newer release of gait")
	// ErrCompat says that the store was made with --compat and is opened
	// without, or the other way round.
	ErrCompat = errors.New("the store was made with another reading")
	// ErrLocked says that another process has the data folder.
	ErrLocked = errors.New("another process uses this data folder")
	// ErrCursor says that the cursor of a page is none that the store gave.
	ErrCursor = errors.New("not a page cursor")
)

// Later says whether an error passes by itself: the database is busy, full,
// away or was cut off, or the context ran out of time. Such an attempt counts
// for nothing and is made again.
func Later(err error) bool {
	return errors.Is(err, ErrLater) || errors.Is(err, context.DeadlineExceeded)
}

// Store is all of it. Implementations are safe for concurrent use.
type Store interface {
	Intake
	Outbox
	Log
	Reader
	Keeper
	Access
	Attribution
	Linkage

	// ID is a random name that the store got when it was made. Positions in
	// its change log mean nothing in another store.
	ID() string
	// Compat says whether the store holds the reference's reading.
	Compat() bool
	// Ping says whether the store can be read and written now.
	Ping(ctx context.Context) error
	// Close ends all use. It waits for what is under way.
	Close() error
}

// Intake is how sessions get in: found by a source, tried, profiled.
type Intake interface {
	// Offer tells of sessions that a source found, in one transaction with the
	// positions of the sources that they stand for. It gives a verdict for
	// each offer, in order. See [Offer] for what becomes of each. Where all of
	// them are backfill, other writes may come before: short lists keep those
	// from waiting.
	Offer(ctx context.Context, offers []Offer, cursors []Cursor) ([]Verdict, error)
	// Begin raises the attempts of sessions by one, and gives their rows in the
	// order asked for, with the attempts raised. Sessions that are not there
	// are left out. It is committed before it returns: whoever dies after it
	// has left a trace.
	Begin(ctx context.Context, refs []string) ([]Session, error)
	// Save stores profiles, all in one transaction; each also by itself is
	// whole or not there. An error concerns all of them: the caller may save
	// them one by one to find the one that is at fault. Attempts go back to 0,
	// the cause is cleared. A profile never takes the place of a better one;
	// see Saved.Older.
	Save(ctx context.Context, profiles []Profile) ([]Saved, error)
	// Settle writes what became of sessions that were tried and not saved:
	// put off, parked, unrecorded, or back to waiting. Sessions that are not
	// there are passed over.
	Settle(ctx context.Context, list []Settlement) error
	// Waiting gives sessions that wait and whose time has come: live ones
	// first, then backfill, the oldest first in each.
	Waiting(ctx context.Context, q WaitingQuery) ([]Session, error)
	// Release puts sessions back to waiting that wait or are parked for a
	// cause, or that are named; their attempts and cause are cleared. It gives
	// how many.
	Release(ctx context.Context, r Release) (int, error)
	// Reject keeps an event that could not be used, its first 4 KB, at most
	// 10,000 of them.
	Reject(ctx context.Context, r Rejected) error
	// Cursors gives the stored positions whose names begin with a prefix.
	Cursors(ctx context.Context, prefix string) ([]Cursor, error)
	// Resolve gives the attacker of an address, made where it is seen for the
	// first time. The address is made canonical; the error of one that is no
	// address is no Later. It is the one way from an address to an attacker,
	// for every consumer.
	Resolve(ctx context.Context, address string) (Attacker, error)
	// Known gives, of the references asked for, what the store knows; those
	// it does not know are left out. Tombstones count as known.
	Known(ctx context.Context, refs []string) (map[string]Known, error)
}

// Outbox is how what was stored gets announced.
type Outbox interface {
	// Unannounced gives sessions whose present revision has not been announced,
	// oldest change first, with their observations.
	Unannounced(ctx context.Context, limit int) ([]Announcement, error)
	// Announced marks revisions as announced. A session that has got another
	// revision since stays unannounced.
	Announced(ctx context.Context, done []Revision) error
}

// Log is what changed, in the order of commits.
type Log interface {
	// Changes gives changes with positions above a position, in order.
	Changes(ctx context.Context, after int64, limit int) ([]Change, error)
	// Positions gives the position below which changes are no longer kept (0
	// where all are), and the newest one.
	Positions(ctx context.Context) (oldest, newest int64, err error)
	// Watch gives a channel that gets a value soon after something changed, at
	// the latest after a second; values are merged. Stop ends it.
	Watch() (changed <-chan struct{}, stop func())
}

// Reader answers questions. Every list comes in pages; see [Page].
type Reader interface {
	// Attackers lists attackers, those seen last first where nothing else is
	// asked for, each with its latest values.
	Attackers(ctx context.Context, q AttackerQuery) (Page[Attacker], error)
	// Attacker gives one attacker by its UUID.
	Attacker(ctx context.Context, uuid string) (Attacker, error)
	// Latest gives, for each primitive seen of an attacker, the observation
	// with the greatest window end, and "unknown" only if nothing else is
	// known; in the order of their names.
	Latest(ctx context.Context, attacker string) ([]Latest, error)
	// Sessions lists sessions, those that began last first where nothing else
	// is asked for.
	Sessions(ctx context.Context, q SessionQuery) (Page[Session], error)
	// Session finds a session by its evidence reference or, where that is
	// none, by its session id (the newest of that id).
	Session(ctx context.Context, refOrID string) (Session, error)
	// Observations gives observations by session, attacker, identity,
	// primitive or value, the newest first; those of one session in the order
	// of their names, and with their measures, which other lists leave out.
	// Newest is told by the window's end for one primitive of an attacker, by
	// ts for one primitive, by the session's start else.
	Observations(ctx context.Context, q ObservationQuery) (Page[gait.Observation], error)
	// Values counts, for each primitive, its latest values over all attackers
	// or over all sessions, the most frequent first.
	Values(ctx context.Context, q ValuesQuery) ([]ValueCount, error)
	// Counts gives what happened over time, in equal buckets.
	Counts(ctx context.Context, q CountsQuery) ([]Bucket, error)
	// Rejections gives the events that could not be used, the newest first.
	Rejections(ctx context.Context, q PageQuery) (Page[Rejected], error)
	// Causes groups the sessions that wait or are parked by their cause.
	Causes(ctx context.Context) ([]CauseCount, error)
	// Stats says what is in the store.
	Stats(ctx context.Context) (Stats, error)
	// Export calls f with every stored observation and its measures, session by
	// session in the order in which they were found, from one consistent view.
	// What is written meanwhile is not held up. An error of f ends it, and is
	// given as it is.
	Export(ctx context.Context, f func(*gait.Observation) error) error
}

// Keeper keeps the store in order.
type Keeper interface {
	// Check looks for damage and for rows that contradict each other; it gives
	// one line for each fault.
	Check(ctx context.Context) ([]string, error)
	// Vacuum gives the space of what was deleted back. Writes wait meanwhile.
	Vacuum(ctx context.Context) error
	// Prune deletes at most a small step of what is beyond what is kept, the
	// oldest first, and leaves tombstones. It gives how much it deleted: call
	// it again until that is nothing.
	Prune(ctx context.Context, r Retention) (Pruned, error)
	// Forget erases an attacker's address or one session: observations,
	// session rows, the attacker, changes that name them, rejected events. It
	// leaves tombstones (hashed references), so that no sweep brings them back.
	// Changes that named them say "forgotten" and name nothing, and one more
	// does. With dry set it only tells. What it gives names the recordings.
	// A subject of thousands of sessions goes in several transactions: after an
	// error it is called again. One that is not there is ErrNotFound.
	Forget(ctx context.Context, s Subject, dry bool) (Erased, error)
	// Outdated marks sessions as waiting whose profile was made by older rules
	// (or all), as backfill, at most limit of them (0 for no limit), a few in
	// one transaction; with dry set it only counts, all of them.
	Outdated(ctx context.Context, q OutdatedQuery) (int, error)
}

// Access keeps who may look, and who did.
type Access interface {
	// AddToken stores a token by its hash. Names are unique: the error of one
	// that is taken is ErrExists.
	AddToken(ctx context.Context, t Token) error
	// Tokens gives all tokens, in the order of their names.
	Tokens(ctx context.Context) ([]Token, error)
	// TokenByHash finds a token that has neither expired nor been revoked, and
	// notes its use (to the minute).
	TokenByHash(ctx context.Context, hash [32]byte, now time.Time) (Token, error)
	// TakeToken finds and deletes a token in one step: for links and others
	// that work once.
	TakeToken(ctx context.Context, hash [32]byte, now time.Time) (Token, error)
	// RevokeToken deletes a token by its name.
	RevokeToken(ctx context.Context, name string) error
	// Audit notes that somebody looked at raw content, or erased something.
	Audit(ctx context.Context, a AuditEntry) error
	// Audits gives what was noted, the newest first.
	Audits(ctx context.Context, q PageQuery) (Page[AuditEntry], error)
}
