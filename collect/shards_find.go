package collect

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"gait/recording/shard"
)

// view looks at what the tree holds of a decoy's service.
func (s *shards) view(decoy, service string) *folderView {
	v := &folderView{shards: s}
	s.mu.Lock()
	running := s.in != nil
	s.mu.Unlock()
	root, err := os.OpenRoot(s.root)
	if err != nil {
		v.cause = unreadable(s.root, err)
		return v
	}
	defer root.Close()
	info, err := root.Lstat(decoy)
	if err != nil || !info.IsDir() {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			v.cause = unreadable(filepath.Join(s.root, decoy), err)
		}
		if err == nil {
			v.passed = append(v.passed, passed{rel: decoy, what: strangeness(info.Mode())})
		}
		return v
	}
	v.decoy, v.looked = true, !running
	rel := path.Join(decoy, service, "transcripts")
	entries, err := entriesOf(root, rel)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		v.cause = unreadable(filepath.Join(s.root, rel), err)
	}
	for _, e := range entries {
		switch {
		case !shard.FileName(unpackedName(e.Name())):
		case e.Type().IsRegular():
			v.names = append(v.names, e.Name())
		case len(v.passed) < mostPassed:
			v.passed = append(v.passed, passed{path.Join(rel, e.Name()), dayOf(e.Name()), strangeness(e.Type())})
		}
	}
	return v
}

// strangeness says what something is that stands where a file or folder should.
func strangeness(mode fs.FileMode) string {
	switch mode.Type() {
	case fs.ModeSymlink:
		return "a link, which is not followed"
	case fs.ModeDir:
		return "a folder"
	case fs.ModeNamedPipe:
		return "a named pipe"
	case 0:
		return "a file"
	}
	return "a device or a socket"
}

// sighted tells of a session in a file that is followed.
func (s *shards) sighted(r *recorded, name string) (shard.Sighting, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.file(r, name); f != nil {
		return f.follower.Find(r.id)
	}
	return shard.Sighting{}, false
}

// follows says whether a file is followed and read up to now, so that what is
// neither sighted nor stored is not in it.
func (s *shards) follows(r *recorded, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.file(r, name)
	return f != nil && !f.first && !f.again && !f.behind && !f.owed && f.cause == ""
}

func (s *shards) file(r *recorded, name string) *shardFile {
	if d := s.dirs[r.decoy+"/"+r.service]; d != nil {
		return d.files[name]
	}
	return nil
}

// refresh reads what was appended to the followed files of a folder.
func (s *shards) refresh(decoy, service string) {
	root, err := os.OpenRoot(s.root)
	if err != nil {
		return
	}
	defer root.Close()
	s.mu.Lock()
	var files []*shardFile
	if d := s.dirs[decoy+"/"+service]; d != nil && s.ready {
		for _, f := range d.files {
			if !f.first {
				files = append(files, f)
			}
		}
	}
	s.mu.Unlock()
	for _, f := range files {
		s.look(root, f)
	}
}

// hold keeps a session from being offered as silent: it is not whole.
func (s *shards) hold(r *recorded, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.file(r, name); f != nil {
		f.held[r.id] = true
	}
}

// let lets go of a session that was offered, unless it has grown since.
func (s *shards) let(r *recorded, name string, x shard.Sighting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.file(r, name); f != nil {
		delete(f.held, r.id)
		f.follower.Forget(x)
	}
}
