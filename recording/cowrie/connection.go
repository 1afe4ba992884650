package cowrie

import (
	"net/netip"
	"regexp"
	"strings"
	"time"

	"gait"
)

// What is kept of what a client says about itself.
const (
	maxClient   = 255  // bytes of a version string, as in SSH
	maxVars     = 32   // environment variables
	maxEnv      = 4096 // bytes of them together
	maxProtocol = 16
	maxSize     = 65535 // columns or rows
)

var (
	decoyName    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	protocolName = regexp.MustCompile(`^[a-z0-9]+$`)
	hasshName    = regexp.MustCompile(`^[0-9a-f]{32}$`)
)

// isSession says whether a text can be the id of a connection: up to 64
// letters, digits, "-" and "_".
func isSession(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// connection is what the log says of one connection. Times are microseconds
// since 1970.
type connection struct {
	id       string // session, as the log has it
	name     string // the same, made unique in the recording
	sensor   string
	protocol string
	start    int64 // of the connect event, or of the first one there is
	last     int64 // latest time so far
	closed   int64 // time of the closing event
	headed   bool  // the connect event was seen
	ended    bool  // the closing event was seen
	repeated bool  // the log holds its lines a second time
	cut      bool  // not all of its commands are kept

	addr          netip.Addr
	port          uint16
	width, height uint16
	client, hassh string
	login         gait.Login
	env           []gait.Var
	envSize       int

	logs  []ttyRef
	skip  int // terminal logs before the first of logs
	lines []lineRef
	home  int // number of the log it first appeared in
	odd   gait.Oddities
}

// lineRef is the place of an event: byte offset and length in a log. Log -1
// holds the lines that were put together from two logs, by number.
type lineRef struct {
	off  int64
	size int32
	log  int32
}

// newConnection begins a connection at a time, with its connect event (headed)
// or without. at is the place of the event in its log.
func newConnection(key connKey, headed bool, t, at int64) *connection {
	c := &connection{id: key.session, sensor: key.sensor, start: t, last: t, headed: headed}
	if !headed {
		c.odd.Add(gait.OddNoHeader, 1, at)
	}
	if t < firstTime {
		c.odd.Add(gait.OddClockStep, 1, at)
	}
	return c
}

// lead takes a connect event as the head of a connection that began without
// one; it is false where it is another connection's.
func (c *connection) lead(t int64) bool {
	if c.headed || c.ended || max(t-c.start, c.start-t) > near {
		return false
	}
	c.headed, c.start = true, t
	return true
}

// admit says whether an event counts for its connection, and gives the time to
// take for it. at is the place of the event in its log.
func (c *connection) admit(e *event, t int64, timed bool, at int64) (int64, bool) {
	if c.repeated && t <= c.last {
		return 0, false
	}
	if !timed {
		c.odd.Add(gait.OddTimeBad, 1, at)
		t = c.last
	} else if c.start == 0 {
		c.start = t
	}
	if c.ended && e.Late != isTrue && e.kind != logClosed && e.kind != connect {
		c.odd.Add(gait.OddAfterEnd, 1, at)
		return 0, false
	}
	return t, true
}

// empty says whether nothing was done in the connection that can be profiled.
func (c *connection) empty() bool { return len(c.logs) == 0 && len(c.lines) == 0 }

// apply takes over what an event says. t is its time.
func (c *connection) apply(e *event, t int64) {
	c.last = max(c.last, t)
	c.from(e)
	switch e.kind {
	case version:
		c.client = clientVersion(string(e.Version))
	case kex:
		if h := strings.ToLower(string(e.HASSH)); hasshName.MatchString(h) {
			c.hassh = h
		}
	case fingerprint:
		c.login.PublicKey = true
	case loginFailed, loginSuccess:
		c.login.Attempts++
		c.login.Succeeded = c.login.Succeeded || e.kind == loginSuccess
		c.login.Password = c.login.Password || bool(e.Password)
		c.login.PublicKey = c.login.PublicKey || bool(e.Key) || bool(e.Fingerprint)
	case clientSize:
		if e.Width > 0 && e.Width <= maxSize && e.Height > 0 && e.Height <= maxSize {
			c.width, c.height = uint16(e.Width), uint16(e.Height)
		}
	case clientVar:
		c.setEnv(string(e.Name), string(e.Value))
	case logOpen:
		c.openLog(e, t)
	case logClosed:
		c.closeLog(e, t)
	case closed:
		c.closed, c.ended = t, true
	}
}

// from takes over where the connection came from, which most events say.
func (c *connection) from(e *event) {
	if !c.addr.IsValid() && e.SrcIP != "" {
		if a, err := netip.ParseAddr(string(e.SrcIP)); err == nil {
			c.addr = a.Unmap().WithZone("")
		}
	}
	if e.kind == connect && e.SrcPort > 0 && e.SrcPort <= 65535 {
		c.port = uint16(e.SrcPort)
	}
	if c.protocol == "" && len(e.Protocol) <= maxProtocol {
		if p := strings.ToLower(string(e.Protocol)); protocolName.MatchString(p) {
			c.protocol = p
		}
	}
}

func (c *connection) setEnv(name, value string) {
	size := len(name) + len(value)
	if name == "" || len(c.env) >= maxVars || c.envSize+size > maxEnv {
		return
	}
	c.env = append(c.env, gait.Var{Name: strings.Clone(name), Value: strings.Clone(value)})
	c.envSize += size
}

// clientVersion cleans a version: some releases wrote Python's b'...'.
func clientVersion(s string) string {
	if len(s) >= 3 && s[0] == 'b' && (s[1] == '\'' || s[1] == '"') && s[len(s)-1] == s[1] {
		s = s[2 : len(s)-1]
	}
	return strings.Clone(s[:min(len(s), maxClient)])
}

// header fills in what the log knows of the n-th session of the connection.
func (c *connection) header(h *gait.Header, n int) {
	h.ID, h.EvidenceRef, h.Format = c.sessionID(n), c.evidence(n), name
	if decoyName.MatchString(c.sensor) {
		h.Decoy = c.sensor
	}
	h.Service = c.protocol
	if c.addr.IsValid() {
		h.SourceIP, h.SourcePort = c.addr.String(), int(c.port)
	}
	h.Client, h.HASSH, h.Login = c.client, c.hassh, c.login
	h.Width, h.Height = int(c.width), int(c.height)
	h.Env = append(h.Env[:0], c.env...)
}

// stampLayout is how an evidence reference states the time of a connection.
const stampLayout = "20060102T150405.000000Z"

// evidence gives the reference of the n-th session of the connection.
func (c *connection) evidence(n int) string {
	protocol := c.protocol
	if protocol == "" {
		protocol = "-"
	}
	stamp := time.UnixMicro(c.start).UTC().Format(stampLayout)
	return "cowrie:" + escape(c.sensor) + "/" + protocol + "/" + stamp + "-" + c.id + "#" + itoa(n)
}

// sessionID gives the id of the n-th session of the connection.
func (c *connection) sessionID(n int) string {
	if n == 1 {
		return c.name
	}
	return c.name + "-" + itoa(n)
}

// escape percent-encodes all bytes but letters, digits and "-._~". A sensor
// without a name is "-".
func escape(s string) string {
	if s == "" {
		return "-"
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
