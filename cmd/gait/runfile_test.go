package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

func TestRunFileIsForItsOwnerWhileTheProcessLives(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, runFileAt)
	if _, err := readRunFile(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	r := &runFile{URL: "http://127.0.0.1:1", Token: "secret"}
	if err := r.write(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	got, err := readRunFile(dir)
	if err != nil || got.Token != "secret" || got.PID != os.Getpid() {
		t.Fatalf("%+v %v", got, err)
	}
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	stale := &runFile{}
	if err := stale.write(path); err != nil {
		t.Fatal(err)
	}
	b := []byte(`{"url":"x","pid":` + strconv.Itoa(cmd.Process.Pid) + `}`)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readRunFile(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of a process that is gone: %v", err)
	}
	if err := r.remove(); err != nil || !exists(path) {
		t.Errorf("another process's file was removed: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := readRunFile(dir); err == nil {
		t.Error("a folder was taken")
	}
}

func TestTheServiceManagerIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "30000")
	notify("READY=1")
	ctx, stop := context.WithCancel(t.Context())
	go keepAlive(ctx, func(context.Context) bool { return true })
	var told []string
	for range 3 {
		b := make([]byte, 64)
		n, err := l.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, string(b[:n]))
	}
	stop()
	if told[0] != "READY=1" || told[1] != "WATCHDOG=1" || told[2] != "WATCHDOG=1" {
		t.Errorf("%q", told)
	}
	t.Setenv("NOTIFY_SOCKET", "")
	notify("nobody")
}
