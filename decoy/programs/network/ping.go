package network

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"time"

	"gait/decoy/proc"
)

const usagePing = "ping [OPTIONS] HOST\n\nSend ICMP ECHO_REQUESTs to HOST\n\n\t-4,-6\t\tForce IP or IPv6 name resolution\n\t-c CNT\t\tSend only CNT pings\n\t-s SIZE\t\tSend SIZE data bytes in packets (default 56)\n\t-i SECS\t\tInterval\n\t-A\t\tPing as soon as reply is received\n\t-t TTL\t\tSet TTL\n\t-I IFACE/IP\tSource interface or IP address\n\t-W SEC\t\tSeconds to wait for the first response (default 10)\n\t\t\t(after all -c CNT packets are sent)\n\t-w SEC\t\tSeconds until ping exits (default:infinite)\n\t\t\t(can exit earlier with -c CNT)\n\t-q\t\tQuiet, only display output at start/finish\n\t-p HEXBYTE\tPayload pattern\n"

const usagePings = "\nUsage\n  ping [options] <destination>\n\nOptions:\n  <destination>      dns name or ip address\n  -c <count>         stop after <count> replies\n  -h                 print help and exit\n  -i <interval>      seconds between sending each packet\n  -q                 quiet output\n  -s <size>          use <size> as number of data bytes to be sent\n  -t <ttl>           define time to live\n  -w <deadline>      reply wait <deadline> in seconds\n  -W <timeout>       time to wait for response\n\nFor more details see ping(8).\n"

// pinger is a ping that runs.
type pinger struct {
	p          *proc.Process
	h          place
	busy       bool // in busybox's words
	quiet      bool
	near       bool // it is answered
	count      int  // 0 for no end
	size       int
	gap, until time.Duration
	linger     time.Duration // how long the last answer is waited for
	sent, got  int
	lost       int       // those that the gateway said not to reach the host
	pipe       int       // the most that were on their way at once
	times      []float64 // of the last answers, in milliseconds
}

func runPing(p *proc.Process) int {
	o := parse(p, proc.Flags{Short: "46AaBbc:DdfhI:i:Ll:M:m:nOp:Qqrs:RS:t:T:UvVw:W:"}, usagePings)
	if o == nil {
		return 2
	}
	switch {
	case o.Has("V"):
		p.Println("ping from iputils 20221126")
		return 0
	case o.Has("h"):
		fmt.Fprint(p.Err, usagePings)
		return 2
	case len(o.Operands) == 0:
		fmt.Fprintf(p.Err, "ping: usage error: Destination address required\n")
		return 1
	}
	for _, name := range []string{"c", "s", "w"} {
		v, ok := o.Last(name)
		n, err := strconv.ParseInt(v, 10, 64)
		switch {
		case ok && err != nil:
			fmt.Fprintf(p.Err, "ping: invalid argument: '%s'\n", v)
			return 1
		case ok && name == "c" && n < 1:
			fmt.Fprintf(p.Err, "ping: invalid argument: '%s': out of range: 1 <= value <= 9223372036854775807\n", v)
			return 1
		}
	}
	host := o.Operands[len(o.Operands)-1]
	h := find(p, Unreachable, host)
	switch h.way {
	case noName, unfit:
		why, _ := h.way.unknown()
		fmt.Fprintf(p.Err, "ping: %s: %s\n", host, why)
		return 2
	case unreachable:
		fmt.Fprintf(p.Err, "ping: connect: Network is unreachable\n")
		return 2
	}
	if h.host == "localhost" && !o.Has("4") {
		h.addr = "::1"
	}
	return newPinger(p, o, h).run()
}

// busyPing is busybox's.
func busyPing(p *proc.Process) int {
	o, code := applet(p, "46qAc:s:i:t:I:W:w:p:n", usagePing, 1)
	if o == nil {
		return code
	}
	for _, name := range []string{"c", "s", "W", "w", "t"} {
		if v, ok := o.Last(name); ok && !digits(v) {
			return p.Complain("invalid number '%s'", v)
		}
	}
	h := find(p, Unreachable, o.Operands[0])
	switch h.way {
	case noName, unfit:
		return p.Complain("bad address '%s'", h.host)
	case unreachable:
		p.Printf("PING %s (%s): 56 data bytes\n", h.host, h.addr)
		return p.Complain("sendto: Network is unreachable")
	}
	g := newPinger(p, o, h)
	g.busy = true
	return g.run()
}

func newPinger(p *proc.Process, o *proc.Options, h place) *pinger {
	g := &pinger{p: p, h: h, quiet: o.Has("q"), size: 56, gap: time.Second, linger: 10 * time.Second}
	g.near = h.way == refused || h.addr == p.World.System.Gateway
	number := func(name string, most int) int {
		v, _ := o.Last(name)
		n, _ := strconv.Atoi(v)
		return max(0, min(n, most))
	}
	g.count = number("c", 1<<30)
	if _, ok := o.Last("s"); ok {
		g.size = number("s", 65507)
	}
	if v, ok := o.Last("i"); ok {
		g.gap = max(seconds(v), 200*time.Millisecond)
	}
	if v, ok := o.Last("w"); ok {
		g.until = seconds(v)
	}
	if v, ok := o.Last("W"); ok && seconds(v) > 0 {
		g.linger = seconds(v)
	}
	return g
}

