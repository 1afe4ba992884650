package sqlstore

import (
	"context"
	"fmt"
)

// The counters of what newer rules changed; see [store.Stats].
const (
	counterRenewed       = "renewed"
	counterRenewedValues = "renewed_values"
)

// compare counts the primitives that answer differently than they did in the
// profile that is stored.
func (t *Tx) compare(ctx context.Context, c *change) error {
	c.again = true
	values := make(map[int64]string, len(c.observations))
	for _, o := range c.observations {
		values[o.Primitive] = o.Value
	}
	changed := 0
	err := t.each(ctx, func(row scanner) error {
		var primitive int64
		var value string
		if err := row.Scan(&primitive, &value); err != nil {
			return err
		}
		if now, there := values[primitive]; !there || now != value {
			changed++
		}
		delete(values, primitive)
		return nil
	}, `SELECT primitive, value FROM observation WHERE session = $1`, c.row.n)
	c.differs = changed + len(values) // what is left was not there before
	return err
}

// countRenewed adds to the counters of what newer rules changed. The
// transaction must hold the lock of the change log's counter, so that no two of
// them wait for each other.
func (t *Tx) countRenewed(ctx context.Context, changed []*change) error {
	var profiles, values int
	for _, c := range changed {
		if c.renewed {
			profiles++
			values += c.differs
		}
	}
	if profiles == 0 {
		return nil
	}
	err := t.send(ctx, `INSERT INTO counters (name, value) VALUES ($1, $2), ($3, $4)
		ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value`,
		counterRenewed, profiles, counterRenewedValues, values)
	if err != nil {
		return fmt.Errorf("counting what newer rules changed: %w", err)
	}
	return nil
}
