package terraform

import (
	"path"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// functionOf makes a Function.
func (b *builder) functionOf(x *object) {
	f := &model.Function{
		ID: b.ids[x], LogicalID: x.address, Name: b.nameOf(x), ARN: b.arnOf(x),
		Runtime: x.word("runtime"), Handler: x.word("handler"),
		Environment: b.environment(x), Code: b.localCode(x), Layers: texts(x.get("layers")),
		VPC:        len(items(x.get("vpc_config", "subnet_ids"))) > 0 || isNotKnown(x.get("vpc_config", "subnet_ids")),
		Tracing:    traces(x.word("tracing_config", "mode")),
		DeadLetter: x.word("dead_letter_config", "target_arn"),
		Tags:       b.tags(x), Stack: b.info.Name, Origin: x.span,
	}
	if group := x.word("logging_config", "log_group"); x.at != nil || group != "/aws/lambda/"+f.Name { // a state has what Lambda makes as well
		f.WriteLogsTo(group)
	}
	b.functions[x] = f
	b.add(f)
}

func isNotKnown(v cty.Value) bool { return !v.IsKnown() }

// traces reports whether a function sends traces: in PassThrough as well, for requests that are sampled already.
// https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
func traces(mode string) bool { return mode != "" && mode != "Disabled" }

// environment lists the names of the variables and what they refer to. Values are looked at and dropped.
func (b *builder) environment(x *object) []model.EnvVar {
	var out []model.EnvVar
	for _, p := range pairs(oneMap(x.get("environment", "variables"))) {
		out = append(out, model.EnvVar{Name: p.key, Refers: b.refersTo(words(p.value), x), Origin: x.spot("environment", "0", "variables", p.key)})
	}
	return out
}

// refersTo is the resource or function that a value names. A bare name counts only where it is that of something that
// holds data: a stage called "prod" is not what MODE=prod means.
func (b *builder) refersTo(text string, from *object) model.ID {
	if strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "https://sqs.") {
		return b.elementOf(b.find(text, from))
	}
	return b.elementOf(b.only(b.byText[text], from, func(x *object) bool {
		t := typeOf(x)
		return t == "AWS::Lambda::Function" || catalog.KindOf(t).Counted || hasFreshID(t)
	}))
}

// hasFreshID reports whether what refers to a resource of a type is an id that AWS generates.
func hasFreshID(cfnType string) bool {
	t := catalog.Load().Type(cfnType)
	return t != nil && t.NameProperty == ""
}

// localCode is the folder or file that a function's code is packed from, where an archive_file of the configuration packs
// it, relative to what was opened; "" where that is not known.
func (b *builder) localCode(x *object) string {
	file := x.word("filename")
	if file == "" {
		return ""
	}
	for _, s := range b.sources {
		if s.typ != "archive_file" || s.word("output_path") != file {
			continue
		}
		if dir := s.word("source_dir"); dir != "" {
			return b.local(dir)
		}
		if f := s.word("source_file"); f != "" {
			return b.local(path.Dir(f))
		}
	}
	return ""
}

// local is a path within what was opened, "" for others.
func (b *builder) local(p string) string {
	p = path.Clean(strings.TrimPrefix(p, "./"))
	if path.IsAbs(p) || p == ".." || strings.HasPrefix(p, "../") || strings.Contains(p, "${") {
		return ""
	}
	return path.Join(b.dir, p)
}

// packages connects functions with the buckets and repositories that their code is taken from. A version of an object
// stays as it is, whoever writes the key.
func (b *builder) packages() {
	for _, x := range b.objects {
		f := b.functions[x]
		if f == nil {
			continue
		}
		if from := b.origin(x.word("s3_bucket"), x, "AWS::S3::Bucket"); from != "" && x.word("s3_object_version") == "" {
			f.Package = model.Package{From: from, Key: x.word("s3_key")}
		}
		if uri := x.word("image_uri"); uri != "" {
			if from := b.repository(uri, x); from != "" {
				f.Package = model.Package{From: from}
			}
		}
	}
}

// repository is the repository of the configuration that an image is in, "" for none.
func (b *builder) repository(image string, from *object) model.ID {
	name := image[strings.IndexByte(image, '/')+1:]
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	if name == "" {
		return ""
	}
	return b.origin(name, from, "AWS::ECR::Repository")
}

// runAs connects every function with its role. A role that is only named becomes an external one.
func (b *builder) runAs() {
	for _, x := range b.objects {
		f := b.functions[x]
		if f == nil {
			continue
		}
		arn := x.word("role")
		if arn == "" {
			b.unresolved++
			b.tell(source.Error, x.spot("role"), "What it may do is not known.", "the role of function %s is not known", x.address)
			continue
		}
		if role := b.holder(arn, x, "AWS::IAM::Role"); role != nil {
			f.Role, f.RoleARN = b.ids[role], b.arnOf(role)
			continue
		}
		f.RoleARN = b.roleARN(arn, x)
		f.Role = b.externalRole(f.RoleARN, x.spot("role")).ID
	}
}

// walls lists what the design shows of ways that IAM does not see.
func (b *builder) walls() {
	var inVPC, mounted, databases []string
	for _, x := range b.objects {
		if f := b.functions[x]; f != nil {
			if f.VPC {
				inVPC = append(inVPC, f.LogicalID)
			}
			if len(items(x.get("file_system_config"))) > 0 {
				mounted = append(mounted, f.LogicalID)
			}
		}
		if b.others[x] != nil && catalog.OverNetwork(typeOf(x)) {
			databases = append(databases, x.address)
		}
	}
	if len(inVPC) > 0 {
		what := "what listens there"
		if len(databases) > 0 {
			what = strings.Join(databases, ", ") + " and whatever else listens there"
		}
		b.info.Outside = append(b.info.Outside, "VPC: "+strings.Join(inVPC, ", ")+" may reach "+what+" by network, with passwords that IAM does not see")
	}
	if len(mounted) > 0 {
		b.info.Outside = append(b.info.Outside, "File system mounted by "+strings.Join(mounted, ", ")+": files are shared whatever IAM says")
	}
	b.lattice()
}

// lattice tells whom VPC Lattice lets call a function: the network, unless a service or its network is of the auth type
// AWS_IAM (Amazon VPC Lattice User Guide, "Edit access settings for a VPC Lattice service").
func (b *builder) lattice() {
	var called []string
	seen := map[model.ID]bool{}
	for _, t := range b.starts {
		if t.Kind == "lattice" && !seen[t.To] {
			seen[t.To] = true
			called = append(called, b.labelOf(t.To))
		}
	}
	if len(called) == 0 {
		return
	}
	auth := "without credentials"
	for _, x := range b.objects {
		if (x.typ == "aws_vpclattice_service" || x.typ == "aws_vpclattice_service_network") && x.word("auth_type") != "" && x.word("auth_type") != "NONE" {
			auth = "as its auth policies let them, which are not judged"
		}
	}
	b.info.Outside = append(b.info.Outside, "VPC Lattice: clients in the VPCs of its network may call "+strings.Join(called, ", ")+" "+auth)
}

func (b *builder) labelOf(id model.ID) string {
	for x, f := range b.functions {
		if f.ID == id {
			return x.address
		}
	}
	return string(id)
}
