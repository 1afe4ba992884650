package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// port finds a port that nobody listens on.
func port() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// natsServer makes a NATS server with JetStream on a port and folder of its own.
func (w *world) natsServer() (*process, string, error) {
	path, err := exec.LookPath("nats-server")
	if err != nil {
		return nil, "", fmt.Errorf("%w (install nats-server)", err)
	}
	n, err := port()
	if err != nil {
		return nil, "", err
	}
	return &process{name: "nats-server", path: path, log: w.path("logs", "nats.log"),
		args: []string{"-a", "127.0.0.1", "-p", strconv.Itoa(n), "-js", "-sd", w.path("nats")}}, fmt.Sprintf("nats://127.0.0.1:%d", n), nil
}

// postgresServer makes a PostgreSQL server with a cluster of its own. It refuses
// to run as root, so it runs as the user that the packages made for it.
func (w *world) postgresServer(ctx context.Context) (*process, string, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, "", err
	}
	uid := 0
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, "", err
		}
		if uid, err = strconv.Atoi(u.Uid); err != nil {
			return nil, "", err
		}
	}
	dir := w.path("postgres")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, "", err
	}
	if uid != 0 {
		if err := os.Chown(dir, uid, uid); err != nil {
			return nil, "", err
		}
	}
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "db"), "-U", "gait", "-A", "trust", "-E", "UTF8", "--no-sync")
	initdb.Dir = "/"
	if uid != 0 {
		initdb.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, "", fmt.Errorf("initdb: %w\n%s", err, out)
	}
	n, err := port()
	if err != nil {
		return nil, "", err
	}
	if err := os.WriteFile(w.path("dsn"), fmt.Appendf(nil, "postgres://gait@127.0.0.1:%d/postgres?sslmode=disable", n), 0o600); err != nil {
		return nil, "", err
	}
	log := w.path("logs", "postgres.log")
	return &process{name: "postgres", path: filepath.Join(bin, "postgres"), uid: uint32(uid), log: log,
		args: []string{"-D", filepath.Join(dir, "db"), "-h", "127.0.0.1", "-p", strconv.Itoa(n), "-k", dir}}, w.dsn(), nil
}

// dsn is where the PostgreSQL server of the world answers.
func (w *world) dsn() string {
	b, _ := os.ReadFile(w.path("dsn"))
	return string(b)
}

// postgresBin finds the programs of the newest PostgreSQL server there is.
func postgresBin() (string, error) {
	list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(list) > 0 {
		return filepath.Dir(list[len(list)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no PostgreSQL server is installed (install postgresql)")
	}
	return filepath.Dir(path), nil
}

// answers waits until the store's server answers: the first start of the
// stages is not what is tortured.
func (w *world) answers(ctx context.Context, dsn string) error {
	var err error
	for range 100 {
		cmd := exec.CommandContext(ctx, w.o.gait, "db", "migrate", "--store", dsn)
		var out []byte
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
		err = fmt.Errorf("gait db migrate: %w\n%s", err, out)
		if !pause(ctx, 200*time.Millisecond) {
			break
		}
	}
	return err
}
