package serve

import (
	"bytes"
	"os"
	"testing"
)

func TestDescriptionInDocsIsFresh(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, s.OpenAPI()) {
		t.Error("docs/openapi.json is stale: make docs")
	}
}
