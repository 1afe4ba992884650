package bus

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// puller asks for deliveries of one durable, keeps those that were not handed
// out, and knows those that have no answer. It never has more than InFlight
// of them asked for or unanswered.
type puller struct {
	b     *natsBus
	c     Consumer
	inbox string

	wake   chan struct{} // there is something to hand out
	broken chan error    // the durable has to be attached again

	mu         sync.Mutex
	queue      []*delivery
	unanswered map[uint64]*delivery // by their number in the stream
	answered   []*delivery          // done while there was no connection to say it on
	asked      int                  // asked for and not come
	round      int                  // counts attachments: late words for an older one do not count
	heard      time.Time            // when the server last said something
	on         bool                 // attached
	epoch      uint64               // number of the connection that it is attached on
	made       time.Time            // when the durable was made
}

func newPuller(b *natsBus, c Consumer) *puller {
	return &puller{
		b: b, c: c, inbox: b.nc.NewInbox(),
		wake: make(chan struct{}, 1), broken: make(chan error, 1),
		unanswered: map[uint64]*delivery{},
	}
}

// reply is where the answers to requests of this attachment go.
func (p *puller) reply() string { return p.inbox + "." + strconv.Itoa(p.round) }

// begin starts asking. Where the durable is another one than before, what was
// delivered by the old one can no longer be answered, and is delivered again
// where it is still held.
func (p *puller) begin(epoch uint64, made time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !made.Equal(p.made) {
		p.queue, p.answered = nil, nil
		clear(p.unanswered)
	}
	p.made, p.epoch, p.on = made, epoch, true
	p.round++
	p.asked, p.heard = 0, time.Now()
	select {
	case <-p.broken:
	default:
	}
	for _, d := range p.answered {
		_ = d.send(ackDone)
	}
	p.answered = nil
	p.topUp()
}

// suspend stops asking and answering.
func (p *puller) suspend() {
	p.mu.Lock()
	p.on = false
	p.mu.Unlock()
}

// receive takes one message from the server: a delivery, or word about a request.
func (p *puller) receive(m *nats.Msg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.Reply == "" {
		p.word(m)
	} else {
		p.delivered(m)
	}
	p.topUp()
}

// delivered takes a delivery. One that is here already, since the server got
// tired of waiting for its answer, is not handed out twice.
func (p *puller) delivered(m *nats.Msg) {
	p.heard = time.Now()
	p.asked = max(p.asked-1, 0)
	meta, err := m.Metadata()
	if err != nil {
		return
	}
	seq := meta.Sequence.Stream
	if d := p.unanswered[seq]; d != nil && d.made.Equal(p.made) {
		d.reply = m.Reply
		return
	}
	d := &delivery{
		p: p, m: p.b.received(m), reply: m.Reply, seq: seq, made: p.made,
		times: int(meta.NumDelivered),
	}
	p.unanswered[seq] = d
	p.queue = append(p.queue, d)
	p.ring()
}

// word takes what the server says about a request.
func (p *puller) word(m *nats.Msg) {
	if m.Subject != p.reply() {
		return
	}
	p.heard = time.Now()
	left, _ := strconv.Atoi(m.Header.Get("Nats-Pending-Messages"))
	switch status, about := m.Header.Get("Status"), m.Header.Get("Description"); status {
	case "100": // it is there, and has nothing
	case "404", "408": // the request is over
		p.asked = max(p.asked-left, 0)
	case "409":
		if left > 0 && strings.Contains(about, "Batch Completed") {
			p.asked = max(p.asked-left, 0)
			return
		}
		p.stop(fmt.Errorf("%w: %.80q", errGone, about))
	case "503":
		p.stop(fmt.Errorf("%w: nobody answers for it", errGone))
	default:
		p.stop(fmt.Errorf("%w: status %.8q: %.80q", errGone, status, about))
	}
}

// stop has the durable attached again.
func (p *puller) stop(err error) {
	p.on = false
	select {
	case p.broken <- err:
	default:
	}
}

// topUp asks for more once a quarter of what may be in flight is free, so that
// there are few requests and always one that stands.
func (p *puller) topUp() {
	free := p.c.InFlight - len(p.unanswered) - p.asked
	if !p.on || free <= 0 || p.asked > 0 && free < (p.c.InFlight+3)/4 {
		return
	}
	if err := p.ask(free); err != nil {
		p.stop(p.b.translate(err))
		return
	}
	p.asked += free
}

// take gives the next batch to hand out.
func (p *puller) take() []Delivery {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(p.queue), p.c.Batch)
	if n == 0 {
		return nil
	}
	batch := make([]Delivery, n)
	for i, d := range p.queue[:n] {
		batch[i] = d
	}
	if p.queue = p.queue[n:]; len(p.queue) == 0 {
		p.queue = nil
	}
	return batch
}

// silent says whether the server has said nothing though it should have.
func (p *puller) silent() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked > 0 && time.Since(p.heard) > 5*p.b.tuning.heartbeat/2
}

// progressUntil tells the server every so often that work goes on.
func (p *puller) progressUntil(over <-chan struct{}) {
	tick := time.NewTicker(p.b.tuning.progress)
	defer tick.Stop()
	for {
		select {
		case <-over:
			return
		case <-tick.C:
			p.progress()
		}
	}
}

// progress tells the server of every delivery that work goes on.
func (p *puller) progress() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return
	}
	for _, d := range p.unanswered {
		if d.send(ackProgress) != nil {
			return
		}
	}
}

// giveBack asks for what was not handed out to be delivered again at once.
func (p *puller) giveBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = false
	for _, d := range p.queue {
		if d.made.Equal(p.made) {
			_ = d.send(ackLater)
		}
		delete(p.unanswered, d.seq)
	}
	p.queue = nil
}

func (p *puller) ring() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}
