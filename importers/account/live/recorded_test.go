package live_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bulkhead/importers/account/live"
	"bulkhead/internal/corpus"
)

// A recorded call is what was asked and answered, in the shapes of AWS.
type recorded struct {
	Service, Operation, Method, Path, Body, ContentType, Response string
	Headers                                                       map[string]string
	Status                                                        int
}

// replay answers with what was recorded for the same call, and says of all others that there are none.
func replay(t *testing.T, calls []recorded) http.Handler {
	t.Helper()
	scope := regexp.MustCompile(`Credential=[^/]+/[0-9]{8}/([^/]+)/([^/]+)/aws4_request`)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := scope.FindStringSubmatch(r.Header.Get("Authorization"))
		if m == nil {
			t.Errorf("%s %s is not signed", r.Method, r.URL)
			return
		}
		body, _ := io.ReadAll(r.Body)
		for _, c := range calls {
			if c.Service == m[2] && c.Method == r.Method && same(c, r, string(body)) {
				w.Header().Set("Content-Type", c.ContentType)
				w.WriteHeader(c.Status)
				_, _ = io.WriteString(w, c.Response)
				return
			}
		}
		w.WriteHeader(http.StatusNotImplemented)
	})
}

// same reports whether a request is the recorded one: pages' sizes and ways of naming a call aside.
func same(c recorded, r *http.Request, body string) bool {
	if target := c.Headers["X-Amz-Target"]; target != "" {
		var was, is map[string]any
		_ = json.Unmarshal([]byte(c.Body), &was)
		_ = json.Unmarshal([]byte(body), &is)
		for k, v := range was {
			if x, ok := is[k]; k != "AttributeNames" && (!ok || x != v) {
				return false
			}
		}
		return r.Header.Get("X-Amz-Target") == target
	}
	if c.Method == http.MethodPost {
		was, _ := url.ParseQuery(c.Body)
		is, _ := url.ParseQuery(body)
		for k := range was {
			if k != "MaxItems" && was.Get(k) != is.Get(k) {
				return false
			}
		}
		return true
	}
	path, ask, _ := strings.Cut(c.Path, "?")
	was, _ := url.ParseQuery(ask)
	was.Del("x-id")
	for k := range was {
		if !r.URL.Query().Has(k) {
			return false
		}
	}
	return strings.TrimSuffix(path, "/") == strings.TrimSuffix(r.URL.Path, "/") && (c.Service != "s3" || len(was) > 0 || r.URL.Path == "/")
}

// TestRecorded replays what an emulator of AWS answered, and holds the snapshot against what it was filled with.
func TestRecorded(t *testing.T) {
	dir := filepath.Join(corpus.Dir(t), "..", "bench", "aws-recorded")
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if len(files) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatalf("no recorded calls in %s", dir)
		}
		t.Skipf("no recorded calls in %s", dir)
	}
	var calls []recorded
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var c recorded
		if err := json.Unmarshal(data, &c); err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	server := httptest.NewServer(replay(t, calls))
	defer server.Close()
	isolated(t)
	client, err := live.Access{Region: "us-east-1", Endpoint: server.URL}.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	who, err := client.Identify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if who.Account != "123456789012" || who.ARN != "arn:aws:sts::123456789012:user/moto" {
		t.Errorf("read as %+v", who)
	}
	s, err := client.Take(context.Background(), who, live.Options{Regions: []string{"us-east-1"}})
	if err != nil {
		t.Fatal(err)
	}
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"authorizationDetails.UserDetailList.Arn":                                                  {"arn:aws:iam::123456789012:user/alice"},
		"authorizationDetails.RoleDetailList.Path":                                                 {"/aws-service-role/autoscaling.amazonaws.com/", "/svc/"},
		"authorizationDetails.RoleDetailList.AssumeRolePolicyDocument.Statement.Principal.Service": {"autoscaling.amazonaws.com", "lambda.amazonaws.com"},
		"authorizationDetails.RoleDetailList.RolePolicyList.PolicyDocument.Statement.Action":       {"dynamodb:*"},
		"authorizationDetails.GroupDetailList.GroupPolicyList.PolicyDocument.Statement.Action":     {"lambda:*"},
		"authorizationDetails.Policies.PolicyName":                                                 {"data", "pb"},
		"functions.FunctionName":   {"fn1"},
		"functions.Role":           {"arn:aws:iam::123456789012:role/svc/fn-role"},
		"eventSourceMappings.UUID": {"1df99e24-1f3e-494e-9dbe-714dc33b2830", "1f56f753-9af5-4cac-8349-41eb05283e60"},
	}
	for path, values := range want {
		if found := at(got, strings.Split(path, ".")); !slices.Equal(found, values) {
			t.Errorf("%s: %q, want %q", path, found, values)
		}
	}
	for _, arn := range []string{"arn:aws:lambda:us-east-1:123456789012:function:fn1", "arn:aws:s3:::bucket-one"} {
		if !slices.Contains(at(got, []string{"resourcePolicies", "Resource"}), arn) {
			t.Errorf("the policy of %s was not read", arn)
		}
	}
	for _, trigger := range []string{"s3-notification"} {
		if !slices.Contains(at(got, []string{"triggers", "Kind"}), trigger) {
			t.Errorf("no %s was read", trigger)
		}
	}
}

// at lists the texts at a path through objects and lists.
func at(v any, path []string) []string {
	switch v := v.(type) {
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, at(x, path)...)
		}
		return out
	case map[string]any:
		if len(path) > 0 {
			return at(v[path[0]], path[1:])
		}
	case string:
		if len(path) == 0 {
			return []string{v}
		}
	}
	return nil
}

// isolated hides the configuration of whoever runs the tests, and gives credentials that are none.
func isolated(t testing.TB) {
	t.Helper()
	for _, name := range os.Environ() {
		if name, _, _ = strings.Cut(name, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}
