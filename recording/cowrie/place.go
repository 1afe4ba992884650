package cowrie

import (
	"encoding/json"
	"net/netip"
	"slices"
	"time"

	"gait"
)

// claim is what a follower remembers of the owner of a terminal log: the
// connection while it is kept, else when it was.
type claim struct {
	window
	duplicate flag
	v         *Visit
	log       int
}

// when gives the time of the owner.
func (o *claim) when() window {
	if o.v != nil {
		return *o.v.logs[o.log].window(&o.v.connection)
	}
	return o.window
}

// own finds whether terminal logs belong to the connection that names them.
func (f *Follower) own(v *Visit) {
	for i := range v.logs {
		l := &v.logs[i]
		if l.settled || l.duplicate == isTrue || l.closeAt == 0 && v.over == NotOver {
			continue
		}
		l.settled = true
		o, there := f.owners.get(l.key())
		if w := o.when(); there && w.from != v.start && (o.duplicate == isFalse || l.duplicate != isFalse) {
			l.borrowed, l.owner = true, &w
			continue
		}
		f.owners.put(l.key(), claim{duplicate: l.duplicate, v: v, log: i})
	}
	if v.gone {
		f.disown(v)
	}
}

// disown notes when a connection was that is no longer kept.
func (f *Follower) disown(v *Visit) {
	for i := range v.logs {
		if o, _ := f.owners.get(v.logs[i].key()); o.v == v {
			o.window, o.v = o.when(), nil
			f.owners.put(v.logs[i].key(), o)
		}
	}
}

// Session is what a follower tells of one session.
type Session struct {
	ID       string
	Ref      string // evidence reference
	Sensor   string
	Decoy    string // the sensor, where it is the name of a decoy
	Service  string
	Address  string // canonical; empty where unknown
	Start    time.Time
	End      time.Time
	Over     string // "log.closed", "session.closed" or "silence"
	EndSeen  bool
	Commands int64 // of the whole connection
	// Names are the base names that its terminal log may have, the likeliest
	// first; none for a session of command lines.
	Names []string
	Place json.RawMessage // for [Read]
	Log   string          // the log that it is in, as the caller named it
}

// Terminals is the number of terminal logs of the connection. Those that are
// not over yet are among them.
func (v *Visit) Terminals() int { return len(v.logs) }

// Over says why the connection is over.
func (v *Visit) Over() Over { return v.over }

// Commands is the number of commands that the log holds.
func (v *Visit) Commands() int64 { return v.commands }

// Last is when the log spoke of the connection last.
func (v *Visit) Last() time.Time { return time.UnixMicro(v.last).UTC() }

// Terminal gives the session of the i-th terminal log, from 0; ok is false
// while it is not over.
func (v *Visit) Terminal(i int) (s Session, ok bool) {
	l := &v.logs[i]
	if l.closeAt == 0 && v.over == NotOver {
		return s, false
	}
	s = v.session(i + 1)
	for _, name := range [...]string{l.name, l.opened} {
		if name != "" && !slices.Contains(s.Names, name) {
			s.Names = append(s.Names, name)
		}
	}
	if l.openAt != 0 {
		s.Start = time.UnixMicro(l.openAt).UTC()
	}
	if l.closeAt != 0 {
		s.End, s.Over, s.EndSeen = time.UnixMicro(l.closeAt).UTC(), "log.closed", true
	}
	p := v.place(i + 1)
	p.Terminal = &terminalPlace{Name: l.name, Opened: l.opened, Sum: l.sum, OpenAt: l.openAt, CloseAt: l.closeAt, Duplicate: int8(l.duplicate), Borrowed: l.borrowed}
	if l.owner != nil {
		p.Terminal.Owner = &[2]int64{l.owner.from, l.owner.to}
	}
	s.Place = p.json()
	return s, true
}

// Lines gives the session of the connection's commands, of which missing
// terminal logs should have been there. It stands for the whole connection
// where none of its terminal logs can be read.
func (v *Visit) Lines(missing int) Session {
	s := v.session(1)
	p := v.place(1)
	p.Spans, p.Missing, p.Cut = v.spans, missing, v.cut
	s.Place = p.json()
	return s
}

