package status

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
	"gait/decoy/visit"
)

func runDate(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "d:f:I::Rr:s:u", Long: map[string]proc.Long{
		"date": {As: "d", Value: 1}, "iso-8601": {As: "I", Value: 2}, "rfc-email": {As: "R"}, "reference": {As: "r", Value: 1}, "set": {As: "s", Value: 1}, "utc": {As: "u"}, "universal": {As: "u"}, "rfc-3339": {As: "rfc-3339", Value: 1},
	}}, gnu.About{Usage: "[OPTION]... [+FORMAT]", Does: "Display date and time in the given FORMAT.\nWith -s, or with [MMDDhhmm[[CC]YY][.ss]], set the date and time.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	at := p.Now().UTC()
	if v, ok := o.Last("d"); ok {
		if at, ok = gnu.ParseTime(v, at); !ok {
			return p.Complain("invalid date %s", gnu.Quote(p, v))
		}
	}
	if v, ok := o.Last("r"); ok {
		i, err := p.FS.Stat(v)
		if err != nil {
			return p.Complain("%s: %s", gnu.Name(p, v), gnu.Why(err))
		}
		at = i.Modified.UTC()
	}
	format := "%a %b %e %H:%M:%S %Z %Y"
	if strings.HasPrefix(p.Env.Get("LC_ALL")+p.Env.Get("LC_TIME")+p.Env.Get("LANG"), "en_US") {
		format = "%a %b %e %I:%M:%S %p %Z %Y"
	}
	switch {
	case o.Has("R"):
		format = "%a, %d %b %Y %H:%M:%S %z"
	case o.Has("I"):
		v, _ := o.Last("I")
		format = map[string]string{"": "%Y-%m-%d", "date": "%Y-%m-%d", "hours": "%Y-%m-%dT%H+00:00", "minutes": "%Y-%m-%dT%H:%M+00:00", "seconds": "%Y-%m-%dT%H:%M:%S+00:00"}[v]
	case o.Has("rfc-3339"):
		format = "%Y-%m-%d %H:%M:%S+00:00"
	}
	for _, a := range o.Operands {
		if f, ok := strings.CutPrefix(a, "+"); ok {
			format = f
		} else if p.FS.UID == 0 {
			return p.Complain("cannot set date: Operation not permitted")
		}
	}
	if o.Has("s") {
		return p.Complain("cannot set date: Operation not permitted")
	}
	p.Println(gnu.Strftime(format, at))
	return 0
}

