package policy

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/source"
)

// globalKeys are the types of AWS's global condition keys ("AWS global condition context keys"), names in lower
// case; a key with a variable part stands up to its slash.
var globalKeys = map[string]string{
	"aws:assumedroot": "String", "aws:calledvia": "ArrayOfString", "aws:calledviafirst": "String", "aws:calledvialast": "String", "aws:calledviaawsmcp": "String",
	"aws:chatbotsourcearn": "ARN", "aws:currenttime": "Date", "aws:ec2instancesourceprivateipv4": "IPAddress", "aws:ec2instancesourcevpc": "String",
	"aws:epochtime": "Date", "aws:federatedprovider": "String", "aws:ismcpserviceaction": "Bool", "aws:multifactorauthage": "Numeric",
	"aws:multifactorauthpresent": "Bool", "aws:principalaccount": "String", "aws:principalarn": "ARN", "aws:principalisawsservice": "Bool",
	"aws:principalorgid": "String", "aws:principalorgpaths": "ArrayOfString", "aws:principalservicename": "String",
	"aws:principalservicenameslist": "ArrayOfString", "aws:principaltag/": "String", "aws:principaltype": "String", "aws:referer": "String",
	"aws:requestedregion": "String", "aws:requesttag/": "String", "aws:resourceaccount": "String", "aws:resourceorgid": "String",
	"aws:resourceorgpaths": "ArrayOfString", "aws:resourcetag/": "String", "aws:securetransport": "Bool", "aws:signinsessionarn": "ARN",
	"aws:sourceaccount": "String", "aws:sourcearn": "ARN", "aws:sourceidentity": "String", "aws:sourceip": "IPAddress", "aws:sourceorgid": "String",
	"aws:sourceorgpaths": "ArrayOfString", "aws:sourceowner": "String", "aws:sourcevpc": "String", "aws:sourcevpcarn": "ARN", "aws:sourcevpce": "String",
	"aws:tagkeys": "ArrayOfString", "aws:tokenissuetime": "Date", "aws:useragent": "String", "aws:userid": "String", "aws:username": "String",
	"aws:viaawsmcpservice": "Bool", "aws:viaawsservice": "Bool", "aws:vpceaccount": "String", "aws:vpceorgid": "String", "aws:vpceorgpaths": "ArrayOfString",
	"aws:vpcsourceip": "IPAddress",
}

// sessionKeys have a service's prefix and come with the credentials of a role, so with actions of every service.
var sessionKeys = []string{
	"ec2:roledelivery", "ec2:sourceinstancearn", "glue:credentialissuingservice", "glue:roleassumedby", "identitystore:userid",
	"lambda:sourcefunctionarn", "ssm:sourceinstancearn",
}

// conditionKey checks that the key is one that some action of the statement has, and that the operator fits its type.
func (k *checker) conditionKey(s *Statement, c *Condition) {
	key := lowerASCII(c.Key)
	prefix, _, ok := strings.Cut(key, ":")
	if !ok || hasUnknown(key) {
		return
	}
	if prefix == "aws" {
		t, known := globalKeys[general(key)]
		if !known {
			// Some services list keys of their own under aws:, such as aws:SourceInstanceArn.
			if k.catalog == nil || k.offered(s, key) {
				return
			}
			k.report(source.Warning, "unknown-condition-key", fmt.Sprintf("%q is not a global condition key", c.Key), "It is kept; it may be newer than the catalogue, or misspelled.")
			return
		}
		k.operatorFits(c, t)
		return
	}
	if k.catalog == nil || k.catalog.Actions(prefix) == nil || slices.Contains(sessionKeys, key) {
		return // an identity provider's key, such as cognito-identity.amazonaws.com:aud
	}
	t := k.keyType(prefix, key)
	if !k.offered(s, key) {
		detail := "It is kept; it may be newer than the catalogue, or misspelled."
		if t != "" {
			detail = fmt.Sprintf("Actions of %s have it, none of the statement's. It is absent from their requests.", prefix)
		}
		k.report(source.Warning, "unknown-condition-key", fmt.Sprintf("no action of the statement has the condition key %q", c.Key), detail)
		return
	}
	k.operatorFits(c, t)
}

// general is a key up to its variable part, aws:requesttag/ of aws:requesttag/team.
func general(key string) string {
	if i := strings.IndexByte(key, '/'); i >= 0 {
		return key[:i+1]
	}
	return key
}

// sameKey reports whether a key, in lower case, is the listed one, which may end with a variable.
func sameKey(listed, key string) bool {
	listed = lowerASCII(listed)
	before, _, variable := strings.Cut(listed, "${")
	if !variable {
		// The service authorization reference writes a few of these with TagKey bare.
		return listed == key || strings.HasSuffix(listed, "/tagkey") && general(listed) == general(key)
	}
	return strings.HasPrefix(key, before)
}

