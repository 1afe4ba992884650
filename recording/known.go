package recording

import (
	"gait/recording/asciicast"
	"gait/recording/cowrie"
	"gait/recording/reader"
	"gait/recording/script"
	"gait/recording/shard"
	"gait/recording/ttylog"
)

// known lists the formats in the order in which they are tried. The first that
// claims the beginning of a file is the one that reads it.
var known = []kind{
	{Format: shard.Format{}},
	{Format: cowrie.Format{}, join: joinCowrie},
	{Format: asciicast.Format{}},
	{Format: script.Format{}, parted: true},
	{Format: ttylog.Format{}},
}

func joinCowrie(logs []*reader.Source, files reader.Dir, lim Limits) (joined, error) {
	r, err := cowrie.Open(logs, files, lim)
	if err != nil {
		return nil, err
	}
	return r, nil
}
