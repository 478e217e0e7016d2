package command_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// secretive has a marked value wherever a template may hold a secret.
const secretive = `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Metadata:
  Note: MARKEDmetadata
Parameters:
  Password: {Type: String, NoEcho: true, Default: MARKEDdefault}
  Plain: {Type: String, Default: MARKEDparameter}
  Stage: {Type: String}
Conditions: {Undecided: !Equals [!Ref Stage, prod]}
Mappings: {Keys: {prod: {key: MARKEDmapping}}}
Globals:
  Function:
    Environment: {Variables: {SHARED: MARKEDglobal}}
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {Note: MARKEDresource}
    Properties:
      Runtime: python3.12
      Handler: a.b
      CodeUri: src/
      Environment:
        Variables:
          API_KEY: MARKEDvalue
          PASSWORD: !Ref Password
          URL: !Sub 'postgres://u:MARKEDsub${Password}@db'
          JOIN: !Join ['', [MARKEDjoin, !Ref Plain]]
          MAPPED: !FindInMap [Keys, prod, key]
          CHOSEN: !If [Undecided, MARKEDthen, MARKEDelse]
          ARN: arn:aws:iam::123456789012:user/MARKEDarn
          BLOCK: |
            MARKEDblock
          LIST: [MARKEDlist]
          MAP: {a: MARKEDmap}
          BADJOIN: !Join [MARKEDbadjoin]
          BADCALL: !Foo MARKEDcall
          BADSUB: !Sub ['${x}', {x: [MARKEDbadsub]}]
      Events:
        Get: {Type: HttpApi, Properties: {Method: GET, Path: /a}}
        Put: {Type: HttpApi, Properties: {Method: PUT, Path: /a}}
      Policies:
        - Statement:
            - {Sid: All, Effect: Allow, Action: 'dynamodb:*', Resource: '*'}
  T: {Type: AWS::Serverless::SimpleTable}
  S:
    Type: AWS::SecretsManager::Secret
    Properties: {SecretString: MARKEDsecret}
  D:
    Type: AWS::RDS::DBInstance
    Properties: {MasterUserPassword: !Ref Password, MasterUsername: MARKEDuser}
  Alexa: {Type: AWS::Lambda::Permission, Properties: {Action: lambda:InvokeFunction, FunctionName: !Ref F, Principal: alexa-appkit.amazon.com, EventSourceToken: MARKEDtoken}}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties: {RoleArn: 'arn:aws:iam::123456789012:role/x', DefinitionString: '{"States": {"a": {"Result": "MARKEDdefinition"}}}'}
  P:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: MARKEDssm, Name: /cfg}
`

var marked = regexp.MustCompile(`MARKED\w*`)

// No value of an environment, a hidden parameter, a secret or metadata is in anything that a command prints or
// writes. A patch shows lines of the source itself, so one is made where there is no secret near, and of a split, whose
// patch carries the environment over, the diff is left out.
func TestNoSecretValues(t *testing.T) {
	const (
		tighten = `{"op": "tighten", "role": "role/FRole", "statement": {"sid": "All"}, "actions": ["dynamodb:GetItem"]}`
		split   = `{"op": "split", "function": "fn/F", "parts": [{"name": "G", "triggers": ["Get"], "environment": ["URL"], "grants": [{"actions": ["dynamodb:GetItem"], "resources": ["res/T"]}]}, {"name": "F", "keeps": true, "triggers": ["Put"], "environment": ["API_KEY", "PASSWORD"], "grants": [{"actions": ["dynamodb:PutItem"], "resources": ["res/T"]}]}]}`
	)
	template := write(t, "template.yaml", secretive)
	report, export := filepath.Join(t.TempDir(), "report"), filepath.Join(t.TempDir(), "export")
	for _, c := range []struct {
		script string
		args   []string
	}{
		{"", []string{"model", template}},
		{"", []string{"model", template, "--json"}},
		{"", []string{"model", template, "--json", "--param", "Password=MARKEDgiven"}},
		{"", []string{"breach", template}},
		{"", []string{"breach", template, "--json"}},
		{"", []string{"who-can", "dynamodb:GetItem", "T", template, "--json"}},
		{"", []string{"draw", template}},
		{"", []string{"draw", template, "--view", "map"}},
		{"", []string{"draw", template, "--format", "pdf"}},
		{split, []string{"draw", template, "--script", "-"}},
		{split, []string{"edit", template, "--script", "-"}},
		{split, []string{"edit", template, "--script", "-", "--json"}},
		{split, []string{"report", template, "--script", "-", "-o", report}},
		{split, []string{"export", template, "--script", "-", "--to", export}},
		{tighten, []string{"export", template, "--script", "-", "--patch"}},
	} {
		r := typed(t, c.script, c.args...)
		if r.code != 0 {
			t.Errorf("%v: exit %d: %s", c.args, r.code, r.err)
		}
		if found := marked.FindString(r.out + r.err); found != "" {
			t.Errorf("%v prints %s", c.args, found)
		}
		if c.args[0] == "model" && c.args[len(c.args)-1] == "--json" && !strings.Contains(r.out, "API_KEY") {
			t.Error("not even the variable's name is told")
		}
	}
	files := 0
	for _, dir := range []string{report, export} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || e.Name() == "source.diff" {
				return err
			}
			files++
			data, err := os.ReadFile(path)
			if found := marked.Find(data); found != nil {
				t.Errorf("%s holds %s", e.Name(), found)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 10 {
		t.Errorf("only %d files were looked at", files)
	}
}

// A hidden parameter stays hidden where a policy or a name is made of it.
func TestHiddenParameterInPolicy(t *testing.T) {
	template := write(t, "template.yaml", strings.NewReplacer(
		"Resource: '*'}", "Resource: '*', Condition: {StringEquals: {'aws:UserAgent': !Ref Password}}}",
		"Name: /cfg", "Name: !Sub '/cfg/${Password}'",
	).Replace(secretive))
	for _, args := range [][]string{{"model", template, "--json"}, {"breach", template, "--json"}, {"draw", template}, {"model", template, "--json", "--param", "Password=MARKEDgiven"}} {
		r := run(t, args...)
		if found := marked.FindString(r.out + r.err); r.code != 0 || found != "" {
			t.Errorf("%v: exit %d, prints %s: %s", args, r.code, found, r.err)
		}
	}
}
