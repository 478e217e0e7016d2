package cfn

import (
	"path"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// function makes a Function of an AWS::Lambda::Function (or what SAM makes one of).
func (b *builder) function(r *resource) {
	p := r.Props
	f := &model.Function{
		ID: b.ids[r], LogicalID: r.called(), Name: b.nameOf(r), ARN: b.arnOf(r),
		Runtime: b.words(b.get(p, "Runtime")), Handler: b.words(b.get(p, "Handler")),
		Environment: b.environment(r), Code: b.localCode(r),
		Stem: r.stem, NamePrefix: r.prefix,
		Layers:  b.list(b.get(p, "Layers"), "Layers"),
		VPC:     len(b.items(b.get(p, "VpcConfig", "SubnetIds"))) > 0 || r.Written == samFunction && b.get(p, "VpcConfig") != nil,
		Tracing: traces(b.words(b.get(p, "TracingConfig", "Mode"))),
		Tags:    b.tags(b.get(p, "Tags")), Stack: b.stack, Origin: r.Origin,
	}
	f.DeadLetter = b.words(b.get(p, "DeadLetterConfig", "TargetArn"))
	if r.Written == samFunction {
		f.DeadLetter = b.words(b.get(p, "DeadLetterQueue", "TargetArn"))
		f.Tracing = traces(b.words(b.get(p, "Tracing")))
	}
	f.WriteLogsTo(b.words(b.get(p, "LoggingConfig", "LogGroup")))
	b.functions[r] = f
	b.add(f)
	if v := b.get(p, "Environment", "Variables"); v != nil && v.Kind == yamlpos.Mapping && r.Value.Get("Properties").Get("Environment") != nil {
		b.places.variables[f.ID] = v
	}
}

// traces reports whether a function sends traces: in PassThrough as well, for requests that are sampled already.
// https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
func traces(mode string) bool { return mode != "" && mode != "Disabled" }

// environment lists the names of the variables and what they refer to. Values are looked at and dropped.
func (b *builder) environment(r *resource) []model.EnvVar {
	b.notes.quiet++
	defer func() { b.notes.quiet-- }()
	var out []model.EnvVar
	for _, p := range b.pairs(b.get(r.Props, "Environment", "Variables")) {
		out = append(out, model.EnvVar{Name: p.Key.Value, Refers: b.refersTo(p.Value), Origin: entrySpan(p.Key, p.Value)})
	}
	return out
}

// refersTo is the resource or function that a value names. A bare name counts only where it is that of
// something that holds data: a stage called "prod" is not what MODE=prod means.
func (b *builder) refersTo(n *yamlpos.Node) model.ID {
	for _, id := range b.refs(n) {
		if r := b.resource(id); r == nil || nests(r) {
			continue
		} else if e := b.elementOf(r); e != "" {
			return e
		}
	}
	text, ok := b.text(n)
	if !ok {
		return ""
	}
	if strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "https://sqs.") {
		return b.elementOf(b.findText(text, nil))
	}
	return b.elementOf(b.findText(text, func(r *resource) bool {
		return r.Type == "AWS::Lambda::Function" || catalog.KindOf(r.Type).Counted
	}))
}

// elementOf is the id of the function or resource that stands in the design for r; "" for none.
func (b *builder) elementOf(r *resource) model.ID {
	if r == nil || b.ids[r] == "" {
		return ""
	}
	switch r.Type {
	case "AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::Lambda::Url":
		property := "FunctionName"
		if r.Type == "AWS::Lambda::Url" {
			property = "TargetFunctionArn"
		}
		if f := b.of(r).findFunction(b.of(r).get(r.Props, property)); f != nil {
			return b.ids[f]
		}
		return ""
	}
	if m := b.machineOf(r); m != r {
		return b.elementOf(m)
	}
	if k := kindOf(r.Type); k != "fn" && k != "res" || isWiring(r.Type) {
		return ""
	}
	return b.ids[r]
}

// machineOf is the state machine that a version or an alias of one stands for, nil for one that is not there; anything
// else stands for itself.
func (b *builder) machineOf(r *resource) *resource {
	switch r.Type {
	case "AWS::StepFunctions::StateMachineVersion":
		return b.of(r).find(b.of(r).get(r.Props, "StateMachineArn"), ofType("AWS::StepFunctions::StateMachine"))
	case "AWS::StepFunctions::StateMachineAlias":
		v := b.of(r).find(b.of(r).machineVersion(r), ofType("AWS::StepFunctions::StateMachineVersion", "AWS::StepFunctions::StateMachine"))
		if v == nil {
			return nil
		}
		return b.machineOf(v)
	}
	return r
}

