package simulate

import (
	"fmt"
	"strings"
)

// programs are what the invented machine can run: each gives what it prints.
// What is not here is not found.
var programs = map[string]func(*tape, string) string{
	"id":        fixed("uid=0(root) gid=0(root) groups=0(root)\r\n"),
	"whoami":    fixed("root\r\n"),
	"hostname":  fixed("web01\r\n"),
	"pwd":       fixed("/root\r\n"),
	"nproc":     fixed("2\r\n"),
	"uptime":    fixed(" 09:14:02 up 41 days,  3:17,  1 user,  load average: 0.02, 0.04, 0.00\r\n"),
	"uname":     fixed("Linux web01 6.1.0 #1 SMP x86_64 GNU/Linux\r\n"),
	"date":      fixed("Fri May  8 09:14:02 UTC 2026\r\n"),
	"w":         fixed(" 09:14:02 up 41 days,  1 user\r\nUSER     TTY      LOGIN@   IDLE WHAT\r\nroot     pts/0    09:12    0.00s w\r\n"),
	"free":      fixed("               total        used        free\r\nMem:         2015244      412040     1603204\r\nSwap:              0           0           0\r\n"),
	"df":        fixed("Filesystem     1K-blocks    Used Available Use% Mounted on\r\n/dev/vda1       20509264 6120748  13321416  32% /\r\n"),
	"cd":        fixed(""),
	"chmod":     fixed(""),
	"rm":        fixed(""),
	"mkdir":     fixed(""),
	"unset":     fixed(""),
	"export":    fixed(""),
	"echo":      func(_ *tape, line string) string { return strings.Trim(line[4:], " '\"") + "\r\n" },
	"ls":        many(2, 34, lsLine),
	"cat":       many(3, 30, configLine),
	"grep":      many(0, 8, configLine),
	"ps":        many(12, 40, psLine),
	"find":      many(2, 25, pathLine),
	"netstat":   many(3, 12, socketLine),
	"ss":        many(3, 12, socketLine),
	"env":       many(6, 12, envLine),
	"history":   many(3, 15, historyLine),
	"crontab":   many(1, 4, configLine),
	"systemctl": many(4, 20, unitLine),
	"curl":      many(1, 6, configLine),
	"wget":      many(4, 6, progressLine),
	"tar":       many(2, 10, pathLine),
	"python3":   many(1, 5, configLine),
	"sh":        many(1, 5, configLine),
}

func fixed(text string) func(*tape, string) string {
	return func(*tape, string) string { return text }
}

// many prints a number of lines that line makes.
func many(least, most int64, line func(*tape) string) func(*tape, string) string {
	return func(t *tape, _ string) string {
		var b strings.Builder
		for n := t.between(least, most); n > 0; n-- {
			b.WriteString(line(t))
			b.WriteString("\r\n")
		}
		return b.String()
	}
}

// run gives what a command prints. A path with "old" in it is never there.
func (t *tape) run(line string) string {
	tool, rest, _ := strings.Cut(line, " ")
	tool = strings.TrimRight(tool, ";&|\r\n")
	program, ok := programs[tool]
	switch {
	case !ok && strings.HasPrefix(tool, "./"):
		return "-bash: " + tool + ": Permission denied\r\n"
	case !ok:
		return "-bash: " + tool + ": command not found\r\n"
	}
	for arg := range strings.FieldsSeq(rest) {
		if strings.Contains(arg, "/old") {
			return tool + ": " + arg + ": No such file or directory\r\n"
		}
	}
	return program(t, line)
}

var (
	nouns = []string{"access", "backup", "cache", "data", "export", "fonts", "index", "layout", "mail", "orders", "pages", "queue", "report", "static", "theme", "upload"}
	ends  = []string{".conf", ".css", ".html", ".js", ".log", ".php", ".sh", ".sql", ".txt", ""}
	roots = []string{"/etc/web", "/opt/shop", "/srv/www", "/var/lib/shop", "/var/log/web"}
)

func (t *tape) name() string { return pick(t.dice, nouns) + pick(t.dice, ends) }

func lsLine(t *tape) string {
	return fmt.Sprintf("-rw-r--r-- 1 root root %7d May %2d %02d:%02d %s", t.below(900_000), t.between(1, 8), t.below(24), t.below(60), t.name())
}

func configLine(t *tape) string {
	return fmt.Sprintf("%s_%s = %d", pick(t.dice, nouns), pick(t.dice, nouns), t.below(10_000))
}

func psLine(t *tape) string {
	return fmt.Sprintf("www-data %6d  0.%d  0.%d %6d %5d ?  S  May%02d  0:%02d /usr/sbin/web-%s", t.between(300, 30_000), t.below(9), t.below(9),
		t.between(2000, 90_000), t.between(500, 9000), t.between(1, 8), t.below(60), pick(t.dice, nouns))
}

func pathLine(t *tape) string { return pick(t.dice, roots) + "/" + t.name() }

func socketLine(t *tape) string {
	return fmt.Sprintf("tcp        0      0 %s:%-5d %s:%-5d ESTABLISHED", t.address(), t.between(20, 9000), t.address(), t.between(1024, 60_000))
}

func envLine(t *tape) string {
	return strings.ToUpper(pick(t.dice, nouns)) + "_DIR=" + pick(t.dice, roots)
}

func historyLine(t *tape) string {
	return fmt.Sprintf("%5d  tail -n %d %s", t.between(1, 400), t.between(5, 50), pathLine(t))
}

func unitLine(t *tape) string {
	n := pick(t.dice, nouns)
	return fmt.Sprintf("  shop-%s.service  loaded active running  The %s of the shop", n, n)
}

func progressLine(t *tape) string {
	return fmt.Sprintf("%5dK .......... .......... %3d%% %d.%dM 0s", t.below(900), t.below(101), t.between(1, 9), t.below(10))
}
