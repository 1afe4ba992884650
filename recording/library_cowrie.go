package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"time"

	"gait"
	"gait/recording/reader"
)

// maxHomes is how many homes of Cowrie a library knows at once.
const maxHomes = 64

// readCowrie reads a session of Cowrie that was found by following its log:
// the place says where its lines and its terminal log are.
func (l *Library) readCowrie(ctx context.Context, p Place) (*gait.Session, error) {
	var x HomePlace
	if err := json.Unmarshal(p.Extra, &x); err != nil {
		return nil, &reader.Error{Path: p.Path, At: -1, What: "cannot be read by its parts", Err: err}
	}
	h, err := l.home(ctx, x.Home)
	if err != nil {
		return nil, err
	}
	s, err := h.Read(x.Place)
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	old := time.Second
	if h.strange(p.Path) {
		old = 0
	}
	if h.fresh(ctx, old) == nil {
		return h.Read(x.Place) // it may have been packed meanwhile
	}
	return s, err
}

// strange says whether a file is there in a folder that was not when the home
// was looked at last.
func (h *CowrieHome) strange(file string) bool {
	rel, ok := rest(h.path, file)
	if !ok {
		return false
	}
	rel = filepath.ToSlash(rel)
	h.mu.Lock()
	known := slices.Contains(h.packs, rel) || slices.Contains(h.terms, path.Dir(rel)) ||
		slices.ContainsFunc(h.logs, func(l CowrieLog) bool { return path.Dir(l.Rel) == path.Dir(rel) })
	h.mu.Unlock()
	if known {
		return false
	}
	_, err := h.stat(rel)
	return err == nil
}

// home gives the home at a path, which lies below a root.
func (l *Library) home(ctx context.Context, path string) (*CowrieHome, error) {
	_, rel, err := l.locate(path)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	h := l.homes[path]
	if h == nil {
		if l.homes == nil {
			l.homes = map[string]*CowrieHome{}
		}
		if len(l.homes) >= maxHomes {
			l.mu.Unlock()
			return nil, fmt.Errorf("over %d folders of Cowrie are read at once", maxHomes)
		}
		h = NewCowrieHome(path, l.opt)
		if rel != "." {
			h.beside = "" // only whoever named the folder itself named what lies beside it
		}
		l.homes[path] = h
	}
	l.mu.Unlock()
	return h, h.fresh(ctx, rescan)
}
