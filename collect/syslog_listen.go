package collect

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"
)

// Bounds of a listener.
const (
	mostConns    = 256
	connIdle     = 15 * time.Minute
	listenQueue  = 1024
	listenBatch  = 256
	listenGather = 10 * time.Millisecond // for which lines are gathered before they are handed on
	maxFrame     = maxLogLine
)

// sent is a line that came in, and the decoy that its sender speaks for.
type sent struct {
	line  []byte
	decoy string
}

// listener takes syslog from a network or a socket. Lines that come while the
// store cannot take them wait: streams are held up, datagrams are lost beyond
// what the system keeps. The sweep finds such sessions too, without their
// addresses.
type listener struct {
	finder  *finder
	network string // "udp", "tcp" or "unix"
	at      string
	allow   []peer // nil where the file's mode says who may send

	opened func(net.Addr) // told of the address, for tests
}

func (l *listener) name() string  { return "syslog" }
func (l *listener) title() string { return "syslog at " + l.network + ":" + l.at }

// run listens until the context ends.
func (l *listener) run(ctx context.Context, in *intake) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var open []io.Closer
	var wait sync.WaitGroup
	defer wait.Wait()
	defer func() {
		cancel()
		for _, c := range open {
			c.Close()
		}
	}()
	lines := make(chan sent, listenQueue)
	failed := make(chan error, 3)
	if l.network != "tcp" {
		p, err := l.packets()
		if err != nil {
			return err
		}
		open = append(open, p)
		l.tell(p.LocalAddr())
		wait.Go(func() { failed <- l.datagrams(ctx, p, lines) })
	}
	if l.network != "udp" {
		s, err := l.streams()
		if err != nil {
			return err
		}
		open = append(open, s)
		l.tell(s.Addr())
		wait.Go(func() { failed <- l.accept(ctx, s, lines) })
	}
	wait.Go(func() { failed <- l.gather(ctx, lines) })
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *listener) tell(a net.Addr) {
	if l.opened != nil {
		l.opened(a)
	}
}

// packets opens the socket of datagrams.
func (l *listener) packets() (net.PacketConn, error) {
	if l.network == "udp" {
		return net.ListenPacket("udp", l.at)
	}
	if err := unused(l.at, "unixgram"); err != nil {
		return nil, err
	}
	p, err := net.ListenPacket("unixgram", l.at)
	if err == nil {
		err = os.Chmod(l.at, 0o660)
	}
	return p, err
}

// streams opens the socket of streams; that of a path has its own, with .stream
// behind it.
func (l *listener) streams() (net.Listener, error) {
	if l.network == "tcp" {
		return net.Listen("tcp", l.at)
	}
	at := l.at + ".stream"
	if err := unused(at, "unix"); err != nil {
		return nil, err
	}
	s, err := net.Listen("unix", at)
	if err == nil {
		err = os.Chmod(at, 0o660)
	}
	return s, err
}

// unused removes a socket that nobody listens at any more; nothing else is ever
// removed.
func unused(path, network string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return nil
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%q is there and is no socket", path)
	}
	if c, err := net.DialTimeout(network, path, time.Second); err == nil {
		c.Close()
		return fmt.Errorf("somebody listens at %q already", path)
	}
	return os.Remove(path)
}

// datagrams takes one line from each datagram.
func (l *listener) datagrams(ctx context.Context, p net.PacketConn, out chan<- sent) error {
	buf := make([]byte, maxFrame)
	for {
		n, from, err := p.ReadFrom(buf)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("read datagrams: %w", err)
		}
		decoy, ok := l.admits(from)
		if !ok {
			continue
		}
		if line := trimmed(buf[:n]); len(line) > 0 {
			if !put(ctx, out, sent{bytes.Clone(line), decoy}) {
				return ctx.Err()
			}
		}
	}
}

// admits says whether somebody may send, and for which decoy.
func (l *listener) admits(from net.Addr) (decoy string, ok bool) {
	if l.network == "unix" {
		return "", true
	}
	at, err := netip.ParseAddrPort(from.String())
	if err == nil {
		var p peer
		if p, ok = allowed(l.allow, at.Addr()); ok {
			return p.decoy, true
		}
	}
	l.finder.c.metrics.syslog.WithLabelValues("from a stranger").Inc()
	return "", false
}

