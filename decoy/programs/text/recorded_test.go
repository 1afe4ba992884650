package text_test

import (
	_ "embed" // for the recording
	"testing"

	"gait/decoy/proc"
	"gait/decoy/programs/archive"
	"gait/decoy/programs/files"
	"gait/decoy/programs/recorded"
	"gait/decoy/programs/text"
)

//go:embed testdata/recorded.json
var recording []byte

// all are the programs that the lines use.
func all() []proc.Program {
	return append(append(text.Programs(), files.Programs()...), archive.Programs()...)
}

func TestRecorded(t *testing.T) { recorded.Check(t, all(), recording) }
