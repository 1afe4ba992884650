package machine

import (
	_ "embed" // for the lists in data
	"fmt"
	"path"
	"strconv"
	"strings"
)

// The files of /etc and some of /root: "-- path mode --", then the text.
// Between at signs stand what differs between machines.
//
//go:embed data/etc.txt
var etcTexts string

//go:embed data/etc2.txt
var moreTexts string

// etc adds /etc.
func (b *builder) etc() {
	m := b.m
	b.when = m.Setup
	fill := strings.NewReplacer("@HOST@", m.Name, "@DOMAIN@", m.Domain, "@DNS@", m.System.Nameserver,
		"@RELEASE@", m.System.Release, "@MACHINEID@", m.System.MachineID, "@ZONE@", m.System.Zone)
	for _, section := range strings.Split("\n"+etcTexts+moreTexts, "\n-- ")[1:] {
		head, text, _ := strings.Cut(section, "\n")
		f := strings.Fields(head)
		perm := uint64(0o644)
		if len(f) == 3 {
			perm, _ = strconv.ParseUint(f[1], 8, 32)
		}
		if text != "" {
			text = strings.TrimSuffix(text, "\n") + "\n"
		}
		b.when = m.stamp("2023-03-27", f[0])
		if strings.Contains(text, "@") || strings.Contains(f[0], "apt") {
			b.when = m.Setup
		}
		b.file(f[0], uint32(perm), fill.Replace(text))
	}
	b.generic()
	b.etcDisk()
	b.etcNetwork()
	b.etcSSH()
	b.etcLinks()
}

// generic adds the files of /etc that are alike.
func (b *builder) generic() {
	b.when = b.m.stamp("2023-04-10", "etc")
	for _, s := range strings.Fields("chfn chpasswd chsh cron login newusers other passwd runuser runuser-l sshd su su-l sudo sudo-i") {
		text := "#\n# The PAM configuration file for `" + s + "'\n#\n"
		for _, kind := range []string{"auth", "account", "password", "session"} {
			text += "@include common-" + kind + "\n"
		}
		b.file("/etc/pam.d/"+s, 0o644, text)
	}
	for _, s := range strings.Fields("cron dbus hwclock.sh kmod networking procps ssh sudo udev rsyslog console-setup.sh keyboard-setup.sh") {
		name := strings.TrimSuffix(s, ".sh")
		b.file("/etc/init.d/"+s, 0o755, "#!/bin/sh\n### BEGIN INIT INFO\n# Provides:          "+name+"\n# Required-Start:    $remote_fs $syslog\n# Required-Stop:     $remote_fs $syslog\n# Default-Start:     2 3 4 5\n# Default-Stop:      0 1 6\n# Short-Description: "+name+
			"\n### END INIT INFO\n\n. /lib/lsb/init-functions\n\ncase \"$1\" in\n  start|stop|restart|reload|force-reload|status)\n\texit 0\n\t;;\n  *)\n\techo \"Usage: /etc/init.d/"+s+" {start|stop|restart|status}\"\n\texit 1\nesac\n")
		if s != "hwclock.sh" && s != "sudo" {
			for _, level := range []string{"2", "3", "4", "5"} {
				b.link("/etc/rc"+level+".d/S01"+name, "../init.d/"+s)
			}
			for _, level := range []string{"0", "1", "6"} {
				b.link("/etc/rc"+level+".d/K01"+name, "../init.d/"+s)
			}
		}
	}
	for _, s := range strings.Fields("cron.d cron.hourly cron.daily cron.weekly cron.monthly cron.yearly") {
		b.file("/etc/"+s+"/.placeholder", 0o644, "# DO NOT EDIT OR REMOVE\n# This file is a simple placeholder to keep dpkg from removing this directory\n")
	}
	for _, s := range strings.Fields("journald logind networkd pstore sleep system timesyncd user") {
		b.file("/etc/systemd/"+s+".conf", 0o644, "#  This file is part of systemd.\n#\n# See "+s+".conf(5) for details.\n\n")
	}
	for _, s := range strings.Fields("alternatives/README bindresvport.blacklist debconf.conf default/dbus default/hwclock default/networking default/nss dhcp/debug dhcp/dhclient.conf e2scrub.conf ethertypes groff/man.local groff/mdoc.local inputrc iproute2/bpf_pinning iproute2/ematch_map iproute2/group iproute2/nl_protos iproute2/rt_dsfield iproute2/rt_protos iproute2/rt_realms iproute2/rt_scopes libaudit.conf locale.alias magic magic.mime manpath.config mime.types mke2fs.conf modules-load.d/modules.conf nanorc netconfig pam.conf papersize rpc selinux/semanage.conf security/access.conf security/faillock.conf security/group.conf security/namespace.conf security/pam_env.conf security/sepermit.conf security/time.conf ssl/openssl.cnf subgid- subuid- sudo.conf sudo_logsrvd.conf sudoers.d/README sysctl.d/README.sysctl terminfo/README ucf.conf udev/udev.conf vim/vimrc vim/vimrc.tiny wgetrc xattr.conf kernel-img.conf ca-certificates.conf initramfs-tools/initramfs.conf initramfs-tools/modules initramfs-tools/update-initramfs.conf reportbug.conf") {
		b.file("/etc/"+s, 0o644, "# /etc/"+s+"\n#\n# See "+strings.TrimSuffix(path.Base(s), ".conf")+"(5). All values are the defaults.\n")
	}
	for _, s := range strings.Fields("/etc/opt /etc/profile.d /etc/rsyslog.d /etc/sysctl.d /etc/network/if-up.d /etc/network/if-down.d /etc/network/if-pre-up.d /etc/network/if-post-down.d /etc/network/interfaces.d /etc/apt/sources.list.d /etc/apt/preferences.d /etc/apt/auth.conf.d /etc/ssh/sshd_config.d /etc/ssh/ssh_config.d /etc/systemd/system /etc/systemd/network /etc/tmpfiles.d /etc/modprobe.d /etc/binfmt.d /etc/ssl/certs /etc/udev/rules.d /etc/ldap /etc/X11 /etc/gss/mech.d /etc/kernel/postinst.d /etc/update-motd.d /etc/perl /etc/console-setup") {
		b.dir(s)
	}
	b.file("/etc/update-motd.d/10-uname", 0o755, "#!/bin/sh\nuname -snrvm\n")
	for _, n := range []string{"bookworm", "bullseye", "trixie"} {
		for _, kind := range []string{"automatic", "security-automatic", "stable"} {
			key := letters(b.m.seed.rand("key "+n+kind), 64*20, saltAlphabet[2:])
			text := "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"
			for i := 0; i < len(key); i += 64 {
				text += key[i:i+64] + "\n"
			}
			b.file("/etc/apt/trusted.gpg.d/debian-archive-"+n+"-"+kind+".asc", 0o644, text+"-----END PGP PUBLIC KEY BLOCK-----\n")
		}
	}
}

