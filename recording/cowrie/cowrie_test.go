package cowrie

import (
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

func TestTerminalLogWithHeader(t *testing.T) {
	l := new(log).connect(0, "aabbccddeeff").
		ev(10, "aabbccddeeff", "client.version", `"version":"SSH-2.0-libssh2_1.4.3"`).
		ev(11, "aabbccddeeff", "client.kex", `"hassh":"92674389fA1e47a27ddd8d9b63ecd42b"`).
		ev(12, "aabbccddeeff", "login.failed", `"username":"root","password":"SECRET1"`).
		ev(13, "aabbccddeeff", "login.success", `"username":"root","password":"SECRET2"`).
		ev(14, "aabbccddeeff", "client.size", `"width":120,"height":"40"`).
		ev(15, "aabbccddeeff", "client.var", `"name":"LANG","value":"de_DE"`).
		ev(16, "aabbccddeeff", "direct-tcpip.request", `"dst_ip":"192.0.2.1"`).
		command(1100, "aabbccddeeff", "ls").
		tty(2101, "aabbccddeeff", "var/lib/cowrie/tty/f1", false).
		closed(2200, "aabbccddeeff")
	s := one(t, folder{"f1": terminal(100, "ls\r")}, l)
	want := gait.Header{
		ID: "aabbccddeeff", Start: epoch.Add(100 * time.Millisecond), Width: 120, Height: 40,
		Env: []gait.Var{{Name: "LANG", Value: "de_DE"}}, Format: "cowrie", Path: "tty/f1",
		EvidenceRef: "cowrie:web-01/ssh/20210329T064000.000000Z-aabbccddeeff#1",
		Decoy:       "web-01", Service: "ssh", SourceIP: "198.51.100.7", SourcePort: 50022,
		Client: "SSH-2.0-libssh2_1.4.3", HASSH: "92674389fa1e47a27ddd8d9b63ecd42b",
		Login: gait.Login{Attempts: 2, Succeeded: true, Password: true},
		Fidelity: gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Clock: gait.ClockWall,
			Lossless: true, Output: true, Closed: "close record"},
		End: gait.End{Seen: true, Time: 2 * time.Second}, Extent: 5,
	}
	if !reflect.DeepEqual(s.Header, want) {
		t.Errorf("header\n%+v, want\n%+v", s.Header, want)
	}
	if shown(s) != "o@5ms:$  i@1s:ls\r" || len(s.Oddities) != 0 {
		t.Errorf("%q, %v", shown(s), s.Oddities)
	}
}

func TestSessionOfLines(t *testing.T) {
	l := new(log).connect(0, "s1").command(1000, "s1", "uname -a").
		ev(2000, "s1", "command.failed", `"input":"uname -a"`).
		ev(2500, "s1", "session.input", `"realm":"passwd","input":"x\ufffdy"`).
		command(3000, "s1", "").closed(4000, "s1")
	s := one(t, nil, l)
	if got := shown(s); got != "i@1s:uname -a\n i@2.5s:x\uFFFDy\n i@3s:\n" {
		t.Errorf("%q", got)
	}
	want := gait.Fidelity{Input: gait.GranularityLine, Resolution: time.Microsecond, Clock: gait.ClockWall, Closed: "log line"}
	if s.Fidelity != want || s.End != (gait.End{Seen: true, Time: 4 * time.Second}) || s.Path != "log/cowrie.json.0" {
		t.Errorf("%+v", s.Header)
	}
	if !s.Start.Equal(epoch) || s.EvidenceRef != "cowrie:web-01/ssh/20210329T064000.000000Z-s1#1" {
		t.Errorf("%+v", s.Header)
	}
	if len(s.Oddities) != 1 || s.Oddities.Count(gait.OddReplacement) != 1 {
		t.Errorf("%v", s.Oddities)
	}
}

