// Package gait holds the nouns of the project: a [Session] is one visit to a
// shell, made of [Event]s; an [Observation] is what one primitive says of one
// session; a [Fidelity] says what a recording can show at all.
//
// Everything here is plain data on the standard library. Recordings are read
// by package recording, observations are made by package profile.
package gait
