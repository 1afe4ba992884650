package environmental

import (
	"testing"

	"gait/profile/profiletest"
)

func TestScripts(t *testing.T) { profiletest.RunAll(t, All) }
