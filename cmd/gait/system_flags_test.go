package main

import (
	"errors"
	"testing"
	"time"
)

func TestRulesAreReadAndWritten(t *testing.T) {
	now := time.Date(2026, 5, 8, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]keepRule{
		"90d": {Age: 90 * day}, "20GB": {Size: 20 << 30}, "90d,20GB": {90 * day, 20 << 30}, "1KB, 12h": {12 * time.Hour, 1 << 10},
	} {
		var k, again keepRule
		if err := k.UnmarshalText([]byte(text)); err != nil || k != want || k.none() {
			t.Errorf("%q: %+v %v", text, k, err)
		}
		if err := again.UnmarshalText([]byte(k.String())); err != nil || again != k {
			t.Errorf("%q is written as %q: %v", text, k, err)
		}
	}
	for _, text := range []string{"", "90", "0d", "0GB", "-1d", "90d,90d", "1GB,1GB", "forever", "90d,"} {
		if k := new(keepRule); k.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is taken as %+v", text, k)
		}
	}
	for text, want := range map[string]freeRule{"1GB,5%": {1 << 30, 0.05}, "6MB": {6 << 20, 0}, "10%": {0, 0.1}} {
		var f, again freeRule
		if err := f.UnmarshalText([]byte(text)); err != nil || f != want {
			t.Errorf("%q: %+v %v", text, f, err)
		}
		if err := again.UnmarshalText([]byte(f.String())); err != nil || again != f {
			t.Errorf("%q is written as %q: %v", text, f, err)
		}
	}
	for text, want := range map[string]time.Time{
		"2026-05-01": time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), "2026-05-01T08:00:00Z": time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC),
		"2d": now.Add(-2 * day), "90m": now.Add(-90 * time.Minute),
	} {
		var s, again sinceTime
		if err := s.UnmarshalText([]byte(text)); err != nil || !s.time(now).Equal(want) {
			t.Errorf("%q: %v %v", text, s.time(now), err)
		}
		if err := again.UnmarshalText([]byte(s.String())); err != nil || !again.time(now).Equal(want) {
			t.Errorf("%q is written as %q: %v", text, s, err)
		}
	}
	for text, want := range map[string]float64{"0.5": 0.5, "2/s": 2, "30/min": 0.5, "360/h": 0.1} {
		var r rate
		if err := r.UnmarshalText([]byte(text)); err != nil || float64(r) != want {
			t.Errorf("%q: %v %v", text, r, err)
		}
	}
	for _, text := range []string{"", "x", "0", "-1", "1/d", "NaN", "Inf", "1e9"} {
		if r := new(rate); r.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is taken as %v", text, *r)
		}
	}
	for _, text := range []string{"", "5%%", "200%", "x"} {
		if f := new(freeRule); f.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is taken as %+v", text, f)
		}
	}
}

func TestSecretsAreNotTold(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://me:hush@db/x?sslmode=off":           "postgres://me:...@db/x?sslmode=off",
		"postgres://db/x?password=hush":                 "postgres://db/x?password=...",
		"nats://token@bus:4222":                         "nats://token@bus:4222",
		"/srv/a,b":                                      "/srv/a,b",
		"webhook[a=b]:https://me:hush@example.org/?x=1": "webhook[a=b]:https://me:...@example.org/?x=1",
		"postgres://me:hu%zzsh@db/x":                    "postgres://...",
	} {
		if got := withoutSecret(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for text, want := range map[string]string{
		`cannot parse "postgres://me:hush@db/x": no`: `cannot parse "postgres://me:...@db/x": no`,
		"failed: user=me password=hush database=x":   "failed: user=me password=...@ database=x",
		"plain": "plain",
	} {
		if got := withoutSecrets(errors.New(text)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestReachableAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"0.0.0.0:80": "127.0.0.1:80", "[::]:80": "[::1]:80", "192.0.2.1:80": "192.0.2.1:80", "nonsense": "nonsense",
	} {
		if got := reachable(text); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
