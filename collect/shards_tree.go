package collect

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gait/recording/reader"
	"gait/recording/shard"
)

// shardDir is the transcripts folder of one decoy and service.
type shardDir struct {
	shards         *shards
	decoy, service string
	files          map[string]*shardFile // that are followed, by name
}

// rel is the folder's path below the root.
func (d *shardDir) rel() string { return path.Join(d.decoy, d.service, "transcripts") }

// shardFile is one shard. Fields are guarded by the mutex of its tree, but for
// a file that only the sweep reads.
type shardFile struct {
	dir      *shardDir
	name     string // as it lies there
	live     bool   // it may be written to
	late     bool   // it appeared while we looked on
	first    bool   // what lay there when we came is not read to its end
	follower *shard.Follower
	id       fileID
	size     int64     // as it was last seen
	changed  time.Time // as it was last seen

	looked time.Duration // at it last
	grown  time.Duration // when it was last seen to grow
	asked  time.Duration // for silent sessions last
	cause  string        // why it cannot be read, as the causes know it
	held   map[string]bool
	marked int64 // size at which it was settled
	again  bool  // there is more to be read at once
	behind bool  // there is more to be offered at once
	owed   bool  // sessions of long ago in it are left to the sweep
	swept  bool  // the sweep reads it
}

// fileID tells one file from another under the same name.
type fileID struct{ dev, ino uint64 }

func idOf(info fs.FileInfo) (id fileID) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id = fileID{uint64(st.Dev), st.Ino}
	}
	return id
}

// base is the name without what packing added.
func (f *shardFile) base() string { return unpackedName(f.name) }

// packed says whether the file is packed, and so no longer written to.
func (f *shardFile) packed() bool { return f.name != f.base() }

func (f *shardFile) rel() string  { return path.Join(f.dir.rel(), f.name) }
func (f *shardFile) path() string { return filepath.Join(f.dir.shards.root, f.rel()) }
func (f *shardFile) day() string  { return dayOf(f.name) }

func (f *shardFile) ref(id string) string {
	return shard.Ref(f.dir.decoy, f.dir.service, f.base(), id)
}

func unpackedName(name string) string {
	return strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
}

// dayOf gives the day in the name of a shard.
func dayOf(name string) string { return name[len("sessions-") : len("sessions-")+len(time.DateOnly)] }

// listing is what a folder held when it was last read.
type listing struct {
	id      fileID
	changed time.Time
	read    time.Time
	entries []fs.DirEntry
}

// fresh is how long after a change a folder is read again each time: its time
// stamp may not tell two changes apart.
const fresh = 2 * time.Second

// list gives what a folder holds, read again where it changed; nil where it
// cannot be read, which is told.
func (s *shards) list(root *os.Root, rel string) []fs.DirEntry {
	info, err := root.Lstat(rel)
	if err != nil || !info.IsDir() {
		s.lose(rel, err)
		return nil
	}
	l := s.tree[rel]
	if l != nil && l.id == idOf(info) && l.changed.Equal(info.ModTime()) && l.read.Sub(l.changed).Abs() > fresh {
		return l.entries
	}
	s.hints.add(filepath.Join(s.root, rel))
	now := time.Now()
	entries, err := entriesOf(root, rel)
	if err != nil {
		s.lose(rel, err)
		return nil
	}
	s.tree[rel] = &listing{idOf(info), info.ModTime(), now, entries}
	return entries
}

// lose forgets a folder that cannot be read.
func (s *shards) lose(rel string, err error) {
	if s.tree[rel] != nil {
		delete(s.tree, rel)
		s.hints.remove(filepath.Join(s.root, rel))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.in.c.causes.met(unreadable(filepath.Join(s.root, rel), err))
	}
}

// entriesOf reads a folder.
func entriesOf(root *os.Root, rel string) ([]fs.DirEntry, error) {
	f, err := root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.ReadDir(-1)
}

// folders gives the transcripts folders of the tree. What has no name that a
// decoy or a service can have is passed over, as are links.
func (s *shards) folders(root *os.Root) (dirs []*shardDir) {
	for _, decoy := range s.list(root, ".") {
		if !s.enter("", decoy, shard.DecoyName, "the name can be no decoy's") {
			continue
		}
		for _, service := range s.list(root, decoy.Name()) {
			if !s.enter(decoy.Name(), service, shard.ServiceName, "the name can be no service's") {
				continue
			}
			rel := path.Join(decoy.Name(), service.Name())
			if !s.services[service.Name()] {
				s.tellOnce(rel, "a service that is not in the list", "add "+service.Name()+" to --services")
				continue
			}
			d := s.dirs[rel]
			if d == nil {
				d = &shardDir{shards: s, decoy: decoy.Name(), service: service.Name(), files: map[string]*shardFile{}}
				s.dirs[rel] = d
				s.hints.add(filepath.Join(s.root, rel))
			}
			dirs = append(dirs, d)
		}
	}
	return dirs
}

