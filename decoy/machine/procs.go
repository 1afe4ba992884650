package machine

import (
	"fmt"
	"strings"
	"time"
)

// kernelThreads lists kernel threads in the order of their numbers; those with
// %d are there once for each processor.
var kernelThreads = strings.Fields("kthreadd rcu_gp rcu_par_gp slub_flushwq netns kworker/0:0H-events_highpri mm_percpu_wq rcu_tasks_kthread rcu_tasks_rude_kthread rcu_tasks_trace_kthread ksoftirqd/%d rcu_preempt migration/%d cpuhp/%d kdevtmpfs inet_frag_wq kauditd khungtaskd oom_reaper writeback kcompactd0 ksmd khugepaged kintegrityd kblockd blkcg_punt_bio tpm_dev_wq edac-poller devfreq_wq kswapd0 kthrotld acpi_thermal_pm mld ipv6_addrconf kstrp zswap-shrink kworker/u5:0 ata_sff scsi_eh_0 scsi_tmf_0 scsi_eh_1 scsi_tmf_1 kworker/%d:1H-kblockd jbd2/ROOT-8 ext4-rsv-conver cryptd irq/24-pciehp irq/25-pciehp irq/26-pciehp irq/27-pciehp psmouse raid5wq xfsalloc hwrng")

// service is a program that runs since boot.
type service struct {
	name, user, tty, state string
	vsize, rss             int64 // KiB
	after                  float64
	args                   []string
}

// daemons lists what runs since boot.
func (m *Machine) daemons() []service {
	list := []service{
		{"systemd-journald", "root", "?", "Ss", 33_000, 12_400, 2.4, []string{"/lib/systemd/systemd-journald"}},
		{"systemd-udevd", "root", "?", "Ss", 26_800, 6300, 2.9, []string{"/lib/systemd/systemd-udevd"}},
		{"systemd-timesyncd", "systemd-timesync", "?", "Ssl", 90_100, 6700, 4.1, []string{"/lib/systemd/systemd-timesyncd"}},
		{"cron", "root", "?", "Ss", 6620, 2700, 4.8, []string{"/usr/sbin/cron", "-f"}},
		{"dbus-daemon", "messagebus", "?", "Ss", 9180, 4500, 4.8, strings.Fields("/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only")},
		{"rsyslogd", "root", "?", "Ssl", 222_800, 5900, 4.9, strings.Fields("/usr/sbin/rsyslogd -n -iNONE")},
		{"systemd-logind", "root", "?", "Ss", 50_200, 7600, 5.0, []string{"/lib/systemd/systemd-logind"}},
	}
	if m.disk.dhcp {
		nic := m.Interfaces[1].Name
		list = append(list, service{"dhclient", "root", "?", "Ss", 5870, 3500, 5.2,
			strings.Fields("dhclient -4 -v -i -pf /run/dhclient.NIC.pid -lf /var/lib/dhcp/dhclient.NIC.leases -I -df /var/lib/dhcp/dhclient6.NIC.leases NIC")})
		for i, a := range list[len(list)-1].args {
			list[len(list)-1].args[i] = strings.ReplaceAll(a, "NIC", nic)
		}
	}
	if m.opt.Telnet {
		list = append(list, service{"inetd", "root", "?", "Ss", 3_290, 1_900, 5.5, []string{"/usr/sbin/inetd"}})
	}
	return append(list,
		service{"agetty", "root", "tty1", "Ss+", 5880, 1100, 5.6, strings.Fields("/sbin/agetty -o -p -- \\u --noclear - linux")},
		service{"sshd", "root", "?", "Ss", 15_440, 9200, 5.7, []string{"sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"}},
	)
}

// setProcesses makes up what runs since boot.
func (m *Machine) setProcesses() {
	r := m.seed.rand("processes")
	add := func(p Proc) { m.procs = append(m.procs, &p) }
	init := 160_000 + int64(r.IntN(9000))
	add(Proc{PID: 1, User: "root", Session: 1, TTY: "?", State: "Ss", Started: m.Boot, CPU: 2 * time.Second, VSize: init << 10, RSS: 12_300 << 10, Args: []string{"/sbin/init"}})
	pid := 2
	thread := func(name string) {
		parent := 2
		state, nice := threadState(name)
		if pid == 2 {
			parent = 0
		}
		add(Proc{PID: pid, PPID: parent, User: "root", TTY: "?", State: state, Nice: nice, Started: m.Boot, Args: []string{"[" + name + "]"}, Kernel: true})
		pid++
		if r.IntN(6) == 0 {
			pid += 1 + r.IntN(4)
		}
	}
	for _, name := range kernelThreads {
		name = strings.ReplaceAll(name, "ROOT", m.disk.device("/").Name)
		if !strings.Contains(name, "%d") {
			thread(name)
			continue
		}
		for cpu := range m.Hardware.CPUs {
			thread(fmt.Sprintf(name, cpu))
		}
	}
	pid = 210 + r.IntN(60)
	for _, d := range m.daemons() {
		a := m.account(d.user)
		m.services[d.name] = pid
		add(Proc{PID: pid, PPID: 1, UID: a.uid, User: d.user, Session: pid, TTY: d.tty, State: d.state, CPU: time.Duration(r.IntN(900)) * time.Millisecond,
			Started: m.Boot.Add(time.Duration(d.after * float64(time.Second))), VSize: (d.vsize + int64(r.IntN(400))) << 10, RSS: (d.rss + int64(r.IntN(600))) << 10, Args: d.args})
		pid += 1 + r.IntN(24)
	}
}

// account gives an account of the installation; root where there is none.
func (m *Machine) account(name string) account {
	for _, a := range m.accounts {
		if a.name == name {
			return a
		}
	}
	return m.accounts[0]
}

// queues lists kernel threads that are queues of work.
const queues = " rcu_gp rcu_par_gp slub_flushwq netns mm_percpu_wq inet_frag_wq writeback kintegrityd kblockd blkcg_punt_bio tpm_dev_wq edac-poller devfreq_wq kthrotld acpi_thermal_pm mld ipv6_addrconf kstrp zswap-shrink ata_sff scsi_tmf_0 scsi_tmf_1 ext4-rsv-conver cryptd raid5wq xfsalloc "

// threadState gives how ps shows a kernel thread.
func threadState(name string) (state string, nice int) {
	switch {
	case strings.Contains(queues, " "+name+" "), strings.HasPrefix(name, "kworker/") && strings.Contains(name, "H"), name == "kworker/u5:0":
		return "I<", -20
	case strings.HasPrefix(name, "rcu_"):
		return "I", 0
	case name == "ksmd":
		return "SN", 5
	case name == "khugepaged":
		return "SN", 19
	}
	return "S", 0
}
