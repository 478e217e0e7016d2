package cfn

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// machine makes triggers of the tasks of a state machine: its definition names functions by ARN, reference or
// substitution. A definition in another file is not read.
func (b *builder) machine(r *resource) {
	found, waits := map[model.ID]*model.Trigger{}, false
	add := func(to *resource, reads bool) {
		id := b.elementOf(to)
		if id == "" || id == b.ids[r] {
			return
		}
		if t := found[id]; t != nil {
			t.Reads = t.Reads && reads
			return
		}
		t := b.newTrigger(r, to, "state-machine-task", "states")
		found[id], t.Reads = t, reads
		t.ID = model.MakeID("trigger", b.in(r.ID+"/"+to.called()))
		t.From, t.Label, t.Waits = b.elementOf(r), "task", waits
		if t.Role = b.actsAs(b.get(r.Props, "RoleArn")); t.Role == "" {
			t.Role = b.actsAs(b.get(r.Props, "Role"))
		}
		b.addTrigger(t, r, r.Value)
	}
	definition := b.get(r.Props, "Definition")
	text := b.get(r.Props, "DefinitionString")
	substituted := b.get(r.Props, "DefinitionSubstitutions")
	b.notes.quiet++
	written := b.words(text) + b.jsonText(definition)
	for _, p := range b.pairs(substituted) {
		written = strings.ReplaceAll(written, "${"+p.Key.Value+"}", b.words(p.Value))
	}
	waits = catalog.WaitsForToken(written)
	for i, s := range catalog.ItemSources(written) {
		bucket := b.findText(s.Bucket, ofType("AWS::S3::Bucket"))
		if bucket == nil {
			continue
		}
		t := b.newTrigger(r, r, model.Items, "s3")
		t.ID = model.MakeID("trigger", b.in(fmt.Sprintf("%s/items%d", r.ID, i)))
		t.From, t.Label = b.elementOf(bucket), "items"
		t.Filter = model.ItemFilter(s.Key, s.Prefix)
		b.addTrigger(t, r, r.Value)
	}
	known := b.calls(written, []*yamlpos.Node{definition, text, substituted}, func(to *resource, reads bool) { add(b.taskOf(to), reads) })
	b.notes.quiet--
	for _, n := range []*yamlpos.Node{definition, text, substituted} {
		if n == nil || known {
			continue
		}
		for _, id := range b.refs(n) {
			if to := b.resource(id); to != nil && b.isTask(to) && to.Type != "AWS::S3::Bucket" { // which a definition that is not at hand often only reads
				add(b.taskOf(to), false)
			}
		}
	}
	b.notes.quiet++
	for _, arn := range catalog.FunctionARNs(written) {
		add(b.findText(arn, ofType("AWS::Lambda::Function")), false)
	}
	b.notes.quiet--
	for _, key := range []string{"DefinitionUri", "DefinitionS3Location"} {
		if n := b.get(r.Props, key); n != nil && substituted == nil {
			b.note(source.Info, n.Span(), "Its tasks are not known.", "the definition of %s is in another file", r.ID)
		}
	}
}

// calls calls add with everything that the calls of AWS in a JSON text name, or its nodes refer to; it is false where the
// text is no JSON.
func (b *builder) calls(text string, nodes []*yamlpos.Node, add func(to *resource, reads bool)) bool {
	referred := map[string]*resource{} // by what a reference to it says, under whatever key
	for _, n := range nodes {
		for _, id := range b.refs(n) {
			if to := b.resource(id); to != nil && b.isTask(to) {
				referred[b.nameOf(to)] = to
			}
		}
	}
	return catalog.TaskTexts(text, func(key, text string, reads bool) {
		if to := referred[text]; to != nil {
			add(to, reads)
		} else if strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "https://sqs.") || slices.Contains(namingTasks, key) {
			if to := b.findText(text, b.isTask); to != nil {
				add(to, reads)
			}
		}
	})
}

// namingTasks are the keys under which tasks name what they go on to by a name; ARNs and URLs count anywhere.
var namingTasks = []string{"FunctionName", "TableName", "EventBusName", "Bucket"}

func (b *builder) isTask(r *resource) bool {
	switch r.Type {
	case "AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version", "AWS::SQS::Queue", "AWS::SNS::Topic",
		"AWS::DynamoDB::Table", "AWS::Events::EventBus", "AWS::StepFunctions::StateMachine",
		"AWS::StepFunctions::StateMachineVersion", "AWS::StepFunctions::StateMachineAlias", "AWS::S3::Bucket":
		return true
	}
	return false
}

func (b *builder) taskOf(r *resource) *resource {
	if r.Type == "AWS::Lambda::Alias" || r.Type == "AWS::Lambda::Version" {
		return b.findFunction(b.get(r.Props, "FunctionName"))
	}
	return b.machineOf(r)
}

// walls lists what the design shows of ways that IAM does not see.
func (b *builder) walls() {
	var inVPC, mounted []string
	for _, r := range b.resources {
		f := b.functions[r]
		if f == nil {
			continue
		}
		if f.VPC {
			inVPC = append(inVPC, f.LogicalID)
		}
		if len(b.items(b.get(r.Props, "FileSystemConfigs"))) > 0 {
			mounted = append(mounted, f.LogicalID)
		}
	}
	if len(inVPC) > 0 {
		what := "what listens there"
		if names := b.databases(); len(names) > 0 {
			what = strings.Join(names, ", ") + " and whatever else listens there"
		}
		b.outside = append(b.outside, fmt.Sprintf("VPC: %s may reach %s by network, with passwords that IAM does not see", strings.Join(inVPC, ", "), what))
	}
	if len(b.endpoints) > 0 {
		b.outside = append(b.outside, fmt.Sprintf("VPC endpoint %s: what its policy denies to calls that pass it is not taken off; they may go another way", strings.Join(b.endpoints, ", ")))
	}
	if names := b.inLattice(); len(names) > 0 {
		b.outside = append(b.outside, fmt.Sprintf("VPC Lattice: clients in the VPCs of its network may call %s %s", strings.Join(names, ", "), b.latticeAuth()))
	}
	if len(mounted) > 0 {
		b.outside = append(b.outside, fmt.Sprintf("File system mounted by %s: files are shared whatever IAM says", strings.Join(mounted, ", ")))
	}
}

// inLattice lists the functions that VPC Lattice calls.
func (b *builder) inLattice() []string {
	var out []string
	for _, t := range b.starts {
		if t.Kind != "lattice" {
			continue
		}
		for _, f := range b.functions {
			if f.ID == t.To && !slices.Contains(out, f.LogicalID) {
				out = append(out, f.LogicalID)
			}
		}
	}
	return out
}

// latticeAuth says what VPC Lattice asks of callers beside the network: nothing, unless a service or its network is of
// the auth type AWS_IAM (Amazon VPC Lattice User Guide, "Edit access settings for a VPC Lattice service").
func (b *builder) latticeAuth() string {
	for _, r := range b.resources {
		if (r.Type == "AWS::VpcLattice::Service" || r.Type == "AWS::VpcLattice::ServiceNetwork") && b.words(b.get(r.Props, "AuthType")) != "NONE" && b.get(r.Props, "AuthType") != nil {
			return "as its auth policies let them, which are not judged"
		}
	}
	return "without credentials"
}

// databases lists the resources of the design that are reached by network.
func (b *builder) databases() []string {
	var out []string
	for _, r := range b.resources {
		if b.others[r] != nil && catalog.OverNetwork(r.Type) {
			out = append(out, r.ID)
		}
	}
	return out
}
