package asciicast

import (
	"crypto/sha256"
	"hash"
	"io"
)

// hashed passes an input on and hashes what passes.
type hashed struct {
	r    io.Reader
	hash hash.Hash
}

func newHashed(r io.Reader) *hashed { return &hashed{r, sha256.New()} }

// Read reads and hashes.
func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.hash.Write(p[:n])
	return n, err
}

// finish hashes what was not read.
func (h *hashed) finish() error {
	_, err := io.Copy(h.hash, h.r)
	return err
}
