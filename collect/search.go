package collect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gait/internal/reach"
	"gait/recording"
	"gait/recording/shard"
	"gait/store"
)

// search is one round of looking for recordings. What it saw of folders and of
// the store counts for the round.
type search struct {
	c       *Collector
	in      *intake
	known   map[string]store.Known
	folders map[string]*folderView
	why     map[string]*cause // why a path cannot be read, nil where it can
}

// folderView is what one tree holds of a decoy's service.
type folderView struct {
	shards *shards
	decoy  bool // the decoy is there
	names  []string
	passed []passed // what has the place of a decoy or a shard, and is none
	cause  *cause   // why it cannot be looked at
	looked bool     // its files were read up to now
}

func newSearch(c *Collector) *search {
	return &search{c: c, in: c.finder.in, known: map[string]store.Known{}, folders: map[string]*folderView{}, why: map[string]*cause{}}
}

// passed is something that is passed over.
type passed struct {
	rel  string // below the root
	day  string // of a shard's name; empty for a decoy
	what string
}

const mostPassed = 1000 // of one folder, to tell of

// place is a file that a session may be in.
type place struct {
	view *folderView
	name string
}

func (p *place) path(r *recorded) string {
	return filepath.Join(p.view.shards.root, r.decoy, r.service, "transcripts", p.name)
}

func (p *place) ref(r *recorded) string {
	return shard.Ref(r.decoy, r.service, unpackedName(p.name), r.id)
}

// days gives the day of a session's start and both neighbours.
func (r *recorded) days() [3]string {
	start := r.start().UTC()
	return [3]string{
		start.Format(time.DateOnly), start.Add(-24 * time.Hour).Format(time.DateOnly), start.Add(24 * time.Hour).Format(time.DateOnly),
	}
}

// views gives what each tree holds of a session's decoy and service.
func (s *search) views(r *recorded) (views []*folderView) {
	for _, sh := range s.c.shards {
		key := sh.root + "\x00" + r.decoy + "/" + r.service
		v := s.folders[key]
		if v == nil {
			v = sh.view(r.decoy, r.service)
			s.folders[key] = v
		}
		views = append(views, v)
	}
	return views
}

// places gives the files that a session may be in, the likeliest first.
func (s *search) places(r *recorded) (list []place) {
	views := s.views(r)
	for _, day := range r.days() {
		for _, v := range views {
			for _, name := range v.names {
				if dayOf(name) == day {
					list = append(list, place{v, name})
				}
			}
		}
	}
	return list
}

// prefetch asks the store about all sessions of a round at once.
func (s *search) prefetch(ctx context.Context, list []recorded) error {
	var refs []string
	for i := range list {
		for _, p := range s.places(&list[i]) {
			refs = append(refs, p.ref(&list[i]))
		}
	}
	known, err := s.in.known(ctx, refs)
	if err != nil {
		return err
	}
	for ref, k := range known {
		s.known[ref] = k
	}
	return nil
}

// find looks for a session's recording, or for why there is none. What is
// being followed is looked at first, then the store, then all other files.
func (s *search) find(ctx context.Context, r *recorded) *finding {
	if x := s.listed(r); x != nil {
		return &finding{c: s.c, cause: x}
	}
	places := s.places(r)
	got := s.followed(r, places)
	if got == nil {
		got = s.stored(r, places)
	}
	var failed *cause
	if got == nil {
		got, failed = s.read(ctx, r, places)
	}
	if got == nil {
		return &finding{c: s.c, cause: s.missing(r, places, failed)}
	}
	got.c = s.c
	s.whole(ctx, r, got)
	return got
}

// listed says that a service is not in the list.
func (s *search) listed(r *recorded) *cause {
	for _, name := range s.c.opt.Services {
		if name == r.service {
			return nil
		}
	}
	return &cause{
		kind: store.CauseService, path: r.service,
		text: fmt.Sprintf("sessions of the service %q are not collected: it is not in the list of services (%s)", r.service, strings.Join(s.c.opt.Services, ", ")),
		cure: "add it with --services, GAIT_SERVICES, or services in the configuration file",
	}
}

