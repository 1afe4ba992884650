package main

import (
	"os/exec"
	"strings"
)

// The classes, as labels call them.
const (
	bot    = "bot"          // whole lines by a script
	oneRun = "exec"         // commands given at login, no terminal
	fed    = "machine_keys" // keys fed one by one by a machine
)

// group is one way in which one tool plays sessions.
type group struct {
	name    string
	class   string
	subject string   // the tool; groups of one tool are no independent evidence
	script  string   // file in tools
	with    []string // variables that the script reads besides those that all have
	lists   []string // lists that the sessions take their commands from, by turns
	telnet  bool
	uses    []string // programs, and modules of Python as py:NAME
}

// groups are all of them. The name is the shard's, too.
var groups = []group{
	{name: "ssh-heredoc", class: bot, subject: "ssh", script: "ssh_heredoc.sh", with: []string{"TTY="}, lists: []string{"recon", "loader"}, uses: []string{"ssh"}},
	{name: "ssh-heredoc-tty", class: bot, subject: "ssh", script: "ssh_heredoc.sh", with: []string{"TTY=-tt"}, lists: []string{"persist", "care"}, uses: []string{"ssh"}},
	{name: "pexpect-prompt", class: bot, subject: "pexpect", script: "pexpect_lines.py", with: []string{"PAUSE=prompt"}, lists: []string{"recon", "errors"}, uses: []string{"ssh", "py:pexpect"}},
	{name: "pexpect-sleep", class: bot, subject: "pexpect", script: "pexpect_lines.py", with: []string{"PAUSE=sleep 0.8"}, lists: []string{"loader", "care"}, uses: []string{"ssh", "py:pexpect"}},
	{name: "pexpect-think", class: bot, subject: "pexpect", script: "pexpect_lines.py", with: []string{"PAUSE=think 1.5"}, lists: []string{"errors", "care"}, uses: []string{"ssh", "py:pexpect"}},
	{name: "paramiko-prompt", class: bot, subject: "paramiko", script: "paramiko_shell.py", with: []string{"PAUSE=prompt"}, lists: []string{"loader", "recon"}, uses: []string{"py:paramiko"}},
	{name: "paramiko-poll", class: bot, subject: "paramiko", script: "paramiko_shell.py", with: []string{"PAUSE=poll 0.35"}, lists: []string{"persist", "errors"}, uses: []string{"py:paramiko"}},
	{name: "expect-ssh", class: bot, subject: "expect", script: "expect_lines.exp", with: []string{"VIA=ssh"}, lists: []string{"care", "loader"}, uses: []string{"expect", "ssh"}},
	{name: "expect-telnet", class: bot, subject: "expect", script: "expect_lines.exp", with: []string{"VIA=telnet"}, lists: []string{"errors", "recon"}, telnet: true, uses: []string{"expect", "telnet"}},
	{name: "sshpass-loop", class: bot, subject: "sshpass", script: "sshpass_loop.sh", lists: []string{"recon", "persist"}, uses: []string{"ssh", "sshpass"}},
	{name: "script-pipe", class: bot, subject: "script", script: "script_pipe.sh", with: []string{"PAUSE=1.2"}, lists: []string{"care", "errors"}, uses: []string{"ssh", "script"}},
	{name: "nc-telnet", class: bot, subject: "nc", script: "nc_telnet.sh", with: []string{"PAUSE=0.5"}, lists: []string{"loader", "recon"}, telnet: true, uses: []string{"nc"}},
	{name: "socat-telnet", class: bot, subject: "socat", script: "socat_telnet.sh", with: []string{"PROMPT=# "}, lists: []string{"persist", "loader"}, telnet: true, uses: []string{"socat"}},
	{name: "plink-shell", class: bot, subject: "plink", script: "plink.sh", with: []string{"HOW=-t"}, lists: []string{"errors", "persist"}, uses: []string{"plink", "ssh"}},
	{name: "asyncssh-shell", class: bot, subject: "asyncssh", script: "asyncssh_shell.py", with: []string{"PAUSE=0.9"}, lists: []string{"care", "recon"}, uses: []string{"py:asyncssh"}},

	{name: "plink-m", class: oneRun, subject: "plink", script: "plink.sh", with: []string{"HOW=-m"}, lists: []string{"care", "recon"}, uses: []string{"plink", "ssh"}},
	{name: "paramiko-exec", class: oneRun, subject: "paramiko", script: "paramiko_exec.py", lists: []string{"recon", "persist"}, uses: []string{"py:paramiko"}},
	{name: "fabric-run", class: oneRun, subject: "fabric", script: "fabric_run.py", lists: []string{"care", "errors"}, uses: []string{"py:fabric"}},
	{name: "ansible-raw", class: oneRun, subject: "ansible", script: "ansible_raw.sh", lists: []string{"care", "recon"}, uses: []string{"ansible-playbook", "ssh", "sshpass"}},

	{name: "xdotool-12", class: fed, subject: "xdotool", script: "xdotool.sh", with: []string{"DELAY=12"}, lists: []string{"typed"}, uses: []string{"xdotool", "Xvfb", "xterm", "ssh"}},
	{name: "xdotool-50", class: fed, subject: "xdotool", script: "xdotool.sh", with: []string{"DELAY=50"}, lists: []string{"typed"}, uses: []string{"xdotool", "Xvfb", "xterm", "ssh"}},
	{name: "xdotool-120", class: fed, subject: "xdotool", script: "xdotool.sh", with: []string{"DELAY=120"}, lists: []string{"typed"}, uses: []string{"xdotool", "Xvfb", "xterm", "ssh"}},
	{name: "pexpect-keys-80", class: fed, subject: "pexpect", script: "pexpect_keys.py", with: []string{"GAPS=80 80"}, lists: []string{"typed"}, uses: []string{"ssh", "py:pexpect"}},
	{name: "pexpect-keys-50-150", class: fed, subject: "pexpect", script: "pexpect_keys.py", with: []string{"GAPS=50 150"}, lists: []string{"typed"}, uses: []string{"ssh", "py:pexpect"}},
	{name: "expect-human", class: fed, subject: "expect", script: "expect_keys.exp", with: []string{"HUMAN=.1 .3 1 .05 2"}, lists: []string{"typed"}, uses: []string{"expect", "ssh"}},
	{name: "expect-human-uneven", class: fed, subject: "expect", script: "expect_keys.exp", with: []string{"HUMAN=.2 .4 .6 .05 3"}, lists: []string{"typed"}, uses: []string{"expect", "ssh"}},
	{name: "expect-human-fast", class: fed, subject: "expect", script: "expect_keys.exp", with: []string{"HUMAN=.08 .2 .7 .04 .8"}, lists: []string{"typed"}, uses: []string{"expect", "ssh"}},
	{name: "expect-slow", class: fed, subject: "expect", script: "expect_keys.exp", with: []string{"SLOW=1 .1"}, lists: []string{"typed"}, uses: []string{"expect", "ssh"}},
}

