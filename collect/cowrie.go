package collect

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"path"
	"path/filepath"
	"time"
	"unicode/utf8"

	"gait/recording"
	"gait/recording/cowrie"
	"gait/store"
)

// How a Cowrie is followed.
const (
	cowrieTick  = time.Second
	cowrieGap   = 10 * time.Millisecond // between two ticks, whatever the system tells
	cowrieChunk = 4 << 20               // read of a log at once
	cowrieCalm  = 3 * time.Second       // after which a log that is not the newest does not grow any more
	cowriePause = 5 * time.Minute       // between looks for terminal logs that nobody names
)

// cowrieSource follows one Cowrie: its event logs, joined with its terminal
// logs. What is followed of each folder of logs is a group.
type cowrieSource struct {
	home   *recording.CowrieHome
	label  string // what rows say of where they came from
	key    string // of its cursors
	in     *intake
	hints  *hints
	groups map[string]*cowrieGroup
	lost   string        // what is wrong with the home, as the causes know it
	took   time.Duration // that the last walk through the home did
	walked time.Duration // when that was
	strays strays
	wait   time.Duration // how long sessions wait for their terminal logs
	aged   time.Duration // how old terminal logs that nobody names must be
	much   int64         // bytes of logs that are read by a reader of their own
	past   *cowriePast   // while there is such a reader
	skips  bool          // what is long over is left to it
}

// cowrieSources makes the sources that follow Cowrie's logs.
func cowrieSources(opt Options) (list []source, err error) {
	seen := map[string]bool{}
	for _, dir := range opt.Cowrie {
		abs, err := filepath.Abs(dir)
		if err != nil || dir == "" || !utf8.ValidString(abs) {
			return nil, fmt.Errorf("collect: the folder of Cowrie %q cannot be used: %w", dir, errors.Join(err, errors.New("it must be a path in UTF-8")))
		}
		if !seen[abs] {
			seen[abs] = true
			list = append(list, newCowrie(abs, "cowrie"))
		}
	}
	return list, nil
}

func newCowrie(dir, label string) *cowrieSource {
	return &cowrieSource{
		home: recording.NewCowrieHome(dir, recording.Options{}), label: label,
		key: label + ":logs:" + shortSum(dir) + ":", groups: map[string]*cowrieGroup{},
		wait: terminalWait, aged: strayAge, much: pastMuch,
	}
}

// shortSum gives a short name of a path, for names of cursors.
func shortSum(s string) string {
	h := fnv.New64a()
	h.Write([]byte(s))
	return fmt.Sprintf("%016x", h.Sum64())
}

// name is "cowrie".
func (s *cowrieSource) name() string { return s.label }

// title names the folder.
func (s *cowrieSource) title() string { return "Cowrie in " + s.home.Path() }

// run follows the logs until the context ends. It begins where the stored
// positions say, so that a second run goes on as a restart does.
func (s *cowrieSource) run(ctx context.Context, in *intake) error {
	s.in = in
	stored, err := in.cursors(ctx, s.key)
	if err != nil {
		return err
	}
	s.load(stored)
	defer s.home.Close()
	ctx, cancel := context.WithCancel(ctx)
	s.hints = newHints(in.options().Log)
	go s.hints.run(ctx)
	s.walk(ctx)
	if s.past, s.skips = nil, false; s.behind() > s.much {
		s.past, s.skips = s.readPast(ctx, stored), true
		defer s.past.wait()
	}
	defer cancel()
	return s.follow(ctx)
}

// load takes over stored positions.
func (s *cowrieSource) load(stored map[string][]byte) {
	s.groups = map[string]*cowrieGroup{}
	for name, value := range stored {
		s.restore(name, value)
	}
}

// follow looks at the logs every second and whenever the system tells of a
// change.
func (s *cowrieSource) follow(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	again := false // there is more to read
	for {
		if !again {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-s.hints.changes():
				if !sleep(ctx, cowrieGap) {
					return ctx.Err()
				}
				s.drain()
			case <-timer.C:
			}
		}
		began := s.in.now()
		var err error
		if again, err = s.tick(ctx); err != nil {
			return err
		}
		timer.Reset(s.pause(s.in.now() - began))
	}
}

