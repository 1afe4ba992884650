package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"gait/store"
)

// Times that a connection gets.
const (
	headerWithin = 5 * time.Second
	readWithin   = 20 * time.Second
	answerWithin = 60 * time.Second
	idleAtMost   = 90 * time.Second
	closeWithin  = 5 * time.Second
)

const maxHeader = 32 << 10

// Serve answers on a listener until the context ends; then live connections
// are closed and requests that are under way get five seconds. It is called
// once. A listener that others can reach is refused unless there are TLS and
// tokens, or Options.Insecure is set.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	if s.opt.Store == nil {
		return errors.New("serve: there is no store")
	}
	if err := s.allow(ctx, l.Addr()); err != nil {
		return err
	}
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		s.hosts.port = strconv.Itoa(a.Port)
	}
	server := newHTTPServer(s.handler, s.log)
	server.WriteTimeout = answerWithin
	if s.opt.CertFile != "" {
		c := &certificate{certFile: s.opt.CertFile, keyFile: s.opt.KeyFile, log: s.log}
		if err := c.load(); err != nil {
			return err
		}
		server.TLSConfig = c.config()
	}
	return run(ctx, server, limited(l, s.opt.Conns), s.live.close)
}

// Check says whether [Server.Serve] would refuse to answer on an address, and
// why.
func (s *Server) Check(ctx context.Context, a net.Addr) error {
	if err := s.allow(ctx, a); err != nil || s.opt.CertFile == "" {
		return err
	}
	c := &certificate{certFile: s.opt.CertFile, keyFile: s.opt.KeyFile, log: s.log}
	return c.load()
}

// allow refuses to be reached from elsewhere without protection.
func (s *Server) allow(ctx context.Context, a net.Addr) error {
	if loopback(a) || s.opt.Insecure {
		return nil
	}
	if s.opt.CertFile == "" {
		return fmt.Errorf("listening on %s would show everything to the network in the clear: give a certificate and a key, "+
			"listen on 127.0.0.1 behind a proxy with --public-url, or say --insecure", a)
	}
	tokens, err := s.opt.Store.Tokens(ctx)
	if err != nil {
		return fmt.Errorf("look for tokens: %w", err)
	}
	for _, t := range tokens {
		if t.Use == store.UseAPI && (t.Expires.IsZero() || t.Expires.After(time.Now())) {
			return nil
		}
	}
	return fmt.Errorf("listening on %s needs at least one token: make one with gait token create, or say --insecure", a)
}

func newHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: headerWithin, ReadTimeout: readWithin, IdleTimeout: idleAtMost, MaxHeaderBytes: maxHeader,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		DisableGeneralOptionsHandler: true,
	}
}

// run serves until the context ends.
func run(ctx context.Context, server *http.Server, l net.Listener, closing func()) error {
	ended := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			ended <- server.ServeTLS(l, "", "")
		} else {
			ended <- server.Serve(l)
		}
	}()
	select {
	case err := <-ended:
		closing()
		return fmt.Errorf("serve on %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	closing()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeWithin)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		server.Close()
	}
	<-ended
	return nil
}

// limited lets at most so many connections be open; others wait until one is
// closed.
func limited(l net.Listener, most int) net.Listener {
	return &limitedListener{Listener: l, free: make(chan struct{}, most), closed: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	free   chan struct{}
	once   sync.Once
	closed chan struct{}
}

// Accept waits for a connection.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limitedConn{Conn: c, free: l.free}, nil
}

// Close stops listening.
func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	free chan struct{}
	once sync.Once
}

// Close closes the connection and lets another in.
func (c *limitedConn) Close() error {
	c.once.Do(func() { <-c.free })
	return c.Conn.Close()
}
