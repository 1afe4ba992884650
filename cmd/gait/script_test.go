package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this test binary as the command gait.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gait": func() { os.Exit(runProcess()) }})
}

// TestScripts runs the scripts of testdata/script, one file for each behaviour
// of the command.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
