package main

import (
	"fmt"
	"slices"
	"strings"

	"gait/assess/operator"
)

// priorFlags set the priors of gait.operator.
type priorFlags struct {
	Prior map[string]float64 `placeholder:"CLASS=P" mapsep:"," help:"Priors of gait.operator for the classes person, person_pasting, script, llm_agent and machine_unknown; those that are not named get none. By default stated rates, which gait primitives gait.operator prints."`
}

// Validate is called by the parser.
func (p *priorFlags) Validate() error {
	names, sum := operator.Names()[:operator.Classes], 0.0
	for name, x := range p.Prior {
		if !slices.Contains(names, name) {
			return fmt.Errorf("--prior: no class is named %q; the classes are %s", name, strings.Join(names, ", "))
		}
		if !(x >= 0 && x <= 1) {
			return fmt.Errorf("--prior: the prior of %s must be from 0 to 1", name)
		}
		sum += x
	}
	if len(p.Prior) > 0 && sum == 0 {
		return fmt.Errorf("--prior: at least one class needs a prior above 0")
	}
	return nil
}

// priors gives what was set, or the default.
func (p *priorFlags) priors() operator.Priors {
	if len(p.Prior) == 0 {
		return operator.DefaultPriors()
	}
	var list operator.Priors
	for i, name := range operator.Names()[:operator.Classes] {
		list[i] = p.Prior[name]
	}
	return list
}

// shares writes the probabilities of a verdict, the largest first, those below
// one in a thousand left out.
func shares(v *operator.Verdict) string {
	order := []operator.Class{operator.Person, operator.PersonPasting, operator.Script, operator.Agent, operator.Machine}
	slices.SortStableFunc(order, func(a, b operator.Class) int {
		switch {
		case v.Probability[a] > v.Probability[b]:
			return -1
		case v.Probability[a] < v.Probability[b]:
			return 1
		}
		return 0
	})
	var parts []string
	for _, c := range order {
		if p := v.Probability[c]; p >= 0.001 {
			parts = append(parts, fmt.Sprintf("%v %.3f", c, p))
		}
	}
	return strings.Join(parts, ", ")
}
