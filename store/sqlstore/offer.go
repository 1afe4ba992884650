package sqlstore

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"gait/store"
)

// maxCursorValue bounds the position of a source, in bytes.
const maxCursorValue = 64 << 10

// Offer tells of sessions that a source found.
func (s *Store) Offer(ctx context.Context, offers []store.Offer, cursors []store.Cursor) (verdicts []store.Verdict, err error) {
	if err := checkOffers(offers, cursors); err != nil {
		return nil, fmt.Errorf("taking in sessions: %w", err)
	}
	write := s.write
	if len(offers) > 0 && !slices.ContainsFunc(offers, func(o store.Offer) bool { return !o.Backfill }) {
		write = s.writeLater
	}
	err = write(ctx, func(ctx context.Context, t *Tx) error {
		in := offering{t: t, d: s.dialect, now: time.Now()}
		if verdicts, err = in.take(ctx, offers); err != nil {
			return err
		}
		return t.putCursors(ctx, cursors)
	})
	if err != nil {
		return nil, fmt.Errorf("taking in sessions: %w", err)
	}
	return verdicts, nil
}

func checkOffers(offers []store.Offer, cursors []store.Cursor) error {
	for i := range offers {
		o := &offers[i]
		if err := checkRef(o.Ref); err != nil {
			return err
		}
		if len(o.Replaces) > store.MaxRef {
			return checkRef(o.Replaces)
		}
		if _, err := stateNumber(o.State); err != nil {
			return err
		}
		if len(o.Place) > maxPlace {
			return fmt.Errorf("a place of %d bytes, at most %d are taken", len(o.Place), maxPlace)
		}
	}
	for _, c := range cursors {
		if c.Name == "" || len(c.Name) > store.MaxRef || len(c.Value) > maxCursorValue {
			return fmt.Errorf("a position of %d bytes under a name of %d: at most %d and 1 to %d are taken", len(c.Value), len(c.Name), maxCursorValue, store.MaxRef)
		}
	}
	return nil
}

// offering is one call of Offer in its transaction.
type offering struct {
	t    *Tx
	d    *Dialect
	now  time.Time
	rows map[string]*sessionRow
	dead map[string]bool
}

func (in *offering) take(ctx context.Context, offers []store.Offer) (verdicts []store.Verdict, err error) {
	refs := make([]string, 0, 2*len(offers))
	order := make([]int, len(offers))
	for i := range offers {
		order[i] = i
		refs = append(refs, offers[i].Ref)
		if offers[i].Replaces != "" {
			refs = append(refs, offers[i].Replaces)
		}
	}
	if in.dead, err = in.t.buried(ctx, refs); err != nil {
		return nil, err
	}
	if in.rows, err = in.t.sessionsOf(ctx, in.d, refs); err != nil {
		return nil, err
	}
	// New rows are made in the order of references, for all writers alike.
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(offers[a].Ref, offers[b].Ref) })
	verdicts = make([]store.Verdict, len(offers))
	for _, i := range order {
		if verdicts[i], err = in.one(ctx, offers[i]); err != nil {
			return nil, fmt.Errorf("session %q: %w", offers[i].Ref, err)
		}
	}
	return verdicts, nil
}

// one decides what becomes of an offer.
func (in *offering) one(ctx context.Context, o store.Offer) (store.Verdict, error) {
	var before *sessionRow
	if o.Replaces != "" && o.Replaces != o.Ref {
		var err error
		if before, err = in.replace(ctx, &o); err != nil {
			return store.Same, err
		}
	}
	if in.dead[o.Ref] {
		return store.Forgotten, nil
	}
	r := in.rows[o.Ref]
	if r == nil {
		made, err := in.add(ctx, &o, before)
		if made || err != nil {
			return store.Added, err
		}
		r = in.rows[o.Ref] // another process made it meanwhile
	}
	revised := before != nil && before.Address != "" && r.tell(before.Address, before.header)
	verdict, dirty := r.offered(&o, revised)
	if !dirty && before == nil {
		return verdict, nil
	}
	r.Updated = in.now
	return verdict, in.t.updateOffered(ctx, r)
}

// replace takes away the row under which a session waited before its recording
// was found. A tombstone for it stands for the session.
func (in *offering) replace(ctx context.Context, o *store.Offer) (*sessionRow, error) {
	if in.dead[o.Replaces] && !in.dead[o.Ref] {
		in.dead[o.Ref] = true
		if err := in.t.bury(ctx, o.Ref, in.now); err != nil {
			return nil, err
		}
	}
	before := in.rows[o.Replaces]
	if before == nil || before.Revision != "" {
		return nil, nil // nothing, or a session of its own
	}
	delete(in.rows, o.Replaces)
	if err := in.t.send(ctx, `DELETE FROM sessions WHERE n = $1`, before.n); err != nil {
		return nil, fmt.Errorf("taking away %q: %w", o.Replaces, err)
	}
	return before, nil
}

