package network

import (
	"fmt"
	"path"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// placeholder is what is given instead of what was asked for.
const placeholder = "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<center><h1>404 Not Found</h1></center>\n</body>\n</html>\n"

// save writes the placeholder into a file.
func save(p *proc.Process, name string) error {
	return p.FS.WriteFile(name, []byte(placeholder), 0o666)
}

// keep saves the placeholder as wget does.
func (g *getter) keep(l link) int {
	p, size := g.p, len(placeholder)
	p.Sleep(150 * time.Millisecond)
	if strings.HasPrefix(l.scheme, "ftp") {
		g.say("Logging in as anonymous ... Logged in!\n==> SYST ... done.    ==> PWD ... done.\n==> TYPE I ... done.  ==> CWD not needed.\n==> PASV ... done.    ==> RETR %s ... done.\nLength: %d (unauthoritative)\n", path.Base(l.path), size)
	} else {
		g.say("HTTP request sent, awaiting response... 200 OK\nLength: %d [text/html]\n", size)
	}
	if g.o.Has("spider") {
		g.say("Remote file exists.\n\n")
		return 0
	}
	file, done := g.file(l), "saved"
	if file == "-" {
		g.say("Saving to: %s\n\n", gnu.Quote(p, "STDOUT"))
		p.Printf("%s", placeholder)
		done = "written to stdout"
	} else {
		if v, ok := g.o.Last("P"); ok {
			p.FS.Mkdir(v, 0o777) // where it is there already, that is well
		}
		if err := save(p, file); err != nil {
			fmt.Fprintf(g.log, "%s: %s\n\nCannot write to %s (%s).\n", file, gnu.Why(err), gnu.Quote(p, file), gnu.Why(err))
			return 3
		}
		g.say("Saving to: %s\n\n", gnu.Quote(p, file))
	}
	g.progress(file)
	now := p.Now().Format(time.DateTime)
	switch {
	case g.terse:
		g.fail("%s URL:%s [%d/%d] -> \"%s\" [1]\n", now, l.shown(), size, size, file)
	case file == "-":
		g.say("%s (9.61 MB/s) - %s [%d/%d]\n\n", now, done, size, size)
	default:
		g.say("%s (9.61 MB/s) - %s %s [%d/%d]\n\n", now, gnu.Quote(p, file), done, size, size)
	}
	return 0
}

// progress shows how it goes: a bar on a terminal, else dots.
func (g *getter) progress(file string) {
	if g.log != g.p.Err || !g.p.ErrTTY {
		g.say("     0K                                                       100%% 9.61M=0s\n\n")
		return
	}
	cols := 80
	if t := g.p.Terminal; t != nil && t.Size().Cols >= 60 {
		cols = min(t.Size().Cols, 300)
	}
	name := path.Base(file)
	if file == "-" {
		name = "-"
	}
	if len(name) > 18 {
		name = name[:18]
	}
	width := cols - 60
	if width < 3 {
		width = 3
	}
	bar := strings.Repeat("=", width-1) + ">"
	g.say("\r%-19s   0%%[%s]       0  --.-KB/s               \r%-19s 100%%[%s] %7d  --.-KB/s    in 0s      \n\n", name, strings.Repeat(" ", width), name, bar, len(placeholder))
}
