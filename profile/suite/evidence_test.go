package suite_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gait"
	"gait/internal/simulate"
	"gait/profile"
	"gait/profile/suite"
	"gait/recording"
)

// counted says which marks must be as many as a measure says.
type counted struct {
	measure string
	kinds   []profile.MarkKind
	besides float64 // what the measure counts more
}

func as(measure string, kinds ...profile.MarkKind) counted { return counted{measure, kinds, 0} }

var tools = []profile.MarkKind{profile.MarkRecon, profile.MarkExfil, profile.MarkPersistence, profile.MarkLateral, profile.MarkDestructive}

// evidence says of each primitive that counts what it marks how many marks
// there must be.
var evidence = map[string][]counted{
	"motor.input_modality":                          {as("inputs", profile.MarkKey, profile.MarkPaste, profile.MarkControl), as("pastes", profile.MarkPaste)},
	"motor.paste_burst_rate":                        {as("inputs", profile.MarkKey, profile.MarkPaste, profile.MarkControl), as("pastes", profile.MarkPaste)},
	"motor.keystroke_cadence":                       {as("bursts", profile.MarkBurst), as("gaps", profile.MarkGap)},
	"motor.motor_stability":                         {as("gaps", profile.MarkGap, profile.MarkQuickGap), as("quick_gaps", profile.MarkQuickGap)},
	"motor.error_correction":                        {as("backspaces", profile.MarkErase), as("kills", profile.MarkKill)},
	"motor.digraph_simhash":                         {as("samples", profile.MarkDigraph)},
	"motor.shell_mastery.tab_completion":            {as("commands", profile.MarkCommand, profile.MarkTab), as("with_tab", profile.MarkTab)},
	"motor.shell_mastery.shortcut_usage":            {as("commands", profile.MarkCommand), as("shortcuts", profile.MarkShortcut)},
	"motor.shell_mastery.pipe_chaining_depth":       {as("commands", profile.MarkCommand, profile.MarkPipeline)},
	"cognitive.inter_command_latency_class":         {{"commands", []profile.MarkKind{profile.MarkPause}, 1}},
	"cognitive.inter_command_consistency":           {{"commands", []profile.MarkKind{profile.MarkPause}, 1}},
	"cognitive.command_branch_diversity":            {as("tools", profile.MarkNewTool), as("commands", profile.MarkNewTool, profile.MarkCommand)},
	"cognitive.feedback_loop_engagement":            {as("pairs", profile.MarkPause)},
	"cognitive.exploration_style":                   {as("commands", profile.MarkNewTool, profile.MarkJump, profile.MarkCommand)},
	"cognitive.planning_depth":                      {{"commands", []profile.MarkKind{profile.MarkPause, profile.MarkLongPause, profile.MarkShortPause}, 1}},
	"cognitive.tool_vocabulary":                     {as("tools", profile.MarkNewTool)},
	"cognitive.error_resilience.retry_tactic":       {as("errored", profile.MarkError), as("reruns", profile.MarkRerun), as("switches", profile.MarkSwitch), as("aborts", profile.MarkAbort)},
	"cognitive.error_resilience.fallback_to_man":    {as("errored", profile.MarkError), as("lookups", profile.MarkManual)},
	"cognitive.error_resilience.frustration_typing": {as("commands_after_error", profile.MarkAfter)},
	"temporal.escalation_pattern":                   {as("windows", profile.MarkWindow, profile.MarkEmptyWindow), as("commands", profile.MarkCommand)},
	"temporal.lifecycle_markers.landing_ritual":     {as("landing_commands", profile.MarkLanding)},
	"temporal.lifecycle_markers.exit_behavior":      {as("cleanup_commands", profile.MarkCleanup), as("last_leaves", profile.MarkLeaving)},
	"operational.objective":                         {as("labelled", tools...), as("recon", profile.MarkRecon), as("destructive", profile.MarkDestructive)},
	"operational.opsec_discipline":                  {as("covering_commands", profile.MarkCovering), as("cleanup_commands", profile.MarkCleanup)},
	"operational.cleanup_behavior":                  {as("cleanup_tools", profile.MarkCleanup)},
	"environmental.shell_type":                      {as("prompts", profile.MarkPrompt)},
	"environmental.terminal_multiplexer":            {as("found", profile.MarkSign)},
	"environmental.keyboard_layout":                 {as("letters", profile.MarkKey)},
	"emotional_valence.valence":                     {as("positive", profile.MarkPositive), as("negative", profile.MarkNegative)},
	"emotional_valence.arousal":                     {as("gaps", profile.MarkGap)},
	"emotional_valence.stress_response":             {as("after_error", profile.MarkAfter)},
	"emotional_valence.frustration_venting":         {as("obscenities", profile.MarkObscene)},
	"gait.input_source":                             {as("typed", profile.MarkKey), as("held", profile.MarkHeld), as("pasted", profile.MarkPaste), as("machine_fed", profile.MarkFed), as("completions", profile.MarkCompletion)},
	"gait.timing_quality":                           {as("gaps", profile.MarkGap, profile.MarkQuickGap)},
}