// duration reads "1.5", "3s", "2m", "1h", "4d" or "infinity".
func duration(s string) (time.Duration, bool) {
	if s == "infinity" || s == "inf" {
		return 1 << 62, true
	}
	unit := time.Second
	if s != "" {
		if u, ok := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}[s[len(s)-1]]; ok {
			unit, s = u, s[:len(s)-1]
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 {
		return 0, false
	}
	return time.Duration(min(f*float64(unit), 1<<62)), true
}

func runSleep(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{}, gnu.About{Usage: "NUMBER[SUFFIX]...", Does: "Pause for NUMBER seconds.", By: "Jim Meyering and Paul Eggert"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	var all time.Duration
	bad := false
	for _, a := range o.Operands {
		d, ok := duration(a)
		if !ok {
			bad = true
			p.Complain("invalid time interval %s", gnu.Quote(p, a))
		}
		all += min(d, 1<<62-all)
	}
	if bad {
		fmt.Fprintf(p.Err, "Try '%s --help' for more information.\n", p.Name())
		return 1
	}
	if !p.Sleep(all) {
		return 130
	}
	return 0
}

// runner runs a command for a program that wraps one.
func runner(p *proc.Process, args []string) int {
	code, found, err := p.Shell.Exec(p, args)
	switch {
	case !found:
		fmt.Fprintf(p.Err, "%s: failed to run command %s: No such file or directory\n", p.Name(), gnu.Quote(p, args[0]))
		return 127
	case err != nil:
		fmt.Fprintf(p.Err, "%s: failed to run command %s: %s\n", p.Name(), gnu.Quote(p, args[0]), gnu.Why(err))
		return 126
	}
	return code
}

func runTimeout(p *proc.Process) int {
	o := proc.Flags{Short: "k:s:v", First: true, Long: map[string]proc.Long{"kill-after": {As: "k", Value: 1}, "signal": {As: "s", Value: 1}, "preserve-status": {}, "foreground": {}, "verbose": {As: "v"}}}.Parse(p)
	if o == nil {
		return 125
	}
	if len(o.Operands) < 2 {
		if len(o.Operands) == 1 {
			p.Complain("missing operand")
		}
		fmt.Fprintf(p.Err, "Try '%s --help' for more information.\n", p.Name())
		return 125
	}
	d, ok := duration(o.Operands[0])
	if !ok {
		p.Complain("invalid time interval %s", gnu.Quote(p, o.Operands[0]))
		fmt.Fprintf(p.Err, "Try '%s --help' for more information.\n", p.Name())
		return 125
	}
	q := *p
	if d > 0 {
		var cancel context.CancelFunc
		q.Ctx, cancel = context.WithTimeout(p.Ctx, d)
		defer cancel()
	}
	code := runner(&q, o.Operands[1:])
	if q.Ctx.Err() == context.DeadlineExceeded && p.Ctx.Err() == nil {
		return 124
	}
	return code
}

func runNohup(p *proc.Process) int {
	o := proc.Flags{First: true}.Parse(p)
	if o == nil {
		return 125
	}
	if len(o.Operands) == 0 {
		gnu.Missing(p)
		return 125
	}
	q := *p
	if p.OutTTY {
		f, err := p.FS.Open("nohup.out", vfs.WriteOnly|vfs.Create|vfs.Append, 0o600)
		if err != nil {
			return p.Complain("failed to open 'nohup.out': %s", gnu.Why(err))
		}
		defer f.Close()
		fmt.Fprintf(p.Err, "nohup: ignoring input and appending output to 'nohup.out'\n")
		q.Out, q.OutTTY, q.In, q.InTTY = f, false, strings.NewReader(""), false
		if p.ErrTTY {
			q.Err, q.ErrTTY = f, false
		}
	}
	return runner(&q, o.Operands)
}

func runNice(p *proc.Process) int {
	o := proc.Flags{Short: "n:0123456789", First: true, Long: map[string]proc.Long{"adjustment": {As: "n", Value: 1}}}.Parse(p)
	if o == nil {
		return 125
	}
	if len(o.Operands) == 0 {
		p.Println("0")
		return 0
	}
	return runner(p, o.Operands)
}

func runSetsid(p *proc.Process) int {
	o := proc.Flags{Short: "cfwhV", First: true}.Parse(p)
	if o == nil {
		return 1
	}
	if len(o.Operands) == 0 {
		return p.Complain("no command specified")
	}
	return runner(p, o.Operands)
}

func runIonice(p *proc.Process) int {
	o := proc.Flags{Short: "c:n:p:t", First: true}.Parse(p)
	if o == nil {
		return 1
	}
	if len(o.Operands) == 0 {
		p.Println("none: prio 0")
		return 0
	}
	return runner(p, o.Operands)
}

func runTop(p *proc.Process) int {
	rounds, batch, wait := 1, false, 3*time.Second
	for i, a := range p.Args[1:] {
		if strings.HasPrefix(a, "-b") || a == "b" {
			batch = true
		}
		if n, ok := strings.CutPrefix(a, "-bn"); ok && n != "" {
			rounds, _ = strconv.Atoi(n)
		}
		if strings.HasSuffix(a, "n") && i+2 < len(p.Args) {
			if n, err := strconv.Atoi(p.Args[i+2]); err == nil {
				rounds = n
			}
		}
	}
	if !batch && p.Terminal != nil && p.OutTTY {
		return topLive(p, wait)
	}
	for n := range min(max(rounds, 1), 1000) {
		if n > 0 && !p.Sleep(wait) {
			return 130
		}
		topPage(p, p.Out, 1<<20)
	}
	return 0
}

// topPage writes one page of top.
func topPage(p *proc.Process, w io.Writer, rows int) {
	list := p.World.Processes()
	m := p.World.Memory()
	mib := func(kib int64) float64 { return float64(kib) / 1024 }
	fmt.Fprintf(w, "top -%s\n", uptimeText(p))
	fmt.Fprintf(w, "Tasks: %3d total,   1 running, %3d sleeping,   0 stopped,   0 zombie\n", len(list), len(list)-1)
	fmt.Fprintf(w, "%%Cpu(s):  0.3 us,  0.2 sy,  0.0 ni, 99.4 id,  0.0 wa,  0.0 hi,  0.1 si,  0.0 st \n")
	fmt.Fprintf(w, "MiB Mem : %8.1f total, %8.1f free, %8.1f used, %8.1f buff/cache     \n", mib(m.Total), mib(m.Free), mib(m.Total-m.Available), mib(m.Buffers+m.Cached))
	fmt.Fprintf(w, "MiB Swap: %8.1f total, %8.1f free, %8.1f used. %8.1f avail Mem \n\n", mib(m.SwapTotal), mib(m.SwapFree), mib(m.SwapTotal-m.SwapFree), mib(m.Available))
	fmt.Fprintf(w, "    PID USER      PR  NI    VIRT    RES    SHR S  %%CPU  %%MEM     TIME+ COMMAND\n")
	for i, x := range list {
		if i >= rows {
			return
		}
		fmt.Fprintf(w, "%7d %-8s %3d %3d %7d %6d %6d %s %5.1f %5.1f %6d:%05.2f %s\n", x.PID, userName(x.User), 20+x.Nice, x.Nice, x.VSize/1024, x.RSS/1024, x.RSS/1024*2/3, x.State[:min(1, len(x.State))],
			0.0, memory(p, x), int(x.CPU.Minutes()), x.CPU.Seconds()-60*float64(int(x.CPU.Minutes())), x.Comm())
	}
}

// waiter is a terminal whose input can be waited for.
type waiter interface {
	ReadEvent(ctx context.Context, p []byte) (int, error)
}

// topLive shows pages until q is pressed.
func topLive(p *proc.Process, wait time.Duration) int {
	t, ok := p.Terminal.(waiter)
	if !ok {
		topPage(p, p.Out, 1<<20)
		return 0
	}
	old := p.Terminal.SetMode(visit.Mode{Signals: true})
	defer p.Terminal.SetMode(old)
	for {
		var page strings.Builder
		topPage(p, &page, max(p.Terminal.Size().Rows-8, 1))
		p.Printf("\x1b[H\x1b[2J%s", page.String())
		ctx, cancel := context.WithTimeout(p.Ctx, wait)
		var key [1]byte
		n, err := t.ReadEvent(ctx, key[:])
		timeUp := ctx.Err() != nil
		cancel()
		switch {
		case p.Ctx.Err() != nil:
			return 130
		case n > 0 && (key[0] == 'q' || key[0] == 'Q'), err != nil && !timeUp:
			p.Printf("\n")
			return 0
		}
	}
}

func runStty(p *proc.Process) int {
	if p.Terminal == nil {
		return p.Complain("'standard input': Inappropriate ioctl for device")
	}
	m := p.Terminal.SetMode(visit.Cooked)
	size := p.Terminal.Size()
	defer func() { p.Terminal.SetMode(m) }()
	for _, a := range p.Args[1:] {
		on := !strings.HasPrefix(a, "-")
		switch strings.TrimPrefix(a, "-") {
		case "echo":
			m.Echo = on
		case "icanon":
			m.Canonical = on
		case "isig":
			m.Signals = on
		case "raw":
			m = visit.Mode{Raw: true, Echo: m.Echo}
		case "sane", "cooked":
			m = visit.Cooked
		case "size":
			p.Printf("%d %d\n", size.Rows, size.Cols)
		case "a", "all":
			p.Printf("speed 38400 baud; rows %d; columns %d; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>; eol2 = <undef>; swtch = <undef>; start = ^Q; stop = ^S; susp = ^Z; rprnt = ^R; werase = ^W;\nlnext = ^V; discard = ^O; min = 1; time = 0;\n", size.Rows, size.Cols)
		}
	}
	if len(p.Args) == 1 {
		p.Printf("speed 38400 baud; line = 0;\n")
	}
	return 0
}
