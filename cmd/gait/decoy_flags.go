package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gait/decoy"
)

// decoyFlags say what a decoy is and whom it lets in.
type decoyFlags struct {
	SSH         []string `name:"decoy-ssh" conf:"" sep:"none" placeholder:"HOST:PORT" group:"decoy" help:"Open an SSH decoy there, such as 127.0.0.1:2222. May be repeated."`
	Telnet      []string `name:"decoy-telnet" conf:"" sep:"none" placeholder:"HOST:PORT" group:"decoy" help:"Open a Telnet decoy there. May be repeated."`
	Public      bool     `name:"decoy-public" aliases:"public" conf:"" group:"decoy" help:"Addresses that other machines reach are meant. Read docs/decoy.md first. Also --public."`
	Name        string   `name:"decoy-name" conf:"" placeholder:"NAME" default:"decoy-01" group:"decoy" help:"Name of the decoy in paths and events."`
	Profile     string   `name:"decoy-profile" conf:"" placeholder:"NAME" group:"decoy" help:"Which SSH server it seems to be; docs/decoy.md lists them; without it, one of them from the seed."`
	Host        string   `name:"decoy-host" conf:"" placeholder:"NAME" group:"decoy" help:"Host name that visitors see; by itself one made from the installation's seed."`
	Users       []string `name:"decoy-users" conf:"" placeholder:"NAME" group:"decoy" help:"Accounts beside root, with commas between them; by itself made from the seed."`
	Accept      string   `name:"decoy-accept" conf:"" placeholder:"RULE" default:"any" group:"decoy" help:"Logins that are let in: any; after:N, the try after N refused ones; list:FILE with lines of name:password, empty for any; chance:P, the same answer each time for one address and password."`
	Downloads   string   `name:"decoy-downloads" conf:"" enum:"unreachable,placeholder" default:"unreachable" group:"decoy" help:"What wget and its like are told; nothing is ever fetched."`
	Connections int      `name:"decoy-connections" conf:"" placeholder:"N" default:"2000" group:"decoy" help:"Most connections at once."`
	PerAddress  int      `name:"decoy-per-address" conf:"" placeholder:"N" default:"100" group:"decoy" help:"Most of them from one address."`
	Longest     longTime `name:"decoy-longest" conf:"" placeholder:"TIME" default:"12h" group:"decoy" help:"Longest session."`
	NoCreds     bool     `name:"decoy-no-credentials" aliases:"no-credentials" conf:"" group:"decoy" help:"Do not write passwords and keys that are tried into the decoy's log. Also --no-credentials."`
	KeepLog     longTime `name:"decoy-keep-log" conf:"" placeholder:"TIME" default:"30d" group:"decoy" help:"How long the decoy's own log is kept."`
	NoSandbox   bool     `name:"decoy-no-sandbox" aliases:"no-sandbox" conf:"" group:"decoy" help:"Run it although the kernel cannot confine its process. Also --no-sandbox."`
	User        int      `name:"decoy-user" conf:"" placeholder:"UID" default:"65533" group:"decoy" help:"User that its process becomes where gait runs as root."`
}

// asked says whether a decoy is wanted.
func (f *decoyFlags) asked() bool { return len(f.SSH)+len(f.Telnet) > 0 }

// config gives what the decoy is told.
func (f *decoyFlags) config() (c decoy.Config, err error) {
	rule, file, isList := strings.Cut(f.Accept, ":")
	var accept decoy.Accept
	if isList = isList && rule == "list"; isList {
		accept.How = "list"
		if accept.List, err = readLogins(file); err != nil {
			return c, fmt.Errorf("--decoy-accept: %w", err)
		}
	} else if accept, err = decoy.ParseAccept(f.Accept); err != nil || accept.How == "list" {
		return c, usageError{fmt.Sprintf("--decoy-accept: %v", errors.Join(err, listNeedsFile(accept)))}
	}
	c = decoy.Config{
		Name: f.Name, SSH: f.SSH, Telnet: f.Telnet, Public: f.Public, Profile: f.Profile, Host: f.Host, Users: f.Users, Accept: accept, Downloads: f.Downloads,
		Connections: f.Connections, PerAddress: f.PerAddress, Longest: time.Duration(f.Longest), NoCredentials: f.NoCreds, KeepLog: time.Duration(f.KeepLog), NoSandbox: f.NoSandbox,
	}
	if err := c.Check(); err != nil {
		return c, usageError{err.Error()}
	}
	return c, nil
}

func listNeedsFile(a decoy.Accept) error {
	if a.How == "list" {
		return errors.New("write list:FILE")
	}
	return nil
}

// mostLogins bounds a list of logins.
const mostLogins = 10_000

// readLogins reads lines of name:password.
func readLogins(path string) (list []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !strings.Contains(line, ":") {
			return nil, fmt.Errorf("%s line %d: write name:password, with either left empty for any", path, n)
		}
		if list = append(list, line); len(list) > mostLogins {
			return nil, fmt.Errorf("%s: more than %d logins", path, mostLogins)
		}
	}
	return list, in.Err()
}

// decoyOptions gives how a decoy is run in a data folder.
func decoyOptions(f *decoyFlags, data string) (o decoy.Options, err error) {
	if o.Config, err = f.config(); err != nil {
		return o, err
	}
	program, err := os.Executable()
	if err != nil {
		return o, err
	}
	o.Program = []string{program, decoyChild}
	o.Folder, o.Shards, o.Uploads = filepath.Join(data, decoyDir, f.Name), filepath.Join(data, shardsDir), filepath.Join(data, uploadsDir)
	o.User = f.User
	return o, nil
}
