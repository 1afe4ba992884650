package decoy

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"gait"
	"gait/decoy/edit"
	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs"
	"gait/decoy/shell"
	"gait/decoy/sshd"
	"gait/decoy/telnetd"
	"gait/decoy/tty"
	"gait/decoy/vfs"
	"gait/decoy/visit"
	"gait/recording/shard"
)

// Bounds of what the machine keeps of its visitors.
const (
	mostWorlds = 20_000
	worldBytes = 128 << 20
	worldKept  = 24 * time.Hour
)

// site is what the servers of one decoy share: the machine, its shell, and
// where things are kept.
type site struct {
	note
	at      places
	log     *slog.Logger
	caught  *caught
	machine *machine.Machine
	worlds  *machine.Cache
	gate    *gate
	uploads *uploads
	shell   visit.Shell
	keys    []ssh.Signer
	profile sshd.Profile
	writers map[string]*shard.Writer // by service
}

// places are where a site may write.
type places struct {
	shards, log, uploads string
	pipe                 io.Writer    // to the parent
	more                 []visit.Sink // that are told of what is caught, too
}

// newSite makes all of it. A [refusal] says what can never work.
func newSite(n *note, at places, log *slog.Logger) (s *site, err error) {
	s = &site{note: *n, at: at, log: log, writers: map[string]*shard.Writer{}}
	drawn := n.Identity.secret("profile")
	s.profile = sshd.Drawn(binary.LittleEndian.Uint64(drawn[:]))
	if n.Profile != "" {
		if s.profile, err = sshd.Named(n.Profile); err != nil {
			return nil, &refusal{err.Error()}
		}
	}
	for _, text := range n.Identity.Keys {
		key, err := ssh.ParsePrivateKey(text)
		if err != nil {
			return nil, &refusal{"the host keys of the identity cannot be read"}
		}
		s.keys = append(s.keys, key)
	}
	if err := s.openFolders(at.pipe); err != nil {
		return nil, err
	}
	s.caught.more = at.more
	s.makeMachine()
	s.gate = &gate{accept: n.Accept, key: n.Identity.secret("gate"), user: s.user}
	s.shell = shell.New(shell.Options{
		Programs: programs.All(n.Downloads), Worlds: s.worlds.Get, Limits: proc.Limits{Time: n.Longest}, Sink: s.caught, Uploads: s.uploads,
		Edit: func(t visit.Terminal) visit.LineEditor { return edit.New(t) },
	})
	return s, nil
}

// openFolders opens what was handed down: shards, log, uploads.
func (s *site) openFolders(out io.Writer) (err error) {
	if s.uploads, err = openUploads(s.at.uploads); err != nil {
		return fmt.Errorf("uploads: %w", err)
	}
	d, err := openDiary(s.at.log, &s.Config, time.Now)
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	s.caught = &caught{pending: make(chan visit.Event, mostPending), diary: d, pipe: out, decoy: s.Name, key: s.Identity.secret("events"), log: s.log}
	for _, service := range []string{"ssh", "telnet"} {
		skipped := func(reason string) { s.log.Warn("a session is not kept", "service", service, "reason", reason) }
		if s.writers[service], err = shard.NewWriter(shard.WriterOptions{Folder: s.at.shards, Decoy: s.Name, Service: service, Skipped: skipped}); err != nil {
			return err
		}
	}
	return nil
}

// makeMachine makes the machine that visitors see.
func (s *site) makeMachine() {
	var public []string
	for _, k := range s.keys {
		public = append(public, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k.PublicKey()))))
	}
	s.machine = machine.New(machine.Options{
		Seed: s.Identity.secret("machine"), Host: s.Host, Users: s.Users, Now: time.Now, Installed: s.Identity.Installed, HostKeys: public,
		SSHRelease: s.profile.Release, SSHConfig: s.profile.Config(), Telnet: s.note.Telnet > 0, Files: vfs.Limits{},
	})
	s.worlds = machine.NewCache(s.machine, mostWorlds, worldBytes, worldKept)
}

// user says whether there is an account of a name on the machine. Where
// everything is accepted there always is: the shell makes one up.
func (s *site) user(name string) bool {
	if s.Accept.How == "any" {
		return true
	}
	_, ok := s.machine.World().Account(name)
	return ok
}

// begin begins to record a session.
func (s *site) begin(h gait.Header) visit.Tape {
	return &tape{s.writers[h.Service].Begin(h)}
}

// tape gives the servers what they ask of one.
type tape struct{ *shard.Tape }

// End ends the session.
func (t *tape) End(at time.Duration, reason string) { t.Tape.End(at, reason) }

// serveSSH serves until the context ends.
func (s *site) serveSSH(ctx context.Context, listeners []net.Listener) error {
	if len(listeners) == 0 {
		<-ctx.Done()
		return nil
	}
	return sshd.Serve(ctx, sshd.Options{
		Listeners: listeners, Keys: s.keys, Profile: s.profile, Shell: s.shell, Gate: s.gate, Sink: s.caught, Uploads: s.uploads, Log: s.log,
		Begin: s.begin,
		Terminal: func(in io.Reader, out io.Writer, name string, size visit.Size) sshd.Terminal {
			return tty.New(in, out, name, size)
		},
		FS:     s.tree,
		Limits: sshd.Limits{Connections: s.Connections, PerAddress: s.PerAddress, Delay: s.Delay},
	})
}

// tree gives a visitor's files, as the account that he logged in to.
func (s *site) tree(v visit.Visitor) *vfs.FS {
	w := s.worlds.Get(v.Remote.Addr())
	a, ok := w.Account(v.User)
	if !ok {
		a, _ = w.Account("root")
	}
	f := w.Root.As(a.UID, a.GID, a.Groups...)
	_ = f.Chdir(a.Home) // he stays at / where it is gone
	return f
}

// serveTelnet serves until the context ends.
func (s *site) serveTelnet(ctx context.Context, listeners []net.Listener) error {
	if len(listeners) == 0 {
		<-ctx.Done()
		return nil
	}
	return telnetd.Serve(ctx, telnetd.Options{
		Listeners: listeners, Host: func() string { return s.machine.Name }, Issue: "Debian GNU/Linux 12", Shell: s.shell, Gate: s.gate, Sink: s.caught, Log: s.log,
		Begin:  s.begin,
		Limits: telnetd.Limits{Connections: s.Connections, PerAddress: s.PerAddress, Delay: s.Delay},
	})
}

// close gives back what is open.
func (s *site) close() error {
	errs := []error{s.caught.diary.close()}
	for _, w := range s.writers {
		errs = append(errs, w.Close())
	}
	return errors.Join(errs...)
}
