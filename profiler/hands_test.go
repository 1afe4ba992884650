package profiler

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestHandsTellTheNextProcess leaves a file as a process that dies would.
func TestHandsTellTheNextProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reading")
	h := opened(t, path)
	if err := h.clear(); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", handRef+1)
	for _, ref := range []string{"waits", "is read", "was read", "is done", long} {
		h.begin(ref)
	}
	for _, ref := range []string{"is read", "was read", "is done", long, "never begun"} {
		if err := h.hold(ref); err != nil {
			t.Errorf("%.20s: %v", ref, err)
		}
	}
	for _, ref := range []string{"was read", "is done"} {
		h.drop(ref)
	}
	h.end("is done")
	left := opened(t, path).left()
	slices.Sort(left)
	if !slices.Equal(left, []string{"waits", "was read"}) {
		t.Errorf("left: %q", left)
	}
	if b, err := os.ReadFile(path); err != nil || bytes.Contains(b, []byte("is done")) {
		t.Errorf("what is done stays in the file, or %v", err)
	}
	for _, ref := range []string{"waits", "is read", "was read"} {
		h.end(ref)
	}
	if left := opened(t, path).left(); len(left) > 0 || len(h.free) != handSlots {
		t.Errorf("left: %q, %d slots are free", left, len(h.free))
	}
}

// TestHandsReadAnyFile opens files that no process of ours wrote.
func TestHandsReadAnyFile(t *testing.T) {
	for _, text := range []string{"", "\x01", strings.Repeat("\x01\xff\xff", 400), strings.Repeat("\x01", 3*handSlots*handSize)} {
		path := filepath.Join(t.TempDir(), "reading")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		h := opened(t, path)
		for _, ref := range h.left() {
			if ref == "" || len(ref) > handRef {
				t.Errorf("a reference of %d bytes", len(ref))
			}
		}
		if err := h.clear(); err != nil || len(h.left()) != 0 {
			t.Errorf("%v, %q", err, h.left())
		}
	}
}

func opened(t *testing.T, path string) *hands {
	t.Helper()
	h, err := openHands(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	})
	return h
}
