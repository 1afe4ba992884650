package files

import (
	"strings"

	"gait/decoy/proc"
	"gait/decoy/vfs"
)

// colors are those of LS_COLORS.
type colors struct {
	code   map[string]string // by kind: "di"
	suffix [][2]string       // "*.tar": the last that fits counts
	used   bool
}

// knownTerminal says whether a type of terminals is known to have colours.
func knownTerminal(name string) bool {
	for _, start := range []string{"xterm", "linux", "screen", "tmux", "vt100", "rxvt", "ansi", "cygwin", "putty", "konsole", "alacritty", "Eterm", "gnome", "kterm", "st", "con", "dtterm", "eterm", "foot", "jfbterm", "mach", "mlterm", "terminator", "vt220"} {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return strings.Contains(name, "color")
}

// newColors reads LS_COLORS, or takes what ls has built in for terminals that are
// known; nil for others.
func newColors(env proc.Environ) *colors {
	if env.Get("LS_COLORS") == "" && env.Get("COLORTERM") == "" && !knownTerminal(env.Get("TERM")) {
		return nil
	}
	c := &colors{code: map[string]string{"di": "01;34", "ln": "01;36", "pi": "33", "so": "01;35", "bd": "01;33", "cd": "01;33", "ex": "01;32", "do": "01;35", "su": "37;41", "sg": "30;43", "st": "37;44", "ow": "34;42", "tw": "30;42"}}
	for _, part := range strings.Split(env.Get("LS_COLORS"), ":") {
		name, value, ok := strings.Cut(part, "=")
		switch {
		case !ok:
		case strings.HasPrefix(name, "*"):
			c.suffix = append(c.suffix, [2]string{strings.ToLower(name[1:]), value})
		default:
			c.code[name] = value
		}
	}
	return c
}

// orphans says whether links are coloured by what they lead to.
func (c *colors) orphans() bool {
	return strings.Trim(c.code["or"], "0") != "" || strings.Trim(c.code["mi"], "0") != ""
}

// of gives the colour of a file; empty for none.
func (c *colors) of(i, dest *vfs.Info, name string) string {
	code := c.code[c.kind(i, dest)]
	if i.Kind() == vfs.Regular && c.kind(i, dest) == "fi" {
		for _, s := range c.suffix {
			if strings.HasSuffix(strings.ToLower(name), s[0]) {
				code = s[1]
			}
		}
	}
	if strings.Trim(code, "0") == "" {
		return ""
	}
	return code
}

// kind gives the name of a kind of files in LS_COLORS.
func (c *colors) kind(i, dest *vfs.Info) string {
	switch i.Kind() {
	case vfs.Link:
		if dest == nil && c.code["or"] != "" && i.Target != vfs.SelfLink {
			return "or"
		}
		return "ln"
	case vfs.Directory:
		switch {
		case i.Mode&0o1002 == 0o1002:
			return "tw"
		case i.Mode&0o002 != 0:
			return "ow"
		case i.Mode&0o1000 != 0:
			return "st"
		}
		return "di"
	case vfs.Pipe:
		return "pi"
	case vfs.Socket:
		return "so"
	case vfs.Block:
		return "bd"
	case vfs.Character:
		return "cd"
	}
	switch {
	case i.Mode&0o4000 != 0:
		return "su"
	case i.Mode&0o2000 != 0:
		return "sg"
	case i.Mode&0o111 != 0:
		return "ex"
	}
	return "fi"
}
