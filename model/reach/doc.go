// Package reach computes what a breach reaches.
//
//	Design --Analyze--> Analysis --Breach(start)--> Breach ; Analysis.Measures ; Compare(before, after)
//
// Inside, the design's elements become targets with the ARNs that name them (target.go), each document is compiled
// once against them (answers.go), and an actor, whose permissions are used (actor.go), is tallied over its
// documents:
//
//	documents --compile--> answers --tally--> findings --actOf--> acts
//	                                                  --explorer (techniques)--> edges
//	acts, edges --flood--> what is reachable, under four looks --gauge--> figures
//	            --walk--> hits, with their ways and statements on demand
//
// What statements that reach far let one do is worked out once for all actors who have the same (row.go). After an edit
// of policies, what these have nothing to do with is taken over (again.go).
//
// The evaluator of package policy decides conditions, parts, and wherever a resource's policy has a say; the rest is
// set algebra that tests compare with it.
package reach
