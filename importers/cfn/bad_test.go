package cfn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model/source"
)

const small = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n"

// What is no template gets one line that says so; what is one with faults is imported with diagnostics.
func TestBadInput(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'm'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for _, c := range []struct {
		name, text string
		fails      string // part of the error, "" if it is imported
		told       string // part of a diagnostic, "" for none asked
	}{
		{name: "empty.yaml", text: "", fails: "the file is empty"},
		{name: "blank.yaml", text: "  \n\n", fails: "the file is empty"},
		{name: "comment.yaml", text: "# Resources: nothing\n", fails: "not of a format"},
		{name: "other.yaml", text: "apiVersion: v1\nkind: Pod\nResources: {}\n", fails: "not of a format"},
		{name: "serverless.yml", text: "service: x\nprovider: {name: aws}\nresources:\n  Resources: {Q: {Type: AWS::SQS::Queue}}\n", fails: "not of a format"},
		{name: "state.json", text: `{"resources": [{"type": "aws_sqs_queue"}], "Resources2": {}}`, fails: "not of a format"},
		{name: "binary.yaml", text: "Resources:\n  A: \x00\x01\x02\xff\xfe\n", fails: "binary.yaml:2:6: a binary file"},
		{name: "half.yaml", text: small + "  B: \x00\x01\x02\xff\xfe\n", fails: "half.yaml:"},
		{name: "truncated.yaml", text: small + "  Other:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: 'a", fails: "truncated.yaml:"},
		{name: "truncated.json", text: `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "a`, fails: "truncated.json:"},
		{name: "list.yaml", text: "Resources: &r\n  - Type: AWS::SQS::Queue\n", told: "Resources is not a mapping"},
		{name: "null.yaml", text: "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n", told: "Resources is not a mapping"},
		{name: "none.yaml", text: "AWSTemplateFormatVersion: '2010-09-09'\nOutputs: {}\n", told: "there is no Resources section"},
		{name: "mappings.yaml", text: small + "Mappings:\n", told: "Mappings is not a mapping"},
		{name: "deep.yaml", text: small + "  Deep: " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + "\n", fails: "deep.yaml:"},
		{name: "deep.json", text: `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": ` + strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000) + `}}}`, fails: "deep.json:"},
		{name: "tabs.yaml", text: "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n\tQueue:\n\t\tType: AWS::SQS::Queue\n", told: "tab"},
		{name: "bom.yaml", text: "\ufeff" + small},
		{name: "crlf.yaml", text: strings.ReplaceAll(small, "\n", "\r\n")},
		{name: "twice.yaml", text: small + "  Queue:\n    Type: AWS::SNS::Topic\n", told: `the key "Queue" is here twice`},
		{name: "sections.yaml", text: small + "Parameters: 5\nConditions: [a]\nOutputs: x\nGlobals: 1\n", told: "Conditions is not a mapping"},
		{name: "merge.yaml", text: "x: &x {Type: AWS::SQS::Queue}\nAWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {<<: *x, Properties: {QueueName: a}}\n  B: *x\n"},
	} {
		in, err := importBytes(c.name, c.text)
		if c.fails != "" {
			if err == nil {
				t.Errorf("%s was imported", c.name)
			} else if text := err.Error(); !strings.Contains(text, c.fails) || strings.Contains(text, "\n") || !strings.HasPrefix(text, c.name+":") {
				t.Errorf("%s: %q; want one line with %q", c.name, text, c.fails)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.told == "" {
			if len(in.Diagnostics) > 0 || len(in.Design.Resources()) == 0 {
				t.Errorf("%s: %d resources, %v", c.name, len(in.Design.Resources()), in.Diagnostics)
			}
			continue
		}
		found := false
		for _, d := range in.Diagnostics {
			found = found || strings.Contains(d.Summary, c.told) && d.Span.File == c.name && d.Span.Line > 0 && d.Span.Column > 0 && d.Detail != ""
		}
		if !found {
			t.Errorf("%s: %q is not told: %v", c.name, c.told, in.Diagnostics)
		}
	}
	// An alias bomb in the place of everything that is read.
	for _, where := range []string{
		"Properties: {QueueName: *l}", "Properties: {Tags: *l}", "Properties: *l", "Metadata: *l",
	} {
		text := bomb + small + "    " + where + "\n  Rule: {Type: AWS::Events::Rule, Properties: {EventPattern: *l, Targets: *l}}\n" +
			"  F: {Type: AWS::Lambda::Function, Properties: {Role: *l, Environment: {Variables: {A: *l, B: !Join ['', *l]}}, Layers: *l}}\n" +
			"  R: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: *l}, Policies: *l, ManagedPolicyArns: *l}}\n"
		in, err := importBytes("bomb.yaml", text)
		if err == nil && len(in.Diagnostics) == 0 {
			t.Errorf("an alias bomb at %q is not told", where)
		}
	}
}

// Texts that grow by being put together are cut off.
func TestGrowing(t *testing.T) {
	grow := "Mappings: {M: {a: {b: x}}}\nParameters:\n  P: {Type: String, Default: " + strings.Repeat("x", 200_000) + "}\nResources:\n" +
		"  Sub: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '" + strings.Repeat("${P}", 20_000) + "'}}\n" +
		"  A: {Type: AWS::SQS::Queue, Properties: {QueueName: &a !Join [x, [!Ref P, !Ref P, !Ref P]]}}\n"
	for c := 'b'; c < 'k'; c++ {
		grow += fmt.Sprintf("  %c: {Type: AWS::SQS::Queue, Properties: {QueueName: &%c !Join [x, [*%c, *%c, *%c, *%c, *%c, *%c]]}}\n", c-32, c, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	in, err := importBytes("grow.yaml", grow)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range in.Design.Resources() {
		if len(r.Name) > longestName {
			t.Errorf("%s has a name of %d bytes", r.ID, len(r.Name))
		}
	}
	expect(t, in, source.Error, 5, "a text grows beyond a megabyte")
}

func importBytes(name, text string) (*importers.Import, error) {
	fsys := fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
	return importers.OpenFS(context.Background(), Sources(), fsys, name, importers.Options{})
}

// A template that goes on for ever is refused, and one that is large is read.
func TestLarge(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("Resources:\n")
	for i := range 3_000 {
		fmt.Fprintf(&b, "  Queue%d: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub \"${AWS::StackName}-%d\"}}\n", i, i)
	}
	in, err := importBytes("large.yaml", b.String())
	if err != nil {
		t.Fatal(err)
	}
	if got := len(in.Design.Resources()); got != 3_000 {
		t.Errorf("%d resources", got)
	}
	s := Source{kindCFN}
	fsys := fstest.MapFS{"huge.yaml": &fstest.MapFile{Data: bytes.Repeat([]byte("Resources: {}\n"), MaxTemplate/14+1)}}
	if s.Detect(fsys, "huge.yaml") {
		t.Error("a file of more than MaxTemplate is detected")
	}
	if _, err := s.Import(context.Background(), fsys, "huge.yaml", importers.Options{}); err == nil || !strings.Contains(err.Error(), "20 MB") {
		t.Errorf("error %v", err)
	}
}

// denied is a file system without permission.
type denied struct{ fs.FS }

func (denied) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

// A folder without a cloud assembly, a broken manifest, a missing stack and a file without permission are errors
// of one line.
func TestBadPlaces(t *testing.T) {
	for _, s := range Sources() {
		if s.Detect(fstest.MapFS{"dir/readme": {}}, "dir") {
			t.Errorf("%s detects a folder", s.Name())
		}
		if s.Detect(denied{}, "template.yaml") {
			t.Errorf("%s detects a file without permission", s.Name())
		}
		if _, err := s.Import(context.Background(), denied{}, "template.yaml", importers.Options{}); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: %v", s.Name(), err)
		}
		if _, err := s.Import(context.Background(), fstest.MapFS{"dir/readme": {}}, "dir", importers.Options{}); err == nil {
			t.Errorf("%s imports a folder", s.Name())
		}
	}
	stack := `{"artifacts": {"A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "a.json"}}}}`
	for _, c := range []struct{ manifest, fails string }{
		{stack, "a.json"},
		{`{"artifacts": {`, "manifest.json"},
		{`{"artifacts": {}}`, "no stacks"},
	} {
		fsys := fstest.MapFS{"cdk.out/manifest.json": {Data: []byte(c.manifest)}}
		if _, err := (Source{kindCDK}).Import(context.Background(), fsys, "cdk.out", importers.Options{}); err == nil || !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: %v", c.manifest, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Source{kindCFN}).Import(ctx, fstest.MapFS{"a.yaml": {Data: []byte(small)}}, "a.yaml", importers.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled import gives %v", err)
	}
}

// Each source knows its own kind only.
func TestDetect(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a.yaml", small, kindCFN},
		{"a.yaml", "Transform: AWS::Serverless-2016-10-31\nResources: {}\n", kindSAM},
		{"a.json", `{"Resources": {"F": {"Type": "AWS::Serverless::Function"}}}`, kindSAM},
		{"a.json", `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`, kindCFN},
		{"a.template.json", `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`, kindCDK},
		{"a.json", `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "A/Q"}}}}`, kindCDK},
		{"a.json", `{"nested": {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}}`, ""},
		{"a.yaml", "{Resources: {Q: {Type: AWS::SQS::Queue}}}\n", kindCFN},
		{"a.yaml", "{nested: {Resources: {Q: {Type: AWS::SQS::Queue}}}}\n", ""},
		{"a.yaml", "  AWSTemplateFormatVersion: 2010-09-09\n  Resources:\n    Q: {Type: AWS::SQS::Queue}\n", kindCFN},
		{"a.yaml", "---\n# first\n\"Resources\":\n  Q: {Type: AWS::SQS::Queue}\n", kindCFN},
	} {
		got := ""
		for _, s := range Sources() {
			if s.Detect(fstest.MapFS{c.name: {Data: []byte(c.text)}}, c.name) {
				got += s.Name()
			}
		}
		if got != c.want {
			t.Errorf("%s is taken for %q, want %q:\n%s", c.name, got, c.want, c.text)
		}
	}
}

