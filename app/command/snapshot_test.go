package command_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A snapshot is an account in the making.
type snapshot struct {
	number                                                             string
	users, groups, roles, policies                                     []any
	functions, resources, resourcePolicies, triggers, levels, controls []any
}

func newSnapshot(number string) *snapshot { return &snapshot{number: number} }

type object = map[string]any

// iam is the ARN of an identity of the account: "role/Deploy".
func (a *snapshot) iam(name string) string { return "arn:aws:iam::" + a.number + ":" + name }

// at is the ARN of a thing of the account: "lambda:function:f".
func (a *snapshot) at(rest string) string {
	service, rest, _ := strings.Cut(rest, ":")
	return "arn:aws:" + service + ":us-east-1:" + a.number + ":" + rest
}

// grants is a statement: actions are words, resources too.
func grants(actions, resources string, conditions ...string) object {
	s := object{"Effect": "Allow", "Action": strings.Fields(actions), "Resource": strings.Fields(resources)}
	if len(conditions) > 0 {
		s["Condition"] = json.RawMessage(conditions[0])
	}
	return s
}

func denies(actions, resources string, conditions ...string) object {
	s := grants(actions, resources, conditions...)
	s["Effect"] = "Deny"
	return s
}

// lets is a statement of a resource policy, or of a trust policy where resources are none.
func lets(principal object, actions, resources string, conditions ...string) object {
	s := grants(actions, resources, conditions...)
	s["Principal"] = principal
	if resources == "" {
		delete(s, "Resource")
	}
	return s
}

// trusts is a trust policy's statement.
func trusts(principal object, conditions ...string) object {
	return lets(principal, "sts:AssumeRole", "", conditions...)
}

func aws(arns ...string) object      { return object{"AWS": arns} }
func service(names ...string) object { return object{"Service": names} }
func document(statements []any) object {
	return object{"Version": "2012-10-17", "Statement": statements}
}

// own splits what an identity is given into inline statements, ARNs of managed policies, and groups ("group/NAME").
func own(given []any) (statements []any, attached []any, groups []string) {
	for _, g := range given {
		switch g := g.(type) {
		case object:
			statements = append(statements, g)
		case string:
			if name, ok := strings.CutPrefix(g, "group/"); ok {
				groups = append(groups, name)
			} else {
				attached = append(attached, object{"PolicyArn": g, "PolicyName": g[strings.LastIndexByte(g, '/')+1:]})
			}
		}
	}
	return statements, attached, groups
}

func (a *snapshot) identity(kind, name string, given []any) object {
	statements, attached, groups := own(given)
	o := object{"Path": "/", kind + "Name": name, "Arn": a.iam(strings.ToLower(kind) + "/" + name), "AttachedManagedPolicies": attached}
	if len(statements) > 0 {
		o[kind+"PolicyList"] = []any{object{"PolicyName": "inline", "PolicyDocument": document(statements)}}
	}
	if kind == "User" {
		o["GroupList"] = groups
	}
	return o
}

// role adds a role that trusts, with statements and managed policies. It returns its ARN.
func (a *snapshot) role(name string, trust object, given ...any) string {
	if trust["Effect"] == nil {
		trust = trusts(trust) // a principal
	}
	o := a.identity("Role", name, given)
	o["AssumeRolePolicyDocument"] = document([]any{trust})
	a.roles = append(a.roles, o)
	return o["Arn"].(string)
}

// profiles says which instance profiles hold a role.
func (a *snapshot) profiles(role string, names ...string) {
	list := []any{}
	for _, name := range names {
		list = append(list, object{"InstanceProfileName": name, "Arn": a.iam("instance-profile/" + name)})
	}
	for _, o := range a.roles {
		if o.(object)["RoleName"] == role {
			o.(object)["InstanceProfileList"] = list
		}
	}
}

func (a *snapshot) user(name string, given ...any) string {
	o := a.identity("User", name, given)
	a.users = append(a.users, o)
	return o["Arn"].(string)
}

func (a *snapshot) group(name string, given ...any) string {
	o := a.identity("Group", name, given)
	a.groups = append(a.groups, o)
	return o["Arn"].(string)
}

func (a *snapshot) managed(name string, statements ...any) string {
	arn := a.iam("policy/" + name)
	a.policies = append(a.policies, object{"PolicyName": name, "Arn": arn, "DefaultVersionId": "v1",
		"PolicyVersionList": []any{object{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(statements)}}})
	return arn
}

// bounded gives the role or user that was added last of its kind a permissions boundary.
func bounded(of []any, policy string) {
	of[len(of)-1].(object)["PermissionsBoundary"] = object{"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy}
}

func (a *snapshot) function(name, role string) string {
	arn := a.at("lambda:function:" + name)
	a.functions = append(a.functions, object{"FunctionName": name, "FunctionArn": arn, "Role": role, "Runtime": "python3.12", "Handler": "a.b"})
	return arn
}

// resource adds a resource, with the statements of its policy.
func (a *snapshot) resource(arn, cfnType string, policy ...any) string {
	a.resources = append(a.resources, object{"Arn": arn, "Type": cfnType})
	if len(policy) > 0 {
		a.policyOf(arn, policy...)
	}
	return arn
}

func (a *snapshot) policyOf(arn string, statements ...any) {
	a.resourcePolicies = append(a.resourcePolicies, object{"Resource": arn, "Account": a.number, "Policy": document(statements)})
}

// encrypted says which key encrypts the resource that was added last.
func (a *snapshot) encrypted(key string) {
	a.resources[len(a.resources)-1].(object)["KmsKeyArn"] = key
}

// acts says which role what runs in the resource that was added last has.
func (a *snapshot) acts(role string) {
	a.resources[len(a.resources)-1].(object)["Role"] = role
}

// file writes the account to a file and returns its path.
func (a *snapshot) file(t testing.TB, dir string) string {
	t.Helper()
	data, err := json.Marshal(object{"bulkhead": "account/v1", "account": a.number, "regions": []string{"us-east-1"}, "taken": "2026-01-01T00:00:00Z",
		"authorizationDetails": object{"UserDetailList": a.users, "GroupDetailList": a.groups, "RoleDetailList": a.roles, "Policies": a.policies},
		"functions":            a.functions, "resources": a.resources, "resourcePolicies": a.resourcePolicies, "triggers": a.triggers, "scps": a.levels, "rcps": a.controls})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, a.number+".json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A flood is what breach says of one start.
type flood struct {
	admin string            // "must", "may", "" for none
	hits  map[string]string // target → "must read,write"
}

// flooded asks for the breach of a start over some accounts.
func flooded(t testing.TB, start string, accounts ...*snapshot) flood {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for _, a := range accounts {
		files = append(files, a.file(t, dir))
	}
	return breachOf(t, start, files...)
}

// breachOf asks for the breach of a start over some files and folders.
func breachOf(t testing.TB, start string, files ...string) flood {
	t.Helper()
	args := append([]string{"breach", "--json", "--from", start}, files...)
	type breaches struct {
		Breaches []struct {
			Admin, AdminMay bool
			Hits            []struct {
				Target, Certainty string
				Capabilities      []string
			}
		}
	}
	b := decoded[breaches](t, done(t, args...)).Breaches[0]
	out := flood{hits: map[string]string{}}
	switch {
	case b.AdminMay:
		out.admin = "may"
	case b.Admin:
		out.admin = "must"
	}
	for _, h := range b.Hits {
		out.hits[h.Target] = fmt.Sprint(h.Certainty, " ", strings.Join(h.Capabilities, ","))
	}
	return out
}
