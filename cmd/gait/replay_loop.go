package main

import (
	"bytes"
	"context"
	"time"

	"gait"
	"gait/term"
)

// statusEvery is how often the status line is brought up to date at least, and
// the terminal's size looked at.
const statusEvery = 200 * time.Millisecond

// holdStatus is how long the status line waits for a recording that has saved
// the cursor to bring it back.
const holdStatus = 2 * time.Second

// replay plays a session in a terminal and obeys keys.
type replay struct {
	player *player
	screen *screen
	status status
	keys   <-chan []byte // nil where there is no keyboard: then it ends at the end
	mute   bool          // there is no output: the keys are printed instead
	held   time.Duration // how long the status line has been waiting
}

func newReplay(p *player, s *screen, keys <-chan []byte) *replay {
	output := p.session.Block(gait.Output)
	s.filter.Newline = !bytes.Contains(output, []byte("\r\n"))
	r := &replay{player: p, screen: s, keys: keys, mute: len(output) == 0}
	r.status.restart(&p.session.Header)
	return r
}

// run plays until the user ends it, the context does, or the terminal fails.
func (r *replay) run(ctx context.Context) error {
	r.screen.open()
	defer r.screen.close()
	timer := time.NewTimer(0)
	defer timer.Stop()
	last := time.Now()
	for r.screen.err == nil {
		pressed, ok := []byte(nil), true
		select {
		case <-ctx.Done():
			return ctx.Err()
		case pressed, ok = <-r.keys:
			if !ok {
				r.keys = nil
			}
		case <-timer.C:
		}
		now := time.Now()
		passed := now.Sub(last)
		last = now
		r.player.elapse(passed, r.play)
		if r.press(pressed) || r.keys == nil && r.player.done() {
			return nil
		}
		r.draw(passed, len(pressed) > 0)
		timer.Reset(r.pause())
	}
	return r.screen.err
}

// pause gives the time until something is to be done.
func (r *replay) pause() time.Duration {
	if due, ok := r.player.due(); ok {
		return min(due, statusEvery)
	}
	return statusEvery
}

// draw brings the terminal up to date.
func (r *replay) draw(passed time.Duration, force bool) {
	if r.screen.resized() {
		r.redraw()
	}
	r.screen.flush()
	if !r.screen.filter.CursorSaved() {
		r.held = 0
	} else if r.held += passed; r.held >= holdStatus {
		force = true
	}
	r.screen.show(r.status.line(r.player, r.screen.columns, r.screen.rows), force)
}

// play shows one event.
func (r *replay) play(e gait.Event) {
	switch e.Kind {
	case gait.Output:
		r.screen.print(e.Data)
	case gait.Input:
		r.status.typed(e.Data)
		if r.mute {
			r.screen.print(keyText(e.Data))
		}
	case gait.Exec:
		r.status.happened(e)
		r.screen.print([]byte("$ " + printable(string(e.Data)) + "\r\n"))
	default:
		r.status.happened(e)
	}
}

// keyText writes keys as text, with a new line after each line end.
func keyText(data []byte) (b []byte) {
	for len(data) > 0 {
		k := term.NextKey(data)
		b = k.Append(b)
		if isLineEnd(k.Data[0]) {
			b = append(b, '\r', '\n')
		}
		data = data[len(k.Data):]
	}
	return b
}

// jump goes to another time of the session.
func (r *replay) jump(t time.Duration) {
	from, to, back := r.player.seek(t)
	if back {
		r.screen.clear()
		r.status.restart(&r.player.session.Header)
	}
	for i := from; i < to; i++ {
		r.play(r.player.session.Event(i))
	}
}

// redraw builds the screen anew at the same place.
func (r *replay) redraw() {
	r.screen.clear()
	r.status.restart(&r.player.session.Header)
	for i := range r.player.next {
		r.play(r.player.session.Event(i))
	}
}