// enter says whether a folder of the tree is gone into.
func (s *shards) enter(in string, e fs.DirEntry, named func(string) bool, why string) bool {
	rel := path.Join(in, e.Name())
	switch {
	case e.Type()&fs.ModeSymlink != 0:
		s.tellOnce(rel, "a link", "name the folder that it leads to")
		return false
	case !e.IsDir():
		return false
	case !named(e.Name()):
		s.tellOnce(rel, why, "lower-case letters, digits and dashes are allowed")
		return false
	}
	return true
}

// names gives the shards of a folder.
func (s *shards) names(root *os.Root, d *shardDir) (names []string) {
	for _, e := range s.list(root, d.rel()) {
		switch name := e.Name(); {
		case !shard.FileName(unpackedName(name)):
			s.tellOnce(path.Join(d.rel(), name), "no name of a shard", "")
		case e.Type()&fs.ModeSymlink != 0:
			s.tellOnce(path.Join(d.rel(), name), "a link", "name the folder that it leads to")
		case !e.Type().IsRegular():
			s.tellOnce(path.Join(d.rel(), name), "no file", "")
		default:
			names = append(names, name)
		}
	}
	return names
}

// due gives the followed files that are to be looked at: those at which
// something happened or, where an empty path is dirty, those whose time has
// come. New files of the last days are followed from then on.
func (s *shards) due(root *os.Root, dirty map[string]bool) (files []*shardFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.in.now()
	if !dirty[""] && s.ready {
		strange := false
		for p := range dirty {
			if f := s.touched(p); f != nil {
				files = append(files, f)
			} else {
				strange = true
			}
		}
		if !strange {
			return files
		}
		if s.early = now-s.listed < shardList; s.early {
			return files
		}
		files = nil
	}
	s.listed, s.early = now, false
	first := time.Now().UTC().AddDate(0, 0, -shardDays).Format(time.DateOnly)
	for _, d := range s.folders(root) {
		for _, name := range s.names(root, d) {
			if unpackedName(name) == name && dayOf(name) >= first {
				d.follow(name)
			}
		}
		for _, f := range d.files {
			if dirty[f.path()] || f.again || f.behind || now-f.grown < shardBusy || now-f.looked >= shardQuiet || f.first {
				files = append(files, f)
			}
		}
	}
	s.ready = true
	s.measure()
	return files
}

// measure tells how much is followed, and how much of it is not read yet.
func (s *shards) measure() {
	count, behind := 0, int64(0)
	for _, d := range s.dirs {
		for _, f := range d.files {
			count++
			behind += max(f.size-f.follower.Position(), 0)
		}
	}
	s.in.c.metrics.followed.Set(float64(count))
	s.in.c.metrics.behind.WithLabelValues(s.name()).Set(float64(behind))
}

// touched gives the followed file of a path, nil where it is none's; a file of a known folder that
// something happened to is followed from then on.
func (s *shards) touched(p string) *shardFile {
	rel, err := filepath.Rel(s.root, p)
	if err != nil || !filepath.IsLocal(rel) {
		return nil
	}
	decoy, service, _, ok := shard.Split(filepath.Join("/", rel))
	name := filepath.Base(rel)
	if !ok || unpackedName(name) != name || !s.services[service] {
		return nil
	}
	if d := s.dirs[path.Join(decoy, service)]; d != nil {
		return d.follow(name)
	}
	return nil
}

// mostFollowed is how many files of one folder are followed at once; what there
// is more is left to the sweep.
const mostFollowed = 256

// follow follows a file of the folder from now on; nil where that are too many.
func (d *shardDir) follow(name string) *shardFile {
	f := d.files[name]
	if f == nil && len(d.files) < mostFollowed {
		s := d.shards
		f = &shardFile{
			dir: d, name: name, live: true, late: s.ready, first: true,
			follower: shard.NewFollower(reader.DefaultLimits()), held: map[string]bool{}, grown: s.in.now(), asked: -shardBusy,
		}
		f.id, f.marked = s.marks.resume(f)
		d.files[name] = f
	}
	return f
}

// errNoFile says that a path holds something else than a file.
var errNoFile = errors.New("no regular file")

// openShard opens a file of the tree, if it is a regular one; a pipe is not
// waited for.
func openShard(root *os.Root, rel string) (*os.File, fs.FileInfo, error) {
	info, err := root.Lstat(rel)
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
