package recording

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"gait/recording/reader"
)

// CowrieHome is the folder in which a Cowrie keeps what it records: a source
// tree or an installation (var/log/cowrie, var/lib/cowrie/tty), a volume of a
// container, T-Pot's data/cowrie with its ttylogs.tgz, or the folder of the
// logs alone, whose terminal logs may lie in ../../lib/cowrie/tty.
//
// Nothing is opened outside the folder, and no link is followed out of it.
// It is safe for concurrent use.
type CowrieHome struct {
	path   string
	beside string // the folder of terminal logs beside it; empty for none
	opt    Options

	scanning sync.Mutex // held while folders are looked at for a reader
	scanned  time.Time

	mu    sync.Mutex
	logs  []CowrieLog
	heads map[string]headed // by path below the folder
	terms []string          // folders of terminal logs
	packs []string          // archives of terminal logs, the newest first
	seen  bool
	names map[stamp]map[uint64]bool // hashes of the names that an archive holds
	kept  shelfOf
}

// CowrieLog is an event log as it lies there.
type CowrieLog struct {
	Rel   string // path below the home
	Path  string
	First string // the time in its first line, as written: such times sort as text
	Size  int64  // as it lies there
	// Plain says that it is not packed, so that it may grow.
	Plain bool
	Head  []byte // its first bytes, unpacked, at most 4 KB

	stamp stamp
}

// headed is the beginning of a file in one state of it.
type headed struct {
	stamp stamp
	head  []byte
	log   bool
}

// Bounds of a walk through a home.
const (
	homeDepth   = 8
	homeFolders = 4096
	homeFiles   = 20_000
)

// NewCowrieHome names a home; nothing is looked at yet. Of the options, the
// limits and the folder for what is unpacked count.
func NewCowrieHome(dir string, opt Options) *CowrieHome {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	h := &CowrieHome{path: filepath.Clean(dir), opt: opt.filled(), heads: map[string]headed{}}
	if filepath.Base(h.path) != "tty" {
		h.beside = filepath.Join(h.path, "..", "..", "lib", "cowrie", "tty")
	}
	return h
}

// Path gives the home's absolute path.
func (h *CowrieHome) Path() string { return h.path }

// Close gives back what is kept open.
func (h *CowrieHome) Close() error { return h.kept.Close() }

// LogID names an event log by its first bytes, at most 4 KB of it.
func LogID(head []byte) string {
	sum := sha256.Sum256(head)
	return strconv.Itoa(len(head)) + "-" + hex.EncodeToString(sum[:16])
}

// SameLog says whether a log that begins with head is the one of an id, which
// may have been made of less of it.
func SameLog(id string, head []byte) bool {
	n, _, _ := strings.Cut(id, "-")
	size, err := strconv.Atoi(n)
	return err == nil && size > 0 && size <= len(head) && LogID(head[:size]) == id
}

// Scan looks for logs and terminal logs everywhere below the home. Where some
// of it cannot be read, the rest is found and the error tells of the first.
func (h *CowrieHome) Scan(ctx context.Context) error {
	root, err := os.OpenRoot(h.path)
	if err != nil {
		return openError(h.path, err)
	}
	defer root.Close()
	w := homeWalk{h: h, root: root, ctx: ctx, heads: map[string]headed{}}
	if filepath.Base(h.path) == "tty" {
		w.terms = append(w.terms, ".")
	}
	w.folder(".", 0)
	if err := ctx.Err(); err != nil {
		return err
	}
	slices.SortFunc(w.logs, func(a, b CowrieLog) int {
		return cmp.Or(cmp.Compare(path.Dir(a.Rel), path.Dir(b.Rel)), cmp.Compare(a.First, b.First), cmp.Compare(a.Rel, b.Rel))
	})
	slices.SortFunc(w.packs, func(a, b homePack) int { return cmp.Compare(b.changed, a.changed) })
	h.mu.Lock()
	defer h.mu.Unlock()
	h.logs, h.heads, h.terms, h.seen = w.logs, w.heads, w.terms, true
	h.packs = h.packs[:0]
	for _, p := range w.packs[:min(len(w.packs), maxPacks)] {
		h.packs = append(h.packs, p.rel)
	}
	return w.failed
}

// Logs gives the event logs as the last Scan found them, by folder, and in
// each the oldest first.
func (h *CowrieHome) Logs() []CowrieLog {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.logs)
}

// Folders gives the folders in which something can appear: of logs, of
// terminal logs, of archives.
func (h *CowrieHome) Folders() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	dirs := map[string]bool{h.path: true}
	for _, l := range h.logs {
		dirs[filepath.Dir(l.Path)] = true
	}
	for _, t := range h.terms {
		dirs[filepath.Join(h.path, t)] = true
	}
	var list []string
	for d := range dirs {
		list = append(list, d)
	}
	slices.Sort(list)
	return list
}

// homeWalk is one walk through a home.
type homeWalk struct {
	h       *CowrieHome
	root    *os.Root
	ctx     context.Context
	logs    []CowrieLog
	heads   map[string]headed
	terms   []string
	packs   []homePack
	folders int
	files   int
	failed  error
}

type homePack struct {
	rel     string
	changed int64
}

func (w *homeWalk) fail(rel string, err error) {
	if w.failed == nil && !errors.Is(err, fs.ErrNotExist) {
		w.failed = outsideError(filepath.Join(w.h.path, rel), err)
	}
}

