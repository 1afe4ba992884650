package collect

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gait/store"
)

const (
	relayLine = `<134>1 2026-05-08T10:00:00.123456+00:00 decky-01 sessrec - session_recorded [relay@55555 sid="1b4e28ba-2fa1-41d2-883f-0016d3cca427" service="ssh" src_ip="198.51.100.7" duration_s="61.204" bytes="4711" truncated="false"]`
	relayID   = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
)

var relayTime = time.Date(2026, 5, 8, 10, 0, 0, 123456000, time.UTC)

func TestAnnounceReadsTheReferencesLine(t *testing.T) {
	inner := strings.TrimPrefix(relayLine, "<134>1 ")
	for name, line := range map[string]string{
		"bare":                        relayLine,
		"wrapped without its start":   "<14>1 2026-05-08T10:00:01Z docker-host a1b2c3 77 - - " + inner,
		"wrapped whole":               "<14>1 2026-05-08T10:00:01Z docker-host a1b2c3 77 - - " + relayLine,
		"wrapped twice":               "<14>1 - - - - - - <14>1 2026-05-08T10:00:01Z h a - - - \xef\xbb\xbf" + inner + "\n",
		"wrapped with structure":      `<14>1 2026-05-08T10:00:01Z h a - - [x y="[\]"] ` + inner,
		"a mapped address and others": strings.Replace(relayLine, "198.51.100.7", `::ffff:198.51.100.7" user="\"\]\\`, 1),
	} {
		a, ok := announce([]byte(line), "", time.Now())
		if !ok || a.wrong != "" || a.recorded == nil {
			t.Errorf("%s: %+v", name, a)
			continue
		}
		want := recorded{decoy: "decky-01", service: "ssh", id: relayID, address: "198.51.100.7", end: relayTime, duration: 61204 * time.Millisecond, bytes: 4711}
		if *a.recorded != want {
			t.Errorf("%s: %+v", name, *a.recorded)
		}
	}
}

func TestAnnounceBelievesThePeer(t *testing.T) {
	a, _ := announce([]byte(relayLine), "web-02", time.Now())
	if a.recorded == nil || a.recorded.decoy != "web-02" {
		t.Errorf("%+v", a)
	}
}

func TestAnnounceRefuses(t *testing.T) {
	for change, want := range map[[2]string]string{
		{"decky-01", "../../etc"}:          "host",
		{"decky-01", "-"}:                  "host",
		{relayID, ""}:                      "sid",
		{relayID, `a\"b`}:                  "sid",
		{relayID, strings.Repeat("x", 65)}: "sid (it is not 1 to 64",
		{relayID, "../../etc/passwd"}:      "sid (it is not",
		{relayID, "a/b"}:                   "sid (it is not",
		{relayID, ".."}:                    "sid (it is not",
		{relayID, "a..b"}:                  "sid (it is not",
		{relayID, ".a"}:                    "sid (it is not",
		{relayID, "a."}:                    "sid (it is not",
		{relayID, "a#b"}:                   "sid (it is not",
		{relayID, "a%2fb"}:                 "sid (it is not",
		{relayID, "a\x1b[2J"}:              "sid (it is not",
		{relayID, "a\x00"}:                 "sid (it is not",
		{relayID, "a\x7f"}:                 "sid (it is not",
		{relayID, "s\u00e9ance"}:           "sid (it is not",
		{`"ssh"`, `"../x"`}:                "service",
		{"198.51.100.7", "nobody"}:         "src_ip",
		{"61.204", "NaN"}:                  "duration_s",
		{"61.204", "-1"}:                   "duration_s",
		{"61.204", "1e300"}:                "duration_s",
		{"4711", "-4711"}:                  "bytes",
		{"4711", "99999999999999999999"}:   "bytes",
		{"relay@55555", "other@1"}:         "relay",
		{`[relay@55555 sid="` + relayID + `"`, `[relay@1 x="y"`}: "sid",
	} {
		line := strings.Replace(relayLine, change[0], change[1], 1)
		a, ok := announce([]byte(line), "", time.Now())
		if !ok || a.recorded != nil || a.skipped != nil || !strings.Contains(a.wrong, want) {
			t.Errorf("%q for %q: %+v", change[1], change[0], a)
		}
		if strings.Contains(a.wrong, "nobody") || strings.Contains(a.wrong, "passwd") {
			t.Errorf("%q repeats what the field holds", a.wrong)
		}
	}
	a, ok := announce([]byte(strings.Replace(relayLine, "198.51.100.7", "-", 1)), "", time.Now())
	if !ok || a.recorded == nil || a.recorded.address != "" {
		t.Errorf("no address: %+v", a)
	}
}

