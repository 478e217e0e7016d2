package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/account/live"
	"bulkhead/internal/fakeaws"
)

const (
	number = "111122223333"
	mark   = "SECRET-MARK-7f3a"
)

// open is a client of a fake account, without a network, and who reads.
func open(t *testing.T, a *fakeaws.Account) (*live.Client, live.Identity) {
	t.Helper()
	c, err := live.Access{Region: fakeaws.Region, HTTP: a}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	who, err := c.Identify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c, who
}

func filled(n, page int) *fakeaws.Account {
	a := fakeaws.New(number)
	a.Fill(n, mark)
	a.PageSize = page
	return a
}

// encode is a snapshot as it is written, but for when it was taken.
func encode(t *testing.T, s *live.Snapshot) string {
	t.Helper()
	s.Taken = ""
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// some picks calls by chance, the same in every run: a share of each try of each call.
func some(c fakeaws.Call, percent uint32) bool {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s %v %d", c.Service, c.Operation, c.Args, c.N)
	return h.Sum32()%100 < percent
}

// TestTake reads an account of everything, and opens the snapshot.
func TestTake(t *testing.T) {
	isolated(t)
	c, who := open(t, filled(20, 3))
	if who.Alias != "team" || !slices.Equal(who.Regions, []string{"eu-west-1", "us-east-1"}) {
		t.Errorf("who reads: %+v", who)
	}
	s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}, LastAccessed: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.Problems {
		t.Errorf("not read: %s", p)
	}
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	in, err := account.New().Import(t.Context(), fstest.MapFS{"a.json": {Data: data}}, "a.json", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range in.Diagnostics {
		if d.Severity == 0 || strings.Contains(d.Summary, "not seen") {
			t.Errorf("%s (%s)", d.Summary, d.Detail)
		}
	}
	var kinds []string
	for _, x := range in.Design.Triggers() {
		if !slices.Contains(kinds, x.Kind) {
			kinds = append(kinds, x.Kind)
		}
	}
	slices.Sort(kinds)
	want := []string{"api-route", "authorizer", "cognito", "event-source-mapping", "function-url", "log-subscription", "permission", "pipe", "redrive", "replication", "rotation", "s3-notification", "schedule", "sns-subscription", "state-machine-task"}
	if !slices.Equal(kinds, want) {
		t.Errorf("triggers: %q\nwant      %q", kinds, want)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for path, value := range map[string]string{
		"resources.KmsKeyArn":                "arn:aws:kms:us-east-1:" + number + ":key/11111111-2222-3333-4444-555555555555",
		"resources.Tags.Value":               "shop",
		"resourcePolicies.Resource":          "arn:aws:lambda:us-east-1:" + number + ":function:fn-0:live",
		"scps.target":                        "ou-1",
		"scps.policies.Statement.Action":     "iam:*",
		"rcps.target":                        "root",
		"versions.FunctionArn":               "arn:aws:lambda:us-east-1:" + number + ":function:fn-10:1",
		"keyGrants.Operations":               "Decrypt",
		"stacks.Resources.LogicalResourceId": "Orders",
		"eventInvokeConfigs.DestinationConfig.OnFailure.Destination":              "arn:aws:sqs:us-east-1:" + number + ":queue-0",
		"lastAccessed.ServicesLastAccessed.TrackedActionsLastAccessed.ActionName": "GetObject",
		"authorizationDetails.Policies.PolicyVersionList.VersionId":               "v2",
		"triggers.State":    "DISABLED",
		"triggers.Form":     "asItIs",
		"resources.Network": "vpc-1",
		"resources.Bucket":  "arn:aws:s3:::bucket-1",
	} {
		if found := at(got, strings.Split(path, ".")); !slices.Contains(found, value) {
			t.Errorf("%s: %q is not among %q", path, value, found)
		}
	}
	if x := in.Design.Resource("res/door"); x == nil || x.Bucket != "res/bucket-1" || x.Network != "vpc-1" || x.Policy == nil || !x.BlockPublicAccess {
		t.Errorf("door: %+v", x)
	}
	if x := in.Design.Resource("res/flow"); x == nil || x.Workflow != "EXPRESS" {
		t.Errorf("flow: %+v", x)
	}
	if f := in.Design.Function("fn/fn-1"); f == nil || f.Stack != "shop" || len(f.Environment) != 2 {
		t.Errorf("fn-1: %+v", f)
	}
}

// TestThrottledIsTheSame reads an account of 2,000 functions of which every tenth try is throttled, and some fail, and gets
// the snapshot that it gets without. Time is not real.
func TestThrottledIsTheSame(t *testing.T) {
	isolated(t)
	synctest.Test(t, func(t *testing.T) {
		a := filled(2000, 50)
		c, who := open(t, a)
		o := live.Options{Regions: []string{fakeaws.Region}}
		whole, err := c.Take(t.Context(), who, o)
		if err != nil {
			t.Fatal(err)
		}
		a.Faults = func(c fakeaws.Call) fakeaws.Fault {
			switch {
			case some(c, 10):
				return fakeaws.Throttled
			case c.N == 0 && some(c, 12):
				return fakeaws.Failed
			case c.N == 0 && some(c, 14):
				return fakeaws.Half
			}
			return fakeaws.Fine
		}
		started := time.Now()
		again, err := c.Take(t.Context(), who, o)
		if err != nil {
			t.Fatal(err)
		}
		if encode(t, whole) != encode(t, again) {
			t.Error("the snapshots differ")
		}
		if took := time.Since(started); took > time.Minute {
			t.Errorf("waited for %s", took)
		}
	})
}

// TestBrokenOffIsTheSame breaks off the first answer to each call, and gets the snapshot that it gets without.
func TestBrokenOffIsTheSame(t *testing.T) {
	isolated(t)
	synctest.Test(t, func(t *testing.T) {
		a := filled(20, 3)
		c, who := open(t, a)
		o := live.Options{Regions: []string{fakeaws.Region}, LastAccessed: true}
		whole, err := c.Take(t.Context(), who, o)
		if err != nil {
			t.Fatal(err)
		}
		before := map[string]bool{}
		a.Faults = func(c fakeaws.Call) fakeaws.Fault {
			call := fmt.Sprint(c.Service, c.Operation, c.Args)
			if !before[call] {
				before[call] = true
				return fakeaws.Half
			}
			return fakeaws.Fine
		}
		again, err := c.Take(t.Context(), who, o)
		if err != nil {
			t.Fatal(err)
		}
		if encode(t, whole) != encode(t, again) {
			t.Errorf("the snapshots differ; not read: %v", again.Problems)
		}
	})
}

// TestGoesOn cuts the network in the middle, and goes on from what was answered.
func TestGoesOn(t *testing.T) {
	isolated(t)
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		a := filled(200, 20)
		c, who := open(t, a)
		o := live.Options{Regions: []string{fakeaws.Region}, Journal: filepath.Join(dir, "s.json.partial")}
		want, err := c.Take(t.Context(), who, live.Options{Regions: o.Regions})
		if err != nil {
			t.Fatal(err)
		}
		total := sum(a.Calls())
		for _, after := range []int{total / 10, total / 2} {
			calls := 0
			a.Faults = func(fakeaws.Call) fakeaws.Fault {
				if calls++; calls > after {
					return fakeaws.Cut
				}
				return fakeaws.Fine
			}
			_, err = c.Take(t.Context(), who, o)
			var stopped *live.Stopped
			if !asStopped(err, &stopped) || stopped.Done == 0 {
				t.Fatalf("cut after %d calls: %v", after, err)
			}
			info, err := os.Stat(o.Journal)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Fatalf("the journal: %v %v", info, err)
			}
		}
		// A line that was cut in the middle is not believed.
		f, err := os.OpenFile(o.Journal, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(`{"k":"us-east-1 lambda:Li`); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		before := sum(a.Calls())
		a.Faults = nil
		got, err := c.Take(t.Context(), who, o)
		if err != nil {
			t.Fatal(err)
		}
		if encode(t, got) != encode(t, want) {
			t.Error("the snapshots differ")
		}
		if asked := sum(a.Calls()) - before; asked > total*6/10 {
			t.Errorf("%d of %d calls were made again", asked, total)
		}
		data, err := os.ReadFile(o.Journal)
		if err != nil || strings.Contains(string(data), mark) {
			t.Errorf("the journal holds what it should not (%v)", err)
		}
	})
}

