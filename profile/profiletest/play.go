package profiletest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gait"
)

// interval is the time between two keys where a script does not say: that of a
// person who types about 70 words a minute.
const interval = 170 * time.Millisecond

// maxSteps bounds what one session plays, so that repeats within repeats end.
const maxSteps = 5_000_000

// Keys are the named keys of scripts and what a terminal sends for them.
var Keys = map[string]string{
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"home": "\x1b[H", "end": "\x1b[F", "delete": "\x1b[3~", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
	"tab": "\t", "enter": "\r", "backspace": "\x7f", "escape": "\x1b", "space": " ",
	"ctrl-a": "\x01", "ctrl-b": "\x02", "ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-e": "\x05", "ctrl-f": "\x06",
	"ctrl-h": "\x08", "ctrl-k": "\x0b", "ctrl-l": "\x0c", "ctrl-n": "\x0e", "ctrl-p": "\x10", "ctrl-r": "\x12",
	"ctrl-u": "\x15", "ctrl-w": "\x17", "ctrl-z": "\x1a",
	"paste-start": "\x1b[200~", "paste-end": "\x1b[201~",
}

// step is one statement that makes something happen in a session.
type step func(*player) error

// player makes a session, with a clock of its own.
type player struct {
	session gait.Session
	now     time.Duration
	echo    bool // keys are shown as a shell would
	steps   int
}

// play makes the session of a case.
func (c *scenario) play() (*gait.Session, error) {
	var p player
	p.session.Header = gait.Header{ID: "scripted", Format: "script", EvidenceRef: "script:" + c.title, Fidelity: c.fidelity}
	if err := p.run(c.steps); err != nil {
		return nil, fmt.Errorf("case %q: %w", c.title, err)
	}
	return &p.session, nil
}

func (p *player) run(steps []step) error {
	for _, s := range steps {
		if p.steps++; p.steps > maxSteps {
			return errors.New("the session is too long")
		}
		if err := s(p); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) record(k gait.Kind, data string) {
	p.session.Append(gait.Event{Time: p.now, Kind: k, Data: []byte(data)}, -1)
}

// loop is a repeat.
type loop struct {
	line, times int
	steps       []step
}

func (l *loop) play(p *player) error {
	for range l.times {
		if err := p.run(l.steps); err != nil {
			return err
		}
	}
	return nil
}

// kinds are the statements that record one event now.
var kinds = map[string]gait.Kind{"paste": gait.Input, "print": gait.Output, "exec": gait.Exec}

func parseStep(name string, args []word) (step, error) {
	switch name {
	case "type", "secret":
		return parseType(name, args)
	case "shell":
		return parseShell(args)
	case "key":
		return parseKeys(args)
	case "wait":
		return parseWait(args)
	}
	kind, ok := kinds[name]
	if !ok {
		return nil, fmt.Errorf("unknown statement %q", name)
	}
	if len(args) != 1 || !args[0].quoted || args[0].text == "" {
		return nil, fmt.Errorf("%s wants one text in quotes", name)
	}
	return func(p *player) error {
		p.record(kind, args[0].text)
		return nil
	}, nil
}

func parseWait(args []word) (step, error) {
	if len(args) != 1 {
		return nil, errors.New("wait wants one time: wait 2s")
	}
	d, err := time.ParseDuration(args[0].text)
	if err != nil {
		return nil, fmt.Errorf("wait %q: not a time such as 2s or 150ms", args[0].text)
	}
	return func(p *player) error {
		p.now += d
		return nil
	}, nil
}

// parseShell reads the prompt from which on keys are shown.
func parseShell(args []word) (step, error) {
	if len(args) != 1 || !args[0].quoted || args[0].text == "" {
		return nil, errors.New("shell wants one prompt in quotes")
	}
	return func(p *player) error {
		p.record(gait.Output, args[0].text)
		p.echo = true
		return nil
	}, nil
}

func parseType(name string, args []word) (step, error) {
	args, every, err := takeEvery(args)
	if err != nil {
		return nil, err
	}
	if len(args) != 1 || !args[0].quoted || args[0].text == "" {
		return nil, fmt.Errorf("%s wants one text in quotes", name)
	}
	keys := keySteps(chars(args[0].text), 1, every)
	if name == "type" {
		return keys, nil
	}
	return func(p *player) error {
		shown := p.echo
		p.echo = false
		err := keys(p)
		p.echo = shown
		return err
	}, nil
}

// chars takes a text apart: code points, and bytes that are no valid UTF-8.
func chars(text string) (list []string) {
	for text != "" {
		_, n := utf8.DecodeRuneInString(text)
		list = append(list, text[:n])
		text = text[n:]
	}
	return list
}

func parseKeys(args []word) (step, error) {
	args, every, err := takeEvery(args)
	if err != nil {
		return nil, err
	}
	times := 1
	if n := len(args); n > 1 && !args[n-1].quoted && strings.HasPrefix(args[n-1].text, "x") {
		if times, err = strconv.Atoi(args[n-1].text[1:]); err != nil || times < 1 {
			return nil, fmt.Errorf("count %q: not of the form x5", args[n-1].text)
		}
		args = args[:n-1]
	}
	var keys []string
	for _, a := range args {
		data, ok := a.text, a.quoted
		if !ok {
			data, ok = Keys[a.text]
		}
		if !ok || data == "" {
			return nil, fmt.Errorf("unknown key %q", a.text)
		}
		keys = append(keys, data)
	}
	if len(keys) == 0 {
		return nil, errors.New("key wants a name or bytes in quotes")
	}
	return keySteps(keys, times, every), nil
}

// takeEvery takes "every 120ms" off the end of a statement.
func takeEvery(args []word) (rest []word, every time.Duration, err error) {
	n := len(args)
	if n < 2 || args[n-2].quoted || args[n-2].text != "every" {
		return args, interval, nil
	}
	d, err := time.ParseDuration(args[n-1].text)
	if err != nil || d < 0 {
		return nil, 0, fmt.Errorf("every %q: not a time such as 120ms", args[n-1].text)
	}
	return args[:n-2], d, nil
}

// show shows a key as the line editor of a shell does.
func (p *player) show(key string) {
	switch {
	case !p.echo:
	case key == "\r" || key == "\n":
		p.record(gait.Output, "\r\n")
	case key == "\x7f":
		p.record(gait.Output, "\b \b")
	case key[0] >= ' ':
		p.record(gait.Output, key)
	}
}

// keySteps sends keys one by one, each after an interval.
func keySteps(keys []string, times int, every time.Duration) step {
	return func(p *player) error {
		if p.steps += times * len(keys); p.steps > maxSteps {
			return errors.New("the session is too long")
		}
		for range times {
			for _, k := range keys {
				p.now += every
				p.record(gait.Input, k)
				p.show(k)
			}
		}
		return nil
	}
}
