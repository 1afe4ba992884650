package decoy

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"time"

	"gait/decoy/visit"
	"gait/internal/address"
)

// Activity is what the bus is told of what attackers do: no text of theirs, but
// keyed hashes, lengths and outcomes. A hash is the same for the same text in
// one installation and cannot be compared with another's.
type Activity struct {
	Version    int       `json:"v"` // 1
	Type       string    `json:"type"`
	Time       time.Time `json:"ts"`
	Decoy      string    `json:"decky_id"`
	Service    string    `json:"service"`
	Address    string    `json:"attacker_ip"`
	Port       int       `json:"attacker_port"`
	Connection string    `json:"connection_id"`
	Session    string    `json:"session_id,omitempty"`

	Client  string `json:"client_hash,omitempty"`
	HASSH   string `json:"hassh,omitempty"`
	User    string `json:"user_hash,omitempty"`
	Method  string `json:"method,omitempty"`  // of a login: "password", "publickey", "keyboard-interactive", "none"
	Outcome string `json:"outcome,omitempty"` // "accepted", "refused", "kept", "dropped", "failed"
	Via     string `json:"via,omitempty"`     // of an upload: "sftp", "scp", "shell"
	Text    string `json:"text_hash,omitempty"`
	Length  int    `json:"text_length,omitempty"`
	SHA256  string `json:"sha256,omitempty"` // of what was uploaded
	Size    int64  `json:"size,omitempty"`   // of it, in bytes
	To      string `json:"direction,omitempty"`
}

// subjects maps what is caught to where it is published. What is not named here
// stands in the decoy's own log alone.
var subjects = map[visit.Kind]string{
	visit.Started: "attacker.session.started",
	visit.Auth:    "attacker.auth",
	visit.Exec:    "attacker.exec",
	visit.Upload:  "attacker.upload",
	visit.Forward: "attacker.forward",
}

const mostActivity = 2 << 10 // bytes of a line

// activity turns what was caught into what may be published; false where it is
// none of those.
func activity(e visit.Event, decoy string, key [32]byte) (Activity, bool) {
	if subjects[e.Kind] == "" {
		return Activity{}, false
	}
	a := Activity{
		Version: 1, Type: string(e.Kind), Time: e.Time.UTC(), Decoy: decoy, Service: e.Service, Address: address.Canonical(e.Remote.Addr().String()), Port: int(e.Remote.Port()),
		Connection: e.Connection, Session: e.Session, Client: hashed(key, "client", e.Client), HASSH: e.HASSH, User: hashed(key, "user", e.User),
		Text: hashed(key, string(e.Kind), e.Text), Length: len(e.Text),
		Method: known(e.Fields["method"], methods), Outcome: known(e.Fields["outcome"], outcomes), Via: known(e.Fields["via"], ways), To: known(e.Fields["direction"], directions),
	}
	if digest.MatchString(e.Fields["sha256"]) {
		a.SHA256 = e.Fields["sha256"]
	}
	a.Size, _ = strconv.ParseInt(e.Fields["size"], 10, 64)
	return a, true
}

// Words that fields may hold.
var (
	methods    = []string{"password", "publickey", "keyboard-interactive", "none", "hostbased", "gssapi-with-mic"}
	outcomes   = []string{"accepted", "refused", "kept", "dropped", "failed"}
	ways       = []string{"sftp", "scp", "shell"}
	directions = []string{"local", "remote", "dynamic", "direct-tcpip", "tcpip-forward", "streamlocal"}
)

// known gives a word that is in a list; nothing for any other.
func known(word string, list []string) string {
	if slices.Contains(list, word) {
		return word
	}
	return ""
}

// hashed gives a keyed hash of a text, 32 hex digits; nothing for none.
func hashed(key [32]byte, purpose, text string) string {
	if text == "" {
		return ""
	}
	m := hmac.New(sha256.New, key[:])
	m.Write([]byte(purpose + "\x00" + text))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

var (
	digest  = regexp.MustCompile(`^[0-9a-f]{64}$`)
	half    = regexp.MustCompile(`^([0-9a-f]{32})?$`)
	uuidish = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// checkActivity holds a line of the child to what may be published, and gives
// the subject and the payload: written anew, so that nothing of the line but
// its values gets out. The child may be in an attacker's hands.
func checkActivity(line []byte, decoy string, now time.Time) (subject string, payload []byte, err error) {
	if len(line) > mostActivity {
		return "", nil, fmt.Errorf("a line of %d bytes", len(line))
	}
	var a Activity
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		return "", nil, errors.New("not an activity")
	}
	ip, err := netip.ParseAddr(a.Address)
	switch subject = subjects[visit.Kind(a.Type)]; {
	case subject == "":
		return "", nil, errors.New("a type that is not published")
	case a.Version != 1:
		return "", nil, errors.New("another version")
	case a.Decoy != decoy:
		return "", nil, errors.New("the name of another decoy")
	case a.Service != "ssh" && a.Service != "telnet":
		return "", nil, errors.New("an unknown service")
	case err != nil || ip.Zone() != "":
		return "", nil, errors.New("no address")
	case a.Port < 0 || a.Port > 65535:
		return "", nil, errors.New("no port")
	case !uuidish.MatchString(a.Connection), a.Session != "" && !uuidish.MatchString(a.Session):
		return "", nil, errors.New("no id")
	case !half.MatchString(a.Client), !half.MatchString(a.HASSH), !half.MatchString(a.User), !half.MatchString(a.Text):
		return "", nil, errors.New("no hash")
	case a.SHA256 != "" && !digest.MatchString(a.SHA256):
		return "", nil, errors.New("no digest")
	case a.Length < 0, a.Size < 0:
		return "", nil, errors.New("a length below zero")
	case a.Method != known(a.Method, methods), a.Outcome != known(a.Outcome, outcomes), a.Via != known(a.Via, ways), a.To != known(a.To, directions):
		return "", nil, errors.New("an unknown word")
	case a.Time.Before(now.Add(-time.Hour)) || a.Time.After(now.Add(time.Hour)):
		return "", nil, errors.New("a time that is not now")
	}
	a.Address = ip.Unmap().String()
	payload, err = json.Marshal(a)
	return subject, payload, err
}
