package storetest

import (
	"testing"

	"gait/store"
)

func TestQuestions(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { Questions(t, SQLite) })
	t.Run("postgres", func(t *testing.T) {
		Schema(t)
		Questions(t, func(t testing.TB) store.Store { return Postgres(t) })
	})
}
