package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gait/internal/programtest"
)

// nobody is a user without rights.
const nobody = 65534

// asNobody lets the system run as a user to whom files can be closed.
func (w *world) asNobody() {
	w.T.Helper()
	if os.Getuid() != 0 {
		return
	}
	w.UID = nobody
	for _, err := range []error{os.Chmod(w.Dir, 0o755), os.Mkdir(w.Path("run"), 0o700), os.Chown(w.Path("run"), nobody, nobody)} {
		if err != nil {
			w.T.Fatal(err)
		}
	}
}

// hostile is a world of recorders that went wrong, with good sessions among
// them. Sessions are told apart by their numbers.
type hostile struct {
	*world
	log  strings.Builder // syslog
	good []*tape
	ill  map[string]told // what is told of a session that cannot be had, by its id
}

// told is a kind of cause, and what its words must hold.
type told struct{ kind, words string }

// say makes the recorder tell that a session ended, and notes which cause is to
// be told of it; none for a good one.
func (h *hostile) say(decoy string, x *tape, why told) {
	h.log.WriteString(x.recorded(decoy, "203.0.113.9"))
	if why.kind == "" {
		h.good = append(h.good, x)
	} else {
		h.ill[x.id] = why
	}
}

// lay fills the folder before the system starts.
func (h *hostile) lay() {
	t, root := h.T, h.Path("root")
	must := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	outside := newTape(10).shell()
	h.write(h.Path("outside", "ssh", "transcripts", "sessions-"+day+".jsonl"), outside.shard())
	must(os.MkdirAll(root, 0o755), os.Symlink(h.Path("outside"), filepath.Join(root, "link-01")))
	h.say("link-01", outside, told{"outside every folder", "link-01 is a link"})
	for i, x := range []struct{ decoy, what string }{
		{"leak-01", "a link"}, {"fifo-01", "a named pipe"}, {"dir-01", "a folder"}, {"dev-01", "a link"},
	} {
		decoy, path := x.decoy, h.shardOf(x.decoy)
		must(os.MkdirAll(filepath.Dir(path), 0o755))
		switch decoy {
		case "leak-01":
			must(os.Symlink(h.Path("outside", "ssh", "transcripts", "sessions-"+day+".jsonl"), path))
		case "fifo-01":
			must(syscall.Mkfifo(path, 0o644))
		case "dir-01":
			must(os.MkdirAll(filepath.Join(path, "sessions-"+day+".jsonl"), 0o755))
		case "dev-01":
			must(os.Symlink("/dev/zero", path))
		}
		h.say(decoy, newTape(11+i).shell(), told{"no file", filepath.Base(path) + " is " + x.what})
	}
	closed := newTape(20).shell()
	h.write(h.shardOf("closed-01"), closed.shard())
	must(os.Chmod(h.shardOf("closed-01"), 0o200))
	if h.UID == 0 { // whoever owns it cannot read it either
		must(os.Chmod(h.shardOf("closed-01"), 0))
	}
	h.say("closed-01", closed, told{"path not readable", "is closed to us: owner"})
	h.layTorn()
}

// layTorn writes shards whose lines are wrong, with good sessions among them.
func (h *hostile) layTorn() {
	var b bytes.Buffer
	first, second := newTape(30).shell(), newTape(31).shell()
	lines := bytes.SplitAfter(first.shard(), []byte("\n"))
	for i, line := range lines {
		b.Write(line)
		switch i {
		case 2:
			b.WriteString("\x00\x00\x00\n\x00")
			b.Write(bytes.Repeat([]byte{0}, 5000))
			b.WriteString("\n")
		case 4:
			b.WriteString(`{"sid":"` + id(31) + `","t":0.5,"ch":"i","d":"` + "\n") // torn
		case 6:
			b.WriteString("{\"sid\":\"" + id(32) + "\",\"t\":1e999,\"ch\":7}\n[]\n\"\xff\"\n{\"sid\":{}}\n{\"sid\":\"../../../etc/passwd\",\"hdr\":{}}\n")
		case 8:
			b.WriteString(`{"sid":"` + id(33) + `","t":1,"ch":"o","d":"`)
			b.Write(bytes.Repeat([]byte("A"), 10<<20))
			b.WriteString("\"}\n")
		case 10:
			b.WriteString(strings.Repeat(`{"a":`, 100_000) + "\n")
		}
	}
	b.Write(second.shard())
	b.WriteString(`{"sid":"` + id(34) + `","hdr":{"version":2`) // no line feed
	h.write(h.shardOf("torn-01"), b.Bytes())
	h.say("torn-01", first, told{})
	h.say("torn-01", second, told{})
}

