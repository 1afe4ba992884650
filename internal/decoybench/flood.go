package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"gait"
	"gait/recording"
)

// flood lets one address print more than is kept of it, in many sessions, and
// then another address type: all of that must be in the recording.
func (b *bench) flood(ctx context.Context) error {
	const each1 = 400 << 10
	began := time.Now()
	if err := each(ctx, b.count, 8, func(int) error { return b.yes(each1) }); err != nil {
		return err
	}
	fmt.Printf("flood: %d sessions of one address printed %d KB each in %v\n", b.count, each1>>10, time.Since(began).Round(time.Second))
	const text = "echo the second address\r"
	t, err := b.open("127.0.0.9")
	if err != nil {
		return err
	}
	for i := range text {
		if _, err := io.WriteString(t.in, text[i:i+1]); err != nil {
			return err
		}
	}
	if err := t.until("\rthe second address\r\n"); err != nil {
		return err
	}
	io.WriteString(t.in, "exit\r")
	io.Copy(io.Discard, t.out)
	t.client.Close()
	time.Sleep(time.Second)
	return b.found(text + "exit\r")
}

// yes prints so much in a session, and reads it.
func (b *bench) yes(size int) error {
	c, err := b.login("127.0.0.8")
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		return err
	}
	out, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.Start(fmt.Sprintf("yes | head -c %d", size)); err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, out)
	if err == nil && n != int64(size) {
		err = fmt.Errorf("%d bytes came, not %d", n, size)
	}
	return err
}

// found looks into the shards for the session of the second address and for how
// much is kept of the first.
func (b *bench) found(typed string) error {
	files, err := filepath.Glob(filepath.Join(b.dir, "data/shards/*/ssh/transcripts/*.jsonl"))
	if err != nil {
		return err
	}
	var kept, whole int64
	second := errors.New("the session of the second address is not there")
	for _, path := range files {
		f, err := recording.Open(path, recording.Options{})
		if err != nil {
			return err
		}
		for s, err := range recording.Sessions(f) {
			if err != nil {
				return err
			}
			if s.SourceIP == "127.0.0.8" {
				kept += s.Extent
				whole++
			}
			if s.SourceIP == "127.0.0.9" && bytes.Equal(s.Block(gait.Input), []byte(typed)) && s.Truncated == "" && s.End.Seen {
				second = nil
			}
		}
		f.Close()
	}
	fmt.Printf("kept of the first address: %d sessions, %.0f MB of event data; the second address is whole: %v\n", whole, float64(kept)/(1<<20), second == nil)
	return second
}