// packages are the Debian packages of what is not called like its package.
var packages = map[string]string{
	"ssh": "openssh-client", "nc": "netcat-openbsd", "plink": "putty-tools", "Xvfb": "xvfb", "script": "bsdutils",
	"ansible-playbook": "ansible-core", "py:fabric": "fabric",
}

func (g group) file() string { return g.name + ".jsonl" }

// sessions is how often the tool is run. What runs each command by itself
// makes a session of each, so twice is enough.
func (g group) sessions() int {
	if g.class == oneRun && g.name != "plink-m" {
		return 2
	}
	return 3
}

// missing gives the packages that the group lacks on this machine.
func (g group) missing() (names []string) {
	for _, p := range append([]string{interpreter(g.script)}, g.uses...) {
		module, python := strings.CutPrefix(p, "py:")
		var err error
		if python {
			err = exec.Command("python3", "-W", "ignore", "-c", "import "+module).Run()
		} else {
			_, err = exec.LookPath(p)
		}
		if err == nil {
			continue
		}
		name := packages[p]
		switch {
		case name != "":
		case python:
			name = "python3-" + module
		default:
			name = p
		}
		names = append(names, name)
	}
	return names
}

// interpreter says what runs a script.
func interpreter(script string) string {
	switch {
	case strings.HasSuffix(script, ".py"):
		return "python3"
	case strings.HasSuffix(script, ".exp"):
		return "expect"
	}
	return "bash"
}

func known() string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.name
	}
	return strings.Join(names, ", ")
}
