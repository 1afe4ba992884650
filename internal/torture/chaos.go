package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"
)

// torture kills so many times, and does what else can happen in between.
func (w *world) torture(ctx context.Context, kills int) (t tally, err error) {
	if !pause(ctx, time.Second) {
		return t, ctx.Err()
	}
	for t.kills < kills {
		if !pause(ctx, time.Duration(w.dice.Int64N(int64(w.o.pause)))) {
			return t, ctx.Err()
		}
		switch n := w.dice.IntN(100); {
		case n < 4:
			err = w.step(&t)
		case n < 8 && w.disk != "":
			err = w.fill(ctx, &t)
		case n < 14 && len(w.back) > 0:
			w.stopBack(ctx, &t)
		default:
			w.killPart(&t)
		}
		if err != nil {
			return t, err
		}
	}
	return t, os.WriteFile(w.path("clock"), []byte("0"), 0o644)
}

// killPart kills one process of the program.
func (w *world) killPart(t *tally) {
	p := w.parts[w.dice.IntN(len(w.parts))]
	if !p.kill() {
		return
	}
	t.kills++
	if w.o.verbose {
		fmt.Printf("kill %d: %s\n", t.kills, p.name)
	}
}

// stopBack kills the bus or the store, and starts it again after a while.
func (w *world) stopBack(ctx context.Context, t *tally) {
	p := w.back[w.dice.IntN(len(w.back))]
	t.stops++
	p.hold()
	pause(ctx, time.Duration(100+w.dice.IntN(2500))*time.Millisecond)
	p.release()
}

// step sets the clock of the program an hour forth or back, or right again.
func (w *world) step(t *tally) error {
	t.steps++
	by := [...]int{-3600, 0, 3600}[w.dice.IntN(3)]
	return os.WriteFile(w.path("clock"), []byte(strconv.Itoa(by)), 0o644)
}

// fill fills the small disk to the last byte, and frees it again.
func (w *world) fill(ctx context.Context, t *tally) error {
	t.fills++
	path := w.path("data", "filler")
	f, err := os.Create(path)
	if err != nil {
		return nil // it is full as it is
	}
	block := make([]byte, 64<<10)
	for len(block) > 0 {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	f.Close()
	pause(ctx, time.Duration(500+w.dice.IntN(2000))*time.Millisecond)
	return os.Remove(path)
}
