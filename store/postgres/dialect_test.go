package postgres

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"gait/store"
)

func TestErrorsThatPass(t *testing.T) {
	for code, want := range map[string]bool{
		"08006": true, "53100": true, "53300": true, "57P01": true, "57P03": true, "25006": true, "40001": true, "40P01": true,
		"57014": true, "55P03": true, "23505": false, "22021": false, "42P01": false, "21000": false,
	} {
		err := fmt.Errorf("saving: %w", &pgconn.PgError{Code: code})
		if later(err) != want {
			t.Errorf("%s is later: %t", code, !want)
		}
		d := dialect(must(configure("host=/tmp", store.Options{}))(t))
		if got := store.Later(d.Classify(err)); got != want {
			t.Errorf("callers see %s as later: %t", code, got)
		}
	}
	if !again(&pgconn.PgError{Code: "40P01"}) || again(&pgconn.PgError{Code: "53100"}) {
		t.Error("what is run again at once")
	}
	d := dialect(must(configure("host=/tmp", store.Options{}))(t))
	if !store.Later(d.Classify(io.ErrUnexpectedEOF)) || store.Later(d.Classify(errors.New("x"))) {
		t.Error("lost connections")
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestConnectionStrings(t *testing.T) {
	c := must(configure("postgres://u:secret@a:5432,b:5433/db?target_session_attrs=any&statement_timeout=5s", store.Options{Schema: `s"x`, Strict: true}))(t)
	if c.Host != "a" || len(c.Fallbacks) == 0 || c.RuntimeParams["statement_timeout"] != "5s" || c.RuntimeParams["synchronous_commit"] != "on" {
		t.Errorf("read as %+v", c.RuntimeParams)
	}
	if c.RuntimeParams["search_path"] != `"s""x"` {
		t.Errorf("the schema is %s", c.RuntimeParams["search_path"])
	}
	if c := must(configure("postgres://a/db", store.Options{}))(t); c.ValidateConnect == nil {
		t.Error("a server that only reads is not passed over")
	}
	_, err := configure("postgres://u:secret@a:port/db", store.Options{})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a string that cannot be read: %v", err)
	}
	_, err = Open(t.Context(), "postgres://u@127.0.0.1:1/db?connect_timeout=1", store.Options{})
	if !store.Later(err) {
		t.Errorf("a server that is away: %v", err)
	}
}
