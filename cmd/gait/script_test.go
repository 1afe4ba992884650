package main

import (
	"context"
	"net/http"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gait/profile"
)

// TestMain lets the scripts and others run this test binary as the command
// gait, and as newer, which is gait of a later release.
func TestMain(m *testing.M) {
	if os.Getenv("GAIT_TEST_RUN") != "" {
		os.Exit(runProcess())
	}
	testscript.Main(m, map[string]func(){
		"gait":  func() { os.Exit(runProcess()) },
		"newer": func() { renewRules(); os.Exit(runProcess()) },
	})
}

// renewRules gives the first primitive other rules, by which it always answers
// something new.
func renewRules() {
	p := *primitives()[0]
	p.Rules++
	p.Observe = func(*profile.View) profile.Answer { return profile.Say("anew", 0.5) }
	primitives()[0] = &p
}

// TestScripts runs the scripts of testdata/script, one file for each behaviour
// of the command.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: func(e *testscript.Env) error { e.Setenv("GAIT_CONFIG", "none"); return nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready": ready, "eventually": eventually, "answers": answers,
		},
	})
}

// patience bounds how long a script waits for something; machines may be busy.
const patience = time.Minute

// poll asks again and again until the answer is yes.
func poll(ts *testscript.TestScript, what string, yes func() bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			ts.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// ready waits until a system runs on a data folder, and sets URL and TOKEN.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: ready DATA")
	}
	poll(ts, "ready", func() bool {
		r, err := readRunFile(ts.MkAbs(args[0]))
		if err != nil {
			return false
		}
		res, err := http.Get(r.URL + "/api/v1/ready")
		if err != nil {
			return false
		}
		res.Body.Close()
		ts.Setenv("URL", r.URL)
		ts.Setenv("TOKEN", r.Token)
		return res.StatusCode == http.StatusOK
	})
}

// eventually runs a command until its output matches a pattern; negated, until
// it does not.
func eventually(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] eventually PATTERN COMMAND ...")
	}
	pattern := regexp.MustCompile("(?m)" + args[0])
	poll(ts, "eventually "+args[0], func() bool {
		err := ts.Exec(args[1], args[2:]...)
		out := ts.ReadFile("stdout")
		return err == nil && pattern.MatchString(out) != neg
	})
}

// answers asks the running system for a path, without a token, and checks the
// status.
func answers(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: answers STATUS PATH")
	}
	res, err := http.Get(ts.Getenv("URL") + args[1])
	ts.Check(err)
	res.Body.Close()
	if res.Status[:3] != args[0] {
		ts.Fatalf("%s: %s, want %s", args[1], res.Status, args[0])
	}
}
