package temporal_test

import (
	"testing"

	"gait/profile/profiletest"
	"gait/profile/temporal"
)

func TestScripts(t *testing.T) { profiletest.RunAll(t, temporal.All) }
