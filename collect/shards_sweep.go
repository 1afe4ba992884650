package collect

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"gait/recording"
	"gait/recording/reader"
	"gait/recording/shard"
)

// sweeps compares all files that are not followed with the store, at the start
// and then every few minutes; and those that are followed and leave something
// of long ago, as soon as they say so.
func (s *shards) sweeps(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		var err error
		select {
		case <-timer.C:
			err = s.sweep(ctx)
			timer.Reset(s.in.options().Sweep)
		case <-s.owing:
			err = s.sweepOwed(ctx, &sweepState{})
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// sweepOwed compares what followed files leave, which is newer than all else.
func (s *shards) sweepOwed(ctx context.Context, w *sweepState) error {
	root, err := s.open()
	if err != nil {
		return nil // it was told; the next sweep tries again
	}
	defer root.Close()
	for {
		followed, f := s.nextOwed()
		if f == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		w.left += f.size
		told, err := s.sweepFile(ctx, root, f, w)
		if err != nil {
			return err
		}
		s.tell(w, true)
		if !told {
			s.mu.Lock()
			followed.owed = true
			s.mu.Unlock()
			return nil // the next sweep tries again
		}
	}
}

// nextOwed gives a followed file that leaves something, and the same file for
// the sweep to read.
func (s *shards) nextOwed() (followed, f *shardFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.dirs {
		for _, followed := range d.files {
			if followed.owed && !followed.first {
				followed.owed = false
				return followed, &shardFile{dir: d, name: followed.name, live: true, swept: true, id: followed.id, size: followed.size, changed: followed.changed}
			}
		}
	}
	return nil, nil
}

// sweep compares them once, the newest first.
func (s *shards) sweep(ctx context.Context) error {
	root, err := s.open()
	if err != nil {
		return nil // it was told; the next sweep tries again
	}
	defer root.Close()
	files, total := s.old(ctx, root)
	w := sweepState{left: total}
	for _, f := range files {
		if err := s.sweepOwed(ctx, &w); err != nil {
			return err
		}
		s.tell(&w, false)
		if _, err := s.sweepFile(ctx, root, f, &w); err != nil {
			return err
		}
	}
	if err := s.sweepOwed(ctx, &w); err != nil {
		return err
	}
	w.left = 0
	s.tell(&w, true)
	return nil
}

// sweepState is how far a sweep is.
type sweepState struct {
	progress
	left int64 // bytes as they lie there
	told time.Duration
}

// read notes that bytes of the files were read.
func (w *sweepState) read(n int64, now time.Duration) {
	w.left -= n
	w.done(int(n), now)
}

// tell puts on the board how far the sweep is, once a second or at once.
func (s *shards) tell(w *sweepState, atOnce bool) {
	now := s.in.now()
	if !atOnce && w.told > 0 && now-w.told < time.Second {
		return
	}
	w.told = now
	s.in.options().Board.Tell(part, "sweep of "+s.title(), w.state(w.left, now))
}

// old lists the files to compare: those that are not followed and do not look
// as they did when all of them was told. Files that were written to lately are
// followed instead.
func (s *shards) old(ctx context.Context, root *os.Root) (files []*shardFile, total int64) {
	s.mu.Lock()
	dirs := s.folders(root)
	s.mu.Unlock()
	for _, d := range dirs {
		if ctx.Err() != nil {
			return nil, 0
		}
		s.mu.Lock()
		for _, name := range s.names(root, d) {
			if d.files[name] != nil {
				continue
			}
			if f := s.oldFile(root, d, name); f != nil {
				files = append(files, f)
				total += f.size
			}
		}
		s.mu.Unlock()
	}
	slices.SortFunc(files, func(a, b *shardFile) int {
		return cmp.Or(cmp.Compare(b.day(), a.day()), cmp.Compare(a.rel(), b.rel()))
	})
	return files, total
}

// oldFile gives a file that the sweep has to look into; nil for one that it
// need not.
func (s *shards) oldFile(root *os.Root, d *shardDir, name string) *shardFile {
	f := &shardFile{dir: d, name: name, swept: true}
	info, err := root.Lstat(f.rel())
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil
	}
	f.id, f.size, f.changed = idOf(info), info.Size(), info.ModTime()
	if since := s.in.options().Since; f.changed.Before(since) {
		s.in.c.metrics.names.WithLabelValues("older than asked for").Inc()
		return nil
	}
	if x, ok := s.marks.get(f); ok {
		if same, _ := x.same(f, nil); same {
			return nil
		}
	}
	first := time.Now().UTC().AddDate(0, 0, -shardDays).Format(time.DateOnly)
	if !f.packed() && (f.day() >= first || time.Since(f.changed) < shardSettled) && d.follow(name) != nil {
		return nil
	}
	return f
}

// sweepFile reads a file and offers what the store does not know of it. It is
// false where something kept it from reading all; that was told.
func (s *shards) sweepFile(ctx context.Context, root *os.Root, f *shardFile, w *sweepState) (bool, error) {
	left := w.left - f.size
	defer func() { w.read(w.left-left, s.in.now()) }()
	file, info, err := openShard(root, f.rel())
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNoFile) {
			s.in.c.causes.met(unreadable(f.path(), err))
		}
		return false, nil
	}
	defer file.Close()
	f.id, f.size, f.changed = idOf(info), info.Size(), info.ModTime()
	f.follower, f.first = shard.NewFollower(reader.DefaultLimits()), true
	if x, ok := s.marks.get(f); ok {
		same, moved := x.same(f, file)
		f.follower.Resume(x.At, x.Hash)
		if same && !moved {
			return true, nil
		}
	}
	src, length, err := s.unpacked(f, file)
	if err != nil {
		s.damaged(f, err)
		return false, nil
	}
	if c, ok := src.(io.Closer); ok && f.packed() {
		defer c.Close()
	}
	read, whole, err := s.readOld(ctx, f, bytesOf{src, length}, w)
	if err != nil || !whole {
		return read, err
	}
	cursor := s.marks.put(f, f.follower)
	_, err = s.in.offer(ctx, nil, cursor)
	return true, err
}

