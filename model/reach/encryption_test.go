package reach

import (
	"testing"

	"bulkhead/model"
)

// A condition on the encryption context is decided where the service that uses the key is known to give it.
func TestEncryptionContexts(t *testing.T) {
	bucket, secret, table := arnOf("AWS::S3::Bucket", "data"), arnOf("AWS::SecretsManager::Secret", "S"), arnOf("AWS::DynamoDB::Table", "T")
	condition := func(operator, key, value string) string {
		return `"` + operator + `": {"kms:EncryptionContext:` + key + `": "` + value + `"}`
	}
	for _, c := range []struct{ typ, grant, condition, want string }{
		{"AWS::S3::Bucket", allow("s3:GetObject", bucket+"/*"), condition("StringLike", "aws:s3:arn", bucket+"*"), "must"},
		{"AWS::S3::Bucket", allow("s3:GetObject", bucket+"/*"), condition("StringEquals", "aws:s3:arn", bucket), "may"},       // with a bucket key
		{"AWS::S3::Bucket", allow("s3:GetObject", bucket+"/*"), condition("StringLike", "aws:s3:arn", bucket+"/in/*"), "may"}, // some
		{"AWS::S3::Bucket", allow("s3:GetObject", bucket+"/*"), condition("StringEquals", "app", "shop"), "may"},              // the object may have been given one
		{"AWS::SecretsManager::Secret", allow("secretsmanager:GetSecretValue", secret), condition("StringEquals", "SecretARN", secret), "must"},
		{"AWS::SecretsManager::Secret", allow("secretsmanager:GetSecretValue", secret), condition("StringLike", "SecretARN", "arn:aws:secretsmanager:*:*:secret:S-*"), "must"},
		{"AWS::SecretsManager::Secret", allow("secretsmanager:GetSecretValue", secret), condition("StringLike", "SecretARN", "*:secret:other-*"), ""},
		{"AWS::SecretsManager::Secret", allow("secretsmanager:GetSecretValue", secret), condition("StringEquals", "SecretVersionId", "x"), "may"},
		{"AWS::SecretsManager::Secret", allow("secretsmanager:GetSecretValue", secret), condition("StringEquals", "app", "shop"), ""},
		{"AWS::DynamoDB::Table", allow("dynamodb:GetItem", table), condition("StringEquals", "aws:dynamodb:tableName", "T"), "must"},
		{"AWS::DynamoDB::Table", allow("dynamodb:GetItem", table), condition("StringEquals", "aws:dynamodb:tableName", "U"), ""},
		{"AWS::DynamoDB::Table", allow("dynamodb:GetItem", table), condition("StringEquals", "aws:dynamodb:subscriberId", testAccount), "must"},
	} {
		b := build(t)
		k := b.resource("AWS::KMS::Key", "k")
		name := map[string]string{"AWS::S3::Bucket": "data", "AWS::SecretsManager::Secret": "S", "AWS::DynamoDB::Table": "T"}[c.typ]
		b.resource(c.typ, name).Key = k.ID
		b.function("F", c.grant+","+when(allow("kms:Decrypt", "*"), c.condition))
		got := ""
		for _, h := range breach(t, b.analyse(), "fn/F").Hits {
			if h.Target == model.ID("res/"+name) {
				got = h.Certainty.String()
			}
		}
		if got != c.want {
			t.Errorf("%s under %s: %q, not %q", c.typ, c.condition, got, c.want)
		}
	}
}

// The key that AWS manages for an account serves nobody else: another account reads a secret under a key of one's own alone.
func TestSecretsOfOtherAccounts(t *testing.T) {
	const other = "999999999999"
	lets := func(action string) string {
		return `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::` + other + `:root"}, "Action": "` + action + `", "Resource": "*"}`
	}
	for _, c := range []struct {
		name, action string
		key, unseen  bool
		want         string
	}{
		{"AWS's key", "secretsmanager:GetSecretValue", false, false, ""},
		{"AWS's key, to write", "secretsmanager:PutSecretValue", false, false, ""},
		{"AWS's key, to delete", "secretsmanager:DeleteSecret", false, false, "must"},
		{"a key that lets it", "secretsmanager:GetSecretValue", true, false, "must"},
		{"a secret that is named only", "secretsmanager:GetSecretValue", false, true, "may"},
	} {
		b := build(t)
		s := b.resource("AWS::SecretsManager::Secret", "S")
		s.Policy, s.PolicyUnseen = document(t, lets(c.action)), c.unseen
		if c.key {
			k := b.resource("AWS::KMS::Key", "k")
			k.Policy, s.Key = document(t, lets("kms:Decrypt")), k.ID
		}
		got := ""
		if x := b.analyse().Breach("outside/" + other); x != nil {
			for _, h := range x.Hits {
				if h.Target == s.ID {
					got = h.Certainty.String()
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}
