package command_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers/account/live"
	"bulkhead/internal/fakeaws"
)

const planted = "MARKED-9c41"

// reader hides the configuration of whoever runs the tests, and gives credentials that are none.
func reader(t *testing.T) {
	t.Helper()
	for _, name := range os.Environ() {
		if name, _, _ = strings.Cut(name, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	dir := t.TempDir()
	for name, value := range map[string]string{"ACCESS_KEY_ID": "AKIDEXAMPLE", "SECRET_ACCESS_KEY": planted, "EC2_METADATA_DISABLED": "true",
		"CONFIG_FILE": filepath.Join(dir, "config"), "SHARED_CREDENTIALS_FILE": filepath.Join(dir, "credentials")} {
		t.Setenv("AWS_"+name, value)
	}
}

func team(n int) *fakeaws.Account {
	a := fakeaws.New("111122223333")
	a.Fill(n, planted)
	a.PageSize = 4
	return a
}

// TestImportAccount takes a snapshot by the command and works with it: nothing that was planted comes out anywhere.
func TestImportAccount(t *testing.T) {
	reader(t)
	a := team(12)
	a.Faults = func(c fakeaws.Call) fakeaws.Fault {
		if c.Operation == "GetKeyPolicy" {
			return fakeaws.Denied
		}
		return fakeaws.Fine
	}
	url, dir := a.Serve(t), t.TempDir()
	file := filepath.Join(dir, "team.json")
	out := []string{}
	said := func(want int, args ...string) result {
		r := run(t, args...)
		if r.code != want {
			t.Fatalf("%q: exit %d: %s%s", args, r.code, r.out, r.err)
		}
		out = append(out, r.out, r.err)
		return r
	}
	r := said(0, "import", "account", "--endpoint-url", url, "--region", fakeaws.Region, "-o", file)
	for _, word := range []string{"account 111122223333 (team) as arn:aws:iam::111122223333:user/reader", "us-east-1"} {
		if !strings.Contains(r.err, word) {
			t.Errorf("before it starts it does not say %q: %s", word, r.err)
		}
	}
	if !strings.Contains(r.out, "12 functions") || !strings.Contains(r.out, "kms:GetKeyPolicy in us-east-1: not allowed") {
		t.Errorf("says %s", r.out)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the snapshot: %v %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.partial")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}

	// Everything works from it.
	var breach struct {
		NotSeen  []string
		Breaches []struct {
			From string
			Hits []struct{ Target string }
		}
	}
	if err := json.Unmarshal([]byte(said(0, "breach", file, "--json").out), &breach); err != nil {
		t.Fatal(err)
	}
	if len(breach.Breaches) != 12 || !slices.ContainsFunc(breach.Breaches[0].Hits, func(h struct{ Target string }) bool { return h.Target == "res/bucket-0" }) {
		t.Errorf("breaches: %+v", breach.Breaches)
	}
	for _, layer := range []string{"kms:GetKeyPolicy in us-east-1", "RDS databases"} {
		if !slices.Contains(breach.NotSeen, layer) {
			t.Errorf("%s is not among what was not seen: %q", layer, breach.NotSeen)
		}
	}
	said(0, "model", file, "--json")
	said(0, "breach", file, "--from", "fn-1")
	said(0, "who-can", "s3:GetObject", "arn:aws:s3:::bucket-0/x", file)
	said(0, "report", file, "-o", filepath.Join(dir, "report"))
	said(0, "draw", file, "--view", "map", "-o", filepath.Join(dir, "map.svg"))

	// Again: what changed; the file but for the time is the same where nothing did.
	if r := said(0, "import", "account", "--endpoint-url", url, "--region", fakeaws.Region, "-o", file); !strings.Contains(r.out, "nothing changed") {
		t.Errorf("a second import says %s", r.out)
	}
	second, _ := os.ReadFile(file)
	if untimed(string(first)) != untimed(string(second)) {
		t.Error("two imports of the same account differ")
	}
	a.Set("kms:ListGrants", "11111111-2222-3333-4444-555555555555", fakeaws.M{"Grants": []any{}})
	if r := said(0, "import", "account", "--endpoint-url", url, "--region", fakeaws.Region, "-o", file); !strings.Contains(r.out, "- grant of key") {
		t.Errorf("an import after a change says %s", r.out)
	}
	packed := filepath.Join(dir, "team.json.gz")
	said(0, "import", "account", "--endpoint-url", url, "--region", "all", "-o", packed)
	said(0, "breach", packed)

	for _, text := range out {
		if strings.Contains(text, planted) {
			t.Errorf("what was planted is printed: %s", text)
		}
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), planted) {
			t.Errorf("what was planted is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func untimed(s string) string {
	before, rest, _ := strings.Cut(s, `"taken": "`)
	_, after, _ := strings.Cut(rest, `"`)
	return before + after
}

// TestImportRefuses is about what may be wrong: one line that says what and what to do, exit 2, and nothing written.
func TestImportRefuses(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault fakeaws.Fault
		args  []string
		says  string
	}{
		{"expired", fakeaws.Expired, nil, "sign in again"},
		{"clock", fakeaws.Skewed, nil, "set the clock"},
		{"proxy", fakeaws.Page, nil, "proxy"},
		{"region", fakeaws.Fine, []string{"--region", "eu-wst-1"}, "eu-wst-1 is not a region that this account has enabled"},
		{"a template in its way", fakeaws.Fine, []string{"-o", "template.yaml"}, "is no whole snapshot"},
		{"another account's in its way", fakeaws.Fine, []string{"-o", "other.snapshot"}, "of account 999999999999"},
		{"no such folder", fakeaws.Fine, []string{"-o", "nowhere/a.json"}, "its folder is not there"},
		{"forbidden", fakeaws.Denied, nil, "--print-policy"},
		{"no role's name", fakeaws.Fine, []string{"--org"}, "--role-name"},
		{"a role's name alone", fakeaws.Fine, []string{"--role-name", "x"}, "--org"},
		{"services", fakeaws.Fine, []string{"--services", "lamda"}, "lambda"},
		{"parallel", fakeaws.Fine, []string{"--parallel", "0"}, "--parallel"},
	} {
		t.Run(test.name, func(t *testing.T) {
			reader(t)
			a := team(2)
			a.Faults = func(c fakeaws.Call) fakeaws.Fault {
				if test.fault == fakeaws.Denied && c.Operation == "GetCallerIdentity" {
					return fakeaws.Fine
				}
				return test.fault
			}
			url, dir := a.Serve(t), t.TempDir()
			t.Chdir(dir)
			for name, text := range map[string]string{"template.yaml": "Resources: {}\n", "other.snapshot": `{"bulkhead": "account/v1", "account": "999999999999"}`} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := append([]string{"import", "account", "--endpoint-url", url}, test.args...)
			if !slices.Contains(test.args, "--region") {
				args = append(args, "--region", fakeaws.Region)
			}
			r := run(t, args...)
			lines := strings.Split(strings.TrimSpace(r.err), "\n")
			if r.code != 2 || !strings.Contains(lines[len(lines)-1], test.says) || strings.Contains(r.err, planted) {
				t.Errorf("exit %d: %s", r.code, r.err)
			}
			if left, _ := filepath.Glob("*.json"); len(left) > 0 {
				t.Errorf("written: %q", left)
			}
		})
	}
}

// TestImportOrganization reads each account of an organization, goes on with those that were not seen, and opens all as one
// design in which each stands under its own guardrails.
func TestImportOrganization(t *testing.T) {
	reader(t)
	management, one, two := fakeaws.New("999999999999"), fakeaws.New("111111111111"), fakeaws.New("222222222222")
	for _, a := range []*fakeaws.Account{management, one, two} {
		a.Fill(2, planted)
	}
	o := fakeaws.NewOrganization(management, "ou-1", one, two)
	o.Refuses["222222222222"] = true
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	dir := filepath.Join(t.TempDir(), "org")
	args := []string{"import", "account", "--org", "--role-name", "reader", "--endpoint-url", server.URL, "--region", fakeaws.Region, "-o", dir}
	index := func() *live.Index {
		var x live.Index
		data, err := os.ReadFile(filepath.Join(dir, "index.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &x); err != nil {
			t.Fatal(err)
		}
		return &x
	}
	r := run(t, args...)
	if x := index(); r.code != 0 || len(x.Accounts) != 3 || x.Complete || !strings.Contains(x.Accounts[1].Error, "may not be assumed") || x.Accounts[0].File != "account-111111111111.json" {
		t.Fatalf("exit %d: %s%s%+v", r.code, r.out, r.err, x)
	}
	calls := one.Calls()["lambda:ListFunctions"]
	o.Refuses = map[string]bool{}
	if r := run(t, args...); r.code != 0 || !index().Complete || strings.Contains(r.out+r.err, planted) {
		t.Fatalf("exit %d: %s%s%+v", r.code, r.out, r.err, index())
	}
	if again := one.Calls()["lambda:ListFunctions"]; again != calls {
		t.Errorf("an account that was read was read again")
	}
	for _, id := range []string{"111111111111", "222222222222"} {
		s, err := live.Read(filepath.Join(dir, "account-"+id+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var targets []string
		for _, l := range s.SCPs {
			targets = append(targets, l.Target)
		}
		if !slices.Equal(targets, []string{"root", "ou-1", id}) || s.Account != id {
			t.Errorf("%s stands under %q", s.Account, targets)
		}
		if last := string(s.SCPs[2].Policies[len(s.SCPs[2].Policies)-1]) + string(s.SCPs[2].Policies[0]); !strings.Contains(last, "Of"+id) {
			t.Errorf("%s stands under %s", id, last)
		}
	}
	if s, err := live.Read(filepath.Join(dir, "account-999999999999.json")); err != nil || !bool(s.ManagementAccount) {
		t.Errorf("the management account: %v", err)
	}
	r = run(t, "breach", dir, "--json")
	var breach struct{ Design struct{ Functions int } }
	if err := json.Unmarshal([]byte(r.out), &breach); err != nil || breach.Design.Functions != 6 {
		t.Errorf("together: %d functions, %v: %s", breach.Design.Functions, err, r.err)
	}
}

// TestImportTemplates writes the templates of stacks beside the snapshot, and not into it.
func TestImportTemplates(t *testing.T) {
	reader(t)
	a := team(1)
	a.Set("cloudformation:GetTemplate", a.ARN("cloudformation", "stack/shop/1"), fakeaws.M{"TemplateBody": "Resources: {}\n# " + planted + "\n"})
	dir := t.TempDir()
	r := run(t, "import", "account", "--endpoint-url", a.Serve(t), "--region", fakeaws.Region, "-o", filepath.Join(dir, "a.json"), "--templates", filepath.Join(dir, "stacks"))
	if r.code != 0 {
		t.Fatal(r.err)
	}
	path := filepath.Join(dir, "stacks", "us-east-1-shop.yaml")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the template: %v %v", info, err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "a.json")); strings.Contains(string(data), planted) {
		t.Error("the template is in the snapshot")
	}
}

// TestUnreadPolicyIsNoOpenDoor: what the policy of a bucket, a function or a topic would have denied is not known where it could not be read, and is
// where it was.
func TestUnreadPolicyIsNoOpenDoor(t *testing.T) {
	certainty := func(problem string) map[string]string {
		file := write(t, "a.json", `{"bulkhead": "account/v1", "account": "111122223333", "regions": ["us-east-1"], "noOrganization": true,
"authorizationDetails": {"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
 "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "lambda:InvokeFunction", "sns:Publish", "kms:Decrypt"], "Resource": "*"}]}}]}]},
"functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:f", "Role": "arn:aws:iam::111122223333:role/r"},
 {"FunctionName": "g", "FunctionArn": "arn:aws:lambda:us-east-1:111122223333:function:g", "Role": "arn:aws:iam::111122223333:role/r"}],
"resources": [{"Arn": "arn:aws:s3:::one", "Type": "AWS::S3::Bucket"}, {"Arn": "arn:aws:s3:::two", "Type": "AWS::S3::Bucket"}, {"Arn": "arn:aws:sns:us-east-1:111122223333:t", "Type": "AWS::SNS::Topic"},
 {"Arn": "arn:aws:kms:us-east-1:111122223333:key/k", "Type": "AWS::KMS::Key"}],
"problems": [`+problem+`]}`)
		var out struct {
			Breaches []struct {
				Hits []struct{ Target, Certainty string }
			}
		}
		if err := json.Unmarshal([]byte(done(t, "breach", file, "--from", "f", "--json")), &out); err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, h := range out.Breaches[0].Hits {
			found[h.Target] = h.Certainty
		}
		return found
	}
	all := map[string]string{"res/one": "must", "res/two": "must", "res/t": "must", "res/k": "must", "fn/g": "must"}
	for _, test := range []struct {
		problem string
		may     []string
	}{
		{``, nil},
		{`{"Call": "s3:GetBucketPolicy", "Error": "not allowed (AccessDenied)", "About": ["two"]}`, []string{"res/two"}},
		{`{"Call": "s3:GetBucketPolicy", "Error": "HTTP 500"}`, []string{"res/one", "res/two"}},
		{`{"Call": "s3:GetBucketPolicy", "Error": "there is no such call there"}`, nil},
		{`{"Call": "lambda:GetPolicy in us-east-1", "Error": "not allowed (AccessDenied)", "About": ["g"]}`, []string{"fn/g"}},
		{`{"Call": "lambda:GetPolicy in eu-west-1", "Error": "not allowed (AccessDenied)"}`, nil},
		{`{"Call": "sns:GetTopicAttributes in us-east-1", "Error": "no answer in time"}`, []string{"res/t"}},
		{`{"Call": "kms:GetKeyPolicy in us-east-1", "Error": "not allowed (AccessDenied)", "About": ["k"]}`, []string{"res/k"}},
	} {
		found := certainty(test.problem)
		for target, want := range all {
			if slices.Contains(test.may, target) {
				want = "may"
			}
			if found[target] != want {
				t.Errorf("%s: %s is %q, want %s", test.problem, target, found[target], want)
			}
		}
	}
}

// TestImportSomeAccounts reads of an organization the accounts of an organizational unit and of those in it, or those that a file lists.
func TestImportSomeAccounts(t *testing.T) {
	reader(t)
	management, one, two := fakeaws.New("999999999999"), fakeaws.New("111111111111"), fakeaws.New("222222222222")
	for _, a := range []*fakeaws.Account{management, one, two} {
		a.Fill(1, planted)
	}
	o := fakeaws.NewOrganization(management, "ou-all", one, two)
	accounts := func(of ...*fakeaws.Account) fakeaws.M {
		var list []any
		for _, a := range of {
			list = append(list, fakeaws.M{"Id": a.ID, "Name": "team", "Status": "ACTIVE"})
		}
		return fakeaws.M{"Accounts": list}
	}
	management.Set("organizations:ListAccountsForParent", "ou-outer", accounts(one))
	management.Set("organizations:ListAccountsForParent", "ou-inner", accounts(two))
	management.Set("organizations:ListOrganizationalUnitsForParent", "ou-outer", fakeaws.M{"OrganizationalUnits": []any{fakeaws.M{"Id": "ou-inner"}}})
	management.Set("organizations:ListOrganizationalUnitsForParent", "ou-inner", fakeaws.M{"OrganizationalUnits": []any{fakeaws.M{"Id": "ou-outer"}}}) // no end
	management.Set("organizations:ListAccountsForParent", "ou-gone", fakeaws.None{Status: 400, Code: "ParentNotFoundException"})
	server := httptest.NewServer(o)
	t.Cleanup(server.Close)
	lists := t.TempDir()
	for name, text := range map[string]string{"lines": "# ours\n222222222222 team two\n\n", "answer": `{"Accounts": [{"Id": "111111111111", "Name": "team one"}, {"Id": "222222222222"}]}`, "wrong": "2222\n", "empty": "# none\n"} {
		if err := os.WriteFile(filepath.Join(lists, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args []string
		want []string // accounts; nil where it is refused
		says string
	}{
		{[]string{"--ou", "ou-inner"}, []string{"111111111111", "222222222222"}, ""},
		{[]string{"--ou", "ou-outer"}, []string{"111111111111", "222222222222"}, ""},
		{[]string{"--ou", "ou-all", "--ou", "ou-outer"}, []string{"111111111111", "222222222222", "999999999999"}, ""},
		{[]string{"--ou", "ou-gone"}, nil, "there is no such organizational unit"},
		{[]string{"--accounts", filepath.Join(lists, "lines")}, []string{"222222222222"}, ""},
		{[]string{"--accounts", filepath.Join(lists, "answer")}, []string{"111111111111", "222222222222"}, ""},
		{[]string{"--accounts", filepath.Join(lists, "wrong")}, nil, "line 1: 2222 is no account's number"},
		{[]string{"--accounts", filepath.Join(lists, "empty")}, nil, "it lists no account"},
		{[]string{"--accounts", filepath.Join(lists, "gone")}, nil, "gone"},
	} {
		dir := filepath.Join(t.TempDir(), "org")
		r := run(t, append([]string{"import", "account", "--org", "--role-name", "reader", "--endpoint-url", server.URL, "--region", fakeaws.Region, "--services", "lambda", "--no-last-accessed", "-o", dir}, test.args...)...)
		if test.want == nil {
			if _, err := os.Stat(dir); r.code != 2 || !strings.Contains(r.err, test.says) || strings.Count(r.err, "\n") != 1 || err == nil {
				t.Errorf("%q: exit %d, %v: %s", test.args, r.code, err, r.err)
			}
			continue
		}
		var index live.Index
		data, err := os.ReadFile(filepath.Join(dir, "index.json"))
		if err != nil || json.Unmarshal(data, &index) != nil {
			t.Fatalf("%q: exit %d: %v %s", test.args, r.code, err, r.err)
		}
		var got []string
		for _, x := range index.Accounts {
			if _, err := live.Read(filepath.Join(dir, x.File)); err != nil || x.Error != "" {
				t.Errorf("%q: %+v %v", test.args, x, err)
			}
			got = append(got, x.Account)
		}
		if !slices.Equal(got, test.want) || !index.Complete {
			t.Errorf("%q: read %q", test.args, got)
		}
	}
}
