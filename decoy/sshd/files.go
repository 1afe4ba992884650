package sshd

import (
	"strings"

	"gait/decoy/sshd/transfer"
	"gait/decoy/visit"
)

// shell runs the shell.
func (r *run) shell() int { return r.server.Shell.Run(r.ctx, r.visit) }

// transfers says whether a command is scp's other half.
func (s *server) transfers(command string) bool {
	return s.FS != nil && strings.HasPrefix(command, "scp -") && !strings.ContainsAny(command, ";|&<>`$()\n")
}

// scp sends or takes files.
func (r *run) scp() int {
	args, ok := transfer.Words(r.visit.Exec)
	if !ok {
		return r.shell()
	}
	return transfer.SCP(r.ctx, args, r.streams("scp"))
}

// subsystem begins a subsystem. There is one: sftp.
func (s *session) subsystem(name string) bool {
	if name != "sftp" || s.server.FS == nil {
		return false
	}
	r := s.prepare("/usr/lib/openssh/sftp-server")
	r.silent = true
	r.does = func() int { return transfer.SFTP(r.ctx, r.streams("sftp")) }
	s.begins(r)
	return true
}

// streams gives what a transfer works with.
func (r *run) streams(via string) transfer.Streams {
	return transfer.Streams{
		In: r.visit.Stdin, Out: r.visit.Stdout, Err: r.visit.Stderr,
		FS: r.server.FS(r.visit.Visitor), Keep: r.server.Uploads,
		Uploaded: func(u transfer.Upload) {
			r.caught(visit.Upload, clip(u.Path), map[string]string{
				"sha256": u.SHA256, "size": number(int(u.Size)), "via": via, "outcome": u.Outcome(),
			})
		},
	}
}
