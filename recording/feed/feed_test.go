package feed

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
	"gait/recording/shard"
)

// collector is a server in a test.
type collector struct {
	socket string
	root   string
	log    *bytes.Buffer // to be read when it has ended
	stop   func()        // ends it and waits
}

// collect starts a server that believes everything but names.
func collect(t testing.TB, set ...func(*Options)) *collector {
	t.Helper()
	x := &collector{socket: socket(t), root: t.TempDir(), log: new(bytes.Buffer)}
	w, err := shard.NewWriter(shard.WriterOptions{Root: x.root, Decoy: "web-01", Service: "ssh", Free: func(string) (uint64, error) { return 1 << 40, nil }})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Writer: func(decoy, service string) (*shard.Writer, error) {
			if decoy != "web-01" || service != "ssh" {
				t.Errorf("a writer of %s/%s is wanted", decoy, service)
			}
			return w, nil
		},
		Believe: func(_, _ int, h Hello) Hello { h.Decoy, h.Service = "web-01", "ssh"; return h },
		Log:     slog.New(slog.NewTextHandler(x.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range set {
		f(&o)
	}
	l, err := Listen(x.socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, o) }()
	x.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(x.stop)
	return x
}

// socket gives a path in a folder that only its owner may write to.
func socket(t testing.TB) string {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "s")
}