// accept takes connections, a bounded number of them at once.
func (l *listener) accept(ctx context.Context, s net.Listener, out chan<- sent) error {
	var wait sync.WaitGroup
	defer wait.Wait()
	slots := make(chan struct{}, mostConns)
	for {
		c, err := s.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var passing interface{ Temporary() bool }
			if errors.As(err, &passing) && passing.Temporary() && sleep(ctx, 100*time.Millisecond) {
				continue
			}
			return fmt.Errorf("accept: %w", err)
		}
		decoy, ok := l.admits(c.RemoteAddr())
		select {
		case slots <- struct{}{}:
		default:
			l.finder.c.metrics.syslog.WithLabelValues("too many connections").Inc()
			ok = false
			slots <- struct{}{}
		}
		if !ok {
			c.Close()
			<-slots
			continue
		}
		wait.Go(func() {
			defer func() { <-slots }()
			l.connection(ctx, c, decoy, out)
		})
	}
}

// connection takes lines from a stream until it ends.
func (l *listener) connection(ctx context.Context, c net.Conn, decoy string, out chan<- sent) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	defer c.Close()
	r := bufio.NewReaderSize(idleReader{c}, maxFrame+16)
	for {
		line, err := frame(r)
		if len(line) > 0 && !put(ctx, out, sent{line, decoy}) {
			return
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && ctx.Err() == nil {
				l.finder.c.metrics.syslog.WithLabelValues("broken stream").Inc()
			}
			return
		}
	}
}

// idleReader ends a stream on which nothing comes.
type idleReader struct{ net.Conn }

func (r idleReader) Read(b []byte) (int, error) {
	if err := r.SetReadDeadline(time.Now().Add(connIdle)); err != nil {
		return 0, err
	}
	return r.Conn.Read(b)
}

// errFrame says that a stream is in neither of the two framings.
var errFrame = errors.New("neither a count nor a line")

// frame reads one message of a stream, as RFC 6587 has them: after its length
// and a space, or up to a line feed. A line that is too long is passed over.
// The last one may come together with the error that ends the stream.
func frame(r *bufio.Reader) ([]byte, error) {
	first, err := r.Peek(1)
	if err != nil {
		return nil, err
	}
	if first[0] < '1' || first[0] > '9' {
		return lineFrame(r)
	}
	head, err := r.Peek(6)
	n := bytes.IndexByte(head, ' ')
	if n < 1 || !digits(head[:n]) {
		if err == nil {
			err = errFrame
		}
		return nil, err
	}
	size, err := strconv.Atoi(string(head[:n]))
	if err != nil || size > maxFrame {
		return nil, errFrame
	}
	if _, err := r.Discard(n + 1); err != nil {
		return nil, err
	}
	line := make([]byte, size)
	if _, err := io.ReadFull(r, line); err != nil {
		return nil, err
	}
	return trimmed(line), nil
}

func lineFrame(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) {
		if line, err = r.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err // the end of a line that is too long
		}
	}
	return bytes.Clone(trimmed(line)), err
}

// trimmed takes off what ends a message.
func trimmed(line []byte) []byte { return bytes.TrimRight(line, "\x00\r\n") }

// put passes a line on; false where the context ended.
func put(ctx context.Context, out chan<- sent, s sent) bool {
	select {
	case out <- s:
		return true
	case <-ctx.Done():
		return false
	}
}

// gather hands lines on, those that came together in one piece.
func (l *listener) gather(ctx context.Context, lines <-chan sent) error {
	d := digest{finder: l.finder}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case s := <-lines:
			d.add(s.line, s.decoy)
		}
		if d.len() == 0 {
			continue
		}
		l.more(ctx, lines, &d)
		if err := d.commit(ctx); err != nil {
			return err
		}
	}
}

// more gathers for a moment.
func (l *listener) more(ctx context.Context, lines <-chan sent, d *digest) {
	timer := time.NewTimer(listenGather)
	defer timer.Stop()
	for d.len() < listenBatch {
		select {
		case s := <-lines:
			d.add(s.line, s.decoy)
		case <-timer.C:
			return
		case <-ctx.Done():
			return
		}
	}
}
