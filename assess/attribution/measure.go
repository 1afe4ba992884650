package attribution

// clientTimes is what is measured of a client and a recording, and not of the
// one who uses them.
const clientTimes = "times that the client lets through"

// measures names what each primitive is made of, so that primitives which look
// at one thing count once: two rules on one share of pastes are one finding.
// A primitive that is not named is a measure of its own.
var measures = map[string]string{
	"motor.input_modality":   "share of pastes",
	"motor.paste_burst_rate": "share of pastes",

	"gait.timing_quality": clientTimes,

	"motor.keystroke_cadence":            "gaps between keys",
	"motor.motor_stability":              "gaps between keys",
	"motor.command_chunking":             "gaps between keys",
	"emotional_valence.arousal":          "gaps between keys",
	"environmental.numpad_usage":         "gaps between keys",
	"operational.multi_actor_indicators": "gaps between keys",

	"cognitive.error_resilience.frustration_typing": "typing after an error",
	"emotional_valence.stress_response":             "typing after an error",

	"cognitive.inter_command_latency_class": "gaps between commands",
	"cognitive.inter_command_consistency":   "gaps between commands",
	"cognitive.feedback_loop_engagement":    "gaps between commands",
	"cognitive.cognitive_load":              "gaps between commands",
	"temporal.escalation_pattern":           "gaps between commands",

	"cognitive.command_branch_diversity":        "tools",
	"cognitive.exploration_style":               "tools",
	"cognitive.planning_depth":                  "tools",
	"cognitive.tool_vocabulary":                 "tools",
	"operational.objective":                     "tools",
	"temporal.lifecycle_markers.landing_ritual": "tools",

	"operational.opsec_discipline":             "covering of tracks",
	"operational.cleanup_behavior":             "covering of tracks",
	"temporal.lifecycle_markers.exit_behavior": "covering of tracks",

	"environmental.locale":                  "language and layout",
	"environmental.keyboard_layout":         "language and layout",
	"emotional_valence.valence":             "words",
	"emotional_valence.frustration_venting": "words",
}

// Measured names what a primitive is made of. Primitives of one measure are no
// two findings.
func Measured(primitive string) string {
	if m, ok := measures[primitive]; ok {
		return m
	}
	return primitive
}
