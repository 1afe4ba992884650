// Command gait reads how an attacker moves through a shell.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes of the command.
const (
	exitOK     = 0
	exitFailed = 1 // something could not be read or done; the rest was
	exitUsage  = 2 // the command line makes no sense
)

// console is what a subcommand talks to.
type console struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // out is a terminal
	columns  int  // width of the terminal, 80 where there is none
}

// errFailed says that everything worth saying has been printed already and
// the exit code is exitFailed.
var errFailed = errors.New("failed")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, newConsole(), os.Args[1:]))
}

// run parses the arguments and runs the subcommand; it gives the exit code.
func run(ctx context.Context, c *console, args []string) int {
	var cli commands
	code := -1
	parser, err := kong.New(&cli,
		kong.Name("gait"),
		kong.Description("Reads recordings of shell sessions and says how the operator moved."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(n int) { code = n }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		fmt.Fprintln(c.err, "gait:", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if code >= 0 { // help or a completion was printed
		return code
	}
	if err != nil {
		fmt.Fprintf(c.err, "gait: %s\nTry \"gait --help\".\n", printable(err.Error()))
		return exitUsage
	}
	if err = k.Run(); err == nil {
		return exitOK
	}
	if !errors.Is(err, errFailed) {
		fmt.Fprintln(c.err, "gait:", printable(err.Error()))
	}
	return exitFailed
}
