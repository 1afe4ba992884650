package sqlstore

import "context"

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