func TestMissingTerminalLog(t *testing.T) {
	l := new(log).connect(0, "s1").command(1000, "s1", "id").tty(2000, "s1", "tty/gone", false).closed(2100, "s1").
		connect(3000, "s2").tty(3500, "s2", "tty/gone2", false).closed(4000, "s2").
		connect(5000, "s3").command(5500, "s3", "id").tty(6000, "s3", "tty/here", false).tty(7100, "s3", "tty/gone3", false).closed(8000, "s3")
	r := open(t, folder{"here": terminal(5000, "id\r")}, l)
	all := sessions(t, r)
	if len(all) != 2 || all[0].ID != "s1" || all[1].ID != "s3" {
		t.Fatalf("%d sessions", len(all))
	}
	if shown(all[0]) != "i@1s:id\n" || all[0].Oddities.Count(gait.OddMissingFile) != 1 {
		t.Errorf("%q, %v", shown(all[0]), all[0].Oddities)
	}
	if all[1].Fidelity.Input != gait.GranularityPacket || r.Oddities().Count(gait.OddMissingFile) != 2 {
		t.Errorf("%+v, %v", all[1].Fidelity, r.Oddities())
	}
	sessions(t, r)
	if n := r.Oddities().Count(gait.OddMissingFile); n != 2 {
		t.Errorf("read twice: %d missing", n)
	}
}

func TestSeveralTerminalLogs(t *testing.T) {
	l := new(log).connect(0, "s1").
		ev(100, "s1", "log.open", `"ttylog":"log/tty/20210329-a.log"`).
		ev(200, "s1", "log.open", `"ttylog":"log/tty/20210329-b.log"`).
		ev(300, "s1", "log.open", `"ttylog":"log/tty/20210329-c.log"`).
		tty(2200, "s1", "log/tty/20210329-b.log", false).
		tty(2300, "s1", "tty/hash-of-a", false).closed(3000, "s1")
	r := open(t, folder{"hash-of-a": terminal(100, "a"), "20210329-b.log": terminal(200, "b"), "20210329-c.log": terminal(300, "c")}, l)
	all := sessions(t, r)
	if len(all) != 3 {
		t.Fatalf("%d sessions", len(all))
	}
	for i, want := range []string{"s1 a #1", "s1-2 b #2", "s1-3 c #3"} {
		s := all[i]
		if got := s.ID + " " + string(s.Block(gait.Input)) + " " + s.EvidenceRef[len(s.EvidenceRef)-2:]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		alone, err := r.Session(s.ID)
		if err != nil || shown(alone) != shown(s) || !reflect.DeepEqual(alone.Header, s.Header) {
			t.Errorf("session %s read alone: %v", s.ID, err)
		}
	}
	for base, want := range map[string]bool{"hash-of-a": true, "20210329-a.log": true, "20210329-c.log": true, "x": false, "": false} {
		if r.Claims(base) != want {
			t.Errorf("claims %q: %v", base, !want)
		}
	}
	if _, err := r.Session("s1-4"); !errors.Is(err, reader.ErrNoSession) {
		t.Errorf("%v", err)
	}
}

func TestManyConnections(t *testing.T) {
	l := new(log)
	for i := range 3 * maxGrace {
		l.connect(i*10, "scan"+itoa(i)).ev(i*10+1, "scan"+itoa(i), "login.failed", `"password":"x"`).closed(i*10+2, "scan"+itoa(i))
	}
	for i := range 200 {
		l.connect(i*1000, "s"+itoa(i))
	}
	for i := range 200 {
		l.command(200_000+i, "s"+itoa(199-i), "id")
	}
	l.tty(300_000, "scan"+itoa(3*maxGrace-1), "late", false)
	r := open(t, folder{"late": terminal(0, "x")}, l)
	if r.Connections() != 3*maxGrace+200 || len(r.conns) != 201 {
		t.Errorf("%d connections, %d kept", r.Connections(), len(r.conns))
	}
	var size int64
	for _, b := range r.Batches() {
		size += b.Size()
	}
	all := sessions(t, r)
	if len(all) != 201 || all[0].ID != "scan"+itoa(3*maxGrace-1) || all[1].ID != "s0" || all[200].ID != "s199" || size != int64(l.Len()) {
		t.Errorf("%d sessions, %d bytes of %d", len(all), size, l.Len())
	}
	if all[0].Service != "ssh" || all[0].Login.Attempts != 1 {
		t.Errorf("a late line lost its header: %+v", all[0].Header)
	}
}