func (v *Visit) session(n int) Session {
	s := Session{
		ID: v.sessionID(n), Ref: v.evidence(n), Sensor: v.sensor, Service: v.protocol, Log: v.begun.Log,
		Start: time.UnixMicro(v.start).UTC(), End: time.UnixMicro(v.last).UTC(), Over: string(v.over), Commands: v.commands,
	}
	if decoyName.MatchString(v.sensor) {
		s.Decoy = v.sensor
	}
	if v.addr.IsValid() {
		s.Address = v.addr.String()
	}
	if v.ended {
		s.End, s.EndSeen = time.UnixMicro(v.closed).UTC(), true
	}
	return s
}

// place is how a session is written down, to be read later without the log
// around it. Times are microseconds since 1970.
type place struct {
	Session  string `json:"session"`
	Name     string `json:"name"`
	Sensor   string `json:"sensor,omitempty"`
	Protocol string `json:"protocol,omitempty"`
	N        int    `json:"n"`
	Start    int64  `json:"start"`
	Last     int64  `json:"last"`
	Closed   int64  `json:"closed,omitempty"`
	Headed   bool   `json:"headed,omitempty"`
	Ended    bool   `json:"ended,omitempty"`

	Address       string        `json:"address,omitempty"`
	Port          uint16        `json:"port,omitempty"`
	Width         uint16        `json:"width,omitempty"`
	Height        uint16        `json:"height,omitempty"`
	Client, HASSH string        `json:",omitempty"`
	Login         *gait.Login   `json:"login,omitempty"`
	Env           []gait.Var    `json:"env,omitempty"`
	Odd           gait.Oddities `json:"odd,omitempty"`

	Terminal *terminalPlace `json:"terminal,omitempty"`
	Spans    []span         `json:"spans,omitempty"`
	Missing  int            `json:"missing,omitempty"`
	Cut      bool           `json:"cut,omitempty"`
}

type terminalPlace struct {
	Name      string    `json:"name,omitempty"`
	Opened    string    `json:"opened,omitempty"`
	Sum       string    `json:"sum,omitempty"`
	OpenAt    int64     `json:"open,omitempty"`
	CloseAt   int64     `json:"close,omitempty"`
	Duplicate int8      `json:"duplicate,omitempty"`
	Borrowed  bool      `json:"borrowed,omitempty"`
	Owner     *[2]int64 `json:"owner,omitempty"`
}

func (v *Visit) place(n int) *place {
	p := &place{
		Session: v.id, Name: v.connection.name, Sensor: v.sensor, Protocol: v.protocol, N: n,
		Start: v.start, Last: v.last, Closed: v.closed, Headed: v.headed, Ended: v.ended,
		Port: v.port, Width: v.width, Height: v.height, Client: v.client, HASSH: v.hassh, Env: v.env, Odd: v.odd,
	}
	if v.addr.IsValid() {
		p.Address = v.addr.String()
	}
	if v.login != (gait.Login{}) {
		p.Login = &v.login
	}
	return p
}

func (p *place) json() json.RawMessage {
	b, err := json.Marshal(p)
	if err != nil { // nothing in it can fail
		return nil
	}
	return b
}

// connection makes the connection again.
func (p *place) connection() *connection {
	c := &connection{
		id: p.Session, name: p.Name, sensor: p.Sensor, protocol: p.Protocol, skip: p.N - 1,
		start: p.Start, last: p.Last, closed: p.Closed, headed: p.Headed, ended: p.Ended, cut: p.Cut,
		port: p.Port, width: p.Width, height: p.Height, client: p.Client, hassh: p.HASSH, env: p.Env, odd: p.Odd,
	}
	if a, err := netip.ParseAddr(p.Address); err == nil {
		c.addr = a
	}
	if p.Login != nil {
		c.login = *p.Login
	}
	if t := p.Terminal; t != nil {
		l := ttyRef{name: baseName(t.Name), opened: baseName(t.Opened), sum: t.Sum, openAt: t.OpenAt, closeAt: t.CloseAt, duplicate: flag(t.Duplicate), borrowed: t.Borrowed}
		if t.Owner != nil {
			l.owner = &window{t.Owner[0], t.Owner[1]}
		}
		c.logs = []ttyRef{l}
	}
	return c
}
