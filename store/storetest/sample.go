package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gait"
	"gait/store"
)

// Start is when the first sample session started.
var Start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// names are 38 primitives with values like those of the registry.
var names = func() (list [][2]string) {
	for _, line := range strings.Fields(`motor.input_modality=typed,pasted,mixed motor.keystroke_cadence=steady,bursty,hunt_and_peck,machine
		motor.motor_stability=steady,variable,tremor motor.paste_burst_rate=none,occasional,habitual motor.error_correction=immediate,deferred,absent,route_around
		motor.command_chunking=fluent,fragmented,single_command motor.shell_mastery.tab_completion=none,occasional,habitual
		motor.shell_mastery.shortcut_usage=none,moderate,heavy motor.shell_mastery.pipe_chaining_depth=shallow,moderate,deep motor.digraph_simhash=#
		cognitive.cognitive_load=low,medium,high cognitive.command_branch_diversity=linear_playbook,adaptive_branching,unknown
		cognitive.error_resilience.fallback_to_man=present,absent cognitive.error_resilience.frustration_typing=low,moderate,high
		cognitive.error_resilience.retry_tactic=rerun,switch,abort cognitive.exploration_style=methodical,chaotic,targeted
		cognitive.feedback_loop_engagement=closed_loop,fire_and_forget,unknown cognitive.inter_command_consistency=metronomic,variable,bimodal
		cognitive.inter_command_latency_class=instant,typing_speed,deliberate,llm_lightweight,llm_heavyweight,long
		cognitive.planning_depth=deep,shallow,reactive cognitive.tool_vocabulary=narrow,moderate,broad
		emotional_valence.arousal=low_calm,medium_engaged,high_agitated emotional_valence.frustration_venting=none,detected
		emotional_valence.stress_response=none,eustress_positive,distress_negative emotional_valence.valence=positive,neutral,negative
		environmental.keyboard_layout=qwerty,azerty,qwertz,other environmental.numpad_usage=detected,not_detected
		environmental.shell_type=bash,zsh,fish environmental.terminal_multiplexer=none,tmux,screen environmental.locale=en-US,de,und
		operational.cleanup_behavior=thorough,partial,none operational.multi_actor_indicators=solo,handoff_detected
		operational.objective=recon,persistence,lateral_movement,exfiltration operational.opsec_discipline=careful,careless,learning
		temporal.escalation_pattern=sustained,erratic,bursty temporal.lifecycle_markers.exit_behavior=graceful,abrupt,cleanup
		temporal.lifecycle_markers.landing_ritual=present,absent temporal.session_duration=short,medium,long,marathon`) {
		name, values, _ := strings.Cut(line, "=")
		list = append(list, [2]string{name, values})
	}
	return list
}()

// scale is what the measures of samples are compared with.
var scale = gait.NewScale([]gait.Threshold{{Measure: "median_s", Bound: 0.35, Says: "slow"}, {Measure: "ratio", Bound: 0.8, Says: "much"}})

// Ref is the evidence reference of the n-th sample session.
func Ref(n int) string {
	return fmt.Sprintf("shard:decoy-%02d/ssh/sessions-2026-03-%02d.jsonl#%s", n%20, 1+n/5000%28, sid(n))
}

func sid(n int) string {
	return fmt.Sprintf("%08x-0a1b-4c2d-8e3f-%012x", uint32(n)*2654435761, n)
}

// Address is the address of the n-th sample attacker.
func Address(n int) string { return fmt.Sprintf("198.18.%d.%d", n>>8&255, n&255) }

// Found gives what a source says of the n-th sample session of an attacker.
func Found(n, attacker int) store.Offer {
	start := Start.Add(time.Duration(n) * 7 * time.Second)
	path := fmt.Sprintf("/srv/decoys/decoy-%02d/ssh/transcripts/sessions-2026-03-%02d.jsonl", n%20, 1+n/5000%28)
	place, _ := json.Marshal(map[string]string{"format": "shard", "path": path, "session": sid(n)})
	return store.Offer{Session: store.Session{
		Ref: Ref(n), ID: sid(n), Decoy: fmt.Sprintf("decoy-%02d", n%20), Service: "ssh", Address: Address(attacker),
		Source: "shards", Format: "shard", Path: path, Place: place, Start: start, End: start.Add(90 * time.Second), Duration: 90 * time.Second,
		Closed: store.ClosedEnd, EndSeen: true, Size: int64(4000 + n%100), State: store.Waiting,
	}, Header: true}
}

// Sample gives the profile of the n-th sample session: 38 observations with
// measures, the same from the same number.
func Sample(n, attacker int) store.Profile {
	p := store.Profile{Session: Found(n, attacker).Session, Header: true, Revision: fmt.Sprintf("41/%d/end", 4000+n%100)}
	p.State, p.Commands, p.Inputs, p.Events, p.BytesIn, p.BytesOut = store.Profiled, 12, 200, 812, 420, 9000
	p.Detail = json.RawMessage(fmt.Sprintf(`{"format":"shard","version":2,"client":"SSH-2.0-OpenSSH_9.%d","fidelity":{"input":"key","resolution_s":0.000001,"clock":"unix","output":true,"lossless":true},"not_observable":[],"oddities":[]}`, n%9))
	window := gait.Window{Start: time.Duration(p.Start.UnixNano()), End: time.Duration(p.End.UnixNano()) - 10_000_000, Unix: true}
	for i, one := range names {
		values := strings.Split(one[1], ",")
		value := values[(n*7+i*3+attacker)%len(values)]
		if value == "#" {
			value = fmt.Sprintf("%016x", uint64(n)*0x9e3779b97f4a7c15)
		}
		k := float64((n*31 + i*17) % 1000)
		p.Observations = append(p.Observations, gait.Observation{
			ID: gait.ObservationID(p.Ref, one[0]), Time: p.End.Add(-10 * time.Millisecond), Primitive: one[0], Value: value,
			Confidence: 0.5 + float64(i%5)/10, Window: window, Source: "gait/profile/" + strings.Replace(one[0], ".", "/", 1),
			EvidenceRef: p.Ref, Rules: 1, Engine: "gait 0.3.0", Scale: scale, Nearest: 0,
			Measures: []gait.Measure{{Name: "median_s", Value: k / 997}, {Name: "ratio", Value: k / 1000}, {Name: "count", Value: k}, {Name: "share_of_keys", Value: 1 / (k + 1)}},
		})
	}
	return p
}
