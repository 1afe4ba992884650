package busybox

import (
	"fmt"
	"strings"

	"gait/decoy/proc"
)

// manner is how an applet is called.
type manner struct {
	short string   // its options as getopt(3) has them
	long  []string // "mode:" has a value
	least int      // operands that it needs
	spare string   // options with which it needs one operand less
	most  int      // operands that it takes; 0 for any number, -1 for none
	code  int      // the exit code after a wrong call, where it is not 1

	mute  bool // a wrong option is answered with the usage alone
	raw   bool // it has no options
	brief bool // it has no long options, not even a complaint of them
	mode  bool // a first word like -x is an operand
}

// manners are those of the applets that are called most.
var manners = map[string]manner{
	"cat":      {short: "bentuvA"},
	"chmod":    {short: "Rcvf", least: 2, mode: true},
	"cp":       {short: "adfilnprst:uvHLPRT", long: strings.Fields("archive dereference force interactive link no-clobber no-dereference no-target-directory parents recursive remove-destination reflink symbolic-link target-directory: update verbose"), least: 2, spare: "t"},
	"dd":       {raw: true},
	"df":       {short: "ahikmt:B:HPT"},
	"echo":     {raw: true},
	"free":     {short: "bkmgh", mute: true},
	"grep":     {short: "ace:f:hilm:noqrsvwxzA:B:C:EFHILR", long: []string{"color"}, least: 1, spare: "ef", code: 2},
	"head":     {short: "c:n:qv0123456789", brief: true},
	"hostname": {short: "dfisvF:"},
	"id":       {short: "gnruG", most: 1},
	"kill":     {raw: true},
	"killall":  {raw: true},
	"ls":       {short: "acdghiklnprstuvw:xACFHLQRST:X1", long: []string{"color", "full-time", "group-directories-first"}},
	"mkdir":    {short: "m:pv", long: []string{"mode:", "parents", "verbose"}, least: 1},
	"mount":    {short: "afino:rst:vwO:T:"},
	"mv":       {short: "fint:vT", long: strings.Fields("force interactive no-clobber no-target-directory target-directory: verbose"), least: 2, spare: "t"},
	"nproc":    {long: []string{"all", "ignore:"}},
	"printf":   {raw: true, least: 1},
	"ps":       {short: "adeflo:ATZ"},
	"rm":       {short: "firvR", least: 1, spare: "f"},
	"sed":      {short: "e:f:i::nrsE", long: strings.Fields("expression: file: in-place quiet regexp-extended silent version"), least: 1, spare: "efV"},
	"tail":     {short: "c:fn:qs:vF0123456789"},
	"uname":    {short: "aimnoprsv", long: strings.Fields("all hardware-platform kernel-name kernel-release kernel-version machine nodename operating-system processor"), most: -1},
	"uptime":   {short: "s"},
	"wc":       {short: "clmwL"},
	"whoami":   {mute: true, most: -1},
}

// check looks at the words that an applet is called with. Where it cannot be
// called so, or is asked for its usage, it says what busybox says; done is then
// true. It complains of options under the name that it was called by.
func (m manner) check(p *proc.Process, name string) (code int, done bool) {
	args := p.Args[1:]
	if len(args) == 1 && args[0] == "--help" && p.Name() != "echo" {
		return usage(p, 0), true
	}
	if m.code == 0 {
		m.code = 1
	}
	c := call{manner: m}
	if m.raw {
		c.operands = len(args)
	} else if c.read(args); c.wrong != "" {
		if !m.mute {
			fmt.Fprintf(p.Err, "%s: %s\n", name, c.wrong)
		}
		return usage(p, m.code), true
	}
	if strings.ContainsAny(c.given, m.spare) {
		m.least--
	}
	if c.operands < m.least || m.most < 0 && c.operands > 0 || m.most > 0 && c.operands > m.most {
		return usage(p, m.code), true
	}
	return 0, false
}

// call is what a command line has.
type call struct {
	manner
	given    string // the short options
	operands int
	wrong    string // why it cannot be read
}

// read reads a command line as getopt_long(3) does.
func (c *call) read(args []string) {
	for i := 0; i < len(args) && c.wrong == ""; i++ {
		a := args[i]
		switch {
		case a == "--":
			c.operands += len(args) - i - 1
			return
		case a == "-" || !strings.HasPrefix(a, "-"):
			c.operands++
		case c.mode && c.operands == 0 && a[1] != '-' && !strings.Contains(c.short, a[1:2]):
			c.operands++
		case a[1] == '-' && !c.brief:
			if c.readLong(a[2:], i+1 < len(args)) {
				i++
			}
		default:
			if c.readShort(a[1:], i+1 < len(args)) {
				i++
			}
		}
	}
}

// readShort reads short options; took says that the next word is the value of
// the last one.
func (c *call) readShort(word string, more bool) (took bool) {
	for i, l := range word {
		at := strings.IndexRune(c.short, l)
		if at < 0 || l == ':' {
			c.wrong = fmt.Sprintf("invalid option -- '%c'", l)
			if l >= 0x80 || l == 0xfffd { // getopt takes bytes one by one
				c.wrong = "invalid option -- '" + word[i:i+1] + "'"
			}
			return false
		}
		c.given += string(l)
		switch rest := c.short[at+1:]; {
		case strings.HasPrefix(rest, "::"):
			return false
		case !strings.HasPrefix(rest, ":"):
		case i+1 < len(word):
			return false
		case !more:
			c.wrong = fmt.Sprintf("option requires an argument -- '%c'", l)
			return false
		default:
			return true
		}
	}
	return false
}

// letters are the short options that long ones stand for, as far as they count.
var letters = map[string]string{"target-directory": "t", "expression": "e", "file": "f", "force": "f", "version": "V"}

// readLong reads a long option, which may be cut short.
func (c *call) readLong(text string, more bool) (took bool) {
	name, _, valued := strings.Cut(text, "=")
	var found []string
	for _, l := range c.long {
		bare := strings.TrimSuffix(l, ":")
		if bare == name {
			found = []string{l}
			break
		}
		if strings.HasPrefix(bare, name) {
			found = append(found, l)
		}
	}
	switch {
	case len(found) == 0:
		c.wrong = "unrecognized option '--" + text + "'"
		return false
	case len(found) > 1:
		c.wrong = "option '--" + name + "' is ambiguous; possibilities:"
		for _, l := range found {
			c.wrong += " '--" + strings.TrimSuffix(l, ":") + "'"
		}
		return false
	}
	bare, needs := strings.CutSuffix(found[0], ":")
	c.given += letters[bare]
	switch {
	case needs && !valued && !more:
		c.wrong = "option '--" + bare + "' requires an argument"
	case needs && !valued:
		return true
	}
	return false
}
