package reach

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/policy"
	"bulkhead/model/source"
)

// An editing draws edits of a design, one after the other, of all kinds that an architect makes.
type editing struct {
	rich
	t   testing.TB
	d   *model.Design
	was []*model.Design // before
	new int             // elements that were added
}

// An editKind makes one kind of edit; nothing where the design has nothing of the sort.
type editKind struct {
	name string
	make func(e *editing) []model.Change
}

// What only policies' statements say is edited the most: of that the most is taken over.
var policyEdits = []editKind{
	{"a policy says something else", func(e *editing) []model.Change {
		return e.onPolicy(func(*policy.Document) []*policy.Statement {
			return document(e.t, e.statements("says", 1, 3)).Statements
		})
	}},
	{"a policy loses a statement", func(e *editing) []model.Change {
		return e.onPolicy(func(d *policy.Document) []*policy.Statement {
			if len(d.Statements) == 0 {
				return nil
			}
			i := rapid.IntRange(0, len(d.Statements)-1).Draw(e.T, "lost")
			return slices.Delete(slices.Clone(d.Statements), i, i+1)
		})
	}},
	{"a policy gets a statement", func(e *editing) []model.Change {
		return e.onPolicy(func(d *policy.Document) []*policy.Statement {
			return append(slices.Clone(d.Statements), document(e.t, e.statement("more")).Statements...)
		})
	}},
	{"a policy gets an escalation", func(e *editing) []model.Change {
		return e.onPolicy(func(d *policy.Document) []*policy.Statement {
			says := allow(rapid.SampledFrom(escalations).Draw(e.T, "escalation"), e.pick("on", "*", roleARN("*"), roleARN("Deploy")))
			return append(slices.Clone(d.Statements), document(e.t, says).Statements...)
		})
	}},
	{"a policy gets what another says", func(e *editing) []model.Change {
		return e.onPolicy(func(d *policy.Document) []*policy.Statement {
			return append(slices.Clone(d.Statements), rapid.SampledFrom(e.d.Policies()).Draw(e.T, "another").Document.Statements...)
		})
	}},
	{"a policy says it in another order", func(e *editing) []model.Change {
		return e.onPolicy(func(d *policy.Document) []*policy.Statement {
			return rapid.Permutation(d.Statements).Draw(e.T, "order")
		})
	}},
	{"a policy is another's", func(e *editing) []model.Change {
		p, other := e.policy(), e.policy()
		return []model.Change{changed(p, func(p *model.Policy) { p.Document = other.Document })}
	}},
	{"two policies are swapped", func(e *editing) []model.Change {
		p, other := e.policy(), e.policy()
		if p == other {
			return nil
		}
		return []model.Change{changed(p, func(p *model.Policy) { p.Document = other.Document }), changed(other, func(x *model.Policy) { x.Document = p.Document })}
	}},
	{"several policies say something else", func(e *editing) []model.Change {
		p, other := e.policy(), e.policy()
		if p == other {
			return nil
		}
		anew := func(p *model.Policy) { p.Document = document(e.t, e.statements("says", 1, 2)) }
		return []model.Change{changed(p, anew), changed(other, anew)}
	}},
	{"a resource is marked", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) { r.Crown = !r.Crown })
	}},
}

