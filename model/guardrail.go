package model

import "bulkhead/model/policy"

// Guardrails are the organization's policies that bind one account (AWS Organizations User Guide, "Service control
// policies" and "Resource control policies"). They never grant.
type Guardrails struct {
	SCPs, RCPs []Level // from the root to the account; none: that kind is not in use, or was not seen
	Management bool    // the organization's management account, which neither binds
}

// AnyAccount stands in a design's guardrails for accounts that have none of their own there, where it is not known which
// accounts an organization has.
const AnyAccount = "*"

// A Level is what is attached at one place on the way from the organization's root to an account. Each level has to
// allow, by any of its policies.
type Level struct {
	Target   string // the root, an organizational unit's id or the account
	Policies []*policy.Document
}
