package serverless

import (
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// An executor is a role that the framework makes for functions.
type executor struct {
	props      *yamlpos.Node
	statements *yamlpos.Node // of its policy, so far
	services   *yamlpos.Node // that may assume it
	once       map[string]bool
	wrote      *yamlpos.Node // statements that the user wrote; nil if none
}

// isRole reports whether a value names a role that is there already.
func isRole(n *yamlpos.Node) bool {
	n = n.Resolve()
	return n != nil && !n.Null && (n.Kind == yamlpos.Scalar || isCall(n))
}

// external reports whether a function has a role that the framework does not make.
func (c *compiler) external(f *function) bool {
	return isRole(get(f.node, "role")) || isRole(get(c.provider, "iam", "role")) || isRole(get(c.provider, "role"))
}

// roleOf is what the function's Role is.
func (c *compiler) roleOf(f *function) *yamlpos.Node {
	for _, n := range []*yamlpos.Node{get(f.node, "role"), get(c.provider, "iam", "role"), get(c.provider, "role")} {
		if !isRole(n) {
			continue
		}
		if text := words(n); text != "" && !isCall(n) && !strings.HasPrefix(text, "arn:") && !strings.HasPrefix(text, "${") {
			return getAtt(text, "Arn", n.Span())
		}
		return n
	}
	return getAtt(executionRole, "Arn", f.at)
}

// executionRole makes the role that functions share, unless none would have it.
// https://www.serverless.com/framework/docs/providers/aws/guide/iam
func (c *compiler) executionRole() {
	role := get(c.provider, "iam", "role")
	needed := false
	for _, f := range c.functions {
		needed = needed || get(f.node, "role") == nil
	}
	if !needed || isRole(role) || isRole(get(c.provider, "role")) {
		return
	}
	at := c.at
	e := c.newRole(get(c.provider, "iam", "role", "path"))
	c.role = e
	if name := get(role, "name"); there(name) {
		put(e.props, "RoleName", name)
	} else {
		put(e.props, "RoleName", join("-", at, str(c.serviceName(), at), str(c.stage(), at), ref("AWS::Region", at), str("lambdaRole", at)))
	}
	if tags := get(role, "tags"); isMapping(tags) {
		l := list(at)
		for _, t := range tags.Effective() {
			l.SetItems(append(l.Items(), obj(at, entry{"Key", t.Key}, entry{"Value", t.Value})))
		}
		put(e.props, "Tags", l)
	}
	for _, n := range []*yamlpos.Node{get(role, "permissionsBoundary"), get(role, "permissionBoundary"), get(c.provider, "rolePermissionsBoundary")} {
		if there(n) {
			put(e.props, "PermissionsBoundary", n)
			break
		}
	}
	c.logStatements(e)
	e.wrote = get(role, "statements")
	if e.wrote == nil {
		e.wrote = get(c.provider, "iamRoleStatements")
	}
	e.statements.SetItems(append(e.statements.Items(), c.statementsOf(e.wrote)...))
	managed := get(role, "managedPolicies")
	if managed == nil {
		managed = get(c.provider, "iamManagedPolicies")
	}
	arns := append([]*yamlpos.Node(nil), items(managed)...)
	if c.inVPC() {
		arns = append(arns, c.vpcPolicy(at))
	}
	if len(arns) > 0 {
		put(e.props, "ManagedPolicyArns", list(at, arns...))
	}
	c.add(executionRole, "AWS::IAM::Role", e.props, cfn.Made{Origin: at})
}

// serviceName is the service's name in names.
func (c *compiler) serviceName() string { return strings.TrimSuffix(c.prefix(), "-"+c.stage()) }

// newRole is a role for Lambda with one policy without statements.
func (c *compiler) newRole(path *yamlpos.Node) *executor {
	at := c.at
	e := &executor{statements: list(at), services: strs(at, "lambda.amazonaws.com"), once: map[string]bool{}}
	trust := obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", list(at, obj(at, entry{"Effect", str("Allow", at)},
		entry{"Principal", obj(at, entry{"Service", e.services})}, entry{"Action", strs(at, "sts:AssumeRole")}))})
	policy := obj(at, entry{"PolicyName", join("-", at, str(c.serviceName(), at), str(c.stage(), at), str("lambda", at))},
		entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Statement", e.statements})})
	if path == nil {
		path = str("/", at)
	}
	e.props = obj(at, entry{"AssumeRolePolicyDocument", trust}, entry{"Policies", list(at, policy)}, entry{"Path", path})
	return e
}

