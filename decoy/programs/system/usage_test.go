package system

import (
	"strings"
	"testing"
)

func TestProgramsWithoutWork(t *testing.T) {
	t.Parallel()
	check(t, []said{
		{"mkfs.ext4 /dev/nosuch", "", "mke2fs 1.47.0 (5-Feb-2023)\nThe file /dev/nosuch does not exist and no size was specified.\n", 1},
		{"mkfs", "", "mkfs: no device specified\nTry 'mkfs --help' for more information.\n", 1},
		{"mkswap", "", "mkswap: error: Nowhere to set up swap on?\nTry 'mkswap --help' for more information.\n", 1},
		{"blockdev", "", "blockdev: not enough arguments\nTry 'blockdev --help' for more information.\n", 1},
		{"wipefs /dev/nosuch", "", "wipefs: cannot open /dev/nosuch: No such file or directory\n", 1},
		{"e2label", "", "Usage: e2label device [newlabel]\n", 1},
		{"getty", "", "getty: not enough arguments\n", 1},
		{"fsck.ext4 /dev/nosuch", "fsck.ext4: No such file or directory while trying to open /dev/nosuch\nPossibly non-existent device?\n", "e2fsck 1.47.0 (5-Feb-2023)\n", 8},
		{"printf 'h\\303\\251\\n' | iconv -f utf8 -t latin1 | xxd -p", "68e90a\n", "", 0},
		{"printf hi | iconv -t UTF-16LE | xxd -p", "68006900\n", "", 0},
		{"printf 'h\\303\\251' | iconv -t ascii", "h", "iconv: illegal input sequence at position 1\n", 1},
		{"iconv -f nosuch </dev/null", "", "iconv: conversion from `nosuch' is not supported\nTry `iconv --help' or `iconv --usage' for more information.\n", 1},
		{"pwck; ischroot", "", "", 1},
		{"nft list ruleset", "", "bash: line 1: nft: command not found\n", 127},
	})
	out, _, code := do(t, "root", "fsck", "")
	if !strings.HasPrefix(out, "fsck from util-linux 2.38.1\n/dev/") || !strings.HasSuffix(out, "1 is mounted.\n") || code != 8 {
		t.Errorf("fsck gave %q, %d", out, code)
	}
}
