package policy

import (
	"fmt"
	"slices"
	"strings"

	"bulkhead/model/catalog"
	"bulkhead/model/source"
)

// globalKeys are the types of AWS's global condition keys ("AWS global condition context keys"), names in lower
// case; a key with a variable part stands up to its slash.
var globalKeys = map[string]string{
	"aws:assumedroot": "String", "aws:calledvia": "ArrayOfString", "aws:calledviafirst": "String", "aws:calledvialast": "String", "aws:calledviaawsmcp": "String",
	"aws:chatbotsourcearn": "ARN", "aws:currenttime": "Date", "aws:ec2instancesourceprivateipv4": "IPAddress", "aws:ec2instancesourcevpc": "String",
	"aws:epochtime": "Date", "aws:federatedprovider": "String", "aws:ismcpserviceaction": "Bool", "aws:multifactorauthage": "Numeric",
	"aws:multifactorauthpresent": "Bool", "aws:principalaccount": "String", "aws:principalarn": "ARN", "aws:principalisawsservice": "Bool",
	"aws:principalorgid": "String", "aws:principalorgmasteraccountid": "String", "aws:principalorgpaths": "ArrayOfString", "aws:principalservicename": "String",
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
			if k.catalog == nil || k.everyAction(s) && k.listed(key) || !k.everyAction(s) && k.offered(s, key) {
				return
			}
			k.report(source.Warning, "unknown-condition-key", c.part(""), fmt.Sprintf("%q is not a global condition key", c.Key), "It is kept; it may be newer than the catalogue, or misspelled.")
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
		k.report(source.Warning, "unknown-condition-key", c.part(""), fmt.Sprintf("no action of the statement has the condition key %q", c.Key), detail)
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

// A keySet holds condition keys in lower case, so that one is looked up whatever the number of actions that list it.
type keySet struct {
	exact  map[string]string // → as the catalogue writes it
	before map[string]string // what stands before a variable part, "kms:encryptioncontext:" → as the catalogue writes it
}

func (ks *keySet) add(listed ...string) {
	if ks.exact == nil {
		ks.exact, ks.before = map[string]string{}, map[string]string{}
	}
	for _, l := range listed {
		key := lowerASCII(l)
		// The service authorization reference writes variable parts as ${TagKey}, s3's as <key>, some as tag-key.
		if i := strings.IndexAny(key, "$<"); i >= 0 {
			ks.before[key[:i]] = l
			continue
		}
		for _, bare := range []string{"/tag-key", "/tagkey"} {
			if head, ok := strings.CutSuffix(key, bare); ok {
				ks.before[head+"/"] = l
			}
		}
		ks.exact[key] = l
	}
}

func (ks *keySet) addActions(actions []*catalog.Action) {
	types := map[*catalog.ResourceType]bool{}
	for _, a := range actions {
		ks.add(a.ConditionKeys...)
		for _, rt := range a.Resources {
			if !types[rt] {
				types[rt] = true
				ks.add(rt.ConditionKeys...)
			}
		}
	}
}

// find is a key as the catalogue writes it, "" if the set has none such.
func (ks *keySet) find(key string) string {
	if l := ks.exact[key]; l != "" {
		return l
	}
	for i := range len(key) {
		if l := ks.before[key[:i]]; l != "" {
			return l
		}
	}
	return ""
}

func (k *checker) keyType(prefix, key string) string {
	if t := k.catalog.ConditionKeyType(prefix, key); t != "" {
		return t
	}
	ks := k.services[prefix]
	if ks == nil {
		ks = &keySet{}
		ks.addActions(k.catalog.Actions(prefix))
		if k.services == nil {
			k.services = map[string]*keySet{}
		}
		k.services[prefix] = ks
	}
	return k.catalog.ConditionKeyType(prefix, ks.find(key))
}

// everyAction reports whether the statement has, or may have, actions of every service.
func (k *checker) everyAction(s *Statement) bool {
	if k.wideOf != s { // asked once a key
		k.wideOf = s
		k.wide = s.NotAction || slices.ContainsFunc(s.Actions, func(a string) bool { return strings.Trim(a, "*") == "" || hasUnknown(a) })
	}
	return k.wide
}

// listed reports whether any action of AWS has the key.
func (k *checker) listed(key string) bool {
	if k.every == nil {
		k.every = &keySet{}
		k.every.addActions(k.catalog.Expand("*"))
	}
	return k.every.find(key) != ""
}

// offered reports whether some action of the statement has the key, of itself or of its resources. What the
// statement's actions are must be known for a no.
func (k *checker) offered(s *Statement, key string) bool {
	if k.everyAction(s) {
		return true
	}
	if k.offersOf != s {
		k.offersOf, k.offers, k.offersMore = s, keySet{}, false
		seen := map[string]bool{}
		for _, pattern := range s.Actions {
			if p := lowerASCII(pattern); !seen[p] {
				seen[p] = true
				actions := k.catalog.Expand(p)
				k.offers.addActions(actions)
				// That no action matches is said already; what it would have is unknown.
				k.offersMore = k.offersMore || len(actions) == 0
			}
		}
	}
	return k.offersMore || k.offers.find(key) != ""
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
		k.report(source.Info, "operator-type", Part{Element: "Condition", Operator: c.Operator}, fmt.Sprintf("%s on %s, whose type is %s", c.Operator, c.Key, keyType), "It compares the texts. An operator of the key's own type says what is meant.")
	case has == "numeric" && want == "date" && lowerASCII(c.Key) == "aws:epochtime": // seconds since 1970
	case has == "arn" && want == "string", has == "bool" && want == "string":
		// The reference calls many keys String that hold an ARN, or true and false.
	default:
		k.report(source.Warning, "operator-type", Part{Element: "Condition", Operator: c.Operator}, fmt.Sprintf("%s on %s, whose type is %s", c.Operator, c.Key, keyType), "The operator reads the key's value as another type, so the comparison does not hold as meant.")
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
			k.report(source.Warning, "for-all-values-unguarded", c.part(""), fmt.Sprintf("%s on %s holds where the key is absent", c.Operator, c.Key), `Add "Null": {"`+c.Key+`": "false"} to need the key.`)
		}
		// aws:MultiFactorAuthPresent in "AWS global condition context keys": "Do not use" false in an Allow.
		if info.op == opBool && strings.EqualFold(c.Key, "aws:MultiFactorAuthPresent") && slices.ContainsFunc(c.Values, func(v string) bool { return strings.EqualFold(v, "false") }) {
			k.report(source.Warning, "mfa-false", c.part(""), "aws:MultiFactorAuthPresent false in an Allow", "It allows those who signed in without a second factor, and not those with one.")
		}
	}
}
