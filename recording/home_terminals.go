package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"gait"
	"gait/recording/cowrie"
	"gait/recording/reader"
	"gait/recording/ttylog"
)

// maxPacks is how many archives of terminal logs are looked into.
const maxPacks = 64

// HomePlace is what a [Place] of a session of a followed Cowrie has in Extra.
type HomePlace struct {
	Home  string          `json:"home"`
	Place json.RawMessage `json:"place"` // see [cowrie.Read]
}

// Read reads a session by its place in the home.
func (h *CowrieHome) Read(place json.RawMessage) (*gait.Session, error) {
	p := &homeParts{h: h}
	defer p.close()
	s, err := cowrie.Read(place, p, h.opt.Limits)
	if err != nil && !errors.Is(err, ErrNoSession) {
		return nil, withPath(err, h.path)
	}
	return s, err
}

// Found is a terminal log that was found.
type Found struct {
	Path string // of it, or of the archive that it is in
	Size int64
}

// Find finds the terminal log of one of some names, which begins in a stretch
// of time where there are several. The error is fs.ErrNotExist where there is
// none.
func (h *CowrieHome) Find(names []string, from, to time.Time) (Found, error) {
	p := &homeParts{h: h}
	defer p.close()
	missing := error(fs.ErrNotExist)
	for _, name := range names {
		n, err := p.Terminal(name, from, to)
		if err == nil {
			defer n.Close()
			return Found{n.Path, n.Size}, nil
		}
		if errors.Is(missing, fs.ErrNotExist) {
			missing = err
		}
	}
	return Found{}, missing
}

// homeParts finds the parts of one session.
type homeParts struct {
	h    *CowrieHome
	done []func()
}

func (p *homeParts) close() {
	for _, f := range p.done {
		f()
	}
}

// Terminal opens a terminal log: one that begins in the given time, else any
// of the name.
func (p *homeParts) Terminal(name string, from, to time.Time) (*reader.Neighbour, error) {
	if !isBase(name) {
		return nil, notThere(name)
	}
	var other *reader.Neighbour
	missing := error(notThere(name))
	for _, open := range p.h.openers(p) {
		n, err := open(name)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) && errors.Is(missing, fs.ErrNotExist) {
				missing = err
			}
			continue
		}
		head := make([]byte, 64)
		k, _ := n.ReadAt(head, 0)
		if t, ok := ttylog.Begun(head[:k]); ok && !t.Before(from) && !t.After(to) {
			if other != nil {
				other.Close()
			}
			return n, nil
		}
		if other == nil {
			other = n
		} else {
			n.Close()
		}
	}
	if other != nil {
		return other, nil
	}
	return nil, missing
}

// openers gives the places of terminal logs, the likeliest first.
func (h *CowrieHome) openers(p *homeParts) (list []func(string) (*reader.Neighbour, error)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.terms {
		list = append(list, folder{root: h.path, sub: t, opt: h.opt}.Open)
	}
	dirs := map[string]bool{}
	for _, l := range h.logs {
		if d := path.Dir(l.Rel); !dirs[d] && len(dirs) < 64 {
			dirs[d] = true
			list = append(list, folder{root: h.path, sub: d, opt: h.opt}.Open)
		}
	}
	if len(h.terms) == 0 && h.beside != "" {
		list = append(list, folder{root: h.beside, opt: h.opt}.Open)
	}
	for _, rel := range h.packs {
		list = append(list, func(name string) (*reader.Neighbour, error) { return p.packed(rel, name) })
	}
	return list
}

// packed opens a terminal log in an archive.
func (p *homeParts) packed(rel, name string) (*reader.Neighbour, error) {
	h := p.h
	info, err := h.stat(rel)
	if err != nil {
		return nil, err
	}
	names, ok := h.packNames(fileStamp(info))
	if ok && !names[nameSum(name)] {
		return nil, notThere(name)
	}
	value, done, err := h.kept.take(fmt.Sprintf("pack %v", fileStamp(info)), func() (io.Closer, error) { return h.openPack(rel) })
	if err != nil {
		return nil, err
	}
	p.done = append(p.done, done)
	pack := value.(*homePacked)
	if !ok {
		h.keepNames(fileStamp(info), pack)
	}
	body, ok := pack.parts[name]
	if !ok {
		return nil, notThere(name)
	}
	src := reader.Source{ReaderAt: body, Size: body.Size(), Name: name, Path: filepath.Join(h.path, rel)}
	return &reader.Neighbour{Source: src, Closer: io.NopCloser(nil)}, nil
}

func (h *CowrieHome) stat(rel string) (fs.FileInfo, error) {
	root, err := os.OpenRoot(h.path)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Stat(rel)
}

// homePacked is an opened archive of terminal logs.
type homePacked struct {
	held  closers
	parts map[string]*io.SectionReader
}

// Close closes the archive.
func (p *homePacked) Close() error { return p.held.Close() }

func (h *CowrieHome) openPack(rel string) (io.Closer, error) {
	in, err := h.file(rel)
	if err != nil {
		return nil, err
	}
	u := newUnpacker(in.size, h.opt)
	pack := &homePacked{held: closers{in, &u.spool}, parts: map[string]*io.SectionReader{}}
	body, err := u.peel(in.section())
	if err != nil {
		pack.Close()
		return nil, withPath(err, in.path)
	}
	if isTar(headOf(body)) {
		roll := unrolled{unpacker: u, found: func(label string, body *io.SectionReader) {
			pack.parts[plainName(path.Base(label))] = body
		}}
		roll.unroll(body, "", 1)
	}
	return pack, nil
}

// Terminals gives the base names of the terminal logs in the folders of the
// home, at most so many, that are at least so old; see [Found] for the rest.
func (h *CowrieHome) Terminals(most int, before time.Time, f func(path, rel string, info fs.FileInfo)) error {
	root, err := os.OpenRoot(h.path)
	if err != nil {
		return openError(h.path, err)
	}
	defer root.Close()
	h.mu.Lock()
	terms := slices.Clone(h.terms)
	h.mu.Unlock()
	for _, t := range terms {
		d, err := root.Open(t)
		if err != nil {
			continue
		}
		for most > 0 {
			entries, err := d.ReadDir(1024)
			for _, e := range entries {
				info, err := e.Info()
				if most--; most < 0 {
					break
				}
				if err == nil && info.Mode().IsRegular() && info.Size() > 0 && info.ModTime().Before(before) {
					f(filepath.Join(h.path, t, e.Name()), path.Join(t, e.Name()), info)
				}
			}
			if err != nil || len(entries) == 0 {
				break
			}
		}
		d.Close()
	}
	return nil
}
