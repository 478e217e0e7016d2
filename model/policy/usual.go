package policy

import "strings"

// OfKey is what KMS gives a key without a policy of its own: the account, which leaves it to identity policies.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func OfKey(partition, account string) *Document {
	return &Document{Version: "2012-10-17", Statements: []*Statement{{
		Sid: "Enable IAM User Permissions", Actions: []string{"kms:*"}, Resources: []string{"*"},
		Principals: []Principal{{Kind: "AWS", Value: "arn:" + partition + ":iam::" + account + ":root"}},
	}}}
}

// PrincipalOf reads a principal as Lambda's permissions and event buses write it: "*", an account's number, an ARN or a
// service.
func PrincipalOf(text, partition string) Principal {
	switch {
	case text == "*":
		return Principal{Kind: "*", Value: "*"}
	case len(text) == 12 && strings.Trim(text, "0123456789") == "":
		return Principal{Kind: "AWS", Value: "arn:" + partition + ":iam::" + text + ":root"}
	case strings.HasPrefix(text, "arn:"), strings.HasPrefix(text, "${"):
		return Principal{Kind: "AWS", Value: text}
	}
	return Principal{Kind: "Service", Value: text}
}
