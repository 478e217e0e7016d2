package terraform

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
)

// credentials finds what the configuration puts users' access keys into: a secret's value, an object of a bucket, a function's
// environment, what an instance is started with.
func (b *builder) credentials() {
	users := map[string]model.ID{} // secret → its user
	for _, key := range b.objects {
		if key.typ == "aws_iam_access_key" {
			if user := b.idOf(b.holder(key.word("user"), key, "AWS::IAM::User")); user != "" {
				n := b.called[key]
				users[n.fill(accessKeySecret)] = user
			}
		}
	}
	if len(users) == 0 {
		return
	}
	for _, x := range b.objects {
		holder, object := x, ""
		switch x.typ {
		case "aws_iam_access_key":
			continue
		case "aws_secretsmanager_secret_version":
			holder = b.find(x.word("secret_id"), x, "AWS::SecretsManager::Secret")
		case "aws_s3_object", "aws_s3_bucket_object":
			holder, object = b.find(x.word("bucket"), x, "AWS::S3::Bucket"), x.word("key")
		case "aws_dynamodb_table_item":
			holder = b.find(x.word("table_name"), x, "AWS::DynamoDB::Table")
		}
		var held *[]model.Credential
		if f := b.functions[holder]; f != nil {
			held = &f.Credentials
		} else if e := b.others[holder]; e != nil {
			held = &e.Credentials
		} else {
			continue
		}
		for _, user := range secretsIn(x.value, users) {
			if c := (model.Credential{User: user, Key: object}); !slices.Contains(*held, c) {
				*held = append(*held, c)
			}
		}
	}
}

// secretsIn are the users whose access keys' secrets stand in a value, as they are or in base64, sorted.
func secretsIn(v cty.Value, users map[string]model.ID) []model.ID {
	var out []model.ID
	_ = cty.Walk(v, func(_ cty.Path, v cty.Value) (bool, error) {
		v, _ = v.Unmark()
		if !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
			return true, nil
		}
		text := v.AsString()
		if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
			text += "\n" + string(plain)
		}
		for secret, user := range users {
			if strings.Contains(text, secret) {
				out = append(out, user)
			}
		}
		return true, nil
	})
	slices.Sort(out)
	return slices.Compact(out)
}
