package network

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

// wgetChecked complains of values and options that wget does not take together;
// it gives an exit code, 0 where all is well.
func wgetChecked(p *proc.Process, o *proc.Options) int {
	for _, g := range o.Given {
		if why := wgetValue(g); why != "" {
			p.Complain("%s", why)
			return 2
		}
		if g.Name != "n" {
			continue
		}
		for _, l := range g.Value { // -nv, -nc, -nd, ...
			if !strings.ContainsRune("vchdHp", l) {
				fmt.Fprintf(p.Err, "%s: illegal option -- `-n%c'\n%s", p.Name(), l, wgetUsage)
				return 1
			}
		}
	}
	n, _ := o.Last("n")
	keeps := o.Has("nc") || strings.Contains(n, "c")
	why := ""
	switch {
	case o.Has("v") && o.Has("q"):
		why = "Can't be verbose and quiet at the same time."
	case o.Has("N") && keeps:
		why = "Can't timestamp and not clobber old files at the same time."
	case o.Has("4") && o.Has("6"):
		why = "Cannot specify both --inet4-only and --inet6-only."
	case o.Has("k", "convert-links") && o.Has("O") && (len(o.Operands) > 1 || o.Has("p", "r")):
		why = "Cannot specify both -k or --convert-file-only and -O if multiple URLs are given, or in combination\nwith -p or -r. See the manual for details.\n"
	default:
		return 0
	}
	fmt.Fprintf(p.Err, "%s\nUsage: wget [OPTION]... [URL]...\n", why)
	return 1
}

// wgetNames are the long names of letters, under which wget complains of their
// values.
var wgetNames = map[string]string{"t": "tries", "T": "timeout", "Q": "quota", "w": "wait", "e": "execute"}

// wgetValue says what is wrong with the value of an option.
func wgetValue(g proc.Option) string {
	name := g.Name
	if long := wgetNames[name]; long != "" {
		name = long
	}
	v := g.Value
	switch name {
	case "tries", "cut-dirs", "max-redirect":
		if n, err := strconv.Atoi(v); v != "inf" && (err == nil && n < 0 || err != nil && name != "tries") {
			return fmt.Sprintf("--%s: Invalid number '%s'.", name, v)
		}
	case "timeout", "wait", "read-timeout", "dns-timeout", "waitretry":
		if f, err := strconv.ParseFloat(strings.TrimRight(v, "mhdw"), 64); v != "inf" && (err != nil || f < 0) {
			return fmt.Sprintf("--%s: Invalid time period '%s'", name, v)
		}
	case "quota", "limit-rate":
		if f, err := strconv.ParseFloat(strings.TrimRight(strings.ToLower(v), "kmgt"), 64); v != "inf" && (err != nil || f < 0) {
			return fmt.Sprintf("--%s: Invalid byte value '%s'", name, v)
		}
	case "header":
		if v != "" && strings.IndexByte(v, ':') <= 0 {
			return fmt.Sprintf("--header: Invalid header '%s'.", v)
		}
	case "progress":
		kind, _, _ := strings.Cut(v, ":")
		if kind != "bar" && kind != "dot" {
			return fmt.Sprintf("--progress: Invalid progress type '%s'.", v)
		}
	case "execute":
		word, _, ok := strings.Cut(v, "=")
		word = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(word)))
		if !ok || !slices.Contains(wgetrc, word) {
			return fmt.Sprintf("Invalid --execute command '%s'", v)
		}
	}
	return ""
}

// wgetrc are the words of wgetrc that are given with -e.
var wgetrc = strings.Fields("robots httpproxy httpsproxy ftpproxy useproxy noproxy checkcertificate quiet verbose tries timeout wait waitretry useragent header referer recursive reclevel noclobber timestamping continue dirprefix outputdocument outputfile logfile inet4only inet6only user password httpuser httppassword cookies cache")
