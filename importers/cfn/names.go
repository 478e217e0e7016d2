package cfn

import (
	"cmp"
	"strconv"
	"strings"

	"bulkhead/importers/yamlpos"
	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// generated is the placeholder for a name that AWS generates. It holds no wildcard and equals only itself.
func (s *scope) generated(id string) string { return s.stack + "-" + id + "-GENERATED" }

// isFresh reports whether AWS generates the resource's name.
func (s *scope) isFresh(r *resource) bool { return s.nameOf(r) == s.generated(r.ID) }

// longestName is longer than any name or ARN that AWS takes: ARNs have up to 2,048 characters (IAM User Guide, IAM
// identifiers).
const longestName = 4096

// nameOf is the resource's physical name: from its naming property, else a placeholder.
func (s *scope) nameOf(r *resource) string {
	if r.name != "" {
		return r.name
	}
	if r.naming {
		s.notes.add(source.Error, r.Origin, r.ID+" takes its name from itself", "It was given a placeholder.")
		return s.generated(r.ID)
	}
	r.naming = true
	defer func() { r.naming = false }()
	name := ""
	if property := s.nameProperty(r.Type); property != "" {
		name = s.words(s.get(r.Props, strings.Split(property, ".")...))
	}
	if r.Type == "AWS::SSM::Parameter" {
		name = strings.TrimSpace(name)
	}
	if len(name) > longestName {
		s.notes.add(source.Error, r.Origin, r.ID+" has a name of "+strconv.Itoa(len(name))+" bytes, longer than any that AWS takes", "It was given a placeholder.")
		name = ""
	}
	r.name = cmp.Or(name, s.generated(r.ID))
	return r.name
}

func (s *scope) nameProperty(cfnType string) string {
	if sh, ok := shapeOf(cfnType); ok {
		return sh.name
	}
	if t := s.catalog.Type(cfnType); t != nil {
		return t.NameProperty
	}
	return ""
}

// arnOf is the resource's ARN, "" where its type has none that is known.
func (s *scope) arnOf(r *resource) string {
	if r.home != nil {
		s = r.home
	}
	if sh, ok := shapeOf(r.Type); ok {
		if sh.arn == "" {
			return ""
		}
		return s.fill(sh.arn, r)
	}
	if t := s.catalog.Type(r.Type); t != nil && t.ARN != "" {
		return s.fillType(t, r)
	}
	return ""
}

// fillType fills the catalogue's ARN template: properties where the resource has them, else what AWS generates.
func (s *scope) fillType(t *catalog.Type, r *resource) string {
	if !s.filling(r) {
		return s.generated(r.ID)
	}
	defer func() { r.filling-- }()
	return t.FillARN(func(variable string) string {
		switch variable {
		case "Partition":
			return s.partition
		case "Region":
			return s.region
		case "Account":
			return s.account
		case "Path", "EventBusName", "GroupName":
			v, _ := s.property(r, variable)
			return v
		case t.NameProperty:
			return s.nameOf(r)
		}
		if v, ok := s.property(r, variable); ok {
			return v
		}
		return s.nameOf(r)
	})
}

// filling reports whether a pattern may be filled for r: not inside of itself without end.
func (s *scope) filling(r *resource) bool {
	if r.filling > 2 {
		s.notes.add(source.Error, r.Origin, r.ID+" is named by itself", "It was given a placeholder.")
		return false
	}
	r.filling++
	return true
}

// refValue is what Ref returns for a resource.
func (s *scope) refValue(r *resource) string {
	if sh, ok := shapeOf(r.Type); ok {
		if sh.ref != "" {
			return s.fill(sh.ref, r)
		}
		return s.nameOf(r)
	}
	if t := s.catalog.Type(r.Type); t != nil {
		if t.RefIsARN() {
			if arn := s.arnOf(r); arn != "" {
				return arn
			}
			return s.ownARN(r.Type, r.ID)
		}
		return s.nameOf(r)
	}
	if !strings.HasPrefix(r.Type, "AWS::") || r.Type == "AWS::CloudFormation::CustomResource" {
		return s.unknown("resource", r.ID, r.Origin, r.ID+" is a custom resource: what it returns is not known", "")
	}
	return s.nameOf(r)
}

// getAtt is what Fn::GetAtt returns.
func (s *scope) getAtt(id, attr string, span source.Span) string {
	r := s.resource(id)
	if r == nil {
		if text, ok := s.samRef(id + "." + attr); ok {
			return text
		}
		s.notes.add(source.Error, span, "nothing in the template is called "+id, "Its value was taken as unknown.")
		return s.unknown("name", id+"."+attr, span, "", "")
	}
	s.tellExcluded(r, span)
	if strings.HasPrefix(r.Written, "AWS::Serverless::") {
		if text, ok := s.samRef(id + "." + attr); ok {
			return text
		}
	}
	sh, known := shapeOf(r.Type)
	if pattern, ok := sh.attrs[attr]; ok {
		return s.fill(pattern, r)
	}
	if attr == "Arn" || attr == "ARN" {
		if arn := s.arnOf(r); arn != "" {
			return arn
		}
	}
	t := s.catalog.Type(r.Type)
	switch {
	case known, t != nil:
	case r.Type == "AWS::CloudFormation::Stack":
	case !strings.HasPrefix(r.Type, "AWS::"), strings.HasPrefix(r.Type, "AWS::CloudFormation::"), strings.HasPrefix(r.Type, "AWS::Serverless::"):
		return s.unknown("attribute", id+"."+attr, span, "what "+id+" returns as "+attr+" is not known", "")
	}
	if name, ok := strings.CutPrefix(attr, "Outputs."); ok && r.Type == "AWS::CloudFormation::Stack" {
		return s.output(r, name, span)
	}
	if r.Type == "AWS::CloudFormation::Stack" || r.Type == "AWS::CloudFormation::CustomResource" {
		return s.unknown("attribute", id+"."+attr, span, "what "+id+" returns as "+attr+" is not known", "")
	}
	if t != nil && !known {
		if len(t.Attributes) > 0 && !t.HasAttribute(attr) {
			s.notes.add(source.Warning, span, r.Type+" has no attribute "+attr, "Its value was taken as one that AWS generates.")
		}
		if t.ARN != "" && t.IsARN(attr) {
			return s.arnOf(r)
		}
	}
	if strings.HasPrefix(r.Type, "AWS::IAM::AccessKey") || r.Type == "AWS::SSM::Parameter" {
		return s.generated(id + "-" + tokenName(attr))
	}
	if v, ok := s.text(s.get(r.Props, attr)); ok {
		return v
	}
	if strings.HasSuffix(attr, "Arn") && !strings.Contains(attr, ".") {
		return s.ownARN(r.Type, id+"-"+attr)
	}
	return s.generated(id + "-" + tokenName(attr))
}

// ownARN is an ARN that AWS generates, of a form that is not known.
func (s *scope) ownARN(cfnType, name string) string {
	parts := strings.Split(cfnType, "::")
	arn := "arn:" + s.partition + ":" + strings.ToLower(parts[min(1, len(parts)-1)]) + ":" + s.region + ":" + s.account + ":" + s.generated(name)
	s.guessed[arn] = true
	return arn
}

// fill replaces ${…} in a pattern of a shape or of the catalogue.
func (s *scope) fill(pattern string, r *resource) string {
	if !s.filling(r) {
		return s.generated(r.ID)
	}
	defer func() { r.filling-- }()
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(pattern, "${")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, rest, _ := strings.Cut(after, "}")
		b.WriteString(s.slot(name, r))
		pattern = rest
	}
}

