package postgres_test

import (
	"testing"

	"gait/store/storetest"
)

func TestContract(t *testing.T) { storetest.Run(t, storetest.PostgresPlace) }

func TestFailures(t *testing.T) { storetest.PostgresFailures(t) }
