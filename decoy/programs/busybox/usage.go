package busybox

import (
	_ "embed" // for the usages
	"strings"
	"sync"

	"gait/decoy/proc"
)

//go:embed usage.txt
var usageText string

// usages is what applets say of themselves by their names: "cat [-nbvteA] ..."
var usages = sync.OnceValue(func() map[string]string {
	list := map[string]string{}
	for _, part := range strings.Split("\n"+usageText, "\n= ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		list[name] = strings.TrimSuffix(text, "\n") + "\n"
	}
	return list
})

// usage shows the usage of an applet and gives an exit code.
func usage(p *proc.Process, code int) int {
	text := "BusyBox v1.35.0 (Debian " + version(p) + ") multi-call binary.\n\nUsage: " + usages()[p.Name()]
	p.Err.Write([]byte(text))
	return code
}
