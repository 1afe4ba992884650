package collect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gait/recording/shard"
	"gait/store"
)

// How a file of syslog is read.
const (
	logChunk    = 256 << 10
	logPosition = 5 * time.Second // between two positions where nothing is found
)

// logFile follows a file of syslog, through rotation.
type logFile struct {
	finder *finder
	path   string

	in    *intake
	file  *os.File // what is being read
	at    logPlace
	known logPlace // as it is stored
	saved time.Duration
	long  bool // in the middle of a line that is too long
	cause string
}

// logPlace is how far a file was read.
type logPlace struct {
	Dev  uint64 `json:"d,omitempty"`
	Ino  uint64 `json:"i"`
	At   int64  `json:"a"`
	Hash string `json:"h"` // of the first and last 4 KB before At
}

func (l *logFile) name() string  { return "syslog" }
func (l *logFile) title() string { return "syslog in " + l.path }

func (l *logFile) cursor() string {
	h := fnv.New64a()
	h.Write([]byte(l.path))
	return fmt.Sprintf("syslog:%016x", h.Sum64())
}

// run follows the file until the context ends.
func (l *logFile) run(ctx context.Context, in *intake) error {
	l.in = in
	defer l.close()
	stored, err := in.cursors(ctx, l.cursor())
	if err != nil {
		return err
	}
	if value := stored[l.cursor()]; value != nil {
		if json.Unmarshal(value, &l.at) == nil {
			l.resume()
		}
		l.known = l.at
	}
	ctx, cancel := context.WithCancel(ctx)
	h := newHints(in.options().Log)
	done := make(chan struct{})
	go func() { defer close(done); h.run(ctx) }()
	defer func() { cancel(); <-done }()
	h.add(filepath.Dir(l.path))
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case p := <-h.changes():
			if p != "" && !strings.HasPrefix(p, l.path) {
				continue
			}
			if !sleep(ctx, shardGap) {
				return ctx.Err()
			}
		case <-timer.C:
			timer.Reset(shardTick)
		}
		if err := l.look(ctx); err != nil {
			return err
		}
	}
}

// resume opens the file that was read last, under its own name or the one that
// rotation gave it.
func (l *logFile) resume() {
	names, _ := filepath.Glob(globbed(l.path) + "*")
	for _, name := range append([]string{l.path}, names...) {
		f, info, err := openLog(name)
		if err != nil {
			continue
		}
		if idOf(info) == (fileID{l.at.Dev, l.at.Ino}) && info.Size() >= l.at.At {
			if hash, err := shard.MarkOf(f, l.at.At); err == nil && hash == l.at.Hash {
				l.file = f
				return
			}
		}
		f.Close()
	}
	l.at = logPlace{}
}

// globbed writes a path so that it matches itself alone.
func globbed(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// openLog opens a regular file; nothing else is waited for.
func openLog(path string) (*os.File, os.FileInfo, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = errNoFile
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

func (l *logFile) close() {
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
}

// look reads what was appended. Where the name belongs to another file by now,
// the old one is read to its end first.
func (l *logFile) look(ctx context.Context) error {
	if l.file != nil {
		if err := l.drain(ctx, false); err != nil {
			return err
		}
	}
	info, err := os.Stat(l.path)
	if err != nil || !info.Mode().IsRegular() {
		if err == nil {
			err = errNoFile
		}
		return l.lost(err)
	}
	if l.file != nil && idOf(info) == (fileID{l.at.Dev, l.at.Ino}) {
		l.found()
		return nil
	}
	if l.file != nil {
		if err := l.drain(ctx, true); err != nil {
			return err
		}
		l.close()
	}
	f, info, err := openLog(l.path)
	if err != nil {
		return l.lost(err)
	}
	l.found()
	id := idOf(info)
	l.file, l.at, l.long = f, logPlace{Dev: id.dev, Ino: id.ino}, false
	return l.drain(ctx, false)
}

// lost notes that the file cannot be read; it is tried again.
func (l *logFile) lost(err error) error {
	x := unreadable(l.path, err)
	if errors.Is(err, errNoFile) {
		x.text, x.cure = fmt.Sprintf("%q is no regular file", l.path), "name the file that syslog is written to"
	}
	if l.cause != x.key() {
		l.found()
		l.cause = x.key()
	}
	l.in.c.causes.met(x)
	return nil
}

func (l *logFile) found() {
	if l.cause != "" {
		l.in.c.causes.gone(l.cause)
		l.cause = ""
	}
}

// drain reads lines up to the last line feed; with all set also what follows
// it. A file that became shorter is read from its start.
func (l *logFile) drain(ctx context.Context, all bool) error {
	info, err := l.file.Stat()
	if err != nil {
		return l.lost(err)
	}
	if info.Size() < l.at.At {
		l.at.At, l.at.Hash, l.long = 0, "", false
	}
	buf := make([]byte, logChunk)
	for ctx.Err() == nil {
		n, err := l.file.ReadAt(buf, l.at.At)
		if n == 0 && err != nil && !errors.Is(err, io.EOF) {
			return l.lost(err)
		}
		took, err := l.chunk(ctx, buf[:n], all)
		if err != nil {
			return err
		}
		if took == 0 {
			return l.save(ctx, &digest{finder: l.finder}, all)
		}
	}
	return ctx.Err()
}

// chunk takes in the whole lines of a piece and says how many bytes they are.
func (l *logFile) chunk(ctx context.Context, b []byte, all bool) (int, error) {
	d := &digest{finder: l.finder}
	took := 0
	for {
		rest := b[took:]
		n := bytes.IndexByte(rest, '\n')
		if n < 0 && (len(rest) > maxLogLine || all && took == 0 && len(rest) > 0) {
			if !l.long && len(rest) <= maxLogLine {
				d.add(trimmed(rest), "")
			}
			took, l.long = len(b), true
			break
		}
		if n < 0 {
			break
		}
		if !l.long && n <= maxLogLine {
			d.add(trimmed(rest[:n]), "")
		}
		l.long = false
		took += n + 1
	}
	if took == 0 {
		return 0, nil
	}
	l.at.At += int64(took)
	l.in.c.metrics.read.WithLabelValues(l.name()).Add(float64(took))
	return took, l.save(ctx, d, false)
}

// save hands on what was found, with the position; a position alone is stored
// now and then.
func (l *logFile) save(ctx context.Context, d *digest, now bool) error {
	if d.len() == 0 && (l.at == l.known || !now && l.in.now()-l.saved < logPosition) {
		return nil
	}
	hash, err := shard.MarkOf(l.file, l.at.At)
	if err != nil {
		hash = ""
	}
	l.at.Hash = hash
	value, err := json.Marshal(l.at)
	if err != nil {
		return err
	}
	if err := d.commit(ctx, store.Cursor{Name: l.cursor(), Value: value}); err != nil {
		return err
	}
	l.known, l.saved = l.at, l.in.now()
	return nil
}
