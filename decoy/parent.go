package decoy

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// Options say how a decoy is run.
type Options struct {
	Config
	Folder  string // of the decoy's own: identity, log
	Shards  string // root of shards
	Uploads string

	Program []string // that becomes the child: a path and its arguments
	User    int      // uid and gid of the child where the parent is root; 0: 65533

	// Publish takes what may be published; it does not wait.
	Publish func(subject string, payload []byte)
	Report  func(Report) // told when the child runs, and when it does not; may be nil
	Log     *slog.Logger
}

// Report is how a decoy is.
type Report struct {
	Running  bool
	Starts   int   // of the child
	Rejected int64 // lines of the child that were not published
	Error    error // why it does not run
}

const (
	childUser   = 65533
	childMemory = 1 << 30
	childFiles  = 16 << 10
	childFile   = 4 << 30
)

// note is what the child is told on its standard input.
type note struct {
	Config
	Identity identity
	SSH      int // listeners among the descriptors, SSH first
	Telnet   int
	Memory   int64
}

// Descriptors that the child finds open.
const (
	fdShards = 3 + iota
	fdFolder
	fdUploads
	fdListeners
)

// Decoy is the parent's side of a decoy.
type Decoy struct {
	Options
	id        identity
	files     []*os.File // in the order of the descriptors
	listeners []net.Listener
	ssh       []string // addresses that are listened on
	telnet    []string
	starts    int // of the child
	rejected  atomic.Int64
}