var otherEdits = []editKind{
	{"a policy has another version", func(e *editing) []model.Change {
		p := e.d.Policy("policy/Old")
		if p == nil {
			return nil
		}
		return []model.Change{changed(p, func(p *model.Policy) {
			if p.Listed = rapid.Bool().Draw(e.T, "listed"); rapid.Bool().Draw(e.T, "more") {
				p.Versions = append(slices.Clone(p.Versions), document(e.t, e.statements("version", 1, 2)))
			} else {
				p.Versions = nil
			}
		})}
	}},
	{"a role gets a policy, or loses one", func(e *editing) []model.Change {
		return e.onRole(func(r *model.Role) { r.Policies = toggled(r.Policies, e.policy().ID) })
	}},
	{"a user or group gets a policy, or loses one", func(e *editing) []model.Change {
		return e.onPrincipal(func(p *model.Principal) { p.Policies = toggled(p.Policies, e.policy().ID) })
	}},
	{"a user enters a group, or leaves it", func(e *editing) []model.Change {
		groups := slices.DeleteFunc(e.d.Principals(), func(p *model.Principal) bool { return p.Kind != model.Group })
		if len(groups) == 0 {
			return nil
		}
		return e.onPrincipal(func(p *model.Principal) {
			if p.Kind == model.User {
				p.Groups = toggled(p.Groups, rapid.SampledFrom(groups).Draw(e.T, "group").ID)
			}
		})
	}},
	{"a role trusts others", func(e *editing) []model.Change {
		return e.onRole(func(r *model.Role) { r.Trust = e.trust(e.t, "new") })
	}},
	{"a role gets a boundary, or loses it", func(e *editing) []model.Change {
		return e.onRole(func(r *model.Role) { r.Boundary = e.other(r.Boundary) })
	}},
	{"a user gets a boundary, or loses it", func(e *editing) []model.Change {
		return e.onPrincipal(func(p *model.Principal) {
			if p.Kind == model.User {
				p.Boundary = e.other(p.Boundary)
			}
		})
	}},
	{"a role or a user is tagged", func(e *editing) []model.Change {
		if rapid.Bool().Draw(e.T, "user") {
			return e.onPrincipal(func(p *model.Principal) { p.Tags = e.tags("new") })
		}
		return e.onRole(func(r *model.Role) { r.Tags = e.tags("new") })
	}},
	{"a resource is tagged", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) { r.Tags = e.tags("new") })
	}},
	{"a resource's policy changes", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) { r.Policy = e.policyFor(e.t, "new", r) })
	}},
	{"a resource's policy is seen, or no more", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) { r.PolicyUnseen = !r.PolicyUnseen })
	}},
	{"a bucket is closed to the public, or counts access control lists", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) {
			if r.Type == "AWS::S3::Bucket" {
				r.BlockPublicAccess, r.PublicLists = rapid.Bool().Draw(e.T, "closed"), rapid.Bool().Draw(e.T, "lists")
			}
		})
	}},
	{"a resource gets a key, or loses it", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) {
			if k := e.d.Resource("res/k"); k != nil && r.ID != k.ID && r.Key == "" {
				r.Key = k.ID
			} else {
				r.Key = ""
			}
		})
	}},
	{"a resource is added", func(e *editing) []model.Change {
		e.new++
		name := fmt.Sprintf("New%d", e.new)
		typ := e.pick("type", "AWS::S3::Bucket", queueType, "AWS::SecretsManager::Secret", "AWS::DynamoDB::Table")
		return []model.Change{{After: &model.Resource{ID: model.ID("res/" + name), LogicalID: name, Name: name, ARN: arnOf(typ, name), Type: typ, Tags: e.tags("new"), Origin: e.place()}}}
	}},
	{"a resource goes", func(e *editing) []model.Change {
		r := rapid.SampledFrom(e.d.Resources()).Draw(e.T, "resource")
		out := []model.Change{{Before: r}}
		for _, x := range e.d.Triggers() {
			if x.From == r.ID || x.To == r.ID {
				out = append(out, model.Change{Before: x})
			}
		}
		for _, x := range e.d.Resources() {
			if x.Key == r.ID && x != r {
				out = append(out, changed(x, func(x *model.Resource) { x.Key = "" }))
			}
		}
		return out
	}},
	{"a trigger comes, or goes", func(e *editing) []model.Change {
		x := e.trigger(rapid.IntRange(0, len(richTriggers)-1).Draw(e.T, "trigger"))
		if old := e.d.Trigger(x.ID); old != nil {
			return []model.Change{{Before: old}}
		}
		for _, end := range []model.ID{x.From, x.To, x.Role} {
			if end != "" && e.d.Element(end) == nil {
				return nil
			}
		}
		return []model.Change{{After: x}}
	}},
	{"a trigger lets something else through", func(e *editing) []model.Change {
		all := e.d.Triggers()
		if len(all) == 0 {
			return nil
		}
		return []model.Change{changed(rapid.SampledFrom(all).Draw(e.T, "trigger"), func(x *model.Trigger) {
			if x.Filter = e.filter("new", x.Kind); e.one(3, "off") {
				x.Off = !x.Off
			}
		})}
	}},
	{"a function is added", func(e *editing) []model.Change {
		e.new++
		name, role := fmt.Sprintf("New%d", e.new), rapid.SampledFrom(e.d.Roles()).Draw(e.T, "role")
		return []model.Change{{After: &model.Function{ID: model.ID("fn/" + name), LogicalID: name, Name: name, ARN: functionARN(name), Runtime: "python3.12", Role: role.ID, RoleARN: role.ARN, Origin: e.place()}}}
	}},
	{"a function goes", func(e *editing) []model.Change {
		all := e.d.Functions()
		if len(all) == 0 {
			return nil
		}
		f := rapid.SampledFrom(all).Draw(e.T, "function")
		out := []model.Change{{Before: f}}
		for _, x := range e.d.Triggers() {
			if x.From == f.ID || x.To == f.ID {
				out = append(out, model.Change{Before: x})
			}
		}
		return out
	}},
	{"a function has another role", func(e *editing) []model.Change {
		role := rapid.SampledFrom(e.d.Roles()).Draw(e.T, "role")
		return e.onFunction(func(f *model.Function) { f.Role, f.RoleARN = role.ID, role.ARN })
	}},
	{"a function's policy changes", func(e *editing) []model.Change {
		return e.onFunction(func(f *model.Function) {
			f.Policy = e.resource(e.t, "new", "lambda:InvokeFunction|lambda:*|lambda:UpdateFunctionCode", f.ARN)
		})
	}},
	{"a function reads something else", func(e *editing) []model.Change {
		return e.onFunction(func(f *model.Function) {
			f.Environment = []model.EnvVar{{Name: "X", Refers: rapid.SampledFrom([]model.ID{"", "res/S"}).Draw(e.T, "refers")}}
		})
	}},
	{"a role goes", func(e *editing) []model.Change {
		all := slices.DeleteFunc(e.d.Roles(), func(r *model.Role) bool {
			return slices.ContainsFunc(e.d.Functions(), func(f *model.Function) bool { return f.Role == r.ID }) || slices.ContainsFunc(e.d.Resources(), func(x *model.Resource) bool { return x.Role == r.ID }) ||
				slices.ContainsFunc(e.d.Triggers(), func(x *model.Trigger) bool { return x.Role == r.ID })
		})
		if len(all) == 0 {
			return nil
		}
		return []model.Change{{Before: rapid.SampledFrom(all).Draw(e.T, "role")}}
	}},
}