// tell adds lines of syslog that are not what they should be.
func (h *hostile) tell() {
	h.log.WriteString(recorded("nowhere-09", "ssh", id(40), `duration_s="3" bytes="100"`))
	h.ill[id(40)] = told{"outside every folder", `nowhere-09`}
	h.log.WriteString(recorded("torn-01", "smtp", id(41), `duration_s="3" bytes="100"`))
	h.ill[id(41)] = told{"service not in the list", `"smtp"`}
	h.log.WriteString(recorded("torn-01", "ssh", id(42), `src_ip="-" duration_s="3" bytes="100"`))
	h.ill[id(42)] = told{"session not in it", `torn-01/ssh/transcripts`}
	h.log.WriteString(recorded("torn-01", "ssh", id(43), fmt.Sprintf(`duration_s="%d" bytes="100"`, 20*86400)))
	h.ill[id(43)] = told{"no file", `holds no shard of`}
	missing := newTape(44).shell()
	h.write(h.shardOf("short-01"), missing.shard())
	h.log.WriteString(recorded("short-01", "ssh", id(44), fmt.Sprintf(`duration_s="9" bytes="%d"`, missing.bytes+1)))
	h.ill[id(44)] = told{"bytes missing", `holds less`}
	for _, line := range []string{
		recorded("../../etc", "ssh", id(50), `duration_s="1" bytes="1"`),
		recorded("web-01", "../ssh", id(51), `duration_s="1" bytes="1"`),
		recorded("web-01", "ssh", "../../../etc/passwd%00", `duration_s="1"`),
		recorded("web-01", "ssh", `\"]\\x`, `duration_s="1"`),
		recorded("web-01", "ssh", id(52), `src_ip="`+strings.Repeat("9", 1<<20)+`"`),
		recorded("web-01", "ssh", id(53), `src_ip="127.0.0.1; rm -rf /"`),
		recorded("web-01", "ssh", id(54), `duration_s="-1"`),
		recorded("web-01", "ssh", id(55), `duration_s="NaN" bytes="-9223372036854775809"`),
		recorded("web-01", "ssh", strings.Repeat("a", 70_000), `duration_s="1"`),
		recorded("\x1b[31mweb\xac", "ssh", id(56), `duration_s="1"`),
		"<134>1 - - sessrec - session_recorded [relay@55555\n", "<134>1\n", "\x00\x00\n", strings.Repeat("\xff", 3<<20) + "\n", "<999999999999>1 x\n",
	} {
		h.log.WriteString(line)
	}
	h.log.WriteString(`<134>1 ` + day + `T00:00:00Z web-07 sessrec - session_skipped [relay@55555 reason="disk_pressure"]` + "\n")
}

// TestHostileInput lets recorders go wrong in every way: each session that
// cannot be had is told of with its cause, good ones pass unharmed among them,
// and what can be read again goes on by itself.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	h := &hostile{world: newWorld(t), ill: map[string]told{}}
	h.asNobody()
	h.lay()
	h.write(h.Path("syslog"), nil)
	unharmed := newTape(1).shell()
	h.write(h.shardOf("shrink-01"), unharmed.ended())
	s := h.start("run", "run", "--shards", h.Path("root"), "--syslog", "file:"+h.Path("syslog"), "--listen", "127.0.0.1:0").ready()
	h.tell()
	h.add(h.Path("syslog"), []byte(h.log.String()))
	programtest.Await(t, "good sessions", func() bool {
		rows := s.sessions()
		for _, x := range append(h.good, unharmed) {
			if rows[x.id].State != "profiled" {
				return false
			}
		}
		return true
	})
	h.causes(s)
	h.shrinks(s)
	if err := os.Chmod(h.shardOf("closed-01"), 0o644); err != nil {
		t.Fatal(err)
	}
	programtest.Await(t, "what can be read again to go on", func() bool { return s.sessions()[id(20)].State == "profiled" })
	programtest.Await(t, "its cause to be gone", func() bool { return !bytes.Contains(s.answer("/health"), []byte("closed-01")) })
	h.sound(s)
}

