package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"bulkhead/app/command"
)

// shop is a template of one function and a table, with what its role may do.
func shop(statement string) string {
	return `AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
  Ledger:
    Type: AWS::S3::Bucket
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Runtime: python3.12
      Handler: shop.handler
      Policies:
        - Version: "2012-10-17"
          Statement:
            - Sid: Table
              Effect: Allow
              Action: ` + statement + `
              Resource: !GetAtt Orders.Arn
`
}

type checked struct {
	Answer, Headline string
	Findings         []struct {
		ID, Rule, Sentence, Undecided, File string
		Line                                int
		Witness                             *struct{ Action string }
	}
	Accepted []struct{ ID, Reason, Expiry string }
	Problems []struct{ ID, Sentence string }
	Better   []string
	Before   *struct{ Worst float64 }
	After    struct{ Worst float64 }
}

func check(t *testing.T, code int, args ...string) checked {
	t.Helper()
	r := run(t, append([]string{"check", "--json"}, args...)...)
	if r.code != code {
		t.Fatalf("check %v: exit %d, want %d: %s\n%s", args, r.code, code, r.err, r.out)
	}
	return decoded[checked](t, r.out)
}

func (c checked) ids() string {
	var out []string
	for _, f := range c.Findings {
		out = append(out, f.ID)
	}
	return strings.Join(out, "\n")
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	narrow, wide := file("narrow.yaml", shop("dynamodb:GetItem")), file("wide.yaml", shop("[dynamodb:GetItem, dynamodb:DeleteItem]"))
	if c := check(t, 0, narrow, "--baseline", wide); c.Headline != "nothing new, and 1 thing is out of reach" || len(c.Better) != 1 {
		t.Errorf("narrower: %+v", c)
	}
	c := check(t, 1, wide, "--baseline", narrow)
	if got := c.ids(); !strings.HasPrefix(got, "hit fn/Shop res/Orders delete\ngrant role/ShopRole ") {
		t.Errorf("wider: %s", got)
	}
	for _, f := range c.Findings {
		if f.File != "wide.yaml" || f.Line == 0 {
			t.Errorf("%s stands at %s:%d", f.ID, f.File, f.Line)
		}
		if f.Rule == "wider-grant" && f.Witness.Action != "dynamodb:DeleteItem" {
			t.Errorf("%s: witness %+v", f.ID, f.Witness)
		}
	}
	// A share alone is no finding, dry buckets buy nothing.
	dry := file("dry.yaml", strings.Replace(shop("[dynamodb:GetItem, dynamodb:DeleteItem]"), "  Shop:\n", buckets(20)+"  Shop:\n", 1))
	if got := check(t, 1, dry, "--baseline", narrow).ids(); !strings.HasPrefix(got, "hit fn/Shop res/Orders delete\n") {
		t.Errorf("with dry buckets: %s", got)
	}
	// What breach --json wrote down serves as well.
	facts := file("narrow.json", done(t, "breach", narrow, "--json"))
	if got := check(t, 1, wide, "--baseline", facts).ids(); got != "hit fn/Shop res/Orders delete" {
		t.Errorf("against breach --json: %s", got)
	}
	check(t, 0, narrow, "--baseline", facts)
	printed, err := os.ReadFile(facts)
	if err != nil {
		t.Fatal(err)
	}
	unversioned := file("unversioned.json", strings.Replace(string(printed), `"bulkhead": "breach/v1",`, "", 1))
	check(t, 0, narrow, "--baseline", unversioned)
	for _, other := range []string{strings.Replace(string(printed), "breach/v1", "breach/v2", 1), `{"bulkhead": "breach/v2"}`, strings.Replace(string(printed), `"breach/v1"`, "2", 1)} {
		later := file("later.json", other)
		if r := run(t, "check", narrow, "--baseline", later); r.code != 2 || !strings.Contains(r.err, `2", and this program reads "breach/v1"`) {
			t.Errorf("a baseline of a later version: exit %d: %s", r.code, r.err)
		}
	}
	// Limits.
	if got := check(t, 1, wide, "--max-worst", "40%").ids(); got != "worst fn/Shop" {
		t.Errorf("--max-worst: %s", got)
	}
	check(t, 0, wide, "--max-worst", "0.5", "--no-admin")
	admin := file("admin.yaml", strings.Replace(shop(`"*"`), "!GetAtt Orders.Arn", `"*"`, 1))
	if got := check(t, 1, admin, "--no-admin").ids(); got != "admin fn/Shop" {
		t.Errorf("--no-admin: %s", got)
	}
	if got := check(t, 1, admin, "--baseline", narrow).ids(); !strings.HasPrefix(got, "new-admin fn/Shop\n") {
		t.Errorf("new admin: %s", got)
	}
	// What a parameter decides is undecided, and says what settles it.
	unknown := file("unknown.yaml", strings.Replace(strings.Replace(shop("dynamodb:GetItem"), "!GetAtt Orders.Arn", "!Ref Which", 1), "Resources:\n", "Parameters:\n  Which: {Type: String}\nResources:\n", 1))
	if c := check(t, 3, unknown, "--baseline", narrow); !strings.Contains(c.Headline, "undecided") || c.Findings[0].Undecided == "" {
		t.Errorf("unknown: %+v", c)
	}
	// A table that is new is not the one that was named before.
	table := "  Another: {Type: \"AWS::DynamoDB::Table\", Properties: {AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}], BillingMode: PAY_PER_REQUEST}}\n"
	another := file("another.yaml", read(t, unknown)+table)
	check(t, 0, another, "--baseline", unknown)
	check(t, 3, another, "--baseline", file("anothernarrow.yaml", read(t, narrow)+table))
}

