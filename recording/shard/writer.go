package shard

import (
	"errors"
	"fmt"
	"hash/maphash"
	"math"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"gait"
	"gait/internal/disk"
)

// Why a session is not kept, as [WriterOptions].Skipped and [Totals] say it.
const (
	SkippedDisk = "disk_pressure"
	SkippedOpen = "shard_open_failed"
)

// WriterOptions say where sessions are kept, and how much of them.
type WriterOptions struct {
	Root, Decoy, Service string // {Root}/{Decoy}/{Service}/transcripts; folders 0700, files 0600
	// Folder is the decoy's own folder, for a process that sees no more of the
	// root: {Folder}/{Service}/transcripts. Root is then not used.
	Folder string

	Rotate int64 // a file of the day takes no new sessions above this size; 0: 256 MB
	Input  int64 // bytes of input kept of one session; 0: 4 MB
	Output int64 // bytes of output kept of one session; 0: 10 MB
	// Day is how much the lines of one address may take in a UTC day; then its
	// output is not kept. All of an IPv6 network of 64 bits count as one
	// address, and all sessions without an address as another. 0: 200 MB.
	Day int64

	FreeOutput  uint64 // free bytes of the disk below which no output is kept; 0: 1 GB
	FreeSession uint64 // and below which no new session is; 0: 200 MB

	Now     func() time.Time                 // nil: time.Now
	Free    func(dir string) (uint64, error) // free bytes of the disk; nil: as the system says
	Skipped func(reason string)              // told of each session that is not kept; nil: nobody is
}

// Bounds of one session beside those of its bytes: an event of one byte takes a
// line of some eighty. Together they stay below what readers take of a session.
const (
	inputEvents  = 1 << 20
	outputEvents = 1 << 19
	resizeEvents = 1 << 16
)

