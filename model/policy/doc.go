// Package policy reads, compiles and evaluates IAM policies, and proves what they allow.
//
//	JSON --Parse--> Document --Compile--> Program --Stack.Evaluate--> Decision
//	Stack --Possible--> Decision under some context ; --Grants--> what is allowed ; --Within--> Verdict
//	Document --Format--> JSON ; --Check--> Diagnostics
//
// What is not known is three-valued throughout: a match is no, maybe or yes, a request not, perhaps or surely
// allowed. docs/semantics.md says how each point is decided on which AWS's documentation is silent.
package policy