func (w *homeWalk) folder(rel string, depth int) {
	if w.folders++; w.folders > homeFolders || w.ctx.Err() != nil {
		return
	}
	f, err := w.root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		w.fail(rel, err)
		return
	}
	entries, err := f.ReadDir(homeFiles)
	f.Close()
	if err != nil && err != io.EOF {
		w.fail(rel, err)
	}
	for _, e := range entries {
		name := path.Join(rel, e.Name())
		switch {
		case e.IsDir() && (strings.HasPrefix(e.Name(), ".") || uploads(e.Name(), entries) || e.Name() == "downloads"):
		case e.IsDir() && e.Name() == "tty":
			w.terms = append(w.terms, name)
		case e.IsDir() && depth < homeDepth:
			w.folder(name, depth+1)
		case e.Type().IsRegular() && w.files < homeFiles:
			w.files++
			w.file(name, e)
		}
	}
}

// file looks at one file, if its name is that of something wanted.
func (w *homeWalk) file(rel string, e fs.DirEntry) {
	base := strings.ToLower(e.Name())
	switch {
	case isPack(base):
		if info, err := e.Info(); err == nil {
			w.packs = append(w.packs, homePack{rel, info.ModTime().UnixNano()})
		}
	case strings.Contains(base, "json") || strings.Contains(base, "cowrie"):
		w.log(rel, e)
	}
}

// log takes a file for an event log if it begins like one.
func (w *homeWalk) log(rel string, e fs.DirEntry) {
	info, err := e.Info()
	if err != nil || info.Size() == 0 {
		return
	}
	at := filepath.Join(w.h.path, rel)
	w.h.mu.Lock()
	known, ok := w.h.heads[rel]
	w.h.mu.Unlock()
	now := fileStamp(info)
	if !ok || known.stamp != now {
		in, err := below(w.root, rel, at)
		if err != nil {
			w.fail(rel, err)
			return
		}
		now = in.stamp
		known = headed{stamp: now, head: peek(in.section())}
		in.Close()
		k := w.h.opt.kindOf(known.head)
		known.log = k != nil && k.join != nil
	}
	w.heads[rel] = known
	if known.log {
		w.logs = append(w.logs, CowrieLog{
			Rel: rel, Path: at, First: stampOf(known.head), Size: now.size, Head: known.head, stamp: now,
			Plain: plainName(path.Base(rel)) == path.Base(rel),
		})
	}
}

// ErrReplaced says that a file is another one than the one that was found.
var ErrReplaced = errReplaced

// OpenLog opens a log for reading on from a byte of what is unpacked. The
// error is [ErrReplaced] where it does not begin like the log of that id.
func (h *CowrieHome) OpenLog(l CowrieLog, id string, at int64) (io.ReadCloser, error) {
	in, err := h.file(l.Rel)
	if err != nil {
		return nil, err
	}
	if !SameLog(id, peek(in.section())) {
		in.Close()
		return nil, ErrReplaced
	}
	if packingOf(headOf(in.section())) == nil {
		return struct {
			io.Reader
			io.Closer
		}{io.NewSectionReader(in, at, max(in.size-at, 0)), in}, nil
	}
	r, held, err := unpacking(in)
	if err != nil {
		in.Close()
		return nil, withPath(err, in.path)
	}
	if _, err := io.CopyN(io.Discard, r, at); err != nil && err != io.EOF {
		held.Close()
		return nil, withPath(err, in.path)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, h.opt.Limits.Unpacked), held}, nil
}

// file opens a file below the home.
func (h *CowrieHome) file(rel string) (*input, error) {
	root, err := os.OpenRoot(h.path)
	if err != nil {
		return nil, openError(h.path, err)
	}
	defer root.Close()
	return open(root, h.path, rel)
}

// unpacking takes the compression off an input while it is read. A torn end
// reads as an end.
func unpacking(in *input) (io.Reader, closers, error) {
	held := closers{in}
	var r io.Reader = in.section()
	for range maxLayers {
		head := make([]byte, reader.HeadSize)
		n, _ := io.ReadFull(r, head)
		r = io.MultiReader(strings.NewReader(string(head[:n])), r)
		p := packingOf(head[:n])
		if p == nil {
			break
		}
		un, err := p.open(r)
		if err != nil {
			return nil, nil, packingError(p, err)
		}
		held = append(held, un)
		r = torn{un}
	}
	return r, held, nil
}

// torn reads what can be unpacked and ends there.
type torn struct{ r io.Reader }

// Read reads.
func (t torn) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// rescan is how old what a home knows of its folders may be when something is
// read.
const rescan = 10 * time.Second

// fresh looks at the folders again where that was long ago.
func (h *CowrieHome) fresh(ctx context.Context, old time.Duration) error {
	h.scanning.Lock()
	defer h.scanning.Unlock()
	if h.known() && time.Since(h.scanned) < old {
		return ctx.Err()
	}
	h.scanned = time.Now()
	if err := h.Scan(ctx); err != nil && !h.known() {
		return err
	}
	return ctx.Err() // what was found can be read
}

func (h *CowrieHome) known() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seen
}

// SizeOf gives the present size of a log; the error is [ErrReplaced] where
// another file lies there.
func (h *CowrieHome) SizeOf(l CowrieLog) (int64, error) {
	info, err := h.stat(l.Rel)
	if err != nil {
		return 0, err
	}
	if now := fileStamp(info); !now.sameFile(l.stamp) || now.size < l.stamp.size {
		return 0, ErrReplaced
	}
	return info.Size(), nil
}

// Changed is when the log was written to last, in nanoseconds since 1970.
func (l *CowrieLog) Changed() int64 { return l.stamp.changed }
