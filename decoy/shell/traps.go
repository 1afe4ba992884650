package shell

import (
	"strings"

	"gait/decoy/visit"
)

// trapped is asked for each signal; true where the shell deals with it.
func (in *interp) trapped(s visit.Signal) bool {
	in.trapMu.Lock()
	action, ok := in.caught[signalName(int(s))]
	in.trapMu.Unlock()
	if !ok {
		return in.inter && (s == visit.SIGTERM || s == visit.SIGINT || s == visit.SIGQUIT)
	}
	if action != "" {
		select {
		case in.pending <- s:
		default:
		}
	}
	return true
}

// runTraps runs what was asked for signals that came.
func (in *interp) runTraps() {
	for {
		select {
		case s := <-in.pending:
			if t := in.traps[signalName(int(s))]; t != "" {
				in.runTrap(t)
			}
		default:
			return
		}
	}
}

// runTrap runs one.
func (in *interp) runTrap(text string) {
	if !in.enter() {
		return
	}
	defer in.leave()
	status, trapping := in.status, in.trapping
	in.trapping = true
	in.evals++
	in.runSource(textSource(text + "\n"))
	in.evals--
	in.trapping = trapping
	if in.flow == flowNone {
		in.status = status
	}
}

// finish runs the trap for the end of the shell, and gives the exit code.
func (in *interp) finish() int {
	if t := in.traps["EXIT"]; t != "" && !in.exiting && killer(in.life.ctx) != 9 {
		in.exiting = true
		if in.life.ctx.Err() != nil { // the trap is run all the same, as long as the session lasts
			in.life = newTask(in.s.ctx)
			in.task = in.life
		}
		status := in.status
		in.flow = flowNone
		in.trapping = true
		in.protect(func() {
			in.evals++
			in.runSource(textSource(t + "\n"))
			in.evals--
		})
		if in.flow != flowExit {
			in.status = status
		}
	}
	return in.status & 0xff
}

// setTrap sets what is done at a signal.
func (in *interp) setTrap(name, action string) {
	if in.traps == nil {
		in.traps = map[string]string{}
	}
	in.traps[name] = action
	in.trapMu.Lock()
	defer in.trapMu.Unlock()
	m := map[string]string{}
	for k, v := range in.traps {
		m[k] = v
	}
	in.caught = m
}

func (in *interp) dropTrap(name string) {
	delete(in.traps, name)
	in.trapMu.Lock()
	defer in.trapMu.Unlock()
	m := map[string]string{}
	for k, v := range in.traps {
		m[k] = v
	}
	in.caught = m
}

func trapBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "lp")
	if !ok {
		return 2
	}
	if _, l := o['l']; l {
		return in.listSignals(nil)
	}
	if _, p := o['p']; p || len(rest) == 0 {
		names := append([]string{}, signalNames...)
		names = append(names, "DEBUG", "ERR", "RETURN")
		for _, n := range names {
			t, ok := in.traps[n]
			if !ok {
				continue
			}
			shown := n
			if !in.posix && n != "EXIT" && n != "DEBUG" && n != "ERR" && n != "RETURN" {
				shown = "SIG" + n
			}
			in.out("trap -- " + quoteWord(t) + " " + shown + "\n")
		}
		return 0
	}
	action := rest[0]
	drop := action == "-"
	names := rest[1:]
	if len(names) == 0 {
		names, drop = rest, true
		if signalNumber(rest[0]) < 0 {
			in.usage("trap")
			return 2
		}
	} else if n, good := parseInt(action); good && n >= 0 {
		names, drop = rest, true
	}
	status := 0
	for _, n := range names {
		up := strings.TrimPrefix(strings.ToUpper(n), "SIG")
		if up != "DEBUG" && up != "ERR" && up != "RETURN" {
			num := signalNumber(n)
			if num < 0 {
				if in.posix {
					in.complain("trap: %s: bad trap", n)
				} else {
					in.complain("trap: %s: invalid signal specification", n)
				}
				status = 1
				continue
			}
			up = signalName(num)
		}
		if drop {
			in.dropTrap(up)
		} else if in.take(len(action) + 32) {
			in.setTrap(up, action)
		}
	}
	return status
}
