package archive

import (
	"bufio"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// runZgrep runs grep over what packed files hold.
func runZgrep(p *proc.Process) int {
	var options, names []string
	pattern := false
	args := p.Args[1:]
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-e" || a == "-f" || a == "-A" || a == "-B" || a == "-C" || a == "-m":
			if options = append(options, a); i+1 < len(args) {
				i++
				options = append(options, args[i])
			}
			pattern = pattern || a == "-e" || a == "-f"
		case strings.HasPrefix(a, "-") && a != "-":
			options = append(options, a)
		case !pattern:
			options, pattern = append(options, "-e", a), true
		default:
			names = append(names, a)
		}
	}
	if !pattern {
		_, _ = p.Err.Write([]byte("Usage: " + p.Name() + " [OPTION]... [-e] PATTERN [FILE]...\nLook for instances of PATTERN in the input FILEs, using their\nuncompressed contents if they are compressed.\n"))
		return 2
	}
	if len(names) == 0 {
		names = []string{"-"}
	}
	code := 1
	for _, name := range names {
		shown := []string{"grep", "--label=" + name}
		if len(names) > 1 {
			shown = append(shown, "-H")
		}
		if c := zgrepOne(p, append(shown, options...), name); c == 0 && code == 1 || c > 1 {
			code = c
		}
	}
	return code
}

// zgrepOne searches one file.
func zgrepOne(p *proc.Process, args []string, name string) int {
	f, err := gnu.Open(p, name)
	if err != nil {
		_, _ = p.Err.Write([]byte("gzip: " + name + ": " + gnu.Why(err) + "\n"))
		return 2
	}
	defer f.Close()
	r, err := unzipped(bufio.NewReader(f))
	if err != nil {
		_, _ = p.Err.Write([]byte("\ngzip: " + name + ": not in gzip format\n"))
		return 2
	}
	c := *p
	c.In, c.InTTY = r, false
	code, found, err := p.Shell.Exec(&c, append(args, "-"))
	if !found || err != nil {
		return 2
	}
	return code
}