// TestGoesOnLater goes on when what asks for the next pages is too old, and as another session of the same role.
func TestGoesOnLater(t *testing.T) {
	isolated(t)
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		a := filled(60, 5)
		a.Who = "arn:aws:sts::" + number + ":assumed-role/reader/session-1"
		c, who := open(t, a)
		o := live.Options{Regions: []string{fakeaws.Region}, Journal: filepath.Join(dir, "s.json.partial"), Parallel: 2}
		want, err := c.Take(t.Context(), who, live.Options{Regions: o.Regions})
		if err != nil {
			t.Fatal(err)
		}
		total, calls := sum(a.Calls()), 0
		a.Faults = func(fakeaws.Call) fakeaws.Fault {
			if calls++; calls > total/3 {
				return fakeaws.Cut
			}
			return fakeaws.Fine
		}
		var stopped *live.Stopped
		if _, err := c.Take(t.Context(), who, o); !asStopped(err, &stopped) || stopped.Done == 0 {
			t.Fatal(err)
		}
		known, before := map[string]bool{}, sum(a.Calls())
		a.Faults = func(c fakeaws.Call) fakeaws.Fault {
			about := []string{c.Service, c.Operation}
			for _, k := range slices.Sorted(maps.Keys(c.Args)) {
				if c.Args[k] != c.Page() {
					about = append(about, k, c.Args[k])
				}
			}
			list := strings.Join(about, " ")
			if c.Page() != "" && !known[list] {
				return fakeaws.Stale
			}
			known[list] = true
			return fakeaws.Fine
		}
		who.ARN = "arn:aws:sts::" + number + ":assumed-role/reader/session-2"
		got, err := c.Take(t.Context(), who, o)
		if err != nil {
			t.Fatal(err)
		}
		if encode(t, got) != encode(t, want) {
			t.Errorf("the snapshots differ: %v", got.Problems)
		}
		if asked := sum(a.Calls()) - before; asked > total*8/10 {
			t.Errorf("%d of %d calls were made again", asked, total)
		}
	})
}

