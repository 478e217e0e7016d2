package reach

import (
	"slices"
	"strings"
	"sync"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// Who may attach some policies alone makes of a principal what these allow.

// attaching are the actions that give a principal a policy that is there already.
var attaching = []string{"iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:AttachGroupPolicy"}

// greatest are AWS's policies that leave nothing to wish for: whoever may attach one has no need of the others.
var greatest = []string{"IAMFullAccess", "PowerUserAccess"}

// attach tries the policies that a principal could be given by name: those of the design, and AWS's.
func (e *explorer) attach(f *finding, k *plan, than truth) {
	action := k.technique.needs[0]
	if !slices.Contains(attaching, action) {
		return
	}
	var given [surely + 1][]model.ID
	try := func(id model.ID, arn string) truth {
		extra := e.an.alterContext(f.target, action)
		extra["iam:policyarn"] = []string{arn}
		v := e.ask(f.target, action, extra)
		if v > than {
			given[v] = append(given[v], id)
		}
		return v
	}
	enough := true
	for _, name := range greatest {
		if arn := e.w.ofAWS(name); arn != "" {
			enough = try(model.ID(arn), arn) == surely && enough
		}
	}
	if !enough {
		for _, p := range e.attachables() {
			try(p.id, p.arn)
		}
	}
	if !enough && len(e.attachables()) > 0 {
		e.actor.meddles = true // what they say may be another
	}
	for v, ids := range given {
		slices.Sort(ids)
		var allowing []model.ID
		put := func(ids ...model.ID) {
			for _, i := range e.an.holders(f.target) {
				c := change{given: slices.DeleteFunc(slices.Clone(ids), func(id model.ID) bool { return slices.Contains(e.an.actors[i].ids, id) })}
				if len(c.given) > 0 {
					e.alters(f, k, i, truth(v) == surely, c)
				}
			}
		}
		for _, id := range slices.Compact(ids) {
			switch doc := e.an.documentOf(id); {
			case !slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool { return s.Effect == policy.Allow }): // it gives nothing
			case denying(doc):
				put(id) // it takes something as well
			default:
				allowing = append(allowing, id)
			}
		}
		put(allowing...)
	}
}

// ofAWS is the ARN of one of AWS's policies in the design's partition, "" for a name that AWS has not.
func (w *world) ofAWS(name string) string {
	rest, ok := strings.CutPrefix(w.catalog.ManagedPolicyARN(name), "arn:aws:")
	if !ok {
		return ""
	}
	return "arn:" + w.partition + ":" + rest
}

// An attachable is a managed policy.
type attachable struct {
	id  model.ID
	arn string
}

// attachables are the managed policies that conditions of the actor's policies may let it attach: those that they name, and all
// where they name others.
func (e *explorer) attachables() []attachable {
	if e.attaches != nil {
		return e.attaches
	}
	const key = "iam:policyarn"
	e.attaches = []attachable{}
	named := e.an.valuesOf(e.actor, -1, key)
	if len(named) == 0 {
		return e.attaches
	}
	excepts := slices.ContainsFunc(slices.Concat(e.actor.identity, e.actor.limits()), func(d *answers) bool {
		return slices.ContainsFunc(d.statements, func(s *statement) bool {
			return slices.ContainsFunc(s.from.Conditions, func(c policy.Condition) bool {
				return strings.EqualFold(c.Key, key) && (s.deny || strings.Contains(c.Operator, "Not") || strings.Contains(c.Operator, "Null"))
			})
		})
	})
	put := func(id model.ID, arn string) {
		if excepts || slices.ContainsFunc(named, func(p string) bool { _, ok := policy.Overlap(p, arn); return ok }) {
			e.attaches = append(e.attaches, attachable{id, arn})
		}
	}
	for _, p := range e.an.design.Policies() {
		if p.Managed && p.ARN != "" && p.Document != nil {
			put(p.ID, p.ARN)
		}
	}
	for _, name := range e.w.catalog.ManagedPolicies() {
		if arn := e.w.ofAWS(name); e.an.design.Policy(model.ID(arn)) == nil {
			put(model.ID(arn), arn)
		}
	}
	return e.attaches
}

// ownedByAWS are documents of AWS's policies, by ARN: pointers are what documents are known by.
var ownedByAWS sync.Map

// documentOf is what a policy of the design, or one of AWS's by its ARN, says.
func (an *Analysis) documentOf(id model.ID) *policy.Document {
	if p := an.design.Policy(id); p != nil {
		return p.Document
	}
	if doc := an.version(id); doc != nil {
		return doc
	}
	if doc, ok := ownedByAWS.Load(id); ok {
		return doc.(*policy.Document)
	}
	p := an.world.catalog.ManagedPolicy(string(id))
	if p == nil {
		return new(policy.Document)
	}
	doc, err := policy.Parse(p.Document)
	if err != nil {
		return new(policy.Document)
	}
	kept, _ := ownedByAWS.LoadOrStore(id, doc)
	return kept.(*policy.Document)
}
