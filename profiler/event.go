package profiler

import (
	"encoding/json"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gait/bus"
	"gait/recording"
	"gait/recording/shard"
	"gait/store"
)

// Bounds of names that come with an event. They are shorter than what an event
// may hold: they end up in keys and lists.
const (
	maxName = 255
	maxPath = 4 << 10
	maxRef  = 1 << 10
)

// longSession bounds the length that an event may state.
const longSession = 366 * 24 * time.Hour

// backfillAge is how long a session may have been over when it is found and
// still count as live.
const backfillAge = time.Hour

// refusal is why an event can never be used. It names fields and says what is
// wrong with them, never what they hold.
type refusal struct {
	reason Reason
	what   string
}

// Error gives the reason in words.
func (r *refusal) Error() string { return string(r.reason) + ": " + r.what }

func bad(what string) *refusal { return &refusal{Reference, what} }

// offerOf makes of an event what a source would offer of its session: the
// evidence reference, and the place where the recording should be.
func offerOf(e *bus.SessionEnded, now time.Time) (store.Offer, *refusal) {
	ended, _ := time.Parse(time.RFC3339, e.EndedAt)
	o := store.Offer{Session: store.Session{
		ID: e.SessionID, Decoy: e.Decoy, Service: e.Service, Source: "bus",
		End: ended, Duration: length(e.DurationS), Closed: store.ClosedEvent, State: store.Waiting,
		Backfill: !ended.IsZero() && now.Sub(ended) > backfillAge,
	}}
	if e.AttackerIP != bus.NoAddress {
		o.Address = e.AttackerIP
	}
	for _, name := range []string{e.SessionID, e.Decoy, e.Service} {
		if len(name) > maxName || !plain(name) {
			return o, bad("session_id, decky_id or service is too long or holds control characters")
		}
	}
	if e.Recording == nil {
		return inTree(o, e.ShardPath)
	}
	return recorded(o, e.Recording)
}

// inTree is for events of the reference: decoy, service and file are read off
// the path, and the event may speak only of the decoy whose path it names.
func inTree(o store.Offer, at string) (store.Offer, *refusal) {
	if why := badPath(at); why != "" {
		return o, bad("shard_path " + why)
	}
	decoy, service, file, ok := shard.Split(at)
	switch {
	case !ok:
		return o, bad("shard_path is not {root}/{decoy}/{service}/transcripts/sessions-YYYY-MM-DD.jsonl")
	case decoy != o.Decoy || service != o.Service:
		return o, bad("shard_path is that of another decoy or service than decky_id and service")
	}
	return placed(o, shard.Ref(decoy, service, file, o.ID), shard.FormatName, at)
}

// recorded is for events that say themselves what their reference is. Where
// the path says it too, the two must agree.
func recorded(o store.Offer, r *bus.RecordingRef) (store.Offer, *refusal) {
	if r.Path != "" {
		if why := badPath(r.Path); why != "" {
			return o, bad("recording.path " + why)
		}
	}
	if r.EvidenceRef == "" {
		if r.Format != shard.FormatName {
			return o, bad("recording without evidence_ref")
		}
		return inTree(o, r.Path)
	}
	kind, _, _ := strings.Cut(r.EvidenceRef, ":")
	switch {
	case len(r.EvidenceRef) > maxRef || !plain(r.EvidenceRef) || len(r.Format) > maxName || !plain(r.Format):
		return o, bad("recording is too long or holds control characters")
	case kind != "shard" && kind != "cowrie" && kind != "file":
		return o, bad("evidence_ref is of no known kind (shard:, cowrie:, file:)")
	case kind == "shard" && r.Path != "" && !agrees(&o, r):
		return o, bad("evidence_ref is not that of the path, session_id, decky_id and service")
	}
	return placed(o, r.EvidenceRef, r.Format, r.Path)
}

// agrees says whether a reference to a session of a shard is what the path
// says. A shard outside a tree has its decoy and service from elsewhere.
func agrees(o *store.Offer, r *bus.RecordingRef) bool {
	decoy, service, file, ok := shard.Split(r.Path)
	if !ok {
		return r.EvidenceRef == shard.Ref("-", "-", file, o.ID)
	}
	return r.EvidenceRef == shard.Ref(decoy, service, file, o.ID) && o.Decoy == decoy && o.Service == service
}

// placed completes an offer.
func placed(o store.Offer, ref, format, at string) (store.Offer, *refusal) {
	o.Ref, o.Format, o.Path = ref, format, at
	if strings.HasPrefix(ref, "shard:") {
		o.Replaces = "pending:" + o.Decoy + "/" + o.Service + "#" + o.ID
	}
	if at != "" {
		o.Place, _ = json.Marshal(recording.Place{Format: format, Path: at, Session: o.ID})
	}
	return o, nil
}

// badPath says what is wrong with a path; empty where nothing is. Whether it
// lies below a root is for the library to say.
func badPath(at string) string {
	switch {
	case at == "" || len(at) > maxPath:
		return "is empty or too long"
	case !plain(at):
		return "holds control characters"
	case !path.IsAbs(at):
		return "is not absolute"
	case path.Clean(at) != at:
		return "is not in its shortest form (.. or // in it)"
	}
	return ""
}

// plain says whether a text is valid UTF-8 without control characters.
func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// shown gives a session id as it may stand in a log: ids are hexadecimal with
// dashes; anything else is somebody's text and is left out.
func shown(id string) string {
	if id == "" || len(id) > 64 || strings.Trim(id, "0123456789abcdefABCDEF-") != "" {
		return "-"
	}
	return id
}

// length turns the seconds of an event into a duration within bounds.
func length(seconds float64) time.Duration {
	switch {
	case !(seconds > 0):
		return 0
	case seconds > longSession.Seconds():
		return longSession
	}
	return time.Duration(seconds * float64(time.Second))
}