// etcDisk adds what says how disks are mounted.
func (b *builder) etcDisk() {
	d := &b.m.disk
	b.when = b.m.Setup
	text := "# /etc/fstab: static file system information.\n#\n# <file system> <mount point>   <type>  <options>       <dump>  <pass>\n" +
		fmt.Sprintf("# / was on /dev/%s during installation\nUUID=%s /               ext4    errors=remount-ro 0       1\n", d.device("/").Name, d.root)
	if d.efi != "" {
		text += fmt.Sprintf("# /boot/efi was on /dev/%s during installation\nUUID=%s  /boot/efi       vfat    umask=0077      0       1\n", d.device("/boot/efi").Name, d.efi)
	}
	text += fmt.Sprintf("# swap was on /dev/%s during installation\nUUID=%s none            swap    sw              0       0\n", d.device("swap").Name, d.swap)
	b.file("/etc/fstab", 0o644, text)
	b.file("/etc/initramfs-tools/conf.d/resume", 0o644, "RESUME=UUID="+d.swap+"\n")
	b.link("/etc/mtab", "../proc/self/mounts")
}

// etcNetwork adds what says how the network is set.
func (b *builder) etcNetwork() {
	m := b.m
	n := m.Interfaces[1]
	text := "# This file describes the network interfaces available on your system\n# and how to activate them. For more information, see interfaces(5).\n\nsource /etc/network/interfaces.d/*\n\n# The loopback network interface\nauto lo\niface lo inet loopback\n\n# The primary network interface\nallow-hotplug " + n.Name + "\n"
	if m.disk.dhcp {
		text += "iface " + n.Name + " inet dhcp\n"
	} else {
		text += fmt.Sprintf("iface %s inet static\n\taddress %s\n\tgateway %s\n\tdns-nameservers %s\n\tdns-search %s\n", n.Name, n.Address, m.System.Gateway, m.System.Nameserver, m.Domain)
	}
	b.file("/etc/network/interfaces", 0o644, text)
}

