package collect

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"gait/recording/shard"
	"gait/store"
)

// look reads what was appended to a file, at most a chunk; it says whether
// there is more. A file whose last chunk is not offered yet has to wait.
func (s *shards) look(root *os.Root, f *shardFile) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.in.now()
	if f.behind {
		return true
	}
	more := f.again
	f.looked, f.again = now, false
	info, err := root.Lstat(f.rel())
	if err == nil && !more && info.Mode().IsRegular() && idOf(info) == f.id && info.Size() == f.size && info.ModTime().Equal(f.changed) && f.cause == "" {
		return false
	}
	file, info, err := openShard(root, f.rel())
	if err != nil {
		s.fail(f, err)
		return false
	}
	defer file.Close()
	s.mend(f)
	if id := idOf(info); id != f.id {
		if f.id != (fileID{}) {
			f.follower.Resume(0, "") // another file under the same name
			f.first = true
		}
		f.id = id
	}
	seen := now
	if idle := s.in.options().Idle; f.first && !f.late && time.Since(info.ModTime()) >= idle {
		seen = now - idle // nothing was written for that long
	}
	torn := f.follower.Torn()
	most := int64(shardChunk)
	if f.first {
		most = pastChunk
	}
	out := f.follower.Grow(shard.Growth{Source: file, Size: info.Size(), Now: seen, Most: most})
	f.size, f.changed, f.again = info.Size(), info.ModTime(), out.More
	if out.Read > 0 || out.Anew {
		f.grown = now
	}
	if out.Anew {
		clear(f.held)
	}
	m := s.in.c.metrics
	m.read.WithLabelValues(s.name()).Add(float64(out.Read))
	m.torn.WithLabelValues(s.name()).Add(float64(f.follower.Torn() - torn))
	if out.Error != nil {
		s.fail(f, out.Error)
	}
	return f.again
}

// fail notes that a file cannot be read. One that is gone is no longer
// followed: the sweep finds where its sessions are now.
func (s *shards) fail(f *shardFile, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		s.mend(f)
		delete(f.dir.files, f.name)
		return
	}
	if errors.Is(err, errNoFile) {
		s.tellOnce(f.rel(), "no file", "")
		delete(f.dir.files, f.name)
		return
	}
	cause := unreadable(f.path(), err)
	if f.cause != cause.key() {
		s.mend(f)
		f.cause = cause.key()
	}
	s.in.c.causes.met(cause)
}

// mend notes that a file can be read.
func (s *shards) mend(f *shardFile) {
	if f.cause != "" {
		s.in.c.causes.gone(f.cause)
		f.cause = ""
	}
}

// harvest offers the sessions of a file that have ended, for as long as its
// turn is. What lay there when we came is compared with the store first.
func (s *shards) harvest(ctx context.Context, f *shardFile) error {
	for began := s.in.now(); s.in.now()-began < shardTurn; {
		list := s.take(f)
		if len(list) == 0 {
			break
		}
		if err := s.give(ctx, f, list); err != nil {
			return err
		}
	}
	if !f.first || f.again || f.behind {
		return nil
	}
	return s.compare(ctx, f)
}

// recent gives those of a list that ended lately. What lay there when we came
// and ended long ago is forgotten and left to the sweep, so that what is
// written now does not have to wait for it.
func (s *shards) recent(f *shardFile, list []shard.Sighting) []shard.Sighting {
	if !f.first {
		return list
	}
	kept, now, since := list[:0], time.Now(), s.in.options().Since
	for i := range list {
		end := f.endOf(&list[i])
		switch {
		case end.Before(since):
			s.in.c.metrics.old.Inc()
		case !longOver(list[i].Start, end, now):
			kept = append(kept, list[i])
			continue
		default:
			f.owed = true
		}
		f.follower.Forget(list[i])
	}
	return kept
}

// take gives sessions of a file that have ended and were not taken yet.
func (s *shards) take(f *shardFile) []shard.Sighting {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.taken(f)
	f.behind = len(list) > 0
	return list
}

