package bus

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const goodEvent = `{"session_id":"5a1f0b52-6f0e-4c9b-9a44-2b3f7d1c0e11","attacker_uuid":null,"attacker_ip":"::ffff:198.51.100.7",
	"decky_id":"web-01","service":"ssh","ended_at":"2026-05-08T10:00:00.123456+00:00","duration_s":61.204,
	"commands":["cat /etc/shadow"],"shard_path":"/srv/web-01/ssh/transcripts/sessions-2026-05-08.jsonl"}`

func TestEventOfTheReferenceIsRead(t *testing.T) {
	e, err := ParseSessionEnded([]byte(goodEvent))
	if err != nil {
		t.Fatal(err)
	}
	want := SessionEnded{
		SessionID: "5a1f0b52-6f0e-4c9b-9a44-2b3f7d1c0e11", AttackerIP: "198.51.100.7", Decoy: "web-01", Service: "ssh",
		EndedAt: "2026-05-08T10:00:00.123456+00:00", DurationS: 61.204, Commands: []string{},
		ShardPath: "/srv/web-01/ssh/transcripts/sessions-2026-05-08.jsonl",
	}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("%+v", e)
	}
	if s := string(e.JSON()); strings.Contains(s, "shadow") || !strings.Contains(s, `"commands":[]`) || !strings.Contains(s, `"attacker_uuid":null`) {
		t.Error(s)
	}
}

// with gives the good event with one field changed; "" takes it away.
func with(field, value string) string {
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(goodEvent), &m); err != nil {
		panic(err)
	}
	delete(m, field)
	if value != "" {
		m[field] = json.RawMessage(value)
	}
	var parts []string
	for k, v := range m {
		parts = append(parts, `"`+k+`":`+string(v))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func TestWrongFieldsAreNamed(t *testing.T) {
	large := `"` + strings.Repeat("a", 1<<19) + `"`
	for _, c := range []struct {
		event string
		bad   []string
	}{
		{with("session_id", ""), []string{"session_id"}},
		{with("session_id", `""`), []string{"session_id"}},
		{with("session_id", "7"), []string{"session_id"}},
		{with("session_id", large), []string{"session_id"}},
		{with("session_id", `"a\u0000b"`), []string{"session_id"}},
		{with("session_id", `"a\u001b[2Jb"`), []string{"session_id"}},
		{with("decky_id", `"a\u009bb"`), []string{"decky_id"}},
		{with("decky_id", `"a\u202eb"`), []string{"decky_id"}},
		{with("decky_id", `"\udcac"`), []string{"decky_id"}},
		{with("decky_id", "null"), []string{"decky_id"}},
		{with("decky_id", `["web"]`), []string{"decky_id"}},
		{with("service", `{"a":1}`), []string{"service"}},
		{with("attacker_ip", ""), []string{"attacker_ip"}},
		{with("attacker_ip", `"198.51.100.7; rm"`), []string{"attacker_ip"}},
		{with("attacker_uuid", `17`), []string{"attacker_uuid"}},
		{with("ended_at", `"yesterday"`), []string{"ended_at"}},
		{with("ended_at", `1714521600`), []string{"ended_at"}},
		{with("duration_s", `"61"`), []string{"duration_s"}},
		{with("duration_s", `1e999`), []string{"duration_s"}},
		{with("duration_s", `1e300`), []string{"duration_s"}},
		{with("duration_s", `-1`), []string{"duration_s"}},
		{with("shard_path", ""), []string{"shard_path or recording"}},
		{with("shard_path", `"/srv/\u0000"`), []string{"shard_path", "shard_path or recording"}},
		{with("shard_path", `"`+strings.Repeat("/a", 3000)+`"`), []string{"shard_path", "shard_path or recording"}},
		{with("recording", `[]`), []string{"recording"}},
		{with("recording", `{}`), []string{"recording"}},
		{with("recording", `{"path":7}`), []string{"recording"}},
		{with("recording", `{"Path":"/a"}`), []string{"recording"}},
		{with("recording", `{"path":"/a","format":"`+strings.Repeat("f", 65)+`"}`), []string{"recording"}},
		{`{}`, []string{"session_id", "decky_id", "service", "attacker_ip", "shard_path or recording"}},
		{strings.Replace(goodEvent, "session_id", "Session_ID", 1), []string{"session_id"}},
		{with("duration_s", "NaN"), []string{"JSON object"}},
		{"", []string{"JSON object"}}, {"null", []string{"JSON object"}}, {"[]", []string{"JSON object"}}, {`"x"`, []string{"JSON object"}},
		{goodEvent + "x", []string{"JSON object"}}, {goodEvent[:len(goodEvent)-1], []string{"JSON object"}},
		{strings.Replace(goodEvent, "web-01", "web\xac", 1), []string{"JSON object"}},
		{`{"a":` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + `}`, []string{"JSON object"}},
		{with("x", `"`+strings.Repeat("a", 1<<20)+`"`), []string{"JSON object"}},
	} {
		_, err := ParseSessionEnded([]byte(c.event))
		var e *EventError
		if !errors.As(err, &e) || !slices.Equal(e.Fields, c.bad) {
			t.Errorf("%.120s: %v, want %v", c.event, err, c.bad)
		}
	}
}

func TestOddEventsAreRead(t *testing.T) {
	for _, event := range []string{
		with("ended_at", ""), with("ended_at", "null"), with("duration_s", ""), with("commands", ""), with("commands", "17"),
		with("decky_id", `"../../etc"`), with("decky_id", `"senseur-é"`), with("attacker_ip", `"-"`), with("recording", `null`),
		`{"session_id":7,` + goodEvent[1:], // the last of two counts
		with("x", strings.Repeat("[", 5000)+strings.Repeat("]", 5000)),
	} {
		if _, err := ParseSessionEnded([]byte(event)); err != nil {
			t.Errorf("%.100s: %v", event, err)
		}
	}
}

func TestManyKeysTakeNoMemory(t *testing.T) {
	event := `{` + strings.Repeat(`"a":1,`, 150_000) + goodEvent[1:]
	if _, err := ParseSessionEnded([]byte(event)); err != nil {
		t.Fatal(err)
	}
}

func TestEventWithoutNumberIsWritten(t *testing.T) {
	for _, n := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if s := string(SessionEnded{DurationS: n, Commands: []string{"secret"}}.JSON()); !strings.Contains(s, `"duration_s":0`) || strings.Contains(s, "secret") {
			t.Error(s)
		}
	}
}

func TestEventsComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := func(name string, most int) string {
			return rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ019-_./%#{}\"\\<>&é界 ")), 1, most/4, most).Draw(t, name)
		}
		e := SessionEnded{
			SessionID: word("id", maxEventID), Decoy: word("decoy", maxEventID), Service: word("service", maxWord),
			AttackerIP: rapid.SampledFrom([]string{NoAddress, "198.51.100.7", "2001:db8::1"}).Draw(t, "ip"),
			EndedAt:    time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "end"), 0).UTC().Format(time.RFC3339Nano),
			DurationS:  rapid.Float64Range(0, maxDuration).Draw(t, "duration"), Commands: []string{},
		}
		if rapid.Bool().Draw(t, "uuid") {
			id := word("uuid", maxWord)
			e.AttackerUUID = &id
		}
		if rapid.Bool().Draw(t, "shard") {
			e.ShardPath = word("path", maxPath)
		}
		if e.ShardPath == "" || rapid.Bool().Draw(t, "recording") {
			e.Recording = &RecordingRef{word("format", maxWord), word("rpath", maxPath), word("ref", maxPath)}
		}
		back, err := ParseSessionEnded(e.JSON())
		if err != nil || !reflect.DeepEqual(back, e) {
			t.Fatalf("%v\n%+v\n%+v", err, e, back)
		}
	})
}

func FuzzParseSessionEnded(f *testing.F) {
	f.Add([]byte(goodEvent))
	f.Add([]byte(with("recording", `{"format":"shard","path":"/a","evidence_ref":"shard:a/ssh/b#c"}`)))
	f.Add([]byte(`{"session_id":"\ud800","duration_s":1e400}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseSessionEnded(b)
		if err != nil {
			var named *EventError
			if !errors.As(err, &named) || len(named.Fields) == 0 {
				t.Fatal(err)
			}
			return
		}
		again, err := ParseSessionEnded(e.JSON())
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Fatalf("%v: %+v became %+v", err, e, again)
		}
		if len(e.Commands) != 0 || !Plain(e.SessionID+e.Decoy+e.Service+e.ShardPath) {
			t.Fatalf("%+v", e)
		}
	})
}
