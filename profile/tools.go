package profile

import "crypto/sha256"

// Tool is the first token of a command, known only as the first half of its
// SHA-256 and as the sets of well-known tools that it stands in.
type Tool struct {
	sum  [16]byte
	sets ToolSet
}

// In says whether the tool stands in any of the sets.
func (t Tool) In(s ToolSet) bool { return t.sets&s != 0 }

// ToolSet is a set of sets of well-known tools.
type ToolSet uint16

// The sets of tools that rules look for.
const (
	Recon ToolSet = 1 << iota
	Exfil
	Persistence
	Lateral
	Destructive
	Cleanup
	Landing
	Leaving
	Covering
	Manual
)

// toolNames spells out the sets. A tool may stand in several.
var toolNames = []struct {
	set   ToolSet
	names []string
}{
	{Recon, []string{"ls", "pwd", "whoami", "id", "uname", "ps", "netstat", "ss", "cat", "find", "which", "env", "printenv",
		"hostname", "w", "who", "date", "uptime", "df", "du", "free", "lsof", "lsblk"}},
	{Exfil, []string{"curl", "wget", "scp", "rsync", "nc", "ncat", "socat", "tar", "base64", "xxd", "python", "python3", "openssl"}},
	{Persistence, []string{"crontab", "systemctl", "useradd", "usermod", "passwd", "chsh", "at", "service", "chkconfig",
		"update-rc.d", "authorized_keys"}},
	{Lateral, []string{"ssh", "telnet", "rsh", "rlogin", "ftp", "sftp", "mosh", "kubectl", "docker", "psql", "mysql", "redis-cli"}},
	{Destructive, []string{"rm", "dd", "mkfs", "shred", "wipe", "kill", "pkill", "killall", "truncate", "fdisk"}},
	{Cleanup, []string{"history", "unset", "rm", "shred", "clear", "kill"}},
	{Landing, []string{"uname", "id", "whoami", "pwd", "hostname", "w", "who"}},
	{Leaving, []string{"exit", "logout", "quit", "logoff"}},
	{Covering, []string{"history", "unset", "export", "set", "script"}},
	{Manual, []string{"man", "help", "info"}},
}

// Members lists the tools of a set, for documentation.
func (s ToolSet) Members() []string {
	var names []string
	for _, t := range toolNames {
		if t.set&s != 0 {
			names = append(names, t.names...)
		}
	}
	return names
}

var knownTools = func() map[[16]byte]ToolSet {
	m := map[[16]byte]ToolSet{}
	for _, t := range toolNames {
		for _, name := range t.names {
			m[toolSum([]byte(name))] |= t.set
		}
	}
	return m
}()

func toolSum(token []byte) [16]byte {
	sum := sha256.Sum256(token)
	return [16]byte(sum[:16])
}

// toolTable numbers the tools of a session. Short tokens that were looked up
// before are found again without hashing them with SHA-256: the table
// remembers, until another token takes the place, which number they got.
type toolTable struct {
	tools  []Tool
	number map[[16]byte]uint32
	recent [64]struct {
		token [15]byte
		size  uint8
		tool  Tool
	}
}

func (t *toolTable) reset() {
	t.tools = t.tools[:0]
	if t.number == nil || len(t.number) > 1<<12 {
		t.number = map[[16]byte]uint32{}
	}
	clear(t.number)
}

// add gives the number of the tool that a token names.
func (t *toolTable) add(token []byte) uint32 {
	tool := t.look(token)
	n, ok := t.number[tool.sum]
	if !ok {
		n = uint32(len(t.tools))
		t.tools = append(t.tools, tool)
		t.number[tool.sum] = n
	}
	return n
}

func (t *toolTable) look(token []byte) Tool {
	h := uint32(len(token))
	for _, c := range token {
		h = h*31 + uint32(c)
	}
	r := &t.recent[(h^h>>6)%uint32(len(t.recent))]
	if int(r.size) == len(token) && len(token) > 0 && string(r.token[:r.size]) == string(token) {
		return r.tool
	}
	sum := toolSum(token)
	tool := Tool{sum, knownTools[sum]}
	if len(token) > 0 && len(token) <= len(r.token) {
		r.size, r.tool = uint8(copy(r.token[:], token)), tool
	}
	return tool
}
