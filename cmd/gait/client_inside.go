package main

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"gait/internal/health"
	"gait/serve"
	"gait/store"
	"gait/store/postgres"
	"gait/store/sqlite"
)

// authority reads a certificate authority.
func authority(path string) (*tls.Config, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", path)
	}
	return &tls.Config{RootCAs: pool}, nil
}

// open opens the store beside a running system, if there is one.
func (s *storeFlags) open(ctx context.Context, data string, opt store.Options) (store.Store, error) {
	opt.Beside = true
	if s.postgres() {
		db, err := postgres.Open(ctx, s.Store, opt)
		if err != nil {
			return nil, fmt.Errorf("store: %s", withoutSecrets(err))
		}
		return db, nil
	}
	path := filepath.Join(data, databaseAt)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no store in %s: start gait run first, or name its folder with --data", data)
	}
	db, err := sqlite.Open(ctx, path, opt)
	if err != nil {
		return nil, hinted(err, data)
	}
	return db, nil
}

// inside makes an API of our own on the store.
func (a *askFlags) inside(ctx context.Context) (*client, error) {
	db, err := a.storeFlags.open(ctx, a.Data, store.Options{})
	if err != nil {
		return nil, err
	}
	token := serve.NewSecret()
	s, err := serve.New(serve.Options{
		Store: &ourselves{Store: db, hash: serve.Hash(token)}, Board: health.NewBoard(),
		Log: slog.New(slog.DiscardHandler), Rate: 1e6,
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &client{"http://127.0.0.1", token, &http.Client{Transport: handled{s.Handler()}}, false, db.Close}, nil
}

// ourselves is a store that knows one token more: that of this process.
type ourselves struct {
	store.Store
	hash [32]byte
}

// TokenByHash knows our own token, and those of the store.
func (o *ourselves) TokenByHash(ctx context.Context, hash [32]byte, now time.Time) (store.Token, error) {
	if subtle.ConstantTimeCompare(hash[:], o.hash[:]) == 1 {
		return store.Token{Name: "local", Role: store.Operator, Use: store.UseAPI, Hash: hash}, nil
	}
	return o.Store.TokenByHash(ctx, hash, now)
}

// handled answers requests without a network.
type handled struct{ http.Handler }

// RoundTrip lets the handler answer.
func (h handled) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.RemoteAddr, req.RequestURI, req.Host = "127.0.0.1:1", req.URL.RequestURI(), req.URL.Host
	if req.Body == nil {
		req.Body = http.NoBody
	}
	r, w := io.Pipe()
	a := &inProcess{header: http.Header{}, body: w, begun: make(chan int, 1)}
	go func() {
		defer func() {
			if fault := recover(); fault != nil && fault != http.ErrAbortHandler {
				w.CloseWithError(errors.New("the answer broke off"))
			}
			a.WriteHeader(http.StatusOK)
			w.Close()
		}()
		h.ServeHTTP(a, req)
	}()
	select {
	case status := <-a.begun:
		return &http.Response{StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: a.sent, Body: r, ContentLength: -1, Request: req}, nil
	case <-req.Context().Done():
		r.Close()
		return nil, req.Context().Err()
	}
}

// inProcess is an answer on its way through a pipe.
type inProcess struct {
	header, sent http.Header
	body         *io.PipeWriter
	begun        chan int
}

// Header gives the header that is still to be sent.
func (a *inProcess) Header() http.Header { return a.header }

// WriteHeader begins the answer; only the first call counts.
func (a *inProcess) WriteHeader(status int) {
	if a.sent == nil && status >= 200 {
		a.sent = a.header.Clone()
		a.begun <- status
	}
}

// Write sends a piece of the body.
func (a *inProcess) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// Flush does nothing: a pipe keeps nothing back.
func (a *inProcess) Flush() {}

// SetWriteDeadline does nothing: nobody is slow here.
func (a *inProcess) SetWriteDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing: nobody is slow here.
func (a *inProcess) SetReadDeadline(time.Time) error { return nil }
