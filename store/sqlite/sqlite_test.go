package sqlite_test

import (
	"testing"

	"gait/store/storetest"
)

func TestContract(t *testing.T) { storetest.Run(t, storetest.SQLitePlace) }

func TestFailures(t *testing.T) { storetest.SQLiteFailures(t) }
