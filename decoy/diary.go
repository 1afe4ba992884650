package decoy

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"gait/decoy/visit"
	"gait/internal/disk"
	"gait/internal/jsonobject"
)

// Bounds of the decoy's own log.
const (
	mostText = 8 << 10   // of one raw value
	mostDay  = 512 << 20 // of one day; what comes after it is counted
	keepLog  = 30 * 24 * time.Hour
	leastLog = 1 << 30 // free bytes of the disk below which nothing is written
)

// diary is the decoy's own log: what was caught beside the sessions, in the
// attackers' words, one JSON object a line, a file a day. It stays in the
// decoy's folder.
type diary struct {
	dir         string
	credentials bool // passwords and keys offered are written
	keep        time.Duration
	now         func() time.Time

	mu      sync.Mutex
	file    *os.File
	day     string
	size    int64
	free    time.Time // when the disk was last looked at
	full    bool
	dropped int64
	line    []byte
}

// openDiary makes the folder.
func openDiary(dir string, c *Config, now func() time.Time) (*diary, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return &diary{dir: dir, credentials: !c.NoCredentials, keep: cmp.Or(c.KeepLog, keepLog), now: now}, nil
}

// write writes one event. An error is of the disk; the next event tries again.
func (d *diary) write(e visit.Event) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.turn(e.Time.UTC().Format(time.DateOnly)); err != nil {
		d.dropped++
		return err
	}
	if d.full || d.size > mostDay {
		d.dropped++
		return nil
	}
	d.line = d.encode(d.line[:0], e)
	n, err := d.file.Write(d.line)
	d.size += int64(n)
	if err == nil && n < len(d.line) {
		err = errors.New("short write")
	}
	return err
}

// lost notes events that did not come as far as here; the next line says how
// many.
func (d *diary) lost(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dropped += n
}

// turn opens the file of a day, and looks at the disk now and then.
func (d *diary) turn(day string) error {
	if now := d.now(); now.Sub(d.free) > 10*time.Second || now.Before(d.free) {
		d.free = now
		space, err := disk.Measure(d.dir)
		d.full = err == nil && space.Free < leastLog
	}
	if d.file != nil && day <= d.day {
		return nil
	}
	f, err := os.OpenFile(filepath.Join(d.dir, "decoy-"+day+".jsonl"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	if d.file != nil {
		d.file.Close()
	}
	d.file, d.day, d.size = f, day, info.Size()
	if d.size > 0 { // what stands there may be torn
		f.WriteString("\n")
	}
	d.sweep()
	return nil
}

// sweep deletes files that are older than they are kept.
func (d *diary) sweep() {
	list, err := os.ReadDir(d.dir)
	if err != nil {
		return
	}
	oldest := "decoy-" + d.now().UTC().Add(-d.keep).Format(time.DateOnly)
	for _, e := range list {
		if name := e.Name(); strings.HasPrefix(name, "decoy-") && name < oldest {
			os.Remove(filepath.Join(d.dir, name))
		}
	}
}

// encode writes the line of an event.
func (d *diary) encode(b []byte, e visit.Event) []byte {
	o := jsonobject.Begin(b)
	o.Text("time", e.Time.UTC().Format("2006-01-02T15:04:05.000000Z07:00"))
	o.Text("kind", string(e.Kind))
	o.Text("connection", e.Connection)
	o.Text("session", e.Session)
	o.Text("service", e.Service)
	o.Text("address", e.Remote.Addr().String())
	o.Int("port", int64(e.Remote.Port()))
	o.Text("client", cut(e.Client))
	o.Text("user", cut(e.User))
	secret := e.Kind == visit.Auth && !d.credentials
	if !secret {
		o.Text("text", cut(e.Text))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		o.Text(fieldName(name), cut(e.Fields[name]))
	}
	if d.dropped > 0 {
		o.Int("dropped_before", d.dropped)
		d.dropped = 0
	}
	o.Close()
	return append(o.Bytes(), '\n')
}

// fieldName keeps names of fields to words: they come from our own code.
func fieldName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			return r
		}
		return '_'
	}, s)
}

// cut shortens a raw value, and says so.
func cut(s string) string {
	if len(s) > mostText {
		return fmt.Sprintf("%s[cut: %d bytes in all]", s[:mostText], len(s))
	}
	return s
}

// close closes the file.
func (d *diary) close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil {
		return nil
	}
	return d.file.Close()
}
