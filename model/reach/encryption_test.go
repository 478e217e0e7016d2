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
