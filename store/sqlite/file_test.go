package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/store"
	"gait/store/sqlstore"
)

func place(t *testing.T) string { return filepath.Join(t.TempDir(), "a b?c#%\xff.db") }

func open(t *testing.T, path string) store.Store {
	t.Helper()
	s, err := Open(context.Background(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestTheFileIsLocked(t *testing.T) {
	path := place(t)
	s := open(t, path)
	_, err := Open(context.Background(), path, store.Options{})
	if !errors.Is(err, store.ErrLocked) || store.Later(err) || !strings.Contains(err.Error(), "by process") {
		t.Errorf("opened twice: %v", err)
	}
	if _, err := Restore(context.Background(), path, path); !errors.Is(err, store.ErrLocked) {
		t.Errorf("restored while it runs: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	ctx := context.Background()
	if _, err := Open(ctx, filepath.Join(t.TempDir(), "none", "gait.db"), store.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without its folder: %v", err)
	}
	if _, err := Open(ctx, place(t), store.Options{Beside: true}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("beside nothing: %v", err)
	}
	other := place(t)
	if err := os.WriteFile(other, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, other, store.Options{}); err == nil || store.Later(err) {
		t.Errorf("what is no database: %v", err)
	}
	link := place(t)
	if err := os.Symlink("/dev/null", link+".lock"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, link, store.Options{}); err == nil {
		t.Error("a lock that is a link was followed")
	}
}

func TestRemoteFileSystemsAreRefused(t *testing.T) {
	for magic, name := range map[uint32]string{0x6969: "NFS", 0x01021997: "9p", 0xfe534d42: "SMB"} {
		if err := refuse("/data", magic); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "/data") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := refuse("/data", 0xef53); err != nil {
		t.Errorf("ext4: %v", err)
	}
}

// change lets a statement run on the file of a store that is closed.
func change(t *testing.T, path, query string) {
	t.Helper()
	db, err := opener{driver: "sqlite"}.pool(path, store.Options{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	path := place(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
	for _, o := range []store.Options{{}, {Beside: true}, {ReadOnly: true}} {
		_, err := Open(context.Background(), path, o)
		if !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "999") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestCopiesComeBack(t *testing.T) {
	ctx := context.Background()
	path := place(t)
	s := open(t, path)
	id := s.ID()
	if _, err := s.Resolve(ctx, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	copyTo(t, path, copyOf(path, 7))
	list, err := Backups(path)
	if err != nil || len(list) != 1 || list[0].Schema != 7 || list[0].Size == 0 || list[0].Time.IsZero() {
		t.Fatalf("copies: %+v, %v", list, err)
	}
	s = open(t, path)
	if _, err := s.Resolve(ctx, "192.0.2.2"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := Restore(ctx, path, list[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]int{path: 1, kept: 2} {
		s := open(t, file)
		page, err := s.Attackers(ctx, store.AttackerQuery{})
		if err != nil || len(page.Items) != want || s.ID() != id {
			t.Errorf("%s has %d attackers, want %d: %v", file, len(page.Items), want, err)
		}
		faults, err := s.Check(ctx)
		if err != nil || len(faults) > 0 {
			t.Errorf("%s: %q, %v", file, faults, err)
		}
	}
}

// copyTo copies a store that is closed, as it is done before a migration.
func copyTo(t *testing.T, path, to string) {
	t.Helper()
	db, err := opener{driver: "sqlite"}.pool(path, store.Options{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := backUp(context.Background(), db, store.Options{}, to); err != nil {
		t.Fatal(err)
	}
}

func TestRestoreRefusesWhatIsNoStore(t *testing.T) {
	ctx := context.Background()
	path := place(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad")
	for name, content := range map[string]string{"empty": "", "text": strings.Repeat("x", 8192)} {
		if err := os.WriteFile(bad, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(ctx, path, bad); err == nil {
			t.Errorf("%s was restored", name)
		}
	}
	if _, err := Restore(ctx, path, filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nothing was restored: %v", err)
	}
	if err := open(t, path).Ping(ctx); err != nil {
		t.Errorf("the store is not what it was: %v", err)
	}
}

func TestACopyHoldsTheSchemaItSays(t *testing.T) {
	ctx := context.Background()
	path := place(t)
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	newest := schema(t, path)
	change(t, path, `CREATE TABLE kept (x)`)
	db, err := opener{driver: "sqlite"}.pool(path, store.Options{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := backUp(ctx, db, store.Options{}, copyOf(path, newest)); err != nil {
		t.Fatal(err)
	}
	list, err := Backups(path)
	if err != nil || len(list) != 1 {
		t.Fatalf("copies: %+v, %v", list, err)
	}
	if got := schema(t, list[0].Path); got != newest {
		t.Errorf("the copy has schema %d, the name says %d", got, newest)
	}
}

// TestAnOlderStoreIsBroughtUp takes from a store what the steps of the schema
// after the first added, and opens it.
func TestAnOlderStoreIsBroughtUp(t *testing.T) {
	path := place(t)
	s := open(t, path)
	saved, err := s.Save(t.Context(), []store.Profile{{
		Session: store.Session{Ref: "shard:a/ssh/b#c", ID: "c", Address: "198.51.100.7", State: store.Profiled, Start: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
			Detail: []byte(`{"client":"SSH-2.0-\u00e9\ud800","hassh":"00112233445566778899aabbccddeeff","fidelity":{}}`)},
		Header: true, Revision: "1/1/end",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	newest := schema(t, path)
	for _, query := range []string{
		`DROP INDEX sessions_client`, `DROP INDEX sessions_hassh`, `ALTER TABLE sessions DROP COLUMN client`, `ALTER TABLE sessions DROP COLUMN hassh`,
		`DROP INDEX attackers_due`, `ALTER TABLE attackers DROP COLUMN due`, `ALTER TABLE attackers DROP COLUMN assessed`,
		`DROP TABLE standings`, `DROP TABLE conclusions`, `DROP TABLE vectors`, `DROP TABLE links`, `DROP TABLE link_log`,
		`DELETE FROM counters WHERE name IN ('links', 'vectors_gone')`, `DELETE FROM goose_db_version WHERE version_id > 1`,
	} {
		change(t, path, query)
	}
	s = open(t, path)
	if n := schema(t, path); n != newest {
		t.Errorf("schema %d, want %d", n, newest)
	}
	if list, err := Backups(path); err != nil || len(list) != 1 || list[0].Schema != 1 {
		t.Errorf("copies %+v, %v", list, err)
	}
	if due, err := s.Due(t.Context(), 0, 10); err != nil || len(due) != 0 {
		t.Errorf("due are %v, %v", due, err)
	}
	if _, n, err := s.MarkDue(t.Context(), 0, 10); err != nil || n != 1 {
		t.Errorf("marked %d, %v", n, err)
	}
	clients(t, s, saved[0].Attacker, "")
	for _, want := range []int{1, 0} {
		if next, n, err := s.LearnClients(t.Context(), 0, 10); err != nil || n != want || next != 0 {
			t.Errorf("learned of %d sessions, next %d, %v", n, next, err)
		}
		clients(t, s, saved[0].Attacker, "00112233445566778899aabbccddeeff SSH-2.0-é\ufffd")
	}
	x, err := s.Identity(t.Context(), saved[0].Attacker)
	if err != nil || x.Name != saved[0].Attacker || len(x.Standings) > 0 {
		t.Errorf("%+v, %v", x, err)
	}
	if faults, err := s.Check(t.Context()); err != nil || len(faults) > 0 {
		t.Errorf("%v, %v", faults, err)
	}
}

// clients checks what software the only session of an attacker came with.
func clients(t *testing.T, s store.Store, attacker, want string) {
	t.Helper()
	h, err := s.History(t.Context(), store.HistoryQuery{Identity: attacker, Clients: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, series := range []string{store.SeriesHASSH, store.SeriesVersion} {
		for _, p := range h.Past[series] {
			values = append(values, p.Value)
		}
	}
	if got := strings.Join(values, " "); got != want {
		t.Errorf("clients %q, want %q", got, want)
	}
}

func schema(t *testing.T, path string) int64 {
	t.Helper()
	db, err := opener{driver: "sqlite"}.pool(path, store.Options{ReadOnly: true}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	n, err := sqlstore.SchemaVersion(context.Background(), db, dialect(path))
	if err != nil || n < 1 {
		t.Fatalf("schema %d: %v", n, err)
	}
	return n
}

func TestFullIsLater(t *testing.T) {
	ctx := context.Background()
	path := place(t)
	s := open(t, path)
	// A second connection holds the file so small that nothing fits in.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := opener{driver: "sqlite"}.pool(path, store.Options{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var pages int
	if err := db.QueryRow("PRAGMA max_page_count = 1").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(ctx, `INSERT INTO cursors (name, value) VALUES ('x', zeroblob(1000000))`)
	if err == nil || !later(err) {
		t.Errorf("a full database: %v", err)
	}
	busy, err := opener{driver: "sqlite"}.pool(path, store.Options{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	c, err := busy.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, "PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE"); err == nil || !later(err) {
		t.Errorf("a busy database: %v", err)
	}
	if later(sql.ErrNoRows) || later(errors.New("x")) {
		t.Error("anything is later")
	}
}
