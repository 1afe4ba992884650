package account

import (
	"strings"
	"testing"
)

func TestAdduser(t *testing.T) {
	t.Parallel()
	const want = "Adding user `neu' ...\nAdding new group `neu' (1100) ...\nAdding new user `neu' (1100) with group `neu (1100)' ...\nCreating home directory `/home/neu' ...\nCopying files from `/etc/skel' ...\nAdding new user `neu' to supplemental / extra groups `users' ...\nAdding user `neu' to group `users' ...\nuid=1100(neu) gid=1100(neu) groups=1100(neu),100(users)\n"
	out, errs, code := try(t, "root", "adduser --uid 1100 --gecos '' --disabled-password neu && id neu", "")
	if out != want || errs != "" || code != 0 {
		t.Errorf("got %q %q %d", out, errs, code)
	}
}

func TestOthers(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"/usr/sbin/useradd x": "useradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again later.\n",
		"passwd root":         "passwd: You may not view or modify password information for root.\n",
		"apt-get install x":   "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\nE: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n",
		"sudo -n id":          "sudo: a password is required\n",
		"crontab -u root -l":  "must be privileged to use -u\n",
	} {
		if out, errs, code := try(t, "deploy", line, ""); errs != want || out != "" || code == 0 {
			t.Errorf("%s: got %q %q %d", line, out, errs, code)
		}
	}
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	if out, errs, code := try(t, "root", "shutdown -r +5", ""); out != "" || !strings.HasPrefix(errs, "Reboot scheduled for ") || code != 0 {
		t.Errorf("got %q %q %d", out, errs, code)
	}
	if _, errs, code := try(t, "root", "shutdown nosuch", ""); errs != "Failed to parse time specification: nosuch\n" || code != 1 {
		t.Errorf("got %q %d", errs, code)
	}
}

func TestKeygen(t *testing.T) {
	t.Parallel()
	out, errs, code := try(t, "root", "ssh-keygen -t ed25519 -N '' -f /tmp/k && ssh-keygen -lf /tmp/k.pub", "")
	rows := strings.Split(out, "\n")
	if code != 0 || errs != "" || len(rows) != 19 {
		t.Fatalf("got %q %q %d", out, errs, code)
	}
	if rows[1] != "Your identification has been saved in /tmp/k" || rows[6] != "+--[ED25519 256]--+" || rows[16] != "+----[SHA256]-----+" {
		t.Errorf("got %q", out)
	}
	if rows[17] != "256 "+rows[4]+" (ED25519)" || !strings.HasSuffix(rows[4], " root@web01") {
		t.Errorf("fingerprints %q and %q", rows[4], rows[17])
	}
}

// TestEmptiedLog looks at the logins after somebody did away with them.
func TestEmptiedLog(t *testing.T) {
	t.Parallel()
	out, errs, code := try(t, "root", ": > /var/log/wtmp; last", "")
	if !strings.HasPrefix(out, "\nwtmp begins ") || strings.Count(out, "\n") != 2 || errs != "" || code != 0 {
		t.Errorf("got %q %q %d", out, errs, code)
	}
}
