package shell

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

func cdBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "LPe@")
	if !ok {
		if in.posix {
			in.exit(2)
		}
		return 2
	}
	if len(rest) > 1 && !in.posix {
		in.complain("cd: too many arguments")
		return 1
	}
	dir, show := "", false
	switch {
	case len(rest) == 0:
		h, ok := in.lookup("HOME")
		if !ok && !in.posix {
			in.complain("cd: HOME not set")
			return 1
		}
		if dir = h; dir == "" {
			return 0
		}
	case rest[0] == "-":
		old, ok := in.lookup("OLDPWD")
		if !ok && !in.posix {
			in.complain("cd: OLDPWD not set")
			return 1
		}
		dir, show = or(old, in.cwd), true
	case rest[0] == "":
		return 0
	default:
		dir = rest[0]
	}
	_, physical := o['P']
	if !strings.HasPrefix(dir, "/") && !strings.HasPrefix(dir, "./") && !strings.HasPrefix(dir, "../") && dir != "." && dir != ".." {
		for _, p := range strings.Split(in.get("CDPATH"), ":") {
			if p == "" {
				continue
			}
			if to := strings.TrimSuffix(p, "/") + "/" + dir; in.isDir(to) && in.chdir(to, physical) == nil {
				in.out(in.cwd + "\n")
				return 0
			}
		}
	}
	if err := in.chdir(dir, physical || in.opt["physical"]); err != nil {
		if in.posix {
			in.complain("cd: can't cd to %s", dir)
			return 2
		}
		in.complain("cd: %s: %s", shown(dir), errText(err))
		return 1
	}
	if show {
		in.out(in.cwd + "\n")
	}
	return 0
}

// chdir changes the working directory.
func (in *interp) chdir(dir string, physical bool) error {
	to := dir
	if !strings.HasPrefix(to, "/") {
		to = strings.TrimSuffix(in.cwd, "/") + "/" + to
	}
	to = path.Clean(to)
	target := to
	if physical {
		target = dir
	}
	if err := in.fs.Chdir(target); err != nil {
		if err2 := in.fs.Chdir(dir); err2 != nil {
			return err
		}
		to = in.fs.Dir
	}
	if physical {
		to = in.fs.Dir
	}
	old := in.cwd
	in.cwd = to
	in.setVar("OLDPWD", old)
	if v := in.change("OLDPWD"); v != nil {
		v.exported = true
	}
	in.setVar("PWD", to)
	return nil
}

func pwdBuiltin(in *interp, args []string) int {
	o, _, ok := in.letters(args, "LP")
	if !ok {
		return 2
	}
	if _, p := o['P']; p || in.opt["physical"] {
		return in.print("pwd", in.fs.Dir+"\n")
	}
	return in.print("pwd", in.cwd+"\n")
}

// short gives a directory with the home as "~".
func (in *interp) short(dir string) string {
	home := in.home()
	if home != "/" && home != "" && (dir == home || strings.HasPrefix(dir, home+"/")) {
		return "~" + dir[len(home):]
	}
	return dir
}

func dirsBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "clpv")
	if !ok {
		return 2
	}
	_ = rest
	if _, c := o['c']; c {
		in.dirs = nil
		return 0
	}
	_, long := o['l']
	_, lines := o['p']
	_, numbered := o['v']
	var l []string
	for i, d := range append([]string{in.cwd}, in.dirs...) {
		if !long {
			d = in.short(d)
		}
		if numbered {
			d = fmt.Sprintf("%2d  %s", i, d)
		}
		l = append(l, d)
	}
	sep := " "
	if lines || numbered {
		sep = "\n"
	}
	in.out(strings.Join(l, sep) + "\n")
	return 0
}

func pushdBuiltin(in *interp, args []string) int {
	rest := args[1:]
	old := in.cwd
	if len(rest) == 0 {
		if len(in.dirs) == 0 {
			in.complain("pushd: no other directory")
			return 1
		}
		if err := in.chdir(in.dirs[0], false); err != nil {
			in.complain("pushd: %s: %s", in.dirs[0], errText(err))
			return 1
		}
		in.dirs = append([]string{old}, in.dirs[1:]...)
		return dirsBuiltin(in, []string{"dirs"})
	}
	if n, err := strconv.Atoi(rest[0]); err == nil && strings.ContainsAny(rest[0][:1], "+-") {
		all := append([]string{old}, in.dirs...)
		if rest[0][0] == '-' {
			n += len(all) - 1
		}
		if n < 0 || n >= len(all) {
			in.complain("pushd: %s: directory stack index out of range", rest[0])
			return 1
		}
		all = append(slices.Clone(all[n:]), all[:n]...)
		if err := in.chdir(all[0], false); err != nil {
			in.complain("pushd: %s: %s", all[0], errText(err))
			return 1
		}
		in.dirs = all[1:]
		return dirsBuiltin(in, []string{"dirs"})
	}
	if err := in.chdir(rest[0], false); err != nil {
		in.complain("pushd: %s: %s", rest[0], errText(err))
		return 1
	}
	if !in.take(len(old) + 16) {
		return 1
	}
	in.dirs = append([]string{old}, in.dirs...)
	return dirsBuiltin(in, []string{"dirs"})
}

