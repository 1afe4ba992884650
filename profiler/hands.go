package profiler

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"gait/store"
)

// An attempt counts against a session only where the process died with that
// session in a worker's hands. Which sessions were begun and were not stands in
// a small file, so that whoever starts next can tell: what was written there
// outlives the process, however it died. It need not outlive the machine, since
// an attempt that is given back or not after that does no harm.
const (
	handSlots = maxFlight
	handSize  = 512 // of a slot: its state, the length of the reference, the reference
	handRef   = handSize - 3
)

// States of a slot that is not free. Only a session that waits has its attempt
// given back.
const (
	handWaits = 1 // begun, and not in anybody's hands
	handReads = 2 // a worker reads it
)

// hands is the file. Without a file nothing is noted, and every attempt counts.
type hands struct {
	mu    sync.Mutex
	file  *os.File
	free  []int
	slots map[string]int // by reference
}

// openHands opens the file. An empty path stands for none. What the last process
// left is there until clear is called.
func openHands(path string) (*hands, error) {
	h := &hands{slots: map[string]int{}}
	if path == "" {
		return h, nil
	}
	var err error
	h.file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	return h, err
}

// left gives the references of the sessions that the last process had begun and
// did not hold when it died.
func (h *hands) left() []string {
	if h.file == nil {
		return nil
	}
	b := make([]byte, handSlots*handSize)
	n, _ := h.file.ReadAt(b, 0) // a shorter file has fewer slots
	return waitedIn(b[:n-n%handSize])
}

// clear makes all slots free. They are written in full, so that no later write
// needs room on the disk. Before it nothing is noted.
func (h *hands) clear() error {
	if h.file == nil {
		return nil
	}
	if _, err := h.file.WriteAt(make([]byte, handSlots*handSize), 0); err != nil {
		return err
	}
	for i := range handSlots {
		h.free = append(h.free, i)
	}
	return nil
}

// waitedIn gives the references of slots that say "waits".
func waitedIn(b []byte) (refs []string) {
	for slot := range slices.Chunk(b, handSize) {
		n := int(binary.LittleEndian.Uint16(slot[1:]))
		if slot[0] == handWaits && n > 0 && n <= handRef {
			refs = append(refs, string(slot[3:3+n]))
		}
	}
	return refs
}

func (h *hands) close() error {
	if h.file == nil {
		return nil
	}
	return h.file.Close()
}

// begin notes that a session is being begun. One that cannot be noted counts as
// held all the while.
func (h *hands) begin(ref string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file == nil || len(ref) > handRef || len(h.free) == 0 {
		return
	}
	if _, there := h.slots[ref]; there {
		return
	}
	i := h.free[len(h.free)-1]
	b := append(make([]byte, 0, handSize), handWaits)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(ref)))
	if _, err := h.file.WriteAt(append(b, ref...), int64(i)*handSize); err != nil {
		return
	}
	h.free, h.slots[ref] = h.free[:len(h.free)-1], i
}

// hold notes that a worker takes a session into its hands. It must not read it
// where that fails.
func (h *hands) hold(ref string) error { return h.set(ref, handReads) }

// drop notes that the worker is done with it.
func (h *hands) drop(ref string) { _ = h.set(ref, handWaits) } // else it counts as held until it ends

// end notes that a session has its answer. Nothing of it stays in the file.
func (h *hands) end(ref string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, there := h.slots[ref]
	if !there {
		return
	}
	delete(h.slots, ref)
	if _, err := h.file.WriteAt(make([]byte, handSize), int64(i)*handSize); err == nil {
		h.free = append(h.free, i)
	}
}

func (h *hands) set(ref string, state byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	i, there := h.slots[ref]
	if !there {
		return nil
	}
	if _, err := h.file.WriteAt([]byte{state}, int64(i)*handSize); err != nil {
		return fmt.Errorf("note what is read: %w", err)
	}
	return nil
}

// takeHands opens the file, gives back the attempts of sessions that the last
// process had begun and did not hold when it died, and begins anew. Where the
// file cannot be used every attempt counts, as without one.
func (p *Profiler) takeHands(ctx context.Context) error {
	h, err := openHands(p.handsAt)
	if err == nil {
		if err := p.forgive(ctx, h.left()); err != nil {
			return errors.Join(err, h.close())
		}
		err = h.clear()
	}
	if err != nil {
		p.log.Warn("what is being read cannot be noted: sessions under way when the process dies count as tried", "error", err)
	}
	p.hands = h
	return nil
}

// forgive gives back the attempts of sessions that the last process had begun
// and did not hold when it died.
func (p *Profiler) forgive(ctx context.Context, refs []string) error {
	if len(refs) == 0 {
		return nil
	}
	return p.insist(ctx, "give attempts back", func() error {
		known, err := p.store.Known(ctx, refs)
		if err != nil {
			return err
		}
		var list []store.Settlement
		for _, ref := range refs {
			if k, there := known[ref]; there && k.State == store.Waiting && k.Attempts > 0 {
				list = append(list, store.Settlement{Ref: ref, State: store.Waiting})
			}
		}
		if len(list) == 0 {
			return nil
		}
		return p.store.Settle(ctx, list)
	})
}
