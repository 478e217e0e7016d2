package live

import (
	"cmp"
	"slices"
	"strings"
)

// A protocol is how a service is spoken to.
// https://smithy.io/2.0/aws/protocols/index.html
type protocol uint8

const (
	query    protocol = iota // a form, answered in XML
	ec2Query                 // the same, with EC2's way of answering
	jsonRPC                  // JSON, the operation in X-Amz-Target
	restJSON
	restXML
)

// A service is an API of AWS.
type service struct {
	name     string // by which its requests are signed
	prefix   string // of its IAM actions; name if ""
	host     string // of its endpoints; name if ""
	id       string // of AWS_ENDPOINT_URL_…
	title    string // for people
	proto    protocol
	version  string // of the API, in queries
	target   string // before the operation in X-Amz-Target
	json     string // version of jsonRPC
	global   bool   // has one endpoint a partition
	optional bool   // is read only when asked for
}

var (
	stsService           = &service{name: "sts", id: "STS", title: "STS", version: "2011-06-15"}
	iamService           = &service{name: "iam", id: "IAM", title: "IAM", version: "2010-05-08", global: true}
	ec2Service           = &service{name: "ec2", id: "EC2", title: "EC2", proto: ec2Query, version: "2016-11-15"}
	organizationsService = &service{name: "organizations", id: "ORGANIZATIONS", title: "Organizations", proto: jsonRPC, target: "AWSOrganizationsV20161128", json: "1.1", global: true}
	lambdaService        = &service{name: "lambda", id: "LAMBDA", title: "Lambda", proto: restJSON}
	s3Service            = &service{name: "s3", id: "S3", title: "S3", proto: restXML}
	s3ControlService     = &service{name: "s3", host: "s3-control", id: "S3_CONTROL", title: "S3", proto: restXML}
)

// An operation is one call of a service's API, and where its answer goes is up to the file that asks it.
type operation struct {
	of     *service
	name   string
	action string               // of IAM, where its name is not the operation's; "-" for what needs no permission
	method string               // of REST; GET if ""
	path   string               // of REST: "/2015-03-31/functions/{FunctionName}/policy"
	absent []string             // codes of errors which say that there is nothing, as one may expect
	reads  string               // what, for people
	needs  func(o Options) bool // whether it is made; nil: always
}

// operations are all that the reader can call: what --print-policy allows, and docs/import.md lists.
var operations []*operation

// op registers an operation.
func op(o operation) *operation {
	operations = append(operations, &o)
	return &o
}

// permission is the action of IAM that allows the call, "" for none.
func (o *operation) permission() string {
	if o.action == "-" {
		return ""
	}
	prefix := cmp.Or(o.of.prefix, o.of.name)
	if strings.Contains(o.action, ":") {
		return o.action
	}
	return prefix + ":" + cmp.Or(o.action, o.name)
}

// String is the operation as people write it: "lambda:ListFunctions".
func (o *operation) String() string { return cmp.Or(o.of.prefix, o.of.name) + ":" + o.name }

// sortedOperations are the operations by service and name.
func sortedOperations() []*operation {
	return slices.SortedFunc(slices.Values(operations), func(a, b *operation) int {
		return cmp.Or(cmp.Compare(a.of.title, b.of.title), cmp.Compare(a.String(), b.String()))
	})
}