func popdBuiltin(in *interp, args []string) int {
	if len(in.dirs) == 0 {
		in.complain("popd: directory stack empty")
		return 1
	}
	if err := in.chdir(in.dirs[0], false); err != nil {
		in.complain("popd: %s: %s", in.dirs[0], errText(err))
		return 1
	}
	in.dirs = slices.Clone(in.dirs[1:])
	return dirsBuiltin(in, []string{"dirs"})
}

func umaskBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "pS")
	if !ok {
		return 2
	}
	if len(rest) == 0 {
		_, symbolic := o['S']
		text := fmt.Sprintf("%04o", in.fs.Umask)
		if symbolic {
			text = symbols(^in.fs.Umask & 0o777)
		}
		if _, p := o['p']; p {
			text = "umask " + map[bool]string{true: "-S "}[symbolic] + text
		}
		in.out(text + "\n")
		return 0
	}
	n, err := strconv.ParseUint(rest[0], 8, 32)
	if err == nil && n <= 0o777 {
		in.fs.Umask = uint32(n)
		return 0
	}
	if rest[0][0] >= '0' && rest[0][0] <= '9' {
		if in.posix {
			in.complain("umask: Illegal number: %s", rest[0])
			return 2
		}
		in.complain("umask: %s: octal number out of range", rest[0])
		return 1
	}
	mode, bad := symbolic(^in.fs.Umask&0o777, rest[0])
	if bad != 0 {
		in.complain("umask: `%c': invalid symbolic mode operator", bad)
		return 1
	}
	in.fs.Umask = ^mode & 0o777
	return 0
}

func symbols(m uint32) string {
	part := func(shift uint) string {
		s := ""
		for i, c := range "rwx" {
			if m>>shift&(4>>uint(i)) != 0 {
				s += string(c)
			}
		}
		return s
	}
	return "u=" + part(6) + ",g=" + part(3) + ",o=" + part(0)
}

// symbolic applies u=rwx,g-w to permissions; bad is what is wrong with it.
func symbolic(m uint32, s string) (mode uint32, bad byte) {
	for _, clause := range strings.Split(s, ",") {
		at := strings.IndexAny(clause, "=+-")
		if at < 0 {
			return m, or(clause, ",")[0]
		}
		who := or(clause[:at], "a")
		var bits uint32
		for _, c := range clause[at+1:] {
			bits |= map[rune]uint32{'r': 4, 'w': 2, 'x': 1}[c]
		}
		var mask uint32
		for _, c := range who {
			mask |= map[rune]uint32{'u': 0o700, 'g': 0o070, 'o': 0o007, 'a': 0o777}[c]
		}
		all := (bits<<6 | bits<<3 | bits) & mask
		switch clause[at] {
		case '=':
			m = m&^mask | all
		case '+':
			m |= all
		default:
			m &^= all
		}
	}
	return m, 0
}

// limits lists what ulimit -a shows.
var limitTable = []struct {
	letter byte
	text   string
	value  string
}{
	{'R', "real-time non-blocking time  (microseconds, -R)", "unlimited"},
	{'c', "core file size              (blocks, -c)", "0"}, {'d', "data seg size               (kbytes, -d)", "unlimited"}, {'e', "scheduling priority                 (-e)", "0"},
	{'f', "file size                   (blocks, -f)", "unlimited"}, {'i', "pending signals                     (-i)", ""}, {'l', "max locked memory           (kbytes, -l)", ""},
	{'m', "max memory size             (kbytes, -m)", "unlimited"}, {'n', "open files                          (-n)", "1024"}, {'p', "pipe size                (512 bytes, -p)", "8"},
	{'q', "POSIX message queues         (bytes, -q)", "819200"}, {'r', "real-time priority                  (-r)", "0"}, {'s', "stack size                  (kbytes, -s)", "8192"},
	{'t', "cpu time                   (seconds, -t)", "unlimited"}, {'u', "max user processes                  (-u)", ""}, {'v', "virtual memory              (kbytes, -v)", "unlimited"}, {'x', "file locks                          (-x)", "unlimited"},
}

func (in *interp) limit(letter byte, standard string) string {
	if v, ok := in.limits[letter]; ok {
		return v
	}
	if standard != "" {
		return standard
	}
	kb := in.s.world.Hardware.MemTotal
	if letter == 'l' {
		return itoa(kb / 8)
	}
	return itoa(kb/128*124/128 + kb%7)
}

func ulimitBuiltin(in *interp, args []string) int {
	allowed := "SHabcdefiklmnpqrstuvxPRT"
	o, rest, ok := in.letters(args, allowed)
	if !ok {
		return 2
	}
	delete(o, 'S')
	delete(o, 'H')
	if _, all := o['a']; all {
		for _, l := range limitTable {
			in.out(l.text + " " + in.limit(l.letter, l.value) + "\n")
		}
		return 0
	}
	letter := byte('f')
	for c := range o {
		letter = c
	}
	for _, l := range limitTable {
		if l.letter != letter {
			continue
		}
		if len(rest) == 0 {
			in.out(in.limit(letter, l.value) + "\n")
			return 0
		}
		if _, good := parseInt(rest[0]); !good && rest[0] != "unlimited" && rest[0] != "hard" && rest[0] != "soft" {
			in.complain("ulimit: %s: invalid number", rest[0])
			return 1
		}
		if in.limits == nil {
			in.limits = map[byte]string{}
		}
		in.limits[letter] = rest[0]
	}
	return 0
}

func timesBuiltin(in *interp, args []string) int {
	in.out("0m0.004s 0m0.002s\n0m0.011s 0m0.006s\n")
	return 0
}
