// Package typist says how likely it is that the same hands typed two sessions,
// from the times between keys alone.
//
// A session becomes a [Vector]: which digraphs were typed and how long each
// took, as numbers of a table, without order. [Model.Score] compares two of
// them by the log likelihood ratio of "one person" against "two persons" under
// the figures of package population, together with three measures of distance,
// and gives log odds that were calibrated on sessions of known persons. [Index]
// scores one session against all that are stored, exactly. [Model.Link] makes a
// statement of a score: with the number of candidates, what else speaks for it,
// and how often such a score is wrong.
//
// Typing alone never proves that two identities are one. docs/typist.md has the
// method, the error rates and what they were measured on.
package typist
