// Package cfn reads AWS CloudFormation templates, AWS SAM templates and synthesized AWS CDK applications, in
// YAML and JSON, and writes changed designs back into them.
//
//	bytes --yamlpos.Parse--> template --transform (SAM)--> resources --build--> model.Design
//	                                        scope: parameters, conditions, intrinsics, names, ARNs
//
// A template is what the file says. The transform adds what AWS::Serverless makes of it (roles, permissions,
// queues), and a scope answers what every value comes to, as far as the template tells: what it does not tell
// stays as the token ${Name} and is listed in the diagnostics.
package cfn
