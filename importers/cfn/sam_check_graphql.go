package cfn

import (
	"strings"

	"bulkhead/importers/yamlpos"
)

// checkGraphQL looks at what AWS::Serverless::GraphQLApi needs.
func (t *transform) checkGraphQL(r *resource) {
	t.checkSAM(r)
	what := "GraphQLApi " + r.ID
	p := r.Props
	inline, uri := t.get(p, "SchemaInline"), t.get(p, "SchemaUri")
	switch {
	case inline != nil && uri != nil:
		t.refuse(uri.Span(), "%s has both SchemaInline and SchemaUri", what)
	case isFalsy(inline) && isFalsy(uri):
		t.refuse(r.Origin, "%s needs SchemaInline or SchemaUri", what)
	}
	for _, a := range append([]*yamlpos.Node{t.get(p, "Auth")}, t.items(t.get(p, "Auth", "Additional"))...) {
		if a == nil {
			continue
		}
		needs, known := map[string]string{"AWS_LAMBDA": "LambdaAuthorizer", "OPENID_CONNECT": "OpenIDConnect", "AMAZON_COGNITO_USER_POOLS": "UserPool",
			"AWS_IAM": "", "API_KEY": ""}[t.words(t.get(a, "Type"))]
		if !known {
			t.refuse(a.Span(), "%s: Auth has no Type that is known", what)
		} else if needs != "" && isFalsy(t.get(a, needs)) || needs == "LambdaAuthorizer" && isFalsy(t.get(a, needs, "AuthorizerUri")) {
			t.refuse(a.Span(), "%s: Auth needs %s", what, needs)
		}
	}
	t.checkParts(what, p)
	t.eachPart(p, []string{"Resolvers", "*", "*"}, func(n *yamlpos.Node) {
		if n.Kind != yamlpos.Mapping || isCall(n) {
			return
		}
		if isFalsy(t.get(n, "Pipeline")) {
			t.refuse(n.Span(), "%s: a resolver needs a Pipeline", what)
		}
		if (!isFalsy(t.get(n, "InlineCode")) || !isFalsy(t.get(n, "CodeUri"))) && t.get(n, "Runtime") == nil {
			t.refuse(n.Span(), "%s: a resolver with code needs a Runtime", what)
		}
		for _, i := range t.items(t.get(n, "Pipeline")) {
			if isCall(i) || plainKind(i) != '"' {
				t.refuse(i.Span(), "%s: Pipeline takes names of functions", what)
			} else if i.Kind == yamlpos.Scalar && t.get(p, "Functions").Get(i.Value) == nil {
				t.refuse(i.Span(), "%s: there is no function %s", what, i.Value)
			}
		}
	})
	sources := t.get(p, "DataSources")
	for _, f := range t.pairs(t.get(p, "Functions")) {
		t.checkGraphQLFunction(what, f, sources)
	}
}

// graphQLParts lists what the parts of a GraphQL API take; "*" stands for names of one's own, "[]" for the elements of a list.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-graphqlapi.html
var graphQLParts = []struct{ path, takes string }{
	{"Auth", `Type! LambdaAuthorizer{ OpenIDConnect{ UserPool{ Additional[`},
	{"Auth.Additional.[]", `Type! LambdaAuthorizer{ OpenIDConnect{ UserPool{`},
	{"Auth.LambdaAuthorizer", `AuthorizerResultTtlInSeconds AuthorizerUri! IdentityValidationExpression`},
	{"Auth.OpenIDConnect", `AuthTTL ClientId IatTTL Issuer`},
	{"Auth.UserPool", `AppIdClientRegex AwsRegion DefaultAction UserPoolId!`},
	{"Auth.Additional.[].LambdaAuthorizer", `AuthorizerResultTtlInSeconds AuthorizerUri! IdentityValidationExpression`},
	{"Auth.Additional.[].OpenIDConnect", `AuthTTL ClientId IatTTL Issuer`},
	{"Auth.Additional.[].UserPool", `AppIdClientRegex AwsRegion DefaultAction UserPoolId!`},
	{"ApiKeys.*", `ApiKeyId Description ExpiresOn`},
	{"DataSources", `DynamoDb{= Lambda{=`},
	{"DataSources.DynamoDb.*", `TableName! ServiceRoleArn TableArn Permissions[ Name Description Region DeltaSync{ UseCallerCredentials Versioned`},
	{"DataSources.DynamoDb.*.DeltaSync", `BaseTableTTL! DeltaSyncTableName! DeltaSyncTableTTL!`},
	{"DataSources.Lambda.*", `FunctionArn! ServiceRoleArn Name Description`},
	{"Functions.*", `DataSource| Runtime{ InlineCode CodeUri Description MaxBatchSize Name"= Id Sync{`},
	{"Functions.*.Runtime", `Name! Version!`},
	{"Functions.*.Sync", `ConflictDetection! ConflictHandler LambdaConflictHandlerConfig{`},
	{"Resolvers.*.*", `FieldName"= Caching{ InlineCode CodeUri MaxBatchSize Pipeline[ Runtime{ Sync{`},
	{"Resolvers.*.*.Runtime", `Name! Version!`},
	{"Resolvers.*.*.Caching", `Ttl! CachingKeys[`},
	{"DomainName", `CertificateArn! DomainName! Description`},
	{"Cache", `ApiCachingBehavior! Ttl! Type! AtRestEncryptionEnabled TransitEncryptionEnabled`},
}

