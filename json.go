package gait

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// AppendJSON appends the observation as one envelope of the public schema, with
// everything of ours under the key "gait". With strict set that key is left
// out, since the public schema forbids others.
func (o *Observation) AppendJSON(b []byte, strict bool) []byte {
	var e Encoder
	return e.Append(b, o, strict)
}

// Encoder appends envelopes one after the other. Observations of one session
// share their times and references: their text is made once and used again as
// long as it stays the same. The zero value is ready for use; an encoder is
// not safe for concurrent use.
type Encoder struct {
	last Observation // what the texts below were made of
	made bool

	ts, window, refs, attacker, trailer []byte
}

// Append appends what [Observation.AppendJSON] does.
func (e *Encoder) Append(b []byte, o *Observation, strict bool) []byte {
	e.common(o)
	b = append(b, `{"id":"`...)
	b = appendHex(b, o.ID[:])
	b = append(b, e.ts...)
	b = append(b, o.Primitive...)
	b = append(b, `","value":`...)
	b = AppendString(b, o.Value)
	b = append(b, `,"confidence":`...)
	b = AppendFloat(b, o.Confidence)
	b = append(b, e.window...)
	b = append(b, o.Source...)
	b = append(b, e.refs...)
	if strict {
		return append(b, '}')
	}
	b = append(b, e.attacker...)
	b = o.AppendMeasures(b)
	b = append(b, `,"rules":`...)
	b = strconv.AppendInt(b, int64(o.Rules), 10)
	return append(b, e.trailer...)
}

// common makes the texts anew where they differ from the last observation's.
func (e *Encoder) common(o *Observation) {
	l := &e.last
	if e.made && l.Time.Equal(o.Time) && l.Window == o.Window && l.EvidenceRef == o.EvidenceRef && l.IdentityRef == o.IdentityRef &&
		l.AttackerUUID == o.AttackerUUID && l.Engine == o.Engine && l.Revision == o.Revision {
		return
	}
	e.last, e.made = *o, true
	e.last.Measures, e.last.Scale, e.last.Stored = nil, nil, nil

	b := append(e.ts[:0], `","v":1,"ts":`...)
	b = AppendSeconds(b, time.Duration(o.Time.UnixNano()))
	e.ts = append(b, `,"primitive":"`...)

	b = append(e.window[:0], `,"window":{"start_ts":`...)
	b = AppendSeconds(b, o.Window.Start)
	b = append(b, `,"end_ts":`...)
	b = AppendSeconds(b, o.Window.End)
	e.window = append(b, `},"source":"`...)

	b = append(e.refs[:0], `","evidence_ref":`...)
	b = AppendString(b, o.EvidenceRef)
	b = append(b, `,"identity_ref":`...)
	e.refs = appendRef(b, o.IdentityRef)

	b = append(e.attacker[:0], `,"attacker_uuid":`...)
	b = appendRef(b, o.AttackerUUID)
	e.attacker = append(b, `,"gait":{"measures":`...)

	b = append(e.trailer[:0], `,"engine":`...)
	b = AppendString(b, o.Engine)
	b = append(b, `,"clock":"`...)
	b = append(b, o.Window.Clock()...)
	b = append(b, `","revision":`...)
	b = AppendString(b, o.Revision)
	e.trailer = append(b, `}}`...)
}

// AppendMeasures appends the measures as a JSON object: each by its name, then
// "thresholds" as a list of [measure, bound], then "nearest" with the
// threshold that the value is closest to and the signed distance from it, to
// six decimals.
func (o *Observation) AppendMeasures(b []byte) []byte {
	if o.Stored != nil {
		return append(b, o.Stored...)
	}
	b = append(b, '{')
	for i, m := range o.Measures {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, m.Name...)
		b = append(b, `":`...)
		b = AppendFloat(b, m.Value)
	}
	if o.Scale != nil {
		if len(o.Measures) > 0 {
			b = append(b, ',')
		}
		b = append(b, `"thresholds":[`...)
		b = append(b, o.Scale.json...)
		b = append(b, ']')
		if t, d, ok := o.Distance(); ok {
			b = append(b, `,"nearest":["`...)
			b = append(b, t.Measure...)
			b = append(b, `",`...)
			b = AppendFloat(b, t.Bound)
			b = append(b, ',')
			b = AppendFloat(b, math.Round(d*1e6)/1e6) // a distance needs no more
			b = append(b, ']')
		}
	}
	return append(b, '}')
}

func appendRef(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return AppendString(b, s)
}

// AppendFloat appends a number in the shortest form that reads back equal;
// null for NaN and the infinities, which JSON does not have.
func AppendFloat(b []byte, f float64) []byte {
	if a := math.Abs(f); a < 1e9 {
		// Most numbers are whole or have few decimals: one division tells.
		if n := int64(f*1e6 + math.Copysign(0.5, f)); float64(n)/1e6 == f {
			return appendMicro(b, n)
		}
		if a < 1e-6 {
			return strconv.AppendFloat(b, f, 'e', -1, 64)
		}
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	switch {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(b, "null"...)
	case math.Abs(f) >= 1e21:
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

// appendMicro appends a number of millionths without trailing zeros.
func appendMicro(b []byte, n int64) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/1e6, 10)
	if n %= 1e6; n == 0 {
		return b
	}
	digits := [7]byte{'.'}
	size := 0
	for i := 6; i > 0; i-- {
		if digits[i] = byte('0' + n%10); size == 0 && n%10 != 0 {
			size = i + 1
		}
		n /= 10
	}
	return append(b, digits[:size]...)
}

// AppendSeconds appends a duration as seconds in exact decimals: six, or nine
// where the time has nanoseconds.
func AppendSeconds(b []byte, d time.Duration) []byte {
	if d < 0 {
		b = append(b, '-')
		d = -d
	}
	b = strconv.AppendInt(b, int64(d/time.Second), 10)
	n, digits := int64(d%time.Second), 9
	if n%1000 == 0 {
		n, digits = n/1000, 6
	}
	var buf [10]byte
	buf[0] = '.'
	for i := digits; i > 0; i-- {
		buf[i] = byte('0' + n%10)
		n /= 10
	}
	return append(b, buf[:digits+1]...)
}

const hexDigits = "0123456789abcdef"

func appendHex(b, src []byte) []byte {
	for _, c := range src {
		b = append(b, hexDigits[c>>4], hexDigits[c&15])
	}
	return b
}

// AppendString appends a JSON string. Control bytes, DEL, the C1 controls,
// bidirectional overrides and line separators are escaped, so that the text is
// harmless in a terminal; a byte that is not part of valid UTF-8 becomes the
// lone surrogate \udcXX, so that every byte comes back.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r >= 0x80 && !(r == utf8.RuneError && n == 1) && !hidden(r) {
			i += n
			continue
		}
		b = append(b, s[from:i]...)
		b = appendEscape(b, r, s[i], n)
		i += n
		from = i
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

func appendEscape(b []byte, r rune, c byte, n int) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case r == utf8.RuneError && n == 1:
		r = 0xdc00 | rune(c)
	case r == '\n':
		return append(b, `\n`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == '\t':
		return append(b, `\t`...)
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// hidden says whether a character changes how a terminal or an editor shows
// the text around it. All of them lie in the basic plane.
func hidden(r rune) bool {
	return r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e ||
		r >= 0x2066 && r <= 0x2069 || r == 0xfeff || r == 0x61c
}
