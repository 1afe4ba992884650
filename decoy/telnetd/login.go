package telnetd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
	"unicode/utf8"

	"gait/decoy/visit"
)

// Ends of a login.
var (
	errTries = errors.New("too many tries")
	errLate  = errors.New("login took too long")
)

// mostLogin is how many bytes of a name or a password are taken.
const mostLogin = 256

// login asks for name and password until the gate lets the client in, with the
// words of login(1).
func (c *conn) login(ctx context.Context) error {
	err := c.tries(ctx)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.w.SetDeadline(time.Now().Add(time.Second))
		c.say(fmt.Sprintf("\nLogin timed out after %d seconds.\n", int(c.Limits.Login.Seconds())))
		return errLate
	case errors.Is(err, errTries):
		c.say(fmt.Sprintf("Maximum number of tries exceeded (%d)\n", c.Limits.Tries))
	}
	return err
}

func (c *conn) tries(ctx context.Context) error {
	name := c.opts.user()
	for try := 1; try <= c.Limits.Tries; try++ {
		var err error
		for name == "" {
			if name, err = c.ask(c.host()+" login: ", true); err != nil {
				return err
			}
		}
		password, err := c.ask("Password: ", false)
		if err != nil {
			return err
		}
		if err := c.say("\n"); err != nil {
			return err
		}
		if c.admit(name, password, try) {
			return nil
		}
		if err := c.pause(ctx); err != nil {
			return err
		}
		if err := c.say("\nLogin incorrect\n"); err != nil {
			return err
		}
		name = ""
	}
	return errTries
}

func (c *conn) host() string {
	if c.Host == nil {
		return "localhost"
	}
	return c.Host()
}

// admit asks the gate and tells the sink.
func (c *conn) admit(name, password string, try int) bool {
	c.who.User = name
	ok := c.Gate.Admit(c.who, name, password, try)
	outcome := "refused"
	if ok {
		outcome = "accepted"
	}
	c.caught(visit.Auth, password, map[string]string{"method": "password", "outcome": outcome})
	if !ok {
		c.who.User = ""
	}
	return ok
}

// pause lets time pass after a refused password.
func (c *conn) pause(ctx context.Context) error {
	if c.Limits.Delay <= 0 {
		return nil
	}
	t := time.NewTimer(min(c.Limits.Delay, time.Until(c.until)))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	if time.Now().Before(c.until) {
		return nil
	}
	return os.ErrDeadlineExceeded
}

// ask shows a prompt and reads a line, with the echo and the keys of a terminal.
// What is typed beyond the limit is dropped.
func (c *conn) ask(prompt string, echo bool) (string, error) {
	if err := c.say(prompt); err != nil {
		return "", err
	}
	var line, shown []byte
	show := func(p ...byte) {
		if echo {
			shown = append(shown, p...)
		}
	}
	for {
		b, err := c.key(&shown)
		if err != nil {
			return "", err
		}
		switch {
		case b == '\n' && c.cr && len(line) == 0:
			c.cr = false
			continue
		case b == '\r', b == '\n':
			c.cr = b == '\r'
			show('\r', '\n')
			_, err := c.w.text(shown)
			return string(line), err
		case b == interruptKey, b == quitKey, b == endKey && len(line) == 0:
			return "", io.EOF
		case b == endKey:
			_, err := c.w.text(shown)
			return string(line), err
		default:
			c.cr = false
			line = edit(line, b, show)
		}
	}
}

// key gives the next byte that is typed. What is to be shown is sent before it
// waits.
func (c *conn) key(shown *[]byte) (byte, error) {
	for len(c.typed) == 0 {
		if len(*shown) > 0 {
			if _, err := c.w.text(*shown); err != nil {
				return 0, err
			}
			*shown = (*shown)[:0]
		}
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
	b := c.typed[0]
	c.typed = c.typed[1:]
	return b, nil
}

// edit puts a byte into a line, or takes from it what it erases.
func edit(line []byte, b byte, show func(p ...byte)) []byte {
	last := func() {
		r, n := utf8.DecodeLastRune(line)
		line = line[:len(line)-n]
		show('\b', ' ', '\b')
		if r < ' ' {
			show('\b', ' ', '\b')
		}
	}
	switch b {
	case erase, '\b':
		if len(line) > 0 {
			last()
		}
	case killKey:
		for len(line) > 0 {
			last()
		}
	case suspendKey:
	default:
		if len(line) >= mostLogin {
			return line
		}
		line = append(line, b)
		if b < ' ' {
			show('^', b^0x40)
		} else {
			show(b)
		}
	}
	return line
}