// Open makes the folders and opens the ports; visitors wait until [Decoy.Run].
// The error is of the configuration, a folder or a port.
func Open(o Options) (*Decoy, error) {
	d := &Decoy{Options: o}
	if err := d.Check(); err != nil {
		return nil, err
	}
	if err := d.open(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Addresses gives what is listened on.
func (d *Decoy) Addresses() (ssh, telnet []string) { return d.ssh, d.telnet }

// Run runs the decoy until the context ends: it starts the child, again
// whenever that ends. An error other than the context's is of what can never
// work.
func (d *Decoy) Run(ctx context.Context) error {
	for delay := time.Second; ctx.Err() == nil; {
		began := time.Now()
		d.starts++
		err := d.child(ctx)
		if ctx.Err() != nil {
			break
		}
		d.tell(false, err)
		var refused *refusal
		if errors.As(err, &refused) {
			return err
		}
		d.Log.Warn("the decoy ended and is started again", "decoy", d.Name, "error", err)
		if time.Since(began) > time.Minute {
			delay = time.Second
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
		}
		delay = min(2*delay, time.Minute)
	}
	return ctx.Err()
}

// refusal is what the child says when it can never work.
type refusal struct{ text string }

// Error gives the text.
func (r *refusal) Error() string { return r.text }

func (d *Decoy) tell(running bool, err error) {
	if d.Report != nil {
		d.Report(Report{Running: running, Starts: d.starts, Rejected: d.rejected.Load(), Error: err})
	}
}

// open makes the folders and opens the ports.
func (d *Decoy) open() (err error) {
	for _, dir := range []string{filepath.Join(d.Shards, d.Name), d.Folder, filepath.Join(d.Folder, "log"), d.Uploads} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if d.id, err = loadIdentity(d.Folder, time.Now()); err != nil {
		return err
	}
	// The child sees its own folder of shards, but must make its path below the
	// root itself: it is given the folder of the decoy.
	for _, dir := range []string{filepath.Join(d.Shards, d.Name), filepath.Join(d.Folder, "log"), d.Uploads} {
		f, err := d.handOver(dir)
		if err != nil {
			return err
		}
		d.files = append(d.files, f)
	}
	for i, list := range [][]string{d.SSH, d.Telnet} {
		for _, a := range list {
			if err := d.listen(i, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// listen opens a port; the child inherits it, so that visitors wait instead of
// being turned away while it is started again.
func (d *Decoy) listen(kind int, at string) error {
	c := net.ListenConfig{}
	c.SetMultipathTCP(false)
	l, err := c.Listen(context.Background(), "tcp", at)
	if err != nil {
		return fmt.Errorf("the decoy cannot listen: %w", err)
	}
	d.listeners = append(d.listeners, l)
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	d.files = append(d.files, f)
	if kind == 0 {
		d.ssh = append(d.ssh, l.Addr().String())
	} else {
		d.telnet = append(d.telnet, l.Addr().String())
	}
	return nil
}

// handOver opens a folder for the child. Where the child runs as another user
// the folder and what is in it become that user'd.
func (d *Decoy) handOver(dir string) (*os.File, error) {
	if uid := d.uid(); uid >= 0 {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		if err := chownAll(root, ".", uid); err != nil {
			return nil, err
		}
	}
	return os.Open(dir)
}

// chownAll gives a folder to a user. Links are given, not followed.
func chownAll(root *os.Root, name string, uid int) error {
	if err := root.Lchown(name, uid, uid); err != nil {
		return err
	}
	info, err := root.Lstat(name)
	if err != nil || !info.IsDir() {
		return err
	}
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := chownAll(root, filepath.Join(name, n), uid); err != nil {
			return err
		}
	}
	return nil
}

// uid is whom the child runs as; -1 for the parent's own user.
func (d *Decoy) uid() int {
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		return -1
	}
	return cmp.Or(d.User, childUser)
}

// child runs the child once.
func (d *Decoy) child(ctx context.Context) error {
	// The program is handed down open, too: the child's user may not reach the
	// folder that it lies in.
	program, err := os.Open(d.Program[0])
	if err != nil {
		return err
	}
	defer program.Close()
	cmd := exec.Command(d.Program[0], d.Program[1:]...)
	if runtime.GOOS == "linux" {
		cmd.Path = folder(fdShards + len(d.files))
	}
	cmd.Env = []string{} // nil would hand down ours
	cmd.Dir = "/"
	cmd.ExtraFiles = append(slices.Clone(d.files), program)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if uid := d.uid(); uid >= 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	errs, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() {
		in.Close() // asks it to end
		time.AfterFunc(3*time.Second, func() { cmd.Process.Kill() })
	})
	defer stop()
	n := note{Config: d.Config, Identity: d.id, SSH: len(d.Config.SSH), Telnet: len(d.Config.Telnet), Memory: childMemory}
	if err := json.NewEncoder(in).Encode(n); err != nil {
		cmd.Process.Kill()
	}
	said := make(chan string, 1)
	go func() { said <- d.copyLog(errs) }()
	readActivity(out, d.take)
	last := <-said
	err = cmd.Wait()
	if refused, ok := strings.CutPrefix(last, refusedMark); ok {
		return &refusal{refused}
	}
	if err == nil {
		err = errors.New("it ended by itself")
	}
	return err
}

// Marks of lines that the child writes for its parent.
const (
	readyMark   = "ready"
	refusedMark = "refused: "
)

// copyLog puts what the child says into the log, each line as one value, at
// most ten a second. It gives the last line.
func (d *Decoy) copyLog(r io.Reader) (last string) {
	in := bufio.NewReaderSize(r, 4096)
	second, count := time.Time{}, 0
	for {
		line, err := in.ReadSlice('\n')
		if text := strings.TrimRight(string(line), "\n"); text != "" {
			last = text
			if text == readyMark {
				d.tell(true, nil)
			} else if now := time.Now(); now.Sub(second) > time.Second || count < 10 {
				if now.Sub(second) > time.Second {
					second, count = now, 0
				}
				count++
				d.Log.Info("decoy", "decoy", d.Name, "says", text)
			}
		}
		if err != nil && err != bufio.ErrBufferFull {
			return last
		}
	}
}

// take publishes a line of the child, or counts it.
func (d *Decoy) take(line []byte) error {
	subject, payload, err := checkActivity(line, d.Name, time.Now())
	if err != nil {
		if d.rejected.Add(1) == 1 {
			d.Log.Warn("the decoy said something that is not published", "decoy", d.Name, "reason", err)
		}
		return err
	}
	if d.Publish != nil {
		d.Publish(subject, payload)
	}
	return nil
}

// Close gives ports and folders back.
func (d *Decoy) Close() error {
	var errs []error
	for _, f := range d.files {
		errs = append(errs, f.Close())
	}
	for _, l := range d.listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}