// rtt makes up how long an answer takes: microseconds here, more to the gateway.
func (g *pinger) rtt() float64 {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %d %d", g.h.addr, g.sent, g.p.Now().UnixNano())
	ms := 0.025 + float64(h.Sum32()%40)/1000
	if g.h.way != refused {
		ms = 0.28 + float64(h.Sum32()%240)/1000
	}
	return ms
}

func (g *pinger) run() int {
	p, name := g.p, g.h.host
	switch {
	case g.busy:
		p.Printf("PING %s (%s): %d data bytes\n", name, g.h.addr, g.size)
	case name != g.h.addr && strings.Contains(g.h.addr, ":"):
		p.Printf("PING %s(%s (%s)) %d data bytes\n", name, name, g.h.addr, g.size)
	case strings.Contains(g.h.addr, ":"):
		p.Printf("PING %s(%s) %d data bytes\n", name, name, g.size)
	default:
		p.Printf("PING %s (%s) %d(%d) bytes of data.\n", name, g.h.addr, g.size, g.size+28)
	}
	took := time.Duration(0) // from the first packet to the last
	for spent := g.gap; ; spent += g.gap {
		g.sent++
		if g.near {
			g.answer()
		} else if !g.busy && took/wait > (took-g.gap)/wait {
			g.unreached()
		}
		if g.count > 0 && g.sent >= g.count || g.until > 0 && (spent >= g.until || g.lost > 0) || !p.Sleep(g.gap) {
			break
		}
		took = spent
	}
	if left := g.sent - g.got - g.lost; left > 0 {
		g.last(took, left)
	}
	return g.summary(took + time.Duration(g.sent-1)*7*time.Millisecond)
}

// last waits for the answer to the last packets.
func (g *pinger) last(took time.Duration, left int) {
	rest := g.linger
	if g.until > 0 {
		rest = min(rest, g.until-took)
	}
	if first := wait + 60*time.Millisecond - time.Duration(left-1)*g.gap; !g.busy && first <= rest {
		if g.p.Sleep(first) {
			g.unreached()
		}
		return
	}
	g.p.Sleep(rest)
}

// unreached shows what the gateway says of all that are on their way.
func (g *pinger) unreached() {
	g.pipe = max(g.pipe, g.sent-g.lost)
	for g.lost < g.sent {
		g.lost++
		if !g.quiet {
			g.p.Printf("From %s icmp_seq=%d Destination Host Unreachable\n", g.p.World.System.Gateway, g.lost)
		}
	}
}

// answer shows an answer.
func (g *pinger) answer() {
	ms := g.rtt()
	g.got++
	if g.times = append(g.times, ms); len(g.times) > 1000 {
		g.times = g.times[1:]
	}
	switch {
	case g.quiet:
	case g.busy:
		g.p.Printf("%d bytes from %s: seq=%d ttl=64 time=%.3f ms\n", g.size+8, g.h.addr, g.sent-1, ms)
	case g.h.named():
		g.p.Printf("%d bytes from %s (%s): icmp_seq=%d ttl=64 time=%.3f ms\n", g.size+8, g.h.host, g.h.addr, g.sent, ms)
	default:
		g.p.Printf("%d bytes from %s: icmp_seq=%d ttl=64 time=%.3f ms\n", g.size+8, g.h.addr, g.sent, ms)
	}
}

func (g *pinger) summary(took time.Duration) int {
	p, loss := g.p, 100*float64(g.sent-g.got)/float64(max(g.sent, 1))
	p.Printf("\n--- %s ping statistics ---\n", g.h.host)
	if g.busy {
		p.Printf("%d packets transmitted, %d packets received, %d%% packet loss\n", g.sent, g.got, int(loss))
	} else {
		errors := ""
		if g.lost > 0 {
			errors = fmt.Sprintf(", +%d errors", g.lost)
		}
		p.Printf("%d packets transmitted, %d received%s, %.6g%% packet loss, time %dms\n", g.sent, g.got, errors, loss, took.Milliseconds())
	}
	if g.got == 0 {
		switch {
		case g.pipe > 1:
			p.Printf("pipe %d\n", g.pipe)
		case !g.busy:
			p.Printf("\n")
		}
		return 1
	}
	least, most, sum, squares := math.Inf(1), 0.0, 0.0, 0.0
	for _, t := range g.times {
		least, most, sum, squares = min(least, t), max(most, t), sum+t, squares+t*t
	}
	mean := sum / float64(len(g.times))
	if g.busy {
		p.Printf("round-trip min/avg/max = %.3f/%.3f/%.3f ms\n", least, mean, most)
	} else {
		dev := math.Sqrt(max(0, squares/float64(len(g.times))-mean*mean))
		p.Printf("rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", least, mean, most, dev)
	}
	return 0
}
