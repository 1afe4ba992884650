package decoy

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// identity is what makes an installation itself. It lies in the decoy's folder,
// and only its owner may read it.
type identity struct {
	Seed      []byte    // 32 bytes, from which the machine is made
	Installed time.Time // when
	Keys      [][]byte  // host keys of SSH: RSA, ECDSA, Ed25519, as PKCS #8 PEM
}

const identityAt = "identity.json"

// loadIdentity reads the identity in a folder, or makes one.
func loadIdentity(dir string, now time.Time) (id identity, err error) {
	at := filepath.Join(dir, identityAt)
	text, err := os.ReadFile(at)
	if err == nil {
		if err = json.Unmarshal(text, &id); err == nil && (len(id.Seed) != 32 || len(id.Keys) != 3) {
			err = errors.New("it is not whole")
		}
		if err != nil {
			return id, fmt.Errorf("read %s: %w; put the file back, or remove it to become another machine", at, err)
		}
		return id, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return id, err
	}
	if id, err = newIdentity(now); err != nil {
		return id, err
	}
	if text, err = json.Marshal(id); err != nil {
		return id, err
	}
	return id, writeWhole(at, text)
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(at string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(at), ".new-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), at)
}

// newIdentity makes an identity by chance.
func newIdentity(now time.Time) (id identity, err error) {
	id.Seed, id.Installed = make([]byte, 32), now.UTC().Truncate(time.Second)
	rand.Read(id.Seed)
	r, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		return id, err
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return id, err
	}
	_, d, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return id, err
	}
	for _, key := range []any{r, e, d} {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return id, err
		}
		id.Keys = append(id.Keys, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	return id, nil
}

// secret gives 32 bytes for a purpose, the same each time.
func (id *identity) secret(purpose string) (out [32]byte) {
	b, err := hkdf.Key(sha256.New, id.Seed, nil, "gait decoy "+purpose, 32)
	if err != nil {
		panic(err) // only for a length that is too great
	}
	return [32]byte(b)
}
