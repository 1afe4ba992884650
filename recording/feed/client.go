package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"gait/recording/shard"
)

// How much a client keeps for a collector that is slow: output up to a bound,
// keys, sizes and the end up to another above it.
const (
	queueOutput = 256 << 10
	queueAll    = 2 << 20
	// greetWithin is how long a hello may take, and endWithin how long the end
	// of a session waits for the collector.
	greetWithin = 2 * time.Second
	endWithin   = 2 * time.Second
	// tellEvery is how often the collector is told what was not sent.
	tellEvery = time.Second
	// SkippedFeed is why a session is not known to be kept whose collector went
	// away.
	SkippedFeed = "collector_lost"
)

// Client brings a session to a collector. Its methods are safe for concurrent
// use, and none but End waits for the collector: a frame is given to the kernel
// at once where it takes it, else it is queued. Output that finds a quarter of
// a megabyte waiting is counted and not sent, so that what is left of the queue
// belongs to keys; so is output beyond the budget that the collector stated.
// What was not sent is said, at most once a second. A collector that goes away
// breaks nothing: all is counted as not kept from then on.
type Client struct {
	conn *net.UnixConn
	raw  syscall.RawConn
	id   string

	mu      sync.Mutex
	more    *sync.Cond // the queue has grown, or the client has broken or closed
	queue   []byte     // frames, the first one perhaps begun
	flying  int        // bytes of earlier frames that are being written
	scratch []byte
	broken  bool // the collector is gone
	ended   bool
	in, out strand
	totals  shard.Totals
}

// strand is one channel of a client.
type strand struct {
	ch    byte
	most  int64 // bytes that the collector keeps
	came  int64
	sent  int64
	owed  missing // what was not sent and not said
	told  time.Duration
	tells bool
}

// Dial connects to the collector at a path and begins a session. The error says
// why there is none; the shell then runs without being recorded.
func Dial(path string, h Hello) (*Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), greetWithin)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("reach the collector: %w", err)
	}
	c, err := greeted(ctx, conn.(*net.UnixConn), &h)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("greet the collector: %w", err), conn.Close())
	}
	go c.flush()
	return c, nil
}

