package reach

import "strings"

// Some calls are for principals of the resource's own account alone, whatever its policy says.

// homebound are such actions, lower-case: those of queues to which "cross-account permissions don't apply" (Amazon SQS Developer
// Guide, "Limitations of Amazon SQS custom policies"), and a bucket's policy (Amazon S3 API Reference, PutBucketPolicy: 405).
var homebound = func() map[string]bool {
	m := map[string]bool{}
	for service, names := range map[string]string{
		"sqs": "AddPermission CancelMessageMoveTask DeleteQueue ListMessageMoveTasks ListQueueTags RemovePermission SetQueueAttributes StartMessageMoveTask TagQueue UntagQueue",
		"s3":  "GetBucketPolicy PutBucketPolicy DeleteBucketPolicy",
	} {
		for name := range strings.FieldsSeq(names) {
			m[strings.ToLower(service+":"+name)] = true
		}
	}
	return m
}()

// keysAbroad are the actions on a KMS key that other accounts may be allowed, beside the cryptographic ones (AWS KMS Developer Guide,
// "Allowing users in other accounts to use a KMS key").
var keysAbroad = map[string]bool{"kms:creategrant": true, "kms:describekey": true, "kms:getkeyrotationstatus": true, "kms:getpublickey": true, "kms:listgrants": true, "kms:retiregrant": true, "kms:revokegrant": true,
	"kms:decrypt": true, "kms:encrypt": true, "kms:reencryptfrom": true, "kms:reencryptto": true, "kms:generatedatakey": true, "kms:generatedatakeywithoutplaintext": true, "kms:generatedatakeypair": true,
	"kms:generatedatakeypairwithoutplaintext": true, "kms:generatemac": true, "kms:verifymac": true, "kms:sign": true, "kms:verify": true, "kms:derivesharedsecret": true}

// staysHome reports whether an action, in any case of letters, is for the resource's account alone.
func staysHome(action string) bool {
	action = strings.ToLower(action)
	if homebound[action] {
		return true
	}
	return strings.HasPrefix(action, "kms:") && !keysAbroad[action]
}
