package serve

import (
	"context"
	"sync"
	"time"
)

// How much is kept of recordings that are played or looked into, and for how
// long after they were last asked for.
const (
	playbackBytes = 96 << 20
	playbackIdle  = time.Minute
	readingBytes  = 64 << 20
	readingIdle   = 20 * time.Second
	maxNoted      = 4096
	keepNoted     = time.Hour
)

// sized is what a keep holds.
type sized interface {
	// size is about how much memory it takes.
	size() int64
}

// keep keeps what is dear to open, so that each thing is opened once, however
// many ask for it at a time. Only so many are opened at once. One that is
// larger than all that may be kept is kept alone. It is safe for concurrent use.
type keep[T sized] struct {
	most int64
	idle time.Duration
	now  func() time.Time
	one  chan struct{}     // held by who opens something
	tell func(bytes int64) // is told how much is held or about to be; may be nil

	mu    sync.Mutex
	kept  map[string]*showing[T]
	timer *time.Timer
}

// showing is something that is opened, or being opened.
type showing[T sized] struct {
	ready   chan struct{} // closed when p and err are set
	p       T
	err     error
	size    int64 // 0 until it is opened
	guess   int64 // how large it will be
	used    time.Time
	waiting int
	cancel  context.CancelFunc
}

func newKeep[T sized](most int64, idle time.Duration, atOnce int) *keep[T] {
	return &keep[T]{most: most, idle: idle, now: time.Now, one: make(chan struct{}, atOnce), kept: map[string]*showing[T]{}}
}

// playbacks keeps the recordings that are being played, and knows who looks.
type playbacks struct {
	*keep[*playback]
	looking sync.Mutex
	looks   map[look]time.Time
}

// look is who looks at what.
type look struct {
	hash [32]byte
	ref  string
}

func newPlaybacks() *playbacks {
	return &playbacks{keep: newKeep[*playback](playbackBytes, playbackIdle, 1), looks: map[look]time.Time{}}
}

// told tells how much is held. Callers hold the lock.
func (k *keep[T]) told() {
	if k.tell == nil {
		return
	}
	sum := int64(0)
	for _, s := range k.kept {
		sum += max(s.size, s.guess)
	}
	k.tell(sum)
}

// get gives something by its key, and opens it where it is not kept; guess is
// about how large it will be. Opening ends early when nobody waits for it any
// more.
func (k *keep[T]) get(ctx context.Context, key string, guess int64, open func(context.Context) (T, error)) (p T, err error) {
	k.mu.Lock()
	s := k.kept[key]
	if s == nil {
		opening, cancel := context.WithCancel(context.WithoutCancel(ctx))
		s = &showing[T]{ready: make(chan struct{}), cancel: cancel, guess: guess}
		k.kept[key] = s
		k.told()
		go k.open(opening, key, s, open)
	}
	s.waiting++
	s.used = k.now()
	k.mu.Unlock()
	select {
	case <-s.ready:
	case <-ctx.Done():
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	s.waiting--
	select {
	case <-s.ready:
		return s.p, s.err
	default:
	}
	if s.waiting == 0 {
		s.cancel()
		k.drop(key, s)
	}
	return p, ctx.Err()
}

// open opens something, and makes room for it.
func (k *keep[T]) open(ctx context.Context, key string, s *showing[T], open func(context.Context) (T, error)) {
	defer s.cancel()
	p, err := k.turn(ctx, open)
	k.mu.Lock()
	defer k.mu.Unlock()
	s.p, s.err, s.used = p, err, k.now()
	close(s.ready)
	if err != nil {
		k.drop(key, s)
		return
	}
	s.size, s.guess = p.size(), 0
	k.room(s)
	k.told()
	if k.timer == nil {
		k.timer = time.AfterFunc(k.idle, k.sweep)
	}
}

// turn opens something when there is a place for it.
func (k *keep[T]) turn(ctx context.Context, open func(context.Context) (T, error)) (p T, err error) {
	select {
	case k.one <- struct{}{}:
		defer func() { <-k.one }()
		return open(ctx)
	case <-ctx.Done():
		return p, ctx.Err()
	}
}

// drop forgets a recording, unless another has its key by now.
func (k *keep[T]) drop(key string, s *showing[T]) {
	if k.kept[key] == s {
		delete(k.kept, key)
		k.told()
	}
}

// room forgets what was used longest ago until the rest is within bounds.
func (k *keep[T]) room(newest *showing[T]) {
	for {
		sum, oldest, key := int64(0), (*showing[T])(nil), ""
		for name, s := range k.kept {
			sum += s.size
			if s.size > 0 && s != newest && (oldest == nil || s.used.Before(oldest.used)) {
				oldest, key = s, name
			}
		}
		if sum <= k.most || oldest == nil {
			return
		}
		delete(k.kept, key)
	}
}

// sweep forgets what nobody has asked for in a while.
func (k *keep[T]) sweep() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.timer = nil
	now, next := k.now(), k.idle
	for key, s := range k.kept {
		if s.size == 0 {
			continue
		}
		left := s.used.Add(k.idle).Sub(now)
		if left <= 0 {
			delete(k.kept, key)
			continue
		}
		next = min(next, left)
	}
	k.told()
	if len(k.kept) > 0 {
		k.timer = time.AfterFunc(next, k.sweep)
	}
}

// note notes that a look stands in the audit log.
func (k *playbacks) note(hash [32]byte, ref string) {
	k.looking.Lock()
	defer k.looking.Unlock()
	if len(k.looks) >= maxNoted {
		clear(k.looks)
	}
	k.looks[look{hash, ref}] = k.now()
}

// noted says whether a look was noted within the last hour.
func (k *playbacks) noted(hash [32]byte, ref string) bool {
	k.looking.Lock()
	defer k.looking.Unlock()
	at, ok := k.looks[look{hash, ref}]
	return ok && k.now().Sub(at) < keepNoted
}
