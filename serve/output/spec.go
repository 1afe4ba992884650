package output

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"gait"
	"gait/assess"
	"gait/store"
)

// Kinds of outputs.
const (
	JSONL   = "jsonl"
	Webhook = "webhook"
)

// Spec says where what goes.
type Spec struct {
	Kind    string // JSONL or Webhook
	Target  string // an absolute path, or a URL
	Filters []store.Filter
	// Secret signs what goes to a webhook; empty for no signature.
	Secret []byte
	Size   int64 // bytes at which a file is put aside; 0 stands for 64 MB
	Keep   int   // files that were put aside and are kept; 0 stands for 10
}

// ParseSpec reads KIND:TARGET or KIND[PRIMITIVE=VALUE,...]:TARGET, such as
// jsonl:/var/log/gait.jsonl or
// webhook[motor.input_modality=typed,decoy=web-1]:https://example.org/hook.
// Besides primitives the name may be decoy or service. Values of one name are
// alternatives, different names must all hold.
func ParseSpec(text string) (Spec, error) {
	kind, rest := text, ""
	i := strings.IndexAny(text, "[:")
	if i >= 0 {
		kind, rest = text[:i], text[i:]
	}
	s := Spec{Kind: kind}
	if kind != JSONL && kind != Webhook {
		return s, fmt.Errorf("output %q: it must begin with jsonl: or webhook: and go on with where it goes", text)
	}
	if list, ok := strings.CutPrefix(rest, "["); ok {
		list, after, closed := strings.Cut(list, "]")
		if !closed {
			return s, fmt.Errorf("output %q: the filter has no ]", text)
		}
		for part := range strings.SplitSeq(list, ",") {
			f, err := parseFilter(part)
			if err != nil {
				return s, fmt.Errorf("output %q: %w", text, err)
			}
			s.Filters = append(s.Filters, f)
		}
		rest = after
	}
	target, ok := strings.CutPrefix(rest, ":")
	if !ok || target == "" {
		return s, fmt.Errorf("output %q: want %s:TARGET", text, kind)
	}
	return s.aim(target)
}

func parseFilter(text string) (store.Filter, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || value == "" {
		return store.Filter{}, fmt.Errorf("filter %q: want PRIMITIVE=VALUE, decoy=NAME or service=NAME", text)
	}
	if name == "decoy" || name == "service" {
		return store.Filter{Primitive: name, Value: value}, nil
	}
	for _, p := range assess.All {
		if p.Name == name {
			return store.Filter{Primitive: name, Value: value}, nil
		}
	}
	return store.Filter{}, fmt.Errorf("filter %q: there is no such primitive; gait primitives lists them", text)
}

// aim checks the target.
func (s Spec) aim(target string) (Spec, error) {
	s.Target = target
	if s.Kind == JSONL {
		abs, err := filepath.Abs(target)
		if err != nil {
			return s, fmt.Errorf("output file %q: %w", target, err)
		}
		s.Target = abs
		return s, nil
	}
	u, err := url.Parse(target)
	if err != nil {
		return s, errors.New("output webhook: the address is no URL") // it may hold a secret
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return s, errors.New("output webhook: want an address that begins with https:// or http://")
	}
	return s, nil
}

// name tells outputs apart in the log, in metrics and in the store. It shows
// nothing of an address but its host.
func (s Spec) name() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s", s.Kind, s.Target)
	for _, f := range s.Filters {
		fmt.Fprintf(sum, "\x00%s=%s", f.Primitive, f.Value)
	}
	where := filepath.Base(s.Target)
	if u, err := url.Parse(s.Target); s.Kind == Webhook && err == nil {
		where = u.Host
	}
	return s.Kind + ":" + strings.ToValidUTF8(where, "_") + "-" + hex.EncodeToString(sum.Sum(nil)[:4])
}

func (s Spec) sink(log *slog.Logger) sink {
	if s.Kind == Webhook {
		return newWebhook(s)
	}
	return newFile(s, log)
}

// wants says whether a session with these observations passes the filters.
func (s Spec) wants(x *store.Session, observed []gait.Observation) bool {
	for _, f := range s.Filters {
		var value string
		switch f.Primitive {
		case "decoy":
			value = x.Decoy
		case "service":
			value = x.Service
		default:
			i := slices.IndexFunc(observed, func(o gait.Observation) bool { return o.Primitive == f.Primitive })
			if i < 0 {
				return false
			}
			value = observed[i].Value
		}
		if !slices.Contains(s.Filters, store.Filter{Primitive: f.Primitive, Value: value}) {
			return false
		}
	}
	return true
}