func TestAnnouncePassesOverOtherLines(t *testing.T) {
	for _, line := range []string{
		"", "hello", "<134>", "<134>1", "<134>1 ", "<999999>1 - - - - - -", "<1>2 - - - - - -", "<1>1 - - - - -", "<a>1 - - - - - -",
		"<134>1 2026-05-08T10:00:00Z h sshd - - - hello", "<134>1 yesterday h a - session_recorded -",
		"<34>Oct 11 22:14:15 mymachine su: 'su root' failed", strings.Replace(relayLine, "sessrec - ", "sessrec -", 1),
		strings.TrimSuffix(relayLine, "]"), strings.Replace(relayLine, `sid="`, `sid=`, 1), relayLine + "x",
		"<134>1 - " + strings.Repeat("h", 300) + " a - session_recorded -",
		"<134>1 - h a - session_recorded " + strings.Repeat(`[a b="c"]`, 17), "<134>1 - h a - session_recorded [relay@1" + strings.Repeat(` a="b"`, 65) + "]",
		"<14>1 - h a - - - " + strings.Repeat("<14>1 - h a - - - ", 5) + relayLine,
	} {
		if a, ok := announce([]byte(line), "", time.Now()); ok {
			t.Errorf("%.60q: %+v", line, a)
		}
	}
}

func TestAnnounceSkipped(t *testing.T) {
	line := `<134>1 2026-05-08T10:00:00Z decky-01 sessrec - session_skipped [relay@55555 reason="disk_pressure"]`
	a, ok := announce([]byte(line), "", time.Now())
	if !ok || a.skipped == nil || a.skipped.State != store.Unrecorded || a.skipped.CauseKind != "disk_pressure" || a.skipped.Decoy != "decky-01" {
		t.Fatalf("%+v", a)
	}
	b, _ := announce([]byte(line), "", time.Now())
	if b.skipped.Ref != a.skipped.Ref {
		t.Errorf("one line gives %q and %q", a.skipped.Ref, b.skipped.Ref)
	}
	c, _ := announce([]byte(strings.Replace(line, "10:00:00", "10:00:01", 1)), "", time.Now())
	if c.skipped.Ref == a.skipped.Ref {
		t.Error("two lines give one session")
	}
	named := strings.Replace(line, `reason=`, `sid="`+relayID+`" reason=`, 1)
	if e, _ := announce([]byte(named), "", time.Now()); e.skipped == nil || e.skipped.ID != relayID || e.skipped.Ref != "unrecorded:decky-01/-#"+relayID {
		t.Errorf("with an id: %+v", e)
	}
	for _, bad := range []string{"../x", "a/b", "a\x1bb", strings.Repeat("x", 65), " "} {
		e, ok := announce([]byte(strings.Replace(named, relayID, bad, 1)), "", time.Now())
		if !ok || e.skipped != nil || !strings.HasPrefix(e.wrong, "unusable: sid (it is not") {
			t.Errorf("with the id %q: %+v", bad, e)
		}
	}
	d, _ := announce([]byte(strings.Replace(line, "disk_pressure", `\x1b[2J \"`, 1)), "", time.Now())
	if d.skipped != nil && d.skipped.CauseKind != "unknown" {
		t.Errorf("reason %q", d.skipped.CauseKind)
	}
}

func FuzzAnnounce(f *testing.F) {
	f.Add([]byte(relayLine), "")
	f.Add([]byte("<14>1 2026-05-08T10:00:01Z h a - - - "+relayLine[7:]), "web-01")
	f.Add([]byte(`<134>1 - decky-01 sessrec - session_skipped [relay@55555 reason="disk_pressure"]`), "")
	f.Fuzz(func(t *testing.T, line []byte, decoy string) {
		now := time.Now()
		a, ok := announce(line, decoy, now)
		if !ok {
			return
		}
		n := 0
		if a.wrong != "" {
			n++
		}
		if r := a.recorded; r != nil {
			n++
			if !sessionID(r.id) || strings.ContainsAny(r.id, "/#%") || strings.Contains(r.id, "..") || r.duration < 0 || r.duration > longest || r.bytes < 0 || r.end.Year() < 1971 || r.end.Year() > 9000 ||
				strings.ContainsAny(r.pending(), "\x00\x1b\n ") || len(r.pending()) > 256 {
				t.Fatalf("%+v", r)
			}
		}
		if o := a.skipped; o != nil {
			n++
			if !utf8.ValidString(o.Ref+o.Cause) || !sessionID(o.ID) || strings.ContainsAny(o.Ref+o.Cause+o.ID, "\x00\x1b\n") || len(o.Ref) > store.MaxRef {
				t.Fatalf("%+v", o)
			}
		}
		if n != 1 {
			t.Fatalf("%+v", a)
		}
	})
}

func TestPeers(t *testing.T) {
	peers, err := peersOf([]string{"10.0.0.0/8", "10.1.2.3=web-01", "2001:db8::/32"})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"10.1.2.3": "web-01 true", "10.1.2.4": " true", "::ffff:10.1.2.3": "web-01 true", "127.0.0.1": " false", "2001:db8::1": " true",
	} {
		p, ok := allowed(peers, addr(t, at))
		if got := fmt.Sprint(p.decoy, " ", ok); got != want && !(p.decoy == "" && got == want[1:]) {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
	if peers, err = peersOf(nil); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{"127.0.0.1": true, "::1": true, "192.0.2.1": false} {
		if _, ok := allowed(peers, addr(t, at)); ok != want {
			t.Errorf("%s: %v", at, ok)
		}
	}
	for _, bad := range []string{"x", "10.0.0.0/99", "10.0.0.1=../x", ""} {
		if _, err := peersOf([]string{bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
