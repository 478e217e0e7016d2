package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// who-can says that the data takes its key, and whom the key keeps out.
func TestWhoCanTellsOfTheKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "template.yaml")
	role := func(name, more string) string {
		return "  " + name + `:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: secretsmanager:GetSecretValue, Resource: !Ref Secret}
` + more
	}
	text := `Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}]}
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {KmsKeyId: !GetAtt Key.Arn}
` + role("Has", "              - {Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt Key.Arn}\n") + role("Lacks", "")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out := typed(t, "", "who-can", "secretsmanager:GetSecretValue", "Secret", path).out
	for _, say := range []string{"needs kms:Decrypt as well, on Key", "kept out by the key: Lacks", "1 directly, 0 by a path", "allows kms:Decrypt"} {
		if !strings.Contains(out, say) {
			t.Errorf("it does not say %q:\n%s", say, out)
		}
	}
	out = typed(t, "", "who-can", "secretsmanager:GetSecretValue", "Secret", path, "--json").out
	for _, say := range []string{`"action": "kms:Decrypt"`, `"withoutKey"`, `"principal": "role/Lacks"`} {
		if !strings.Contains(out, say) {
			t.Errorf("the JSON does not have %q:\n%s", say, out)
		}
	}
}
