package main

import (
	"time"

	"gait/term"
)

// seekStep is how far the arrow keys go.
const seekStep = 5 * time.Second

// replayKeys explains the keys of a replay.
const replayKeys = `  space      pause, go on
  .          play the next event and pause
  + - or > < faster, slower
  left right 5 seconds back, on
  [ ] or p n to the previous, the next line of input
  0 or home  to the start; 1 to 9: to that tenth; end: to the end
  q or ^C    quit`

// press obeys keys; it says whether the user wants to quit.
func (r *replay) press(data []byte) (quit bool) {
	for len(data) > 0 {
		k := term.NextKey(data)
		data = data[len(k.Data):]
		if r.key(k) {
			return true
		}
	}
	return false
}

func (r *replay) key(k term.Key) (quit bool) {
	p := r.player
	switch k.Code {
	case term.KeyRight:
		r.jump(p.at + seekStep)
	case term.KeyLeft:
		r.jump(p.at - seekStep)
	case term.KeyHome:
		r.jump(0)
	case term.KeyEnd:
		r.jump(p.end)
	case term.KeyControl:
		return k.Data[0] == 0x03 || k.Data[0] == 0x1c // ^C, ^\
	case term.KeyChar:
		if k.Mod == 0 {
			return r.char(k.Data[0])
		}
	}
	return false
}

func (r *replay) char(c byte) (quit bool) {
	p := r.player
	switch {
	case c == 'q' || c == 'Q':
		return true
	case c == ' ':
		p.paused = !p.paused
	case c == '.':
		p.paused = true
		p.step(r.play)
	case c == '+' || c == '=' || c == '>':
		p.setSpeed(p.speed * 2)
	case c == '-' || c == '<':
		p.setSpeed(p.speed / 2)
	case c == ']' || c == 'n':
		r.jump(p.lineStart(1))
	case c == '[' || c == 'p':
		r.jump(p.lineStart(-1))
	case c >= '0' && c <= '9':
		r.jump(time.Duration(float64(p.end) * float64(c-'0') / 10))
	}
	return false
}
