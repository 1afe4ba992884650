package sqlstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gait/internal/address"
	"gait/store"
)

// mostForgotten is how many sessions are erased in one transaction. Only a
// subject of more takes several.
const mostForgotten = 2000

// Forget erases a subject. One of very many sessions takes several
// transactions; where that is broken off, calling it again goes on.
func (s *Store) Forget(ctx context.Context, subject store.Subject, dry bool) (store.Erased, error) {
	out, err := s.forget(ctx, subject, dry)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("forgetting: %w", err)
	}
	return out, err
}

func (s *Store) forget(ctx context.Context, subject store.Subject, dry bool) (out store.Erased, err error) {
	if (subject.Address == "") == (subject.Session == "") {
		return out, errors.New("either an address or a session must be named")
	}
	canonical := address.Canonical(subject.Address)
	if subject.Address != "" && canonical == "" {
		return out, errAddress
	}
	what := forgetting{s: s, address: canonical, session: subject.Session}
	if err := s.read(ctx, what.look); err != nil {
		return out, err
	}
	if what.found.Attackers == nil && len(what.found.Sessions) == 0 && len(what.rejected) == 0 {
		return out, store.ErrNotFound
	}
	if dry {
		return what.found, nil
	}
	out = store.Erased{Sessions: what.found.Sessions}
	numbers, last := what.numbers, false
	for !last {
		part := numbers[:min(len(numbers), mostForgotten)]
		numbers = numbers[len(part):]
		last = len(numbers) == 0
		var gone store.Erased
		err := s.write(ctx, func(ctx context.Context, t *Tx) (err error) {
			gone, err = what.erase(ctx, t, part, last)
			return err
		})
		if err != nil {
			return out, err
		}
		out.Attackers = append(out.Attackers, gone.Attackers...)
		out.Observations += gone.Observations
		out.Rejected += gone.Rejected
	}
	slices.Sort(out.Attackers)
	out.Attackers = slices.Compact(out.Attackers)
	return out, nil
}

// forgetting is what is to be forgotten, and what was found of it.
type forgetting struct {
	s                *Store
	address, session string // one of them
	found            store.Erased
	numbers          []int64 // of the sessions found, in their order
	rejected         []int64
}