// bytesOf are the unpacked bytes of a file.
type bytesOf struct {
	io.ReaderAt
	size int64
}

// unpacked gives the bytes of a file.
func (s *shards) unpacked(f *shardFile, file *os.File) (io.ReaderAt, int64, error) {
	if !f.packed() {
		return file, f.size, nil
	}
	n, err := s.library.OpenFile(f.path())
	if err != nil {
		return nil, 0, err
	}
	return n, n.Size, nil
}

// damaged tells of a file that cannot be unpacked.
func (s *shards) damaged(f *shardFile, err error) {
	var e *recording.Error
	if errors.Is(err, fs.ErrPermission) || !errors.As(err, &e) {
		s.in.c.causes.met(unreadable(f.path(), err))
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tellOnce(f.rel(), "a file that cannot be unpacked", e.Error())
}

// readOld reads a file to its end and offers its sessions. It says whether it
// could be read to its end, and whether all sessions in it have ended.
func (s *shards) readOld(ctx context.Context, f *shardFile, src bytesOf, w *sweepState) (read, whole bool, err error) {
	for more := true; more; {
		torn := f.follower.Torn()
		out := f.follower.Grow(shard.Growth{Source: src, Size: src.size, Most: pastChunk})
		more = out.More
		s.in.c.metrics.read.WithLabelValues(s.name()).Add(float64(out.Read))
		s.in.c.metrics.torn.WithLabelValues(s.name()).Add(float64(f.follower.Torn() - torn))
		for list := f.follower.Ended(shardBatch); len(list) > 0; list = f.follower.Ended(shardBatch) {
			if err := s.give(ctx, f, list); err != nil {
				return false, false, err
			}
		}
		if out.Error != nil {
			s.in.c.causes.met(unreadable(f.path(), out.Error))
			return false, false, nil
		}
		if err := ctx.Err(); err != nil {
			return false, false, err
		}
		if !f.packed() {
			w.read(out.Read, s.in.now())
		}
		if more { // that nothing is left is told when the store knows it
			s.tell(w, false)
		}
	}
	if time.Since(f.changed) < s.in.options().Idle {
		return true, f.follower.Len() == 0, nil
	}
	for list := f.follower.Silent(1<<62, 32*shardBatch); len(list) > 0; list = f.follower.Silent(1<<62, 32*shardBatch) {
		for some := range slices.Chunk(list, shardBatch) {
			if err := s.give(ctx, f, some); err != nil {
				return false, false, err
			}
		}
	}
	return true, true, nil
}
