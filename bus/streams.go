package bus

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// stream says what one stream holds, how long, and what happens when it is full.
type stream struct {
	name     string
	about    string
	subjects []string
	age      time.Duration
	bytes    int64
	discard  jetstream.DiscardPolicy
	repeats  time.Duration // how long an id is remembered
}

// streams lists all streams. An id is remembered for as long as a message is
// likely to be repeated after a cut or a restart, no longer: at 20,000
// observations a second each second of it costs 5 MB of memory.
func streams() []stream {
	return []stream{{
		name:     StreamSessions,
		about:    "sessions that ended",
		subjects: []string{SubjectSessionEnded},
		age:      7 * 24 * time.Hour,
		bytes:    1 << 30,
		discard:  jetstream.DiscardNew,
		repeats:  30 * time.Second,
	}, {
		name:     StreamObservations,
		about:    "observations, and what is attributed",
		subjects: []string{SubjectObservation + ">", SubjectOwn + ">", "attribution.>"},
		age:      24 * time.Hour,
		bytes:    1 << 30,
		discard:  jetstream.DiscardOld,
		repeats:  5 * time.Second,
	}, {
		name:  StreamActivity,
		about: "what attackers are doing",
		subjects: []string{
			"attacker.session.started", "attacker.auth", "attacker.exec", "attacker.upload", "attacker.forward",
		},
		age:     24 * time.Hour,
		bytes:   256 << 20,
		discard: jetstream.DiscardOld,
		repeats: 30 * time.Second,
	}}
}

// streamOf gives the stream that holds a subject, empty for none.
func streamOf(subject string) string {
	for _, s := range streams() {
		for _, pattern := range s.subjects {
			prefix, open := strings.CutSuffix(pattern, ">")
			if open && strings.HasPrefix(subject, prefix) || subject == pattern {
				return s.name
			}
		}
	}
	return ""
}

// ensure makes the streams, or brings those that are there to what they should
// be. It does nothing where it was done after the time given: whoever met
// trouble asks with the time of that trouble, and of many that ask at once one
// does the work.
func (b *natsBus) ensure(ctx context.Context, since time.Time) error {
	select {
	case b.ensuring <- struct{}{}:
		defer func() { <-b.ensuring }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if b.ensured.After(since) {
		return nil
	}
	ctx, cut := b.linked(ctx)
	defer cut()
	began := time.Now()
	for _, s := range streams() {
		if err := b.ensureOne(ctx, s); err != nil {
			return err
		}
	}
	b.ensured = began
	return nil
}

func (b *natsBus) ensureOne(ctx context.Context, s stream) error {
	name := b.o.Prefix + s.name
	var config jetstream.StreamConfig
	found, err := b.js.Stream(ctx, name)
	switch {
	case err == nil:
		config = found.CachedInfo().Config
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return fmt.Errorf("look for stream %s: %w", name, b.translate(err))
	}
	want := b.configure(s, config)
	if found != nil && reflect.DeepEqual(want, config) {
		return nil
	}
	if _, err = b.js.CreateOrUpdateStream(ctx, want); err != nil {
		return fmt.Errorf("make stream %s: %w", name, b.translate(err))
	}
	return nil
}

// configure gives the configuration of a stream, from what it has: what is not
// ours to say, such as where it is placed, stays.
func (b *natsBus) configure(s stream, config jetstream.StreamConfig) jetstream.StreamConfig {
	fresh := config.Name == ""
	subjects := make([]string, len(s.subjects))
	for i, subject := range s.subjects {
		subjects[i] = b.o.sent(subject)
	}
	if !slices.Equal(config.Subjects, subjects) {
		config.Subjects = subjects
	}
	config.Name = b.o.Prefix + s.name
	config.Description = s.about
	config.Retention = jetstream.LimitsPolicy
	config.Storage = jetstream.FileStorage
	config.MaxAge = s.age
	config.MaxBytes = s.bytes
	config.Discard = s.discard
	config.Duplicates = s.repeats
	if n := b.tuning.streamBytes; n > 0 {
		config.MaxBytes = n
	}
	if fresh {
		config.MaxMsgs, config.MaxMsgsPerSubject, config.MaxConsumers, config.MaxMsgSize = -1, -1, -1, -1
		config.Replicas = 1
	}
	if b.o.Replicas > 0 {
		config.Replicas = b.o.Replicas
	}
	return config
}
