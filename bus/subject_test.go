package bus

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestHostileMessagesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		var list []Message
		var want []error
		add := func(err error, m Message) { list, want = append(list, m), append(want, err) }
		for _, subject := range []string{
			"attacker.*", "attacker.>", "attacker.observation.*", "attacker.observation.a b", "attacker.observation.a\tb", ".", "",
			"attacker..auth", "attacker.observation.", ".attacker.auth", "attacker.observation.\x00", "attacker.observation.é",
			"attacker.observation.\r\nPUB x 1\r\n", "attacker.observation.\x7f", "attacker.observation.a>b", "other.subject", "$JS.API.STREAM.DELETE.SESSIONS",
			"attacker.observation." + strings.Repeat("a", 129), "attacker.observation" + strings.Repeat(".aaaaaaa", 40),
		} {
			add(ErrSubject, Message{Subject: subject})
		}
		for name, value := range map[string]string{
			"Nats-Rollup": "all", "nats-expected-stream": "x", "Status": "100", "A B": "c", "A:": "b", "": "x",
			"Gait-Type": "a\r\nNats-Rollup: all", "Gait-Type2": "\x00", "Gait-Type3": strings.Repeat("a", 2000),
		} {
			add(ErrHeader, Message{Subject: SubjectSessionEnded, Header: map[string]string{name: value}})
		}
		add(ErrHeader, Message{Subject: SubjectSessionEnded, ID: "a\nb"})
		add(ErrHeader, Message{Subject: SubjectSessionEnded, ID: strings.Repeat("a", 2000)})
		add(ErrTooLarge, Message{Subject: SubjectSessionEnded, Data: make([]byte, 1<<24)})
		add(nil, ended(1))
		errs := b.PublishAll(context.Background(), list)
		for i := range list {
			if !errors.Is(errs[i], want[i]) || (want[i] == nil) != (errs[i] == nil) {
				t.Errorf("%.60q %.60v: %v", list[i].Subject, list[i].Header, errs[i])
			}
		}
		pending(t, b, 1, 0)
		large := Message{Subject: SubjectSessionEnded, Data: make([]byte, b.nc.MaxPayload()-64), Header: map[string]string{"A": "b"}}
		publish(t, b, large)
	})
}

func TestSubjectsOfObservations(t *testing.T) {
	for name, want := range map[string]string{
		"motor.input_modality": "attacker.observation.motor.input_modality",
		"gait.typing_vector":   "gait.observation.typing_vector",
		"gait":                 "attacker.observation.gait",
	} {
		got, err := ObservationSubject(name)
		if got != want || err != nil || streamOf(got) != StreamObservations {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "gait.", "motor.*", "motor..a", ".a", "a.", "Motor.a", "a b", "a>b", "é", strings.Repeat("a", 129)} {
		if got, err := ObservationSubject(name); !errors.Is(err, ErrSubject) || got != "" {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

func TestConsumersAreChecked(t *testing.T) {
	b := start(t, Options{}, quick())
	for _, c := range []Consumer{
		{}, {Name: "a"}, {Name: "a", Stream: "NONE"}, {Name: "a.b", Stream: StreamSessions}, {Name: "a", Stream: StreamSessions, Subject: "a..b"},
		{Name: "a", Stream: StreamSessions, Subject: "a.>.b"}, {Name: strings.Repeat("a", 65), Stream: StreamSessions}, {Name: "a*", Stream: StreamSessions},
	} {
		if err := b.Consume(context.Background(), c, nil); err == nil {
			t.Errorf("%+v", c)
		}
	}
	if err := b.Follow(context.Background(), "a b", nil); !errors.Is(err, ErrSubject) {
		t.Error(err)
	}
}
