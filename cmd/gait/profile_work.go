package main

import (
	"context"
	"errors"

	"gait"
	"gait/profile"
	"gait/recording"
)

// piece is the result of a job.
type piece struct {
	job      *job
	text     *[]byte
	tally    tally
	failures []failure
	odd      gait.Oddities // of the sessions
	whole    gait.Oddities // of a whole file, outside its sessions
	turn     bool          // all that comes before has been written
	stopped  error         // why the whole work must end
}

// work does a job. What goes wrong costs that job's input alone.
func (r *profiling) work(ctx context.Context, w *worker, j *job) (p *piece) {
	p = &piece{job: j, text: r.buffers.Get().(*[]byte)}
	defer r.bar.done(j.size)
	defer func() {
		if v := recover(); v != nil {
			w.engine = profile.EngineOf(r.cmd.primitives(), r.cmd.Compat) // it may have stopped halfway
			p.fail(j.path, panicked(v))
		}
	}()
	each := func(s *gait.Session) error { return r.session(ctx, w, p, s) }
	switch {
	case j.err != nil:
		p.fail(j.path, j.err)
	case j.open != nil:
		r.file(p, each)
	case j.batch != nil:
		p.result(j.batch.Each(each))
	}
	return p
}

// file reads a whole input, or the one session of it that is asked for.
func (r *profiling) file(p *piece, each func(*gait.Session) error) {
	f, err := p.job.open()
	if err != nil {
		p.fail(p.job.path, err)
		return
	}
	defer f.Close()
	if id := r.cmd.Session; id != "" {
		s, err := f.Session(id)
		if err == nil {
			err = each(s)
		}
		if !errors.Is(err, recording.ErrNoSession) {
			p.result(err)
		}
		return
	}
	for _, b := range f.Batches() {
		if p.result(b.Each(each)); p.stopped != nil {
			return
		}
	}
	p.whole = f.Oddities()
}

// result takes what reading ended with.
func (p *piece) result(err error) {
	var stop stopError
	switch {
	case err == nil:
	case errors.As(err, &stop):
		p.stopped = stop.cause
	default:
		p.fail(p.job.path, err)
	}
}

// stopError ends the reading because the whole work must end.
type stopError struct{ cause error }

// Error gives the cause.
func (e stopError) Error() string { return e.cause.Error() }

// session profiles one session and puts it into words.
func (r *profiling) session(ctx context.Context, w *worker, p *piece, s *gait.Session) error {
	if err := ctx.Err(); err != nil {
		return stopError{err}
	}
	result := w.engine.Profile(s, r.now)
	r.failed(p, result)
	p.tally.count(s, result, r.wants)
	p.odd.Merge(s.Oddities)
	if r.cmd.Verbose {
		p.tally.detail(result, r.wants)
	}
	*p.text = r.form.session(*p.text, s, result)
	r.bar.session()
	if len(*p.text) < r.room {
		return nil
	}
	return r.early(ctx, p)
}

// failed tells of primitives that failed on a session.
func (r *profiling) failed(p *piece, result *profile.Result) {
	for _, f := range result.Failures {
		if r.wants.has(f.Primitive) {
			p.failures = append(p.failures, failure{p.job.path, f.Error()})
		}
	}
}

// early writes the text of a piece that has grown large before the piece is
// done: it waits until all that comes before has been written. While it does,
// and until the piece is emitted, nobody else writes.
func (r *profiling) early(ctx context.Context, p *piece) error {
	if !p.turn {
		select {
		case <-p.job.before:
			p.turn = true
		case <-ctx.Done():
			return stopError{ctx.Err()}
		}
	}
	err := r.out.piece(*p.text)
	*p.text = (*p.text)[:0]
	if err != nil {
		return stopError{err}
	}
	return nil
}
