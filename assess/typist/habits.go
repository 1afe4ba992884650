package typist

import (
	"bytes"
	"strings"

	"gait/profile"
)

// habits are purposes that several commands serve, with what people choose among
// for each: a command is a choice where it begins with these words, and the first
// choice that fits counts. Which of them somebody uses is a habit, not a need.
// The list is a choice of common Linux commands, not measured.
var habits = []struct {
	purpose string
	choices []string
}{
	{"listing", []string{"ls -la", "ls -al", "ls -lah", "ls -alh", "ls -lha", "ls -l", "ls -a", "ls", "ll", "dir"}},
	{"processes", []string{"ps aux", "ps -aux", "ps auxf", "ps -ef", "ps ax", "ps -A", "ps", "top", "htop"}},
	{"sockets", []string{"netstat", "ss", "lsof"}},
	{"addresses", []string{"ifconfig", "ip"}},
	{"users", []string{"w", "who", "users", "finger"}},
	{"self", []string{"id", "whoami"}},
	{"kernel", []string{"uname -a", "uname", "hostnamectl", "lsb_release"}},
	{"processors", []string{"lscpu", "nproc", "cat /proc/cpuinfo", "grep processor"}},
	{"memory", []string{"free", "cat /proc/meminfo"}},
	{"download", []string{"wget", "curl", "tftp", "ftpget"}},
	{"editor", []string{"vi", "vim", "nano", "emacs", "ed", "pico"}},
	{"pager", []string{"less", "more"}},
	{"search", []string{"find", "locate", "whereis", "which"}},
	{"history", []string{"history -c", "history", "unset HISTFILE", "export HISTFILE=/dev/null", "HISTFILE=/dev/null"}},
	{"clear", []string{"clear", "reset"}},
	{"leave", []string{"exit", "logout"}},
}

// Limits of what habits are read from: commands of a session, and bytes of each.
const (
	habitCommands = 500
	habitBytes    = 64
)

// Habits gives what somebody chose among commands that serve one purpose, as
// "purpose=command" with semicolons between them: for each purpose the choice
// that came first. It holds words of a list of ours alone, and nothing else of
// what was typed.
func Habits(v *profile.View) string {
	chosen := make([]string, len(habits))
	for _, c := range v.Texts(habitCommands, habitBytes) {
		words := bytes.Fields(c.Bytes)
		if len(words) > 1 && string(words[0]) == "sudo" {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		line := string(bytes.Join(words[:min(len(words), 2)], []byte(" "))) + " "
		for i, h := range habits {
			for _, choice := range h.choices {
				if chosen[i] == "" && strings.HasPrefix(line, choice+" ") {
					chosen[i] = choice
				}
			}
		}
	}
	var list []string
	for i, choice := range chosen {
		if choice != "" {
			list = append(list, habits[i].purpose+"="+choice)
		}
	}
	return strings.Join(list, ";")
}
