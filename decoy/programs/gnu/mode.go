package gnu

import (
	"strings"

	"gait/decoy/vfs"
)

// ModeText writes a mode as ls -l does: "drwxr-xr-x".
func ModeText(mode uint32) string {
	b := []byte("?rwxrwxrwx")
	switch mode & vfs.KindMask {
	case vfs.Regular:
		b[0] = '-'
	case vfs.Directory:
		b[0] = 'd'
	case vfs.Link:
		b[0] = 'l'
	case vfs.Character:
		b[0] = 'c'
	case vfs.Block:
		b[0] = 'b'
	case vfs.Pipe:
		b[0] = 'p'
	case vfs.Socket:
		b[0] = 's'
	}
	for i := range 9 {
		if mode>>(8-i)&1 == 0 {
			b[i+1] = '-'
		}
	}
	for i, c := range []byte("sst") {
		at := 3 + 3*i
		if mode>>(11-i)&1 == 0 {
			continue
		}
		if b[at] == '-' {
			c -= 32
		}
		b[at] = c
	}
	return string(b)
}

// Change is a change of permissions as chmod reads it.
type Change func(mode uint32, umask uint32) uint32

// ParseMode reads a mode, octal or symbolic. It is false for what is none.
func ParseMode(text string) (Change, bool) {
	if text != "" && strings.Trim(text, "01234567") == "" {
		var v uint32
		for _, c := range text {
			if v = v<<3 | uint32(c-'0'); v > 0o7777 {
				return nil, false
			}
		}
		short := len(text) < 5
		return func(mode, _ uint32) uint32 {
			if short && mode&vfs.KindMask == vfs.Directory {
				v := v | mode&0o6000 // what chmod does not take from a directory
				return v
			}
			return v
		}, true
	}
	var list []Change
	for _, part := range strings.Split(text, ",") {
		c, ok := symbolic(part)
		if !ok {
			return nil, false
		}
		list = append(list, c...)
	}
	return func(mode, umask uint32) uint32 {
		for _, c := range list {
			mode = mode&vfs.KindMask | c(mode, umask)
		}
		return mode & 0o7777
	}, len(list) > 0
}

// symbolic reads one part: "u+rwx", "a=r", "+x".
func symbolic(part string) (list []Change, ok bool) {
	i := 0
	var who uint32
	for i < len(part) && strings.IndexByte("ugoa", part[i]) >= 0 {
		who |= map[byte]uint32{'u': 0o4700, 'g': 0o2070, 'o': 0o1007, 'a': 0o7777}[part[i]]
		i++
	}
	for i < len(part) {
		op := part[i]
		if strings.IndexByte("+-=", op) < 0 {
			return nil, false
		}
		j := i + 1
		for j < len(part) && strings.IndexByte("+-=", part[j]) < 0 {
			j++
		}
		perms := part[i+1 : j]
		if strings.Trim(perms, "rwxXst") != "" && perms != "u" && perms != "g" && perms != "o" {
			return nil, false
		}
		list = append(list, step(who, op, perms))
		i = j
	}
	return list, len(list) > 0
}

// step makes one step of a symbolic mode.
func step(who uint32, op byte, perms string) Change {
	return func(mode, umask uint32) uint32 {
		bits, reach := permBits(perms, mode), who
		if who == 0 {
			reach = 0o7777 &^ umask
		}
		bits &= reach
		switch op {
		case '+':
			return (mode | bits) & 0o7777
		case '-':
			return mode &^ bits & 0o7777
		}
		all := who
		if who == 0 {
			all = 0o7777
		}
		keep := mode &^ all
		if mode&vfs.KindMask == vfs.Directory && !strings.Contains(perms, "s") {
			keep |= mode & 0o6000
		}
		return (keep | bits) & 0o7777
	}
}

// permBits gives the bits of letters for everybody.
func permBits(perms string, mode uint32) (bits uint32) {
	for _, c := range perms {
		switch c {
		case 'r':
			bits |= 0o444
		case 'w':
			bits |= 0o222
		case 'x':
			bits |= 0o111
		case 'X':
			if mode&0o111 != 0 || mode&vfs.KindMask == vfs.Directory {
				bits |= 0o111
			}
		case 's':
			bits |= 0o6000
		case 't':
			bits |= 0o1000
		case 'u':
			bits |= mode >> 6 & 7 * 0o111
		case 'g':
			bits |= mode >> 3 & 7 * 0o111
		case 'o':
			bits |= mode & 7 * 0o111
		}
	}
	return bits
}
