package collect

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"
)

// How a folder of finished recordings is watched.
const (
	fileTick  = time.Second
	fileCalm  = 10 * time.Second // a file that did not change for so long is finished
	fileAged  = time.Minute      // one that lay there at the start is, when so old
	fileDepth = 64
	fileMost  = 1 << 20 // files below one folder
	fileLost  = 30 * time.Second
)

// fileSource watches a folder into which finished recordings are put: any
// format, packed or not. A file is taken when it was renamed into place, or
// when it has not changed for ten seconds. Where the event log of a Cowrie
// lies below the folder, that is followed as one.
type fileSource struct {
	dir    string
	key    string // of its cursors
	in     *intake
	hints  *hints
	files  map[string]*fileSeen // by path below the folder
	marks  *fileMarks
	first  bool
	lost   string
	walked time.Duration
	took   time.Duration
	log    *cowrieSource // of the event logs below the folder; nil where there are none
	logs   chan error
}

// fileSeen is one state of a file.
type fileSeen struct {
	stamp   fileStamp
	since   time.Duration // when it was seen so first
	renamed bool          // it was finished elsewhere
	done    bool
	there   bool
}

// fileSources makes the sources that watch folders of finished recordings.
func fileSources(opt Options) (list []source, err error) {
	seen := map[string]bool{}
	for _, dir := range opt.Recordings {
		abs, err := filepath.Abs(dir)
		if err != nil || dir == "" || !utf8.ValidString(abs) {
			return nil, fmt.Errorf("collect: the folder of recordings %q cannot be used: %w", dir, errors.Join(err, errors.New("it must be a path in UTF-8")))
		}
		if !seen[abs] {
			seen[abs] = true
			list = append(list, &fileSource{dir: abs, key: "recordings:" + shortSum(abs) + ":"})
		}
	}
	return list, nil
}

// name is "recordings".
func (s *fileSource) name() string { return "recordings" }

// title names the folder.
func (s *fileSource) title() string { return "recordings in " + s.dir }

// run watches the folder until the context ends.
func (s *fileSource) run(ctx context.Context, in *intake) error {
	s.in = in
	stored, err := in.cursors(ctx, s.key)
	if err != nil {
		return err
	}
	s.marks = newFileMarks(s.key, stored)
	s.files, s.first, s.walked, s.log = map[string]*fileSeen{}, true, 0, nil
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.hints = newHints(in.options().Log)
	go s.hints.run(ctx)
	s.logs = make(chan error, 1)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-s.logs:
			return err
		case <-s.hints.changes():
			if !sleep(ctx, cowrieGap) {
				return ctx.Err()
			}
			if s.in.now()-s.walked < 5*s.took {
				continue // the timer comes soon enough
			}
		case <-timer.C:
		}
		if err := s.tick(ctx); err != nil {
			return err
		}
		timer.Reset(max(fileTick, 20*s.took))
	}
}

// tick looks at the folder once and takes what is finished.
func (s *fileSource) tick(ctx context.Context) error {
	began := s.in.now()
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		s.met(unreadable(s.dir, err))
		return nil
	}
	s.met(nil)
	for _, f := range s.files {
		f.there = false
	}
	w := fileWalk{s: s, root: root, now: began}
	w.folder(ctx, ".", 0)
	root.Close()
	if err := ctx.Err(); err != nil {
		return err
	}
	for rel, f := range s.files {
		if !f.there && !w.cut {
			delete(s.files, rel)
			s.marks.forget(rel)
		}
	}
	s.walked = s.in.now()
	s.took, s.first = s.walked-began, false
	slices.SortFunc(w.ready, func(a, b string) int { // event logs first: they speak for others
		if x, y := strings.Contains(path.Base(a), "json"), strings.Contains(path.Base(b), "json"); x != y {
			if x {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	for _, rel := range w.ready {
		if err := s.take(ctx, rel); err != nil {
			return err
		}
	}
	return s.flush(ctx)
}

// flush stores which files were taken.
func (s *fileSource) flush(ctx context.Context) error {
	_, err := s.in.offer(ctx, nil, s.marks.changed()...)
	return err
}

// met tells that the folder cannot be read, or (nil) that it can be.
func (s *fileSource) met(c *cause) {
	key := ""
	if c != nil {
		key = c.key()
		s.in.c.causes.met(c)
	}
	if s.lost != "" && s.lost != key {
		s.in.c.causes.gone(s.lost)
	}
	s.lost = key
}

// fileWalk is one look at everything below a folder.
type fileWalk struct {
	s     *fileSource
	root  *os.Root
	now   time.Duration
	n     int
	cut   bool // not all was seen
	ready []string
}

func (w *fileWalk) folder(ctx context.Context, rel string, depth int) {
	f, err := w.root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		w.cut = true
		if !errors.Is(err, fs.ErrNotExist) {
			w.s.in.c.causes.met(unreadable(filepath.Join(w.s.dir, rel), err))
		}
		return
	}
	defer f.Close()
	w.s.hints.add(filepath.Join(w.s.dir, rel))
	for {
		entries, err := f.ReadDir(1024)
		for _, e := range entries {
			w.entry(ctx, rel, e, depth)
		}
		if err != nil || len(entries) == 0 {
			w.cut = w.cut || err != nil && err != io.EOF
			return
		}
	}
}

// partial are the endings of files that are still being brought.
var partial = []string{".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", "~"}

func (w *fileWalk) entry(ctx context.Context, rel string, e fs.DirEntry, depth int) {
	name := path.Join(rel, e.Name())
	switch {
	case ctx.Err() != nil || w.n >= fileMost:
		w.cut = true
	case strings.HasPrefix(e.Name(), "."):
	case e.IsDir() && depth < fileDepth && !keepsUploads(w.root, rel, e.Name()):
		w.folder(ctx, name, depth+1)
	case e.Type().IsRegular():
		w.n++
		w.file(name, e)
	}
}

// keepsUploads says whether a folder is where a honeypot keeps what visitors
// left: such files are no recordings, whatever they look like.
func keepsUploads(root *os.Root, parent, name string) bool {
	if name != "downloads" && name != "dl" {
		return false
	}
	for _, beside := range [...]string{"tty", "log"} {
		if info, err := root.Lstat(path.Join(parent, beside)); err == nil && info.IsDir() {
			return true
		}
	}
	return false
}

// file notes the state of a file and whether it is to be taken.
func (w *fileWalk) file(rel string, e fs.DirEntry) {
	lower := strings.ToLower(e.Name())
	if slices.ContainsFunc(partial, func(end string) bool { return strings.HasSuffix(lower, end) }) {
		return
	}
	info, err := e.Info()
	if err != nil {
		return
	}
	now, moved := stampFile(info)
	f := w.s.files[rel]
	if f == nil {
		f = &fileSeen{done: w.s.marks.has(rel, now), stamp: now, since: w.now}
		w.s.files[rel] = f
		if w.s.first && time.Since(info.ModTime()) > fileAged {
			f.since = w.now - fileCalm
		}
	} else if f.stamp != now {
		f.stamp, f.since, f.done = now, w.now, false
	}
	f.there, f.renamed = true, moved > now.written
	age := w.now - f.since
	if !f.done && now.size > 0 && (age >= fileCalm || f.renamed && age > 0) {
		w.ready = append(w.ready, rel)
	}
}
