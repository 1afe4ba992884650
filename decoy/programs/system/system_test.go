package system

import (
	"bytes"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"gait/decoy/machine"
	"gait/decoy/shell"
	"gait/decoy/visit"
)

// theMachine is one machine for all tests.
var theMachine = sync.OnceValue(func() *machine.Machine {
	return machine.New(machine.Options{Seed: [32]byte{9}, Host: "web01", Users: []string{"deploy"}})
})

// do runs a line as a user in a world of its own, and gives output, errors and
// exit code.
func do(t *testing.T, user, line, input string) (string, string, int) {
	t.Helper()
	w := theMachine().World()
	s := shell.New(shell.Options{Programs: Programs(), Worlds: func(netip.Addr) *machine.World { return w }})
	var out, errs bytes.Buffer
	code := s.Run(t.Context(), visit.Session{Visitor: visit.Visitor{Service: "ssh", User: user, Remote: netip.MustParseAddrPort("192.0.2.7:40000"), Local: netip.MustParseAddrPort("198.51.100.1:22")},
		ID: "s", Exec: line, Stdin: strings.NewReader(input), Stdout: &out, Stderr: &errs})
	return out.String(), errs.String(), code
}
