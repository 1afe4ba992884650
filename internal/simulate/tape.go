package simulate

import (
	"time"

	"gait"
)

// Times are microseconds.
const (
	ms  = int64(1000)
	sec = 1000 * ms
)

// tape records a visit as it is made up.
type tape struct {
	dice
	session *gait.Session
	now     int64
	latest  [gait.Exec + 1]int64 // the last time of a kind
	pressed int64                // when the last key was sent
	struck  byte                 // the last byte of the last key
	open    bool                 // a prompt has been shown
}

const prompt = "root@web01:~# "

// event records what happens now, a microsecond later where an event of the
// same kind was recorded at this time.
func (t *tape) event(k gait.Kind, data string) {
	if data == "" {
		return
	}
	if t.open && t.now <= t.latest[k] {
		t.now = t.latest[k] + 1
	}
	t.open = true
	t.latest[k] = t.now
	t.session.Append(gait.Event{Time: time.Duration(t.now) * time.Microsecond, Kind: k, Data: []byte(data)}, -1)
}

// wait lets time pass.
func (t *tape) wait(us int64) { t.now += us }

// print shows text, in the pieces in which a terminal would read it.
func (t *tape) print(text string) {
	const most = 1024
	for len(text) > 0 {
		n := min(len(text), most)
		t.event(gait.Output, text[:n])
		if text = text[n:]; text != "" {
			t.wait(t.between(300, 1500))
		}
	}
}

// land shows what one sees after login.
func (t *tape) land() {
	t.wait(t.between(20*ms, 90*ms))
	t.print("Linux web01 6.1.0 #1 SMP x86_64\r\n\r\nLast login: Thu May  7 17:02:11 2026 from 203.0.113.9\r\n")
	t.wait(t.between(3*ms, 20*ms))
	t.print(prompt)
}

// send sends bytes and shows their echo after the way to the machine and back.
func (t *tape) send(data, echo string) {
	t.event(gait.Input, data)
	t.pressed = t.now
	t.wait(t.between(400, 2500))
	t.print(echo)
}

// key presses a key so long after the last one.
func (t *tape) key(key, echo string, gap int64) {
	t.now = max(t.now, t.pressed+gap)
	t.struck = key[len(key)-1]
	t.send(key, echo)
}

// paste sends a whole line with its end, lets the machine answer it, and gives
// the size of the answer.
func (t *tape) paste(line string) int64 {
	t.send(line+"\r", line+"\r\n")
	return t.answer(line)
}

// answer shows what a command prints, then the prompt, and gives the size of
// both.
func (t *tape) answer(line string) int64 {
	if line == "exit" {
		t.print("logout\r\n")
		return 0
	}
	t.wait(t.between(4*ms, 40*ms))
	text := t.run(line)
	t.print(text)
	t.wait(t.between(500, 4*ms))
	t.print(prompt)
	return int64(len(text) + len(prompt))
}

// end closes the visit with its end record.
func (t *tape) end() {
	s := t.session
	t.wait(t.between(5*ms, 30*ms))
	s.End = gait.End{Seen: true, Time: time.Duration(t.now) * time.Microsecond, Reason: "exit"}
	for _, e := range s.Events() {
		switch e.Kind {
		case gait.Input:
			s.End.BytesIn += int64(len(e.Data))
		case gait.Output:
			s.End.BytesOut += int64(len(e.Data))
		case gait.Exec:
			continue // it stands in the header
		}
		s.End.Events++
	}
}
