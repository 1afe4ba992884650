package profiler

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gait"
	"gait/bus"
	"gait/internal/health"
	"gait/internal/simulate"
	"gait/store"
)

func TestHandleStoresWhatTheEngineSays(t *testing.T) {
	k := newKit(t)
	for _, v := range simulate.Visitors {
		s := v.Session(7)
		s.Service = "ssh"
		e := k.write(t, s)
		out := k.handle(t, e)
		if out.Reason != Stored || out.State != store.Profiled || out.Ref != ref(s) || out.Attacker == "" {
			t.Errorf("%s: %+v", v.Name, out)
			continue
		}
		if n := k.sameAsOffline(t, out.Ref, k.place(s)); n != out.Observations || n == 0 {
			t.Errorf("%s: %d observations, the outcome says %d", v.Name, n, out.Observations)
		}
		row := k.row(t, out.Ref)
		if row.State != store.Profiled || row.Attempts != 0 || row.Announced || !row.EndSeen || row.Address != s.SourceIP ||
			row.Decoy != s.Decoy || row.Observations != int64(out.Observations) || !row.Start.Equal(s.Start) {
			t.Errorf("%s: row %+v", v.Name, row)
		}
		again := k.handle(t, e)
		if again.Reason != Known || again.Later {
			t.Errorf("%s again: %+v", v.Name, again)
		}
	}
}

// A session that began with a byte that is no UTF-8 lost all its observations
// in the system that this one follows.
func TestRawBytesCostNothing(t *testing.T) {
	for name, first := range map[string]string{
		"first word": "\xaccho hi", "one byte": "\xac", "within": "ec\xacho hi", "cut character": "\xe2\x82", "all": strings.Repeat("\xac\xff\x80", 400),
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			const id = "11111111-1111-4111-8111-111111111111"
			var text bytes.Buffer
			line := func(format string, args ...any) { fmt.Fprintf(&text, `{"sid":"`+id+`",`+format+"}\n", args...) }
			line(`"hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600,"src_ip":"198.51.100.7","env":{"TERM":"x%sterm"}}`, "\xac")
			at := 1.0
			for _, word := range []string{first, "ls -la", "cat /etc/pa\xacsswd"} {
				for i := 0; i < len(word); i++ {
					line(`"t":%f,"ch":"i","d":"%s"`, at, word[i:i+1])
					line(`"t":%f,"ch":"o","d":"%s"`, at+0.01, word[i:i+1])
					at += 0.17
				}
				line(`"t":%f,"ch":"i","d":"\r"`, at)
				line(`"t":%f,"ch":"o","d":"\r\nroot@%s:~# "`, at+0.02, "\xac")
				at += 2.5
			}
			k.raw(t, "decky-01", text.Bytes())
			out := k.handle(t, bus.SessionEnded{SessionID: id, AttackerIP: "198.51.100.7", Decoy: "decky-01", Service: "ssh", ShardPath: k.path("decky-01")})
			if out.Reason != Stored {
				t.Fatalf("%+v", out)
			}
			n := k.sameAsOffline(t, out.Ref, recordingPlace(k.path("decky-01"), id))
			if n < 10 || n != out.Observations {
				t.Errorf("%d observations, the outcome says %d", n, out.Observations)
			}
		})
	}
}

