package sshd

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
	"gait/internal/address"
)

// connection is one connection.
type connection struct {
	server *server
	conn   *conn
	ssh    *ssh.ServerConn
	wait   sync.WaitGroup // its sessions

	sessions atomic.Int32
	last     atomic.Int64 // when the client said that it opens no more sessions, since the connection began

	mu    sync.Mutex
	who   visit.Visitor
	first map[string]string // the fields of the event for its beginning; nil once it was told
}

// visitor says who is there, as far as it is known.
func (c *connection) visitor() visit.Visitor {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.who
}

// serve serves one connection to its end, and calls in when the login is over.
func (s *server) serve(ctx context.Context, nc net.Conn, in func()) {
	defer nc.Close()
	defer s.recovered("connection")
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	c := s.connection(nc)
	c.left(c.run(ctx, in, cancel))
}

// connection makes what is known of a connection. Like what else is done once, it
// has a frame of its own: that of serve stands as long as the client stays, and
// thousands of them do.
//
//go:noinline
func (s *server) connection(nc net.Conn) *connection {
	c := &connection{server: s, first: map[string]string{}}
	c.who = visit.Visitor{Connection: uuid.NewString(), Service: "ssh", Remote: address.Of(nc.RemoteAddr()), Local: address.Of(nc.LocalAddr())}
	c.conn = newConn(nc, s.Limits, c.met)
	return c
}

// left tells that a client has gone.
//
//go:noinline
func (c *connection) left(why string) {
	c.begin()
	c.server.caught(c.visitor(), visit.Disconnected, why, nil)
}

// recovered keeps a fault in one connection from ending the others.
func (s *server) recovered(what string) {
	if r := recover(); r != nil {
		s.Log.Error("ssh: fault", "in", what, "stack", string(debug.Stack()))
	}
}

// met takes what the client's first packets say.
func (c *connection) met(h hello) {
	c.mu.Lock()
	c.who.Client, c.who.HASSH = clip(h.Version), h.HASSH
	c.first = h.fields()
	c.mu.Unlock()
	c.conn.plain.more = extensions(h.Lists[listKex])
	c.begin()
}

// begin tells once that a client has connected.
func (c *connection) begin() {
	c.mu.Lock()
	v, fields := c.who, c.first
	c.first = nil
	c.mu.Unlock()
	if fields != nil {
		c.server.caught(v, visit.Connected, v.Client, fields)
	}
}

// run lets the client log in and serves what it asks for. It says why the
// connection ended.
func (c *connection) run(ctx context.Context, in, cancel func()) (why string) {
	l := &login{connection: c, ctx: ctx}
	sc, channels, requests, err := ssh.NewServerConn(library{c.conn}, l.config())
	in()
	if err != nil {
		return reason(err)
	}
	c.conn.login()
	c.ssh = sc
	c.mu.Lock()
	c.who.User = clip(sc.User())
	c.mu.Unlock()
	c.announce()
	for channels != nil {
		select {
		case nc, ok := <-channels:
			if !ok {
				channels = nil
				break
			}
			c.channel(ctx, nc)
		case r, ok := <-requests:
			if !ok {
				requests = nil
				break
			}
			c.request(r)
		}
	}
	cancel()
	c.wait.Wait()
	return reason(sc.Wait())
}

// reason puts the end of a connection into a word. Errors of the library may
// have a client's text in them, which is for no log.
func reason(err error) string {
	var auth *ssh.ServerAuthError
	var algorithm *ssh.AlgorithmNegotiationError
	var timeout net.Error
	switch {
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed):
		return "closed"
	case errors.Is(err, errNotSSH):
		return "not ssh"
	case errors.As(err, &auth):
		return "not logged in"
	case errors.As(err, &algorithm):
		return "no common algorithm"
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.As(err, &timeout):
		return "broken"
	}
	return "protocol"
}
