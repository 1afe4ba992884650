package transfer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// scp is one end of the old protocol of scp.
type scp struct {
	Streams
	ctx  context.Context
	in   *bufio.Reader
	opts options
	errs int
}

// options are what scp was called with.
type options struct {
	to, from, recursive, preserve, folder bool
	files                                 []string
}

const (
	mostLine  = 4096 // of a line of the protocol
	mostDepth = 64   // of directories
)

// errLost says that the other end is gone or does not keep to the protocol.
var errLost = errors.New("lost connection")

// SCP does what "scp -t" and "scp -f" do on a server and gives the exit code.
// The words are those of [Words], scp first.
func SCP(ctx context.Context, words []string, s Streams) int {
	c := &scp{Streams: s, ctx: ctx, in: bufio.NewReaderSize(s.In, mostLine)}
	if complaint := c.parse(words[1:]); complaint != "" {
		fmt.Fprint(s.Err, complaint)
		return 1
	}
	var err error
	if c.opts.to {
		err = c.sink(c.opts.files)
	} else {
		err = c.source(c.opts.files)
	}
	if err != nil || c.errs > 0 {
		return 1
	}
	return 0
}

const usage = `usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]
           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]
           [-P port] [-S program] [-X sftp_option] source ... target
`

// parse reads the options.
func (c *scp) parse(words []string) (complaint string) {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "-" {
		w := words[0][1:]
		words = words[1:]
		if w == "-" {
			break
		}
		for _, o := range w {
			switch o {
			case 't':
				c.opts.to = true
			case 'f':
				c.opts.from = true
			case 'r':
				c.opts.recursive = true
			case 'p':
				c.opts.preserve = true
			case 'd':
				c.opts.folder = true
			case 'v', 'q', 'B', 'C', '3', '4', '6', 'A', 'O', 'R', 's', 'T':
			default:
				return fmt.Sprintf("unknown option -- %c\n", o) + usage
			}
		}
	}
	for _, w := range words {
		c.opts.files = append(c.opts.files, Expand(c.FS, w)...)
	}
	if c.opts.to == c.opts.from || len(c.opts.files) == 0 {
		return usage
	}
	return ""
}

// complain tells the other end of an error, and goes on.
func (c *scp) complain(format string, args ...any) {
	c.errs++
	fmt.Fprintf(c.Out, "\x01scp: "+format+"\n", args...)
}

// ack says that all is well.
func (c *scp) ack() { c.Out.Write([]byte{0}) }

// line reads a line of the protocol, without its end.
func (c *scp) line() (string, error) {
	if c.ctx.Err() != nil {
		return "", errLost
	}
	line, err := c.in.ReadSlice('\n')
	switch {
	case err == io.EOF && len(line) == 0:
		return "", io.EOF
	case err != nil:
		return "", errLost
	}
	return string(line[:len(line)-1]), nil
}

// response reads what the other end says of the last step: false where it
// could not do it.
func (c *scp) response() (bool, error) {
	b, err := c.in.ReadByte()
	if err != nil || c.ctx.Err() != nil {
		return false, errLost
	}
	if b == 0 {
		return true, nil
	}
	if _, err := c.line(); err != nil && err != io.EOF || b != 1 {
		return false, errLost
	}
	c.errs++
	return false, nil
}
