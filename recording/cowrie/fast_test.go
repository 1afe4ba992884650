package cowrie

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// agree fails where the quick reading gives something else than encoding/json.
func agree(t *testing.T, line string) (took bool) {
	t.Helper()
	var quick, slow event
	if !decodeFast(line, &quick) {
		return false
	}
	if err := json.Unmarshal([]byte(line), &slow); err != nil {
		t.Fatalf("%q was taken: %v", line, err)
	}
	if quick != slow {
		t.Fatalf("%q:\n%+v, want\n%+v", line, quick, slow)
	}
	return true
}

func TestQuickReadingAgrees(t *testing.T) {
	l := new(log).connect(0, "s1").command(10, "s1", "a \"b\" \\ \u00e9\x1b[0m").tty(20, "s1", "tty/x", true).closed(30, "s1").
		ev(40, "s1", "client.kex", `"hasshAlgorithms":"x","kexAlgs":["a","b",{"c":[1,2.5e-3]}],"encCS":[]`).
		ev(50, "s1", "client.size", `"width":"80","height":24.0`)
	for line := range strings.Lines(l.String()) {
		if !agree(t, strings.TrimSpace(line)) {
			t.Errorf("left to encoding/json: %s", line)
		}
	}
	for _, line := range []string{"", "{", "{}", "{ }", `{"a":1,}`, `{"a" : -0.5E+7 , "session":null}`, `{"SESSION":"x"}`, `{"\u017feſsion":"x"}`, `{"ſession":"x"}`,
		`{"session":"\ud800"}`, `{"session":"\q"}`, `{"session":"a` + "\n" + `b"}`, `{"a":01}`, `{"a":1.}`, `{"a":+1}`, `{"a":tru}`, `{"a":[1,2}`, `{"a":{"b":}}`,
		`{"session":"a","session":"b"}`, `{"session":"` + "\xff" + `"}`, `{"session":5}`, `{"x":"y"}{"x":"y"}`, `{"epoch":"1e3"}`, `{"late":"TRUE","duplicate":0}`,
		`{"` + "\xff" + `session":"x"}`, strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100), `{"\u0073ession":"x"}`, `{"":1}`} {
		agree(t, line)
	}
}

func FuzzQuickReading(f *testing.F) {
	f.Add(`{"eventid":"cowrie.session.connect","src_ip":"198.51.100.7","src_port":1,"session":"a","timestamp":"2021-03-29T06:40:00.000000Z"}`)
	f.Add(`{"a":[{"b":null},-1.5e3,"\u00e9\n"],"late":true,"Key":"x"}`)
	f.Fuzz(func(t *testing.T, line string) { agree(t, line) })
}

func TestQuickTime(t *testing.T) {
	for _, s := range []string{"2021-03-29T06:40:00.000000Z", "2021-03-28T23:59:59.999999Z", "2021-02-29T00:00:00.000000Z", "2021-13-01T00:00:00.000000Z", "0000-01-01T00:00:00.000000Z",
		"2021-03-01T24:00:00.000000Z", "2021-03-01T00:00:60.000000Z", "2021-03-01 00:00:00.000000Z", "2021-03-01T00:00:00.00000Z"} {
		got, ok := quickTime(s)
		want, err := time.Parse(layouts[0], s)
		if ok && (err != nil || got != want.UnixMicro()) {
			t.Errorf("%s: %d, want %v, %v", s, got, want, err)
		}
	}
	if _, ok := quickTime("2021-03-28T23:59:59.999999Z"); !ok {
		t.Error("Cowrie's own times take the slow way")
	}
}

// benchLog is what most lines of a log are: clients that try passwords.
func benchLog() []byte {
	l := new(log)
	for i := range 4000 {
		id, ms := fmt.Sprintf("%012x", i), i*700
		l.connect(ms, id).ev(ms+100, id, "client.version", `"version":"SSH-2.0-libssh2_1.4.3","message":"Remote SSH version: SSH-2.0-libssh2_1.4.3"`).
			ev(ms+200, id, "client.kex", `"hassh":"92674389fa1e47a27ddd8d9b63ecd42b","hasshAlgorithms":"`+strings.Repeat("diffie-hellman-group14-sha1,", 12)+`","kexAlgs":["`+strings.Repeat(`ecdh-sha2-nistp256","`, 12)+`x"]`).
			ev(ms+300, id, "login.failed", `"username":"root","password":"admin","message":"login attempt [root/admin] failed"`)
		if i%8 == 0 {
			l.ev(ms+310, id, "direct-tcpip.data", `"dst_ip":"192.0.2.1","data":"`+strings.Repeat(`\\x16\\x03`, 200)+`"`).command(ms+320, id, "uname -a; cat /proc/cpuinfo")
		}
		l.closed(ms+400, id)
	}
	return l.Bytes()
}

func BenchmarkOpen(b *testing.B) {
	data := benchLog()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		open(b, nil, &log{*bytesBuffer(data)})
	}
}
