package reach

import (
	"strings"

	"bulkhead/model/policy"
)

// Services tell KMS for what they use a key: the encryption context, which conditions of the key's policy or of the caller's may
// ask for.

const encryptionContext = "kms:encryptioncontext:"

// encrypted are the encryption contexts of a service's use of a target's key, with all that is known of them; several where the
// service has a choice that the design does not tell. nil: nothing is known.
func (an *Analysis) encrypted(t *target) []policy.Context {
	if strings.Contains(t.arn, "${") {
		return nil
	}
	var out []policy.Context
	open := ""
	switch t.service {
	case "s3": // "Protecting data with server-side encryption with AWS KMS keys": the object, or with a bucket key the bucket
		out = []policy.Context{{"aws:s3:arn": {t.arn}}, {"aws:s3:arn": {t.arn + "/" + anyName}}}
	case "secretsmanager": // "Secret encryption and decryption in AWS Secrets Manager"
		out, open = []policy.Context{{"secretarn": {t.arn}}}, "secretversionid"
	case "ssm": // "AWS KMS encryption for Systems Manager Parameter Store SecureString parameters"
		out = []policy.Context{{"parameter_arn": {t.arn}}}
	case "dynamodb": // "DynamoDB encryption context"
		out = []policy.Context{{"aws:dynamodb:tablename": {t.arn[strings.LastIndexByte(t.arn, '/')+1:]}, "aws:dynamodb:subscriberid": {t.account}}}
	default:
		return nil
	}
	for i, c := range out {
		named := policy.Context{}
		for _, k := range an.keys {
			if name, ok := strings.CutPrefix(k, encryptionContext); ok && name != open {
				named[k] = c[name] // nil: the service gives no other
			}
		}
		if len(named) == 0 {
			return nil // nobody asks
		}
		out[i] = named
	}
	return out
}
