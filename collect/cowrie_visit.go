package collect

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"time"

	"gait/recording"
	"gait/recording/cowrie"
	"gait/store"
)

// How long a session waits for its terminal log: Cowrie may say that it ended
// before the file has its final name, and T-Pot empties the folder and packs it.
const (
	terminalQuiet = 2 * time.Second // before a row says so
	terminalWait  = 2 * time.Minute
	terminalOld   = 10 * time.Minute // a session that ended longer ago does not wait
)

// causeTerminal groups the sessions that wait for their terminal logs.
const causeTerminal = "recording missing"

// cowrieVisit is a connection whose terminal logs are not all there.
type cowrieVisit struct {
	since time.Duration
	rows  map[string]bool // references that wait in the store
}

// tell offers what the follower has to tell, with the positions that stand for
// it.
func (g *cowrieGroup) tell(ctx context.Context, read bool) error {
	var offers []store.Offer
	for _, v := range g.f.Take(g.s.in.options().Idle) {
		if g.s.skips && v.Over() != cowrie.NotOver && longOver(v.Last(), v.Last(), time.Now()) {
			g.leave(v)
			continue
		}
		list, err := g.consider(ctx, v)
		if err != nil {
			return err
		}
		offers = append(offers, list...)
	}
	return g.offer(ctx, offers, read)
}

// offer offers sessions; the positions come with the last of them.
func (g *cowrieGroup) offer(ctx context.Context, offers []store.Offer, read bool) error {
	const most = 512
	for len(offers) > most {
		if _, err := g.s.in.offer(ctx, offers[:most]); err != nil {
			return err
		}
		offers = offers[most:]
	}
	var cursors []store.Cursor
	if read || len(offers) > 0 {
		cursors = g.cursors()
	}
	if len(offers) == 0 && len(cursors) == 0 {
		return nil
	}
	if _, err := g.s.in.offer(ctx, offers, cursors...); err != nil {
		return err
	}
	if cursors != nil {
		g.stored()
	}
	return nil
}

// wait looks again for terminal logs that were missing.
func (g *cowrieGroup) wait(ctx context.Context) error {
	var offers []store.Offer
	for v := range g.visits {
		list, err := g.consider(ctx, v)
		if err != nil {
			return err
		}
		offers = append(offers, list...)
	}
	return g.offer(ctx, offers, false)
}

// consider makes offers of the sessions of a connection: of the terminal logs
// that are there; of its commands where it is over and none is. A connection
// that waits for a terminal log is kept until that comes or is given up.
func (g *cowrieGroup) consider(ctx context.Context, v *cowrie.Visit) (offers []store.Offer, err error) {
	w := g.visits[v]
	found, late := 0, []store.Offer{}
	for i := range v.Terminals() {
		x, ok := v.Terminal(i)
		if !ok {
			continue
		}
		g.s.strays.claim(x.Names)
		at, err := g.s.home.Find(x.Names, x.Start.Add(-terminalSlack), x.End.Add(terminalSlack))
		switch {
		case err == nil:
			found++
			offers = append(offers, g.s.offerOf(&x, at.Path, at.Size))
		case errors.Is(err, fs.ErrNotExist):
			late = append(late, g.s.offerOf(&x, g.pathOf(x.Log), 0))
		default: // whoever reads it says why it cannot be read
			found++
			offers = append(offers, g.s.offerOf(&x, g.pathOf(x.Log), 0))
		}
	}
	now := g.s.in.now()
	if w == nil && len(late) > 0 {
		w = &cowrieVisit{since: now, rows: map[string]bool{}}
	}
	if w != nil && len(late) > 0 && now-w.since < g.s.wait && time.Since(v.Last()) < terminalOld {
		g.visits[v] = w
		v.Hold(true)
		return append(offers, w.rest(late, now, g.s.wait)...), nil
	}
	if v.Over() != cowrie.NotOver && found == 0 && v.Commands() > 0 {
		x := v.Lines(len(late))
		offers = append(offers, g.s.offerOf(&x, g.pathOf(x.Log), v.Commands()))
	}
	v.Hold(false)
	delete(g.visits, v)
	return offers, g.giveUp(ctx, w, late, offers)
}

// terminalSlack is how far the times of a log and a terminal log may differ.
const terminalSlack = 2 * time.Second

// rest makes rows of the sessions that wait, once they have waited a little.
func (w *cowrieVisit) rest(late []store.Offer, now, wait time.Duration) (offers []store.Offer) {
	if now-w.since < terminalQuiet {
		return nil
	}
	for _, o := range late {
		if w.rows[o.Ref] {
			continue
		}
		w.rows[o.Ref] = true
		o.State, o.CauseKind = store.Waiting, causeTerminal
		o.Cause = "the terminal log that the event log names is not there (yet); after a while the session is read from its command lines"
		o.NextTry = time.Now().Add(wait + time.Minute)
		offers = append(offers, o)
	}
	return offers
}

// giveUp settles rows whose terminal log did not come and which are not
// offered in another way.
func (g *cowrieGroup) giveUp(ctx context.Context, w *cowrieVisit, late, offers []store.Offer) error {
	if w == nil {
		return nil
	}
	var list []store.Settlement
	for _, o := range late {
		if !w.rows[o.Ref] || slicesHas(offers, o.Ref) {
			continue
		}
		list = append(list, store.Settlement{
			Ref: o.Ref, State: store.Unrecorded, CauseKind: causeTerminal,
			Cause: "the terminal log that the event log names is gone, and the event log holds no command of the session",
		})
	}
	if len(list) == 0 {
		return nil
	}
	return g.s.in.retry(ctx, "settle", func() error { return g.s.in.options().Store.Settle(ctx, list) })
}

func slicesHas(offers []store.Offer, ref string) bool {
	for i := range offers {
		if offers[i].Ref == ref {
			return true
		}
	}
	return false
}

// pathOf gives where a log of an id lies now.
func (g *cowrieGroup) pathOf(id string) string {
	if l := g.logs[id]; l != nil && l.Path != "" {
		return l.Path
	}
	for _, l := range g.order {
		if recording.SameLog(id, l.Head) {
			return l.Path
		}
	}
	return g.s.home.Path()
}

// homePlace writes down where a session is, for [recording.Library].
func homePlace(home string, x *cowrie.Session) json.RawMessage {
	b, err := json.Marshal(recording.HomePlace{Home: home, Place: x.Place})
	if err != nil {
		panic("collect: a place cannot be written: " + err.Error())
	}
	return b
}

// clean makes a path fit for a column of text.
func clean(path string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(path, "\uFFFD"), "\x00", "\uFFFD")
}