// pause says how long to wait for the next look: shorter where a terminal log
// ended whose connection is about to.
func (s *cowrieSource) pause(took time.Duration) time.Duration {
	for _, g := range s.groups {
		if g.f.Settling() {
			return cowrieTick / 3
		}
	}
	return max(cowrieTick, 10*took)
}

func (s *cowrieSource) drain() {
	for {
		select {
		case <-s.hints.changes():
		default:
			return
		}
	}
}

// tick looks at everything once. again says that there is more to read.
func (s *cowrieSource) tick(ctx context.Context) (again bool, err error) {
	if err := s.meetPast(); err != nil {
		return false, err
	}
	s.walk(ctx)
	for _, g := range s.groups {
		more, err := g.read(ctx)
		if err != nil {
			return false, err
		}
		again = again || more
		if err := g.wait(ctx); err != nil {
			return false, err
		}
	}
	if s.past == nil {
		s.in.c.metrics.behind.WithLabelValues(s.label).Set(float64(s.behind()))
	}
	if again {
		return true, nil
	}
	s.skips = false
	return false, s.stray(ctx)
}

// behind is about how much is not read yet; of packed logs, what they take
// packed.
func (s *cowrieSource) behind() (n int64) {
	for _, g := range s.groups {
		for _, l := range g.order {
			switch {
			case l.Plain:
				n += max(l.size-l.at, 0)
			case !l.ended:
				n += l.size
			}
		}
	}
	return n
}

// walk looks for logs and folders, as often as it does not take long.
func (s *cowrieSource) walk(ctx context.Context) {
	now := s.in.now()
	if s.walked != 0 && now-s.walked < 20*s.took {
		return
	}
	err := s.home.Scan(ctx)
	s.walked = s.in.now()
	s.took = s.walked - now
	s.tell(err)
	groups := map[string][]recording.CowrieLog{}
	for _, l := range s.home.Logs() {
		folder := path.Dir(l.Rel)
		groups[folder] = append(groups[folder], l)
	}
	for folder, logs := range groups {
		s.group(shortSum(folder)).list(logs)
	}
	for _, dir := range s.home.Folders() {
		s.hints.add(dir)
	}
}

// tell tells what of the home cannot be read, and that it can be again.
func (s *cowrieSource) tell(err error) {
	lost := ""
	if err != nil && !errors.Is(err, context.Canceled) {
		at := s.home.Path()
		var e *recording.Error
		if errors.As(err, &e) && e.Path != "" {
			at = e.Path
		}
		c := unreadable(at, err)
		lost = c.key()
		if s.lost != lost {
			s.in.c.causes.gone(s.lost)
		}
		s.in.c.causes.met(c)
	} else if s.lost != "" {
		s.in.c.causes.gone(s.lost)
	}
	s.lost = lost
}

// group gives the group of a name, a new one where there is none.
func (s *cowrieSource) group(name string) *cowrieGroup {
	g := s.groups[name]
	if g == nil {
		g = &cowrieGroup{
			s: s, name: name, f: cowrie.NewFollower(recording.DefaultLimits()),
			logs: map[string]*cowrieLog{}, visits: map[*cowrie.Visit]*cowrieVisit{},
		}
		s.groups[name] = g
	}
	return g
}

// offerOf makes an offer of a session that a follower told of.
func (s *cowrieSource) offerOf(x *cowrie.Session, at string, size int64) store.Offer {
	o := store.Offer{Session: store.Session{
		Ref: x.Ref, ID: x.ID, Decoy: x.Decoy, Service: x.Service, Address: x.Address, Format: "cowrie",
		Path: clean(at), Start: x.Start, End: x.End, Closed: x.Over, EndSeen: x.EndSeen, Size: size,
	}, Header: x.Address != ""}
	if x.End.After(x.Start) {
		o.Duration = x.End.Sub(x.Start)
	}
	o.Place = placed(recording.Place{Format: "cowrie", Path: o.Path, Session: x.ID, Extra: homePlace(s.home.Path(), x)})
	return o
}