// filled gives the options with all defaults in place.
func (o WriterOptions) filled() WriterOptions {
	for _, x := range []struct {
		n      *int64
		preset int64
	}{{&o.Rotate, 256 << 20}, {&o.Input, 4 << 20}, {&o.Output, 10 << 20}, {&o.Day, 200 << 20}} {
		if *x.n <= 0 {
			*x.n = x.preset
		}
	}
	if o.FreeOutput == 0 {
		o.FreeOutput = 1 << 30
	}
	if o.FreeSession == 0 {
		o.FreeSession = 200 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Free == nil {
		o.Free = freeBytes
	}
	if o.Skipped == nil {
		o.Skipped = func(string) {}
	}
	return o
}

// freeBytes asks the system how much room a folder's disk has.
func freeBytes(dir string) (uint64, error) {
	s, err := disk.Measure(dir)
	return uint64(max(s.Free, 0)), err
}

// Writer keeps sessions in the shards of one decoy and service. It chooses the
// file of each session (by the UTC day of its start, and by number within the
// day), so that a session stays whole in the file that holds its header; it
// keeps to the budgets, and writes each line at once to a file that is opened
// for appending. Several processes may write to the same shards on a local
// disk; budgets of an address then hold for each of them alone.
//
// It is safe for concurrent use. Nothing that goes wrong with a file ever
// reaches whoever records: what could not be kept is counted, and said in the
// shard as soon as that can be written.
type Writer struct {
	o   WriterOptions
	dir string

	mu     sync.Mutex
	open   map[shardID]*file
	latest map[string]int // number of the file of a day that took the last session
	closed bool

	addresses spending
	looked    atomic.Int64  // when the disk was measured last, in nanoseconds of Now
	free      atomic.Uint64 // what it had

	create func(path string) (appender, error) // opens a file for appending
}

// NewWriter checks the names and makes the folders. Folders that cannot be made
// now are tried again with each session.
func NewWriter(o WriterOptions) (*Writer, error) {
	o = o.filled()
	switch {
	case o.Root == "" && o.Folder == "":
		return nil, errors.New("shards: no folder was given")
	case !DecoyName(o.Decoy):
		return nil, fmt.Errorf("shards: %q can be no decoy's name: up to 63 lower-case letters, digits and dashes", o.Decoy)
	case !ServiceName(o.Service):
		return nil, fmt.Errorf("shards: %q can be no service: up to 32 lower-case letters, digits and dashes", o.Service)
	}
	folder := o.Folder
	if folder == "" {
		folder = filepath.Join(o.Root, o.Decoy)
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("shards: %w", err)
	}
	w := &Writer{
		o: o, dir: filepath.Join(folder, o.Service, "transcripts"), open: map[shardID]*file{}, latest: map[string]int{},
		addresses: spending{seed: maphash.MakeSeed()}, create: appendTo,
	}
	w.looked.Store(math.MinInt64)
	_ = makeFolder(w.dir)
	w.room()
	return w, nil
}

// Begin begins a session: its header is in the shard when it returns. It never
// fails: where nothing can be kept, the tape counts and keeps nothing. h.ID is a
// UUID, h.Start the wall clock, and h.Command the command that was given at
// login, if any. What only readers know (Path, Fidelity, End) is ignored.
func (w *Writer) Begin(h gait.Header) *Tape {
	t := &Tape{w: w, id: h.ID, address: w.addresses.hash(h.SourceIP), turn: make(chan struct{}, 1)}
	t.in.ch, t.out.ch, t.resize.ch = 'i', 'o', 'r'
	for _, l := range []*lane{&t.in, &t.out, &t.resize} {
		l.last = -1
	}
	var k key
	if !uuid(k[1:], []byte(h.ID)) {
		return w.skip(t, SkippedOpen)
	}
	if w.room() < w.o.FreeSession {
		return w.skip(t, SkippedDisk)
	}
	f, err := w.take(h.Start.UTC().Format(time.DateOnly))
	if err == nil {
		h.Service = w.o.Service
		trim(&h)
		if err = t.write(f, func(e *Encoder) { e.header(&h, h.Command) }); err == nil {
			t.file = f
			return t
		}
		w.release(f)
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return w.skip(t, SkippedDisk)
	}
	return w.skip(t, SkippedOpen)
}

// Limits are how many bytes of input and of output are kept of one session.
func (w *Writer) Limits() (input, output int64) { return w.o.Input, w.o.Output }

// trim keeps a header within what readers take, and its line within their
// longest.
func trim(h *gait.Header) {
	h.Client = limited([]byte(h.Client))
	h.Command = h.Command[:min(len(h.Command), maxData)]
	var env []gait.Var
	size := 0
	for _, v := range h.Env[:min(len(h.Env), maxEnv)] {
		v = gait.Var{Name: limited([]byte(v.Name)), Value: limited([]byte(v.Value))}
		if size += len(v.Name) + len(v.Value); size > 4*maxField {
			break
		}
		env = append(env, v)
	}
	h.Env = env
}

// skip gives a tape that keeps nothing.
func (w *Writer) skip(t *Tape, reason string) *Tape {
	t.skipped = reason
	w.o.Skipped(reason)
	return t
}

// room is how much the disk has free, measured once a second. Where that
// cannot be told there is room: then writing says what is wrong.
func (w *Writer) room() uint64 {
	now, last := w.o.Now().UnixNano(), w.looked.Load()
	if last != math.MinInt64 && now >= last && now-last < int64(time.Second) || !w.looked.CompareAndSwap(last, now) {
		return w.free.Load()
	}
	free, err := w.o.Free(w.dir)
	if err != nil {
		free = math.MaxUint64
	}
	w.free.Store(free)
	return free
}

// Close closes all files. Tapes that are still open keep nothing from then on.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	var errs []error
	for id, f := range w.open {
		errs = append(errs, f.close())
		delete(w.open, id)
	}
	return errors.Join(errs...)
}
