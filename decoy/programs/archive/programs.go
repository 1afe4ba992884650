// Package archive has the programs that pack and unpack: tar and gzip with their
// other names.
package archive

import (
	"fmt"

	"gait/decoy/proc"
)

// Programs lists them.
func Programs() []proc.Program {
	return []proc.Program{
		{Name: "tar", Path: "/usr/bin/tar", Busybox: true, Run: runTar},
		{Name: "gzip", Path: "/usr/bin/gzip", Busybox: true, Run: runGzip},
		{Name: "gunzip", Path: "/usr/bin/gunzip", Also: []string{"uncompress"}, Busybox: true, Run: runGunzip},
		{Name: "zgrep", Path: "/usr/bin/zgrep", Run: runZgrep},
		{Name: "zcat", Path: "/usr/bin/zcat", Busybox: true, Run: runZcat},
	}
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }
