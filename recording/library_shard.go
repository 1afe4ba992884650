package recording

import (
	"sync"

	"gait"
	"gait/recording/reader"
	"gait/recording/shard"
)

// growing is a shard that lies there unpacked, and may be written to. Its index
// never grows while a session is read.
type growing struct {
	in  *input
	mu  sync.RWMutex
	src *reader.Source
	rec *shard.Recording
	at  stamp // the state of the file that is indexed
}

// session reads a session; a file that became shorter meanwhile is read again.
func (g *growing) session(id string) (*gait.Session, error) {
	for range 3 {
		if err := g.grow(); err != nil {
			return nil, err
		}
		g.mu.RLock()
		s, err := g.rec.Session(id)
		size := g.src.Size
		g.mu.RUnlock()
		if now, e := g.in.now(); e != nil || now.size >= size {
			return s, err
		}
	}
	return nil, errReplaced
}

// grow indexes what was appended.
func (g *growing) grow() error {
	now, err := g.in.now()
	if err != nil {
		return err
	}
	g.mu.RLock()
	same := g.at == now
	g.mu.RUnlock()
	if same {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now, err = g.in.now(); err != nil || g.at == now {
		return err
	}
	g.src.Size = now.size
	if err := g.rec.GrowWhole(); err != nil {
		return err
	}
	g.at = now
	return nil
}

func (g *growing) bytes() int64 {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.rec.Weight()
}
