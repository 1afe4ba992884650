package main

import (
	"context"
	"sync"
	"time"

	"gait"
	"gait/internal/ordered"
	"gait/profile"
	"gait/recording"
)

// form is how the result looks. Its methods are called on any goroutine, but
// for file and tail, which are called in order on one.
type form interface {
	// head gives what stands before all sessions.
	head() string
	// session appends one session. Where separator is not empty, the text of
	// a session begins with it, and the first session's goes without.
	session(b []byte, s *gait.Session, r *profile.Result) []byte
	separator() string
	// file appends what was odd about a file outside its sessions.
	file(b []byte, path string, odd gait.Oddities) []byte
	// tail gives what stands after all sessions.
	tail(t *totals) string
}

// profiling is one run of the subcommand: inputs become jobs, workers make
// pieces of text of them, and the pieces are written in the order of the jobs.
// What is written does not depend on the number of workers.
type profiling struct {
	cmd     *profileCmd
	console *console
	form    form
	wants   wanted
	opt     recording.Options
	now     time.Time // stands in observations of sessions without a start
	workers []worker
	out     *output
	bar     *progress
	totals  totals
	room    int // bytes of text that a piece may hold before its turn
	buffers sync.Pool
	opened  openFiles
}

// worker is what one worker has of its own.
type worker struct{ engine *profile.Engine }

// textRoom bounds the text of all pieces that wait for their turn; pieceRoom
// bounds that of one of them.
const (
	textRoom  = 48 << 20
	pieceRoom = 4 << 20
)

func newProfiling(p *profileCmd, c *console, workers int) *profiling {
	r := &profiling{cmd: p, console: c, opt: p.options(c), now: c.now()}
	r.totals.verbose = p.Verbose
	r.opt.Skipped = r.totals.skip
	r.room = min(pieceRoom, textRoom/(2*workers))
	r.workers = make([]worker, workers)
	for i := range r.workers {
		r.workers[i].engine = profile.EngineOf(p.primitives(), p.Compat)
	}
	r.buffers.New = func() any { return new([]byte) }
	return r
}

// run does the whole work.
func (r *profiling) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer r.opened.close()
	inputs := r.inputs(ctx)
	r.bar = newProgress(r.console, inputs, r.cmd.Quiet)
	r.out = newOutput(r.console, r.bar, r.form.separator())
	err := r.out.text(r.form.head())
	if err == nil {
		err = ordered.Map(ctx, len(r.workers), r.jobs(ctx, inputs),
			func(n int, j *job) *piece { return r.work(ctx, &r.workers[n], j) },
			func(p *piece) error {
				err := r.emit(p)
				if err != nil {
					stop() // a worker may be waiting for its turn
				}
				return err
			})
	}
	if err == nil {
		r.missing(inputs)
		err = r.out.text(r.form.tail(&r.totals))
	}
	if err == nil {
		err = r.out.flush()
	}
	r.bar.stop()
	if err != nil {
		return err
	}
	if !r.cmd.Quiet || r.cmd.Verbose {
		r.summary(r.now)
	}
	if r.totals.failed > 0 {
		return errFailed
	}
	return nil
}

// inputs finds all inputs, so that it is known how much there is to do.
func (r *profiling) inputs(ctx context.Context) (list []source) {
	for in, err := range recording.Find(ctx, r.cmd.Paths, r.opt) {
		list = append(list, source{in, err})
	}
	return list
}

// missing counts what was asked for and not found as failures.
func (r *profiling) missing(inputs []source) {
	switch {
	case r.totals.failed > 0:
	case len(inputs) == 0:
		r.fail(failure{"", "no recording was found there (name a file to hear what is wrong with it)"})
	case r.cmd.Session != "" && r.totals.sessions == 0:
		r.fail(failure{"", "no session " + r.cmd.Session + " in " + count(int64(len(inputs)), "recording", "recordings")})
	}
}

// emit writes a piece when its turn has come.
func (r *profiling) emit(p *piece) error {
	defer close(p.job.after)
	err := r.out.piece(*p.text)
	r.release(p)
	if err == nil {
		err = p.stopped
	}
	if err != nil {
		return err
	}
	r.totals.add(&p.tally)
	for _, f := range p.failures {
		r.fail(f)
	}
	r.totals.fileOddities(p.job.path, p.odd)
	if p.job.file != nil && p.job.last {
		p.whole = append(p.whole, p.job.file.Oddities()...)
		r.opened.done(p.job.file)
	}
	if len(p.whole) == 0 {
		return nil
	}
	r.totals.fileOddities(p.job.path, p.whole)
	return r.out.piece(r.form.file(nil, p.job.path, p.whole))
}

// fail tells of a failure at once and counts it.
func (r *profiling) fail(f failure) {
	r.totals.fail(f)
	r.out.problem(f.line())
}

// release gives the buffer of a piece back, unless it grew far beyond what is
// usual.
func (r *profiling) release(p *piece) {
	if cap(*p.text) <= 2*pieceRoom {
		*p.text = (*p.text)[:0]
		r.buffers.Put(p.text)
	}
	p.text = nil
}
