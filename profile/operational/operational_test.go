package operational_test

import (
	"testing"

	"gait/profile/operational"
	"gait/profile/profiletest"
)

func TestScripts(t *testing.T) { profiletest.RunAll(t, operational.All) }
