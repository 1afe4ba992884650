package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/assess"
	"gait/assess/operator"
	"gait/profile"
)

// operatorFlags are the setting of gait.operator.
type operatorFlags struct {
	Prior       priorRule `conf:"" placeholder:"CLASS=P,..." help:"Priors of gait.operator for the classes person, person_pasting, script, llm_agent and machine_unknown; those that are not named get none. By default stated rates, which gait primitives gait.operator prints."`
	NoCatalogue bool      `conf:"" help:"Leave out of gait.operator what rests on its catalogue of known tools: command sequences of loaders, clients and their key exchanges."`
}

// priorRule is a prior for each class, and whether any was set.
type priorRule struct {
	list operator.Priors
	set  [operator.Classes]bool
}

// UnmarshalText reads classes with their priors: person=0.5,script=0.5. What was
// read before stays.
func (r *priorRule) UnmarshalText(text []byte) error {
	x, sum := *r, 0.0
	for part := range strings.SplitSeq(string(text), ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return fmt.Errorf("%q is no prior; write CLASS=P, such as person=0.5,script=0.5", part)
		}
		class := slices.Index(classNames(), name)
		if class < 0 {
			return fmt.Errorf("no class is named %q; the classes are %s", name, strings.Join(classNames(), ", "))
		}
		p, err := strconv.ParseFloat(value, 64)
		if err != nil || !(p >= 0 && p <= 1) {
			return fmt.Errorf("the prior of %s must be a number from 0 to 1", name)
		}
		x.list[class], x.set[class] = p, true
	}
	for _, p := range x.list {
		sum += p
	}
	if sum == 0 {
		return errors.New("at least one class needs a prior above 0")
	}
	*r = x
	return nil
}

// String writes the priors as they are read; empty where none were set.
func (r priorRule) String() string {
	var parts []string
	for i, name := range classNames() {
		if r.set[i] {
			parts = append(parts, name+"="+strconv.FormatFloat(r.list[i], 'g', -1, 64))
		}
	}
	return strings.Join(parts, ",")
}

// none says whether no prior was set.
func (r priorRule) none() bool { return r.set == [operator.Classes]bool{} }

// errOperatorCompat is the error of a setting for a reading that has no gait.operator.
var errOperatorCompat = errors.New("--prior and --no-catalogue do not go with --compat, which has no gait.operator")

// classNames lists the classes that have priors.
func classNames() []string { return operator.Names()[:operator.Classes] }

// setting gives what was set.
func (f *operatorFlags) setting() operator.Setting {
	s := operator.Setting{NoCatalogue: f.NoCatalogue}
	if !f.Prior.none() {
		s.Priors = &f.Prior.list
	}
	return s
}

// set says whether anything was.
func (f *operatorFlags) set() bool { return f.setting() != operator.Setting{} }

// primitives lists all primitives, gait.operator as it was set.
func (f *operatorFlags) primitives() []*profile.Primitive { return assess.With(f.setting()) }

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