func buckets(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("  Dry" + string(rune('A'+i)) + ":\n    Type: AWS::S3::Bucket\n")
	}
	return b.String()
}

// TestCheckAccepted: what somebody answers for passes; what expired, is not used or is not complete does not.
func TestCheckAccepted(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{"narrow.yaml": shop("dynamodb:GetItem"), "wide.yaml": shop("[dynamodb:GetItem, dynamodb:DeleteItem]")} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check(t, 1, "wide.yaml", "--baseline", "narrow.yaml", "--accept-new")
	list, err := os.ReadFile(".bulkhead-accept.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c := check(t, 1, "wide.yaml", "--baseline", "narrow.yaml"); len(c.Problems) != 2 || !strings.Contains(c.Problems[0].Sentence, "no reason and no owner") {
		t.Errorf("not completed: %+v", c)
	}
	completed := strings.NewReplacer(`reason: ""`, "reason: old orders are deleted", `owner: ""`, "owner: shop team", `expiry: ""`, "expiry: 2031-05-01").Replace(string(list))
	put := func(text string) {
		if err := os.WriteFile(".bulkhead-accept.yaml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(completed)
	if c := check(t, 0, "wide.yaml", "--baseline", "narrow.yaml"); len(c.Accepted) != 2 || c.Accepted[0].Expiry != "2031-05-01" {
		t.Errorf("accepted: %+v", c)
	}
	// Ids outlive Sids, order and lines.
	moved := strings.Replace(strings.Replace(shop("[dynamodb:DeleteItem, dynamodb:GetItem]"), "Sid: Table", "Sid: OrdersTable", 1), "Resources:\n", "\n\n# moved\nResources:\n", 1)
	if err := os.MkdirAll("later", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("later/wide.yaml", []byte(moved), 0o600); err != nil {
		t.Fatal(err)
	}
	check(t, 0, "later/wide.yaml", "--baseline", "narrow.yaml")
	if c := check(t, 1, "narrow.yaml", "--baseline", "narrow.yaml"); len(c.Problems) != 2 || !strings.Contains(c.Problems[0].Sentence, "not used") {
		t.Errorf("not used: %+v", c)
	}
	var out, errs bytes.Buffer
	env := environment(t, "", &out, &errs)
	env.Now = func() time.Time { return time.Date(2031, 5, 2, 0, 0, 0, 0, time.UTC) }
	if code := command.Run(context.Background(), []string{"check", "wide.yaml", "--baseline", "narrow.yaml"}, env); code != 1 || !strings.Contains(out.String(), "expired on 2031-05-01") {
		t.Errorf("expired: exit %d\n%s", code, out.String())
	}
	for text, want := range map[string]string{
		"bulkhead: accept/v2\naccepted: []\n":                                            "version accept/v2 is not known",
		"accepted: []\n":                                                                 "does not say its version",
		"bulkhead: accept/v1\naccept: []\n":                                              "line 2",
		"bulkhead: accept/v1\naccepted:\n  - id: a\n    reasons: b\n":                    `line 4: "reasons" is not known`,
		"bulkhead: accept/v1\naccepted:\n  - id: a\n    expiry: soon\n":                  `line 3: expiry "soon" is no date`,
		"bulkhead: accept/v1\naccepted:\n  - reason: a\n":                                "line 3: the entry has no id",
		"bulkhead: accept/v1\naccepted:\n  - id: a\n  - id: a\n":                         "accepted in line 3 already",
		"bulkhead: accept/v1\naccepted: [\n":                                             "line",
		"bulkhead: accept/v1\naccepted:\n  - a\n":                                        "an entry has id, reason, owner and expiry",
		"bulkhead: accept/v1\naccepted:\n  - id: a\n    reason: [x]\n    owner: someone": "line 4: reason is a text",
		"bulkhead: accept/v1\nacepted: []\n":                                             `line 2: "acepted" is not known; the file has bulkhead and accepted`,
		"bulkhead: accept/v1\naccepted: {}\n":                                            "line 2: accepted is a list",
		"bulkhead: accept/v1\naccepted:\n  - id: a\n    expiry: 2027-12-01x\n":           "is no date",
		"bulkhead: accept/v1\naccepted:\n  - id: a\n    id: b\n":                         "line 4: id is there twice",
		"bulkhead: accept/v1\naccepted: []\n---\nbulkhead: accept/v1\n":                  "remove the second",
		"just a text": "line 1: the file has bulkhead and accepted",
	} {
		put(text)
		r := run(t, "check", "wide.yaml", "--baseline", "narrow.yaml")
		if r.code != 2 || !strings.Contains(r.err, want) || strings.Count(strings.TrimSpace(r.err), "\n") > 0 {
			t.Errorf("%q: exit %d: %s", text, r.code, r.err)
		}
	}
}

// TestCheckGit: the old files are read from the repository, and neither the working tree nor the index is touched.
func TestCheckGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("NOTICE: skipped, there is no git")
	}
	dir := filepath.Join(t.TempDir(), "orders")
	git := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	if err := os.MkdirAll(filepath.Join(dir, "infra"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "infra", "template.yaml")
	put := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	put(shop("dynamodb:GetItem"))
	git("add", ".")
	git("commit", "-q", "-m", "narrow")
	put(shop("[dynamodb:GetItem, dynamodb:DeleteItem]"))
	before := git("status", "--porcelain")
	t.Setenv("TMPDIR", filepath.Join(dir, "nowhere")) // old files are written nowhere
	if got := check(t, 1, file, "--against-git", "HEAD").ids(); !strings.HasPrefix(got, "hit fn/Shop res/Orders delete\n") {
		t.Errorf("against HEAD: %s", got)
	}
	if after := git("status", "--porcelain"); after != before {
		t.Errorf("the working tree was %q and is %q", before, after)
	}
	git("commit", "-q", "-a", "-m", "wide")
	check(t, 0, file, "--against-git", "HEAD")
	check(t, 1, file, "--against-git", "HEAD~1")
	check(t, 1, filepath.Dir(file), "--against-git", "HEAD~1")
	saved := filepath.Join(dir, "shop.bulkhead") // its source is in a folder beside it
	if err := os.WriteFile(saved, []byte(`{"bulkhead": "design/v1", "sources": [{"path": "infra/template.yaml"}]}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	git("commit", "-q", "-m", "save")
	put(shop(`"dynamodb:*"`))
	if got := check(t, 1, saved, "--against-git", "HEAD").ids(); !strings.Contains(got, "hit fn/Shop res/Orders permissions") {
		t.Errorf("a saved design against HEAD: %s", got)
	}
	put(shop("[dynamodb:GetItem, dynamodb:DeleteItem]"))
	other := filepath.Join(t.TempDir(), filepath.Base(dir)) // another repository of the same name
	if out, err := exec.Command("git", "clone", "-q", dir, other).CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v: %s", err, out)
	}
	check(t, 0, file, filepath.Join(other, "infra", "template.yaml"), "--against-git", "HEAD")
	for args, want := range map[string]string{"nowhere": "no such revision", "--all": "", "HEAD~5": "no such revision"} {
		if r := run(t, "check", file, "--against-git", args); r.code != 2 || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d: %s", args, r.code, r.err)
		}
	}
	fresh := filepath.Join(dir, "fresh.yaml")
	if err := os.WriteFile(fresh, []byte(shop("dynamodb:GetItem")), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := run(t, "check", fresh, "--against-git", "HEAD"); r.code != 2 || !strings.Contains(r.err, "it has no file fresh.yaml") {
		t.Errorf("a file that is new: exit %d: %s", r.code, r.err)
	}
	if r := run(t, "check", write(t, "t.yaml", shop("dynamodb:GetItem")), "--against-git", "HEAD"); r.code != 2 || !strings.Contains(r.err, "not a git repository") {
		t.Errorf("outside of a repository: exit %d: %s", r.code, r.err)
	}
}

// TestCheckWrites: the summary stays under 60 lines whatever was found, its picture is beside it, and SARIF is what the
// schema says.
func TestCheckWrites(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll("infra", 0o700); err != nil {
		t.Fatal(err)
	}
	huge := shop(`"*"`)
	huge = strings.Replace(huge, "!GetAtt Orders.Arn", `"*"`, 1)
	huge = strings.Replace(huge, "  Shop:\n", buckets(25)+"  Shop:\n", 1)
	for name, text := range map[string]string{"infra/narrow.yaml": shop("dynamodb:GetItem"), "infra/huge.yaml": huge} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	check(t, 1, "infra/huge.yaml", "--baseline", "infra/narrow.yaml", "--markdown", "summary.md", "--sarif", "out.sarif")
	summary, err := os.ReadFile("summary.md")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(summary, []byte("\n")); n >= 60 {
		t.Errorf("the summary has %d lines:\n%s", n, summary)
	}
	for _, want := range []string{"new way to an administrator", "](summary.svg)", "| Worst breach | 4 % | **100 %** |", "huge.yaml:"} {
		if !bytes.Contains(summary, []byte(want)) {
			t.Errorf("the summary lacks %q:\n%s", want, summary)
		}
	}
	picture, err := os.ReadFile("summary.svg")
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(picture)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture: %v", err)
		}
	}
	data, err := os.ReadFile("out.sarif")
	if err != nil {
		t.Fatal(err)
	}
	strict := json.NewDecoder(bytes.NewReader(data))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&sarif.Report{}); err != nil {
		t.Fatalf("SARIF: %v", err)
	}
	report, err := sarif.FromBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(); err != nil {
		t.Errorf("SARIF: %v", err)
	}
	run := report.Runs[0]
	if len(run.Results) < 25 || len(run.Tool.Driver.Rules) == 0 {
		t.Errorf("SARIF has %d results and %d rules", len(run.Results), len(run.Tool.Driver.Rules))
	}
	prints := map[string]bool{}
	for _, x := range run.Results {
		prints[x.PartialFingerprints["bulkheadFinding/v1"]] = true
		if uri := x.Locations[0].PhysicalLocation.ArtifactLocation.URI; uri == nil || *uri != "infra/huge.yaml" {
			t.Errorf("%s stands in %v", *x.RuleID, uri)
		}
		if rule := run.Tool.Driver.Rules[x.RuleIndex]; *rule.ID != *x.RuleID || *rule.Help.Text == "" {
			t.Errorf("rule %d is %s, not %s", x.RuleIndex, *rule.ID, *x.RuleID)
		}
	}
	if len(prints) != len(run.Results) {
		t.Errorf("%d fingerprints of %d results", len(prints), len(run.Results))
	}
}

// TestCheckRefuses: bad usage and input is one line with exit code 2.
func TestCheckRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	file := write(t, "t.yaml", shop("dynamodb:GetItem"))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{file}, "against what?"},
		{[]string{file, "--baseline", "missing.yaml"}, "missing.yaml: there is no such file"},
		{[]string{file, "--baseline", write(t, "x.yaml", "a: b")}, "not of a format"},
		{[]string{file, "--baseline", write(t, "x.json", `{"breaches": 1, "measures": {}}`)}, "no breach --json of this version"},
		{[]string{file, "--baseline", write(t, "cut.json", `{"design": {"functions": 3}, "measures": {"wor`)}, "cut off after 46 bytes"},
		{[]string{file, "--max-worst", "most"}, "a share such as 0.4"},
		{[]string{file, "--max-worst", "140%"}, "a share such as 0.4"},
		{[]string{file, "--no-admin", "--accept", "missing.yaml"}, "read accepted risks"},
		{[]string{file, "--baseline", file, "--against-git", "HEAD"}, "can't be used together"},
	} {
		r := run(t, append([]string{"check"}, c.args...)...)
		if r.code != 2 || !strings.Contains(r.err, c.want) || strings.Count(strings.TrimSpace(r.err), "\n") > 0 {
			t.Errorf("%v: exit %d: %s", c.args, r.code, r.err)
		}
	}
}
