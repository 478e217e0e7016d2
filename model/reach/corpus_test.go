package reach

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/model/policy"
)

// lines reads a file of JSON lines.
func lines[T any](t testing.TB, name string) []T {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(corpus.Dir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for line := range bytes.Lines(data) {
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	if len(out) == 0 {
		t.Fatalf("%s is empty", name)
	}
	return out
}

// The escalations of BishopFox/iam-vulnerable, each as that project deploys it: a policy of the account, attached to a
// role and a user, beside an administrator role (on a function too), user and group.
func TestIAMVulnerable(t *testing.T) {
	type row struct {
		ID               string
		IdentityPolicies map[string]json.RawMessage
		Expected         string
	}
	// Three rows carry no policy: two because their conditions did not survive the extraction, one because its
	// weakness is in a trust policy. There is nothing to find in them.
	empty := 0
	for _, r := range lines[row](t, "privesc/iam-vulnerable.jsonl") {
		if len(r.IdentityPolicies) == 0 || slices.ContainsFunc(slices.Collect(maps.Values(r.IdentityPolicies)), func(d json.RawMessage) bool { return string(d) == "null" }) {
			empty++
			continue
		}
		t.Run(strings.TrimPrefix(r.ID, "iam-vulnerable/"), func(t *testing.T) {
			b := build(t)
			b.info.Kind = "account"
			var ids []model.ID
			for _, name := range slices.Sorted(maps.Keys(r.IdentityPolicies)) {
				d, err := policy.Parse(r.IdentityPolicies[name])
				if err != nil {
					t.Fatal(err)
				}
				p := &model.Policy{ID: model.ID("policy/" + name), Name: name, Managed: true, ARN: "arn:aws:iam::" + testAccount + ":policy/" + name, Document: d, Origin: b.place()}
				if strings.Contains(name, "fn2") {
					p.ARN = "arn:aws:iam::" + testAccount + ":policy/fn2-exploitableResourceConstraint"
				}
				b.elements = append(b.elements, p)
				ids = append(ids, p.ID)
			}
			f := b.function("Start")
			u := b.user("Starter")
			team := b.user("Team")
			team.Kind, team.ARN = model.Group, "arn:aws:iam::"+testAccount+":group/Team"
			u.Policies, u.Groups = ids, []model.ID{team.ID}
			for _, e := range b.elements {
				if role, ok := e.(*model.Role); ok {
					role.Policies = ids
				}
			}
			services := []string{"lambda", "ec2", "glue", "cloudformation", "codebuild", "sagemaker", "datapipeline", "ssm", "states", "ecs-tasks"}
			for i := range services {
				services[i] += ".amazonaws.com"
			}
			admin := b.role("Admin", trusts(services...)+","+rootTrust, adminGrant)
			b.functionOf("Target", admin)
			b.user("Root", adminGrant)
			g := b.user("Admins", adminGrant)
			g.Kind, g.ARN = model.Group, "arn:aws:iam::"+testAccount+":group/Admins"
			a := b.analyse()
			byRole, byUser := breach(t, a, f.ID), breach(t, a, u.ID)
			got := byRole.Admin || byUser.Admin
			if got != (r.Expected == "escalates") {
				t.Errorf("%s, found %v (role: %s; user: %s)", r.Expected, got, why(byRole), why(byUser))
			}
		})
	}
	if empty > 3 {
		t.Errorf("%d rows are empty", empty)
	}
}

func why(b *Breach) string {
	var out []string
	for _, s := range b.AdminWhy() {
		out = append(out, fmt.Sprintf("%s -%s-> %s", s.From, s.Technique, s.To))
	}
	return strings.Join(out, ", ")
}

// Every path of pathfinding.cloud: a role with the permissions that it lists and no others, beside an administrator
// role that trusts whatever service and account the path needs, an administrator user, group and function.
func TestPathfinding(t *testing.T) {
	type row struct {
		ID, Category string
		Required     []struct{ Permission string }
	}
	services := map[string]bool{}
	for i := range techniques {
		for _, s := range techniques[i].by {
			services[s] = true
		}
	}
	delete(services, "cognito-identity.amazonaws.com")
	var missed []string
	rows := lines[row](t, "privesc/pathfinding-cloud-paths.jsonl")
	for _, r := range rows {
		var actions []string
		for _, p := range r.Required {
			actions = append(actions, p.Permission)
		}
		b := build(t)
		b.info.Kind = "account"
		p := b.managed("Path", allow(strings.Join(actions, " "), "*"))
		f := b.function("Start")
		b.elements[len(b.elements)-2].(*model.Role).Policies = []model.ID{p.ID}
		u := b.user("Starter")
		g := b.user("Admins", adminGrant)
		g.ID, g.Kind, g.ARN = "group/Admins", model.Group, "arn:aws:iam::"+testAccount+":group/Admins"
		own := b.user("Team")
		own.ID, own.Kind, own.ARN = "group/Team", model.Group, "arn:aws:iam::"+testAccount+":group/Team"
		u.Policies, u.Groups = []model.ID{p.ID}, []model.ID{own.ID}
		trust := trusts(slices.Sorted(maps.Keys(services))...) + `,{"Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity"},` + rootTrust
		admin := b.role("Admin", trust, adminGrant)
		b.functionOf("Target", admin)
		b.user("Root", adminGrant)
		a := b.analyse()
		if !breach(t, a, f.ID).Admin && !breach(t, a, u.ID).Admin {
			missed = append(missed, r.ID+" "+strings.Join(actions, " + "))
		}
	}
	if len(missed) > 0 {
		t.Errorf("%d of %d missed:\n%s", len(missed), len(rows), strings.Join(missed, "\n"))
	}
}
