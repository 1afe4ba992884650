package cognitive_test

import (
	"testing"

	"gait/profile/cognitive"
	"gait/profile/profiletest"
)

func TestScripts(t *testing.T) { profiletest.RunAll(t, cognitive.All) }
