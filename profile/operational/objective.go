package operational

import (
	"gait"
	"gait/profile"
)

// How many commands with a label it takes.
const (
	objectiveSpeak = 3 // to say anything
	objectiveFew   = 6 // for more confidence
)

// Objective is what the operator seems to be after.
var Objective = &profile.Primitive{
	Name:  "operational.objective",
	Title: "Objective",
	Doc: "Each command is labelled by its tool, looked up in lists of well-known tools in the order destructive, persistence, exfil, " +
		"lateral, recon; the first list that holds it counts, and a tool in none gives no label. The most frequent label is the value; " +
		"of equals, the one that came first in the session. " +
		"Confidence 0.60, with fewer than 6 labelled commands 0.40. Silent with fewer than 3 labelled commands.",
	Kind:      profile.Label,
	Values:    objectiveValues,
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "recon", Unit: "count", Doc: "commands that look around"},
		{Name: "exfil", Unit: "count", Doc: "commands that move data"},
		{Name: "persistence", Unit: "count", Doc: "commands that stay on the machine"},
		{Name: "lateral", Unit: "count", Doc: "commands that go to other machines"},
		{Name: "destructive", Unit: "count", Doc: "commands that destroy"},
		{Name: "labelled", Unit: "count", Doc: "commands with one of these labels"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "labelled", Bound: objectiveSpeak, Says: "below: silent"},
	},
	Observe:  observeObjective,
	Evidence: evidenceObjective,
}

// objectiveValues are the labels as values.
var objectiveValues = []string{"recon", "exfil", "persistence", "lateral", "destructive"}

// objectives are the labels as sets of tools, in the order of the values.
var objectives = [...]profile.ToolSet{profile.Recon, profile.Exfil, profile.Persistence, profile.Lateral, profile.Destructive}

// objectiveOrder is the order in which a tool is looked up, as places in
// objectives.
var objectiveOrder = [...]int{4, 2, 1, 3, 0}

const anyObjective = profile.Recon | profile.Exfil | profile.Persistence | profile.Lateral | profile.Destructive

func observeObjective(v *profile.View) profile.Answer {
	c := v.Commands()
	var counts, first [len(objectives)]int
	labelled := 0
	for i, n := 0, c.Len(); i < n; i++ {
		tool := c.Tool(i)
		if !tool.In(anyObjective) {
			continue
		}
		for _, label := range objectiveOrder {
			if tool.In(objectives[label]) {
				if counts[label] == 0 {
					first[label] = i
				}
				counts[label]++
				labelled++
				break
			}
		}
	}
	if labelled < objectiveSpeak {
		return profile.Silent
	}
	best := 0
	for label, n := range counts {
		if n > counts[best] || n == counts[best] && first[label] < first[best] {
			best = label
		}
	}
	return profile.Say(objectiveValues[best], profile.Sure(labelled < objectiveFew, 0.40, 0.60),
		float64(counts[0]), float64(counts[1]), float64(counts[2]), float64(counts[3]), float64(counts[4]), float64(labelled))
}

// objectiveMarks are the labels as marks, in the order of the values.
var objectiveMarks = [...]profile.MarkKind{
	profile.MarkRecon, profile.MarkExfil, profile.MarkPersistence, profile.MarkLateral, profile.MarkDestructive,
}

func evidenceObjective(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	m.AllCommands(c, func(i int) profile.MarkKind {
		for _, label := range objectiveOrder {
			if c.Tool(i).In(objectives[label]) {
				return objectiveMarks[label]
			}
		}
		return ""
	})
}
