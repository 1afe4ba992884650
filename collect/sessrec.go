package collect

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
	"time"

	"gait/internal/address"
	"gait/recording/shard"
	"gait/store"
)

// What recorders announce.
const (
	idRecorded = "session_recorded"
	idSkipped  = "session_skipped"
)

// announced is what a line of syslog says: one of the two, or why it cannot be
// used.
type announced struct {
	recorded *recorded
	skipped  *store.Offer
	wrong    string // which field is wrong; never what it holds
}

// longest is how long a session may be said to have taken.
const longest = 366 * 24 * time.Hour

// announce reads what a line says; ok is false for a line that speaks of
// something else. A decoy that is given by who sent the line beats the line's
// own host.
func announce(line []byte, decoy string, now time.Time) (a announced, ok bool) {
	l, ok := unwrap(line)
	if !ok || l.id != idRecorded && l.id != idSkipped {
		return a, false
	}
	if decoy == "" {
		decoy = strings.ToLower(l.host)
	}
	if l.time.IsZero() || l.time.Year() < 1971 || l.time.Year() > 9000 {
		l.time = now.UTC()
	}
	e := relay(l.element)
	switch {
	case !shard.DecoyName(decoy):
		a.wrong = "the host is no decoy's name"
	case e == nil:
		a.wrong = "no element relay@..."
	case l.id == idSkipped:
		a.skip(e, decoy, &l, line)
	default:
		a.record(e, decoy, &l)
	}
	return a, true
}

// relay gives the element that recorders write.
func relay(list []element) *element {
	for i := range list {
		if strings.HasPrefix(list[i].id, "relay@") {
			return &list[i]
		}
	}
	return nil
}

// record reads session_recorded.
func (a *announced) record(e *element, decoy string, l *logLine) {
	r := &recorded{decoy: decoy, end: l.time}
	var bad []string
	sid, _ := e.get("sid")
	if r.id = sid; !sessionID(sid) {
		bad = append(bad, badID)
	}
	if r.service, _ = e.get("service"); !shard.ServiceName(r.service) {
		bad = append(bad, "service")
	}
	if ip, _ := e.get("src_ip"); ip != "-" && ip != "" {
		if r.address = address.Canonical(ip); r.address == "" {
			bad = append(bad, "src_ip")
		}
	}
	if v, ok := e.get("duration_s"); ok {
		sec, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(sec) || sec < 0 || sec > longest.Seconds() {
			bad = append(bad, "duration_s")
		} else {
			r.duration = time.Duration(sec * float64(time.Second))
		}
	}
	if v, ok := e.get("bytes"); ok {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n < 0 {
			bad = append(bad, "bytes")
		}
		r.bytes = n
	}
	if a.recorded = r; len(bad) > 0 {
		a.recorded, a.wrong = nil, unusable+strings.Join(bad, ", ")
	}
}

// skip reads session_skipped: a row of a session that was not recorded. Most
// recorders give it no id.
func (a *announced) skip(e *element, decoy string, l *logLine, line []byte) {
	reason, _ := e.get("reason")
	if !plainWord(reason) {
		reason = "unknown"
	}
	service, _ := e.get("service")
	if !shard.ServiceName(service) {
		service = "-"
	}
	id, _ := e.get("sid")
	switch {
	case id != "" && !sessionID(id):
		a.wrong = unusable + badID
		return
	case id == "": // one line, one session
		sum := sha256.Sum256(line)
		id = l.time.Format("20060102T150405.000000Z") + "-" + hex.EncodeToString(sum[:6])
	}
	o := &store.Offer{Session: store.Session{
		Ref: "unrecorded:" + decoy + "/" + service + "#" + id, ID: id, Decoy: decoy, Service: service,
		End: l.time, Closed: store.ClosedLogged, State: store.Unrecorded,
		Cause: "the recorder of " + decoy + " kept nothing of it: " + reason, CauseKind: reason,
	}}
	if ip, _ := e.get("src_ip"); ip != "" {
		o.Address = address.Canonical(ip)
	}
	a.skipped = o
}

// What is said of fields that cannot be used.
const (
	unusable = "unusable: "
	badID    = "sid (it is not 1 to 64 letters, digits, - and _, with single dots between)"
)

// sessionID says whether a text can be the id of a session. Recorders write
// UUIDs. The reader of shards takes any plain word, which no recorder writes and
// which could look like a path, a pattern or a reference to whoever reads on: a
// session of such an id is taken from its shard, without what a log says of it.
func sessionID(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// plainWord says whether a text is short printable ASCII without quotes,
// backslashes and spaces.
func plainWord(s string) bool {
	return len(s) > 0 && len(s) <= 64 && visible([]byte(s)) && !strings.ContainsAny(s, `"\`)
}
