package cowrie

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxLogs is how many terminal logs of one connection are read; a client can
// open channels without end.
const maxLogs = 4096

// maxName is the longest file name.
const maxName = 255

var shaName = regexp.MustCompile(`^[0-9a-f]{64}$`)

// ttyRef is what the log says of one terminal log. Times are microseconds
// since 1970, zero where unknown.
type ttyRef struct {
	name      string // base name that the closing event gives
	opened    string // base name that the opening event gives
	sum       string // the hash of what was typed; empty where not said
	openAt    int64
	closeAt   int64
	duplicate flag
	owner     *window // when the session was that the file belongs to, another one; nil where there is none
	borrowed  bool    // the file is not this session's by what the log says
	settled   bool    // a follower has decided that
}

// baseName gives the last part of a path that a log names, for it must not lead
// anywhere; empty where there is none.
func baseName(p string) string {
	b := path.Base(strings.ReplaceAll(p, `\`, "/"))
	if p == "" || b == "." || b == ".." || b == "/" || len(b) > maxName || strings.IndexByte(b, 0) >= 0 {
		return ""
	}
	return strings.Clone(b)
}

func (c *connection) openLog(e *event, t int64) {
	if base := baseName(string(e.TTYLog)); base != "" && len(c.logs) < maxLogs {
		c.logs = append(c.logs, ttyRef{opened: base, openAt: t})
	}
}

// closeLog finds the log that was opened under the same name, else the first
// one that is still open: the file gets its final name when it is closed.
func (c *connection) closeLog(e *event, t int64) {
	sum := strings.ToLower(string(e.SHASum))
	if !shaName.MatchString(sum) {
		sum = ""
	}
	base := baseName(string(e.TTYLog))
	if base == "" {
		base = sum
	}
	if base == "" {
		return
	}
	at := -1
	for i := range c.logs {
		if c.logs[i].name != "" {
			continue
		}
		if c.logs[i].opened == base {
			at = i
			break
		}
		if at < 0 {
			at = i
		}
	}
	if at < 0 {
		if len(c.logs) >= maxLogs {
			return
		}
		at = len(c.logs)
		c.logs = append(c.logs, ttyRef{})
	}
	l := &c.logs[at]
	l.name, l.sum, l.closeAt, l.duplicate = base, strings.Clone(sum), t, e.Duplicate
}

// key is what two references to one file have in common.
func (l *ttyRef) key() string {
	switch {
	case l.sum != "":
		return l.sum
	case l.name != "":
		return l.name
	}
	return l.opened
}

// own finds the owner of each terminal log. Cowrie names a log by the hash of
// what was typed and throws a later one of the same name away, so that several
// sessions refer to one file. It belongs to the first session in time that
// says it is no duplicate, or that does not say; the others borrow its timing.
func own(conns []*connection) {
	owners := map[string]*owner{}
	each := func(f func(c *connection, l *ttyRef)) {
		for _, c := range conns {
			for i := range c.logs {
				f(c, &c.logs[i])
			}
		}
	}
	each(func(c *connection, l *ttyRef) {
		if l.duplicate == isTrue {
			return
		}
		o := owners[l.key()]
		if o == nil || l.duplicate == isFalse && o.log.duplicate != isFalse ||
			l.duplicate == o.log.duplicate && l.time() < o.log.time() {
			owners[l.key()] = &owner{c, l}
		}
	})
	each(func(_ *connection, l *ttyRef) {
		o := owners[l.key()]
		if l.borrowed = o == nil || o.log != l; l.borrowed && o != nil {
			l.owner = o.log.window(o.c)
		}
	})
}

// owner is the session that a terminal log belongs to.
type owner struct {
	c   *connection
	log *ttyRef
}

func (l *ttyRef) time() int64 {
	if l.closeAt != 0 {
		return l.closeAt
	}
	return l.openAt
}

// near is how far apart the clocks of a log and its terminal log may be, and
// far how far they never are, whatever time zone one of them is taken for.
const (
	near = int64(2 * time.Second / time.Microsecond)
	far  = int64(26 * time.Hour / time.Microsecond)
)

// window is a stretch of time.
type window struct{ from, to int64 }

// window is the time in which what stands in a terminal log of a connection
// can have begun.
func (l *ttyRef) window(c *connection) *window {
	return &window{c.start, max(c.last, c.closed, l.closeAt)}
}

// covers says whether a time lies in a window, give or take some time.
func (w *window) covers(t, slack int64) bool { return t >= w.from-slack && t <= w.to+slack }

// shared says whether the timing of a file is not this session's own. begun is
// when the file's recording began; several is set where the file holds other
// recordings too, so that a name in common says nothing.
//
// A log that says "no duplicate" twice of one name can be right: the files may
// have been taken away in between. Then the file that is there belongs to the
// session that it began in.
func (l *ttyRef) shared(c *connection, begun int64, several bool) bool {
	w := l.window(c)
	switch {
	case l.duplicate == isTrue:
		return true
	case c.headed && !w.covers(begun, far):
		return true
	case several || !l.borrowed:
		return false
	}
	return !w.covers(begun, near) || l.owner != nil && l.owner.covers(begun, near)
}

func itoa(n int) string { return strconv.Itoa(n) }
