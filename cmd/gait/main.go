// Command gait reads how an attacker moves through a shell.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"reflect"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes of the command.
const (
	exitOK      = 0
	exitFailed  = 1   // something could not be read or done; the rest was
	exitUsage   = 2   // the command line makes no sense
	exitStopped = 130 // the user ended it, as a shell counts it
)

// errFailed says that everything worth saying has been printed already and
// the exit code is exitFailed.
var errFailed = errors.New("failed")

// usageError is an error in the command line that only the subcommand finds.
type usageError struct{ text string }

// Error gives the text.
func (e usageError) Error() string { return e.text }

func main() {
	os.Exit(runProcess())
}

// runProcess runs the command with the process's own streams and signals.
func runProcess() int {
	tuneMemory(memoryLimit)
	// A reader that goes away ends the writing with an error, not the process.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	return run(ctx, newConsole(), os.Args[1:])
}

// Memory of the process. Profiling keeps its memory and makes little garbage,
// so that the heap may double before it is swept; near the limit it is swept
// more often rather than grow, which keeps a shard of 1 GB below 256 MB. The
// store of a running system keeps memory of its own, which the limit does not
// count.
const (
	gcPercent   = 100
	memoryLimit = 192 << 20
	systemLimit = 120 << 20
)

// tuneMemory sets how the memory of the process is swept, unless the user's
// environment does.
func tuneMemory(limit int64) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
}

// heldMemory gives what the process holds of recordings on top of the limit that
// it was tuned to: else they would be swept for again and again in vain.
func heldMemory(bytes int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(systemLimit + bytes)
	}
}

// newParser makes the parser of the command line, which fills in the commands.
func newParser(ctx context.Context, c *console, to *commands, exit func(int)) (*kong.Kong, *settings, error) {
	s := newSettings(os.LookupEnv)
	k, err := kong.New(to, parserOptions(ctx, c, s, exit)...)
	return k, s, err
}

// parserOptions say how the command line is parsed, and what subcommands get.
func parserOptions(ctx context.Context, c *console, s *settings, exit func(int)) []kong.Option {
	return []kong.Option{
		kong.Name("gait"),
		kong.Description("Reads recordings of shell sessions and says how the operator moved."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: c.columns}),
		kong.Writers(c.out, c.err),
		kong.Exit(exit),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
		kong.Bind(s),
		kong.Resolvers(s),
		limitVars(),
	}
}

// run parses the arguments and runs the subcommand; it gives the exit code.
func run(ctx context.Context, c *console, args []string) int {
	code := -1
	parser, set, err := newParser(ctx, c, &commands{}, func(n int) { code = n })
	if err != nil {
		fmt.Fprintln(c.err, "gait:", err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if code >= 0 { // help was printed
		return code
	}
	if err == nil {
		err = validate(k.Selected().Target)
	}
	if err != nil {
		err = usageError{set.explain(err).Error()}
	} else {
		err = k.Run()
	}
	return conclude(ctx, c, err)
}

// validate checks the groups of flags that a subcommand is made of; the parser
// checks only what stands in the subcommand itself.
func validate(command reflect.Value) error {
	if command.Kind() != reflect.Struct || !command.CanAddr() {
		return nil
	}
	for i := range command.NumField() {
		if !command.Type().Field(i).Anonymous {
			continue
		}
		group := command.Field(i)
		if err := validate(group); err != nil {
			return err
		}
		// Fields of types of this package are settable, but not by reflection.
		at := reflect.NewAt(group.Type(), group.Addr().UnsafePointer())
		if v, ok := at.Interface().(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return err
			}
		}
	}
	return nil
}

// conclude says what is wrong, if anything, and gives the exit code.
func conclude(ctx context.Context, c *console, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(c.err, "gait: %s\nTry \"gait --help\".\n", printable(usage.text))
		return exitUsage
	case errors.Is(err, syscall.EPIPE): // whoever read has had enough
		return exitOK
	case ctx.Err() != nil:
		fmt.Fprintln(c.err, "gait: stopped")
		return exitStopped
	case !errors.Is(err, errFailed):
		fmt.Fprintln(c.err, "gait:", printable(err.Error()))
	}
	return exitFailed
}
