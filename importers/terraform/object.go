package terraform

import (
	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/source"
)

// An object is one managed resource or data source of a configuration, plan or state, with what is known of its
// arguments and attributes.
type object struct {
	address string // module.orders["eu"].aws_lambda_function.handler[0]
	typ     string // aws_lambda_function
	data    bool   // a data source
	owner          // of its provider configuration

	// value is an object: arguments, nested blocks as lists of objects, and attributes that AWS computes. A text that
	// nobody tells holds tokens as a design does: "arn:aws:s3:::${var.name}/*". What is unknown and no text is an
	// unknown value.
	value cty.Value
	span  source.Span // of its block, or of its JSON object

	// at is the place of an attribute or nested block within: "policy", or "inline_policy", "0", "policy"; the
	// object's own where that is not known.
	at func(path ...string) source.Span

	// documents is where the statements of the policy document of an attribute are written: the statement blocks of an
	// aws_iam_policy_document, the objects of a jsonencode, the JSON of a heredoc or a file. It is nil, or returns nil,
	// where that is not known.
	documents func(path ...string) *written
}

// An owner is the account and region that a provider configuration works in, and the name of what was opened, with which
// the placeholders of generated names begin.
type owner struct {
	account, region, partition, stack string
}

// A written is where a policy document stands in a configuration.
type written struct {
	span       source.Span   // of the document
	statements []source.Span // of each of its statements, in the document's order
}