func (k *checker) keyType(prefix, key string) string {
	if t := k.catalog.ConditionKeyType(prefix, key); t != "" {
		return t
	}
	for _, a := range k.catalog.Actions(prefix) {
		for _, listed := range a.ConditionKeys {
			if strings.Contains(listed, "${") && sameKey(listed, key) {
				return k.catalog.ConditionKeyType(prefix, listed)
			}
		}
		for _, rt := range a.Resources {
			for _, listed := range rt.ConditionKeys {
				if strings.Contains(listed, "${") && sameKey(listed, key) {
					return k.catalog.ConditionKeyType(prefix, listed)
				}
			}
		}
	}
	return ""
}

// offered reports whether some action of the statement has the key, of itself or of its resources. What the
// statement's actions are must be known for a no.
func (k *checker) offered(s *Statement, key string) bool {
	if s.NotAction {
		return true
	}
	if k.offers == nil {
		k.offers = map[string]bool{}
	}
	for _, pattern := range s.Actions {
		if strings.Trim(pattern, "*") == "" || hasUnknown(pattern) {
			return true
		}
		at := lowerASCII(pattern) + " " + key
		has, known := k.offers[at]
		if !known {
			has = k.patternOffers(pattern, key)
			k.offers[at] = has
		}
		if has {
			return true
		}
	}
	return false
}

func (k *checker) patternOffers(pattern, key string) bool {
	actions := k.catalog.Expand(pattern)
	if len(actions) == 0 {
		return true // said already; what it would have is unknown
	}
	has := func(listed string) bool { return sameKey(listed, key) }
	for _, a := range actions {
		if slices.ContainsFunc(a.ConditionKeys, has) {
			return true
		}
		for _, rt := range a.Resources {
			if slices.ContainsFunc(rt.ConditionKeys, has) {
				return true
			}
		}
	}
	return false
}

// operatorFits checks the operator against the type of the key ("IAM JSON policy elements: Condition operators").
// A string operator works on an ARN and on a Bool, as the texts that they are: no more than a remark.
func (k *checker) operatorFits(c *Condition, keyType string) {
	info, _, _ := parseOperator(c.Operator)
	want := strings.ToLower(strings.TrimPrefix(keyType, "ArrayOf"))
	var has string
	switch info.op {
	case opStringEquals, opStringIgnoreCase, opStringLike:
		has = "string"
	case opARN:
		has = "arn"
	case opBool:
		has = "bool"
	case opNumericEquals, opNumericLess, opNumericLessEquals, opNumericGreater, opNumericGreaterEquals:
		has = "numeric"
	case opDateEquals, opDateLess, opDateLessEquals, opDateGreater, opDateGreaterEquals:
		has = "date"
	case opIP:
		has = "ipaddress"
	case opBinary:
		has = "binary"
	case opNull, opUnknown:
		return
	}
	switch {
	case want == "" || want == has || want == "long" && has == "numeric":
	case has == "string" && (want == "arn" || want == "bool"):
		k.report(source.Info, "operator-type", fmt.Sprintf("%s on %s, whose type is %s", c.Operator, c.Key, keyType), "It compares the texts. An operator of the key's own type says what is meant.")
	case has == "numeric" && want == "date" && lowerASCII(c.Key) == "aws:epochtime": // seconds since 1970
	case has == "arn" && want == "string", has == "bool" && want == "string":
		// The reference calls many keys String that hold an ARN, or true and false.
	default:
		k.report(source.Warning, "operator-type", fmt.Sprintf("%s on %s, whose type is %s", c.Operator, c.Key, keyType), "The operator reads the key's value as another type, so the comparison does not hold as meant.")
	}
}

// guards warns of conditions of an Allow that hold where their key is absent or bad practice makes them weak.
func (k *checker) guards(s *Statement) {
	if s.Effect != Allow {
		return
	}
	guarded := map[string]bool{}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		info, q, _ := parseOperator(c.Operator)
		if info.op == opNull && slices.Equal(c.Values, []string{"false"}) || q == forAnyValue {
			guarded[lowerASCII(c.Key)] = true
		}
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		info, q, _ := parseOperator(c.Operator)
		// "Set operators for multivalued context keys": ForAllValues is true where the request has no such key.
		if q == forAllValues && !guarded[lowerASCII(c.Key)] {
			k.report(source.Warning, "for-all-values-unguarded", fmt.Sprintf("%s on %s holds where the key is absent", c.Operator, c.Key), `Add "Null": {"`+c.Key+`": "false"} to need the key.`)
		}
		// aws:MultiFactorAuthPresent in "AWS global condition context keys": "Do not use" false in an Allow.
		if info.op == opBool && strings.EqualFold(c.Key, "aws:MultiFactorAuthPresent") && slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "false") }) {
			k.report(source.Warning, "mfa-false", "aws:MultiFactorAuthPresent false in an Allow", "It allows those who signed in without a second factor, and not those with one.")
		}
	}
}
