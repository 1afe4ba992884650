package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
)

// Dialect is what differs between the engines.
type Dialect struct {
	// Name is "sqlite" or "postgres".
	Name string
	// Words stand for the names in double braces of the migrations: text, blob,
	// serial (a key that grows by itself), key, norowid, id_hex.
	Words map[string]string
	// Readers, where it is not 0, says that there is one writer and so many
	// readers: writes that wait at the same time share a transaction, and
	// statements are kept prepared here, since the driver does not.
	Readers int
	// Checkpoint is a query that brings the log of an engine with one writer into
	// its file without holding anyone up, as far as it can; it gives three
	// numbers, the second is how many pages the log has. Empty for none.
	Checkpoint string
	// ForUpdate begins the end of a SELECT whose rows are going to be written;
	// the table's name follows. Empty where a writer has all for itself.
	ForUpdate string
	// HasVersion says, as a query of one boolean, whether there is a schema.
	HasVersion string
	// Snapshot are the options of a transaction that reads one consistent view.
	Snapshot *sql.TxOptions
	// Later says whether an error of the engine passes by itself.
	Later func(error) bool
	// Again says whether a transaction that ended so can be run again at once.
	Again func(error) bool
	// Insert writes rows into the table observation, where none of them is.
	Insert func(ctx context.Context, t *Tx, rows []Row) error
	// Pipeline runs statements on a connection of the driver, sent together; it is
	// false where the connection is another driver's. It may be nil.
	Pipeline func(ctx context.Context, driver any, list []Statement) (bool, error)
	// Notify tells other processes, within a transaction, that something
	// changed. It may be nil.
	Notify func(ctx context.Context, t *Tx) error
	// Listen calls f whenever another process notified, until the context
	// ends. An error means that it has to be called again. It may be nil.
	Listen func(ctx context.Context, f func()) error
	// Size gives the bytes on disk.
	Size func(ctx context.Context, db *sql.DB) (int64, error)
	// Used is a query for the bytes of it that hold something; empty where the
	// engine cannot tell.
	Used string
	// Vacuum gives space back. Damage gives one line for each fault that the
	// engine itself finds.
	Vacuum func(ctx context.Context, db Runner) error
	Damage func(ctx context.Context, db Runner) ([]string, error)
	// Patient is a query at the beginning of a transaction that reads for long;
	// empty where none is needed.
	Patient string
}

// Row is one row of the table observation.
type Row struct {
	Session    int64
	Primitive  int64
	Attacker   sql.NullInt64
	Value      string
	Hashed     bool
	Confidence float64
	Start, End int64
	Time       int64
	Rules      int64
	ID         [16]byte
}

// randomName gives a name that no other store has, short enough for ids of
// events.
func randomName() string {
	var b [6]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// forUpdate ends a SELECT whose rows of a table are going to be written.
func (d *Dialect) forUpdate(table string) string {
	if d.ForUpdate == "" {
		return ""
	}
	return d.ForUpdate + table
}
