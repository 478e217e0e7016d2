package edit

import (
	"bulkhead/model"
	"bulkhead/model/policy"
)

// This file lists the edits and the keys that scripts write them with: they are a contract (docs/edit-script.md).
// Elements are named by id; an ARN, logical id or physical name does as well where it fits one element only.

// A StatementRef finds a statement of a document: by Sid, else by index, and by the hash of its content where the
// document changed since. Sid "" and Index nil: the only statement with the hash.
type StatementRef struct {
	Sid   string `json:"sid,omitempty"`
	Index *int   `json:"index,omitempty"`
	Hash  string `json:"hash,omitempty"`
}

// An Access is actions on resources, under conditions: something that a part or a role is given. Resources are
// ids of elements ("res/Orders", "fn/Mailer"), such ids with a part ("res/Photos/thumbs/*"), ARN patterns or "*".
type Access struct {
	Actions    []string   `json:"actions"`
	Resources  []string   `json:"resources"`
	Conditions Conditions `json:"conditions,omitempty"`
}

// Tighten makes one statement of a role's policy allow less. What is absent stays as it is.
type Tighten struct {
	Role       model.ID     `json:"role"`             // role, or user or group of an account
	Policy     model.ID     `json:"policy,omitempty"` // may be absent where the role has one policy
	Statement  StatementRef `json:"statement"`
	Actions    []string     `json:"actions,omitempty"`    // instead of those that stand there
	Resources  []string     `json:"resources,omitempty"`  // instead of those that stand there, as in Access
	Conditions Conditions   `json:"conditions,omitempty"` // instead of those that stand there
	Drop       bool         `json:"drop,omitempty"`       // the statement as a whole
	Confirm    bool         `json:"confirm,omitempty"`    // go on where the proof is undecided
}

// OwnRole writes the role that a transform makes for a function out as one of its own. Needs: in the place of the
// policies that the transform attaches by itself stands what the function's triggers, log and configuration take of
// them, each on its own resource.
type OwnRole struct {
	Function model.ID `json:"function"`
	Needs    bool     `json:"needs,omitempty"`
	Confirm  bool     `json:"confirm,omitempty"` // go on where the proof is undecided
}

// ReplaceManaged puts an inline policy in the place of a managed one that is attached to a role.
type ReplaceManaged struct {
	Role    model.ID `json:"role"`
	ARN     string   `json:"arn"`
	With    With     `json:"with"`
	Needs   bool     `json:"needs,omitempty"` // instead of With: what triggers, log and configuration of the role's functions take of it
	Confirm bool     `json:"confirm,omitempty"`
}

// With is what stands in the place of a managed policy: a document, or the accesses needed, each taken from the
// statements of the managed policy that allow it. Neither: nothing, the policy is detached. An access without resources
// is for what the triggers, logs and configuration of the role's functions need its actions on; actions that they do
// not need keep the resources of the policy.
type With struct {
	Document *policy.Document
	Accesses []Access
}

// Pin records that a role needs an access: evidence by the architect, not a grant.
type Pin struct {
	Role      model.ID `json:"role"`
	Actions   []string `json:"actions"`
	Resources []string `json:"resources"`
}

// Split makes one function into several, each with its own role, triggers and environment.
type Split struct {
	Function model.ID `json:"function"`
	Parts    []Part   `json:"parts"`
	Repoint  string   `json:"repoint,omitempty"` // name of the part that callers reach from now on, where no part keeps
	Confirm  bool     `json:"confirm,omitempty"`
}

// A Part is one function that a split makes. What a part is not given, it does not have.
type Part struct {
	Name         string   `json:"name"`                   // logical id of the new function
	FunctionName string   `json:"functionName,omitempty"` // physical name; absent: AWS generates it
	Keeps        bool     `json:"keeps,omitempty"`        // stays the function that was there: its ids and names
	Handler      string   `json:"handler,omitempty"`      // absent: that of the whole
	Triggers     []string `json:"triggers,omitempty"`     // names or ids
	Environment  []string `json:"environment,omitempty"`  // names
	Grants       []Access `json:"grants,omitempty"`
}

// Merge makes several functions into one, the first or Into, that has the triggers, environment and access of all.
type Merge struct {
	Functions []model.ID `json:"functions"`
	Into      model.ID   `json:"into,omitempty"`
}

// MoveTrigger gives a trigger to another function.
type MoveTrigger struct {
	Trigger model.ID `json:"trigger"`
	To      model.ID `json:"to"`
}

// NewFunction adds a function with a role of its own that can write its own logs.
type NewFunction struct {
	Name    string `json:"name"`
	Handler string `json:"handler,omitempty"`
	Runtime string `json:"runtime,omitempty"`
	Code    string `json:"code,omitempty"`
}

// NewResource adds a resource.
type NewResource struct {
	Name string `json:"name"`
	Type string `json:"type"` // CloudFormation type
}

// NewTrigger adds what starts a function.
type NewTrigger struct {
	Name   string   `json:"name"`
	To     model.ID `json:"to"`
	From   model.ID `json:"from,omitempty"`   // resource that it comes from
	Event  string   `json:"event"`            // sqs, dynamodb, kinesis, s3, sns, schedule, http, url …
	Method string   `json:"method,omitempty"` // of a route
	Path   string   `json:"path,omitempty"`   // of a route
	Rate   string   `json:"rate,omitempty"`   // of a schedule: "rate(5 minutes)"
}

// Grant lets a role do more. It is the one edit of access that widens, and says so.
type Grant struct {
	Role model.ID `json:"role"`
	Sid  string   `json:"sid,omitempty"`
	Access
}

// Mark tells what a resource is worth to the architect. It changes no access.
type Mark struct {
	Resource model.ID `json:"resource"`
	Weight   *float64 `json:"weight,omitempty"`  // in weighted reach; 0: the default of its type
	Crown    *bool    `json:"crown,omitempty"`   // a crown jewel
	Counted  *bool    `json:"counted,omitempty"` // a log group that counts
}