// inVPC reports whether the service, or any of its functions, says anything of a VPC.
func (c *compiler) inVPC() bool {
	if there(get(c.provider, "vpc")) {
		return true
	}
	for _, f := range c.functions {
		if f.node.Get("vpc") != nil {
			return true
		}
	}
	return false
}

func (c *compiler) vpcPolicy(at source.Span) *yamlpos.Node {
	return join("", at, str("arn:", at), ref("AWS::Partition", at), str(":iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole", at))
}

// logGroup is the ARN of log groups whose name begins with /aws/lambda/.
func logGroup(rest string, at source.Span) *yamlpos.Node {
	return sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"+rest, at)
}

// logStatements let functions write logs: those with a name of their own by that, all others by the service's prefix.
func (c *compiler) logStatements(e *executor) {
	at := c.at
	groups, streams, denied := list(at), list(at), list(at)
	canonical := false
	for _, f := range c.functions {
		off := there(get(f.node, "disableLogs"))
		switch {
		case strings.HasPrefix(f.name, c.prefix()) && off:
			denied.SetItems(append(denied.Items(), logGroup(f.name+":*", f.at)))
		case strings.HasPrefix(f.name, c.prefix()):
			canonical = true
		case !off:
			groups.SetItems(append(groups.Items(), logGroup(f.name+":*", at)))
			streams.SetItems(append(streams.Items(), logGroup(f.name+":*:*", at)))
		}
	}
	if canonical {
		groups.SetItems(append(groups.Items(), logGroup(c.prefix()+"*:*", at)))
		streams.SetItems(append(streams.Items(), logGroup(c.prefix()+"*:*:*", at)))
	}
	e.statements.SetItems(append(e.statements.Items(), allow(at, groups, "logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"), allow(at, streams, "logs:PutLogEvents")))
	if canonical && len(denied.Items()) > 0 {
		e.statements.SetItems(append(e.statements.Items(), obj(at, entry{"Effect", str("Deny", at)}, entry{"Action", str("logs:PutLogEvents", at)}, entry{"Resource", denied})))
	}
}

// statementsOf lists statements that the user wrote.
func (c *compiler) statementsOf(n *yamlpos.Node) []*yamlpos.Node {
	if n == nil || n.Null {
		return nil
	}
	if n.Kind != yamlpos.Sequence || isCall(n) {
		c.note(source.Error, n.Span(), "statements of a role are a list", "What stands here was left out.")
		return nil
	}
	var out []*yamlpos.Node
	for _, i := range n.Items() {
		if v := i.Resolve(); v != nil && !v.Null {
			out = append(out, i)
		}
	}
	return out
}

// statement adds a statement to the execution role, where there is one.
func (c *compiler) statement(n *yamlpos.Node) {
	if c.role != nil {
		c.role.statements.SetItems(append(c.role.statements.Items(), n))
	}
}

// statementOnce is statement, for what the framework adds once.
func (c *compiler) statementOnce(key string, n *yamlpos.Node) {
	if c.role != nil && !c.role.once[key] {
		c.role.once[key] = true
		c.statement(n)
	}
}

const perFunction = "serverless-iam-roles-per-function"

