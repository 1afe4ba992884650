package shell

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/visit"
	"gait/decoy/visit/visittest"
)

// testPrograms are small programs for the tests of the shell.
func testPrograms() []proc.Program {
	prog := func(name string, run func(p *proc.Process) int) proc.Program {
		return proc.Program{Name: name, Path: "/usr/bin/" + name, Run: run}
	}
	return []proc.Program{
		prog("cat", runCat), prog("tac", runSort(true)), prog("sort", runSort(false)), prog("head", runHead), prog("yes", runYes),
		prog("sleep", func(p *proc.Process) int {
			d, _ := strconv.ParseFloat(p.Args[1], 64)
			if !p.Sleep(time.Duration(d * float64(time.Second))) {
				return 1
			}
			return 0
		}),
		prog("env", func(p *proc.Process) int {
			for _, e := range p.Env {
				p.Println(e)
			}
			return 0
		}),
		prog("wc", runWC), prog("seq", runSeq), prog("tr", runTr), prog("mkdir", runMkdir), prog("touch", runTouch), prog("chmod", runChmod), prog("rm", runRm), prog("ls", runLs),
		prog("id", func(p *proc.Process) int { p.Println(strconv.Itoa(p.FS.UID)); return 0 }),
		prog("tsort", func(p *proc.Process) int { panic("boom") }),
		prog("xargs", func(p *proc.Process) int {
			data, _ := io.ReadAll(p.In)
			code, found, err := p.Shell.Exec(p, append(append([]string{}, p.Args[1:]...), strings.Fields(string(data))...))
			if !found {
				return 127
			}
			if err != nil {
				return p.Complain("%s: %s", p.Args[1], proc.Text(err))
			}
			return code
		}),
	}
}

func runCat(p *proc.Process) int {
	names := p.Args[1:]
	if len(names) == 0 {
		names = []string{"-"}
	}
	status := 0
	for _, n := range names {
		f, err := p.Open(n)
		if err != nil {
			status = p.Complain("%s: %s", n, proc.Text(err))
			continue
		}
		if _, err := io.Copy(p.Out, f); err != nil && p.Ctx.Err() == nil {
			status = p.Complain("%s: %s", n, proc.Text(err))
		}
		f.Close()
	}
	return status
}

func runSort(reverse bool) func(p *proc.Process) int {
	return func(p *proc.Process) int {
		data, _ := io.ReadAll(io.LimitReader(p.In, 1<<20))
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if reverse {
			for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
				lines[i], lines[j] = lines[j], lines[i]
			}
		} else {
			sort.Strings(lines)
		}
		p.Println(strings.Join(lines, "\n"))
		return 0
	}
}

func runHead(p *proc.Process) int {
	n, bytesMode := 10, false
	for i, a := range p.Args {
		if (a == "-n" || a == "-c") && i+1 < len(p.Args) {
			n, _ = strconv.Atoi(p.Args[i+1])
			bytesMode = a == "-c"
		} else if len(a) > 1 && a[0] == '-' && a[1] >= '0' && a[1] <= '9' {
			n, _ = strconv.Atoi(a[1:])
		}
	}
	if bytesMode {
		io.Copy(p.Out, io.LimitReader(p.In, int64(n)))
		return 0
	}
	buf := make([]byte, 1)
	for n > 0 {
		k, err := p.In.Read(buf)
		if k > 0 {
			p.Out.Write(buf)
			if buf[0] == '\n' {
				n--
			}
		}
		if err != nil {
			break
		}
	}
	return 0
}

func runYes(p *proc.Process) int {
	text := []byte(strings.Repeat("y\n", 512))
	for {
		if _, err := p.Out.Write(text); err != nil {
			return 1
		}
	}
}

func runWC(p *proc.Process) int {
	data := make([]byte, 4096)
	total, lines := 0, 0
	for {
		n, err := p.In.Read(data)
		total += n
		lines += bytes.Count(data[:n], []byte("\n"))
		if err != nil {
			break
		}
	}
	switch {
	case len(p.Args) > 1 && p.Args[1] == "-c":
		p.Println(strconv.Itoa(total))
	default:
		p.Println(strconv.Itoa(lines))
	}
	return 0
}

