package sshd

import (
	"net"
	"sync/atomic"
	"time"
)

// conn is a connection that notes when bytes came, looks at the first packets,
// and closes when nothing passes for too long.
type conn struct {
	net.Conn
	began time.Time
	idle  time.Duration
	hello hello
	early []byte // was read, and not given out yet
	line  []byte // the beginning of a version line
	plain plain

	arrived atomic.Int64 // when the last bytes were read, since began
	touched atomic.Int64 // when the deadline was set, since began
	open    atomic.Bool  // the client has logged in
}

// newConn takes a connection that is to log in within the grace time. known is
// called when the first packets are there.
func newConn(c net.Conn, l Limits, known func(hello)) *conn {
	now := time.Now()
	c.SetDeadline(now.Add(l.Grace))
	return &conn{Conn: c, began: now, idle: l.Idle, hello: hello{known: known}}
}

// login says that the client has logged in: from now on there is no grace time
// but an idle time.
func (c *conn) login() {
	c.open.Store(true)
	c.touched.Store(int64(-c.idle))
	c.touch(time.Since(c.began))
}

// touch says that something passed.
func (c *conn) touch(now time.Duration) {
	if c.open.Load() && now-time.Duration(c.touched.Load()) > c.idle/16 {
		c.touched.Store(int64(now))
		c.SetDeadline(c.began.Add(now + c.idle))
	}
}

// at gives when the bytes came that were read last, since the connection began.
func (c *conn) at() time.Duration { return time.Duration(c.arrived.Load()) }

// Read reads.
func (c *conn) Read(p []byte) (int, error) {
	if !c.hello.done || len(c.early) > 0 {
		return c.readFirst(p)
	}
	n, err := c.Conn.Read(p)
	c.came()
	return n, err
}

// readFirst reads what comes first. The library reads the version line byte by
// byte; more than that is taken from the socket at once, and nothing given out
// before the line is whole.
func (c *conn) readFirst(p []byte) (int, error) {
	for len(c.early) == 0 && !c.hello.done {
		buf := make([]byte, 2048)
		before := c.hello.Version != ""
		n, err := c.Conn.Read(buf)
		c.came()
		if err != nil {
			return 0, err
		}
		if complaint := c.hello.feed(buf[:n]); complaint != "" {
			c.refuse(complaint)
			return 0, errNotSSH
		}
		c.early = append(c.line, buf[:n]...)
		if c.line = nil; !before && c.hello.Version == "" {
			c.line, c.early = c.early, nil
		}
	}
	if len(c.early) == 0 {
		return c.Read(p)
	}
	n := copy(p, c.early)
	if c.early = c.early[n:]; len(c.early) == 0 {
		c.early = nil
	}
	return n, nil
}

// refuse takes leave of what is not SSH. sshd reads no further than the line,
// so that more than that makes the kernel reset the connection.
func (c *conn) refuse(complaint string) {
	c.Conn.Write([]byte(complaint))
	if t, ok := c.Conn.(*net.TCPConn); ok && c.hello.rest {
		t.SetLinger(0)
	}
}

// came notes that bytes came.
func (c *conn) came() {
	now := time.Since(c.began)
	c.arrived.Store(int64(now))
	c.touch(now)
}

// Write writes.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.touch(time.Since(c.began))
	return n, err
}

// library is the connection as the library has it.
type library struct{ *conn }

// Write writes what the library gives.
func (l library) Write(p []byte) (int, error) { return l.plain.write(l.conn, p) }
