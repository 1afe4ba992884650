package sqlstore

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"gait/store"
)

// states are the states by the numbers that stand in rows.
var states = []store.State{store.Waiting, store.Profiled, store.Incomplete, store.Empty, store.Parked, store.Unrecorded}

// Numbers of states that SQL spells out.
const (
	stateWaiting = 0
	stateParked  = 4
)

// stateNumber gives the number of a state.
func stateNumber(s store.State) (int64, error) {
	n := slices.Index(states, s)
	if n < 0 {
		return 0, fmt.Errorf("no state of a session is named %q", string(s))
	}
	return int64(n), nil
}

// sessionRow is a row of the table sessions: what callers see of it, and what
// only the store needs.
type sessionRow struct {
	store.Session
	n        int64
	attacker sql.NullInt64
	// attackerAddress is that of the attacker whom the session has been given to.
	attackerAddress string
	header          bool // the address comes from the recording itself
	seenFrom        int64
	seenTo          int64
	engine          string
	unix            bool // windows count from 1970
	position        int64
	facets          facetSet
}

// sessionColumns are what readSession reads: of sessions s LEFT JOIN attackers
// a ON a.n = s.attacker.
const sessionColumns = `s.n, s.ref, s.id, s.decoy, s.service, s.attacker, COALESCE(a.uuid, ''), COALESCE(a.address, ''), s.address, s.from_header, s.disputed,
	s.source, s.format, s.path, s.place, s.start_ts, s.end_ts, s.duration, s.seen_from, s.seen_to, s.doubtful, s.closed, s.end_seen,
	s.size, s.state, s.attempts, s.cause, s.cause_kind, s.next_try, s.backfill, s.found, s.updated,
	s.commands, s.inputs, s.events, s.bytes_in, s.bytes_out, s.observations, s.rules, s.revision, s.engine, s.clock_unix,
	s.announced, s.position, s.f0, s.f1, s.f2, s.f3`

// sessionTables are where the columns come from.
const sessionTables = `sessions s LEFT JOIN attackers a ON a.n = s.attacker`

// readSession reads sessionColumns and what stands behind them.
func readSession(row scanner, more ...any) (sessionRow, error) {
	var r sessionRow
	var start, end, duration, next, found, updated, state int64
	dest := []any{
		&r.n, &r.Ref, &r.ID, &r.Decoy, &r.Service, &r.attacker, &r.Attacker, &r.attackerAddress, &r.Address, &r.header, &r.Disputed,
		&r.Source, &r.Format, &r.Path, (*[]byte)(&r.Place), &start, &end, &duration, &r.seenFrom, &r.seenTo, &r.Doubtful, &r.Closed, &r.EndSeen,
		&r.Size, &state, &r.Attempts, &r.Cause, &r.CauseKind, &next, &r.Backfill, &found, &updated,
		&r.Commands, &r.Inputs, &r.Events, &r.BytesIn, &r.BytesOut, &r.Observations, &r.Rules, &r.Revision, &r.engine, &r.unix,
		&r.Announced, &r.position, &r.facets[0], &r.facets[1], &r.facets[2], &r.facets[3],
	}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return r, err
	}
	if state < 0 || state >= int64(len(states)) {
		return r, fmt.Errorf("session %d has the unknown state %d", r.n, state)
	}
	r.State = states[state]
	for _, text := range []*string{&r.Ref, &r.ID, &r.Decoy, &r.Service, &r.Address, &r.Source, &r.Format, &r.Path, &r.Closed, &r.Cause, &r.CauseKind, &r.Revision, &r.engine} {
		*text = Unescape(*text)
	}
	r.Start, r.End, r.NextTry, r.Found, r.Updated = Time(start), Time(end), Time(next), Time(found), Time(updated)
	r.Duration = time.Duration(duration)
	return r, nil
}