// greeted says hello and waits for the answer.
func greeted(ctx context.Context, conn *net.UnixConn, h *Hello) (*Client, error) {
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	frame, err := appendMessage(nil, frameHello, greet(h))
	if err != nil {
		return nil, err
	}
	_, sent := conn.Write(frame)
	var w welcome
	if err := readMessage(conn, frameWelcome, maxFrame, &w); err != nil {
		return nil, errors.Join(sent, err)
	}
	if w.Refused != "" {
		return nil, fmt.Errorf("it refuses: %s", w.Refused)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	c := &Client{conn: conn, raw: raw, id: w.ID}
	c.in, c.out = strand{ch: 'i', most: w.Input}, strand{ch: 'o', most: w.Output}
	c.more = sync.NewCond(&c.mu)
	return c, nil
}

// ID is the session's id, which the collector gave.
func (c *Client) ID() string { return c.id }

// Input sends what the operator typed.
func (c *Client) Input(at time.Duration, data []byte) { c.event(&c.in, at, data) }

// Output sends what the terminal received.
func (c *Client) Output(at time.Duration, data []byte) { c.event(&c.out, at, data) }

// Resize sends the size of the terminal.
func (c *Client) Resize(at time.Duration, cols, rows int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.totals.Events++
	if c.fits(frameHead+8, queueAll/2) {
		c.scratch = appendResize(c.scratch[:0], at, sized(cols), sized(rows))
		c.give(c.scratch)
	}
}

// Limits are how many bytes of input and of output the collector keeps, as it
// said.
func (c *Client) Limits() (input, output int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.in.most, c.out.most
}

// Missing counts what came on a channel, i or o, in so many events and is not
// sent.
func (c *Client) Missing(at time.Duration, m shard.Missing, events int64) {
	s := &c.out
	if m.Channel == frameInput {
		s = &c.in
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || m.Bytes <= 0 {
		return
	}
	c.totals.Events += events
	s.came += m.Bytes
	s.owed.Bytes += m.Bytes
	s.owed.events += events
	c.tell(s, at)
}

// event sends data of a channel, or counts what is not sent of it.
func (c *Client) event(s *strand, at time.Duration, data []byte) {
	if len(data) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.totals.Events++
	s.came += int64(len(data))
	c.tell(&c.in, at)
	c.tell(&c.out, at)
	for len(data) > 0 {
		part := data[:min(len(data), maxFrame)]
		if !c.sends(s, len(part)) {
			break
		}
		data = data[len(part):]
		c.scratch = appendFrame(c.scratch[:0], s.ch, at, part)
		c.give(c.scratch)
		s.sent += int64(len(part))
	}
	if len(data) > 0 {
		s.owed.Bytes += int64(len(data))
		s.owed.events++
		c.tell(s, at)
	}
}

// sends says whether data of a channel is to be sent.
func (c *Client) sends(s *strand, size int) bool {
	if s.sent+int64(size) > s.most {
		s.most = 0 // as the collector has it: the budget is spent
		return false
	}
	most := queueAll
	if s.ch == frameOutput {
		most = queueOutput
	}
	return c.fits(frameHead+size, most)
}

// fits says whether so many bytes more may wait.
func (c *Client) fits(size, most int) bool { return !c.broken && c.flying+len(c.queue)+size <= most }

// tell says what was not sent of a channel, once a second.
func (c *Client) tell(s *strand, at time.Duration) {
	if s.owed.Bytes > 0 && (!s.tells || at-s.told >= tellEvery) {
		s.tells, s.told = true, at
		c.owe(s, at)
	}
}

func (c *Client) owe(s *strand, at time.Duration) {
	if s.owed.Bytes == 0 || !c.fits(frameHead+17, queueAll) {
		return
	}
	s.owed.Channel = s.ch
	c.scratch = appendMissing(c.scratch[:0], at, s.owed)
	c.give(c.scratch)
	s.owed = missing{}
}

// give hands a frame to the kernel where nothing waits and the kernel takes it
// at once; what it does not take is queued.
func (c *Client) give(frame []byte) {
	if c.flying == 0 && len(c.queue) == 0 {
		var n int
		var err error
		away := c.raw.Write(func(fd uintptr) bool {
			n, err = syscall.Write(int(fd), frame)
			return true // never wait here
		})
		again := errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR)
		if away != nil || err != nil && !again {
			c.lose()
			return
		}
		if frame = frame[max(n, 0):]; len(frame) == 0 {
			return
		}
	}
	c.queue = append(c.queue, frame...)
	c.more.Signal()
}

// lose notes that the collector is gone.
func (c *Client) lose() {
	c.broken, c.queue, c.flying = true, nil, 0
	c.more.Broadcast()
}

// flush writes what is queued, until the client ends or breaks.
func (c *Client) flush() {
	var spare []byte
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		for len(c.queue) == 0 && !c.broken {
			c.more.Wait()
		}
		if c.broken {
			return
		}
		batch := c.queue
		c.queue, c.flying = spare[:0], len(batch)
		c.mu.Unlock()
		_, err := c.conn.Write(batch)
		c.mu.Lock()
		if c.flying = 0; err != nil {
			c.lose()
			return
		}
		if spare = batch; cap(spare) > queueOutput {
			spare = nil
		}
	}
}

// End ends the session for a reason that is not empty, waits a little for what is on its way, and gives what
// the collector kept. Where it does not say so in time, the totals hold what
// came, and that nothing is known to be kept.
func (c *Client) End(at time.Duration, reason string) shard.Totals {
	c.mu.Lock()
	if c.ended {
		defer c.mu.Unlock()
		return c.totals
	}
	c.ended = true
	c.owe(&c.in, at)
	c.owe(&c.out, at)
	broken := c.broken
	if !broken {
		c.scratch = appendFrame(c.scratch[:0], frameEnd, at, cut(reason, maxReason))
		c.give(c.scratch)
	}
	t := &c.totals
	t.Skipped, t.BytesIn, t.BytesOut, t.Truncated, t.Duration = SkippedFeed, c.in.came, c.out.came, c.in.came+c.out.came > 0, at
	c.mu.Unlock()

	var told shard.Totals
	err := c.conn.SetDeadline(time.Now().Add(endWithin))
	if err == nil && !broken {
		err = readMessage(c.conn, frameTotals, maxFrame, &told)
	}
	_ = c.conn.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lose()
	if err == nil && !broken {
		*t = told
	}
	return *t
}
