package busybox

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// signals are the names of the first signals, from 1.
var signals = strings.Fields("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS")

// signal says whether a word is a signal's.
func signal(word string) bool {
	if n, err := strconv.Atoi(word); err == nil {
		return n >= 0 && n <= 64
	}
	return slices.Contains(signals, strings.TrimPrefix(strings.ToUpper(word), "SIG"))
}

// killer is kill or killall as busybox has it: with is what does it.
func killer(with func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		args, begin := p.Args[1:], []string{p.Args[0]}
		if len(args) > 0 && args[0] == "-l" {
			return listSignals(p, args[1:])
		}
		for ; p.Name() == "killall" && len(args) > 0 && args[0] == "-q"; args = args[1:] {
			begin = append(begin, "-q")
		}
		if word, ok := strings.CutPrefix(first(args), "-"); ok && word != "-" {
			if word == "s" && len(args) > 1 {
				word, args = args[1], args[1:]
			}
			if !signal(word) {
				return p.Complain("bad signal name '%s'", word)
			}
			begin, args = append(begin, "-"+word), args[1:]
		}
		if first(args) == "--" && p.Name() == "killall" {
			args = args[1:]
		}
		if len(args) == 0 {
			return p.Complain("you need to specify whom to kill")
		}
		failed := 0
		for _, a := range args {
			if p.Name() == "kill" && !number(a) {
				failed += p.Complain("invalid number '%s'", a)
				continue
			}
			failed += with(apart(p, append(slices.Clone(begin), a)))
		}
		return min(failed, 255)
	}
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func number(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// listSignals is kill -l.
func listSignals(p *proc.Process, args []string) int {
	if len(args) == 0 {
		for i, name := range signals {
			p.Printf("%2d) %s\n", i+1, name)
		}
		return 0
	}
	for _, a := range args {
		at := slices.Index(signals, strings.TrimPrefix(strings.ToUpper(a), "SIG"))
		n, err := strconv.Atoi(a)
		switch {
		case err == nil && n&127 > 0 && n&127 <= len(signals):
			p.Println(signals[n&127-1])
		case at >= 0:
			p.Println(fmt.Sprint(at + 1))
		default:
			return p.Complain("unknown signal '%s'", a)
		}
	}
	return 0
}

// The words of kill and killall.
var (
	killWords    = gnu.Words{Before: "sending signal to ", After: " failed: ", Instead: "can't kill pid ", Then: ": "}
	killallWords = [2]string{": no process found\n", ": no process killed\n"}
)

// killall is killall for one name, with busybox's complaint.
func killall(run func(*proc.Process) int) func(*proc.Process) int {
	return func(p *proc.Process) int {
		code, _, said := heard(run, p)
		if text := strings.Replace(said, killallWords[0], killallWords[1], 1); text != "" {
			fmt.Fprintf(p.Err, "%s: %s", p.Name(), text)
		}
		return code
	}
}
