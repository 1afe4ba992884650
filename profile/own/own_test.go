package own

import (
	"testing"

	"gait/profile/profiletest"
)

func TestScripts(t *testing.T) { profiletest.RunAll(t, All) }