func asStopped(err error, s **live.Stopped) bool {
	x, ok := err.(*live.Stopped) //nolint:errorlint // it is not wrapped
	*s = x
	return ok
}

func sum(m map[string]int) int {
	n := 0
	for _, x := range m {
		n += x
	}
	return n
}

// TestHalfForbidden denies, breaks and hides calls, each by itself: each is a problem of the snapshot, and the rest is read.
func TestHalfForbidden(t *testing.T) {
	isolated(t)
	for _, fault := range []fakeaws.Fault{fakeaws.Denied, fakeaws.Failed, fakeaws.Hanging, fakeaws.Page, fakeaws.Missing, fakeaws.Throttled} {
		for _, operation := range []string{"lambda:GetPolicy", "iam:GetAccountAuthorizationDetails", "s3:GetBucketPolicy", "sns:ListTopics", "kms:GetKeyPolicy", "apigateway:GetApis"} {
			synctest.Test(t, func(t *testing.T) {
				a := filled(5, 0)
				c, who := open(t, a)
				a.Faults = func(c fakeaws.Call) fakeaws.Fault {
					if c.Service+":"+c.Operation == operation {
						return fault
					}
					return fakeaws.Fine
				}
				s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
				if err != nil {
					t.Fatalf("%s %d: %v", operation, fault, err)
				}
				if len(s.Problems) != 1 || !strings.HasPrefix(s.Problems[0].Call, operation) || s.Problems[0].Error == "" {
					t.Fatalf("%s %d: problems %v", operation, fault, s.Problems)
				}
				data := encode(t, s)
				if strings.Contains(data, mark) {
					t.Errorf("%s %d: the error's own words are in the snapshot", operation, fault)
				}
				in, err := account.New().Import(context.Background(), fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", importers.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if seen := in.Design.Info().NotSeen; !slices.Contains(seen, s.Problems[0].Call) {
					t.Errorf("%s %d: not seen: %q", operation, fault, seen)
				}
			})
		}
	}
}

// TestOneKindHangs: a call that hangs for every one of many functions is a problem, and no end.
func TestOneKindHangs(t *testing.T) {
	isolated(t)
	synctest.Test(t, func(t *testing.T) {
		a := filled(60, 0)
		a.Faults = func(c fakeaws.Call) fakeaws.Fault {
			if c.Operation == "GetFunctionConcurrency" {
				return fakeaws.Hanging
			}
			return fakeaws.Fine
		}
		c, who := open(t, a)
		started := time.Now()
		s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Functions) != 60 || len(s.Problems) != 1 || s.Problems[0].Error != "no answer in time" {
			t.Errorf("%d functions, not read: %+v", len(s.Functions), s.Problems)
		}
		if took := time.Since(started); took > 5*time.Minute {
			t.Errorf("waited for %s", took)
		}
	})
}

