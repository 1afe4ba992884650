package sqlstore

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"gait/internal/address"
	"gait/store"
)

// Bounds of what is stored of texts from outside, in bytes before they are
// escaped. Longer ones are cut: they are shown, and nothing hangs on them.
const (
	maxText  = 256
	maxPath  = 4096
	maxCause = 500
	maxKind  = 64
	maxPlace = 16 << 10
)

// chunk is how many rows are asked for by one statement.
const chunk = 256

// chunks calls f with the sorted, different elements of a list, a few at a time.
func chunks(list []string, f func([]string) error) error {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	for part := range slices.Chunk(slices.Compact(sorted), chunk) {
		if err := f(part); err != nil {
			return err
		}
	}
	return nil
}

// checkRef refuses what cannot be an evidence reference.
func checkRef(ref string) error {
	if ref == "" || len(ref) > store.MaxRef {
		return fmt.Errorf("an evidence reference of %d bytes, 1 to %d are taken", len(ref), store.MaxRef)
	}
	return nil
}

// RefHash is what a tombstone holds of a reference.
func refHash(ref string) []byte {
	sum := sha256.Sum256([]byte(ref))
	return sum[:]
}

// sessionsOf reads the rows of references, and locks them in the order of the
// references.
func (t *Tx) sessionsOf(ctx context.Context, d *Dialect, refs []string) (map[string]*sessionRow, error) {
	rows := make(map[string]*sessionRow, len(refs))
	err := chunks(escaped(refs), func(part []string) error {
		return t.locked(ctx, d, func(row scanner) error {
			r, err := readSession(row)
			rows[r.Ref] = &r
			return err
		}, `s.ref IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...)
	})
	if err != nil {
		return nil, fmt.Errorf("reading sessions: %w", err)
	}
	return rows, nil
}

// locked reads the sessions for which a condition holds, in the order of their
// references, after it has locked them. Locking and reading are two statements:
// one that has waited for a lock sees the row as it is by then, but not the
// attacker's.
func (t *Tx) locked(ctx context.Context, d *Dialect, f func(row scanner) error, condition string, args ...any) error {
	if lock := d.forUpdate("s"); lock != "" {
		none := func(scanner) error { return nil }
		if err := t.each(ctx, none, `SELECT s.n FROM sessions s WHERE `+condition+` ORDER BY s.ref`+lock, args...); err != nil {
			return err
		}
	}
	return t.each(ctx, f, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE `+condition+` ORDER BY s.ref`, args...)
}

func escaped(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = Escape(s)
	}
	return out
}

// buried gives which of some references have a tombstone.
func (t *Tx) buried(ctx context.Context, refs []string) (map[string]bool, error) {
	byHash := make(map[string]string, len(refs))
	for _, ref := range refs {
		byHash[string(refHash(ref))] = ref
	}
	found := map[string]bool{}
	hashes := make([][]byte, 0, len(byHash))
	for hash := range byHash {
		hashes = append(hashes, []byte(hash))
	}
	for part := range slices.Chunk(hashes, chunk) {
		err := t.each(ctx, func(row scanner) error {
			var hash []byte
			err := row.Scan(&hash)
			found[byHash[string(hash)]] = true
			return err
		}, `SELECT hash FROM tombstones WHERE hash IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...)
		if err != nil {
			return nil, fmt.Errorf("reading tombstones: %w", err)
		}
	}
	return found, nil
}

// bury leaves a tombstone for a reference.
func (t *Tx) bury(ctx context.Context, ref string, now time.Time) error {
	err := t.send(ctx, `INSERT INTO tombstones (hash, ts) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, refHash(ref), Nanos(now))
	if err != nil {
		return fmt.Errorf("leaving a tombstone: %w", err)
	}
	return nil
}

// owner is the address that decides whose a session is; empty for nobody's.
func (r *sessionRow) owner() string {
	if r.Disputed {
		return ""
	}
	return r.Address
}

// tell takes in an address that somebody tells of a session. It says whether
// the session belongs to somebody else now.
func (r *sessionRow) tell(ip string, header bool) bool {
	ip = address.Canonical(ip)
	before := r.owner()
	switch {
	case ip == "":
		return false
	case r.Address == "":
		r.Address, r.header = ip, header
	case r.Address == ip:
		r.header = r.header || header
	default:
		r.Disputed = true
		if header && !r.header {
			r.Address, r.header = ip, true
		}
	}
	return r.owner() != before
}

// seen gives between which times an attacker was seen in a session, as far as
// is known. Times that are in doubt are not used.
func (r *sessionRow) seen() (from, to int64) {
	found := Nanos(r.Found)
	if r.Doubtful || r.Start.IsZero() && r.End.IsZero() {
		return found, found
	}
	from, to = Nanos(r.Start), Nanos(r.End)
	if r.Start.IsZero() {
		from = to
	}
	if r.End.IsZero() {
		to = Nanos(r.Start.Add(max(r.Duration, 0)))
	}
	return min(from, to), max(from, to)
}

// free clears what kept a session from going on.
func (r *sessionRow) free() {
	r.Attempts, r.Cause, r.CauseKind, r.NextTry = 0, "", "", time.Time{}
}
