package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"gait/store"
	"gait/store/storetest"
)

// troubled is a store of which some questions fail.
type troubled struct {
	store.Store
	err error
}

// Attackers fails.
func (s troubled) Attackers(context.Context, store.AttackerQuery) (store.Page[store.Attacker], error) {
	if s.err == nil {
		panic("SECRET")
	}
	return store.Page[store.Attacker]{}, s.err
}

// Positions fails.
func (s troubled) Positions(context.Context) (oldest, newest int64, err error) { return 0, 0, s.err }

// Ping fails.
func (s troubled) Ping(context.Context) error { return s.err }

func TestTroubleOfTheStore(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		after  string
	}{
		{fmt.Errorf("SECRET: %w", store.ErrLater), 503, retryLater}, {fmt.Errorf("SECRET: %w", store.ErrNotFound), 404, ""},
		{fmt.Errorf("SECRET: %w", store.ErrCursor), 400, ""}, {errors.New("SECRET"), 500, ""}, {nil, 500, ""},
		{context.DeadlineExceeded, 503, retryLater}, {io.ErrUnexpectedEOF, 500, ""},
	} {
		x := newSite(t, troubled{storetest.SQLite(t), c.err}, Options{})
		resp, body := x.ask(t, http.MethodGet, basePath+"/attackers", x.viewer)
		if resp.StatusCode != c.status || resp.Header.Get("Retry-After") != c.after || strings.Contains(body, "SECRET") || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v: %s %s", c.err, resp.Status, body)
		}
		if c.err == nil {
			continue
		}
		if resp, body := x.ask(t, http.MethodGet, basePath+"/events", x.viewer); resp.StatusCode != c.status || x.live.count() != 0 {
			t.Errorf("events, %v: %s %s, %d clients", c.err, resp.Status, body, x.live.count())
		}
		if resp, _ := x.ask(t, http.MethodGet, basePath+"/ready", ""); resp.StatusCode != http.StatusServiceUnavailable {
			t.Error(resp.Status)
		}
	}
}