// dial begins a session.
func dial(t testing.TB, path string, h Hello) *Client {
	t.Helper()
	c, err := Dial(path, h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// known is a hello with an address that the recorder believes.
func known() Hello {
	return Hello{Believed: true, Header: gait.Header{Start: time.Now(), Width: 80, Height: 24, SourceIP: "198.51.100.7", SourcePort: 4022}}
}

// recorded reads what a stopped collector kept.
func (x *collector) recorded(t testing.TB) (list []*gait.Session) {
	t.Helper()
	x.stop()
	paths, err := filepath.Glob(filepath.Join(x.root, "web-01/ssh/transcripts/*.jsonl"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("shards %v %v", paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := shard.Format{}.Open(&reader.Source{ReaderAt: bytes.NewReader(text), Size: int64(len(text)), Name: filepath.Base(path), Path: path}, reader.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range r.Batches() {
			if err := b.Each(func(s *gait.Session) error { list = append(list, s.Clone()); return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	return list
}

func TestSessionIsBroughtWhole(t *testing.T) {
	x := collect(t)
	h := known()
	h.Decoy, h.Service = "mine", "telnet" // claims that count for nothing
	h.Header.ID, h.Header.Command, h.Header.Client, h.Header.Obfuscated = "chosen", "echo \xff\"", "SSH-2.0-x\x1b\xfe", true
	h.Header.Env = []gait.Var{{Name: "TERM", Value: "xterm\xff"}}
	c := dial(t, x.socket, h)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
		c.Input(time.Duration(i+1)*time.Millisecond, []byte{byte(i)})
	}
	c.Resize(300*time.Millisecond, 120, 40)
	long := bytes.Repeat(all, 300) // more than a frame takes
	c.Output(400*time.Millisecond, long)
	c.Input(401*time.Millisecond, []byte("exit\r"))
	got := c.End(500*time.Millisecond, "exit")
	want := shard.Totals{Kept: true, Events: 261, BytesIn: 261, BytesOut: 76800, KeptIn: 261, KeptOut: 76800, Duration: 500 * time.Millisecond}
	if got != want || c.End(time.Hour, "again") != want {
		t.Errorf("%+v", got)
	}
	list := x.recorded(t)
	if len(list) != 1 {
		t.Fatalf("%d sessions", len(list))
	}
	s := list[0]
	if !bytes.Equal(s.Block(gait.Input), append(all, "exit\r"...)) || !bytes.Equal(s.Block(gait.Output), long) || string(s.Block(gait.Resize)) != "120x40" {
		t.Errorf("input %q, %d bytes of output", s.Block(gait.Input), len(s.Block(gait.Output)))
	}
	if len(s.Oddities) > 0 || s.Truncated != "" || s.End.Reason != "exit" || s.End.Time != 500*time.Millisecond {
		t.Errorf("%v %q %+v", s.Oddities, s.Truncated, s.End)
	}
	if s.ID != c.ID() || len(s.ID) != 36 || s.SourceIP != "198.51.100.7" || s.SourcePort != 4022 || s.Client != h.Header.Client || !s.Obfuscated ||
		string(s.Block(gait.Exec)) != h.Header.Command || !slices.Equal(s.Env, h.Header.Env) || s.Start.Unix() != h.Header.Start.Unix() {
		t.Errorf("%+v", s.Header)
	}
	n := 0
	for _, e := range s.Events() {
		if e.Kind == gait.Input && n < 256 {
			if n++; e.Time != time.Duration(n)*time.Millisecond {
				t.Fatalf("key %d at %v", n, e.Time)
			}
		}
	}
	if strings.Contains(x.log.String(), "xterm") || strings.Contains(x.log.String(), "echo") {
		t.Errorf("what a peer sent is in the log: %s", x.log)
	}
}

func TestLostConnectionIsAHangup(t *testing.T) {
	x := collect(t)
	c := dial(t, x.socket, known())
	c.Input(time.Millisecond, []byte("a"))
	if err := c.conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c.conn); err != nil { // the collector has hung up, too
		t.Fatal(err)
	}
	dial(t, x.socket, known()) // still there when the collector stops
	list := x.recorded(t)
	if len(list) != 2 || list[0].End.Reason != "hangup" || string(list[0].Block(gait.Input)) != "a" || list[1].End.Reason != "stopped" {
		t.Errorf("%+v", list)
	}
	if got := c.End(time.Second, "exit"); got.Kept || got.Skipped != SkippedFeed || got.BytesIn != 1 {
		t.Errorf("%+v", got)
	}
}

func TestCollectorThatDiesBreaksNothing(t *testing.T) {
	x := collect(t)
	c := dial(t, x.socket, known())
	c.Input(1, []byte("a"))
	x.stop()
	for i := range 1000 {
		c.Output(time.Duration(i), make([]byte, 8<<10))
		c.Input(time.Duration(i), []byte("b"))
		c.Resize(time.Duration(i), 80, 24)
	}
	if got := c.End(time.Second, "exit"); got.Kept || got.Skipped != SkippedFeed || got.BytesIn != 1001 || got.Events != 3001 || !got.Truncated {
		t.Errorf("%+v", got)
	}
	if _, err := Dial(x.socket, known()); err == nil {
		t.Error("a collector that is gone is reached")
	}
}

// stuck accepts one recorder, answers it, and gives the connection, from which
// nothing is read.
func stuck(t *testing.T, w welcome) (path string, conn chan net.Conn) {
	path, conn = socket(t), make(chan net.Conn, 1)
	l, err := Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		var g greeting
		if err := readMessage(c, frameHello, maxHello, &g); err != nil {
			t.Error(err)
		}
		frame, err := appendMessage(nil, frameWelcome, w)
		if err != nil {
			t.Error(err)
		}
		if _, err := c.Write(frame); err != nil {
			t.Error(err)
		}
		conn <- c
	}()
	return path, conn
}

// arrived reads frames to the end of a connection, or a frame of an end, and
// counts what was said of each channel.
func arrived(t *testing.T, c net.Conn) (in, out, missedIn, missedOut int64) {
	t.Helper()
	var buf [frameHead]byte
	for {
		h, err := readHead(c, &buf, maxFrame)
		if err != nil {
			t.Fatal(err)
		}
		data := make([]byte, h.size)
		if _, err := io.ReadFull(c, data); err != nil {
			t.Fatal(err)
		}
		switch h.kind {
		case frameInput:
			in += int64(len(data))
		case frameOutput:
			out += int64(len(data))
		case frameMissing:
			n := int64(0)
			for _, b := range data[1:9] {
				n = n<<8 | int64(b)
			}
			if data[0] == 'i' {
				missedIn += n
			} else {
				missedOut += n
			}
		case frameEnd:
			return in, out, missedIn, missedOut
		}
	}
}

func TestSlowCollectorCostsOutputNotKeys(t *testing.T) {
	path, conns := stuck(t, welcome{ID: "x", Input: 4 << 20, Output: 1 << 30})
	c := dial(t, path, known())
	block := make([]byte, 32<<10)
	began := time.Now()
	for i := range 3000 { // 96 MB, which nobody reads
		c.Output(time.Duration(i)*time.Millisecond, block)
		c.Input(time.Duration(i)*time.Millisecond, []byte("k"))
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the shell would have waited for %v", took)
	}
	conn := <-conns
	defer conn.Close()
	totals := make(chan shard.Totals)
	go func() { totals <- c.End(3*time.Second, "exit") }()
	in, out, missedIn, missedOut := arrived(t, conn)
	if in != 3000 || missedIn != 0 {
		t.Errorf("%d of 3000 keys came, %d were said to be missing", in, missedIn)
	}
	if out+missedOut != 3000*32<<10 || out == 0 || out > 4<<20 {
		t.Errorf("%d bytes of output came, %d were said to be missing", out, missedOut)
	}
	frame, err := appendMessage(nil, frameTotals, shard.Totals{Kept: true, BytesIn: in})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(frame); err != nil {
		t.Fatal(err)
	}
	if got := <-totals; !got.Kept || got.BytesIn != 3000 {
		t.Errorf("%+v", got)
	}
}

func TestSpentBudgetIsNotSent(t *testing.T) {
	path, conns := stuck(t, welcome{ID: "x", Input: 10, Output: 100})
	c := dial(t, path, known())
	for i := range 20 {
		c.Output(time.Duration(i)*time.Second, []byte("0123456789"))
		c.Input(time.Duration(i)*time.Second, []byte("k"))
	}
	conn := <-conns
	defer conn.Close()
	go c.End(time.Minute, "exit")
	in, out, missedIn, missedOut := arrived(t, conn)
	if in != 10 || out != 100 || missedIn != 10 || missedOut != 100 {
		t.Errorf("%d %d %d %d", in, out, missedIn, missedOut)
	}
}

func TestOutputOverBudgetIsSaidInTheShard(t *testing.T) {
	x := collect(t)
	c := dial(t, x.socket, known())
	block := make([]byte, 64<<10)
	for i := range 400 { // 25 MB
		c.Output(time.Duration(i)*10*time.Millisecond, block)
		c.Input(time.Duration(i)*10*time.Millisecond, []byte("k"))
	}
	got := c.End(5*time.Second, "exit")
	if !got.Kept || !got.Truncated || got.KeptIn != 400 || got.BytesOut != 400*64<<10 || got.KeptOut > 10<<20 {
		t.Errorf("%+v", got)
	}
	s := x.recorded(t)[0]
	if len(s.Block(gait.Input)) != 400 || s.Truncated != "" || !s.Fidelity.OutputPartial || s.Oddities.Count(gait.OddMissingBytes) > 0 || s.End.BytesOut != got.BytesOut {
		t.Errorf("%d keys, cut %q, %v, %+v", len(s.Block(gait.Input)), s.Truncated, s.Oddities, s.End)
	}
}
