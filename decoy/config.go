// Package decoy is a machine that is none: whoever logs in by SSH or Telnet finds
// a small Debian server, and what he does there is recorded and not done.
//
// It is two processes of one program. The parent ([Open]) holds the identity of
// the installation and the ports, starts the child, starts it again when it
// ends, and publishes what the child may say: lines of a pipe, each parsed,
// checked and written anew. The child ([Child]) talks to attackers. It has three
// folders, the ports and the pipe, and nothing else (package cage).
//
// Sessions go into shards as they happen. What is caught beside them is written
// into the decoy's own log in the attackers' words; an [Activity] on the bus has
// hashes and lengths alone.
//
// Tests run the whole decoy in their own process, against clients from Debian's
// packages; testdata holds what a Debian gives to 200 command lines and 60
// probes, which "go test ./decoy -run Like -record-debian" records anew.
package decoy

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/recording/shard"
)

// Config says what a decoy is and what it lets in. It travels to the child as
// JSON.
type Config struct {
	Name   string   // of the decoy, as it stands in paths and events
	SSH    []string // addresses to listen on, host:port
	Telnet []string
	Public bool // addresses beyond this machine are meant

	Profile   string   // which server it seems to be; empty for one from the seed
	Host      string   // host name that visitors see; empty for one from the seed
	Users     []string // accounts beside the system's; nil for some from the seed
	Accept    Accept
	Downloads string // "unreachable" or "placeholder"

	Connections int           // most at once; 0: as the servers have it
	PerAddress  int           // most at once from one address; 0: as the servers have it
	Longest     time.Duration // of a session; 0: 12 h
	Delay       time.Duration // before a refused password is answered; 0: as the real servers

	NoCredentials bool          // passwords and keys offered are not logged
	KeepLog       time.Duration // age at which the decoy's own log is deleted; 0: 30 days
	NoSandbox     bool          // run although the kernel cannot confine the child
}

// Accept says which logins are let in.
type Accept struct {
	How    string   // "any", "after", "list" or "chance"
	After  int      // tries on one connection before anything is accepted
	List   []string // name:password; an empty name or password stands for any
	Chance float64  // of one address and password; the same answer each time
}

// ParseAccept reads "any", "after:N" or "chance:P"; "list" is completed with
// lines of name:password by whoever has read them.
func ParseAccept(text string) (a Accept, err error) {
	how, value, _ := strings.Cut(text, ":")
	a.How = how
	switch how {
	case "any", "list":
		if value != "" {
			err = errors.New("takes no value")
		}
	case "after":
		if a.After, err = strconv.Atoi(value); err == nil && (a.After < 1 || a.After > 100) {
			err = errors.New("the number of tries must be from 1 to 100")
		}
	case "chance":
		if a.Chance, err = strconv.ParseFloat(value, 64); err == nil && !(a.Chance >= 0 && a.Chance <= 1) {
			err = errors.New("the chance must be from 0 to 1")
		}
	default:
		err = errors.New("write any, after:N, list:FILE or chance:P")
	}
	if err != nil {
		return Accept{}, fmt.Errorf("%.40q says not which logins are accepted: %w", text, err)
	}
	return a, nil
}

var userName = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)
var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// Check says what is wrong with a configuration.
func (c *Config) Check() error {
	switch {
	case !shard.DecoyName(c.Name):
		return fmt.Errorf("decoy name %.80q: must be lower-case letters, digits and dashes, at most 63", c.Name)
	case len(c.SSH)+len(c.Telnet) == 0:
		return errors.New("no address to listen on")
	case len(c.SSH)+len(c.Telnet) > 64:
		return errors.New("more than 64 addresses to listen on")
	case c.Host != "" && (!hostName.MatchString(c.Host) || len(c.Host) > 64):
		return fmt.Errorf("host name %.80q: must be letters, digits, dashes and dots, at most 64", c.Host)
	case c.Downloads != "unreachable" && c.Downloads != "placeholder":
		return fmt.Errorf("downloads %.40q: must be unreachable or placeholder", c.Downloads)
	case c.Connections < 0 || c.PerAddress < 0 || c.Longest < 0 || c.KeepLog < 0 || c.Delay < 0:
		return errors.New("limits must not be negative")
	}
	for _, u := range c.Users {
		if !userName.MatchString(u) {
			return fmt.Errorf("user %.80q: no name of an account", u)
		}
	}
	for _, a := range slices.Concat(c.SSH, c.Telnet) {
		if err := checkAddress(a, c.Public); err != nil {
			return err
		}
	}
	return nil
}

// checkAddress keeps a decoy on this machine unless it is asked out.
func checkAddress(address string, public bool) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %.80q: write host:port: %w", address, err)
	}
	ip, err := netip.ParseAddr(host)
	if host != "localhost" && err != nil && host != "" {
		return fmt.Errorf("address %.80q: write a number instead of a name", address)
	}
	if loopback := host == "localhost" || err == nil && ip.IsLoopback(); !loopback && !public {
		return fmt.Errorf("address %.80q can be reached from other machines: say so with --public, and read docs/decoy.md first", address)
	}
	return nil
}
