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
//	acts, edges --flood--> what is reachable, under four looks --ledger--> figures
//	            --walk--> paths, with statements on demand
//
// The evaluator of package policy decides conditions, parts, and wherever a resource's policy has a say; the rest is
// set algebra that tests compare with it.
package reach
