package main

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"sync"

	"gait/recording"
)

// source is an input, or the reason why there is none at its path.
type source struct {
	recording.Input
	err error
}

// job is a piece of work: a whole input, or one batch of an opened file.
type job struct {
	path  string
	open  func() (*recording.File, error) // nil where there is a batch
	file  *recording.File                 // the file of the batch
	batch recording.Batch
	last  bool  // the file can be closed when this is done; batch may be nil
	err   error // why there is nothing to do
	size  int64 // bytes on disk that this stands for

	// before is closed when all that was given before this is written; after
	// is closed when this is.
	before, after chan struct{}
}

// wholeSize is the size up to which one worker reads a whole file. A larger
// file is read by several workers, batch by batch. Packed files are a tenth of
// what they hold.
const (
	wholeSize  = 1 << 20
	packedSize = wholeSize / 10
)

// whole says whether one worker reads all of an input.
func (r *profiling) whole(in source) bool {
	if r.cmd.Session != "" || len(r.workers) == 1 && in.Size <= wholeSize {
		return true
	}
	for _, suffix := range []string{".gz", ".zst", ".tgz"} {
		if strings.HasSuffix(in.Path, suffix) {
			return in.Size <= packedSize
		}
	}
	return in.Size <= wholeSize && in.Path != "-"
}

// jobs gives the work in the order of the inputs.
func (r *profiling) jobs(ctx context.Context, inputs []source) iter.Seq[*job] {
	return func(yield func(*job) bool) {
		before := make(chan struct{})
		close(before)
		give := func(j *job) bool {
			j.before, j.after = before, make(chan struct{})
			before = j.after
			return yield(j)
		}
		for _, in := range inputs {
			switch {
			case ctx.Err() != nil:
				return
			case in.err != nil:
				if !give(&job{path: in.Path, err: in.err, size: in.Size}) {
					return
				}
			case r.whole(in):
				if !give(&job{path: in.Path, open: in.Open, size: in.Size}) {
					return
				}
			case !r.split(in, give):
				return
			}
		}
	}
}

// split opens a file and gives its batches; false where no more is wanted.
func (r *profiling) split(in source, give func(*job) bool) bool {
	f, batches, err := openBatches(in.Open)
	if err != nil {
		return give(&job{path: in.Path, err: err, size: in.Size})
	}
	r.opened.add(f)
	if len(batches) == 0 {
		return give(&job{path: in.Path, file: f, last: true, size: in.Size})
	}
	total := int64(0)
	for _, b := range batches {
		total += b.Size()
	}
	for i, b := range batches {
		j := &job{path: in.Path, file: f, batch: b, last: i+1 == len(batches)}
		j.size = int64(float64(in.Size) * float64(b.Size()) / float64(max(total, 1)))
		batches[i] = nil
		if !give(j) {
			return false
		}
	}
	return true
}

// openBatches opens a file and lists its batches. A panic on the way costs
// this file alone.
func openBatches(open func() (*recording.File, error)) (f *recording.File, batches []recording.Batch, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	if f, err = open(); err != nil {
		return nil, nil, err
	}
	return f, f.Batches(), nil
}

// panicked makes an error of what a panic carried. That may come from a
// recording, so only errors of the runtime are told in words.
func panicked(v any) error {
	e := &recording.Error{At: -1, What: fmt.Sprintf("gait failed on it with a %T", v), Do: "this is a fault of gait: please report it"}
	if err, ok := v.(runtime.Error); ok {
		e.Err = err
	}
	return e
}

// openFiles are the files whose batches are being read.
type openFiles struct {
	mu   sync.Mutex
	list map[*recording.File]bool
}

func (o *openFiles) add(f *recording.File) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.list == nil {
		o.list = map[*recording.File]bool{}
	}
	o.list[f] = true
}

// done closes a file that has been read. It was only read, so that nothing is
// lost where closing fails.
func (o *openFiles) done(f *recording.File) {
	o.mu.Lock()
	delete(o.list, f)
	o.mu.Unlock()
	f.Close()
}

// close closes what is still open when the work was ended early.
func (o *openFiles) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for f := range o.list {
		f.Close()
	}
	o.list = nil
}
