package tty

// eraseOne erases the last character of the present line.
func (t *TTY) eraseOne() {
	if n := t.lastChar(); n > 0 {
		t.erase(n)
	}
}

// eraseWord erases back to the beginning of a word of letters, digits and _.
func (t *TTY) eraseWord() {
	seen := false
	for n := t.lastChar(); n > 0; n = t.lastChar() {
		if c := t.queue[len(t.queue)-n]; alphanumeric(c) || c == '_' {
			seen = true
		} else if seen {
			return
		}
		t.erase(n)
	}
}

// eraseLine erases the present line.
func (t *TTY) eraseLine() {
	if !t.mode.Echo {
		t.queue = t.queue[:t.lines]
		return
	}
	for n := t.lastChar(); n > 0; n = t.lastChar() {
		t.erase(n)
	}
}

// lastChar gives how many bytes the last character of the present line has, 0
// where there is none.
func (t *TTY) lastChar() int {
	for i := len(t.queue) - 1; i >= t.lines; i-- {
		if !continuation(t.queue[i]) {
			return len(t.queue) - i
		}
	}
	return 0
}

// erase takes the last n bytes, which are one character, off the present line
// and off the screen.
func (t *TTY) erase(n int) {
	at := len(t.queue) - n
	c := t.queue[at]
	t.queue = t.queue[:at]
	switch {
	case !t.mode.Echo:
	case c == '\t':
		t.eraseTab()
	default:
		t.echoString("\b \b")
		if control(c) {
			t.echoString("\b \b")
		}
	}
}

// eraseTab moves the cursor back to where it was before a tab.
func (t *TTY) eraseTab() {
	cols, after := 0, false
	for i := len(t.queue) - 1; i >= t.lines && !after; i-- {
		switch c := t.queue[i]; {
		case c == '\t':
			after = true
		case control(c):
			cols += 2
		case !continuation(c):
			cols++
		}
	}
	if !after {
		cols += t.start
	}
	for n := 8 - cols&7; n > 0; n-- {
		t.echoRaw('\b')
	}
}

// continuation says whether a byte goes on with a character of UTF-8.
func continuation(c byte) bool { return c&0xc0 == 0x80 }

// control says whether a byte is a control character.
func control(c byte) bool { return c < 0x20 || c == 0x7f }

// alphanumeric says what the kernel takes for a part of a word: it looks at the
// first byte of a character as if it were Latin-1.
func alphanumeric(c byte) bool {
	switch {
	case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		return true
	}
	return c >= 0xc0 && c != 0xd7 && c != 0xf7
}
