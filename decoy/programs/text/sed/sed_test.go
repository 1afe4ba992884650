package sed

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

// process makes a process that has little of everything.
func process(ctx context.Context, w *machine.World, out io.Writer, args ...string) *proc.Process {
	return &proc.Process{Ctx: ctx, Args: args, FS: w.Root.Clone(), World: w, In: strings.NewReader("a b c\n1 2 3\nx\n"), Out: out, Err: io.Discard, Budget: proc.Limits{Memory: 1 << 20, Steps: 60_000}.New(), Shell: nothing{}}
}

// nothing is a shell without programs.
type nothing struct{ proc.Shell }

func (nothing) Source(*proc.Process, proc.Script) int { return 127 }

func TestInPlace(t *testing.T) {
	w := machine.New(machine.Options{}).World()
	if err := w.Root.WriteFile("/tmp/f", []byte("a\nb"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := process(context.Background(), w, io.Discard, "sed", "-i.bak", "s/a/x/;1q", "/tmp/f")
	before := p.Budget.Memory.Load()
	if code := Run(p); code != 0 {
		t.Errorf("exit code %d", code)
	}
	for name, want := range map[string]string{"/tmp/f": "x\nb", "/tmp/f.bak": "a\nb"} {
		if got, _ := w.Root.ReadFile(name, 100); string(got) != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if i, _ := w.Root.Stat("/tmp/f"); i.Mode&0o777 != 0o600 {
		t.Errorf("the mode is %o", i.Mode)
	}
	if after := p.Budget.Memory.Load(); after != before {
		t.Errorf("%d bytes were not given back", before-after)
	}
}

func FuzzRun(f *testing.F) {
	for _, s := range []string{`s/a/b/g;p`, `/a/,$!{N;P;D}`, `:a;s/^\(.*\)b/\1c/;ta`, `$!N;y/abc/xyz/;h;G;x`, `1~2i\` + "\n" + `text`, `s/\(a\)\|b/[\U&\E\n]/2w /tmp/x`, `/x/r /etc/passwd`, `2q5;l;=;n;d`, `0,/a/c x`} {
		f.Add(s)
	}
	w := machine.New(machine.Options{}).World()
	f.Fuzz(func(t *testing.T, text string) {
		ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
		defer cancel()
		Run(process(ctx, w, io.Discard, "sed", text))
	})
}