// inetdConf is /etc/inetd.conf where there is a telnetd.
const inetdConf = `# /etc/inetd.conf:  see inetd(8) for further informations.
#
# Internet superserver configuration database.
#
# <service_name> <sock_type> <proto> <flags> <user> <server_path> <args>

#:STANDARD: These are standard services.
telnet	stream	tcp	nowait	root	/usr/sbin/telnetd	telnetd
`

// etcSSH adds the server's configuration and keys: the public ones as they are, private ones that
// only look so.
func (b *builder) etcSSH() {
	m := b.m
	r := m.seed.rand("host keys")
	keys := m.opt.HostKeys
	b.when = m.Setup
	if m.opt.SSHConfig != "" {
		b.file("/etc/ssh/sshd_config", 0o644, m.opt.SSHConfig)
	}
	if m.opt.Telnet {
		b.file("/etc/inetd.conf", 0o644, inetdConf)
		b.link("/etc/systemd/system/multi-user.target.wants/inetd.service", "/lib/systemd/system/inetd.service")
	}
	if len(keys) == 0 {
		keys = []string{
			"ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB" + letters(r, 86, saltAlphabet[2:]) + "=",
			"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + letters(r, 43, saltAlphabet[2:]),
			"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC" + letters(r, 333, saltAlphabet[2:]),
		}
	}
	b.when = m.Setup.Add(-2 * 60e9)
	for _, key := range keys {
		f := strings.Fields(key)
		if len(f) < 2 {
			continue
		}
		kind := map[string]string{"ssh-ed25519": "ed25519", "ssh-rsa": "rsa"}[f[0]]
		if strings.HasPrefix(f[0], "ecdsa") {
			kind = "ecdsa"
		}
		if kind == "" {
			continue
		}
		b.file("/etc/ssh/ssh_host_"+kind+"_key.pub", 0o644, f[0]+" "+f[1]+" root@"+m.Name+"\n")
		b.file("/etc/ssh/ssh_host_"+kind+"_key", 0o600, privateKey(m.seed.sub("private "+kind), map[string]int{"rsa": 36, "ecdsa": 7, "ed25519": 5}[kind]))
	}
	var moduli strings.Builder
	moduli.WriteString("# Time Type Tests Tries Size Generator Modulus\n")
	for i := range 40 {
		fmt.Fprintf(&moduli, "20220404%06d 2 6 100 2047 %d %s\n", 10000+i*523, pick(r, []int{2, 5}), strings.ToUpper(hexes(r, 512)))
	}
	b.file("/etc/ssh/moduli", 0o644, moduli.String())
}

// privateKey makes up what looks like a private key and is none.
func privateKey(s seed, lines int) string {
	r := s.rand("text")
	text := "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB" + letters(r, 18, saltAlphabet[2:]) + "\n"
	for range lines {
		text += letters(r, 70, saltAlphabet[2:]) + "\n"
	}
	return text + letters(r, 30, saltAlphabet[2:]) + "=\n-----END OPENSSH PRIVATE KEY-----\n"
}

// etcLinks adds the links of /etc.
func (b *builder) etcLinks() {
	b.when = b.m.Setup
	b.link("/etc/os-release", "../usr/lib/os-release")
	b.link("/etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
	b.file("/usr/share/zoneinfo/Etc/UTC", 0o644, "TZif2\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00UTC\x00TZif2\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00UTC\x00\nUTC0\n")
	b.link("/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf")
	b.dir("/etc/systemd/user")
	b.link("/etc/xdg/systemd/user", "../../systemd/user")
	for _, unit := range []string{"cron", "e2scrub_reap", "networking", "rsyslog", "ssh"} {
		b.link("/etc/systemd/system/multi-user.target.wants/"+unit+".service", "/lib/systemd/system/"+unit+".service")
	}
	b.link("/etc/systemd/system/sshd.service", "/lib/systemd/system/ssh.service")
	b.link("/etc/systemd/system/syslog.service", "/lib/systemd/system/rsyslog.service")
	for _, t := range []string{"apt-daily", "apt-daily-upgrade", "dpkg-db-backup", "e2scrub_all", "fstrim", "logrotate", "man-db"} {
		b.link("/etc/systemd/system/timers.target.wants/"+t+".timer", "/lib/systemd/system/"+t+".timer")
	}
	for i, name := range b.m.Users {
		line := fmt.Sprintf("%s:%d:65536\n", name, 100000+65536*i)
		b.append("/etc/subuid", line)
		b.append("/etc/subgid", line)
	}
}