func TestEachStepHasItsReason(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	good := k.write(t, s)
	if err := os.MkdirAll(k.path("decky-folder"), 0o755); err != nil {
		t.Fatal(err)
	}
	outside := filepath.Join(t.TempDir(), s.Decoy, "ssh", "transcripts", day)
	for name, c := range map[string]struct {
		change func(*bus.SessionEnded)
		want   Reason
	}{
		"no id":           {func(e *bus.SessionEnded) { e.SessionID = "" }, Fields},
		"no address":      {func(e *bus.SessionEnded) { e.AttackerIP = "" }, Fields},
		"bad address":     {func(e *bus.SessionEnded) { e.AttackerIP = "nobody" }, Fields},
		"no decoy":        {func(e *bus.SessionEnded) { e.Decoy = "" }, Fields},
		"no service":      {func(e *bus.SessionEnded) { e.Service = "" }, Fields},
		"no place":        {func(e *bus.SessionEnded) { e.ShardPath = "" }, Fields},
		"huge id":         {func(e *bus.SessionEnded) { e.SessionID = strings.Repeat("a", 1<<20) }, Fields},
		"huge path":       {func(e *bus.SessionEnded) { e.ShardPath = "/" + strings.Repeat("a", 1<<20) }, Fields},
		"NUL":             {func(e *bus.SessionEnded) { e.ShardPath = "/a\x00b" }, Fields},
		"relative":        {func(e *bus.SessionEnded) { e.ShardPath = strings.TrimPrefix(e.ShardPath, "/") }, Reference},
		"dots":            {func(e *bus.SessionEnded) { e.ShardPath = k.root + "/../x/" + s.Decoy + "/ssh/transcripts/" + day }, Reference},
		"no tree":         {func(e *bus.SessionEnded) { e.ShardPath = "/etc/passwd" }, Reference},
		"another decoy":   {func(e *bus.SessionEnded) { e.Decoy = "decky-02" }, Reference},
		"another service": {func(e *bus.SessionEnded) { e.Service = "telnet" }, Reference},
		"another reference": {func(e *bus.SessionEnded) {
			e.Recording = &bus.RecordingRef{Format: "shard", Path: e.ShardPath, EvidenceRef: "shard:a/ssh/" + day + "#x"}
		}, Reference},
		"unknown reference": {func(e *bus.SessionEnded) {
			e.Recording = &bus.RecordingRef{Format: "x", Path: e.ShardPath, EvidenceRef: "http:x"}
		}, Reference},
		"pending":         {func(e *bus.SessionEnded) { e.Recording = &bus.RecordingRef{EvidenceRef: "pending:decky-01/ssh#x"} }, Reference},
		"outside":         {func(e *bus.SessionEnded) { e.ShardPath = outside }, Stored}, // it is found below the root by its name
		"no such file":    {func(e *bus.SessionEnded) { e.Decoy = "decky-99"; e.ShardPath = k.path("decky-99") }, Missing},
		"a folder":        {func(e *bus.SessionEnded) { e.Decoy = "decky-folder"; e.ShardPath = k.path("decky-folder") }, Damaged},
		"no such session": {func(e *bus.SessionEnded) { e.SessionID = "22222222-2222-4222-8222-222222222222" }, NoSession},
		"good":            {func(*bus.SessionEnded) {}, Stored},
		"a reference of ours": {func(e *bus.SessionEnded) {
			e.ShardPath = ""
			e.Recording = &bus.RecordingRef{Format: "shard", Path: k.path(s.Decoy), EvidenceRef: ref(s)}
		}, Stored},
	} {
		t.Run(name, func(t *testing.T) {
			e := good
			c.change(&e)
			out := k.handle(t, e)
			if c.want == Stored && out.Reason == Known {
				out.Reason = Stored // the cases come in any order
			}
			if name == "outside" && out.Reason == Outside {
				return
			}
			if out.Reason != c.want {
				t.Fatalf("%+v, want %q", out, c.want)
			}
			switch c.want {
			case Fields, Reference:
				if out.Cause == "" || strings.Contains(out.Cause, s.ID) {
					t.Errorf("cause %q", out.Cause)
				}
			case Missing, Damaged, NoSession:
				row := k.row(t, out.Ref)
				if row.State != store.Waiting || row.CauseKind != c.want.kind() || row.Cause == "" || row.Attempts != 0 || row.NextTry.IsZero() {
					t.Errorf("row %+v", row)
				}
			}
		})
	}
	page, err := k.store.Rejections(t.Context(), store.PageQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 17 {
		t.Errorf("%d events were rejected", len(page.Items))
	}
}

func TestAddressThatIsKnownLater(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	address := s.SourceIP
	s.SourceIP, s.SourcePort = "", 0
	e := k.write(t, s)
	e.AttackerIP = bus.NoAddress
	first := k.handle(t, e)
	if first.Reason != Stored || first.Attacker != "" {
		t.Fatalf("%+v", first)
	}
	e.AttackerIP = address
	second := k.handle(t, e)
	if second.Reason != Stored && second.Reason != Known || second.Ref != first.Ref {
		t.Fatalf("%+v", second)
	}
	row := k.row(t, first.Ref)
	if row.Attacker == "" || row.Address != address || row.Revision == first.Revision || row.Announced {
		t.Errorf("row %+v", row)
	}
	for name, o := range stored(t, k.store, first.Ref) {
		if o.AttackerUUID != row.Attacker || o.Revision != row.Revision {
			t.Errorf("%s: attacker %q, revision %q", name, o.AttackerUUID, o.Revision)
		}
	}
}

func TestSessionThatGoesOn(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	var text bytes.Buffer
	writeShard(t, &text, s)
	lines := bytes.SplitAfter(text.Bytes(), []byte("\n"))
	k.raw(t, s.Decoy, bytes.Join(lines[:len(lines)/2], nil))
	e := k.event(s)
	first := k.handle(t, e)
	if first.Reason != Stored || !strings.Contains(first.Revision, "/open/") {
		t.Fatalf("%+v", first)
	}
	if again := k.handle(t, e); again.Reason != Known {
		t.Fatalf("%+v", again)
	}
	k.raw(t, s.Decoy, bytes.Join(lines[len(lines)/2:], nil))
	second := k.handle(t, e)
	if second.Reason != Stored || !strings.Contains(second.Revision, "/end/") {
		t.Fatalf("%+v", second)
	}
	k.sameAsOffline(t, second.Ref, k.place(s))
	if row := k.row(t, second.Ref); row.Attempts != 0 {
		t.Errorf("row %+v", row)
	}
}

func TestRecordingThatIsNotWhole(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	var text bytes.Buffer
	writeShard(t, &text, s)
	lines := bytes.SplitAfter(text.Bytes(), []byte("\n"))
	k.raw(t, s.Decoy, bytes.Join(append(lines[:3:3], lines[len(lines)-2]), nil))
	e := k.event(s)
	first := k.handle(t, e)
	if first.Reason != NotWhole || first.State != store.Waiting {
		t.Fatalf("%+v", first)
	}
	if row := k.row(t, first.Ref); row.CauseKind != store.CauseBytes || row.Observations != 0 {
		t.Fatalf("row %+v", row)
	}
	if early := k.handle(t, e); early.Reason != PutOff {
		t.Fatalf("%+v", early)
	}
	k.later(25)
	last := k.handle(t, e)
	if last.Reason != Incomplete || last.State != store.Incomplete {
		t.Fatalf("%+v", last)
	}
	if again := k.handle(t, e); again.Reason != Known {
		t.Errorf("%+v", again)
	}
}

// What a log says that a recording holds counts like its own end record.
func TestRecordingThatIsShorterThanItsLogSays(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	e := k.write(t, s)
	o, why := offerOf(&e, k.now())
	if why != nil {
		t.Fatal(why)
	}
	place := k.place(s)
	place.Bytes = int64(len(s.Block(gait.Input))+len(s.Block(gait.Output))) + 1
	o.Place, _ = json.Marshal(place)
	if _, err := k.store.Offer(t.Context(), []store.Offer{o}, nil); err != nil {
		t.Fatal(err)
	}
	if out := k.handle(t, e); out.Reason != NotWhole || !strings.Contains(out.Cause, "session_recorded states") {
		t.Fatalf("%+v", out)
	}
	k.later(25)
	if out := k.handle(t, e); out.Reason != Incomplete {
		t.Fatalf("%+v", out)
	}
}

func TestRecordingThatNeverComesIsParked(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	e := k.event(s)
	if out := k.handle(t, e); out.Reason != Missing || out.State != store.Waiting {
		t.Fatalf("%+v", out)
	}
	k.later(25)
	if out := k.handle(t, e); out.Reason != Missing || out.State != store.Parked {
		t.Fatalf("%+v", out)
	}
	if out := k.handle(t, e); out.Reason != Parked {
		t.Fatalf("%+v", out)
	}
	k.write(t, s)
	if n, err := k.store.Release(t.Context(), store.Release{CauseKind: store.CauseNoFile}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if out := k.handle(t, e); out.Reason != Stored {
		t.Fatalf("%+v", out)
	}
}

func TestEmptySession(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	k.raw(t, s.Decoy, []byte(`{"sid":"`+s.ID+`","hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600}}`+"\n"+
		`{"sid":"`+s.ID+`","end":{"t":0.5,"reason":"hangup","events":0,"bytes_i":0,"bytes_o":0}}`+"\n"))
	out := k.handle(t, k.event(s))
	if out.Reason != Empty || out.State != store.Empty || out.Observations != 0 {
		t.Fatalf("%+v", out)
	}
	if again := k.handle(t, k.event(s)); again.Reason != Known {
		t.Errorf("%+v", again)
	}
}

func TestDetailHoldsNothingRaw(t *testing.T) {
	k := newKit(t)
	s := visits(1)[0]
	s.Title, s.Command = "marker-title", "marker-command"
	s.Env[0].Value = "marker-env"
	out := k.handle(t, k.write(t, s))
	row := k.row(t, out.Ref)
	var d struct {
		ID       string
		Fidelity struct{ Input string }
		End      struct{ Reason string }
		Oddities []any
		Not      []any `json:"not_observable"`
	}
	if err := json.Unmarshal(row.Detail, &d); err != nil {
		t.Fatalf("%v: %s", err, row.Detail)
	}
	if d.ID != s.ID || d.Fidelity.Input != "packet" || d.Oddities == nil || d.Not == nil || bytes.Contains(row.Detail, []byte("marker")) {
		t.Errorf("detail %s", row.Detail)
	}
}

func TestShutGateIsLater(t *testing.T) {
	gate := &health.Gate{}
	k := newKit(t, func(o *Options) { o.Gate = gate })
	e := k.write(t, visits(1)[0])
	gate.Shut("the disk is nearly full")
	out, err := k.Handle(t.Context(), e)
	var shut *shutError
	if !out.Later || !errors.As(err, &shut) {
		t.Fatalf("%+v, %v", out, err)
	}
	gate.Open()
	if out := k.handle(t, e); out.Reason != Stored {
		t.Fatalf("%+v", out)
	}
}
