package collect

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"gait/recording"
	"gait/store"
)

// Bounds of the look for terminal logs that no event log names.
const (
	strayAge  = 15 * time.Minute // the event log may name it yet
	strayOpen = 24 * time.Hour   // the same of one that has not got its final name: it may still be written to
	strayMost = 200_000          // files looked at in one pass
	maxClaims = 1 << 20
)

// strays are terminal logs that no event log names: the event log was lost, or
// Cowrie died before it wrote the line. They are offered as what they are by
// themselves, as they would be where only they were given.
//
// What the event logs name is known of this life alone. A terminal log that
// began before the last pass of an earlier life was decided then; one that
// began after it and before that life's end is taken for named.
type strays struct {
	claimed map[uint64]bool
	full    bool // more names than can be remembered: nothing is a stray
	decided map[string]bool
	past    strayCursor
	loaded  bool
	looked  time.Duration
}

// strayCursor says what earlier lives decided, in microseconds since 1970.
type strayCursor struct {
	Done int64 `json:"done"` // what began before is decided
	Read int64 `json:"read"` // the logs were read up to here
}

// finalName is the name of a terminal log that Cowrie has closed.
var finalName = regexp.MustCompile(`^[0-9a-f]{64}(\.gz|\.zst)?$`)

var claimSeed = maphash.MakeSeed()

// claim notes names that an event log mentions.
func (s *strays) claim(names []string) {
	if s.claimed == nil {
		s.claimed = map[uint64]bool{}
	}
	for _, n := range names {
		if len(s.claimed) >= maxClaims {
			s.full = true
			return
		}
		s.claimed[maphash.String(claimSeed, n)] = true
	}
}

// stray looks for strays every few minutes, once all logs are read.
func (s *cowrieSource) stray(ctx context.Context) error {
	x := &s.strays
	now := s.in.now()
	if x.full || x.looked != 0 && now-x.looked < cowriePause {
		return nil
	}
	if !x.loaded {
		stored, err := s.in.cursors(ctx, s.key+"strays")
		if err != nil {
			return err
		}
		if json.Unmarshal(stored[s.key+"strays"], &x.past) != nil {
			x.past = strayCursor{}
		}
		x.loaded, x.decided = true, map[string]bool{}
	}
	x.looked = now
	before := time.Now().Add(-s.aged)
	var list []string
	err := s.home.Terminals(strayMost, before, func(_, rel string, info fs.FileInfo) {
		base := path.Base(rel)
		if !finalName.MatchString(base) && time.Since(info.ModTime()) < strayOpen {
			return
		}
		if !x.decided[rel] && !x.claimed[maphash.String(claimSeed, trimPacked(base))] && !x.claimed[maphash.String(claimSeed, base)] {
			list = append(list, rel)
		}
	})
	if err != nil {
		return nil // it was told
	}
	for _, rel := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(x.decided) < strayMost {
			x.decided[rel] = true
		}
		if err := s.offerStray(ctx, rel); err != nil {
			return err
		}
	}
	next := strayCursor{Done: max(x.past.Done, before.UnixMicro()), Read: time.Now().UnixMicro()}
	_, err = s.in.offer(ctx, nil, store.Cursor{Name: s.key + "strays", Value: encode(next)})
	return err
}

// offerStray offers the sessions of one stray.
func (s *cowrieSource) offerStray(ctx context.Context, rel string) error {
	f, err := recording.OpenBelow(s.home.Path(), rel, recording.Options{})
	if err != nil {
		s.in.c.metrics.names.WithLabelValues("is no recording").Inc()
		return nil
	}
	defer f.Close()
	if f.Format() != "ttylog" {
		return nil
	}
	var offers []store.Offer
	for x, err := range recording.Sessions(f) {
		if err != nil {
			break
		}
		if us := x.Start.UnixMicro(); s.strays.past.Done != 0 && us <= s.strays.past.Read {
			return nil
		}
		offers = append(offers, fileOffer(x, filepath.Join(s.home.Path(), rel)))
		if len(offers) >= 512 {
			break
		}
	}
	_, err = s.in.offer(ctx, offers)
	return err
}

// trimPacked takes the suffix of a compression off a name.
func trimPacked(name string) string {
	for _, suffix := range [...]string{".gz", ".zst"} {
		if n := len(name) - len(suffix); n > 0 && name[n:] == suffix {
			return name[:n]
		}
	}
	return name
}
