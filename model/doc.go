// Package model is the compartment model: functions, roles, policies, resources and triggers of a design.
//
//	importer --New--> Design --With(changes)--> Design' ; Design.Diff(Design') --> []Change
//
// A Design never changes. Before and after are two Designs, and undo is an older one.
package model