func TestNames(t *testing.T) {
	l := new(log).connect(0, "s1").command(10, "s1", "a").closed(20, "s1").
		connect(1000, "s1").command(1010, "s1", "b").closed(1020, "s1")
	l.WriteString(strings.ReplaceAll(new(log).connect(0, "s1").command(10, "s1", "c").String(), "web-01", "Héad/#2"))
	all := sessions(t, open(t, nil, l))
	if len(all) != 3 {
		t.Fatalf("%d sessions", len(all))
	}
	for i, want := range [][3]string{
		{"s1", "cowrie:web-01/ssh/20210329T064000.000000Z-s1#1", "web-01"},
		{"s1~2", "cowrie:web-01/ssh/20210329T064001.000000Z-s1#1", "web-01"},
		{"s1~3", "cowrie:H%C3%A9ad%2F%232/ssh/20210329T064000.000000Z-s1#1", ""},
	} {
		if got := [3]string{all[i].ID, all[i].EvidenceRef, all[i].Decoy}; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestNothingEscapes(t *testing.T) {
	for _, p := range []string{"../../etc/passwd", "/", "..", ".", "", "a/..", `..\\..\\x`, "x\\u0000y", strings.Repeat("n", 300)} {
		var asked []string
		dir := asking{&asked}
		sessions(t, open(t, dir, new(log).connect(0, "s1").tty(1, "s1", p, false)))
		for _, name := range asked {
			if name == "" || name == ".." || name == "." || strings.ContainsAny(name, "/\\\x00") || len(name) > maxName {
				t.Errorf("%q: asked for %q", p, name)
			}
		}
	}
}

type asking struct{ names *[]string }

func (a asking) Open(name string) (*reader.Neighbour, error) {
	*a.names = append(*a.names, name)
	return nil, fs.ErrNotExist
}

func TestErrors(t *testing.T) {
	var e *reader.Error
	if _, err := (Format{}).Open(source("x", []byte("{\"a\":1}\nhello\n")), reader.DefaultLimits()); !errors.As(err, &e) || e.Do == "" {
		t.Errorf("%v", err)
	}
	if r := open(t, nil, new(log)); len(r.Batches()) != 0 {
		t.Error("an empty log has batches")
	}
	stop := errors.New("stop")
	l := new(log).connect(0, "s1").tty(3000, "s1", "f", false).connect(0, "s2").command(1, "s2", "x")
	for i, r := 0, open(t, folder{"f": terminal(0, "x")}, l); i < 2; i++ {
		calls := 0
		err := r.Batches()[0].Each(func(*gait.Session) error {
			if calls++; calls > i {
				return stop
			}
			return nil
		})
		if err != stop || calls != i+1 {
			t.Errorf("%v after %d calls", err, calls)
		}
	}
}

// broken is a folder that cannot be read.
type broken struct{ folder }

func (b broken) Open(name string) (*reader.Neighbour, error) {
	if name == "bad" {
		return nil, fs.ErrPermission
	}
	return b.folder.Open(name)
}

func TestUnreadableTerminalLogDoesNotStopTheRest(t *testing.T) {
	l := new(log).connect(0, "s1").command(5, "s1", "id").tty(10, "s1", "bad", false).connect(20, "s2").tty(3000, "s2", "good", false).
		connect(30, "s3").command(31, "s3", "id").tty(40, "s3", "foreign", false)
	r := open(t, broken{folder{"good": terminal(20, "x"), "foreign": "no terminal log"}}, l)
	var ids []string
	err := r.Batches()[0].Each(func(s *gait.Session) error { ids = append(ids, s.ID); return nil })
	if !errors.Is(err, fs.ErrPermission) || strings.Join(ids, " ") != "s2 s3" || r.Oddities().Count(gait.OddBadRecord) != 1 {
		t.Errorf("%v, %v, %v", err, ids, r.Oddities())
	}
	if _, err := r.Session("s1"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
}
