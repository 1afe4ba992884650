package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// build builds the program with a clock that can be stepped: the standard
// library's own, with an offset that is read from the file that the variable
// GAIT_CLOCK names. Everything in the process sees it, the embedded servers
// too; monotonic time goes on as it is.
func build(ctx context.Context, dir string) (string, error) {
	root, err := output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return "", err
	}
	mod, err := output(ctx, "go", "env", "GOMOD")
	if err != nil {
		return "", err
	}
	clock := filepath.Join(root, "src", "time", "time.go")
	text, err := os.ReadFile(clock)
	if err != nil {
		return "", err
	}
	const now = "func Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if bytes.Count(text, []byte(now)) != 1 {
		return "", errors.New("time.Now of this Go release looks different from what is known: the clock cannot be stepped")
	}
	text = bytes.Replace(text, []byte(now), []byte("// GaitStep is added to the wall clock.\nvar GaitStep int64\n\n"+now+"\tsec += GaitStep\n"), 1)
	main := filepath.Join(filepath.Dir(mod), "cmd", "gait", "clockstep_overlay.go")
	files := map[string]string{clock: filepath.Join(dir, "time.go.txt"), main: filepath.Join(dir, "clockstep.go.txt")}
	overlay, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	for path, b := range map[string][]byte{files[clock]: text, files[main]: []byte(follower), list: overlay} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			return "", err
		}
	}
	gait := filepath.Join(dir, "gait")
	cmd := exec.CommandContext(ctx, "go", "build", "-overlay", list, "-buildvcs=false", "-o", gait, "./cmd/gait")
	cmd.Dir = filepath.Dir(mod)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return gait, os.Chmod(gait, 0o755)
}

// follower steps the clock of the program as the file says.
const follower = `package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

func init() {
	path := os.Getenv("GAIT_CLOCK")
	if path == "" {
		return
	}
	read := func() {
		b, err := os.ReadFile(path)
		if err != nil {
			return
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64); err == nil {
			time.GaitStep = n
		}
	}
	read()
	go func() {
		for range time.Tick(50 * time.Millisecond) {
			read()
		}
	}()
}
`

// output gives what a command prints, without white space around it.
func output(ctx context.Context, name string, args ...string) (string, error) {
	b, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(b)), nil
}
