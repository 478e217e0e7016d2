package terraform

import (
	"slices"
	"strings"
	"sync"

	"github.com/zclconf/go-cty/cty"

	"bulkhead/model/catalog"
)

// An identity says how a type of resource is named and what AWS calls it. In the patterns ${Name} is the physical name,
// ${Arn} the ARN, ${Id} the id, ${Fresh} what AWS generates for this resource, ${Partition}, ${Region}, ${Account} and
// ${URLSuffix} those of its owner, ${argument} an argument or, where that is not given, nothing, and ${argument|text}
// one with a default. A pattern that ends in an argument which may be an ARN takes that ARN's last part: ${argument:name}.
type identity struct {
	cfn   string            // CloudFormation type; "" for what is no resource of its own
	name  string            // argument that names it; "" where AWS does
	arn   string            // pattern; "" is the catalogue's for the CloudFormation type
	id    string            // pattern
	attrs map[string]string // patterns of further attributes
}

// computed lists the attributes that AWS makes of a resource's arguments: names and ARNs as AWS forms them, and for
// what it generates a fixed placeholder that ends in -GENERATED and equals only itself, as of random_* resources. An
// argument that is given is not among them, unless AWS makes its value unique (name_prefix).
func computed(typ, address string, args cty.Value, o owner) map[string]cty.Value {
	out := map[string]cty.Value{}
	n := naming{typ: typ, address: address, args: args, owner: o, of: identityOf(typ)}
	put := func(name, value string) {
		if _, given := text(dig(args, name)); !given && value != "" {
			out[name] = cty.StringVal(value)
		}
	}
	if n.of.name != "" {
		put(n.of.name, n.nameOf())
	}
	put("id", n.idOf())
	if arn := n.arnOf(); arn != "" {
		put("arn", arn)
	}
	for name, pattern := range n.of.attrs {
		put(name, n.fill(pattern))
	}
	if typ == "aws_lambda_function" && isTrue(dig(args, "publish")) { // its newest version is a number, the first as well as any
		for _, name := range []string{"version", "qualified_arn", "qualified_invoke_arn"} {
			put(name, strings.Replace(words(out[name]), "$LATEST", "1", 1))
		}
	}
	if strings.HasPrefix(typ, "aws_") {
		put("region", o.region)
	}
	return out
}

// attribute is an attribute that computed does not list, of a resource that is there: something that AWS generates.
func attribute(typ, address string, args cty.Value, o owner, name string) cty.Value {
	if v, ok := computed(typ, address, args, o)[name]; ok {
		return v
	}
	n := naming{typ: typ, address: address, args: args, owner: o, of: identityOf(typ)}
	if arn := n.arnOf(); arn != "" && strings.HasSuffix(name, "arn") && strings.HasSuffix(typ, "_"+strings.TrimSuffix(name, "_arn")) {
		return cty.StringVal(arn) // agent_alias_arn of aws_bedrockagent_agent_alias
	}
	if name == "arn" || strings.HasSuffix(name, "_arn") {
		return cty.StringVal(n.ownARN(name))
	}
	return cty.StringVal(n.fresh(name))
}

// isNamed reports whether the arguments of a data source name what it is of, so that computed tells its attributes.
func isNamed(typ string, args cty.Value) bool {
	_, ok := text(dig(args, nameArgument(identityOf(typ), args)))
	return ok
}

// A naming works out what one resource is called.
type naming struct {
	typ, address string
	args         cty.Value
	owner
	of identity
}

func (n *naming) fresh(what string) string { return generated(n.stack, n.address, what) }

// generated is the placeholder for what AWS, or a random_* resource, generates: no wildcard is in it.
func generated(stack, address, what string) string {
	var parts []string
	for _, p := range []string{stack, address, what} {
		if p != "" {
			parts = append(parts, tokenName(p))
		}
	}
	return strings.Join(append(parts, "GENERATED"), "-")
}

// tokenName keeps of a text what may stand in names and in the tokens of unknowns.
func tokenName(s string) string {
	var b strings.Builder
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-':
			b.WriteRune(c)
		case c == '[':
			b.WriteByte('.')
		case c == ']' || c == '"' || c == '$' || c == '{' || c == '}':
		default:
			b.WriteByte('-')
		}
	}
	if b.Len() == 0 {
		return "value"
	}
	return b.String()
}

// nameOf is the physical name, a placeholder where AWS generates it.
func (n *naming) nameOf() string {
	arg := nameArgument(n.of, n.args)
	if arg == "" {
		return n.fresh("")
	}
	if name := words(dig(n.args, arg)); name != "" {
		return name
	}
	suffix := ""
	if isTrue(dig(n.args, "fifo_queue")) || isTrue(dig(n.args, "fifo_topic")) {
		suffix = ".fifo"
	}
	return words(dig(n.args, arg+"_prefix")) + n.fresh("") + suffix
}

// isFresh reports whether AWS generates the name.
func (n *naming) isFresh() bool {
	arg := nameArgument(n.of, n.args)
	return arg == "" || words(dig(n.args, arg)) == ""
}