// unmarked are the values that say that something is not there: of these alone
// may there be no marks.
var unmarked = map[string][]string{
	"motor.error_correction":                {"absent"},
	"cognitive.command_branch_diversity":    nil,
	"environmental.terminal_multiplexer":    {"none"},
	"environmental.numpad_usage":            {"not_detected"},
	"emotional_valence.valence":             {"neutral"},
	"emotional_valence.frustration_venting": {"none"},
	"cognitive.feedback_loop_engagement":    {"unknown"},
	"emotional_valence.stress_response":     {"none"},
}

// checkEvidence holds the marks of a session to what its primitives counted,
// and gives how many there were.
func checkEvidence(t testing.TB, s *gait.Session) (marked int) {
	t.Helper()
	r := profile.Run(s, suite.All, time.Unix(1, 0))
	said := map[string]*gait.Observation{}
	for i := range r.Observations {
		said[r.Observations[i].Primitive] = &r.Observations[i]
	}
	for _, p := range suite.All {
		all, more, cause := profile.Evidence(s, p, math.MaxInt)
		if more || cause != "" {
			t.Fatalf("%s: more: %v, %s", p.Name, more, cause)
		}
		few, more, _ := profile.Evidence(s, p, 7)
		if len(few) != min(len(all), 7) || more != (len(all) > 7) {
			t.Errorf("%s: %d marks, more: %v, of %d", p.Name, len(few), more, len(all))
		}
		o := said[p.Name]
		switch {
		case o == nil && len(all) > 0:
			t.Errorf("%s has %d marks and no value", p.Name, len(all))
		case o != nil && len(all) == 0 && !slices.Contains(unmarked[p.Name], o.Value):
			t.Errorf("%s is %s without a mark", p.Name, o.Value)
		case o != nil:
			checkMarks(t, s, o, all)
		}
		marked += len(all)
	}
	return marked
}

func checkMarks(t testing.TB, s *gait.Session, o *gait.Observation, all []profile.Mark) {
	t.Helper()
	kinds := map[profile.MarkKind]float64{}
	start, end, before := gait.Seconds(o.Window.Start), gait.Seconds(o.Window.End), math.Inf(-1)
	if o.Window.Unix {
		start, end = 0, gait.Seconds(s.Last())
	}
	for _, m := range all {
		kinds[m.Kind]++
		if !(m.From >= start && m.From <= m.To && m.To <= end && m.From >= before) || !slices.Contains(profile.MarkKinds, m.Kind) {
			t.Fatalf("%s: %+v in a session from %v to %v", o.Primitive, m, start, end)
		}
		before = m.From
	}
	for _, c := range evidence[o.Primitive] {
		sum := c.besides
		for _, k := range c.kinds {
			sum += kinds[k]
		}
		if want := measured(t, o, c.measure); sum != want {
			t.Errorf("%s: %v marks of %s, %s is %v", o.Primitive, sum, c.kinds, c.measure, want)
		}
	}
	agree := true
	switch o.Primitive {
	case "cognitive.exploration_style":
		agree = kinds[profile.MarkJump] == math.Round(measured(t, o, "jump_share")*(measured(t, o, "commands")-1))
	case "cognitive.cognitive_load":
		share := kinds[profile.MarkError] / measured(t, o, "commands")
		agree = s.Fidelity.Output == (share == measured(t, o, "error_share")) // NaN of no output
	case "cognitive.planning_depth":
		agree = kinds[profile.MarkLongPause] == math.Round(measured(t, o, "long_share")*(measured(t, o, "commands")-1))
	case "environmental.numpad_usage":
		agree = kinds[profile.MarkDigits] > 0 == (o.Value == "detected")
	case "environmental.locale":
		agree = kinds[profile.MarkSign] == 1
	case "emotional_valence.arousal":
		agree = kinds[profile.MarkCapitals] > 0 == (measured(t, o, "capitals") >= 5) &&
			kinds[profile.MarkExclamations] > 0 == (measured(t, o, "exclamations") >= 3)
	case "motor.command_chunking":
		agree = o.Value == "single_command" || kinds[profile.MarkCommand] == measured(t, o, "measured")
	}
	if !agree {
		t.Errorf("%s is %s with the marks %v", o.Primitive, o.Value, kinds)
	}
}

