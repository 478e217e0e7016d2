package policy

// blockedAsPublic reports whether S3's Block Public Access takes the bucket policy's grants away from the
// caller: a public policy then serves only the bucket owner's account and AWS services ("Blocking public
// access to your Amazon S3 storage": RestrictPublicBuckets).
func (e *evaluation) blockedAsPublic(p *Program) bool {
	if !e.req.S3.BlockPublicAccess || e.service != "s3" {
		return false
	}
	c := &e.view.caller
	if c.typ == typeService || c.isIAM() && c.account == e.view.resource {
		return false
	}
	return p.public()
}

// public reports whether some statement allows everyone ("The meaning of public").
func (p *Program) public() bool {
	for _, s := range p.statements {
		if s.public {
			return true
		}
	}
	return false
}

// isPublic reports whether a statement is about everyone, without a condition on a fixed value.
func (s *statement) isPublic() bool {
	everyone := s.from.NotPrincipal
	for i := range s.principals {
		everyone = everyone || s.principals[i].kind == anyone
	}
	if !everyone {
		return false
	}
	for i := range s.conditions {
		if s.conditions[i].fixes() {
			return false
		}
	}
	return true
}

// fixingKeys are the keys that keep a policy for everyone from being public when they are given fixed values.
var fixingKeys = map[string]bool{
	"aws:principalarn": true, "aws:principalorgid": true, "aws:principalorgpaths": true, "aws:principalaccount": true,
	"aws:sourceip": true, "aws:sourcearn": true, "aws:sourcevpc": true, "aws:sourcevpce": true,
	"aws:sourceowner": true, "aws:sourceaccount": true, "aws:userid": true, "aws:sourceorgid": true,
	"s3:x-amz-server-side-encryption-aws-kms-key-id": true, "s3:dataaccesspointarn": true, "s3:dataaccesspointaccount": true,
}

// fixes reports whether a condition limits everyone to fixed values.
func (c *condition) fixes() bool {
	if !fixingKeys[c.key] || c.negated || c.ifExists || c.qualifier == forAllValues {
		return false
	}
	for i := range c.values {
		v := &c.values[i]
		switch c.op {
		case opStringEquals, opStringIgnoreCase:
			if v.pattern.variables {
				return false
			}
		case opStringLike:
			if v.pattern.shape != shapeExact && !(c.key == "s3:dataaccesspointarn" && v.ofOneAccount()) {
				return false
			}
		case opARN:
			for j := range v.segments {
				if v.segments[j].variables {
					return false
				}
			}
			if len(v.segments) != 6 || v.segments[4].shape != shapeExact && v.segments[5].shape != shapeExact {
				return false
			}
		case opIP:
			bits := v.net.Bits()
			if !v.valid || v.net.Addr().Is4() && bits < 8 || v.net.Addr().Is6() && bits < 32 {
				return false
			}
		default:
			return false
		}
	}
	return len(c.values) > 0
}

// ofOneAccount reports whether a pattern is of ARNs of one account: "this value can contain a wildcard for the access point name
// without rendering the policy public, as long as the account id is fixed" (The meaning of public).
func (p *conditionValue) ofOneAccount() bool {
	f, ok := splitARN(p.text)
	return ok && isAccountID(f[4]) && !p.pattern.variables
}
