package telnetd

import (
	"errors"
	"os"
	"time"
)

// negotiate agrees on options in the real server's three rounds. A client that
// does not answer for a while, or that sends something else, gets the rest at
// once; what it says later still counts.
func (c *conn) negotiate() error {
	o := &c.opts
	o.ask(will, optAuth, will, optEncrypt, do, optType, do, optSpeed, do, optDisplay, do, optNewEnv, do, optOldEnv)
	if err := c.await(func() bool { return !o.due(optType, optSpeed, optDisplay, optNewEnv, optOldEnv) }); err != nil {
		return err
	}
	o.late = true
	o.want(optSpeed, optDisplay, optNewEnv, optType)
	if err := c.await(func() bool { return !o.missing(optSpeed, optDisplay, optNewEnv, optType) }); err != nil {
		return err
	}
	o.ask(will, optSGA, do, optEcho, do, optLinemode, do, optSize, will, optStatus, do, optFlow)
	if err := c.await(func() bool { return !o.due(optEcho, optLinemode, optSize, optFlow) }); err != nil {
		return err
	}
	if o.his[optLinemode].on {
		o.out(iac, sb, optLinemode, 1, 3, iac, se, 0)
		acked := func() bool { return o.acked }
		if err := c.await(acked); err != nil {
			return err
		}
	}
	c.settle()
	return nil
}

// settle ends the negotiation: we echo, character by character.
func (c *conn) settle() {
	o := &c.opts
	if o.his[optFlow].on {
		o.out(iac, sb, optFlow, 3, iac, se, 0)
	}
	if o.his[optEcho].on {
		o.ask(dont, optEcho)
	}
	if o.his[optLinemode].on {
		o.ask(will, optEcho, do, optBinary, dont, optLinemode)
		return
	}
	o.ask(will, optEcho, do, optMark, do, optBinary)
}

// await reads until something is the case, the client is quiet, or it has typed
// something. It does not wait for a client that has answered nothing so far.
func (c *conn) await(done func() bool) error {
	first := c.opts.late
	for !done() && len(c.typed) == 0 && !(first && c.opts.answered == 0) {
		limit := time.Now().Add(c.Limits.Quiet)
		if limit.After(c.until) {
			limit = c.until
		}
		c.w.SetReadDeadline(limit)
		err := c.fill()
		c.w.SetReadDeadline(c.until)
		if errors.Is(err, os.ErrDeadlineExceeded) && time.Now().Before(c.until) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
