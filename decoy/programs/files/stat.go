package files

import (
	"fmt"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runStat(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "c:fLt", Long: map[string]proc.Long{"dereference": {As: "L"}, "file-system": {As: "f"}, "cached": {Value: 1}, "format": {As: "c", Value: 1}, "printf": {Value: 1}, "terse": {As: "t"}}},
		gnu.About{Usage: "[OPTION]... FILE...", Does: "Display file or file system status.", By: "Michael Meskes"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	s := &stater{p: p, owners: gnu.NewOwners(p.World)}
	format := ""
	for _, g := range o.Given {
		switch g.Name {
		case "c":
			format = g.Value + "\n"
		case "printf":
			format = backslashes(g.Value)
		}
	}
	for _, name := range o.Operands {
		code = max(code, s.one(o, name, format))
	}
	return code
}

type stater struct {
	p      *proc.Process
	owners *gnu.Owners
}

const (
	statTerse = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n"
	statHead  = "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
	statPlain = "Device: %Hd,%Ld\tInode: %-10i  Links: %h\n"
	statSpec  = "Device: %Hd,%Ld\tInode: %-10i  Links: %-5h Device type: %Hr,%Lr\n"
	statTail  = "Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n"
)

// one tells of one file.
func (s *stater) one(o *proc.Options, name, format string) int {
	p := s.p
	if o.Has("f") {
		return s.system(name, format)
	}
	i, err := p.FS.Lstat(name)
	if name == "-" {
		i, err = vfs.Info{Name: "-", Node: &vfs.Node{Mode: vfs.Character | 0o620, Device: 136 << 8, Modified: p.Now(), UID: p.FS.UID, GID: 5}}, nil
	} else if o.Has("L") {
		i, err = p.FS.Stat(name)
	}
	if err != nil {
		return p.Complain("cannot statx %s: %s", gnu.Always(p, name), gnu.Why(err))
	}
	if format == "" {
		format = statHead + statPlain + statTail
		switch {
		case o.Has("t"):
			format = statTerse
		case isDevice(&i):
			format = statHead + statSpec + statTail
		}
		if !o.Has("t") {
			shown := gnu.Listed(p, name)
			if i.Kind() == vfs.Link {
				target, _ := p.FS.Readlink(name)
				shown += " -> " + gnu.Listed(p, target)
			}
			format = strings.Replace(format, "%N", strings.ReplaceAll(shown, "%", "%%"), 1)
		}
	}
	s.write(format, func(c string) (string, bool) { return s.file(c, name, i) })
	return 0
}

// backslashes reads the escapes of --printf.
func backslashes(s string) string {
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\\`, `\`, `\r`, "\r", `\a`, "\a", `\0`, "\x00", `\e`, "\x1b", `\"`, `"`).Replace(s)
}

// write writes a format; value gives what a conversion stands for.
func (s *stater) write(format string, value func(string) (string, bool)) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		from := i
		i++
		for i < len(format) && strings.IndexByte("-+ #0123456789.'", format[i]) >= 0 {
			i++
		}
		spec := format[from:i]
		verb := ""
		if i+1 < len(format) && (format[i] == 'H' || format[i] == 'L') && strings.IndexByte("dr", format[i+1]) >= 0 {
			verb = format[i : i+1]
			i++
		}
		if i == len(format) {
			break
		}
		verb += format[i : i+1]
		text, ok := value(verb)
		switch {
		case verb == "%":
			b.WriteByte('%')
		case !ok:
			b.WriteString("?")
		default:
			b.WriteString(padded(spec, text))
		}
	}
	_, _ = s.p.Out.Write([]byte(b.String()))
}

// padded writes a text in the width that a conversion asks for.
func padded(spec, text string) string {
	head, _, _ := strings.Cut(spec[1:], ".")
	left := strings.Contains(head, "-")
	zero := strings.HasPrefix(strings.Trim(head, "-#+ "), "0")
	width := 0
	_, _ = fmt.Sscanf(strings.Trim(head, "-#+ 0"), "%d", &width)
	if strings.Trim(head, "-#+ ") != "" && width == 0 && !zero {
		return text
	}
	width = min(width, 4096)
	pad := width - len(text)
	switch {
	case pad <= 0:
		return text
	case left:
		return text + strings.Repeat(" ", pad)
	case zero:
		return strings.Repeat("0", pad) + text
	}
	return strings.Repeat(" ", pad) + text
}

// device is the number of the disk that the tree seems to be on.
const device = 8<<8 | 1

// deviceOf gives the device that a file seems to be on: those whose content is
// made are on none.
func deviceOf(i vfs.Info) uint64 {
	switch {
	case i.Path == "/proc" || strings.HasPrefix(i.Path, "/proc/"):
		return 22
	case i.Path == "/sys" || strings.HasPrefix(i.Path, "/sys/"):
		return 21
	case i.Path == "/dev" || strings.HasPrefix(i.Path, "/dev/"):
		return 5
	case i.Path == "/run" || strings.HasPrefix(i.Path, "/run/"):
		return 25
	}
	return device
}

// file gives what a conversion stands for of a file.
func (s *stater) file(verb, name string, i vfs.Info) (string, bool) {
	user, known := s.owners.User(i.UID)
	if !known {
		user = "UNKNOWN"
	}
	group, known := s.owners.Group(i.GID)
	if !known {
		group = "UNKNOWN"
	}
	dev := deviceOf(i)
	major, minor := uint64(0), uint64(0)
	if isDevice(&i) {
		major, minor = uint64(i.Device>>8), uint64(i.Device&0xff)
	}
	at := gnu.Strftime("%Y-%m-%d %H:%M:%S.%N %z", i.Modified)
	values := map[string]any{
		"a": fmt.Sprintf("%o", i.Mode&0o7777), "A": gnu.ModeText(i.Mode), "b": gnu.Blocks(i), "B": 512, "d": dev, "D": fmt.Sprintf("%x", dev), "Hd": dev >> 8, "Ld": dev & 0xff, "f": fmt.Sprintf("%x", i.Mode), "F": kindName(i),
		"g": i.GID, "G": group, "h": i.LinkCount(), "i": i.Inode, "m": "/", "n": name, "o": 4096, "s": i.Size(), "t": fmt.Sprintf("%x", major), "T": fmt.Sprintf("%x", minor), "Hr": major, "Lr": minor, "r": major<<8 | minor, "R": fmt.Sprintf("%x", major<<8|minor),
		"u": i.UID, "U": user, "w": at, "x": at, "y": at, "z": at, "W": i.Modified.Unix(), "X": i.Modified.Unix(), "Y": i.Modified.Unix(), "Z": i.Modified.Unix(), "C": "?"}
	if verb == "N" {
		text := gnu.Always(s.p, name)
		if i.Kind() == vfs.Link {
			target, _ := s.p.FS.Readlink(name)
			text += " -> " + gnu.Always(s.p, target)
		}
		return text, true
	}
	v, ok := values[verb]
	return fmt.Sprint(v), ok
}

// system tells of the file system that a file is on.
func (s *stater) system(name, format string) int {
	p := s.p
	real, err := p.FS.Real(name)
	if err == nil {
		_, err = p.FS.Stat(name)
	}
	if err != nil {
		return p.Complain("cannot read file system information for %s: %s", gnu.Always(p, name), gnu.Why(err))
	}
	best := -1
	for n, m := range p.World.Mounts {
		if (real == m.Target || strings.HasPrefix(real, strings.TrimSuffix(m.Target, "/")+"/")) && (best < 0 || len(m.Target) >= len(p.World.Mounts[best].Target)) {
			best = n
		}
	}
	if best < 0 {
		return 1
	}
	m := p.World.Mounts[best]
	kind := m.Type
	if kind == "ext4" {
		kind = "ext2/ext3"
	}
	if format == "" {
		format = "  File: \"%n\"\n    ID: %-8i Namelen: %-7l Type: %T\nBlock size: %-10s Fundamental block size: %S\nBlocks: Total: %-10b Free: %-10f Available: %a\nInodes: Total: %-10c Free: %d\n"
	}
	free := (m.Size - m.Used) / 4
	values := map[string]any{"n": name, "i": fmt.Sprintf("%x", 0x9ae1+len(m.Source)*7919), "l": 255, "T": kind, "s": 4096, "S": 4096, "b": m.Size / 4, "f": free, "a": free * 19 / 20, "c": m.Inodes, "d": m.Inodes - m.UsedInodes, "t": "ef53"}
	s.write(format, func(c string) (string, bool) { v, ok := values[c]; return fmt.Sprint(v), ok })
	return 0
}
