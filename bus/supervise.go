package bus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// What can be wrong; the names order what is told.
const (
	troubleConnection = "connection"
	troubleStreams    = "streams"
	troubleFull       = "full "
	troubleConsumer   = "consumer "
	troubleRefused    = "refused"
)

// supervise keeps the streams there: after each connection, and whenever
// someone met trouble. It revives an embedded server that stopped taking
// messages.
func (b *natsBus) supervise() {
	tick := time.NewTicker(b.tuning.check)
	defer tick.Stop()
	wait := b.tuning.reconnect
	for {
		ctx, cancel := context.WithTimeout(b.closed, 4*b.tuning.answer)
		err := b.mend(ctx)
		cancel()
		var again <-chan time.Time
		if err != nil && b.closed.Err() == nil {
			b.trouble(troubleStreams, err)
			wait = min(2*wait, 10*time.Second)
			again = time.After(wait/2 + rand.N(wait))
		} else {
			b.mended(troubleStreams)
			wait = b.tuning.reconnect
		}
		select {
		case <-b.closed.Done():
			return
		case <-b.look:
		case <-tick.C:
		case <-again:
		}
	}
}

// mend looks what is wrong and does what can be done.
func (b *natsBus) mend(ctx context.Context) error {
	if b.embedded != nil {
		if err := b.heal(); err != nil {
			return err
		}
	}
	if !b.nc.IsConnected() {
		return nil // the connection's own trouble; renew asks again
	}
	b.mu.Lock()
	_, troubled := b.troubles[troubleStreams]
	b.mu.Unlock()
	since := b.connectedAt()
	if troubled {
		since = time.Now()
	}
	return b.ensure(ctx, since)
}

// heal starts an embedded server again that takes nothing.
func (b *natsBus) heal() error {
	b.mu.Lock()
	sick := b.isSick()
	b.mu.Unlock()
	if !sick && b.embedded.well() {
		return nil
	}
	if err := b.embedded.revive(); err != nil {
		return err
	}
	b.mu.Lock()
	if b.isSick() {
		b.sick = make(chan struct{})
	}
	b.mu.Unlock()
	return nil
}

// connectedAt gives the time of the newest connection.
func (b *natsBus) connectedAt() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connected
}

// renew is called when there is a connection. What was there before may be gone:
// the server may be another one.
func (b *natsBus) renew() {
	b.mu.Lock()
	close(b.renewed)
	b.renewed = make(chan struct{})
	b.connected = time.Now()
	if b.link.Err() != nil {
		b.link, b.cut = context.WithCancel(b.closed)
	}
	b.mu.Unlock()
	b.mended(troubleConnection)
	b.mended(troubleRefused)
	b.poke()
}

// renewal gives a channel that is closed at the next connection.
func (b *natsBus) renewal() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.renewed
}

// linked gives a context that ends with the connection as well: an answer to
// what was asked on it does not come on the next.
func (b *natsBus) linked(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	b.mu.Lock()
	stop := context.AfterFunc(b.link, cancel)
	b.mu.Unlock()
	return ctx, func() {
		stop()
		cancel()
	}
}

// poke asks the supervisor to look.
func (b *natsBus) poke() {
	select {
	case b.look <- struct{}{}:
	default:
	}
}

// lost is called when the connection is lost, or cannot be made.
func (b *natsBus) lost(err error) {
	if b.closed.Err() != nil {
		return
	}
	if err == nil {
		err = nats.ErrDisconnected
	}
	b.mu.Lock()
	b.cut()
	b.mu.Unlock()
	b.trouble(troubleConnection, fmt.Errorf("%w: %s: %w", ErrAway, b.where(), err))
	b.poke()
}

// refused is called for what the server says of its own accord.
func (b *natsBus) refused(s *nats.Subscription, err error) {
	if errors.Is(err, nats.ErrSlowConsumer) && s != nil {
		return // a follower that is too slow misses some, as promised
	}
	b.trouble(troubleRefused, fmt.Errorf("the NATS server at %s refuses: %w", b.where(), err))
}

// notice is called when the embedded server cannot write, which is not a limit
// of its streams: until it is started again it takes nothing, and does not even
// answer.
func (b *natsBus) notice() {
	if b.embedded == nil {
		return
	}
	b.mu.Lock()
	if !b.isSick() {
		close(b.sick)
	}
	b.mu.Unlock()
	b.poke()
}

// isSick says whether the disk fails the embedded server; with the lock held.
func (b *natsBus) isSick() bool {
	select {
	case <-b.sick:
		return true
	default:
		return false
	}
}

// sickness gives a channel that is closed when the disk fails the embedded
// server.
func (b *natsBus) sickness() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sick
}

// trouble notes what is wrong, until mended.
func (b *natsBus) trouble(name string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.troubles[name] = err
	b.tell()
}

func (b *natsBus) mended(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, there := b.troubles[name]; there {
		delete(b.troubles, name)
		b.tell()
	}
}

func (b *natsBus) tell() {
	select {
	case b.told <- struct{}{}:
	default:
	}
}

// standing gives all that is wrong, nil for nothing.
func (b *natsBus) standing() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []error
	for _, name := range slices.Sorted(maps.Keys(b.troubles)) {
		all = append(all, b.troubles[name])
	}
	return errors.Join(all...)
}

// report tells whoever wants to know when what is wrong changes.
func (b *natsBus) report() {
	last := ""
	for {
		if err := b.standing(); b.o.Report != nil && text(err) != last {
			last = text(err)
			b.o.Report(err)
		}
		select {
		case <-b.closed.Done():
			return
		case <-b.told:
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// The codes with which a server says that it has no room.
const (
	codeNoResources  jetstream.ErrorCode = 10023
	codeNoMemory     jetstream.ErrorCode = 10028
	codeNoStorage    jetstream.ErrorCode = 10047
	codeStreamRefuse jetstream.ErrorCode = 10077
	codeTooLarge     jetstream.ErrorCode = 10054
)

// translate turns an error of the server or the connection into one that
// callers branch on.
func (b *natsBus) translate(err error) error {
	var api *jetstream.APIError
	switch {
	case err == nil, errors.Is(err, ErrFull), errors.Is(err, ErrAway), errors.Is(err, ErrTooLarge):
		return err
	case errors.Is(err, nats.ErrMaxPayload):
		return ErrTooLarge
	case errors.As(err, &api):
		return b.translateAPI(api)
	case b.closed.Err() != nil:
		return fmt.Errorf("%w: it was closed", ErrAway)
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}

func (b *natsBus) translateAPI(api *jetstream.APIError) error {
	switch api.ErrorCode {
	case codeTooLarge:
		return ErrTooLarge
	case codeStreamRefuse:
		if !limit(api.Description) {
			b.notice()
		}
		return fmt.Errorf("%w: %s", ErrFull, api.Description)
	case codeNoResources, codeNoMemory, codeNoStorage:
		b.notice()
		return fmt.Errorf("%w: %s", ErrFull, api.Description)
	}
	return fmt.Errorf("%w: %w", ErrAway, api)
}

// limit says whether a refusal comes from the limits of a stream.
func limit(description string) bool {
	return description == "maximum bytes exceeded" || description == "maximum messages exceeded" ||
		description == "maximum messages per subject exceeded"
}
