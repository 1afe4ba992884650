package record

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// sinkWithin bounds how long a line may take to its sink.
const sinkWithin = time.Second

// containerLog is where a container's log comes from: the output of its first
// process.
const containerLog = "/proc/1/fd/1"

// param is a name and a value of structured data.
type param struct{ name, value string }

// line writes a line of RFC 5424 as the reference recorder does: local0, info,
// the decoy for a host, one element. Nothing in a value can end it or the line.
func line(o *Options, now time.Time, event string, params []param) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<134>1 %s %s %s - %s [relay@55555", now.UTC().Format("2006-01-02T15:04:05.000000-07:00"), word(o.Decoy, 255), word(o.AppName, 48), event)
	for _, p := range params {
		b.WriteString(" " + p.name + `="`)
		escape(&b, p.value)
		b.WriteByte('"')
	}
	b.WriteByte(']')
	return b.String()
}

// escape writes a value: what is special in it with a backslash, and no control
// character nor anything that is not ASCII.
func escape(b *strings.Builder, value string) {
	for _, c := range []byte(value[:min(len(value), 1<<10)]) {
		switch {
		case c == '"', c == '\\', c == ']':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			b.WriteByte('?')
		default:
			b.WriteByte(c)
		}
	}
}

// word makes a name of a line's head of a text.
func word(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

// emit brings a line to a sink, and waits no longer than a second for it. What
// fails is lost: there is no place left where to say so.
func emit(sink, text string) {
	if sink == "none" {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = deliver(sink, text)
	}()
	select {
	case <-done:
	case <-time.After(sinkWithin):
	}
}

// deliver brings a line to a file, a socket of the system's log, a collector of
// syslog, or the log of the container.
func deliver(sink, text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), sinkWithin)
	defer cancel()
	kind, address, _ := strings.Cut(sink, ":")
	switch kind {
	case "unix":
		err := send(ctx, "unixgram", address, text)
		if err != nil {
			err = send(ctx, "unix", address, text+"\n")
		}
		return err
	case "udp":
		return send(ctx, "udp", strings.TrimPrefix(address, "//"), text)
	case "-":
		return appendLine(containerLog, os.O_WRONLY|os.O_APPEND, text)
	}
	return appendLine(strings.TrimPrefix(sink, "file:"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, text)
}

func send(ctx context.Context, network, address, text string) error {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return err
	}
	defer c.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := c.SetWriteDeadline(deadline); err != nil {
			return err
		}
	}
	_, err = c.Write([]byte(text))
	return err
}

// appendLine writes a line in one write, so that lines of several recorders do
// not mix, and never waits for whoever should read it.
func appendLine(path string, flags int, text string) error {
	f, err := os.OpenFile(path, flags|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text + "\n")
	return err
}
