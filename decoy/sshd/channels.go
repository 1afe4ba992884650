package sshd

import (
	"context"
	"net"
	"strconv"
	"time"

	"golang.org/x/crypto/ssh"

	"gait/decoy/visit"
)

// channel answers the wish for a channel.
func (c *connection) channel(ctx context.Context, nc ssh.NewChannel) {
	switch nc.ChannelType() {
	case "session":
		c.session(ctx, nc)
	case "direct-tcpip":
		var m struct {
			Host string
			Port uint32
			From string
			At   uint32
		}
		if ssh.Unmarshal(nc.ExtraData(), &m) == nil {
			c.forward(join(m.Host, m.Port), "local")
		}
		nc.Reject(ssh.Prohibited, "open failed")
	case "direct-streamlocal@openssh.com":
		var m struct {
			Path, Reserved string
			Zero           uint32
		}
		if ssh.Unmarshal(nc.ExtraData(), &m) == nil {
			c.forward(m.Path, "local")
		}
		nc.Reject(ssh.Prohibited, "open failed")
	default:
		nc.Reject(ssh.ConnectionFailed, "open failed")
	}
}

// forward tells that a client wanted something forwarded.
func (c *connection) forward(text, direction string) {
	c.server.caught(c.visitor(), visit.Forward, clip(text), map[string]string{"direction": direction, "outcome": "refused"})
}

func join(host string, port uint32) string {
	return net.JoinHostPort(host, strconv.FormatUint(uint64(port), 10))
}

// request answers what is asked for the whole connection.
func (c *connection) request(r *ssh.Request) {
	ok, answer := false, []byte(nil)
	switch r.Type {
	case "tcpip-forward":
		var m struct {
			Host string
			Port uint32
		}
		if ssh.Unmarshal(r.Payload, &m) == nil {
			c.forward(join(m.Host, m.Port), "remote")
		}
	case "streamlocal-forward@openssh.com":
		var m struct{ Path string }
		if ssh.Unmarshal(r.Payload, &m) == nil {
			c.forward(m.Path, "remote")
		}
	case "no-more-sessions@openssh.com":
		c.last.Store(int64(time.Since(c.conn.began)))
		ok = true
	case "hostkeys-prove-00@openssh.com":
		answer, ok = c.prove(r.Payload)
	}
	r.Reply(ok, answer)
}

// announce tells the client the host keys, as sshd does after a login.
func (c *connection) announce() {
	var list []byte
	for _, k := range c.server.own {
		list = appendString(list, k.PublicKey().Marshal())
	}
	c.ssh.SendRequest("hostkeys-00@openssh.com", false, list)
}

// prove signs for the host keys that the client wants to learn.
func (c *connection) prove(p []byte) (answer []byte, ok bool) {
	for n := 0; len(p) > 0; n++ {
		var m struct {
			Key  []byte
			Rest []byte `ssh:"rest"`
		}
		if ssh.Unmarshal(p, &m) != nil || n == len(c.server.own) {
			return nil, false
		}
		p = m.Rest
		sig := c.server.sign(m.Key, c.ssh.SessionID())
		if sig == nil {
			return nil, false
		}
		answer = appendString(answer, sig)
	}
	return answer, len(answer) > 0
}

// appendString appends a string of the protocol.
func appendString(b, s []byte) []byte {
	b = append(b, byte(len(s)>>24), byte(len(s)>>16), byte(len(s)>>8), byte(len(s)))
	return append(b, s...)
}
