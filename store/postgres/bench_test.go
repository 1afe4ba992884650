package postgres_test

import (
	"testing"

	"gait/store/storetest"
)

func BenchmarkSave(b *testing.B) { storetest.BenchmarkSave(b, storetest.Postgres) }

func BenchmarkTogether(b *testing.B) { storetest.BenchmarkTogether(b, storetest.Postgres) }
