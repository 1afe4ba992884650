package bus

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds of what is put on the wire beside the payload.
const (
	maxSubject = 255
	maxToken   = 128
	maxID      = 512
	maxHeaders = 16
	maxHeader  = 1024
)

// ObservationSubject gives the subject that observations of a primitive are
// published on. The error is ErrSubject where the name holds anything but
// lower-case letters, digits, underscores and single dots: a name from
// anywhere else could widen the subject.
func ObservationSubject(primitive string) (string, error) {
	subject, rest := SubjectObservation+primitive, primitive
	if own, ok := strings.CutPrefix(primitive, "gait."); ok {
		subject, rest = SubjectOwn+own, own
	}
	if len(rest) == 0 || len(rest) > maxToken {
		return "", fmt.Errorf("%w: a name of %d bytes", ErrSubject, len(rest))
	}
	for token := range strings.SplitSeq(rest, ".") {
		if token == "" || strings.Trim(token, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return "", fmt.Errorf("%w: %.40q holds more than a-z, 0-9, _ and single dots", ErrSubject, primitive)
		}
	}
	return subject, nil
}

// checkSubject holds a subject to what may be published on, or, with wild, be
// listened to. The server itself would take a literal "*" in what is
// published, and every listener with wildcards would see it.
func checkSubject(subject string, wild bool) error {
	if subject == "" || len(subject) > maxSubject {
		return fmt.Errorf("%w: %d bytes long", ErrSubject, len(subject))
	}
	rest, more := subject, true
	for more {
		var token string
		token, rest, more = strings.Cut(rest, ".")
		if wild && (token == "*" || token == ">" && !more) {
			continue
		}
		if err := checkToken(token); err != nil {
			return err
		}
	}
	return nil
}

// checkToken holds a token of a subject to printable ASCII without wildcards.
func checkToken(token string) error {
	switch {
	case token == "":
		return fmt.Errorf("%w: an empty token", ErrSubject)
	case len(token) > maxToken:
		return fmt.Errorf("%w: a token of %d bytes", ErrSubject, len(token))
	}
	for i := range len(token) {
		if c := token[i]; c <= ' ' || c >= 0x7f || c == '*' || c == '>' {
			return fmt.Errorf("%w: a token with the byte %#02x", ErrSubject, c)
		}
	}
	return nil
}

// checkName holds the names of streams, durables and prefixes to letters,
// digits, "-" and "_".
func checkName(what, name string) error {
	for i := range len(name) {
		c := name[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return fmt.Errorf("%s %.40q: only letters, digits, - and _ are allowed", what, name)
		}
	}
	if len(name) > 64 {
		return fmt.Errorf("%s %.40q...: longer than 64 bytes", what, name)
	}
	return nil
}

// taken are the tokens that the subjects of the contract begin with.
var taken = []string{"attacker", "gait", "attribution"}

// CheckPrefix says whether a text can be the prefix of a system: a token of a
// subject, of letters, digits, "-" and "_", that begins with a letter or a digit
// and is none that subjects without a prefix begin with: whoever listens to
// those would hear the system too. An empty one is none, and allowed.
func CheckPrefix(prefix string) error {
	switch {
	case prefix == "":
		return nil
	case prefix[0] == '-' || prefix[0] == '_':
		return fmt.Errorf("prefix %.40q: begin with a letter or a digit", prefix)
	case slices.Contains(taken, prefix):
		return fmt.Errorf("prefix %q: subjects without a prefix begin like that, choose another", prefix)
	}
	return checkName("prefix", prefix)
}

// sent gives a subject as the server has it: behind the prefix, if there is one.
func (o *Options) sent(subject string) string {
	if o.Prefix == "" {
		return subject
	}
	return o.Prefix + "." + subject
}

// checkHeaders holds the id and the headers of a message to what cannot end a
// header line, nor mean something to the server.
func checkHeaders(m Message) error {
	if len(m.ID) > maxID || !printable(m.ID) || strings.Contains(m.ID, " ") {
		return fmt.Errorf("%w: an id of %d bytes that is too long or not plain ASCII", ErrHeader, len(m.ID))
	}
	if len(m.Header) > maxHeaders {
		return fmt.Errorf("%w: %d headers", ErrHeader, len(m.Header))
	}
	for name, value := range m.Header {
		if name == "" || checkName("header", name) != nil || reserved(name) {
			return fmt.Errorf("%w: the name %.40q", ErrHeader, name)
		}
		if len(value) > maxHeader || !printable(value) {
			return fmt.Errorf("%w: %s: %d bytes that are too many or not plain ASCII", ErrHeader, name, len(value))
		}
	}
	return nil
}

// reserved says whether a header means something to the server or its clients.
func reserved(name string) bool {
	return len(name) >= 5 && strings.EqualFold(name[:5], "Nats-") ||
		strings.EqualFold(name, "Status") || strings.EqualFold(name, "Description")
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
