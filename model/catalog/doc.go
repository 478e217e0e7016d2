// Package catalog knows AWS: actions, resource types, ARN shapes, condition keys, managed policies and
// CloudFormation types. It reads data embedded by package assets, on first use.
//
//	assets/data --decode one service, policy or table on demand--> Catalog --Action, Expand, Type, TypesOfARN--> policy, reach, importers
//	rules.go, kinds.go, corrections.go, belongings.go: reviewed tables of ours, where AWS does not say
package catalog