// ownRoles makes the roles of functions that have statements of their own, as the plugin serverless-iam-roles-per-function
// does: https://github.com/functionalone/serverless-iam-roles-per-function
func (c *compiler) ownRoles() {
	plugin := c.plugin(perFunction)
	for _, f := range c.functions {
		wrote := get(f.node, "iamRoleStatements")
		switch {
		case wrote == nil && isMapping(get(f.node, "iam", "role")):
			c.ownRole(f, get(f.node, "iam", "role", "statements"), get(f.node, "iam", "role", "name"), get(f.node, "iam", "role", "permissionsBoundary"),
				get(f.node, "iam", "role", "managedPolicies"), there(get(f.node, "iam", "inheritStatements")))
		case wrote == nil:
		case !plugin:
			c.note(source.Warning, wrote.Span(), "iamRoleStatements of "+f.key+" mean nothing without a plugin", "The framework ignores them unless plugins lists "+perFunction+".")
		default:
			inherits := there(get(f.node, "iamRoleStatementsInherit"))
			if get(f.node, "iamRoleStatementsInherit") == nil {
				inherits = there(get(c.root, "custom", perFunction, "defaultInherit"))
			}
			if all := get(c.root, "custom", perFunction, "iamGlobalPermissionsBoundary"); all != nil && c.role != nil {
				put(c.role.props, "PermissionsBoundary", all)
			}
			boundary := get(f.node, "iamPermissionsBoundary")
			for _, from := range []*yamlpos.Node{get(c.provider, "iamPermissionsBoundary"), get(c.root, "custom", perFunction, "iamGlobalPermissionsBoundary")} {
				if boundary == nil {
					boundary = from
				}
			}
			c.ownRole(f, wrote, get(f.node, "iamRoleStatementsName"), boundary, nil, inherits)
		}
	}
}

func (c *compiler) ownRole(f *function, wrote, name, boundary, managed *yamlpos.Node, inherits bool) {
	if get(f.node, "role") != nil || c.role == nil {
		c.note(source.Error, f.at, f.key+" has a role and statements for one of its own", "The role was taken, as it stands.")
		return
	}
	at := f.at
	e := c.newRole(get(c.role.props, "Path"))
	for _, key := range []string{"Tags", "PermissionsBoundary"} {
		put(e.props, key, c.role.props.Get(key))
	}
	e.services.SetItems(c.role.services.Items())
	put(e.props, "RoleName", join("-", at, str(c.serviceName(), at), str(c.stage(), at), str(f.key, at), ref("AWS::Region", at), str("lambdaRole", at)))
	put(e.props, "RoleName", name)
	put(e.props, "PermissionsBoundary", boundary)
	arns := append([]*yamlpos.Node(nil), items(managed)...)
	if vpc := get(f.node, "vpc"); isMapping(vpc) && len(vpc.Pairs()) > 0 || there(get(c.provider, "vpc")) {
		arns = append(arns, str("arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole", at))
	}
	if len(arns) > 0 {
		put(e.props, "ManagedPolicyArns", list(at, arns...))
	}
	add := func(n ...*yamlpos.Node) { e.statements.SetItems(append(e.statements.Items(), n...)) }
	add(allow(at, list(at, logGroup(f.name+":*:*", at)), "logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"))
	for _, s := range f.polling() {
		add(s)
	}
	if to := get(f.node, "onError"); there(to) {
		add(allow(to.Span(), to, "sns:Publish"))
	}
	if inherits {
		add(c.statementsOf(c.role.wrote)...)
	}
	add(c.statementsOf(wrote)...)
	id := normalized(f.key) + executionRole
	c.add(id, "AWS::IAM::Role", e.props, cfn.Made{Origin: at, Owner: f.id})
	put(get(c.byID[f.id], "Properties"), "Role", getAtt(id, "Arn", at))
}

// polling are the statements that the plugin makes for streams and queues of a function.
func (f *function) polling() []*yamlpos.Node {
	tables, streams, queues := list(f.at), list(f.at), list(f.at)
	for _, e := range f.events {
		switch {
		case e.kind == "sqs":
			queues.SetItems(append(queues.Items(), e.arn()))
		case e.kind == "stream" && e.streamType() == "dynamodb":
			tables.SetItems(append(tables.Items(), e.arn()))
		case e.kind == "stream":
			streams.SetItems(append(streams.Items(), e.arn()))
		}
	}
	var out []*yamlpos.Node
	if len(tables.Items()) > 0 {
		out = append(out, allow(f.at, tables, dynamoDBActions...))
	}
	if len(streams.Items()) > 0 {
		out = append(out, allow(f.at, streams, kinesisActions...))
	}
	if len(queues.Items()) > 0 {
		out = append(out, allow(f.at, queues, sqsActions...))
	}
	return out
}
