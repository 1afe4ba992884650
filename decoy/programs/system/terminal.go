package system

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

const tputUsage = "Usage: tput [options] [command]\n\nOptions:\n  -S <<       read commands from standard input\n  -T TERM     use this instead of $TERM\n  -V          print curses-version\n  -x          do not try to clear scrollback\n\nCommands:\n  clear       clear the screen\n  init        initialize the terminal\n  reset       reinitialize the terminal\n  capname     unlike clear/init/reset, print value for capability \"capname\"\n"

// capabilities are what terminals of the kind xterm have.
var capabilities = map[string]string{
	"clear": "\x1b[H\x1b[2J\x1b[3J", "bold": "\x1b[1m", "dim": "\x1b[2m", "rev": "\x1b[7m", "smul": "\x1b[4m", "rmul": "\x1b[24m", "smso": "\x1b[7m", "rmso": "\x1b[27m", "sgr0": "\x1b(B\x1b[m", "blink": "\x1b[5m", "sitm": "\x1b[3m", "ritm": "\x1b[23m",
	"el": "\x1b[K", "el1": "\x1b[1K", "ed": "\x1b[J", "home": "\x1b[H", "smcup": "\x1b[?1049h\x1b[22;0;0t", "rmcup": "\x1b[?1049l\x1b[23;0;0t", "civis": "\x1b[?25l", "cnorm": "\x1b[?12l\x1b[?25h", "sc": "\x1b7", "rc": "\x1b8", "bel": "\a",
	"cuu1": "\x1b[A", "cud1": "\n", "cub1": "\b", "cuf1": "\x1b[C", "op": "\x1b[39;49m", "init": "\x1b[!p\x1b[?3;4l\x1b[4l\x1b>", "reset": "\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>",
}

func runTput(p *proc.Process) int {
	o := proc.Flags{Short: "ST:Vx"}.Parse(p)
	switch {
	case o == nil:
		return 2
	case o.Has("V"):
		p.Println("ncurses 6.4.20221231")
		return 0
	case len(o.Operands) == 0:
		fmt.Fprint(p.Err, tputUsage)
		return 2
	}
	kind, given := o.Last("T")
	if !given {
		kind = p.Env.Get("TERM")
	}
	switch kind {
	case "":
		p.Complain("No value for $TERM and no -T specified")
		return 2
	case "unknown", "dumb":
		return dumb(p, o.Operands[0])
	}
	return capability(p, kind, o.Operands)
}

// dumb answers for a terminal that can do nothing.
func dumb(p *proc.Process, name string) int {
	switch name {
	case "cols":
		p.Println("80")
	case "lines":
		p.Println("24")
	case "colors":
		p.Println("-1")
	default:
		return 1
	}
	return 0
}

func capability(p *proc.Process, kind string, args []string) int {
	n := func(i int) int {
		if i >= len(args) {
			return 0
		}
		v, _ := strconv.Atoi(args[i])
		return min(max(v, 0), 9999)
	}
	size := visit.Size{Cols: 80, Rows: 24}
	if p.Terminal != nil {
		if s := p.Terminal.Size(); s.Cols > 0 && s.Rows > 0 {
			size = s
		}
	}
	colour := func(low, bright, many int) string {
		switch c := n(1); {
		case c < 8:
			return fmt.Sprintf("\x1b[%dm", low+c)
		case c < 16:
			return fmt.Sprintf("\x1b[%dm", bright+c-8)
		default:
			return fmt.Sprintf("\x1b[%d;5;%dm", many, c)
		}
	}
	switch name := args[0]; name {
	case "cols", "columns", "co":
		p.Println(strconv.Itoa(size.Cols))
	case "lines", "li":
		p.Println(strconv.Itoa(size.Rows))
	case "colors", "Co":
		if strings.Contains(kind, "256") {
			p.Println("256")
		} else {
			p.Println("8")
		}
	case "longname":
		p.Printf("%s terminal emulator (X Window System)", kind)
	case "cup":
		p.Printf("\x1b[%d;%dH", n(1)+1, n(2)+1)
	case "setaf":
		p.Printf("%s", colour(30, 90, 38))
	case "setab":
		p.Printf("%s", colour(40, 100, 48))
	case "cuu", "cud", "cuf", "cub":
		p.Printf("\x1b[%d%c", n(1), "ABCD"[strings.Index("udfb", name[2:])])
	default:
		code, ok := capabilities[name]
		if !ok {
			p.Complain("unknown terminfo capability '%s'", name)
			return 4
		}
		p.Printf("%s", code)
	}
	return 0
}