// TestLostMeanwhile stops where the caller is not known any more, or a web page is between, late in the import too.
func TestLostMeanwhile(t *testing.T) {
	for _, fault := range []fakeaws.Fault{fakeaws.Revoked, fakeaws.Page} {
		for _, well := range []int{5, 20, 40, 60, 80} {
			isolated(t)
			synctest.Test(t, func(t *testing.T) {
				a := filled(20, 5)
				c, who := open(t, a)
				calls := 0
				a.Faults = func(fakeaws.Call) fakeaws.Fault {
					if calls++; calls > well {
						return fault
					}
					return fakeaws.Fine
				}
				_, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
				var stopped *live.Stopped
				if !asStopped(err, &stopped) || strings.Contains(err.Error(), mark) {
					t.Errorf("%d after %d calls: %v", fault, well, err)
				}
			})
		}
	}
}

// TestSomeCallsInstead reads URLs one by one where they cannot be listed.
func TestSomeCallsInstead(t *testing.T) {
	isolated(t)
	a := filled(11, 0)
	a.Faults = func(c fakeaws.Call) fakeaws.Fault {
		if c.Operation == "ListFunctionUrlConfigs" {
			return fakeaws.Missing
		}
		return fakeaws.Fine
	}
	for qualifier, auth := range map[string]string{"": "NONE", "/live": "AWS_IAM"} {
		a.Set("lambda:GetFunctionUrlConfig", "fn-10"+qualifier, fakeaws.M{"FunctionArn": a.ARN("lambda", "function:fn-10"+strings.Replace(qualifier, "/", ":", 1)), "AuthType": auth, "FunctionUrl": mark})
	}
	c, who := open(t, a)
	s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	for _, x := range s.Triggers {
		if x.Kind == "function-url" {
			urls = append(urls, x.To+" "+x.Filter.Auth)
		}
	}
	if want := []string{a.ARN("lambda", "function:fn-10") + " NONE", a.ARN("lambda", "function:fn-10:live") + " AWS_IAM"}; !slices.Equal(urls, want) {
		t.Errorf("URLs: %q", urls)
	}
	if len(s.Problems) > 0 {
		t.Errorf("not read: %v", s.Problems)
	}
}

// TestOtherAnswers takes an answer to something else for none: some stand-ins for AWS list a bucket where they are asked for its
// policy, and a wall that nobody has told of is not there or open.
func TestOtherAnswers(t *testing.T) {
	isolated(t)
	a := filled(1, 0)
	listing := fakeaws.XML(`<?xml version="1.0"?><ListBucketResult><Name>bucket-0</Name></ListBucketResult>`)
	for _, operation := range []string{"GetBucketPolicy", "GetPublicAccessBlock", "GetBucketAcl", "GetBucketOwnershipControls"} {
		a.Set("s3:"+operation, "bucket-0", listing)
	}
	c, who := open(t, a)
	s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Problems) != 4 {
		t.Errorf("problems: %v", s.Problems)
	}
	for _, r := range s.Resources {
		if r.Arn == "arn:aws:s3:::bucket-0" && (r.PublicAccessBlock != nil || len(r.Acl) > 0) {
			t.Errorf("the bucket: %+v", r)
		}
	}
	for _, p := range s.Policies {
		if p.Resource == "arn:aws:s3:::bucket-0" {
			t.Errorf("the bucket's policy: %s", p.Policy)
		}
	}
}

// TestEmptyAnswers takes an answer with nothing in it for none: it does not say that there is no policy.
func TestEmptyAnswers(t *testing.T) {
	isolated(t)
	synctest.Test(t, func(t *testing.T) {
		a := filled(4, 0)
		c, who := open(t, a)
		empty := []string{"lambda:GetPolicy", "kms:GetKeyPolicy", "s3:GetBucketPolicy", "sqs:GetQueueAttributes", "sns:GetTopicAttributes"}
		a.Faults = func(c fakeaws.Call) fakeaws.Fault {
			if slices.Contains(empty, c.Service+":"+c.Operation) {
				return fakeaws.Empty
			}
			return fakeaws.Fine
		}
		s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range empty {
			if !slices.ContainsFunc(s.Problems, func(p live.Problem) bool { return strings.HasPrefix(p.Call, call) }) {
				t.Errorf("nothing says that %s was not answered: %v", call, s.Problems)
			}
		}
	})
}

// TestNoSecret looks for what the account has been marked with, wherever a service lets people write what they like.
func TestNoSecret(t *testing.T) {
	isolated(t)
	c, who := open(t, filled(20, 3))
	s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}, LastAccessed: true})
	if err != nil {
		t.Fatal(err)
	}
	if data := encode(t, s); strings.Contains(data, mark) {
		at := strings.Index(data, mark)
		t.Errorf("the snapshot holds %s", data[max(0, at-200):at+50])
	} else if !strings.Contains(data, "API_KEY") {
		t.Error("names of environments are not there")
	}
}