// answer gives an answer of the API as it is.
func (s *system) answer(path string) []byte {
	s.w.T.Helper()
	var b json.RawMessage
	s.get(path, &b)
	return b
}

// inJSON gives a text as it stands in JSON.
func inJSON(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return err.Error()
	}
	return strings.Trim(b.String(), "\"\n")
}

// causes checks what is told of each session that cannot be had.
func (h *hostile) causes(s *system) {
	t := h.T
	t.Helper()
	programtest.Await(t, "all causes", func() bool {
		rows, health := s.sessions(), string(s.answer("/health"))
		for id := range h.ill {
			if rows[id].Kind == "" || !strings.Contains(health, inJSON(rows[id].Cause)) {
				return false
			}
		}
		return true
	})
	rows := s.sessions()
	health, waiting := s.answer("/health"), s.answer("/waiting")
	listed := h.Output("sessions", "--state", "waiting", "--state", "parked", "-n", "0", "-o", "jsonl", "--data", s.Data)
	for id, why := range h.ill {
		r := rows[id]
		if r.Kind != why.kind || r.State != "waiting" || !strings.Contains(r.Cause, why.words) {
			t.Errorf("%s: %+v, want %s", id, r, why)
		}
		for where, text := range map[string][]byte{"/health": health, "/waiting": waiting, "gait sessions": []byte(listed)} {
			if !bytes.Contains(text, []byte(inJSON(r.Cause))) {
				t.Errorf("%s does not tell of %s: %s", where, id, r.Cause)
			}
		}
	}
	for _, want := range []string{"closed-01", "owner", "mode", "gait runs as user"} {
		if !strings.Contains(rows[id(20)].Cause, want) {
			t.Errorf("%q does not say %q", rows[id(20)].Cause, want)
		}
	}
	var body struct{ Status string }
	if s.get("/health", &body); body.Status != "degraded" {
		t.Errorf("health is %s", body.Status)
	}
	if !strings.Contains(h.Output("sessions", "--state", "unrecorded", "-o", "jsonl", "--data", s.Data), "disk_pressure") {
		t.Error("the skipped session has no row")
	}
	rejected := h.Output("sessions", "--rejected", "-n", "0", "--data", s.Data)
	for _, want := range []string{"the host is no decoy's name", "unusable: service", "unusable: src_ip", "unusable: duration_s", "unusable: duration_s, bytes"} {
		if !strings.Contains(rejected, want) {
			t.Errorf("no event was rejected for %s:\n%s", want, rejected)
		}
	}
}

// shrinks lets a shard shrink and be replaced by others, with new sessions in
// each: all are found.
func (h *hostile) shrinks(s *system) {
	t, path := h.T, h.shardOf("shrink-01")
	t.Helper()
	found := func(n int) {
		t.Helper()
		programtest.Await(t, fmt.Sprintf("session %d", n), func() bool { return s.sessions()[id(n)].State == "profiled" })
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	h.add(path, newTape(2).shell().ended())
	found(2)
	for n, swap := range map[int]func() error{
		3: func() error { return os.Rename(path, path+".away") },
		4: func() error { return os.Remove(path) },
		5: func() error {
			if err := os.Remove(path); err != nil {
				return err
			}
			if err := os.Mkdir(path, 0o755); err != nil {
				return err
			}
			return os.Remove(path)
		},
	} {
		if err := swap(); err != nil {
			t.Fatal(err)
		}
		h.write(path, newTape(n).shell().ended())
		found(n)
	}
}

// sound checks that nothing of all this went further than it should.
func (h *hostile) sound(s *system) {
	t := h.T
	for id, r := range s.sessions() {
		if strings.Contains(r.Decoy, "..") || strings.ContainsAny(id+r.Ref, "\x00\x1b") || strings.Contains(id+r.Ref, "\xac") || r.Kind == "worker died" || r.State == "parked" {
			t.Errorf("row %+v", r)
		}
	}
	for _, x := range h.good {
		if r := s.sessions()[x.id]; r.BytesIn != int64(x.in) {
			t.Errorf("%d bytes of input, want %d", r.BytesIn, x.in)
		}
	}
	if log := s.Log(); strings.ContainsAny(log, "\x00\x1b") || strings.Contains(log, "panic") || strings.Contains(log, `"level":"ERROR"`) || len(log) > 1<<20 {
		t.Errorf("the log holds what it must not, or too much: %d bytes", len(log))
	}
	h.Output("db", "check", "--data", s.Data)
}
