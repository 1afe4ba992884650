package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gait/store"
)

func token(name string) store.Token {
	return store.Token{Name: name, Role: store.Viewer, Use: store.UseAPI, Hash: sha256.Sum256([]byte(name)), Created: epoch}
}

func testTokens(t *testing.T, s store.Store) {
	ctx := t.Context()
	forever, short := token("forever"), token("short")
	short.Expires, short.Role, short.Use = epoch.Add(time.Hour), store.Operator, store.UseSession
	for _, x := range []store.Token{forever, short, short} { // the same again is the same call, made again
		if err := s.AddToken(ctx, x); err != nil {
			t.Fatal(err)
		}
	}
	other := token("other")
	other.Name = "short"
	if err := s.AddToken(ctx, other); !errors.Is(err, store.ErrExists) {
		t.Errorf("a name that is taken: %v", err)
	}
	if err := s.AddToken(ctx, store.Token{}); err == nil {
		t.Error("a token without a name")
	}
	list, err := s.Tokens(ctx)
	if err != nil || len(list) != 2 || list[0] != forever || list[1] != short {
		t.Fatalf("%v, %+v", err, list)
	}
	now := epoch.Add(30*time.Minute + 30*time.Second)
	got, err := s.TokenByHash(ctx, short.Hash, now)
	if err != nil || got.Name != "short" || got.Role != store.Operator || got.Use != store.UseSession || !got.LastUsed.Equal(now.Truncate(time.Minute)) {
		t.Errorf("%v, %+v", err, got)
	}
	if got, err := s.TokenByHash(ctx, short.Hash, now.Add(20*time.Second)); err != nil || !got.LastUsed.Equal(now.Truncate(time.Minute)) {
		t.Errorf("in the same minute: %v, %s", err, got.LastUsed)
	}
	if list, err = s.Tokens(ctx); err != nil || !list[1].LastUsed.Equal(now.Truncate(time.Minute)) {
		t.Errorf("%v, %+v", err, list)
	}
	if _, err := s.TokenByHash(ctx, short.Hash, short.Expires); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("expired: %v", err)
	}
	if _, err := s.TokenByHash(ctx, sha256.Sum256(nil), now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown: %v", err)
	}
	if err := s.RevokeToken(ctx, "forever"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.TokenByHash(ctx, forever.Hash, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoked: %v", err)
	}
	if err := s.RevokeToken(ctx, "forever"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
}

func testTakeToken(t *testing.T, s store.Store) {
	for round := range 10 {
		link := token(fmt.Sprintf("link %d", round))
		link.Use, link.Expires = store.UseLogin, epoch.Add(10*time.Minute)
		if err := s.AddToken(t.Context(), link); err != nil {
			t.Fatal(err)
		}
		var won atomic.Int32
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				switch got, err := s.TakeToken(t.Context(), link.Hash, epoch); {
				case err == nil && got == link:
					won.Add(1)
				case !errors.Is(err, store.ErrNotFound):
					t.Errorf("%v, %+v", err, got)
				}
			})
		}
		group.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d took it", won.Load())
		}
	}
	late := token("late")
	late.Expires = epoch
	if err := s.AddToken(t.Context(), late); err != nil {
		t.Fatal(err)
	}
	if _, err := s.TakeToken(t.Context(), late.Hash, epoch.Add(time.Second)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("too late: %v", err)
	}
}

func testAudit(t *testing.T, s store.Store) {
	for i := range 12 {
		err := s.Audit(t.Context(), store.AuditEntry{Time: epoch.Add(time.Duration(i) * time.Second), Who: "somebody\x00\xff", Action: "replay", Subject: fmt.Sprintf("shard:x#%d", i)})
		if err != nil {
			t.Fatal(err)
		}
	}
	got := all(t, 5, func(q store.PageQuery) (store.Page[store.AuditEntry], error) { return s.Audits(t.Context(), q) }, func(a store.AuditEntry) string {
		if a.Who != "somebody\x00\xff" || a.Action != "replay" || a.N == 0 || a.Time.IsZero() {
			t.Errorf("%+v", a)
		}
		return a.Subject
	})
	if len(got) != 12 || got[0] != "shard:x#11" || got[11] != "shard:x#0" {
		t.Errorf("%q", got)
	}
}