// look finds everything that is to be erased.
func (f *forgetting) look(ctx context.Context, t *Tx) error {
	f.found, f.numbers, f.rejected = store.Erased{}, nil, nil
	add := func(row scanner) error {
		r, err := readSession(row)
		f.found.Sessions, f.numbers = append(f.found.Sessions, r.Session), append(f.numbers, r.n)
		f.found.Observations += r.Observations
		return err
	}
	if f.session != "" {
		r, err := t.find(ctx, f.session)
		if err != nil {
			return err
		}
		f.found.Sessions, f.numbers, f.found.Observations = []store.Session{r.Session}, []int64{r.n}, r.Observations
		if err := f.alone(ctx, t, &r); err != nil {
			return err
		}
	} else {
		err := t.each(ctx, func(row scanner) error {
			var uuid string
			err := row.Scan(&uuid)
			f.found.Attackers = append(f.found.Attackers, uuid)
			return err
		}, `SELECT uuid FROM attackers WHERE address = $1`, f.address)
		if err != nil {
			return err
		}
		// A session that two sources dispute bears the address of one of them.
		err = t.each(ctx, add, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.n IN (SELECT n FROM sessions WHERE address = $1 AND address <> ''
			UNION SELECT n FROM sessions WHERE attacker IN (SELECT n FROM attackers WHERE address = $1)) ORDER BY s.n`, f.address)
		if err != nil {
			return err
		}
	}
	err := t.each(ctx, func(row scanner) error {
		var n int64
		var subject string
		var payload []byte
		err := row.Scan(&n, &subject, &payload)
		if f.mentioned(append(payload, "\n"+Unescape(subject)...)) {
			f.rejected = append(f.rejected, n)
		}
		return err
	}, `SELECT n, subject, payload FROM rejected`)
	f.found.Rejected = int64(len(f.rejected))
	return err
}

// alone notes the attacker of a session who has no other one: he goes with it.
func (f *forgetting) alone(ctx context.Context, t *Tx, r *sessionRow) error {
	if !r.attacker.Valid {
		return nil
	}
	var others bool
	err := t.row(ctx, `SELECT EXISTS (SELECT 1 FROM sessions WHERE attacker = $1 AND n <> $2)`, r.attacker.Int64, r.n).Scan(&others)
	if err == nil && !others {
		f.found.Attackers = []string{r.Attacker}
	}
	return err
}

// shortID is the shortest session id that is looked for in rejected events.
const shortID = 8

// mentioned says whether an event that could not be used names the address, in
// whatever form, or one of the sessions.
func (f *forgetting) mentioned(payload []byte) bool {
	for i := range f.found.Sessions {
		if id := f.found.Sessions[i].ID; len(id) >= shortID && bytes.Contains(payload, []byte(id)) {
			return true
		}
	}
	if f.address == "" {
		return false
	}
	inAddress := func(r rune) bool {
		return r == '.' || r == ':' || r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
	}
	for _, word := range bytes.FieldsFunc(payload, func(r rune) bool { return !inAddress(r) }) {
		for _, trimmed := range [][]byte{word, bytes.Trim(word, ".:"), portless(word)} {
			if len(trimmed) <= 64 && address.Canonical(string(trimmed)) == f.address {
				return true
			}
		}
	}
	return false
}

// portless cuts a port off an address.
func portless(word []byte) []byte {
	if at := bytes.LastIndexByte(word, ':'); at >= 0 {
		return word[:at]
	}
	return word
}

// erase erases some of the sessions, and with the last of them all the rest.
func (f *forgetting) erase(ctx context.Context, t *Tx, numbers []int64, last bool) (out store.Erased, err error) {
	e := f.s.erasing(t)
	list, err := e.lock(ctx, numbers)
	if err == nil {
		err = e.take(ctx, list)
	}
	if err != nil {
		return out, err
	}
	if err := t.unname(ctx, list, f.address); err != nil {
		return out, err
	}
	if last {
		if out.Rejected, err = t.deleteRejected(ctx, f.rejected); err != nil {
			return out, err
		}
	}
	if out.Attackers, err = e.finish(ctx); err != nil {
		return out, err
	}
	out.Observations = e.observations
	if last && f.address != "" {
		gone, err := t.deleteEmpty(ctx, f.s.dialect, f.address)
		if err != nil {
			return out, err
		}
		out.Attackers = append(out.Attackers, gone...)
	}
	return out, t.tellForgotten(ctx, e.now)
}

// deleteEmpty deletes the attacker of an address where no session is left of
// him: one who was seen and of whom nothing was recorded.
func (t *Tx) deleteEmpty(ctx context.Context, d *Dialect, address string) (gone []string, err error) {
	numbers, err := t.numbers(ctx, `SELECT a.n FROM attackers a WHERE a.address = $1 AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.attacker = a.n)`, address)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	var uuid string
	if err := t.row(ctx, `SELECT uuid FROM attackers WHERE n = $1`, numbers[0]).Scan(&uuid); err != nil {
		return nil, err
	}
	return []string{uuid}, t.deleteAttacker(ctx, d, numbers[0])
}

// forgottenName stands in the audit for a subject that was forgotten.
const forgottenName = "forgotten"

// unname takes the names of sessions and of an address out of the change log,
// the audit, and what was concluded.
func (t *Tx) unname(ctx context.Context, list []sessionRow, address string) error {
	names := []string{Escape(address)}
	var numbers, attackers []int64
	for i := range list {
		r := &list[i]
		numbers = append(numbers, r.n)
		if r.attacker.Valid && !slices.Contains(attackers, r.attacker.Int64) {
			attackers = append(attackers, r.attacker.Int64)
		}
		names = append(names, text(r.Ref, maxName), text(r.ID, maxName))
	}
	// Conclusions name the sessions that they rest on.
	for part := range slices.Chunk(attackers, chunk) {
		_, err := t.exec(ctx, `DELETE FROM conclusions WHERE attacker IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...)
		if err != nil {
			return fmt.Errorf("deleting conclusions: %w", err)
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	for part := range slices.Chunk(numbers, chunk) {
		_, err := t.exec(ctx, `UPDATE changes SET kind = 1, session = NULL, attacker = NULL, ref = '', uuid = '' WHERE session IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...)
		if err != nil {
			return fmt.Errorf("taking names out of the change log: %w", err)
		}
	}
	for part := range slices.Chunk(names, chunk) {
		_, err := t.exec(ctx, `UPDATE audit SET subject = '`+forgottenName+`' WHERE subject IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...)
		if err != nil {
			return fmt.Errorf("taking names out of the audit: %w", err)
		}
	}
	return nil
}

func (t *Tx) deleteRejected(ctx context.Context, numbers []int64) (n int64, err error) {
	for part := range slices.Chunk(numbers, chunk) {
		gone, err := t.exec(ctx, `DELETE FROM rejected WHERE n IN (`+Marks(1, len(part))+`)`, Pad(nil, part)...)
		if err != nil {
			return n, fmt.Errorf("deleting rejected events: %w", err)
		}
		more, err := gone.RowsAffected()
		if err != nil {
			return n, err
		}
		n += more
	}
	return n, nil
}

// tellForgotten adds a change that says that something was forgotten, and not
// what: whoever shows what is stored looks again.
func (t *Tx) tellForgotten(ctx context.Context, now time.Time) error {
	position, err := t.positions(ctx, 1)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO changes (position, first, ts, kind) VALUES ($1, $1, $2, $3)`, position, Nanos(now), kindForgotten)
	if err != nil {
		return fmt.Errorf("writing the change log: %w", err)
	}
	return nil
}
