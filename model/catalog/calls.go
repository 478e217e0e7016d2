package catalog

import "strings"

// calls are API calls that policies name as if they were actions, with the action that permits them (the services'
// API permission references).
var calls = map[string]string{
	"sqs:sendmessagebatch":             "sqs:SendMessage",
	"sqs:deletemessagebatch":           "sqs:DeleteMessage",
	"sqs:changemessagevisibilitybatch": "sqs:ChangeMessageVisibility",
	"sns:publishbatch":                 "sns:Publish",
	"s3:headobject":                    "s3:GetObject",
	"s3:headbucket":                    "s3:ListBucket",
	"s3:listobjects":                   "s3:ListBucket",
	"s3:listobjectsv2":                 "s3:ListBucket",
	"s3:listbuckets":                   "s3:ListAllMyBuckets",
	"s3:deleteobjects":                 "s3:DeleteObject",
	"s3:createmultipartupload":         "s3:PutObject",
	"s3:uploadpart":                    "s3:PutObject",
	"s3:completemultipartupload":       "s3:PutObject",
	"lambda:invoke":                    "lambda:InvokeFunction",
	"bedrock:converse":                 "bedrock:InvokeModel",
	"bedrock:conversestream":           "bedrock:InvokeModelWithResponseStream",
}

// ActionOfCall returns the action that permits what a policy calls by an API's name, such as sqs:SendMessage for
// "sqs:SendMessageBatch"; nil for other names, real actions included. In a policy such a name allows nothing.
func (c *Catalog) ActionOfCall(name string) *Action {
	if real := calls[strings.ToLower(name)]; real != "" {
		return c.Action(real)
	}
	return nil
}
