package regex

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestBounds gives expressions and texts whose product would take hours.
func TestBounds(t *testing.T) {
	text := bytes.Repeat([]byte("a"), 1<<20)
	for pattern, size := range map[string]int{
		strings.Repeat("(a?){1000}", 2) + "b": 1 << 20,
		"(a|b)*(a|b)*(a|b)*c":                 1 << 20,
		"a*b|a":                               256 << 10,
		"a":                                   64 << 10,
	} {
		began := time.Now()
		re, err := Compile(pattern, Options{Extended: true})
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		re.Match(text[:size])
		re.Find(text[:size])
		list := re.All(text[:size], -1)
		if took := time.Since(began); took > time.Minute {
			t.Errorf("%.30s: %v", pattern, took)
		}
		if pattern == "a" && len(list) != size {
			t.Errorf("%d matches of %d", len(list), size)
		}
	}
}

// TestLargest compiles what would not fit into memory.
func TestLargest(t *testing.T) {
	for pattern, large := range map[string]bool{
		strings.Repeat("(a?){1000}", 1500):        true,
		strings.Repeat("((a?){30}){30}", 1500):    true,
		strings.Repeat("[[:alpha:]]{1000}", 1500): true,
		strings.Repeat("(a|bc){200}", 10):         false,
		"a{1000}":                                 false,
	} {
		_, err := Compile(pattern, Options{Extended: true})
		if (err == errLarge) != large {
			t.Errorf("%.30s: %v", pattern, err)
		}
	}
}
