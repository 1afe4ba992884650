package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"gait"
)

// runFile tells other commands of a running system: where it is, and a token
// for them. Only its owner can read it.
type runFile struct {
	URL     string    `json:"url"`
	Address string    `json:"address"`
	Token   string    `json:"token"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
	Version string    `json:"version"`

	path string
}

// write puts the file in place at once.
func (r *runFile) write(path string) error {
	r.path, r.PID, r.Started, r.Version = path, os.Getpid(), time.Now().UTC(), gait.Version
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".run-*")
	if err != nil {
		return fmt.Errorf("run file: %w", err)
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(append(b, '\n'))
	if err = errors.Join(err, temp.Close()); err != nil {
		return fmt.Errorf("run file: %w", err)
	}
	return os.Rename(temp.Name(), path)
}

// remove takes the file away, unless another process has put its own there.
func (r *runFile) remove() error {
	now, err := readRunFile(filepath.Dir(r.path))
	if err != nil || now.PID != r.PID {
		return nil
	}
	return os.Remove(r.path)
}

// maxRunFile bounds the file, in bytes.
const maxRunFile = 64 << 10

// readRunFile reads the file of a data folder. The error is fs.ErrNotExist
// where no system runs; a file that a process left behind which is gone counts
// as none.
func readRunFile(data string) (*runFile, error) {
	path := filepath.Join(data, runFileAt)
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxRunFile {
		return nil, fmt.Errorf("%s is not the file of a running gait", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &runFile{path: path}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if r.PID <= 0 || errors.Is(syscall.Kill(r.PID, 0), syscall.ESRCH) {
		return nil, fs.ErrNotExist
	}
	return r, nil
}
