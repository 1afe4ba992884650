package system

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
)

// counters are what the kernel counted since the machine was booted.
type counters struct {
	cpu            [5]float64 // user, system, idle, waiting, stolen
	switches, irqs float64
	in, out        float64 // KiB read and written
	at             float64 // seconds since boot
}

// count reads the counters.
func count(p *proc.Process) (c counters) {
	c.at = p.World.Uptime().Seconds()
	for _, line := range lines(p, "/proc/stat") {
		f := strings.Fields(line)
		at := func(i int) float64 {
			if i >= len(f) {
				return 0
			}
			v, _ := strconv.ParseFloat(f[i], 64)
			return v
		}
		switch f[0] {
		case "cpu":
			c.cpu = [5]float64{at(1) + at(2), at(3) + at(6) + at(7), at(4), at(5), at(8)}
		case "ctxt":
			c.switches = at(1)
		case "intr":
			c.irqs = at(1)
		}
	}
	for _, line := range lines(p, "/proc/diskstats") {
		if f := strings.Fields(line); len(f) > 9 && f[2] == p.World.Hardware.Disk {
			in, _ := strconv.ParseFloat(f[5], 64)
			out, _ := strconv.ParseFloat(f[9], 64)
			c.in, c.out = in/2, out/2
		}
	}
	return c
}

func runVmstat(p *proc.Process) int {
	o := proc.Flags{Short: "afmnsdDp:S:twVh", Long: map[string]proc.Long{"active": {As: "a"}, "forks": {As: "f"}, "one-header": {As: "n"}, "stats": {As: "s"}, "timestamp": {As: "t"}, "unit": {As: "S", Value: 1}, "wide": {As: "w"}, "version": {As: "V"}}}.Parse(p)
	if o == nil {
		return 1
	}
	if o.Has("V") {
		p.Println("vmstat from procps-ng 4.0.2")
		return 0
	}
	var n [2]int
	for i, a := range o.Operands {
		v, err := strconv.Atoi(a)
		if i > 1 || err != nil || v < 1 {
			return p.Complain("failed to parse argument: '%s'", a)
		}
		n[i] = v
	}
	switch every, times := n[0], n[1]; {
	case o.Has("s"):
		vmstatSums(p)
	case every == 0:
		vmstatRows(p, 0, 1)
	case times == 0:
		vmstatRows(p, time.Duration(every)*time.Second, 1<<30)
	default:
		vmstatRows(p, time.Duration(every)*time.Second, times)
	}
	return 0
}

const vmstatHead = "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st"

// vmstatRows writes lines of what happened since the one before.
func vmstatRows(p *proc.Process, every time.Duration, times int) {
	var last counters
	for i := range times {
		if i > 0 && !p.Sleep(every) {
			return
		}
		if i%20 == 0 {
			p.Println(vmstatHead)
		}
		now, m := count(p), p.World.Memory()
		rate := func(a, b float64) int { return int((a - b) / max(now.at-last.at, 0.01)) }
		var sum float64
		for j := range now.cpu {
			sum += now.cpu[j] - last.cpu[j]
		}
		var part [5]int
		for j := range part {
			part[j] = int(100*(now.cpu[j]-last.cpu[j])/max(sum, 1) + 0.5)
		}
		if sum < 1 {
			part[2] = 100
		}
		_, err := fmt.Fprintf(p.Out, "%2d %2d %6d %6d %6d %6d %4d %4d %5d %5d %4d %4d %2d %2d %2d %2d %2d\n", 1, 0, m.SwapTotal-m.SwapFree, m.Free, m.Buffers, m.Cached, 0, 0,
			rate(now.in, last.in), rate(now.out, last.out), rate(now.irqs, last.irqs), rate(now.switches, last.switches), part[0], part[1], part[2], part[3], part[4])
		if err != nil {
			return
		}
		last = now
	}
}

// vmstatSums is vmstat -s.
func vmstatSums(p *proc.Process) {
	m, c := p.World.Memory(), count(p)
	row := func(n int64, what string) { p.Printf("%13d %s\n", n, what) }
	row(m.Total, "K total memory")
	row(m.Total-m.Available, "K used memory")
	row(m.Cached*3/5, "K active memory")
	row(m.Cached/3, "K inactive memory")
	row(m.Free, "K free memory")
	row(m.Buffers, "K buffer memory")
	row(m.Cached, "K swap cache")
	row(m.SwapTotal, "K total swap")
	row(m.SwapTotal-m.SwapFree, "K used swap")
	row(m.SwapFree, "K free swap")
	for i, what := range []string{"non-nice user cpu ticks", "system cpu ticks", "idle cpu ticks", "IO-wait cpu ticks", "stolen cpu ticks"} {
		row(int64(c.cpu[i]), what)
	}
	row(int64(c.in), "K paged in")
	row(int64(c.out), "K paged out")
	row(int64(c.irqs), "interrupts")
	row(int64(c.switches), "CPU context switches")
	row(p.World.Boot.Unix(), "boot time")
}