// measured gives a measure of an observation.
func measured(t testing.TB, o *gait.Observation, name string) float64 {
	t.Helper()
	i := slices.IndexFunc(o.Measures, func(m gait.Measure) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("%s has no measure %s", o.Primitive, name)
	}
	return o.Measures[i].Value
}

func TestEveryPrimitiveHasEvidence(t *testing.T) {
	for _, p := range suite.All {
		if p.Evidence == nil {
			t.Errorf("%s has none", p.Name)
		}
	}
	for name := range evidence {
		if suite.Find(name) == nil {
			t.Errorf("%s is no primitive", name)
		}
	}
}

func TestEvidenceOfVisitors(t *testing.T) {
	marked := 0
	for _, v := range simulate.Visitors {
		for seed := range uint64(20) {
			marked += checkEvidence(t, v.Session(seed))
		}
	}
	if marked < 1000 {
		t.Errorf("only %d marks", marked)
	}
}

func TestEvidenceOfSamples(t *testing.T) {
	sessions := 0
	for in, err := range recording.Find(context.Background(), []string{"../../examples/recordings"}, recording.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range f.Batches() {
			err := b.Each(func(s *gait.Session) error {
				sessions++
				checkEvidence(t, s)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		f.Close()
	}
	if sessions < 5 {
		t.Errorf("only %d sessions", sessions)
	}
}

// pieces are what random sessions are made of.
var pieces = []string{
	"l", "s", "\r", "\r", "\x7f", "\x15", "\t", " ", "|", "7", "7", "7", "7", "A", "!", "\x1b[A", "\x1b[200~", "\x1b[201~", "cat x\rls\x01\r", "<<E\r", "E\r",
	"fuck ", "thanks ", "man x\r", "rm x\r", "exit\r", "\xc3", "\xa9", "\x03", "history\r",
	"bash: x: command not found\r\n", "root@web01:~# ", "\x1b]0;a\nb\x07$ ", "\x1b[1m% \x1b[0m\n", "LANG=de_AT\n", "LC_\x1b[0mALL=C\nLC_ALL=C", "\x1bPtmux;", "\x1b]83;", "C:\\> ",
}

func TestEvidenceOfRandomSessions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		b := []byte{byte(r.IntN(32)) &^ 12}
		for range r.IntN(200) {
			kind := gait.Input
			switch r.IntN(10) {
			case 0, 1, 2:
				kind = gait.Output
			case 3:
				kind = gait.Exec
			}
			b = append(b, event(kind, byte(r.IntN(256)), pieces[r.IntN(len(pieces))])...)
		}
		checkEvidence(t, sessionOf(b))
		if t.Failed() {
			t.Fatalf("%q", b)
		}
	}
}

func FuzzEvidence(f *testing.F) {
	for _, x := range pieces {
		f.Add([]byte("\x12" + event(gait.Input, 3, x) + event(gait.Output, 3, x) + event(gait.Input, 0x5a, "\r")))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkEvidence(t, sessionOf(b)) })
}
