package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Text folds known administrators into one line that says why, where there are several, and tells them one by one when
// asked; JSON and figures leave none out; the page of a report folds them too, and holds them.
func TestKnownAdministrators(t *testing.T) {
	role := func(name, action string) string {
		return `{"RoleName": "` + name + `", "Arn": "arn:aws:iam::111122223333:role/` + name + `", "Path": "/", "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}]},
 "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "` + action + `", "Resource": "*"}]}}]}`
	}
	file := write(t, "account.json", `{"bulkhead": "account/v1", "account": "111122223333", "authorizationDetails": {"RoleDetailList": [`+
		strings.Join([]string{role("break-glass", "*"), role("OrganizationAccountAccessRole", "*"), role("worker", "sts:*"), role("reader", "s3:*")}, ",")+`]},
 "functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f", "Role": "arn:aws:iam::111122223333:role/worker"}]}`)
	const both = "2 known administrators: break-glass and OrganizationAccountAccessRole (may do anything)"

	who := []string{"who-can", "iam:CreateUser", "*", file}
	if out := done(t, who...); !strings.HasPrefix(out, both+"\n") || strings.Contains(out, "direct  break-glass") || !strings.Contains(out, "must  path  f as worker → break-glass") {
		t.Errorf("who-can:\n%s", out)
	}
	if out := done(t, append(who, "--unfold")...); strings.Contains(out, "known administrators") || !strings.Contains(out, "direct  break-glass") || !strings.Contains(out, "direct  Organization") {
		t.Errorf("who-can --unfold:\n%s", out)
	}
	if out := done(t, append(who, "--known-admin", "work*", "--known-admin", "nobody")...); !strings.HasPrefix(out, "3 known administrators: worker (listed), ") {
		t.Errorf("who-can --known-admin:\n%s", out)
	}
	var can struct {
		Principals []struct{ Principal, Administrator string }
	}
	if err := json.Unmarshal([]byte(done(t, append(who, "--json")...)), &can); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, p := range can.Principals {
		told[p.Principal] = p.Administrator
	}
	if len(told) != 4 || told["role/break-glass"] != "may do anything" || told["role/worker"] != "" {
		t.Errorf("who-can --json: %v", told)
	}

	from := []string{"breach", file, "--from", "f"}
	out := done(t, from...)
	if !strings.Contains(out, "  reaches "+both+"\n") || strings.Contains(out, "runs  break-glass") || !strings.Contains(out, "an administrator is reachable: f → break-glass") {
		t.Errorf("breach:\n%s", out)
	}
	if out := done(t, append(from, "--unfold")...); strings.Contains(out, "known administrators") || !strings.Contains(out, "runs  break-glass") {
		t.Errorf("breach --unfold:\n%s", out)
	}
	var found struct {
		Administrators []struct{ ID, Why string }
		Breaches       []struct {
			Hits []struct{ Target, Administrator string }
		}
	}
	if err := json.Unmarshal([]byte(done(t, append(from, "--json")...)), &found); err != nil {
		t.Fatal(err)
	}
	told = map[string]string{}
	for _, h := range found.Breaches[0].Hits {
		told[h.Target] = h.Administrator
	}
	if len(found.Administrators) != 2 || told["role/break-glass"] != "may do anything" || told["role/OrganizationAccountAccessRole"] == "" || told["role/reader"] != "" {
		t.Errorf("breach --json: %v, %v", found.Administrators, told)
	}

	dir := t.TempDir()
	done(t, "report", file, "-o", dir)
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	_, folded, ok := strings.Cut(string(page), "<summary>Reaches "+both)
	if !ok || !strings.Contains(folded, "break-glass <span") {
		t.Error("the page does not fold and hold the known administrators")
	}
}
