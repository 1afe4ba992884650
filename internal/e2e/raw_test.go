package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gait/internal/programtest"
)

// rawTapes are sessions full of bytes that are no text, each in another place.
func rawTapes() (list []*tape) {
	add := func() *tape {
		t := newTape(len(list) + 1)
		list = append(list, t)
		return t
	}
	// The very first word that is typed, and all that is.
	add().header("").print("# ").keys("\xac\xed ls -la\r").print("not found\r\n# ").keys("\xac\xac\xac\r").keys("exit\r")
	// The first event of all, and the environment.
	add().header(`,"LANG":"de_` + "\xac\xff" + `","` + "\xfe" + `":"x"`).keys("\xff").keys("\xacid\r").keys("whoami\r")
	// Every byte value, a key at a time and at once, typed and printed.
	var every []byte
	for b := range 256 {
		every = append(every, byte(b))
	}
	add().header("").print(string(every)).keys("cat ").keys(string(every)).keys("\r").paste(string(every)).paste("\r")
	// Characters that are cut between the lines of one read.
	euro := strings.Repeat("€", 1300) // 3,900 bytes: four lines and a bit
	add().header("").print("x" + euro).paste("echo x" + euro + "\r").print("xx" + euro).paste("echo \xac" + euro[:1949] + "\r").keys("ls\r")
	// Characters that are cut between two reads.
	add().header("").print("na\xc3").print("\xafve\r\n").keys("\xf0\x9f\x98").keys("\x80 caf\xc3\xa9\r").keys("uptime\r")
	// UTF-8 that is none: surrogates, overlong forms, what ends too early.
	add().header("").keys("\xed\xa0\x80\xc0\xaf\xf8\x88\x80\x80\x80\r").keys("\xc3(\xe2\x82\r").paste("\xde\xad\xbe\xef\x00\xac; wget \xac\r").print("\xac\x80")
	// Nothing but such bytes.
	add().header("").paste(strings.Repeat("\xac", 2000)).print(strings.Repeat("\xff", 2000))
	return list
}

// TestRawBytesCostNothing feeds bytes that are no text through the whole
// system: everything that is read offline is stored.
func TestRawBytesCostNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(w.Path("syslog"), nil)
	s := w.start("run", "run", "--shards", w.Path("root"), "--syslog", "file:"+w.Path("syslog"), "--listen", "127.0.0.1:0").ready()
	tapes := rawTapes()
	var shard bytes.Buffer
	var log strings.Builder
	for i, x := range tapes {
		shard.Write(x.shard())
		log.WriteString(x.recorded("web-01", fmt.Sprintf("198.51.100.%d", i+1)))
	}
	w.write(w.shardOf("web-01"), shard.Bytes())
	w.add(w.Path("syslog"), []byte(log.String()))
	const visits = 3
	w.Output("simulate", "-q", "--shards", w.Path("root"), "--kinds", "raw", "--count", fmt.Sprint(visits), "--rate", "100", "--speed", "instant")
	s.awaitState("profiled", len(tapes)+visits)
	rows := s.sessions()
	for i, x := range tapes {
		r := rows[x.id]
		if r.BytesIn != int64(x.in) || r.Count == 0 || r.Address != fmt.Sprintf("198.51.100.%d", i+1) {
			t.Errorf("session %d of %d bytes of input: %+v", i+1, x.in, r)
		}
	}
	programtest.Same(t, w.Output("db", "export", "-o", "jsonl", "--data", s.Data), w.Output("profile", "-q", "-o", "jsonl", w.Path("root")))
	if n := strings.Count(w.Output("db", "export", "--data", s.Data), `"primitive":"motor.input_modality"`); n != len(tapes)+visits {
		t.Errorf("%d sessions say how their input came, want %d", n, len(tapes)+visits)
	}
}
