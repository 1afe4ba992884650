package serve

import (
	"context"
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"gait"
	"gait/internal/fault"
	"gait/recording"
	"gait/store"
)

// reading is a recording that was read. A view of a session asks for its time
// line, its commands and its marks at once: they share one.
type reading struct{ rec *gait.Session }

func (r *reading) size() int64 { return heldBytes(r.rec) }

// heldBytes is about how much memory a session takes.
func heldBytes(rec *gait.Session) int64 {
	n := int64(24 * rec.Len())
	for k := gait.Input; k <= gait.Exec; k++ {
		n += int64(cap(rec.Block(k)))
	}
	return n
}

// guessed is about how much memory a session will take when it is read.
func guessed(x *store.Session) int64 { return x.BytesIn + x.BytesOut + 24*x.Events }

// held is how much memory recordings take that are looked into and played. The
// two share what they hold, so that the larger counts.
type held struct {
	mu              sync.Mutex
	reading, played int64
	tell            func(bytes int64)
}

// note notes one of the two.
func (h *held) note(of *int64) func(int64) {
	return func(bytes int64) {
		h.mu.Lock()
		defer h.mu.Unlock()
		*of = bytes
		h.tell(max(h.reading, h.played))
	}
}

// readingKey names a reading of a recording: what the store knows of it says
// when there is another.
func readingKey(x *store.Session, place recording.Place) string {
	return x.Ref + "\x00" + x.Revision + "\x00" + strconv.FormatInt(x.Size, 36) + "\x00" + place.Path
}

// read reads a recording, or gives what was read of it just now.
func (s *Server) read(ctx context.Context, x *store.Session, place recording.Place) (rec *gait.Session, done func(), err error) {
	select {
	case s.readers <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, s.problem(ctx, "wait to read a recording", ctx.Err())
	}
	done = func() { <-s.readers }
	r, err := s.readings.get(ctx, readingKey(x, place), guessed(x), func(ctx context.Context) (r *reading, err error) {
		defer func() {
			if f := recover(); f != nil {
				s.log.Error("reading a recording failed", "ref", x.Ref, "fault", fault.Text(f))
				err = huma.Error500InternalServerError("something went wrong; the log says what")
			}
		}()
		rec, err := s.opt.Library.Read(ctx, place)
		if err != nil {
			return nil, err
		}
		return &reading{rec}, nil
	})
	if err != nil {
		done()
		return nil, nil, s.problem(ctx, "read a recording", err)
	}
	return r.rec, done, nil
}