// runTset is tset and reset: the terminal as it was.
func runTset(p *proc.Process) int {
	o := proc.Flags{Short: "a:cd:e::Ii::k::m:p:qQrsVw"}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("V"):
		p.Println("ncurses 6.4.20221231")
		return 0
	case p.Terminal == nil:
		p.Complain("terminal attributes: No such device or address\n")
		return 10
	}
	p.Terminal.SetMode(visit.Cooked)
	kind := p.Env.Get("TERM")
	switch {
	case o.Has("q"):
		p.Println(kind)
	case o.Has("s"):
		p.Printf("TERM=%s;\n", kind)
	default:
		name := "init"
		if p.Name() == "reset" {
			name = "reset"
			if !p.Sleep(1e9) {
				return 1
			}
		}
		fmt.Fprint(p.Err, capabilities[name]+"\r")
	}
	return 0
}

func runMesg(p *proc.Process) int {
	o := proc.Flags{Short: "vhV"}.Parse(p)
	if o == nil || p.Terminal == nil || !p.InTTY && !p.OutTTY && !p.ErrTTY {
		return 2
	}
	if len(o.Operands) == 0 {
		p.Println("is " + map[bool]string{true: "n", false: "y"}[p.FS.UID == 0])
		return 0
	}
	switch o.Operands[0] {
	case "y", "n":
		return map[string]int{"y": 0, "n": 1}[o.Operands[0]]
	}
	return try(p, 2, "invalid argument: %s", o.Operands[0])
}

// spoken gives the operands as one text, or what stands on In.
func spoken(p *proc.Process, words []string) string {
	if len(words) > 0 {
		return strings.Join(words, " ") + "\n"
	}
	b := make([]byte, 8<<10)
	n := 0
	for n < len(b) && p.Ctx.Err() == nil {
		m, err := p.In.Read(b[n:])
		n += m
		if err != nil {
			break
		}
	}
	return string(b[:n])
}

func runWall(p *proc.Process) int {
	o := proc.Flags{Short: "g:nt:hV", Long: map[string]proc.Long{"nobanner": {As: "n"}, "group": {As: "g", Value: 1}, "timeout": {As: "t", Value: 1}}}.Parse(p)
	if o == nil {
		return 1
	}
	said := spoken(p, o.Operands)
	t := p.Visit.Terminal
	if t == nil {
		return 0
	}
	who := "somebody"
	if a, ok := p.World.AccountByUID(p.FS.UID); ok {
		who = a.Name
	}
	line := func(s string) { fmt.Fprintf(t, "%-79s\r\n", s) }
	fmt.Fprint(t, "\r")
	line("")
	if !o.Has("n") || p.FS.UID != 0 {
		line(fmt.Sprintf("Broadcast message from %s@%s (pts/0) (%s):", who, p.World.Hostname(), p.Now().Format("Mon Jan _2 15:04:05 2006")))
		line("")
	}
	for _, s := range strings.Split(strings.TrimRight(said, "\n"), "\n") {
		line(shown(s))
	}
	line("")
	return 0
}

// shown gives a line without control characters, as wall writes it.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '?'
		}
		return r
	}, s)
}

func runWrite(p *proc.Process) int {
	if len(p.Args) < 2 {
		return try(p, 1, "bad usage")
	}
	user := p.Args[1]
	for _, l := range p.World.Logins() {
		if l.User == user && l.End.IsZero() && strings.HasPrefix(l.TTY, "pts/") {
			if p.FS.UID != 0 {
				return p.Complain("%s has messages disabled", user)
			}
			spoken(p, nil)
			return 0
		}
	}
	return p.Complain("%s is not logged in", user)
}

func runLogger(p *proc.Process) int {
	o := proc.Flags{Short: "Acdef:hiI::n:P:p:St:Tu:sV", Long: map[string]proc.Long{"tag": {As: "t", Value: 1}, "priority": {As: "p", Value: 1}, "stderr": {As: "s"}, "file": {As: "f", Value: 1}, "id": {As: "I", Value: 2}, "journald": {Value: 2}}}.Parse(p)
	if o == nil {
		return 1
	}
	tag, ok := o.Last("t")
	if !ok {
		tag = "root"
		if a, ok := p.World.AccountByUID(p.FS.UID); ok {
			tag = a.Name
		}
	}
	if o.Has("i", "I") {
		tag += "[" + strconv.Itoa(p.PID) + "]"
	}
	said := spoken(p, o.Operands)
	if o.Has("s") {
		for _, s := range strings.Split(strings.TrimRight(said, "\n"), "\n") {
			fmt.Fprintf(p.Err, "<13>%s %s: %s\n", p.Now().Format("Jan _2 15:04:05"), tag, s)
		}
	}
	return 0
}