// TestBadAccess is about what may be wrong before anything is read: one line says what, and what to do.
func TestBadAccess(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault fakeaws.Fault
		says  []string
	}{
		{"expired", fakeaws.Expired, []string{"expired", "sign in again"}},
		{"a clock a day ahead", fakeaws.Skewed, []string{"clock", "a day ahead"}},
		{"a proxy's page", fakeaws.Page, []string{"web page", "proxy"}},
		{"no network", fakeaws.Cut, []string{"network"}},
		{"nothing comes back", fakeaws.Hanging, []string{"no answer in time"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			isolated(t)
			synctest.Test(t, func(t *testing.T) {
				a := filled(1, 0)
				a.Faults = func(fakeaws.Call) fakeaws.Fault { return test.fault }
				c, err := live.Access{Region: fakeaws.Region, HTTP: a}.Open(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				_, err = c.Identify(t.Context())
				if err == nil {
					t.Fatal("nothing is wrong")
				}
				for _, word := range test.says {
					if !strings.Contains(err.Error(), word) {
						t.Errorf("%q does not say %q", err, word)
					}
				}
				if strings.Contains(err.Error(), mark) || strings.Contains(err.Error(), "\n") {
					t.Errorf("says too much: %q", err)
				}
			})
		})
	}
}

// TestForbidden is about an account that answers nothing but who asks.
func TestForbidden(t *testing.T) {
	isolated(t)
	synctest.Test(t, func(t *testing.T) {
		a := filled(1, 0)
		a.Faults = func(c fakeaws.Call) fakeaws.Fault {
			if c.Operation == "GetCallerIdentity" {
				return fakeaws.Fine
			}
			return fakeaws.Denied
		}
		c, who := open(t, a)
		_, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
		if err == nil || !strings.Contains(err.Error(), "--print-policy") {
			t.Errorf("says %v", err)
		}
	})
}

// TestExpiresMeanwhile stops where the credentials end, and goes on with new ones.
func TestExpiresMeanwhile(t *testing.T) {
	isolated(t)
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		a := filled(20, 5)
		c, who := open(t, a)
		calls := 0
		a.Faults = func(fakeaws.Call) fakeaws.Fault {
			if calls++; calls > 60 {
				return fakeaws.Expired
			}
			return fakeaws.Fine
		}
		o := live.Options{Regions: []string{fakeaws.Region}, Journal: filepath.Join(dir, "p")}
		_, err := c.Take(t.Context(), who, o)
		if err == nil || !strings.Contains(err.Error(), "expired") {
			t.Fatalf("says %v", err)
		}
		a.Faults = nil
		if _, err := c.Take(t.Context(), who, o); err != nil {
			t.Fatal(err)
		}
	})
}

// TestWrite holds a written snapshot: whole, for its owner alone, and read again.
func TestWrite(t *testing.T) {
	isolated(t)
	c, who := open(t, filled(3, 0))
	s, err := c.Take(t.Context(), who, live.Options{Regions: []string{fakeaws.Region}})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"s.json", "s.json.gz"} {
		path := filepath.Join(dir, name)
		if err := s.Write(path); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
		again, err := live.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if lines := s.Since(again); len(lines) != 1 || !strings.HasPrefix(lines[0], "nothing changed") {
			t.Errorf("%s: changed %q", name, lines)
		}
		if !account.New().Detect(os.DirFS(dir), name) {
			t.Errorf("%s is not taken for a snapshot", name)
		}
		in, err := account.New().Import(t.Context(), os.DirFS(dir), name, importers.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Design.Functions()) != 3 {
			t.Errorf("%s has %d functions", name, len(in.Design.Functions()))
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := account.New().Import(t.Context(), fstest.MapFS{name: {Data: data[:len(data)-100]}}, name, importers.Options{}); err == nil || !strings.Contains(err.Error(), "cut off") {
			t.Errorf("%s cut off: %v", name, err)
		}
	}
	files, err := fs.Glob(os.DirFS(dir), "*")
	if err != nil || len(files) != 2 {
		t.Errorf("left behind: %q %v", files, err)
	}
	before, _ := live.Read(filepath.Join(dir, "s.json"))
	before.Functions = before.Functions[1:]
	before.Policies[0].Policy = []byte(`{}`)
	if lines := s.Since(before); len(lines) != 3 || !bytes.Contains([]byte(strings.Join(lines, "\n")), []byte("+ function")) || !strings.Contains(strings.Join(lines, "\n"), "~ policy of") {
		t.Errorf("changed %q", lines)
	}
}
