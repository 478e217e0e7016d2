package session

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model"
	"bulkhead/model/export"
)

// Generated tells where changes belong that no file of the source takes, because a program writes it: for each role
// whose policies changed and each function that came or went, the construct that makes it, and the policy file that
// says what it is to be allowed. "" where nothing like that changed.
// https://docs.aws.amazon.com/cdk/v2/guide/permissions.html
func (s *Session) Generated() string {
	st := s.State()
	before, after := st.Before.Design, st.After.Design
	made := before.Info().Constructs
	names := export.Names(after)
	changed := map[model.ID]bool{}
	for _, c := range before.Diff(after) {
		for _, e := range []model.Element{c.Before, c.After} {
			if e != nil {
				changed[e.ElementID()] = true
			}
		}
	}
	var lines []string
	for _, r := range after.Roles() {
		touched := changed[r.ID] || slices.ContainsFunc(r.Policies, func(id model.ID) bool { return changed[id] })
		was := before.Role(r.ID)
		switch {
		case !touched || r.External:
		case was == nil:
			lines = append(lines, fmt.Sprintf("- **A new role** for %s: `policies/%s.json` is all that it is to be allowed.", functionsOf(after, r.ID), names[r.ID]))
		case made[r.ID] != "":
			lines = append(lines, fmt.Sprintf("- Construct `%s` (role `%s`, %s): `policies/%s.json` is all that it is to be allowed of its own. %s", made[r.ID], r.LogicalID, r.Origin, names[r.ID], attachedTo(after, r)))
			lines = append(lines, policiesOf(before, was, made)...)
		}
	}
	for _, f := range after.Functions() {
		if before.Function(f.ID) != nil {
			continue
		}
		from := ""
		for _, w := range before.Functions() {
			if w.Origin == f.Origin && made[w.ID] != "" {
				from = fmt.Sprintf(", beside construct `%s` that it comes from", made[w.ID])
			}
		}
		lines = append(lines, fmt.Sprintf("- **A new function** `%s` with the handler `%s`%s; it runs as `%s`.", f.LogicalID, f.Handler, from, after.Name(f.Role)))
	}
	for _, f := range before.Functions() {
		if after.Function(f.ID) == nil && made[f.ID] != "" {
			lines = append(lines, fmt.Sprintf("- Construct `%s` (function `%s`) goes.", made[f.ID], f.LogicalID))
		}
	}
	if len(lines) == 0 || len(made) == 0 {
		return ""
	}
	return "# Where the changes belong in the app\n\n" +
		"The templates are written by `cdk synth`, so they stay as they are. Give each role below what its file says, instead of what the app grants it now\n" +
		"(`grant…` calls, `addToRolePolicy`, inline policies): `iam.PolicyDocument.fromJson` reads such a file. Then synthesize again and open the result: Bulkhead compares it.\n\n" +
		strings.Join(lines, "\n") + "\n"
}

// functionsOf lists the functions that run as a role.
func functionsOf(d *model.Design, role model.ID) string {
	var names []string
	for _, f := range d.Functions() {
		if f.Role == role {
			names = append(names, "`"+f.LogicalID+"`")
		}
	}
	if names == nil {
		return "no function"
	}
	return strings.Join(names, ", ")
}

// attachedTo says which of AWS's policies stay attached to a role.
func attachedTo(d *model.Design, r *model.Role) string {
	var names []string
	for _, id := range r.Policies {
		if p := d.Policy(id); p != nil && awsOwn(p) {
			names = append(names, p.Name)
		}
	}
	if names == nil {
		return "No policy of AWS's stays attached."
	}
	return "Attached stays " + strings.Join(names, ", ") + "."
}

// policiesOf lists the constructs that make a role's own policies now.
func policiesOf(d *model.Design, r *model.Role, made map[model.ID]string) []string {
	var out []string
	for _, id := range r.Policies {
		if at := made[id]; at != "" {
			out = append(out, fmt.Sprintf("  - now in construct `%s` (`%s`, %s)", at, d.Policy(id).LogicalID, d.Policy(id).Origin))
		}
	}
	return out
}