// nameArgument is the argument that names a resource: the identity's, else the first that is given of those that types
// use.
func nameArgument(of identity, args cty.Value) string {
	if of.name != "?" {
		return of.name
	}
	candidates := []string{"name"}
	if t := catalog.Load().Type(of.cfn); t != nil && t.NameProperty != "" {
		candidates = append(candidates, snake(t.NameProperty))
		if i := strings.LastIndexByte(of.cfn, ':'); i > 0 {
			candidates = append(candidates, snake(of.cfn[i+1:])+"_name")
		}
	}
	for _, c := range candidates {
		for _, arg := range []string{c, c + "_prefix"} {
			if words(dig(args, arg)) != "" {
				return c
			}
		}
	}
	return ""
}

// arnOf is the ARN, "" where the type has none that is known.
func (n *naming) arnOf() string {
	if n.of.arn != "" {
		return n.fill(n.of.arn)
	}
	t := catalog.Load().Type(n.of.cfn)
	if t == nil || t.ARN == "" {
		return ""
	}
	return t.FillARN(func(variable string) string {
		switch variable {
		case "Partition":
			return n.partition
		case "Region":
			return n.region
		case "Account":
			return n.account
		case t.NameProperty:
			return n.nameOf()
		}
		if v := words(dig(n.args, snake(variable))); v != "" || isAside(variable) {
			return v
		}
		if t.NameProperty == "" && nameArgument(n.of, n.args) != "" && strings.HasSuffix(variable, "Name") {
			return n.nameOf()
		}
		return n.fresh("")
	})
}

// isAside reports whether a variable of an ARN may be nothing.
func isAside(variable string) bool {
	return variable == "Path" || variable == "EventBusName" || variable == "GroupName" || variable == "Cluster"
}

func (n *naming) idOf() string {
	if n.of.id != "" {
		return n.fill(n.of.id)
	}
	return n.fresh("")
}

// ownARN is an ARN of a form that is not known.
func (n *naming) ownARN(what string) string {
	service := strings.TrimPrefix(n.typ, "aws_")
	if f := strings.Split(n.of.cfn, "::"); len(f) == 3 {
		service = strings.ToLower(f[1])
	}
	service, _, _ = strings.Cut(service, "_")
	return "arn:" + n.partition + ":" + service + ":" + n.region + ":" + n.account + ":" + n.fresh(what)
}

// fill replaces the variables of a pattern.
func (n *naming) fill(pattern string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(pattern, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, rest, _ := strings.Cut(after, "}")
		b.WriteString(n.slot(name))
		pattern = rest
	}
}

func (n *naming) slot(name string) string {
	switch name {
	case "Name":
		return n.nameOf()
	case "Arn":
		return n.arnOf()
	case "Id":
		return n.idOf()
	case "Fresh":
		return n.fresh("")
	case "Partition":
		return n.partition
	case "Region":
		return n.region
	case "Account":
		return n.account
	case "URLSuffix":
		return urlSuffix(n.partition)
	}
	name, def, _ := strings.Cut(name, "|")
	name, last := strings.CutSuffix(name, ":name")
	v := words(dig(n.args, name))
	if last {
		v = lastPart(v)
	}
	if v == "" {
		return def
	}
	return v
}

// lastPart is what stands behind the last slash or colon of an ARN, or a name as it is.
func lastPart(s string) string {
	if !strings.HasPrefix(s, "arn:") {
		return s
	}
	return s[strings.LastIndexAny(s, "/:")+1:]
}

