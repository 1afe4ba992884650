// Package status has the programs that say how a machine is and what runs on
// it: uname, ps, free, df, date, kill and their like.
package status

import "gait/decoy/proc"

// Programs lists them.
func Programs() []proc.Program {
	const bin, sbin = "/usr/bin/", "/usr/sbin/"
	var list []proc.Program
	add := func(dir string, busybox bool, run func(*proc.Process) int, name string) {
		list = append(list, proc.Program{Name: name, Path: dir + name, Busybox: busybox, Run: run})
	}
	add(bin, true, runUname, "uname")
	add(bin, true, runArch, "arch")
	add(bin, true, runHostname, "hostname")
	add(bin, true, runUptime, "uptime")
	add(bin, true, runNproc, "nproc")
	add(bin, true, runFree, "free")
	add(bin, true, runDF, "df")
	add(bin, true, runMount, "mount")
	add(bin, true, runUmount, "umount")
	add(bin, true, runPS, "ps")
	list = append(list, proc.Program{Name: "pgrep", Path: bin + "pgrep", Also: []string{"pkill"}, Busybox: true, Run: runPgrep})
	add(bin, true, runKill, "kill")
	add(bin, true, runKillall, "killall")
	add(bin, true, runDate, "date")
	add(bin, true, runSleep, "sleep")
	add(bin, true, runTimeout, "timeout")
	add(bin, true, runNohup, "nohup")
	add(bin, true, runNice, "nice")
	add(bin, true, runSetsid, "setsid")
	add(bin, false, runIonice, "ionice")
	add(bin, true, runClear, "clear")
	add(bin, true, runDmesg, "dmesg")
	add(bin, false, runLscpu, "lscpu")
	add(bin, false, runLsblk, "lsblk")
	add(bin, true, runTop, "top")
	add(bin, true, runStty, "stty")
	add(sbin, true, runSysctl, "sysctl")
	return list
}
