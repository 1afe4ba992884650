package serve

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is a certificate in two files, which is read again when they
// change. One that cannot be read leaves the one before in use.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	stamps  [2]stamp
	checked time.Time
}

// stamp tells whether a file is still the same.
type stamp struct {
	mod  time.Time
	size int64
}

const checkCertificate = 5 * time.Second

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.get(), nil },
	}
}

// load reads the files.
func (c *certificate) load() error {
	stamps := [2]stamp{stampOf(c.certFile), stampOf(c.keyFile)}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	// The same files are not tried again, whatever came of it.
	c.stamps, c.checked = stamps, time.Now()
	if err != nil {
		return fmt.Errorf("TLS certificate %s with key %s: %w", c.certFile, c.keyFile, err)
	}
	c.current = &pair
	return nil
}

// get gives the certificate to show.
func (c *certificate) get() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.checked) < checkCertificate {
		return c.current
	}
	c.checked = time.Now()
	if c.stamps == [2]stamp{stampOf(c.certFile), stampOf(c.keyFile)} {
		return c.current
	}
	if err := c.load(); err != nil {
		c.log.Warn("the certificate changed and cannot be read; the one before stays in use", "err", err)
	} else {
		c.log.Info("the certificate was read again", "file", c.certFile)
	}
	return c.current
}