// add makes a row for a new session. It is false where the row is there by now.
func (in *offering) add(ctx context.Context, o *store.Offer, before *sessionRow) (bool, error) {
	r := &sessionRow{Session: o.Session}
	r.Address, r.Attacker, r.Disputed, r.Attempts, r.Revision = "", "", false, 0, ""
	r.Found, r.Updated = in.now, in.now
	if before != nil {
		r.Address, r.header, r.Disputed, r.Found = before.Address, before.header, before.Disputed, before.Found
		if r.Start.IsZero() {
			r.Start = before.Start
		}
		if r.End.IsZero() {
			r.End, r.Duration, r.Closed = before.End, before.Duration, before.Closed
		}
	}
	r.tell(o.Address, o.Header)
	r.seenFrom, r.seenTo = r.seen()
	made, err := in.t.insertSession(ctx, r)
	if err == nil && made {
		in.rows[o.Ref] = r
		return true, nil
	}
	if err == nil {
		var rows map[string]*sessionRow
		if rows, err = in.t.sessionsOf(ctx, in.d, []string{o.Ref}); err == nil && rows[o.Ref] == nil {
			err = errors.New("the row can neither be made nor read")
		}
		in.rows[o.Ref] = rows[o.Ref]
	}
	return false, err
}

// offered takes in an offer of a session that is known. It gives the verdict,
// and whether anything changed at all; revised says that the session belongs
// to somebody else already.
func (r *sessionRow) offered(o *store.Offer, revised bool) (verdict store.Verdict, dirty bool) {
	was := *r
	revised = r.tell(o.Address, o.Header) || revised
	dirty = revised || r.Address != was.Address || r.header != was.header || r.Disputed != was.Disputed
	pending := r.State == store.Waiting || r.State == store.Parked
	switch {
	case o.State == store.Unrecorded:
		if pending && r.lost() && r.Revision == "" {
			r.free()
			r.State, r.Cause, r.CauseKind = store.Unrecorded, o.Cause, o.CauseKind
			return store.Changed, true
		}
	case o.CauseKind != "" && !r.lost():
		// What was found once is not lost because one source does not see it.
	case o.CauseKind != "":
		if pending {
			r.State, r.Cause, r.CauseKind, r.NextTry = o.State, o.Cause, o.CauseKind, o.NextTry
		}
		r.takeOver(o)
	default:
		freed := pending && r.CauseKind != "" && (r.lost() || slices.Contains(notFound, r.CauseKind) || r.CauseKind != store.CauseDied && r.moved(o))
		found := r.State == store.Unrecorded && (len(o.Place) > 0 || o.Path != "")
		revised = revised || freed || found || o.EndSeen && !r.EndSeen || r.grew(o)
		r.takeOver(o)
	}
	if revised && (o.CauseKind == "" || !r.lost()) {
		r.free()
		r.State, r.NextTry, r.Backfill = store.Waiting, o.NextTry, o.Backfill
		return store.Changed, true
	}
	return store.Same, dirty || !r.sameOffer(&was)
}

// notFound are the causes that say that nothing was found.
var notFound = []string{store.CauseService, store.CauseOutside, store.CauseUnreadable, store.CauseNoFile, store.CauseNoSession}

// lost says whether no recording of a session was ever found.
func (r *sessionRow) lost() bool { return len(r.Place) == 0 && r.Path == "" }

// moved says whether an offer knows another place than the row.
func (r *sessionRow) moved(o *store.Offer) bool {
	return o.Path != "" && o.Path != r.Path || len(o.Place) > 0 && !bytes.Equal(o.Place, r.Place)
}

// grew says whether an offer tells of more than the row does. Sizes of two
// sources cannot be compared, only told apart.
func (r *sessionRow) grew(o *store.Offer) bool {
	if r.EndSeen || o.Size == 0 {
		return false
	}
	if o.Source == r.Source {
		return o.Size > r.Size
	}
	return o.Size != r.Size
}

