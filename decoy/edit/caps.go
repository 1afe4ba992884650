package edit

// caps is what a terminal can do.
type caps struct {
	forward   string // one column to the right; empty where it cannot
	back      string
	up        string // empty where it cannot
	clearEOL  string // empty where it cannot
	clear     string // the screen
	insert    bool   // ESC [ n @ and ESC [ n P
	on, off   string // standout
	paste     bool   // is asked to mark what is pasted
	autowraps bool
}

// capsOf gives what the terminal type says. Types that are not known can do
// nothing, like "dumb".
func capsOf(term string) caps {
	c := caps{
		forward: "\x1b[C", back: "\b", up: "\x1b[A", clearEOL: "\x1b[K", clear: "\x1b[H\x1b[2J",
		insert: true, on: "\x1b[7m", off: "\x1b[27m", paste: true, autowraps: true,
	}
	switch term {
	case "xterm", "xterm-256color", "xterm-color", "xterm-kitty", "alacritty":
	case "linux", "vt220", "putty", "rxvt", "rxvt-unicode", "rxvt-unicode-256color", "cygwin":
		c.clear = "\x1b[H\x1b[J"
	case "screen", "screen-256color", "tmux", "tmux-256color":
		c.clear = "\x1b[H\x1b[J"
		if term[0] == 's' {
			c.on, c.off = "\x1b[3m", "\x1b[23m"
		}
	case "ansi":
		c.clear, c.back, c.off = "\x1b[H\x1b[J", "\x1b[D", "\x1b[m"
	case "vt100", "vt102":
		c.clear, c.insert, c.off = "\x1b[H\x1b[J", false, "\x1b[m"
	default:
		c = caps{back: "\b", autowraps: true}
	}
	return c
}
