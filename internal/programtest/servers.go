package programtest

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver, to make databases and take them away
	"github.com/nats-io/nats-server/v2/server"
)

// Database makes a database on the PostgreSQL at an address and gives its own
// address. It is dropped with the test.
func Database(t testing.TB, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("gait_test_%d", rand.Uint64())
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	u.Path = "/" + name
	return u.String()
}

// Bus starts a NATS server on a port of its own that goes with the test, and
// gives its address.
func Bus(t testing.TB) string {
	t.Helper()
	url, stop := BusAt(t, server.RANDOM_PORT)
	t.Cleanup(stop)
	return url
}

// BusAt starts a NATS server with nothing in its streams on a port, and gives
// its address and what stops it.
func BusAt(t testing.TB, port int) (url string, stop func()) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	stop = func() {
		s.Shutdown()
		s.WaitForShutdown()
	}
	if !s.ReadyForConnections(Patience) {
		stop()
		t.Fatal("the bus does not start")
	}
	return s.ClientURL(), stop
}
