package terraform

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
)

// open imports a file or folder of testdata.
func open(t *testing.T, path string, o importers.Options) *importers.Import {
	t.Helper()
	in, err := importers.Open(t.Context(), Sources(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// What a state holds of secrets gets into nothing that comes out of it.
func TestSecretsAreDropped(t *testing.T) {
	data, err := os.ReadFile("testdata/secrets.tfstate")
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{"SUPERSECRETsupersecret0123", "hunter2hunter2"}
	for _, s := range secrets {
		if !strings.Contains(string(data), s) {
			t.Fatalf("the state does not hold %s", s)
		}
	}
	in := open(t, "testdata/secrets.tfstate", importers.Options{})
	said, err := json.Marshal(struct {
		Elements    []model.Element
		Info        model.Info
		Diagnostics string
	}{in.Design.Elements(), in.Design.Info(), fmt.Sprint(in.Diagnostics)})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		if strings.Contains(string(said), s) {
			t.Errorf("%s came through", s)
		}
	}
	if s := in.Design.Find("aws_secretsmanager_secret.s").(*model.Resource); !slices.Equal(s.Credentials, []model.Credential{{User: "user/aws_iam_user.ci"}}) {
		t.Errorf("the secret holds the access keys %+v", s.Credentials)
	}
}

func TestStateFile(t *testing.T) {
	d := open(t, "testdata/secrets.tfstate", importers.Options{}).Design
	if i := d.Info(); i.Account != "111122223333" || i.Region != "eu-west-1" || i.Kind != "terraform-state" {
		t.Errorf("it is of %+v", i)
	}
	f, ok := d.Find(`module.m["eu"].aws_lambda_function.fn[0]`).(*model.Function)
	if !ok {
		t.Fatal("the function is missing")
	}
	var names []string
	for _, v := range f.Environment {
		names = append(names, v.Name)
	}
	if f.ID != "fn/module.m%5B%22eu%22%5D.aws_lambda_function.fn%5B0%5D" || f.Role != "role/aws_iam_role.fn" || !slices.Equal(names, []string{"PW", "TABLE"}) {
		t.Errorf("the function is %+v", f)
	}
	role := d.Role(f.Role)
	if want := []model.ID{"policy/aws_iam_role_policy.read", "policy/arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"}; !slices.Equal(role.Policies, want) {
		t.Errorf("the role has %q: what resources give it is listed by the role too, and counts once", role.Policies)
	}
	triggers := d.TriggersOf(f.ID)
	if len(triggers) != 1 || triggers[0].From != "res/aws_sqs_queue.q" || triggers[0].Event != "sqs" {
		t.Errorf("it is started by %+v", triggers)
	}
}

// What Terraform wrote before 0.12 is read as far as it is not flattened, and the rest is told with its place and remedy.
func TestStateOfOldResources(t *testing.T) {
	in, err := openText(t, "old.tfstate", `{"version": 4, "terraform_version": "0.12.0", "serial": 1, "lineage": "x", "resources": [
  {"mode": "managed", "type": "aws_sqs_queue", "name": "q", "provider": "provider.aws", "instances": [
    {"schema_version": 0, "attributes_flat": {"id": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders", "name": "orders",
     "arn": "arn:aws:sqs:eu-west-1:111122223333:orders", "tags.%": "1", "tags.team": "shop"}}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if q, ok := in.Design.Find("aws_sqs_queue.q").(*model.Resource); !ok || q.ARN != "arn:aws:sqs:eu-west-1:111122223333:orders" {
		t.Errorf("the queue is %+v", q)
	}
	var told string
	for _, d := range in.Diagnostics {
		if strings.Contains(d.Summary, "before version 0.12") {
			told = fmt.Sprintf("%d %s", d.Span.Line, d.Detail)
		}
	}
	if !strings.HasPrefix(told, "3 ") || !strings.Contains(told, "terraform show -json") {
		t.Errorf("it tells %q", told)
	}
}
