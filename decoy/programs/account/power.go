package account

import (
	"fmt"
	"strings"
	"time"

	"gait/decoy/proc"
)

// runPower is reboot, poweroff and halt. The machine goes on: what a visitor
// would see of its end is that his connection breaks off.
func runPower(p *proc.Process) int {
	if p.FS.UID != 0 {
		fmt.Fprintf(p.Err, "Failed to set wall message, ignoring: Interactive authentication required.\nFailed to %s system via logind: Interactive authentication required.\n", strings.Replace(p.Name(), "poweroff", "power off", 1))
		return 1
	}
	return 0
}

// runShutdown is shutdown, which waits a minute unless it is told otherwise.
func runShutdown(p *proc.Process) int {
	what, when, given := "Shutdown", "+1", false
	for _, a := range p.Args[1:] {
		switch {
		case a == "-c":
			return 0
		case a == "-r" || a == "--reboot":
			what = "Reboot"
		case !strings.HasPrefix(a, "-") && !given:
			when, given = a, true
		}
	}
	if when == "now" || when == "+0" || p.FS.UID != 0 {
		return runPower(p)
	}
	var at time.Time
	now := p.Now().UTC()
	var h, m int
	if n, err := fmt.Sscanf(when, "+%d", &m); n == 1 && err == nil && m >= 0 && m < 1<<20 {
		at = now.Add(time.Duration(m) * time.Minute)
	} else if n, _ := fmt.Sscanf(when, "%d:%d", &h, &m); n == 2 && h >= 0 && h < 24 && m >= 0 && m < 60 {
		if at = time.Date(now.Year(), now.Month(), now.Day(), h, m, 0, 0, time.UTC); at.Before(now) {
			at = at.AddDate(0, 0, 1)
		}
	} else {
		fmt.Fprintf(p.Err, "Failed to parse time specification: %s\n", when)
		return 1
	}
	fmt.Fprintf(p.Err, "%s scheduled for %s, use 'shutdown -c' to cancel.\n", what, at.Format("Mon 2006-01-02 15:04:05 MST"))
	return 0
}
