package collect

import (
	"context"
)

// source is where sessions come from. It keeps whatever it needs between runs
// in itself: one goroutine runs it at a time.
type source interface {
	// name is what rows say of where they came from: "shards", "cowrie",
	// "recordings", "syslog".
	name() string
	// title names it to people, with its path or address.
	title() string
	// run finds sessions and offers them through the intake until the context
	// ends: first a sweep of all there is, then what is new. Where it returns
	// an error it is run again after a while. It returns without an error only
	// when there will never be more.
	run(ctx context.Context, in *intake) error
}

// assemble makes the sources that the options ask for.
func (c *Collector) assemble() error {
	var err error
	if c.shards, err = shardSources(c.opt); err != nil {
		return err
	}
	for _, s := range c.shards {
		c.sources = append(c.sources, s)
	}
	c.finder = newFinder(c)
	for _, make := range []func(*Collector) ([]source, error){
		(*Collector).syslogSources,
		func(c *Collector) ([]source, error) { return cowrieSources(c.opt) },
		func(c *Collector) ([]source, error) { return fileSources(c.opt) },
	} {
		list, err := make(c)
		if err != nil {
			return err
		}
		c.sources = append(c.sources, list...)
	}
	return nil
}
