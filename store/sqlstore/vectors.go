package sqlstore

import (
	"context"
	"fmt"

	"gait/store"
)

const (
	// maxVector bounds what is stored of how somebody typed in one session, and
	// maxHabits what of the commands chosen, in bytes; mostVectors is how many
	// vectors one call gives.
	maxVector   = 256 << 10
	maxHabits   = 1 << 10
	mostVectors = 1000
)

// aboutLinks is the condition that a conclusion is about a link.
const aboutLinks = `subject >= 'attribution.linkage.' AND subject < 'attribution.linkage/'`

// writeVector stores how somebody typed in a session, in place of what was
// stored of it before.
func (t *Tx) writeVector(ctx context.Context, c *change) error {
	if c.row.position > 0 {
		if err := t.dropVectors(ctx, []int64{c.row.n}); err != nil {
			return err
		}
	}
	v := c.Vector
	if v == nil {
		return nil
	}
	err := t.send(ctx, `INSERT INTO vectors (session, version, keys, data, client, hassh, habits) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.row.n, int64(v.Table), v.Keys, v.Data, text(v.Client, maxText), text(v.HASSH, maxText), text(v.Habits, maxHabits))
	if err != nil {
		return fmt.Errorf("writing a vector: %w", err)
	}
	return nil
}

// dropVectors deletes the vectors of sessions, with the links that nobody has
// accepted and that rest on them.
func (t *Tx) dropVectors(ctx context.Context, sessions []int64) error {
	marks, args := "("+Marks(1, len(sessions))+")", Pad(nil, sessions)
	gone, err := t.exec(ctx, `DELETE FROM vectors WHERE session IN `+marks, args...)
	if err != nil {
		return fmt.Errorf("deleting vectors: %w", err)
	}
	n, err := gone.RowsAffected()
	if err != nil || n == 0 {
		return err
	}
	for _, column := range []string{"session_a", "session_b"} {
		rows := `SELECT n FROM links WHERE state <> 1 AND ` + column + ` IN ` + marks
		for _, query := range []string{
			`DELETE FROM conclusions WHERE ` + aboutLinks + ` AND attacker IN (SELECT a FROM links WHERE n IN (` + rows + `))`,
			`DELETE FROM link_log WHERE link IN (` + rows + `)`, `DELETE FROM links WHERE n IN (` + rows + `)`,
		} {
			if _, err := t.exec(ctx, query, args...); err != nil {
				return fmt.Errorf("deleting links: %w", err)
			}
		}
	}
	_, err = t.exec(ctx, `UPDATE counters SET value = value + $1 WHERE name = 'vectors_gone'`, n)
	return err
}

// VectorsGone counts the vectors that were deleted or replaced.
func (s *Store) VectorsGone(ctx context.Context) (n int64, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		return t.row(ctx, `SELECT value FROM counters WHERE name = 'vectors_gone'`).Scan(&n)
	})
	return n, reading("how many vectors are gone", err)
}

// Vectors gives stored vectors above a number.
func (s *Store) Vectors(ctx context.Context, after int64, limit int, fresh bool) ([]store.Vector, error) {
	if limit <= 0 || limit > mostVectors {
		limit = mostVectors
	}
	only := ""
	if fresh {
		only = " AND NOT v.compared"
	}
	return s.vectors(ctx, `v.session > $1`+only+` ORDER BY v.session LIMIT $2`, after, limit)
}

// mostRefs is how many sessions are asked for at once.
const mostRefs = 100

// VectorsOf gives the vectors of sessions.
func (s *Store) VectorsOf(ctx context.Context, refs []string) ([]store.Vector, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	if len(refs) > mostRefs {
		return nil, fmt.Errorf("%d sessions are too many to ask for at once", len(refs))
	}
	escaped := make([]string, len(refs))
	for i, ref := range refs {
		escaped[i] = Escape(ref)
	}
	return s.vectors(ctx, `s.ref IN (`+Marks(1, len(refs))+`) ORDER BY v.session`, Pad(nil, escaped)...)
}

// vectors gives those for which a condition holds.
func (s *Store) vectors(ctx context.Context, where string, args ...any) (list []store.Vector, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		return t.each(ctx, func(row scanner) error {
			var v store.Vector
			var version int64
			err := row.Scan(&v.N, &version, &v.Keys, &v.Data, &v.Client, &v.HASSH, &v.Habits, &v.Ref, &v.Attacker, &v.Address, &v.Identity)
			v.Table = uint32(version)
			for _, to := range []*string{&v.Client, &v.HASSH, &v.Habits, &v.Ref, &v.Address, &v.Identity} {
				*to = Unescape(*to)
			}
			list = append(list, v)
			return err
		}, `SELECT v.session, v.version, v.keys, v.data, v.client, v.hassh, v.habits, s.ref, COALESCE(a.uuid, ''), COALESCE(a.address, ''), COALESCE(`+identityOf+`, '')
			FROM vectors v JOIN sessions s ON s.n = v.session LEFT JOIN attackers a ON a.n = s.attacker
			WHERE `+where, args...)
	})
	return list, reading("vectors", err)
}
