package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// quitKey lets q and Ctrl-C end what the context is for, where keys can be
// read from a terminal. Stop gives the terminal back.
func quitKey(ctx context.Context, c *console) (context.Context, func()) {
	in, ok := c.in.(*os.File)
	if !ok || !c.terminal || !term.IsTerminal(int(in.Fd())) {
		return context.WithCancel(ctx)
	}
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return context.WithCancel(ctx)
	}
	c.raw = true
	ctx, unhook := signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGQUIT)
	ctx, cancel := context.WithCancel(ctx)
	keys := make(chan []byte)
	go readKeys(ctx, in, keys)
	go func() {
		for pressed := range keys {
			if bytes.ContainsAny(pressed, "qQ\x03\x1c\x04") {
				cancel()
			}
		}
	}()
	return ctx, func() {
		cancel()
		unhook()
		term.Restore(int(in.Fd()), state)
		c.raw = false
	}
}

// eol ends a line: a terminal whose keys are read one by one needs to be told
// to go back to its left edge.
func eol(c *console) string {
	if c.raw {
		return "\r\n"
	}
	return "\n"
}