// taken is take with the lock held.
func (s *shards) taken(f *shardFile) []shard.Sighting {
	for list := f.follower.Ended(shardBatch); len(list) > 0; list = f.follower.Ended(shardBatch) {
		if kept := s.recent(f, list); len(kept) > 0 {
			return kept
		}
	}
	now, idle := s.in.now(), s.in.options().Idle
	if f.again || now-f.asked < min(max(idle/20, 20*time.Millisecond), shardBusy/60) {
		return nil
	}
	list := f.follower.Silent(now-idle, shardBatch+len(f.held))
	kept := list[:0]
	for _, x := range list {
		if !f.held[x.ID] {
			kept = append(kept, x)
		}
	}
	if len(kept) == 0 {
		f.asked = now
	}
	return kept
}

// give offers sessions, and forgets those that the store has.
func (s *shards) give(ctx context.Context, f *shardFile, list []shard.Sighting) error {
	offers := make([]store.Offer, 0, len(list))
	for i := range list {
		offers = append(offers, f.offer(&list[i]))
	}
	if f.first {
		fresh, err := s.unknown(ctx, offers)
		if err != nil {
			return err
		}
		offers = fresh
	}
	in := s.in
	if f.swept {
		in = s.past
	}
	if _, err := in.offer(ctx, offers); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range list {
		f.follower.Forget(x)
	}
	return nil
}

// unknown gives the offers that tell the store something.
func (s *shards) unknown(ctx context.Context, offers []store.Offer) ([]store.Offer, error) {
	refs := make([]string, len(offers))
	for i := range offers {
		refs[i] = offers[i].Ref
	}
	known, err := s.in.known(ctx, refs)
	if err != nil {
		return nil, err
	}
	fresh := offers[:0]
	for _, o := range offers {
		if k, ok := known[o.Ref]; !ok || !toldAll(&k, &o) {
			fresh = append(fresh, o)
		}
	}
	return fresh, nil
}

// toldAll says whether the store knows all that an offer says.
func toldAll(k *store.Known, o *store.Offer) bool {
	switch {
	case k.Tombstone:
		return true
	case o.Address != "" && k.Address == "", o.EndSeen && !k.EndSeen, o.Path != k.Path, k.CauseKind != "" && k.State != store.Profiled:
		return false
	}
	return k.EndSeen || k.Size >= o.Size
}

// compare forgets the sessions of a file that were known before we came and
// have not grown since: the file is read to its end, and from now on what is
// silent is silent by our own clock. What the file owes is for the sweep now.
func (s *shards) compare(ctx context.Context, f *shardFile) error {
	s.mu.Lock()
	list := make([]shard.Sighting, 0, f.follower.Len())
	for x := range f.follower.All() {
		list = append(list, x)
	}
	f.first = false
	if f.owed {
		select {
		case s.owing <- struct{}{}:
		default:
		}
	}
	s.mu.Unlock()
	for len(list) > 0 {
		n := min(len(list), shardBatch)
		refs := make([]string, n)
		for i := range refs {
			refs[i] = f.ref(list[i].ID)
		}
		known, err := s.in.known(ctx, refs)
		if err != nil {
			return err
		}
		s.mu.Lock()
		for i, x := range list[:n] {
			if k, ok := known[refs[i]]; ok && (k.Tombstone || k.EndSeen || k.Size >= x.Size) {
				f.follower.Forget(x)
			}
		}
		s.mu.Unlock()
		list = list[n:]
	}
	return nil
}

// settle stores how far files were read of which all is told: a new start goes
// on from there. Files of former days that are silent are left to the sweep.
func (s *shards) settle(ctx context.Context) error {
	s.mu.Lock()
	now, first := s.in.now(), time.Now().UTC().AddDate(0, 0, -shardDays).Format(time.DateOnly)
	var done []*shardFile
	for _, d := range s.dirs {
		for name, f := range d.files {
			if f.follower.Len() > 0 || f.again || f.first || f.owed || f.cause != "" || now-f.grown < s.in.options().Idle {
				continue
			}
			if f.marked != f.size {
				done = append(done, f)
			}
			if f.day() < first && now-f.grown >= shardSettled {
				delete(d.files, name)
			}
		}
	}
	var cursors []store.Cursor
	for _, f := range done {
		cursors = append(cursors, s.marks.put(f, f.follower))
		f.marked = f.size
	}
	s.mu.Unlock()
	if len(cursors) == 0 {
		return nil
	}
	_, err := s.in.offer(ctx, nil, cursors...)
	return err
}
