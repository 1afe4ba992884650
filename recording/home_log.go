package recording

import (
	"context"
	"hash/maphash"
	"io"
	"io/fs"

	"gait/recording/reader"
)

// maxPackNames bounds the names of members that are remembered of archives.
const maxPackNames = 1 << 20

// nameSeed makes hashes of names that nobody can choose names for.
var nameSeed = maphash.MakeSeed()

func nameSum(name string) uint64 { return maphash.String(nameSeed, name) }

// packNames gives the names in an archive, where they are known.
func (h *CowrieHome) packNames(now stamp) (map[uint64]bool, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	x, ok := h.names[now]
	return x, ok
}

func (h *CowrieHome) keepNames(now stamp, pack *homePacked) {
	names := make(map[uint64]bool, len(pack.parts))
	for n := range pack.parts {
		names[nameSum(n)] = true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	all := len(names)
	for _, x := range h.names {
		all += len(x)
	}
	if h.names == nil || all > maxPackNames || len(h.names) > 4*maxPacks {
		h.names = map[stamp]map[uint64]bool{}
	}
	h.names[now] = names
}

// Log opens an event log by its id; it is looked for anew where it is not
// where it was.
func (p *homeParts) Log(id string) (*reader.Source, error) {
	for try := range 2 {
		for _, l := range p.h.Logs() {
			if SameLog(id, l.Head) {
				return p.open(l)
			}
		}
		if try == 0 {
			if err := p.h.Scan(context.Background()); err != nil && len(p.h.Logs()) == 0 {
				return nil, err
			}
		}
	}
	return nil, &reader.Error{Path: p.h.path, At: -1, What: "no longer holds the event log that the session is in", Err: fs.ErrNotExist}
}

// homeLog is an opened event log.
type homeLog struct {
	src  *reader.Source
	held closers
}

// Close closes the log.
func (l *homeLog) Close() error { return l.held.Close() }

func (p *homeParts) open(l CowrieLog) (*reader.Source, error) {
	open := func() (io.Closer, error) {
		in, err := p.h.file(l.Rel)
		if err != nil {
			return nil, err
		}
		u := newUnpacker(in.size, p.h.opt)
		src, err := u.source(in, nil)
		if err != nil {
			in.Close()
			return nil, withPath(err, in.path)
		}
		return &homeLog{src, closers{in, &u.spool}}, nil
	}
	if l.Plain {
		v, err := open()
		if err != nil {
			return nil, err
		}
		p.done = append(p.done, func() { v.Close() })
		return v.(*homeLog).src, nil
	}
	v, done, err := p.h.kept.take("log "+LogID(l.Head), open)
	if err != nil {
		return nil, err
	}
	p.done = append(p.done, done)
	return v.(*homeLog).src, nil
}