func runSeq(p *proc.Process) int {
	a, z := 1, 0
	if len(p.Args) == 2 {
		z, _ = strconv.Atoi(p.Args[1])
	} else {
		a, _ = strconv.Atoi(p.Args[1])
		z, _ = strconv.Atoi(p.Args[2])
	}
	for ; a <= z; a++ {
		if _, err := fmt.Fprintln(p.Out, a); err != nil {
			return 1
		}
	}
	return 0
}

func runTr(p *proc.Process) int {
	data, _ := io.ReadAll(p.In)
	if p.Args[1] == "a-z" {
		p.Out.Write(bytes.ToUpper(data))
	} else if p.Args[1] == "-d" {
		p.Out.Write(bytes.ReplaceAll(data, []byte(strings.ReplaceAll(p.Args[2], `\n`, "\n")), nil))
	} else {
		p.Out.Write(bytes.ReplaceAll(data, []byte(p.Args[1]), []byte(p.Args[2])))
	}
	return 0
}

func runMkdir(p *proc.Process) int {
	for _, a := range p.Args[1:] {
		for i, c := range a + "/" {
			if a != "-p" && c == '/' && i > 0 {
				p.FS.Mkdir(a[:i], 0o777)
			}
		}
	}
	return 0
}

func runTouch(p *proc.Process) int {
	for _, a := range p.Args[1:] {
		if _, err := p.FS.Open(a, 0o101, 0o666); err != nil {
			return p.Complain("cannot touch '%s': %s", a, proc.Text(err))
		}
	}
	return 0
}

func runChmod(p *proc.Process) int {
	mode := uint64(0o755)
	if m, err := strconv.ParseUint(p.Args[1], 8, 32); err == nil {
		mode = m
	}
	for _, a := range p.Args[2:] {
		p.FS.Chmod(a, uint32(mode))
	}
	return 0
}

func runRm(p *proc.Process) int {
	for _, a := range p.Args[1:] {
		p.FS.Remove(a)
	}
	return 0
}

func runLs(p *proc.Process) int {
	list, _ := p.FS.ReadDir(".")
	for _, e := range list {
		p.Println(e.Name)
	}
	return 0
}

// theMachine is one machine for all tests.
var theMachine = sync.OnceValue(func() *machine.Machine {
	return machine.New(machine.Options{Seed: [32]byte{7}, Host: "web01", Users: []string{"deploy"}})
})

// rig is a shell with a world for a test.
type rig struct {
	shell *Shell
	world *machine.World
	sink  *visittest.Events
	user  string
}

func newRig(lim proc.Limits) *rig {
	r := &rig{world: theMachine().World(), sink: &visittest.Events{}, user: "root"}
	r.shell = New(Options{Programs: testPrograms(), Worlds: func(netip.Addr) *machine.World { return r.world }, Limits: lim, Sink: r.sink})
	r.world.Root.Mkdir("/root/t", 0o755)
	return r
}

// result is what a session left.
type result struct {
	out, err string
	code     int
}

// lockedBuffer may be written by several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	b   bytes.Buffer
	max int
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.max > 0 && l.b.Len() > l.max {
		return len(p), nil
	}
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (r *rig) session(stdin io.Reader) (visit.Session, *lockedBuffer, *lockedBuffer) {
	out, errs := &lockedBuffer{max: 1 << 20}, &lockedBuffer{max: 1 << 20}
	return visit.Session{Visitor: visit.Visitor{Service: "ssh", User: r.user, Remote: netip.MustParseAddrPort("192.0.2.7:40000"), Local: netip.MustParseAddrPort("198.51.100.1:22")},
		ID: "s", Stdin: stdin, Stdout: out, Stderr: errs}, out, errs
}

// exec runs a command as "ssh host command" does.
func (r *rig) exec(t testing.TB, command, stdin string) result {
	t.Helper()
	return r.execFor(t, command, stdin, 20*time.Second)
}

func (r *rig) execFor(t testing.TB, command, stdin string, most time.Duration) result {
	t.Helper()
	s, out, errs := r.session(strings.NewReader(stdin))
	s.Exec = command
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	code := r.shell.Run(ctx, s)
	if ctx.Err() != nil {
		t.Fatalf("%.200q did not end; output %.300q, errors %.300q", command, out.String(), errs.String())
	}
	return result{out.String(), errs.String(), code}
}
