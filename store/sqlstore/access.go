package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gait/store"
)

// maxName bounds the names of tokens and what stands in the audit, in bytes.
const maxName = 1024

// AddToken stores a token by its hash.
func (s *Store) AddToken(ctx context.Context, t store.Token) error {
	if t.Name == "" || len(t.Name) > maxName {
		return fmt.Errorf("adding a token: its name has %d bytes, 1 to %d are taken", len(t.Name), maxName)
	}
	err := s.write(ctx, func(ctx context.Context, x *Tx) error {
		// A repeated call, whose outcome was not known, finds its own row.
		r, err := x.exec(ctx, `INSERT INTO tokens (hash, name, role, purpose, created, expires, last_used)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
			t.Hash[:], Escape(t.Name), Escape(t.Role), Escape(t.Use), Nanos(t.Created), Nanos(t.Expires), Nanos(t.LastUsed))
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			return err
		}
		var name string
		err = x.row(ctx, `SELECT name FROM tokens WHERE hash = $1`, t.Hash[:]).Scan(&name)
		if err == nil && name == Escape(t.Name) {
			return nil
		}
		return fmt.Errorf("%w: %q", store.ErrExists, t.Name)
	})
	if err != nil {
		return fmt.Errorf("adding a token: %w", err)
	}
	return nil
}

const tokenColumns = `hash, name, role, purpose, created, expires, last_used`

func readToken(row scanner) (t store.Token, err error) {
	var hash []byte
	var created, expires, used int64
	if err := row.Scan(&hash, &t.Name, &t.Role, &t.Use, &created, &expires, &used); err != nil {
		return t, err
	}
	if copy(t.Hash[:], hash) != len(t.Hash) {
		return t, fmt.Errorf("the hash of token %s has %d bytes", t.Name, len(hash))
	}
	t.Name, t.Role, t.Use = Unescape(t.Name), Unescape(t.Role), Unescape(t.Use)
	t.Created, t.Expires, t.LastUsed = Time(created), Time(expires), Time(used)
	return t, nil
}

// Tokens gives all tokens, in the order of their names.
func (s *Store) Tokens(ctx context.Context) (list []store.Token, err error) {
	err = s.read(ctx, func(ctx context.Context, x *Tx) error {
		list = nil
		return x.each(ctx, func(row scanner) error {
			t, err := readToken(row)
			list = append(list, t)
			return err
		}, `SELECT `+tokenColumns+` FROM tokens ORDER BY name`)
	})
	if err != nil {
		return nil, fmt.Errorf("listing tokens: %w", err)
	}
	return list, nil
}

// valid says whether a token has not expired.
func valid(t store.Token, now time.Time) bool { return t.Expires.IsZero() || now.Before(t.Expires) }

// TokenByHash finds a token that may be used, and notes its use. The note is
// written when the minute is another one than at the last use; where it cannot
// be written the token counts all the same.
func (s *Store) TokenByHash(ctx context.Context, hash [32]byte, now time.Time) (store.Token, error) {
	var t store.Token
	err := s.read(ctx, func(ctx context.Context, x *Tx) (err error) {
		t, err = readToken(x.row(ctx, `SELECT `+tokenColumns+` FROM tokens WHERE hash = $1`, hash[:]))
		return err
	})
	if err == nil && !valid(t, now) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Token{}, tokenError(err)
	}
	if minute := now.UTC().Truncate(time.Minute); minute.After(t.LastUsed) && !s.options.ReadOnly {
		err := s.write(ctx, func(ctx context.Context, x *Tx) error {
			_, err := x.exec(ctx, `UPDATE tokens SET last_used = $2 WHERE hash = $1 AND last_used < $2`, hash[:], Nanos(minute))
			return err
		})
		if err != nil {
			s.log.Debug("the use of a token could not be noted", "token", t.Name, "error", err)
			return t, nil
		}
		t.LastUsed = minute
	}
	return t, nil
}

// TakeToken finds and deletes a token in one step.
func (s *Store) TakeToken(ctx context.Context, hash [32]byte, now time.Time) (t store.Token, err error) {
	err = s.write(ctx, func(ctx context.Context, x *Tx) (err error) {
		t, err = readToken(x.row(ctx, `DELETE FROM tokens WHERE hash = $1 RETURNING `+tokenColumns, hash[:]))
		return err
	})
	if err == nil && !valid(t, now) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Token{}, tokenError(err)
	}
	return t, nil
}

// tokenError gives an error of looking for a token; that there is none is told
// as it is.
func tokenError(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return store.ErrNotFound
	}
	return fmt.Errorf("looking for a token: %w", err)
}

// RevokeToken deletes a token by its name.
func (s *Store) RevokeToken(ctx context.Context, name string) error {
	err := s.write(ctx, func(ctx context.Context, x *Tx) error {
		r, err := x.exec(ctx, `DELETE FROM tokens WHERE name = $1`, Escape(name))
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return store.ErrNotFound
	})
	if err != nil {
		return fmt.Errorf("revoking the token %q: %w", name, err)
	}
	return nil
}

// Audit notes that somebody looked at raw content, or erased something.
func (s *Store) Audit(ctx context.Context, a store.AuditEntry) error {
	err := s.write(ctx, func(ctx context.Context, x *Tx) error {
		return x.audit(ctx, a)
	})
	if err != nil {
		return fmt.Errorf("writing to the audit: %w", err)
	}
	return nil
}

func (t *Tx) audit(ctx context.Context, a store.AuditEntry) error {
	if a.Time.IsZero() {
		a.Time = time.Now()
	}
	_, err := t.exec(ctx, `INSERT INTO audit (ts, who, action, subject) VALUES ($1, $2, $3, $4)`,
		Nanos(a.Time), Escape(cut(a.Who, maxName)), Escape(cut(a.Action, maxName)), Escape(cut(a.Subject, maxName)))
	return err
}

var audits = journal[store.AuditEntry]{
	table: "audit", columns: "n, ts, who, action, subject",
	read: func(row scanner) (a store.AuditEntry, n int64, err error) {
		var ts int64
		err = row.Scan(&a.N, &ts, &a.Who, &a.Action, &a.Subject)
		a.Time, a.Who, a.Action, a.Subject = Time(ts), Unescape(a.Who), Unescape(a.Action), Unescape(a.Subject)
		return a, a.N, err
	},
}

// Audits gives what was noted, the newest first.
func (s *Store) Audits(ctx context.Context, q store.PageQuery) (store.Page[store.AuditEntry], error) {
	page, err := audits.page(ctx, s, q)
	if err != nil {
		return page, fmt.Errorf("reading the audit: %w", err)
	}
	return page, nil
}
