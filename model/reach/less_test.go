package reach

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// lessEdits take permissions away, or ways on; nothing where the design has nothing of the sort.
var lessEdits = []editKind{
	{"a policy loses a grant", func(e *editing) []model.Change {
		return e.onPolicy(func(d *policy.Document) []*policy.Statement { return e.ungranted(d).Statements })
	}},
	{"a policy gets a denial", func(e *editing) []model.Change {
		return e.onPolicy(func(d *policy.Document) []*policy.Statement {
			return append(slices.Clone(d.Statements), denied(e.t, e.statement("denial")).Statements...)
		})
	}},
	{"a role loses a policy that denies nothing", func(e *editing) []model.Change {
		return e.onRole(func(r *model.Role) { r.Policies = e.fewer(r.Policies) })
	}},
	{"a user or group loses a policy that denies nothing", func(e *editing) []model.Change {
		return e.onPrincipal(func(p *model.Principal) { p.Policies = e.fewer(p.Policies) })
	}},
	{"a user leaves groups that deny nothing", func(e *editing) []model.Change {
		return e.onPrincipal(func(p *model.Principal) {
			p.Groups = slices.DeleteFunc(slices.Clone(p.Groups), func(g model.ID) bool { return !e.deny(e.d.Principal(g).Policies) })
		})
	}},
	{"a role gets a boundary", func(e *editing) []model.Change {
		return e.onRole(func(r *model.Role) { r.Boundary = e.limit(r.Boundary) })
	}},
	{"a user gets a boundary", func(e *editing) []model.Change {
		return e.onPrincipal(func(p *model.Principal) {
			if p.Kind == model.User {
				p.Boundary = e.limit(p.Boundary)
			}
		})
	}},
	{"a role trusts fewer", func(e *editing) []model.Change {
		return e.onRole(func(r *model.Role) { r.Trust = e.ungranted(r.Trust) })
	}},
	// What was not read of a policy stays so: read, it would deny nobody any more either, and what is perhaps reached would be so surely.
	{"a resource lets fewer in", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) {
			if r.Policy != nil {
				r.Policy = e.ungranted(r.Policy)
			}
		})
	}},
	{"a resource denies more", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) {
			if r.Policy == nil {
				return
			}
			doc := *r.Policy
			more := document(e.t, `{"Effect": "Deny", "Principal": `+e.pick("whom", richPrincipals...)+`, "Action": "*", "Resource": "*"}`)
			doc.Statements = append(slices.Clone(doc.Statements), more.Statements...)
			r.Policy = &doc
		})
	}},
	{"a bucket is closed to the public", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) { r.BlockPublicAccess = r.Type == "AWS::S3::Bucket" })
	}},
	{"a resource gets a key", func(e *editing) []model.Change {
		return e.onResource(func(r *model.Resource) {
			if r.Key == "" && r.Type != keyType && e.d.Resource("res/k") != nil {
				r.Key = "res/k"
			}
		})
	}},
	{"a trigger goes", func(e *editing) []model.Change {
		all := e.d.Triggers()
		if len(all) == 0 {
			return nil
		}
		return []model.Change{{Before: rapid.SampledFrom(all).Draw(e.T, "trigger")}}
	}},
	{"a trigger lets less through", func(e *editing) []model.Change {
		all := e.d.Triggers()
		if len(all) == 0 {
			return nil
		}
		return []model.Change{changed(rapid.SampledFrom(all).Draw(e.T, "trigger"), func(x *model.Trigger) {
			switch {
			case x.Kind == "s3-notification" || x.Kind == model.Replication:
				x.Filter.Prefix += "a"
			case x.Filter.Pattern == "":
				x.Filter = e.filter("less", x.Kind)
			}
		})}
	}},
	{"a function reads nothing", func(e *editing) []model.Change {
		return e.onFunction(func(f *model.Function) { f.Environment = nil })
	}},
	{"a function lets fewer in", func(e *editing) []model.Change {
		return e.onFunction(func(f *model.Function) {
			if f.Policy != nil {
				f.Policy = e.ungranted(f.Policy)
			}
		})
	}},
}

// ungranted is a document without one of its grants.
func (e *editing) ungranted(d *policy.Document) *policy.Document {
	var grants []int
	for i, s := range d.Statements {
		if s.Effect == policy.Allow {
			grants = append(grants, i)
		}
	}
	if len(grants) == 0 {
		return d
	}
	doc, i := *d, rapid.SampledFrom(grants).Draw(e.T, "grant")
	doc.Statements = slices.Delete(slices.Clone(d.Statements), i, i+1)
	return &doc
}

// denied is a statement as a denial.
func denied(t testing.TB, statement string) *policy.Document {
	return document(t, strings.Replace(statement, `"Effect": "Allow"`, `"Effect": "Deny"`, 1))
}

// deny reports whether some of the policies do.
func (e *editing) deny(ids []model.ID) bool {
	return slices.ContainsFunc(e.d.Documents(ids), func(d *policy.Document) bool {
		return slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool { return s.Effect == policy.Deny })
	})
}

// fewer is a list of policies without one that denies nothing.
func (e *editing) fewer(ids []model.ID) []model.ID {
	granting := slices.DeleteFunc(slices.Clone(ids), func(id model.ID) bool { return e.deny([]model.ID{id}) })
	if len(granting) == 0 {
		return ids
	}
	return toggled(ids, rapid.SampledFrom(granting).Draw(e.T, "policy"))
}

// limit is a boundary for who has none. Where somebody may change those with a certain boundary alone it may let him do more.
func (e *editing) limit(boundary model.ID) model.ID {
	for x := range e.d.All() {
		if doc := model.DocumentOf(x); doc != nil && slices.ContainsFunc(doc.Statements, func(s *policy.Statement) bool {
			return slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return strings.EqualFold(c.Key, "iam:PermissionsBoundary") })
		}) {
			return boundary
		}
	}
	if boundary != "" {
		return boundary
	}
	return e.other("")
}

// Taking permissions or ways away lets nobody reach more, and so giving them back takes nothing away.
func TestLessGrantsLess(t *testing.T) {
	seldom(t, 2, func(rt *rapid.T) {
		e := &editing{rich: rich{rt}, t: t, d: drawAny(rt, t)}
		a := analyse(t, e.d, nil)
		before := flood(a)
		kind, how := rapid.IntRange(0, len(lessEdits)).Draw(rt, "less"), "under another SCP or RCP"
		if kind < len(lessEdits) {
			how = lessEdits[kind].name
			e.d = e.with(lessEdits[kind].make(e))
		} else {
			info := e.d.Info()
			info.Guardrails = maps.Clone(info.Guardrails)
			if info.Guardrails == nil {
				info.Guardrails = map[string]model.Guardrails{}
			}
			account := e.pick("account", testAccount, farAccount)
			g := info.Guardrails[account]
			if rapid.Bool().Draw(rt, "SCP") {
				g.SCPs = append(slices.Clone(g.SCPs), e.level(t, account))
			} else {
				g.RCPs = append(slices.Clone(g.RCPs), model.Level{Policies: []*policy.Document{document(t, drawControl(rt, "RCP"))}})
			}
			info.Guardrails[account] = g
			e.d = e.d.WithInfo(info)
		}
		if extra := lacking(flood(analyse(t, e.d, a)), before); len(extra) > 0 {
			rt.Fatalf("%s: now reaches\n%s", how, strings.Join(extra, "\n"))
		}
	})
}
