package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress shows on a terminal how far long work is. A nil progress shows
// nothing.
type progress struct {
	total    int64              // bytes on disk, or sessions
	unit     func(int64) string // writes an amount
	after    time.Duration      // when the bar appears
	amounts  atomic.Int64
	sessions atomic.Int64
	start    time.Time
	width    int
	to       io.Writer

	quit, ended chan struct{}
	mu          sync.Mutex
	bars        *mpb.Progress // nil while nothing is shown
}

// Work that is done sooner than this shows no bar.
const (
	barAfter   = time.Second
	barRefresh = 150 * time.Millisecond
)

// newProgress watches over work; nothing is shown unless it takes long and the
// console's messages go to a terminal.
func newProgress(c *console, inputs []source, quiet bool) *progress {
	total := int64(0)
	for _, in := range inputs {
		total += in.Size
	}
	return startProgress(c, total, howMuch, quiet)
}

// startProgress watches over work of some size; a unit writes sizes.
func startProgress(c *console, total int64, unit func(int64) string, quiet bool) *progress {
	p := &progress{
		total: total, unit: unit, after: barAfter, start: c.now(), width: c.columns, to: c.err,
		quit: make(chan struct{}), ended: make(chan struct{}),
	}
	if c.terminal {
		p.to = c.out
	}
	if quiet || !c.errTerminal || p.total == 0 {
		close(p.ended)
		return p
	}
	go p.watch()
	return p
}

// done says that work was done that stands for a number of bytes on disk.
func (p *progress) done(bytes int64) { p.amounts.Add(bytes) }

// session says that a session was profiled.
func (p *progress) session() { p.sessions.Add(1) }

// watch shows the bar after a while and keeps it fresh.
func (p *progress) watch() {
	defer close(p.ended)
	select {
	case <-time.After(p.after):
	case <-p.quit:
		return
	}
	bars := mpb.New(mpb.WithOutput(p.to), mpb.WithAutoRefresh(), mpb.WithRefreshRate(barRefresh), mpb.WithWidth(max(10, p.width/4)))
	bar := bars.New(p.total, mpb.BarStyle().Lbound("").Filler("█").Tip("█").Padding("░").Rbound(""),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return p.amount() + " " })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + p.pace() })))
	p.mu.Lock()
	p.bars = bars
	p.mu.Unlock()
	tick := time.NewTicker(barRefresh)
	defer tick.Stop()
	for shown := true; shown; {
		bar.SetCurrent(min(p.amounts.Load(), p.total-1))
		select {
		case <-tick.C:
		case <-p.quit:
			shown = false
		}
	}
	p.mu.Lock()
	p.bars = nil
	p.mu.Unlock()
	bar.Abort(true)
	bars.Wait()
}

// amount says how much has been read.
func (p *progress) amount() string {
	n := p.amounts.Load()
	return fmt.Sprintf("%3d%% %s of %s", 100*n/p.total, p.unit(n), p.unit(p.total))
}

// pace says how fast it goes and how long it will take.
func (p *progress) pace() string {
	spent, n := time.Since(p.start), p.amounts.Load()
	s := number(float64(p.sessions.Load())/spent.Seconds()) + " sessions/s"
	if n == 0 {
		return s
	}
	left := time.Duration(float64(spent) * float64(p.total-n) / float64(n))
	return s + ", " + howLong(left.Round(time.Second)) + " left"
}

// stop takes the bar away.
func (p *progress) stop() {
	close(p.quit)
	<-p.ended
}

// around gives a writer that writes above the bar where one is shown.
func (p *progress) around(w io.Writer, terminal bool) io.Writer {
	if !terminal {
		return w
	}
	return aboveBar{w, p}
}

type aboveBar struct {
	io.Writer
	progress *progress
}

// Write writes above the bar, or as usual where there is none.
func (a aboveBar) Write(b []byte) (int, error) {
	a.progress.mu.Lock()
	defer a.progress.mu.Unlock()
	if bars := a.progress.bars; bars != nil {
		if _, err := bars.Write(b); err == nil {
			return len(b), nil
		}
	}
	return a.Writer.Write(b)
}
