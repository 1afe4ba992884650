// Package operator says who is at the keys: a person who types, a person who
// pastes, a script, an LLM agent, or a machine whose kind cannot be told.
//
// The answer is a sum that can be read term by term. Each term is a logarithm
// of a likelihood ratio, in nats, for the classes it speaks for: "whole lines in
// one piece: +2.1 to machine". Terms are added to the logarithms of the priors
// and turned into probabilities. No term is larger than ln(n + 1), n being the
// number of groups (persons, models, scripts) or persons that it was fitted on:
// from n of them no more can be known.
//
// Terms read the list of events alone: times, kinds, bytes. Two of them, the
// fingerprints, know tools by name and also read the client's version from the
// header; they can be left out.
//
// The package is pure.
package operator

import "math"

// Class is an answer to who is at the keys.
type Class uint8

// The classes. Machine is a machine of unknown kind; Unknown says that there is
// too little to go by.
const (
	Person Class = iota
	PersonPasting
	Script
	Agent
	Machine
	Unknown
	classes = int(Unknown)
)

// Classes is how many classes have likelihoods and priors: all but [Unknown].
const Classes = classes

var classNames = [...]string{"person", "person_pasting", "script", "llm_agent", "machine_unknown", "unknown"}

// String gives the class's name.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return classNames[Unknown]
}

// IsMachine says whether a class is one of machines.
func (c Class) IsMachine() bool { return c == Script || c == Agent || c == Machine }

// Names lists the classes in their order.
func Names() []string { return append([]string(nil), classNames[:]...) }

// Priors are the probabilities of the classes before anything was seen, indexed
// by class. They need not add up to 1.
type Priors [Classes]float64

// EqualPriors hold all classes alike.
func EqualPriors() Priors { return Priors{0.2, 0.2, 0.2, 0.2, 0.2} }

// Stated rates among sessions with at least one command. 98.5 % of the attacks
// that four honeypots saw in eight months were automated; LLM agents were
// confirmed in 3 of 24.1 million interactions with a honeypot made for them,
// which is a lower bound. How many persons paste, and how many machines are
// neither known scripts nor agents, nobody has counted: a tenth and a twentieth
// are assumed.
const (
	StatedMachines = 0.985
	StatedAgents   = 3 / 24.1e6
	AssumedPasting = 0.10
	AssumedOther   = 0.05
)

// PriorsSource says in one line what the default priors are and where they come from.
const PriorsSource = "rates among sessions with at least one command: 98.5 % machines (four honeypots, 8 months), of them 3 in 24.1 million confirmed LLM agents (an LLM honeypot), 1 in 20 of another kind (assumed); 1 person in 10 pastes (assumed)"

// DefaultPriors are the stated rates.
func DefaultPriors() Priors {
	people := 1 - StatedMachines
	other := StatedMachines * AssumedOther
	return Priors{
		Person: people * (1 - AssumedPasting), PersonPasting: people * AssumedPasting,
		Script: StatedMachines - other - StatedAgents, Agent: StatedAgents, Machine: other,
	}
}

// scaled gives the priors so that they add up to 1. None above 0 stay as they are.
func (p Priors) scaled() Priors {
	sum := 0.0
	for _, x := range p {
		sum += max(x, 0)
	}
	if sum > 0 {
		for i := range p {
			p[i] = max(p[i], 0) / sum
		}
	}
	return p
}

// logs gives the logarithms of priors that are above 0, minus infinity for the
// others.
func (p Priors) logs() (l [Classes]float64) {
	for i, x := range p {
		l[i] = math.Log(max(x, 0))
	}
	return l
}
