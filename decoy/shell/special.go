package shell

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	bashVersion = "5.2.15(1)-release"
	bashWords   = "5.2.15"
)

// param gives a parameter by its name: a variable, a position or one of the
// special ones.
func (in *interp) param(name string) (string, bool) {
	switch name {
	case "?":
		return strconv.Itoa(in.status), true
	case "$":
		return strconv.Itoa(in.pid), true
	case "!":
		if in.bg == 0 {
			return "", false
		}
		return strconv.Itoa(in.bg), true
	case "#":
		return strconv.Itoa(len(in.args)), true
	case "-":
		return in.flags(), true
	case "0":
		return in.name, true
	case "_":
		if !in.posix {
			return in.lastArg, true
		}
	case "*", "@":
		return strings.Join(in.args, " "), len(in.args) > 0
	}
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		n, err := strconv.Atoi(name)
		if err == nil && n == 0 {
			return in.name, true // ${00}
		}
		if err != nil || n > len(in.args) {
			return "", false
		}
		return in.args[n-1], true
	}
	return in.lookup(name)
}

// flags gives $-.
func (in *interp) flags() string {
	var b strings.Builder
	for _, c := range "abefhkmnptuvxBCEHPT" {
		for _, o := range shortOptions {
			if o.letter == byte(c) && in.opt[o.name] && (!in.posix || c != 'h' && c != 'B') {
				b.WriteRune(c)
			}
		}
		if c == 'h' && in.inter {
			b.WriteByte('i')
		}
	}
	if in.dashC && in.posix {
		return b.String()
	}
	if in.dashC {
		b.WriteByte('c')
	} else if !in.posix && !in.inter && in.where == "" && in.stdin() {
		b.WriteByte('s')
	} else if in.inter {
		b.WriteByte('s')
	}
	return b.String()
}

// stdin says whether the shell reads its text from its input.
func (in *interp) stdin() bool { return in.opt["stdin"] }

// dynamic gives the variables that are made when they are asked for.
func (in *interp) dynamic(name string) (string, bool) {
	if name == "PPID" {
		return strconv.Itoa(in.ppid), true
	}
	if name == "LINENO" {
		return strconv.Itoa(max(in.line, 1)), true
	}
	if in.posix || in.vars[name] != nil {
		return "", false
	}
	now := in.s.world.Now()
	switch name {
	case "RANDOM":
		in.random = in.random*1103515245 + 12345
		return strconv.Itoa(int(in.random>>16) & 32767), true
	case "SRANDOM":
		in.random = in.random*1664525 + 1013904223
		return strconv.FormatUint(uint64(in.random), 10), true
	case "SECONDS":
		return strconv.Itoa(int(now.Sub(in.began).Seconds())), true
	case "EPOCHSECONDS":
		return strconv.FormatInt(now.Unix(), 10), true
	case "EPOCHREALTIME":
		return fmt.Sprintf("%d.%06d", now.Unix(), now.Nanosecond()/1000), true
	case "BASHPID":
		return strconv.Itoa(in.own), true
	case "UID", "EUID":
		return strconv.Itoa(in.fs.UID), true
	case "HOSTNAME":
		return in.s.world.Hostname(), true
	case "FUNCNAME":
		if len(in.frames) > 0 {
			return in.frames[len(in.frames)-1].name, true
		}
	case "COLUMNS", "LINES":
		if in.inter && in.s.v.Terminal != nil {
			size := in.s.v.Terminal.Size()
			if name == "LINES" {
				return strconv.Itoa(size.Rows), true
			}
			return strconv.Itoa(size.Cols), true
		}
	}
	if l, ok := in.dynamicArray(name); ok && len(l) > 0 {
		return l[0], true
	}
	return in.identity(name)
}

// identity gives the variables that say which shell it is.
func (in *interp) identity(name string) (string, bool) {
	switch name {
	case "BASH_VERSION":
		return bashVersion, true
	case "BASH":
		if in.ppid == in.s.daemon {
			return or(in.s.account.Shell, "/bin/bash"), true
		}
		return "/usr/bin/bash", true
	case "HOSTTYPE":
		return in.s.world.System.Arch, true
	case "MACHTYPE":
		return in.s.world.System.Arch + "-pc-linux-gnu", true
	case "OSTYPE":
		return "linux-gnu", true
	case "BASH_SUBSHELL":
		return strconv.Itoa(in.level), true
	case "SHELLOPTS":
		return in.optionList(setNames()), true
	case "BASHOPTS":
		return in.optionList(shoptNames), true
	case "BASH_COMMAND":
		return in.command, true
	case "HISTCMD":
		return strconv.Itoa(len(in.s.history()) + 1), true
	}
	return "", false
}

// dynamicArray gives the arrays that are made when they are asked for.
func (in *interp) dynamicArray(name string) ([]string, bool) {
	if in.posix || in.vars[name] != nil {
		return nil, false
	}
	switch name {
	case "PIPESTATUS":
		var l []string
		for _, s := range in.pipes {
			l = append(l, strconv.Itoa(s))
		}
		return l, true
	case "BASH_VERSINFO":
		return []string{"5", "2", "15", "1", "release", in.s.world.System.Arch + "-pc-linux-gnu"}, true
	case "GROUPS":
		l := []string{strconv.Itoa(in.fs.GID)}
		for _, g := range in.fs.Groups {
			l = append(l, strconv.Itoa(g))
		}
		return l, true
	case "DIRSTACK":
		return append([]string{in.cwd}, in.dirs...), true
	case "FUNCNAME":
		var l []string
		for i := len(in.frames) - 1; i >= 0; i-- {
			l = append(l, in.frames[i].name)
		}
		if len(l) > 0 && !in.inter && !in.dashC {
			l = append(l, "main")
		}
		return l, len(l) > 0
	case "BASH_SOURCE":
		var l []string
		for i := len(in.frames) - 1; i >= 0; i-- {
			l = append(l, in.frames[i].source)
		}
		if in.where != "" {
			l = append(l, in.where)
		} else if !in.inter && !in.dashC && !in.stdin() {
			l = append(l, in.name)
		}
		return l, true
	case "BASH_LINENO":
		var l []string
		for i := len(in.frames) - 1; i >= 0; i-- {
			l = append(l, strconv.Itoa(in.frames[i].line))
		}
		if len(l) > 0 || in.where != "" || !in.inter && !in.dashC && !in.stdin() {
			l = append(l, "0")
		}
		return l, true
	}
	return nil, false
}

// special takes assignments to variables that the shell keeps itself.
func (in *interp) special(name, value string) bool {
	if in.posix {
		return false
	}
	switch name {
	case "RANDOM":
		n, _ := strconv.ParseUint(value, 10, 32)
		in.random = uint32(n)
		return true
	case "SECONDS":
		n, _ := strconv.Atoi(value)
		in.began = in.s.world.Now().Add(-seconds(n))
		return true
	case "BASH_VERSINFO", "UID", "EUID", "PPID":
		in.complain("%s: readonly variable", name)
		in.status = 1
		return true
	case "FUNCNAME", "GROUPS", "BASH_SOURCE", "PIPESTATUS", "BASHPID", "DIRSTACK":
		return true
	}
	return false
}