// followed looks among what is being followed.
func (s *search) followed(r *recorded, places []place) *finding {
	for range 2 {
		for i := range places {
			if x, ok := places[i].view.shards.sighted(r, places[i].name); ok {
				return &finding{place: &places[i], sight: x, hot: true, raw: x.Raw, whole: x.Header}
			}
		}
		fresh := false
		for _, v := range s.views(r) {
			if !v.looked && v.decoy {
				v.looked, fresh = true, true
				v.shards.refresh(r.decoy, r.service)
			}
		}
		if !fresh {
			break
		}
	}
	return nil
}

// stored looks among what the store knows.
func (s *search) stored(r *recorded, places []place) *finding {
	for i := range places {
		if k, ok := s.known[places[i].ref(r)]; ok {
			return &finding{place: &places[i], known: &k}
		}
	}
	return nil
}

// read looks into the files that are not followed.
func (s *search) read(ctx context.Context, r *recorded, places []place) (*finding, *cause) {
	var failed *cause
	for i := range places {
		p := &places[i]
		if p.view.shards.follows(r, p.name) {
			continue
		}
		x, err := s.c.opt.Library.Read(ctx, recording.Place{Format: shard.FormatName, Path: p.path(r), Session: r.id})
		if err == nil {
			return &finding{place: p, raw: rawOf(x), whole: true, read: true, end: x.End.Seen, address: x.SourceIP, start: x.Start}, nil
		}
		if ctx.Err() != nil {
			return nil, nil
		}
		if failed == nil && !errors.Is(err, recording.ErrNoSession) && !errors.Is(err, fs.ErrNotExist) {
			failed = unreadable(p.path(r), err)
		}
	}
	return nil, failed
}

// missing says why a session was not found.
func (s *search) missing(r *recorded, places []place, failed *cause) *cause {
	there, roots := false, make([]string, 0, len(s.c.shards))
	var closed *cause
	for _, v := range s.views(r) {
		there = there || v.decoy
		roots = append(roots, reach.Quote(v.shards.root))
		if closed == nil {
			closed = v.cause
		}
	}
	if !there && closed == nil {
		if x := s.passedOver(r, store.CauseOutside); x != nil {
			return x
		}
		where := "no folder of shards is watched"
		if len(roots) > 0 {
			where = "it lies under none of the watched folders (" + strings.Join(roots, ", ") + ")"
		}
		return &cause{
			kind: store.CauseOutside, path: r.decoy, cure: "name the folder that holds it with --shards",
			text: fmt.Sprintf("sessions of the decoy %q have no recording here: %s", r.decoy, where),
		}
	}
	if closed != nil {
		return closed
	}
	for i := range places {
		if x := s.readable(places[i].path(r)); x != nil {
			return x
		}
	}
	if failed != nil {
		return failed
	}
	day := r.days()[0]
	folder := reach.Quote(r.decoy + "/" + r.service + "/transcripts")
	if len(places) == 0 {
		if x := s.passedOver(r, store.CauseNoFile); x != nil {
			return x
		}
		return &cause{
			kind: store.CauseNoFile, path: r.decoy + "/" + r.service + "/" + day,
			text: fmt.Sprintf("%s holds no shard of %s, nor of the day before or after", folder, day),
			cure: "see that the recorder of " + r.decoy + " runs and writes there, and that its clock is right",
		}
	}
	return &cause{
		kind: store.CauseNoSession, path: r.decoy + "/" + r.service + "/" + day,
		text: fmt.Sprintf("the shards of %s in %s do not hold the session", day, folder),
		cure: "see that the recorder of " + r.decoy + " writes what it announces, and to this folder",
	}
}

// passedOver tells of what has the place of a session's decoy or shard and is
// none, nil where there is nothing of the kind.
func (s *search) passedOver(r *recorded, kind string) *cause {
	days := r.days()
	for _, v := range s.views(r) {
		for _, x := range v.passed {
			if x.day != "" && !slices.Contains(days[:], x.day) {
				continue
			}
			at := filepath.Join(v.shards.root, x.rel)
			return &cause{
				kind: kind, path: at, text: reach.Quote(at) + " is " + x.what + ": it is passed over",
				cure: "put what the recorder writes there itself; where it lies elsewhere, name that folder with --shards",
			}
		}
	}
	return nil
}

// readable says why a file cannot be read, nil where it can.
func (s *search) readable(path string) *cause {
	x, seen := s.why[path]
	if !seen {
		if reach.Why(path) != nil {
			x = unreadable(path, fs.ErrPermission)
		}
		s.why[path] = x
	}
	return x
}