// No value of a variable, secret, parameter or token comes through: neither into the design nor into what is told.
func TestNoValues(t *testing.T) {
	in := imported(t, "secrets.yaml", `Transform: AWS::Serverless-2016-10-31
Parameters:
  Password: {Type: String, NoEcho: true, Default: hush-default}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      {Runtime: python3.12, Handler: a.b, CodeUri: ., Environment: {Variables: {KEY: hush-variable, LIST: [hush-list], JOINED: !Join [hush, [hush-joined, !Ref Nothing]], PASS: !Ref Password}}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {SecretString: hush-string}}
  Value: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: hush-parameter}}
  Copy: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt Value.Value}}
  Named: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Password}}
  Allowed: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F, Action: lambda:InvokeFunction, Principal: alexa-appkit.amazon.com, EventSourceToken: hush-token}}
  Database: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: hush-master, Tags: []}}
`, importers.Options{Params: map[string]string{"Password": "hush-given"}})
	text := fmt.Sprintf("%+v", in.Diagnostics) + printed(in)
	for _, e := range in.Design.Elements() {
		text += fmt.Sprintf("%+v", e)
	}
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, "hush")
		if !ok {
			break
		}
		t.Errorf("a value is shown: hush%.30s", after)
		rest = after
	}
	if f := in.Design.Function("fn/F"); len(f.Environment) != 4 {
		t.Errorf("variables %v", f.Environment)
	}
	for _, d := range in.Diagnostics {
		if d.Severity == source.Error {
			t.Errorf("told: %s", d)
		}
	}
}

