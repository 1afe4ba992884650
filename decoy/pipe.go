package decoy

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"sync/atomic"

	"gait/decoy/visit"
)

// mostPending is how many events wait to be written before more are dropped:
// what catches them never waits.
const mostPending = 4096

// caught is the child's side of what is caught: the decoy's own log, and the
// pipe to the parent.
type caught struct {
	pending chan visit.Event
	dropped atomic.Int64
	diary   *diary
	pipe    io.Writer
	decoy   string
	key     [32]byte
	log     *slog.Logger
	more    []visit.Sink
}

// Caught takes an event. It never waits.
func (c *caught) Caught(e visit.Event) {
	for _, m := range c.more {
		m.Caught(e)
	}
	select {
	case c.pending <- e:
	default:
		c.dropped.Add(1)
	}
}

// run writes events until the context ends, and then what is left.
func (c *caught) run(ctx context.Context) {
	failing := false
	write := func(e visit.Event) {
		c.diary.lost(c.dropped.Swap(0))
		if err := c.diary.write(e); (err != nil) != failing {
			if failing = err != nil; failing {
				c.log.Warn("the decoy's log cannot be written", "error", err)
			}
		}
		if a, ok := activity(e, c.decoy, c.key); ok {
			line, err := json.Marshal(a)
			if err == nil {
				_, err = c.pipe.Write(append(line, '\n'))
			}
			if err != nil && ctx.Err() == nil {
				c.dropped.Add(1)
			}
		}
	}
	for {
		select {
		case e := <-c.pending:
			write(e)
		case <-ctx.Done():
			for {
				select {
				case e := <-c.pending:
					write(e)
				default:
					return
				}
			}
		}
	}
}

// readActivity reads what a child says until its pipe ends, and gives each line
// that may be published to publish. Others are counted by their reason.
func readActivity(r io.Reader, check func(line []byte) error) {
	in := bufio.NewReaderSize(r, mostActivity+1)
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case err == bufio.ErrBufferFull:
			for err == bufio.ErrBufferFull { // the rest of a line that is too long
				_, err = in.ReadSlice('\n')
			}
			check(make([]byte, mostActivity+1))
		case len(line) > 0:
			check(line)
		}
		if err != nil {
			return
		}
	}
}
