package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// login logs in, from an address of loopback where one is given.
func (b *bench) login(from string) (*ssh.Client, error) {
	d := net.Dialer{Timeout: 30 * time.Second}
	if from != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	conn, err := d.Dial("tcp", b.address)
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	c, channels, requests, err := ssh.NewClientConn(conn, b.address, &ssh.ClientConfig{
		User: "root", Auth: []ssh.AuthMethod{ssh.Password("x")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
	})
	if err != nil {
		conn.Close()
		return nil, err
	}
	conn.SetDeadline(time.Time{})
	return ssh.NewClient(c, channels, requests), nil
}

// terminal is an open session.
type terminal struct {
	client *ssh.Client
	in     io.Writer
	out    io.Reader
}

// open logs in and waits for the prompt.
func (b *bench) open(from string) (*terminal, error) {
	c, err := b.login(from)
	if err != nil {
		return nil, err
	}
	s, err := c.NewSession()
	if err == nil {
		err = s.RequestPty("xterm", 24, 80, nil)
	}
	t := &terminal{client: c}
	if err == nil {
		t.in, err = s.StdinPipe()
	}
	if err == nil {
		t.out, err = s.StdoutPipe()
	}
	if err == nil {
		err = s.Shell()
	}
	if err == nil {
		err = t.until("# ")
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}

// until reads up to a text.
func (t *terminal) until(text string) error {
	var all []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(all, []byte(text)) {
		n, err := t.out.Read(buf)
		if err != nil {
			return err
		}
		all = append(all, buf[:n]...)
	}
	return nil
}

// each does something so many times, on so many goroutines.
func each(ctx context.Context, count, workers int, f func(int) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make(chan error, workers)
	for range workers {
		wait.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= count || ctx.Err() != nil {
					return
				}
				if err := f(i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wait.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return ctx.Err()
	}
}

// sessions measures the memory of open sessions.
func (b *bench) sessions(ctx context.Context) error {
	before, err := b.usage()
	if err != nil {
		return err
	}
	list := make([]*terminal, b.count)
	defer func() {
		for _, t := range list {
			if t != nil {
				t.client.Close()
			}
		}
	}()
	if err := each(ctx, b.count, 8, func(i int) (err error) { list[i], err = b.open(""); return err }); err != nil {
		return err
	}
	time.Sleep(5 * time.Second) // garbage of the logins is swept
	after, err := b.usage()
	if err != nil {
		return err
	}
	fmt.Printf("open sessions: %d; %.1f KB each (%v before, %v after)\n", b.count, float64(after.rss-before.rss)/float64(b.count), before, after)
	return nil
}

// logins counts how many logins end within a time.
func (b *bench) logins(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.length)
	defer cancel()
	var done, failed atomic.Int64
	var mu sync.Mutex
	var times []time.Duration
	began := time.Now()
	each(ctx, 1<<30, 16, func(int) error {
		at := time.Now()
		c, err := b.login("")
		if err != nil {
			failed.Add(1)
			return nil
		}
		c.Close()
		done.Add(1)
		mu.Lock()
		times = append(times, time.Since(at))
		mu.Unlock()
		return nil
	})
	fmt.Printf("logins: %.0f a second by 16 clients on the same processors, %d failed; %s\n", float64(done.Load())/time.Since(began).Seconds(), failed.Load(), spread(times))
	return nil
}

// spread writes median, p99 and most of some times.
func spread(times []time.Duration) string {
	if len(times) == 0 {
		return "none"
	}
	slices.Sort(times)
	at := func(p float64) time.Duration {
		return times[min(int(p*float64(len(times))), len(times)-1)].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("median %v, p99 %v, most %v", at(0.5), at(0.99), at(1))
}

// attack is one hostile connection of a kind.
func (b *bench) attack(i int) error {
	c, err := net.DialTimeout("tcp", b.address, 30*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(2 * time.Second))
	noise := make([]byte, 1<<uint(i%17))
	rand.Read(noise)
	switch i % 8 {
	case 0:
		c.Write(noise)
	case 1:
		c.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	case 2:
		c.Write(append([]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), noise...))
	case 3: // says nothing
		time.Sleep(300 * time.Millisecond)
	case 4:
		c.Write([]byte("SSH-2.0-x\r\n"))
		c.Write(noise)
	case 5:
		c.Write([]byte("SSH-2.0-x\r\n\x00\x00\xff\xff\x04\x14"))
		time.Sleep(300 * time.Millisecond)
	case 6: // a version line without an end
		c.Write(append([]byte("SSH-2.0-"), bytes.Repeat([]byte("A"), len(noise))...))
	case 7: // a login that is broken off
		ssh.NewClientConn(c, "", &ssh.ClientConfig{User: "root", HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	}
	io.Copy(io.Discard, io.LimitReader(c, 1<<16))
	return nil
}

// hostile lets others type while hostile connections come, and looks at what is
// left after them.
func (b *bench) hostile(ctx context.Context) error {
	before, err := b.usage()
	if err != nil {
		return err
	}
	quiet, err := b.typed(ctx, 5*time.Second)
	if err != nil {
		return err
	}
	busy := make(chan struct{})
	var delays []time.Duration
	var typing error
	go func() {
		defer close(busy)
		delays, typing = b.typed(ctx, 20*time.Second)
	}()
	if err := each(ctx, b.attacks, 200, func(i int) error { b.attack(i); return nil }); err != nil {
		return err
	}
	<-busy
	if typing != nil {
		return typing
	}
	time.Sleep(5 * time.Second)
	after, err := b.usage()
	if err != nil {
		return err
	}
	fmt.Printf("hostile connections: %d; %v before, %v after\nkey to echo of others: %s; without them %s\n", b.attacks, before, after, spread(delays), spread(quiet))
	return nil
}

// typed lets ten people type for a while and gives the times from key to echo.
func (b *bench) typed(ctx context.Context, length time.Duration) (delays []time.Duration, err error) {
	var mu sync.Mutex
	until := time.Now().Add(length)
	err = each(ctx, 10, 10, func(int) error {
		t, err := b.open("127.0.0.3")
		if err != nil {
			return err
		}
		defer t.client.Close()
		for i := 0; time.Now().Before(until); i++ {
			key := []byte{byte('a' + i%26)}
			at := time.Now()
			if _, err := t.in.Write(key); err != nil {
				return err
			}
			if err := t.until(string(key)); err != nil {
				return err
			}
			mu.Lock()
			delays = append(delays, time.Since(at))
			mu.Unlock()
			time.Sleep(80 * time.Millisecond)
		}
		return nil
	})
	return delays, err
}

// freePort gives a port that nobody uses.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
