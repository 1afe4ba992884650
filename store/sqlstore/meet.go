package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gait/internal/address"
	"gait/store"
)

const (
	// maxPayload is how much of an event that could not be used is kept.
	maxPayload = 4 << 10
	// mostRejected is how many such events are kept.
	mostRejected = 10_000
)

// Reject keeps an event that could not be used.
func (s *Store) Reject(ctx context.Context, r store.Rejected) error {
	if r.Time.IsZero() {
		r.Time = time.Now()
	}
	payload := append([]byte{}, r.Payload[:min(len(r.Payload), maxPayload)]...)
	err := s.write(ctx, func(ctx context.Context, t *Tx) error {
		// The same event at the same nanosecond is the same call, made again.
		_, err := t.exec(ctx, `INSERT INTO rejected (ts, subject, reason, payload)
			SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM rejected WHERE ts = $1 AND subject = $2 AND reason = $3 AND payload = $4)`,
			Nanos(r.Time), text(r.Subject, maxText), text(r.Reason, maxCause), payload)
		if err == nil {
			_, err = t.exec(ctx, `DELETE FROM rejected WHERE n <= (SELECT MAX(n) FROM rejected) - $1`, mostRejected)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a rejected event: %w", err)
	}
	return nil
}

// Cursors gives the stored positions whose names begin with a prefix.
func (s *Store) Cursors(ctx context.Context, prefix string) (list []store.Cursor, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		w := &where{}
		if prefix != "" {
			w.terms = append(w.terms, w.beginning("name", prefix))
		}
		return t.once(ctx, func(row scanner) error {
			var c store.Cursor
			err := row.Scan(&c.Name, &c.Value)
			if c.Name = Unescape(c.Name); c.Value == nil {
				c.Value = []byte{}
			}
			list = append(list, c)
			return err
		}, `SELECT name, value FROM cursors WHERE `+w.sql()+` ORDER BY name`, w.args...)
	})
	if err != nil {
		return nil, fmt.Errorf("reading positions: %w", err)
	}
	return list, nil
}

// ErrAddress says that something is no address.
var errAddress = errors.New("not an IP address")

// Resolve gives the attacker of an address.
func (s *Store) Resolve(ctx context.Context, ip string) (a store.Attacker, err error) {
	canonical := address.Canonical(ip)
	if canonical == "" {
		return a, fmt.Errorf("resolving an attacker: %w", errAddress)
	}
	var uuid string
	find := func(ctx context.Context, t *Tx) error {
		return t.row(ctx, `SELECT uuid FROM attackers WHERE address = $1`, canonical).Scan(&uuid)
	}
	err = s.read(ctx, find)
	if errors.Is(err, store.ErrNotFound) {
		err = s.write(ctx, func(ctx context.Context, t *Tx) error {
			if err := t.meet(ctx, canonical, time.Now()); err != nil {
				return err
			}
			return find(ctx, t)
		})
	}
	if err == nil {
		a, err = s.Attacker(ctx, uuid)
	}
	if err != nil {
		return store.Attacker{}, fmt.Errorf("resolving an attacker: %w", err)
	}
	return a, nil
}

// Known gives what the store knows of references.
func (s *Store) Known(ctx context.Context, refs []string) (known map[string]store.Known, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		known = make(map[string]store.Known, len(refs))
		dead, err := t.buried(ctx, refs)
		if err != nil {
			return err
		}
		for ref := range dead {
			known[ref] = store.Known{Tombstone: true}
		}
		return chunks(escaped(refs), func(part []string) error {
			return t.each(ctx, func(row scanner) error {
				var k store.Known
				var ref string
				var state, next int64
				err := row.Scan(&ref, &k.Size, &k.EndSeen, &k.Address, &state, &k.CauseKind, &k.Path, &k.Attempts, &next, &k.Rules)
				if err != nil {
					return err
				}
				if state < 0 || state >= int64(len(states)) {
					return fmt.Errorf("the unknown state %d", state)
				}
				ref = Unescape(ref)
				k.Address, k.CauseKind, k.Path = Unescape(k.Address), Unescape(k.CauseKind), Unescape(k.Path)
				k.State, k.NextTry, k.Tombstone = states[state], Time(next), dead[ref]
				known[ref] = k
				return nil
			}, `SELECT ref, size, end_seen, address, state, cause_kind, path, attempts, next_try, rules FROM sessions WHERE ref IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is known: %w", err)
	}
	return known, nil
}