// designEdits make another design of the whole.
var designEdits = []struct {
	name string
	make func(e *editing) *model.Design
}{
	{"the organization says something else", func(e *editing) *model.Design {
		info := e.d.Info()
		info.Guardrails = e.guardrails(e.t)
		return e.d.WithInfo(info)
	}},
	{"it is as it was", func(e *editing) *model.Design {
		return rapid.SampledFrom(append(e.was, e.d)).Draw(e.T, "as it was")
	}},
	{"it is read again", func(e *editing) *model.Design {
		var changes []model.Change
		for _, p := range e.d.Policies() {
			changes = append(changes, changed(p, func(p *model.Policy) {
				says, err := p.Document.Format()
				if err == nil {
					p.Document, err = policy.Parse(says)
				}
				if err != nil {
					e.t.Fatal(err)
				}
			}))
		}
		return e.with(changes)
	}},
}

// place is a place of its own for what is added.
func (e *editing) place() source.Span {
	return source.Span{File: "new.yaml", Start: e.new, End: e.new + 1, Line: e.new}
}

// next edits the design and says how. Where it is asked for, what policies say alone is edited.
func (e *editing) next(policies bool) (how string) {
	was, n := e.d, len(policyEdits)
	if !policies {
		n += len(otherEdits) + len(designEdits)
	}
	switch i := rapid.IntRange(0, n-1).Draw(e.T, "edit"); {
	case i < len(policyEdits):
		how, e.d = policyEdits[i].name, e.with(policyEdits[i].make(e))
	case i < len(policyEdits)+len(otherEdits):
		i -= len(policyEdits)
		how, e.d = otherEdits[i].name, e.with(otherEdits[i].make(e))
	default:
		i -= len(policyEdits) + len(otherEdits)
		how, e.d = designEdits[i].name, designEdits[i].make(e)
	}
	e.was = append(e.was, was)
	return how
}

// with is the design after changes.
func (e *editing) with(changes []model.Change) *model.Design {
	d, err := e.d.With(changes...)
	if err != nil {
		e.t.Fatal(err)
	}
	return d
}

// changed is a change of an element.
func changed[T any, P interface {
	*T
	model.Element
}](old P, how func(P)) model.Change {
	after := *old
	how(&after)
	return model.Change{Before: old, After: P(&after)}
}

// one changes an element of a sort; nothing where there is none.
func one[T any, P interface {
	*T
	model.Element
}](e *editing, all []P, how func(P)) []model.Change {
	if len(all) == 0 {
		return nil
	}
	return []model.Change{changed(rapid.SampledFrom(all).Draw(e.T, "of"), how)}
}

func (e *editing) onRole(how func(*model.Role)) []model.Change { return one(e, e.d.Roles(), how) }

func (e *editing) onPrincipal(how func(*model.Principal)) []model.Change {
	return one(e, e.d.Principals(), how)
}

func (e *editing) onResource(how func(*model.Resource)) []model.Change {
	return one(e, e.d.Resources(), how)
}

func (e *editing) onFunction(how func(*model.Function)) []model.Change {
	return one(e, e.d.Functions(), how)
}

// onPolicy changes what a policy says.
func (e *editing) onPolicy(how func(*policy.Document) []*policy.Statement) []model.Change {
	return one(e, e.d.Policies(), func(p *model.Policy) {
		doc := *p.Document
		doc.Statements = how(p.Document)
		p.Document = &doc
	})
}

func (e *editing) policy() *model.Policy {
	return rapid.SampledFrom(e.d.Policies()).Draw(e.T, "policy")
}

// other is another boundary than one: none where there is one.
func (e *editing) other(boundary model.ID) model.ID {
	if boundary != "" {
		return ""
	}
	managed := slices.DeleteFunc(e.d.Policies(), func(p *model.Policy) bool { return !p.Managed })
	if len(managed) == 0 {
		return ""
	}
	return rapid.SampledFrom(managed).Draw(e.T, "boundary").ID
}

// toggled is a list with an id, or without it.
func toggled(list []model.ID, id model.ID) []model.ID {
	if slices.Contains(list, id) {
		return slices.DeleteFunc(slices.Clone(list), func(x model.ID) bool { return x == id })
	}
	return append(slices.Clone(list), id)
}
