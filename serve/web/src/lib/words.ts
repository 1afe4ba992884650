// Values in everyday words, for whoever has not read the registry. The label
// itself is always shown beside them or on hover. Bounds are those of the rules.
const words: Record<string, Record<string, string>> = {
  'motor.input_modality': {
    typed: 'types by hand',
    pasted: 'pastes',
    mixed: 'types and pastes',
  },
  'motor.paste_burst_rate': { none: 'hardly ever pastes', occasional: 'pastes now and then', habitual: 'pastes all the time' },
  'motor.keystroke_cadence': {
    steady: 'keys in an even rhythm',
    bursty: 'keys in bursts, as people type',
    hunt_and_peck: 'looks for each key',
    machine: 'keys at machine speed',
  },
  'motor.motor_stability': { steady: 'steady hands', variable: 'rhythm varies', tremor: 'very short gaps between keys' },
  'motor.error_correction': {
    immediate: 'corrects typos at once',
    deferred: 'corrects typos later',
    absent: 'corrects nothing',
    route_around: 'clears the line instead of correcting',
  },
  'motor.command_chunking': { fluent: 'types commands fluently', fragmented: 'types commands in pieces', single_command: 'one command only' },
  'cognitive.feedback_loop_engagement': {
    closed_loop: 'reads what comes back',
    fire_and_forget: 'does not wait for output',
    unknown: 'reading of output not known',
  },
  'cognitive.command_branch_diversity': {
    linear_playbook: 'follows a fixed list',
    adaptive_branching: 'comes back to tools, adapts',
    unknown: 'too few commands to tell a plan',
  },
  'cognitive.inter_command_latency_class': {
    instant: 'no pause between commands',
    typing_speed: 'pauses of about a second',
    deliberate: 'pauses of under 2 s',
    llm_lightweight: 'pauses of 2 to 8 s',
    llm_heavyweight: 'pauses of 8 to 30 s',
    long: 'pauses of over 30 s',
  },
  'cognitive.inter_command_consistency': { metronomic: 'pauses like a metronome', variable: 'pauses vary', bimodal: 'short and long pauses' },
  'cognitive.planning_depth': { deep: 'thinks before commands', shallow: 'little planning', reactive: 'one command right after the other' },
  'temporal.session_duration': { short: 'under a minute', medium: 'under ten minutes', long: 'under an hour', marathon: 'an hour or more' },
  'operational.objective': {
    recon: 'looks around',
    exfil: 'moves data',
    persistence: 'wants to stay',
    lateral: 'goes on to other hosts',
    destructive: 'destroys',
  },
  'gait.operator': {
    person: 'a person types',
    person_pasting: 'a person types and pastes',
    script: 'a script or bot',
    llm_agent: 'an LLM agent',
    machine_unknown: 'a machine; of which kind cannot be told',
    unknown: 'too little to tell person and machine apart',
  },
};

/** A value in everyday words; empty where the label says it as well. */
export const inWords = (primitive: string, value: string): string => words[primitive]?.[value] ?? '';

/** A label as it is read: without underscores. */
export const spaced = (label: string): string => label.replaceAll('_', ' ');

/** Filters that answer questions people come with. */
export const presets: { name: string; why: string; filters: string[] }[] = [
  {
    name: 'Types like a person',
    why: 'keys come one by one, in a rhythm that no program has',
    filters: ['motor.input_modality=typed', 'motor.keystroke_cadence=bursty', 'motor.keystroke_cadence=steady', 'motor.keystroke_cadence=hunt_and_peck'],
  },
  { name: 'Reads what comes back', why: 'longer output, longer pause', filters: ['cognitive.feedback_loop_engagement=closed_loop'] },
  {
    name: 'Pauses like an LLM agent',
    why: 'pastes, with 2 to 30 s between commands',
    filters: ['motor.input_modality=pasted', 'cognitive.inter_command_latency_class=llm_lightweight', 'cognitive.inter_command_latency_class=llm_heavyweight'],
  },
  { name: 'Runs a script', why: 'no pause between commands', filters: ['cognitive.inter_command_latency_class=instant'] },
  { name: 'Cleans up', why: 'history, logs or files are removed', filters: ['operational.cleanup_behavior=thorough', 'operational.cleanup_behavior=partial'] },
];
