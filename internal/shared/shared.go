// Package shared finds the papers and recordings that lie beside the project,
// for tests that measure against them.
package shared

import (
	"os"
	"path/filepath"
	"testing"
)

// Path gives the path of something in ../shared. Where it is not there the
// test is skipped with a message; under CI=true it fails.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
	path := filepath.Join(append([]string{filepath.Dir(dir), "shared"}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is needed here: %v", path, err)
		}
		t.Skipf("%s is not here", path)
	}
	return path
}