// A cloud assembly of which a part cannot be read, or lies outside of the folder, is read without that part.
func TestAssemblyLacks(t *testing.T) {
	const manifest = `{"version": "36.0.0", "artifacts": {
		"Here": {"type": "aws:cloudformation:stack", "environment": "aws://1/us-east-1", "properties": {"templateFile": "here.template.json"}},
		"Gone": {"type": "aws:cloudformation:stack", "environment": "aws://1/us-east-1", "properties": {"templateFile": "gone.template.json"}},
		"Out": {"type": "aws:cloudformation:stack", "environment": "aws://1/us-east-1", "properties": {"templateFile": "../out.template.json"}},
		"Itself": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}},
		"Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "../../stage"}}}}`
	open := func(files map[string]string) (*importers.Import, error) {
		fsys := fstest.MapFS{}
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return importers.OpenFS(context.Background(), Sources(), fsys, ".", importers.Options{})
	}
	in, err := open(map[string]string{"manifest.json": manifest, "here.template.json": `{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}`})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Design.Resources()) != 1 {
		t.Errorf("%d resources", len(in.Design.Resources()))
	}
	for _, what := range []string{"stack Gone", "stack Out", "assembly Stage"} {
		expect(t, in, source.Error, 1, what+" could not be read")
	}
	expect(t, in, source.Error, 1, "assembly Itself is there already")
	if _, err := open(map[string]string{"manifest.json": manifest}); err == nil || !strings.Contains(err.Error(), "no stack that can be read") {
		t.Errorf("%v", err)
	}
}