func urlSuffix(partition string) string {
	if partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// snake is a property of CloudFormation as Terraform spells it: DBClusterIdentifier is db_cluster_identifier.
func snake(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		upper := c >= 'A' && c <= 'Z'
		if upper && i > 0 {
			last := s[i-1] >= 'A' && s[i-1] <= 'Z'
			next := i+1 < len(s) && s[i+1] >= 'a' && s[i+1] <= 'z'
			if !last || next {
				b.WriteByte('_')
			}
		}
		if upper {
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// identityOf is how a Terraform type is named. One that the table does not list is found in the catalogue by its name:
// aws_glue_job is AWS::Glue::Job.
func identityOf(typ string) identity {
	if x, ok := identities[typ]; ok {
		return x
	}
	cfn := cfnTypes()(typ)
	if cfn == "" {
		return identity{name: "?"}
	}
	x := identity{cfn: cfn, name: "?"}
	if t := catalog.Load().Type(cfn); t != nil {
		switch {
		case t.RefIsARN():
			x.id = "${Arn}"
		case t.NameProperty != "":
			x.id = "${Name}"
		}
	}
	return x
}

// prefixes of Terraform's types, and how the CloudFormation types that they are begin.
var prefixes = [][2]string{
	{"cloudwatch_event_", "events"}, {"cloudwatch_log_", "logs"}, {"sfn_", "stepfunctions"}, {"alb_", "elasticloadbalancingv2"},
	{"lb_", "elasticloadbalancingv2"}, {"acm_", "certificatemanager"}, {"opensearch_", "opensearchservice"}, {"cloudwatch_", "logs"}, {"cloudwatch_", "cloudwatch"}, {"db_", "rdsdb"},
	{"bedrockagent_", "bedrock"}, {"msk_", "msk"}, {"mskconnect_", "kafkaconnect"}, {"prometheus_", "aps"}, {"service_discovery_", "servicediscovery"},
	{"kinesis_analytics_", "kinesisanalytics"}, {"kinesisanalyticsv2_", "kinesisanalyticsv2"}, {"elb_", "elasticloadbalancing"},
	{"codestarconnections_", "codestarconnections"}, {"imagebuilder_", "imagebuilder"}, {"", "ec2"}, {"", ""},
}

// otherwise are types that Terraform calls otherwise than CloudFormation.
var otherwise = map[string]string{
	"ebs_volume": "AWS::EC2::Volume", "elb": "AWS::ElasticLoadBalancing::LoadBalancer", "db_option_group": "AWS::RDS::OptionGroup", "db_event_subscription": "AWS::RDS::EventSubscription",
	"rds_cluster_parameter_group": "AWS::RDS::DBClusterParameterGroup", "neptune_cluster_instance": "AWS::Neptune::DBInstance", "docdb_cluster_instance": "AWS::DocDB::DBInstance",
	"spot_fleet_request": "AWS::EC2::SpotFleet", "launch_configuration": "AWS::AutoScaling::LaunchConfiguration", "appautoscaling_target": "AWS::ApplicationAutoScaling::ScalableTarget",
	"appautoscaling_policy": "AWS::ApplicationAutoScaling::ScalingPolicy", "sagemaker_endpoint_configuration": "AWS::SageMaker::EndpointConfig",
	"sagemaker_notebook_instance_lifecycle_configuration": "AWS::SageMaker::NotebookInstanceLifecycleConfig", "cognito_identity_pool_roles_attachment": "AWS::Cognito::IdentityPoolRoleAttachment",
	"codedeploy_app": "AWS::CodeDeploy::Application", "s3_directory_bucket": "AWS::S3Express::DirectoryBucket", "timestreamwrite_table": "AWS::Timestream::Table",
	"timestreamwrite_database": "AWS::Timestream::Database", "keyspaces_table": "AWS::Cassandra::Table", "keyspaces_keyspace": "AWS::Cassandra::Keyspace",
	"fsx_lustre_file_system": "AWS::FSx::FileSystem", "fsx_windows_file_system": "AWS::FSx::FileSystem", "fsx_ontap_file_system": "AWS::FSx::FileSystem", "fsx_openzfs_file_system": "AWS::FSx::FileSystem",
	"ecrpublic_repository": "AWS::ECR::PublicRepository", "simpledb_domain": "AWS::SDB::Domain", "bedrock_guardrail": "AWS::Bedrock::Guardrail", "route53_resolver_endpoint": "AWS::Route53Resolver::ResolverEndpoint",
}

// cfnTypes finds the CloudFormation type of a Terraform type by its name, "" for none.
var cfnTypes = sync.OnceValue(func() func(string) string {
	byName := map[string]string{}
	for _, name := range catalog.Load().Types() {
		f := strings.Split(name, "::")
		if len(f) != 3 || f[0] != "AWS" || f[1] == "Serverless" {
			continue
		}
		byName[strings.ToLower(f[1]+f[2])] = name
		if strings.EqualFold(f[1], f[2]) {
			byName[strings.ToLower(f[1])] = name
		}
	}
	return func(typ string) string {
		rest, ok := strings.CutPrefix(typ, "aws_")
		if !ok {
			return ""
		}
		if name := otherwise[rest]; name != "" {
			return name
		}
		if name := byName[strings.ReplaceAll(rest, "_", "")]; name != "" {
			return name
		}
		for _, p := range prefixes {
			if tail, ok := strings.CutPrefix(rest, p[0]); ok {
				if name := byName[p[1]+strings.ReplaceAll(tail, "_", "")]; name != "" {
					return name
				}
			}
		}
		return ""
	}
})

// isSetting reports whether a type sets something of another, such as aws_s3_bucket_versioning: it is no resource of
// its own.
func isSetting(typ string) bool {
	if slices.Contains(wiring, typ) {
		return true
	}
	if x, ok := identities[typ]; ok {
		return x.cfn == ""
	}
	if cfnTypes()(typ) != "" {
		return false
	}
	for _, end := range []string{"_policy", "_attachment", "_association", "_configuration", "_settings", "_membership", "_acl", "_validation", "_options", "_registration", "_lock"} {
		if strings.HasSuffix(typ, end) {
			return true
		}
	}
	for i := strings.LastIndexByte(typ, '_'); i > len("aws_"); i = strings.LastIndexByte(typ[:i], '_') {
		if identityOf(typ[:i]).cfn != "" {
			return true
		}
	}
	return false
}
