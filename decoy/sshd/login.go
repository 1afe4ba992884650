package sshd

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
)

// KeyGate is a [visit.Gate] that lets in by public key, too.
type KeyGate interface {
	// AdmitKey says whether a login with a key, given in authorized_keys form,
	// is accepted.
	AdmitKey(v visit.Visitor, user, key string) bool
}

var errRefused = errors.New("refused")

const mostText = 4096 // bytes of what a client says that are kept in an event

// clip cuts a text that a client sent.
func clip(s string) string { return s[:min(len(s), mostText)] }

// login is the login of one connection. Its methods come one after another.
type login struct {
	*connection
	ctx context.Context
	try int
}

// config gives the configuration for the connection.
func (l *login) config() *ssh.ServerConfig {
	c := l.server.config
	c.PasswordCallback = func(m ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		return nil, l.password(m.User(), string(password), "password")
	}
	c.KeyboardInteractiveCallback = l.ask
	if l.server.Profile.Keys {
		c.PublicKeyCallback = func(m ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			return nil, l.key(m.User(), key, false)
		}
		c.VerifiedPublicKeyCallback = func(m ssh.ConnMetadata, key ssh.PublicKey, _ *ssh.Permissions, _ string) (*ssh.Permissions, error) {
			return nil, l.key(m.User(), key, true)
		}
	}
	c.AuthLogCallback = func(m ssh.ConnMetadata, method string, err error) {
		if method == "none" {
			l.say(m.User(), "", method, false)
		}
	}
	return &c
}

// password asks the gate. A refusal takes its time.
func (l *login) password(user, password, method string) error {
	l.try++
	v := l.visitor()
	ok := l.server.Gate.Admit(v, user, password, l.try)
	l.say(user, password, method, ok)
	if ok {
		return nil
	}
	if d := l.server.Limits.Delay; d > 0 {
		t := time.NewTimer(d*3/4 + rand.N(d/2+1)) // as PAM spreads it
		defer t.Stop()
		select {
		case <-t.C:
		case <-l.ctx.Done():
		}
	}
	return errRefused
}

// ask asks for a password as PAM does.
func (l *login) ask(m ssh.ConnMetadata, challenge ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	answers, err := challenge("", "", []string{"Password: "}, []bool{false})
	if err != nil {
		return nil, err
	}
	return nil, l.password(m.User(), answers[0], "keyboard-interactive")
}

// key asks the gate for a public key, which the client has proved to own or
// only offered.
func (l *login) key(user string, key ssh.PublicKey, owned bool) error {
	text := strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(key)), "\n")
	g, ok := l.server.Gate.(KeyGate)
	ok = ok && g.AdmitKey(l.visitor(), user, text)
	if owned || !ok {
		l.say(user, text, "publickey", ok)
	}
	if !ok {
		return errRefused
	}
	return nil
}

// say tells of a try.
func (l *login) say(user, text, method string, accepted bool) {
	v, outcome := l.visitor(), "refused"
	v.User = clip(user)
	if accepted {
		outcome = "accepted"
	}
	l.server.caught(v, visit.Auth, clip(text), map[string]string{"method": method, "outcome": outcome})
}
