// Package policy reads, compiles and evaluates IAM policies.
//
//	JSON --Parse--> Document --Compile--> Program --Stack.Evaluate--> Decision
package policy
