package serve

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gait/store"
)

// identity is who asks. The zero identity is somebody without a token.
type identity struct {
	Name   string
	Role   role
	Use    string // of the token
	Hash   [32]byte
	Ends   time.Time // zero for never
	cookie bool
}

// Errors of somebody who asks.
var (
	errNoToken  = errors.New("no token")
	errBadToken = errors.New("the token is not known, has expired, or was revoked")
)

// doorman finds out who asks. What the store said of a token holds for a few
// seconds, so that a revoked token is refused soon, and everywhere.
type doorman struct {
	store store.Access
	now   func() time.Time

	mu    sync.Mutex
	known map[[32]byte]remembered
	gone  atomic.Int64 // tokens that were revoked here
}

type remembered struct {
	who   identity
	until time.Time
}

const (
	rememberFor   = 5 * time.Second
	maxRemembered = 4096
)

func newDoorman(s store.Access) *doorman {
	return &doorman{store: s, now: time.Now, known: map[[32]byte]remembered{}}
}

// secretOf gives the secret that a request shows, and whether it is a cookie.
func secretOf(r *http.Request, cookie string) (secret string, byCookie bool) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, rest, _ := strings.Cut(h, " ")
		if strings.EqualFold(scheme, "Bearer") {
			return strings.TrimSpace(rest), false
		}
	}
	if c, err := r.Cookie(cookie); err == nil {
		return c.Value, true
	}
	return "", false
}

// who gives whoever shows a secret. Only tokens of the API count as bearers,
// only those of browser sessions as cookies.
func (d *doorman) who(ctx context.Context, secret string, byCookie bool) (identity, error) {
	if secret == "" {
		return identity{}, errNoToken
	}
	if len(secret) > maxSecret || d.store == nil {
		return identity{}, errBadToken
	}
	hash := Hash(secret)
	who, err := d.find(ctx, hash)
	if err != nil {
		return identity{}, err
	}
	if want := useOf(byCookie); who.Use != want || !who.Ends.IsZero() && !d.now().Before(who.Ends) {
		return identity{}, errBadToken
	}
	who.cookie = byCookie
	return who, nil
}

func useOf(byCookie bool) string {
	if byCookie {
		return store.UseSession
	}
	return store.UseAPI
}

// find asks the store for a token, unless it has been asked just now.
func (d *doorman) find(ctx context.Context, hash [32]byte) (identity, error) {
	now := d.now()
	d.mu.Lock()
	r, ok := d.known[hash]
	d.mu.Unlock()
	if ok && now.Before(r.until) {
		return r.who, nil
	}
	t, err := d.store.TokenByHash(ctx, hash, now)
	if errors.Is(err, store.ErrNotFound) {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.known, hash)
		return identity{}, errBadToken
	}
	if err != nil {
		return identity{}, err
	}
	who := identity{Name: t.Name, Role: roleOf(t.Role), Use: t.Use, Hash: hash, Ends: t.Expires}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.known) >= maxRemembered {
		clear(d.known)
	}
	d.known[hash] = remembered{who, now.Add(rememberFor)}
	return who, nil
}

// still says whether somebody who was let in before may stay. Where the store
// cannot be asked, they may.
func (d *doorman) still(ctx context.Context, who identity) bool {
	now, err := d.find(ctx, who.Hash)
	if err != nil {
		return !errors.Is(err, errBadToken)
	}
	return now.Role >= who.Role && (now.Ends.IsZero() || d.now().Before(now.Ends))
}

// revoked counts the tokens that were revoked here, so that it can be seen
// whether there are more.
func (d *doorman) revoked() int64 { return d.gone.Load() }

// forget takes note that a token is no longer good.
func (d *doorman) forget(hash [32]byte) {
	d.gone.Add(1)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.known, hash)
}

type askedKey struct{}

// asked is a request, and who makes it.
type asked struct {
	who identity
	r   *http.Request
}

// withIdentity notes who asks.
func withIdentity(ctx context.Context, who identity, r *http.Request) context.Context {
	return context.WithValue(ctx, askedKey{}, asked{who, r})
}

// whoAsks gives who asks, as the request was let in.
func whoAsks(ctx context.Context) identity {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a.who
}

// requestOf gives the request of an operation.
func requestOf(ctx context.Context) *http.Request {
	a, _ := ctx.Value(askedKey{}).(asked)
	return a.r
}
