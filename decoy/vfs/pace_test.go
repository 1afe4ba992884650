package vfs

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestPace reads a device without an end: the first megabytes take no time, what
// follows does, however small the reads are.
func TestPace(t *testing.T) {
	for _, size := range []int{1, 64 << 10} {
		synctest.Test(t, func(t *testing.T) {
			f, _ := newFS(Limits{})
			dev, err := f.Open("/dev/full", ReadOnly, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer dev.Close()
			buf, began := make([]byte, size), time.Now()
			quick := fastBytes / max(size, leastRead)
			for range quick {
				dev.Read(buf)
			}
			if took := time.Since(began); took != 0 {
				t.Errorf("reads of %d: %v at full speed", size, took)
			}
			for range 100 {
				dev.Read(buf)
			}
			if took := time.Since(began); took < 100*time.Millisecond {
				t.Errorf("reads of %d: %v after that", size, took)
			}
		})
	}
}
