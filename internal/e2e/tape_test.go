package e2e

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// tape is a session as the reference recorder writes it into a shard: control
// characters escaped, bytes from 0x80 on as they are, no end record.
type tape struct {
	id    string
	start time.Time
	at    time.Duration
	buf   bytes.Buffer
	bytes int // of input and output
	in    int
}

// pieceBytes is at how many bytes the recorder cuts what it read.
const pieceBytes = 975

// id makes the UUID of a session of a number.
func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// newTape begins a session of some minutes ago.
func newTape(n int) *tape {
	return &tape{id: id(n), start: time.Now().UTC().Add(-5 * time.Minute).Truncate(time.Second)}
}

// header writes the header, with further variables of the environment as JSON.
func (t *tape) header(env string) *tape {
	fmt.Fprintf(&t.buf, `{"sid":"%s","hdr":{"version":2,"width":80,"height":24,"timestamp":%d,"env":{"SHELL":"/bin/bash","TERM":"xterm"%s}}}`+"\n",
		t.id, t.start.Unix(), env)
	return t
}

// event writes what was read at once; it is cut as the recorder cuts it.
func (t *tape) event(channel byte, data []byte) {
	t.bytes += len(data)
	if channel == 'i' {
		t.in += len(data)
	}
	for len(data) > 0 {
		n := min(len(data), pieceBytes)
		fmt.Fprintf(&t.buf, `{"sid":"%s","t":%.6f,"ch":"%c","d":"%s"}`+"\n", t.id, t.at.Seconds(), channel, escape(data[:n]))
		data = data[n:]
	}
}

// keys types byte by byte, each echoed.
func (t *tape) keys(text string) *tape {
	for i := range len(text) {
		t.at += time.Duration(120+37*(i%7)) * time.Millisecond
		t.event('i', []byte{text[i]})
		t.at += 2 * time.Millisecond
		t.event('o', []byte{text[i]})
	}
	return t
}

// paste sends a text at once.
func (t *tape) paste(text string) *tape {
	t.at += 900 * time.Millisecond
	t.event('i', []byte(text))
	return t
}

// print shows a text.
func (t *tape) print(text string) *tape {
	t.at += 30 * time.Millisecond
	t.event('o', []byte(text))
	return t
}

// shard gives the lines.
func (t *tape) shard() []byte { return t.buf.Bytes() }

// ended gives the lines with an end record.
func (t *tape) ended() []byte {
	return fmt.Appendf(bytes.Clone(t.buf.Bytes()), `{"sid":"%s","end":{"t":%.6f,"reason":"exit"}}`+"\n", t.id, t.at.Seconds())
}

// shell is a visit of three commands, for sessions in which nothing is odd.
func (t *tape) shell() *tape {
	t.header("").print("root@web01:~# ")
	for _, line := range []string{"uname -a\r", "cat /etc/passwd | grep root\r", "exit\r"} {
		t.keys(line).print("Linux web01 6.1.0\r\nroot@web01:~# ")
		t.at += 3 * time.Second
	}
	return t
}

// escape writes a string as the recorder does.
func escape(data []byte) []byte {
	var b []byte
	for _, c := range data {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case strings.IndexByte("\b\t\n\f\r", c) >= 0:
			b = append(b, '\\', "btnfr"[strings.IndexByte("\b\t\n\f\r", c)])
		case c < 0x20 || c == 0x7f:
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// day is that on which the tests run.
var day = time.Now().UTC().Format(time.DateOnly)

// shardOf is the path of today's shard of a decoy.
func (w *world) shardOf(decoy string) string {
	return filepath.Join(w.Path("root"), decoy, "ssh", "transcripts", "sessions-"+day+".jsonl")
}

// recorded is the line by which the recorder tells that a session ended.
func recorded(decoy, service, sid, rest string) string {
	return fmt.Sprintf("<134>1 %s %s sessrec - session_recorded [relay@55555 sid=\"%s\" service=\"%s\" %s truncated=\"false\"]\n",
		time.Now().UTC().Format(time.RFC3339Nano), decoy, sid, service, rest)
}

// recorded tells that the session of the tape ended.
func (t *tape) recorded(decoy, address string) string {
	return recorded(decoy, "ssh", t.id, fmt.Sprintf(`src_ip="%s" duration_s="%.3f" bytes="%d"`, address, t.at.Seconds(), t.bytes))
}
