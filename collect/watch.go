package collect

import (
	"context"
	"log/slog"

	"github.com/fsnotify/fsnotify"
)

// mostWatches is how many folders one source is told about; the others are
// looked at again and again alone.
const mostWatches = 1024

// hints tells early that something happened in folders. It promises nothing:
// whoever uses it looks by himself often enough. A nil hints never tells.
type hints struct {
	w       *fsnotify.Watcher
	watched map[string]bool
	// C gives paths at which something happened; an empty one stands for
	// anywhere.
	C chan string
}

// newHints gives nil where the system cannot tell.
func newHints(log *slog.Logger) *hints {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Debug("the system does not tell of changes; folders are looked at every second", "error", err)
		return nil
	}
	return &hints{w: w, watched: map[string]bool{}, C: make(chan string, 1024)}
}

// changes gives the channel of what happened; nil, which never gives anything,
// where the system cannot tell.
func (h *hints) changes() <-chan string {
	if h == nil {
		return nil
	}
	return h.C
}

// run passes on what the system tells until the context ends.
func (h *hints) run(ctx context.Context) {
	if h == nil {
		return
	}
	defer h.w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-h.w.Events:
			if !ok {
				return
			}
			if e.Op != fsnotify.Chmod {
				h.tell(e.Name)
			}
		case _, ok := <-h.w.Errors: // the queue overflowed, or a folder went away
			if !ok {
				return
			}
			h.tell("")
		}
	}
}

// tell passes a path on; where nobody keeps up, that something happened.
func (h *hints) tell(path string) {
	select {
	case h.C <- path:
	default:
	}
}

// add watches a folder. It is for one goroutine.
func (h *hints) add(dir string) {
	if h == nil || h.watched[dir] || len(h.watched) >= mostWatches {
		return
	}
	h.watched[dir] = h.w.Add(dir) == nil
}

// remove forgets a folder that is gone, so that it can be watched again.
func (h *hints) remove(dir string) {
	if h == nil || !h.watched[dir] {
		return
	}
	delete(h.watched, dir)
	h.w.Remove(dir)
}
