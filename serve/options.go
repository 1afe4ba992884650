package serve

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait"
	"gait/internal/health"
	"gait/recording"
	"gait/store"
)

// Library reads a recording of which the store says where it is. Its errors are
// those of package recording.
type Library interface {
	// Read gives a session, which is the caller's own.
	Read(ctx context.Context, p recording.Place) (*gait.Session, error)
}

// Options say what is served, and to whom. The zero value describes the API
// and answers nothing.
type Options struct {
	Store   store.Store
	Library Library // nil: recordings cannot be looked at
	Board   *health.Board
	Log     *slog.Logger          // nil: slog.Default
	Metrics prometheus.Registerer // nil: none are kept

	// Held is told about how many bytes of recordings are held for those who look
	// at them, whenever that changes. It must return at once. It may be nil.
	Held func(bytes int64)

	// PublicURL is how others reach us, such as https://gait.example.org; empty
	// where only this machine does.
	PublicURL string
	// TrustedProxies are addresses and prefixes whose X-Forwarded-For and
	// X-Forwarded-Proto count.
	TrustedProxies []string
	// CertFile and KeyFile switch TLS on. They are read again when they change.
	CertFile, KeyFile string
	// Insecure allows to listen beyond loopback without TLS or tokens.
	Insecure bool

	Rate       float64       // requests a second of one client; 0 stands for 200
	Streams    int           // live connections at once; 0 stands for 20,000
	Conns      int           // connections at once, as far as the limit of open files allows; 0 stands for 24,000
	KeepAlive  time.Duration // between comments on a quiet live connection; 0 stands for 15 s
	SendWithin time.Duration // how long a client may take for one piece; 0 stands for 10 s
	Ring       int           // bytes of recent events in memory; 0 stands for 8 MB
}

func (o *Options) fill() {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Rate <= 0 {
		o.Rate = 200
	}
	if o.Streams <= 0 {
		o.Streams = 20_000
	}
	if o.Conns <= 0 {
		o.Conns = 24_000
	}
	// The rest of the program needs files too.
	if files := mostFiles(); files > 0 {
		o.Conns = min(o.Conns, max(files/2, files-1000))
	}
	if o.KeepAlive <= 0 {
		o.KeepAlive = 15 * time.Second
	}
	if o.SendWithin <= 0 {
		o.SendWithin = 10 * time.Second
	}
	if o.Ring <= 0 {
		o.Ring = 8 << 20
	}
}

// publicURL reads the public address; nil where there is none.
func (o *Options) publicURL() (*url.URL, error) {
	if o.PublicURL == "" {
		return nil, nil
	}
	u, err := url.Parse(o.PublicURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("public URL: %w", err)
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.User != nil:
		return nil, fmt.Errorf("public URL %q: want https://HOST or http://HOST:PORT", o.PublicURL)
	case u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "":
		return nil, fmt.Errorf("public URL %q: want it without a path; the page and the API are served at the root", o.PublicURL)
	}
	return u, nil
}