// checkParts holds the parts of a GraphQL API against what they take.
func (t *transform) checkParts(what string, p *yamlpos.Node) {
	for _, part := range graphQLParts {
		takes := fields(part.takes)
		t.eachPart(p, strings.Split(part.path, "."), func(n *yamlpos.Node) {
			if n.Null {
				return
			}
			if isCall(n) {
				t.refuse(n.Span(), "%s: %s takes no intrinsic function", what, part.path)
				return
			}
			if t.should(what, n, '{', part.path) {
				t.checkFields(what+" "+part.path, n, n.Span(), takes)
			}
		})
	}
	if n := t.get(p, "Logging"); n != nil && !n.Null && n.Kind != yamlpos.Mapping && wrongKind(n, '?') != "" {
		t.refuse(n.Span(), "%s: Logging is neither true, false nor a mapping", what)
	}
	if n := t.get(p, "Logging"); n != nil && n.Kind == yamlpos.Mapping && !isCall(n) {
		t.checkFields(what+" Logging", n, n.Span(), fields(`CloudWatchLogsRoleArn ExcludeVerboseContent FieldLogLevel`))
	}
}

// eachPart calls do for all that is at a path of keys; "*" is each key, and "[]" each element of a list.
func (t *transform) eachPart(n *yamlpos.Node, path []string, do func(*yamlpos.Node)) {
	n = t.settle(n)
	switch {
	case n == nil:
	case len(path) == 0:
		do(n)
	case path[0] == "[]":
		for _, i := range n.Items() {
			t.eachPart(i, path[1:], do)
		}
	case n.Kind != yamlpos.Mapping || isCall(n):
	case path[0] == "*":
		for _, p := range lastOfEach(n.Pairs()) {
			t.eachPart(p.Value, path[1:], do)
		}
	default:
		t.eachPart(n.Get(path[0]), path[1:], do)
	}
}

func (t *transform) checkGraphQLFunction(what string, f yamlpos.Pair, sources *yamlpos.Node) {
	v := f.Value
	if v.Kind != yamlpos.Mapping || isCall(v) {
		return
	}
	if !isFalsy(t.get(v, "Id")) {
		if len(v.Pairs()) > 1 {
			t.refuse(v.Span(), "%s: function %s has an Id and other properties", what, f.Key.Value)
		}
		return
	}
	if inline, code := t.get(v, "InlineCode"), t.get(v, "CodeUri"); isFalsy(inline) == isFalsy(code) {
		t.refuse(v.Span(), "%s: function %s needs one of InlineCode and CodeUri", what, f.Key.Value)
	}
	if t.get(v, "Runtime") == nil {
		t.refuse(v.Span(), "%s: function %s needs Runtime", what, f.Key.Value)
	}
	d := t.get(v, "DataSource")
	if isFalsy(d) {
		t.refuse(v.Span(), "%s: function %s needs DataSource", what, f.Key.Value)
		return
	}
	if d.Kind == yamlpos.Scalar && !isCall(d) && !strings.EqualFold(d.Value, "NONE") {
		for _, kind := range t.pairs(sources) {
			if kind.Value.Get(d.Value) != nil {
				return
			}
		}
		t.refuse(d.Span(), "%s: there is no data source %s", what, d.Value)
	}
}
