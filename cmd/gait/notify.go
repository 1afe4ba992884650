package main

import (
	"context"
	"net"
	"os"
	"strconv"
	"time"
)

// notify tells the service manager something, where there is one
// (sd_notify(3)).
func notify(state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	if path[0] == '@' {
		path = "\x00" + path[1:]
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	c.Write([]byte(state))
}

// keepAlive tells the service manager again and again that the program lives,
// as long as the check says so.
func keepAlive(ctx context.Context, alive func(context.Context) bool) {
	us, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || us <= 0 {
		return
	}
	tick := time.NewTicker(time.Duration(us) * time.Microsecond / 3)
	defer tick.Stop()
	for {
		if alive(ctx) {
			notify("WATCHDOG=1")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