// localCode is the path of the function's code where it is a local one.
func (b *builder) localCode(r *resource) string {
	p := r.Props
	if r.code != "" {
		return r.code
	}
	if r.Written == samFunction && b.get(p, "CodeUri") == nil && b.get(p, "InlineCode") == nil && b.get(p, "ImageUri") == nil && b.words(b.get(p, "PackageType")) != "Image" {
		return path.Dir(b.template.File) // what "sam build" takes
	}
	if r.Value != nil {
		// What CDK and "sam build" write down of where the code came from.
		if n := b.get(r.Value, "Metadata", "aws:asset:path"); n != nil {
			if text := b.words(n); text != "" && !path.IsAbs(text) && !hasUnknown(text) {
				return path.Join(path.Dir(b.template.File), text)
			}
		}
	}
	if at := b.asset(b.words(b.get(p, "Code", "S3Key"))); at != "" {
		return path.Join(path.Dir(b.template.File), at)
	}
	for _, key := range []string{"CodeUri", "Code"} {
		n := b.get(p, key)
		if n == nil || n.Kind != yamlpos.Scalar || isCall(n) {
			continue
		}
		if text := b.words(n); text != "" && !strings.Contains(text, "://") && !hasUnknown(text) {
			return path.Join(path.Dir(b.template.File), text)
		}
	}
	return ""
}

// packageOf is where a function's code is taken from, as far as the template makes it. A version of an object stays as it
// is, whoever writes the key.
func (b *builder) packageOf(r *resource) model.Package {
	for _, key := range []string{"Code", "CodeUri"} {
		n := b.get(r.Props, key)
		if b.get(n, "S3ObjectVersion") != nil || b.get(n, "Version") != nil {
			return model.Package{}
		}
		for _, names := range [][2]string{{"S3Bucket", "S3Key"}, {"Bucket", "Key"}} {
			if from := b.source(b.get(n, names[0]), ofType("AWS::S3::Bucket")); from != "" {
				return model.Package{From: from, Key: b.words(b.get(n, names[1]))}
			}
		}
	}
	for _, n := range []*yamlpos.Node{b.get(r.Props, "Code", "ImageUri"), b.get(r.Props, "ImageUri")} {
		if from := b.source(n, ofType("AWS::ECR::Repository")); from != "" {
			return model.Package{From: from}
		}
	}
	return model.Package{}
}

// packages connects functions with the buckets and repositories that their code is taken from.
func (b *builder) packages() {
	for _, r := range b.resources {
		if f := b.functions[r]; f != nil {
			f.Package = b.packageOf(r)
		}
	}
}

// runAs connects every function with its role. A role that the template only names by ARN becomes an
// external one: its policies were not seen.
func (b *builder) runAs() {
	for _, r := range b.resources {
		f := b.functions[r]
		if f == nil {
			continue
		}
		n := b.get(r.Props, "Role")
		if n == nil {
			b.note(source.Error, r.Origin, "What it may do is not known.", "function %s has no Role", r.ID)
			continue
		}
		if role := b.find(n, ofType("AWS::IAM::Role")); role != nil {
			f.Role, f.RoleARN = b.ids[role], b.arnOf(role)
			b.runs[f.Role] = append(b.runs[f.Role], r)
			continue
		}
		arn, ok := b.text(n)
		if !ok {
			b.wrong(n, "Role takes the ARN of a role")
			continue
		}
		f.Role, f.RoleARN = b.externalRole(arn, n).ID, arn
	}
}

func (b *builder) externalRole(arn string, n *yamlpos.Node) *model.Role {
	if r := b.external[arn]; r != nil {
		return r
	}
	r := &model.Role{ID: model.MakeID("role", arn), Name: arn[strings.LastIndexByte(arn, '/')+1:], ARN: arn, External: true, Stack: b.stack, Origin: n.Span()}
	b.external[arn] = r
	b.add(r)
	b.note(source.Warning, n.Span(), "What it may do is not known; open its template or an account snapshot beside this file.", "role %s is not in the template", arn)
	return r
}
