package main

import "fmt"

// The sample cast holds a person who types, reads and goes on from there.
func Example() {
	if err := show("../recordings/casts/visit.cast"); err != nil {
		fmt.Println(err)
	}
	// Output:
	// motor.input_modality typed 0.75
	// motor.paste_burst_rate none 0.7
	// motor.keystroke_cadence bursty 0.65
	// motor.motor_stability variable 0.6
	// motor.error_correction immediate 0.65
	// motor.command_chunking fragmented 0.6
	// motor.digraph_simhash 49e7e45441c3c5c5 0.95
	// motor.shell_mastery.tab_completion none 0.75
	// motor.shell_mastery.shortcut_usage none 0.65
	// motor.shell_mastery.pipe_chaining_depth shallow 0.7
	// cognitive.inter_command_latency_class llm_heavyweight 0.8
	// cognitive.inter_command_consistency variable 0.75
	// cognitive.command_branch_diversity adaptive_branching 0.8
	// cognitive.feedback_loop_engagement closed_loop 0.75
	// cognitive.cognitive_load medium 0.6
	// cognitive.exploration_style chaotic 0.6
	// cognitive.planning_depth deep 0.65
	// cognitive.tool_vocabulary moderate 0.7
	// cognitive.error_resilience.retry_tactic switch 0.4
	// cognitive.error_resilience.frustration_typing moderate 0.4
	// cognitive.error_resilience.fallback_to_man absent 0.4
	// temporal.session_duration medium 0.85
	// temporal.escalation_pattern erratic 0.6
	// temporal.lifecycle_markers.landing_ritual absent 0.65
	// temporal.lifecycle_markers.exit_behavior abrupt 0.45
	// operational.objective recon 0.6
	// operational.opsec_discipline careless 0.45
	// operational.cleanup_behavior none 0.55
	// operational.multi_actor_indicators solo 0.55
	// environmental.shell_type bash 0.75
	// environmental.terminal_multiplexer none 0.55
	// environmental.numpad_usage not_detected 0.5
	// emotional_valence.valence neutral 0.3
	// emotional_valence.arousal low_calm 0.5
	// emotional_valence.stress_response distress_negative 0.5
	// emotional_valence.frustration_venting none 0.3
	// gait.timing_quality exact 0.8
	// gait.input_source typed 0.8
}
