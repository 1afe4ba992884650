package collect

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"gait"
	"gait/recording"
	"gait/store"
)

// fileBatch is how many sessions of a file are offered at once.
const fileBatch = 512

// take offers the sessions of one file, and remembers it in that state.
func (s *fileSource) take(ctx context.Context, rel string) error {
	if s.spoken(rel) {
		s.done(rel)
		return nil
	}
	at := filepath.Join(s.dir, rel)
	if !utf8.ValidString(at) {
		s.passOver(rel, "has a name that is not UTF-8", errors.New("rename it"))
		return nil
	}
	f, err := recording.OpenBelow(s.dir, rel, recording.Options{})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // it went away again
	case errors.Is(err, fs.ErrPermission):
		s.in.c.causes.met(unreadable(at, err))
		s.files[rel].since = s.in.now() - fileCalm + fileLost
		return nil
	case err != nil:
		s.passOver(rel, "is no recording that can be read", err)
		return nil
	}
	defer f.Close()
	if f.Format() == "cowrie" {
		s.follow(ctx)
		s.done(rel)
		return nil
	}
	if s.log != nil && f.Format() == "ttylog" && s.beside(rel) {
		s.done(rel)
		return nil
	}
	return s.offer(ctx, f, rel)
}

// offer offers all sessions of an opened file.
func (s *fileSource) offer(ctx context.Context, f *recording.File, rel string) error {
	at := filepath.Join(s.dir, rel)
	var offers []store.Offer
	give := func() error {
		_, err := s.in.offer(ctx, offers)
		offers = offers[:0]
		return err
	}
	var failed, broken error
	n := 0
	for _, b := range f.Batches() {
		err := b.Each(func(x *gait.Session) error {
			n++
			offers = append(offers, fileOffer(x, at))
			if len(offers) >= fileBatch {
				failed = give()
			}
			return errors.Join(failed, ctx.Err())
		})
		if failed != nil || ctx.Err() != nil {
			return errors.Join(failed, ctx.Err())
		}
		if broken == nil {
			broken = err
		}
	}
	if err := give(); err != nil {
		return err
	}
	if broken != nil {
		s.passOver(rel, "cannot be read to its end", broken)
		return nil
	}
	if s.done(rel); n == 0 {
		s.in.c.metrics.names.WithLabelValues("holds no session").Inc()
	}
	if s.marks.unsaved >= fileBatch {
		return s.flush(ctx)
	}
	return nil
}

// done remembers that a file was taken in its present state.
func (s *fileSource) done(rel string) {
	if f := s.files[rel]; f != nil {
		f.done = true
		s.marks.put(rel, f.stamp)
	}
}

// passOver tells once why a file is not taken. It is tried again when it
// changes.
func (s *fileSource) passOver(rel, why string, err error) {
	s.in.c.metrics.names.WithLabelValues(why).Inc()
	s.in.options().Log.Info("passed over below the recordings", "path", filepath.Join(s.dir, rel), "why", why, "error", err)
	s.done(rel)
}

// follow begins to follow the event logs below the folder.
func (s *fileSource) follow(ctx context.Context) {
	if s.log != nil {
		return
	}
	s.log = newCowrie(s.dir, s.name())
	log, in := s.log, &intake{c: s.in.c, source: s.name()}
	go func() {
		err := s.in.c.once(ctx, log, in)
		select {
		case s.logs <- err:
		default:
		}
	}()
}

// spoken says whether a file is an archive of the terminal logs of a Cowrie
// that is followed.
func (s *fileSource) spoken(rel string) bool {
	base := strings.ToLower(path.Base(rel))
	return s.log != nil && strings.HasPrefix(base, "ttylogs")
}

// beside says whether a terminal log lies where those of the Cowrie that is
// followed are looked for.
func (s *fileSource) beside(rel string) bool {
	dir := path.Dir(rel)
	if path.Base(dir) == "tty" {
		return true
	}
	for _, l := range s.log.home.Logs() {
		if path.Dir(l.Rel) == dir {
			return true
		}
	}
	return false
}

// fileOffer makes an offer of a session of a file that is finished.
func fileOffer(x *gait.Session, at string) store.Offer {
	o := store.Offer{Session: store.Session{
		Ref: x.EvidenceRef, ID: x.ID, Decoy: x.Decoy, Service: x.Service, Address: x.SourceIP, Format: x.Format, Path: clean(at),
		Start: x.Start, Duration: x.Last(), Closed: store.ClosedFile, EndSeen: x.End.Seen, Size: x.Extent,
	}, Header: x.SourceIP != ""}
	if x.End.Seen {
		o.Duration = x.End.Time
	}
	if !o.Start.IsZero() {
		o.End = o.Start.Add(o.Duration)
	}
	o.Place = placed(recording.Place{Format: x.Format, Path: o.Path, Session: x.ID})
	return o
}