func (s *scope) slot(name string, r *resource) string {
	switch name {
	case "Partition", "AWS::Partition":
		return s.partition
	case "Region", "AWS::Region":
		return s.region
	case "Account", "AccountId", "AWS::AccountId":
		return s.account
	case "URLSuffix", "AWS::URLSuffix":
		return s.urlSuffix()
	case "Arn":
		return s.arnOf(r)
	case "Name":
		if sh, ok := shapeOf(r.Type); ok || sh.name != "" {
			if r.Type == "AWS::SSM::Parameter" {
				return strings.TrimPrefix(s.nameOf(r), "/")
			}
			return s.nameOf(r)
		}
	case "Machine":
		version := s.words(s.machineVersion(r))
		return version[:max(0, strings.LastIndexByte(version, ':'))]
	case "Bus":
		if bus := s.busName(s.get(r.Props, "EventBusName")); bus != "" && bus != "default" {
			return bus + "/"
		}
		return ""
	}
	name, def, hasDefault := strings.Cut(name, "|")
	if v, ok := s.property(r, name); ok {
		switch {
		case r.Type == "AWS::Lambda::Alias" || r.Type == "AWS::Lambda::Version":
			return nameInARN(v)
		case name == "Path":
			return "/" + strings.TrimPrefix(v, "/")
		}
		return v
	}
	if hasDefault {
		return def
	}
	return s.nameOf(r)
}

// machineVersion is the version that an alias of a state machine leads to.
func (s *scope) machineVersion(r *resource) *yamlpos.Node {
	if n := s.get(r.Props, "DeploymentPreference", "StateMachineVersionArn"); n != nil {
		return n
	}
	for _, i := range s.items(s.get(r.Props, "RoutingConfiguration")) {
		return s.get(i, "StateMachineVersionArn")
	}
	return nil
}

// property is the text of a property, guarded against names that depend on themselves.
func (s *scope) property(r *resource, name string) (string, bool) {
	n := s.get(r.Props, name)
	if n == nil {
		return "", false
	}
	return s.text(n)
}

// nameInARN is the function's name in what may be a name, a partial or a full ARN.
func nameInARN(text string) string {
	if i := strings.Index(text, ":function:"); i >= 0 {
		text = text[i+len(":function:"):]
	}
	name, _, _ := strings.Cut(text, ":")
	return name
}

// busName is an event bus's name in what may be a name or an ARN.
func (s *scope) busName(n *yamlpos.Node) string {
	text := s.words(n)
	if i := strings.Index(text, ":event-bus/"); i >= 0 {
		return text[i+len(":event-bus/"):]
	}
	return text
}

// isOwnARN reports whether an attribute such as TableArn is the ARN of the resource itself.
func isOwnARN(cfnType, attr string) bool {
	if sh, ok := shapeOf(cfnType); ok && sh.attrs[attr] != "" {
		return sh.attrs[attr] == "${Arn}"
	}
	t := catalog.Load().Type(cfnType)
	return attr == "Arn" || t != nil && t.IsARN(attr)
}