// takeOver takes from an offer what it knows better.
func (r *sessionRow) takeOver(o *store.Offer) {
	r.EndSeen = r.EndSeen || o.EndSeen
	if len(o.Place) > 0 {
		r.Place = o.Place
	}
	if o.Path != "" {
		r.Path = o.Path
	}
	if o.Format != "" {
		r.Format = o.Format
	}
	if o.Size != 0 {
		r.Size, r.Source = o.Size, o.Source
	}
	if !o.Start.IsZero() {
		r.Start, r.Doubtful = o.Start, o.Doubtful
	}
	if !o.End.IsZero() {
		r.End = o.End
	}
	if o.Duration != 0 {
		r.Duration = o.Duration
	}
	if o.Closed != "" {
		r.Closed = o.Closed
	}
	if !r.attacker.Valid {
		r.seenFrom, r.seenTo = r.seen()
	}
}

// sameOffer says whether two rows agree in all that an offer can change.
func (r *sessionRow) sameOffer(o *sessionRow) bool {
	return r.State == o.State && r.Cause == o.Cause && r.CauseKind == o.CauseKind && r.NextTry.Equal(o.NextTry) &&
		r.EndSeen == o.EndSeen && bytes.Equal(r.Place, o.Place) && r.Path == o.Path && r.Format == o.Format && r.Size == o.Size &&
		r.Source == o.Source && r.Start.Equal(o.Start) && r.End.Equal(o.End) && r.Duration == o.Duration && r.Closed == o.Closed && r.Doubtful == o.Doubtful
}

// insertSession makes a row. It is false where the reference has one.
func (t *Tx) insertSession(ctx context.Context, r *sessionRow) (bool, error) {
	state, err := stateNumber(r.State)
	if err != nil {
		return false, err
	}
	err = t.row(ctx, `INSERT INTO sessions (ref, id, decoy, service, address, from_header, disputed, source, format, path, place,
			start_ts, end_ts, duration, seen_from, seen_to, doubtful, closed, end_seen, size, state, cause, cause_kind, next_try, backfill, found, updated)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
		ON CONFLICT (ref) DO NOTHING RETURNING n`,
		Escape(r.Ref), text(r.ID, maxText), text(r.Decoy, maxText), text(r.Service, maxText), Escape(r.Address), r.header, r.Disputed,
		text(r.Source, maxText), text(r.Format, maxText), text(r.Path, maxPath), blob(r.Place),
		Nanos(r.Start), Nanos(r.End), int64(r.Duration), r.seenFrom, r.seenTo, r.Doubtful, text(r.Closed, maxText), r.EndSeen, r.Size,
		state, text(r.Cause, maxCause), text(r.CauseKind, maxKind), Nanos(r.NextTry), r.Backfill, Nanos(r.Found), Nanos(r.Updated)).Scan(&r.n)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("making the row: %w", err)
	}
	return true, nil
}

// updateOffered writes all that an offer can change.
func (t *Tx) updateOffered(ctx context.Context, r *sessionRow) error {
	state, err := stateNumber(r.State)
	if err != nil {
		return err
	}
	err = t.send(ctx, `UPDATE sessions SET address = $2, from_header = $3, disputed = $4, source = $5, format = $6, path = $7, place = $8,
			start_ts = $9, end_ts = $10, duration = $11, seen_from = $12, seen_to = $13, doubtful = $14, closed = $15, end_seen = $16, size = $17,
			state = $18, attempts = $19, cause = $20, cause_kind = $21, next_try = $22, backfill = $23, updated = $24 WHERE n = $1`,
		r.n, Escape(r.Address), r.header, r.Disputed, text(r.Source, maxText), text(r.Format, maxText), text(r.Path, maxPath), blob(r.Place),
		Nanos(r.Start), Nanos(r.End), int64(r.Duration), r.seenFrom, r.seenTo, r.Doubtful, text(r.Closed, maxText), r.EndSeen, r.Size,
		state, r.Attempts, text(r.Cause, maxCause), text(r.CauseKind, maxKind), Nanos(r.NextTry), r.Backfill, Nanos(r.Updated))
	if err != nil {
		return fmt.Errorf("changing the row: %w", err)
	}
	return nil
}

// text makes a text fit for a column, at most n bytes of it.
func text(s string, n int) string { return Escape(cut(s, n)) }

// blob gives bytes for a column, NULL for none.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// putCursors writes positions, in the order of their names.
func (t *Tx) putCursors(ctx context.Context, cursors []store.Cursor) error {
	sorted := slices.Clone(cursors)
	slices.SortStableFunc(sorted, func(a, b store.Cursor) int { return cmp.Compare(a.Name, b.Name) })
	for _, c := range sorted {
		var err error
		if c.Value == nil {
			err = t.send(ctx, `DELETE FROM cursors WHERE name = $1`, Escape(c.Name))
		} else {
			err = t.send(ctx, `INSERT INTO cursors (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, Escape(c.Name), c.Value)
		}
		if err != nil {
			return fmt.Errorf("position %q: %w", c.Name, err)
		}
	}
	return nil
}
