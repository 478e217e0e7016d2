package live

import (
	"context"
	"fmt"
	"strings"
)

// A Function is an item of ListFunctions: what access depends on, with the names of its environment and none of the values.
type Function struct {
	FunctionName, FunctionArn string
	Version                   string       `json:",omitempty"`
	Role                      string       `json:",omitempty"`
	Runtime                   string       `json:",omitempty"`
	Handler                   string       `json:",omitempty"`
	PackageType               string       `json:",omitempty"`
	CodeSha256                string       `json:",omitempty"`
	CodeSize                  int64        `json:",omitempty"`
	MemorySize                int          `json:",omitempty"`
	Timeout                   int          `json:",omitempty"`
	State                     string       `json:",omitempty"`
	Architectures             []string     `json:",omitempty"`
	KMSKeyArn                 string       `json:",omitempty"`
	Environment               *environment `json:",omitempty"`
	VpcConfig                 *vpcConfig   `json:",omitempty"`
	DeadLetterConfig          *targetArn   `json:",omitempty"`
	TracingConfig             *tracing     `json:",omitempty"`
	LoggingConfig             *logsTo      `json:",omitempty"`
	Layers                    []onlyArn    `json:",omitempty"`
	FileSystemConfigs         []onlyArn    `json:",omitempty"`
	ReservedConcurrency       *int         `json:"ReservedConcurrentExecutions,omitempty"`
	Tags                      []Tag        `json:",omitempty"`
}

type environment struct{ Variables names }

type vpcConfig struct {
	VpcId            string   `json:",omitempty"`
	SubnetIds        []string `json:",omitempty"`
	SecurityGroupIds []string `json:",omitempty"`
}

type targetArn struct {
	TargetArn string `json:",omitempty"`
}
type tracing struct {
	Mode string `json:",omitempty"`
}
type logsTo struct {
	LogGroup string `json:",omitempty"`
}
type onlyArn struct{ Arn string }

// An Alias is an item of ListAliases.
type Alias struct {
	AliasArn, Name, FunctionVersion string
	RoutingConfig                   *struct {
		AdditionalVersionWeights map[string]float64 `json:",omitempty"`
	} `json:",omitempty"`
}

// A Mapping is an item of ListEventSourceMappings.
type Mapping struct {
	UUID, EventSourceArn, FunctionArn, State string
	BatchSize                                int      `json:",omitempty"`
	Topics                                   []string `json:",omitempty"` // of a Kafka cluster
	FilterCriteria                           *struct {
		Filters []struct{ Pattern string } `json:",omitempty"`
	} `json:",omitempty"`
	DestinationConfig *destinations `json:",omitempty"`
}

// An InvokeConfig says where the outcome of asynchronous calls of a function goes.
type InvokeConfig struct {
	FunctionArn       string
	DestinationConfig *destinations `json:",omitempty"`
}

type destinations struct {
	OnSuccess *destination `json:",omitempty"`
	OnFailure *destination `json:",omitempty"`
}

type destination struct {
	Destination string `json:",omitempty"`
}

// maxVersions is how many published versions of a region are asked for policies of their own, which few have: Lambda answers
// 15 calls a second, and an account may have kept every version that it ever deployed.
const maxVersions = 500

const nothingThere = "ResourceNotFoundException"

var (
	listFunctions     = op(operation{of: lambdaService, name: "ListFunctions", path: "/2015-03-31/functions", reads: "functions and their versions; of environments, names alone"})
	getPolicy         = op(operation{of: lambdaService, name: "GetPolicy", path: "/2015-03-31/functions/{FunctionName}/policy", absent: []string{nothingThere}, reads: "policies of functions, versions and aliases"})
	listAliases       = op(operation{of: lambdaService, name: "ListAliases", path: "/2015-03-31/functions/{FunctionName}/aliases", reads: "aliases"})
	listURLs          = op(operation{of: lambdaService, name: "ListFunctionUrlConfigs", path: "/2021-10-31/functions/{FunctionName}/urls", absent: []string{nothingThere}, reads: "function URLs"})
	getURL            = op(operation{of: lambdaService, name: "GetFunctionUrlConfig", path: "/2021-10-31/functions/{FunctionName}/url", absent: []string{nothingThere}, reads: "a function's URL, where they cannot be listed"})
	listInvokeConfigs = op(operation{of: lambdaService, name: "ListFunctionEventInvokeConfigs", path: "/2019-09-25/functions/{FunctionName}/event-invoke-config/list", absent: []string{nothingThere},
		reads: "destinations of asynchronous calls"})
	getConcurrency = op(operation{of: lambdaService, name: "GetFunctionConcurrency", path: "/2019-09-30/functions/{FunctionName}/concurrency", absent: []string{nothingThere}, reads: "reserved concurrency"})
	listMappings   = op(operation{of: lambdaService, name: "ListEventSourceMappings", path: "/2015-03-31/event-source-mappings", reads: "event source mappings"})
	listLayers     = op(operation{of: lambdaService, name: "ListLayers", path: "/2018-10-31/layers", reads: "layers"})
	getLayerPolicy = op(operation{of: lambdaService, name: "GetLayerVersionPolicy", path: "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy", absent: []string{nothingThere}, reads: "policies of layers"})
)

type functionPage struct {
	Functions  []Function
	NextMarker string `page:"Marker"`
}
type aliasPage struct {
	Aliases    []Alias
	NextMarker string `page:"Marker"`
}
type urlPage struct {
	FunctionUrlConfigs []functionURL
	NextMarker         string `page:"Marker"`
}
type functionURL struct{ FunctionArn, AuthType string }
type invokeConfigPage struct {
	FunctionEventInvokeConfigs []InvokeConfig
	NextMarker                 string `page:"Marker"`
}
type mappingPage struct {
	EventSourceMappings []Mapping
	NextMarker          string `page:"Marker"`
}
type layerPage struct {
	Layers []struct {
		LayerName             string
		LatestMatchingVersion struct {
			LayerVersionArn string
			Version         int
		}
	}
	NextMarker string `page:"Marker"`
}
type policyAnswer struct{ Policy document }
type concurrencyAnswer struct{ ReservedConcurrentExecutions *int }

func init() { regional = append(regional, (*taker).functions) }

// functions reads Lambda.
func (t *taker) functions(ctx context.Context, region string) {
	t.beside(func() {
		pages(ctx, t, region, listMappings, nil, "", func(p *mappingPage) {
			t.keep(func(s *Snapshot) { s.Mappings = append(s.Mappings, p.EventSourceMappings...) })
		})
	})
	t.beside(func() { t.layers(ctx, region) })
	t.beside(func() {
		var versions []Function
		pages(ctx, t, region, listFunctions, args{"FunctionVersion": "ALL"}, "", func(p *functionPage) {
			for _, f := range p.Functions {
				if f.Version != "" && f.Version != "$LATEST" {
					versions = append(versions, f)
				}
			}
		})
		t.keep(func(s *Snapshot) { s.Versions = append(s.Versions, versions...) })
		if len(versions) > maxVersions {
			t.note(getPolicy.String()+" of versions", region, fmt.Sprintf("%d versions are more than are asked for their policies (%d)", len(versions), maxVersions), "", true)
			return
		}
		each(t, versions, func(f Function) { t.functionPolicy(ctx, region, f.FunctionName, f.FunctionArn, f.Version) })
	})
	pages(ctx, t, region, listFunctions, nil, "", func(p *functionPage) {
		each(t, p.Functions, func(f Function) { t.function(ctx, region, f) })
	})
}

// function reads what belongs to one function.
func (t *taker) function(ctx context.Context, region string, f Function) {
	f.FunctionArn = strings.TrimSuffix(f.FunctionArn, ":$LATEST")
	name := args{"FunctionName": f.FunctionName}
	t.beside(func() { t.functionPolicy(ctx, region, f.FunctionName, f.FunctionArn, "") })
	t.beside(func() { t.aliasesAndURLs(ctx, region, f.FunctionName) })
	t.beside(func() {
		pages(ctx, t, region, listInvokeConfigs, name, f.FunctionName, func(p *invokeConfigPage) {
			t.keep(func(s *Snapshot) { s.InvokeConfigs = append(s.InvokeConfigs, p.FunctionEventInvokeConfigs...) })
		})
	})
	if c, ok := ask[concurrencyAnswer](ctx, t, region, getConcurrency, name, f.FunctionName); ok {
		f.ReservedConcurrency = c.ReservedConcurrentExecutions
	}
	t.keep(func(s *Snapshot) { s.Functions = append(s.Functions, f) })
}

// aliasesAndURLs reads the aliases of a function, their policies, and the URLs of both.
func (t *taker) aliasesAndURLs(ctx context.Context, region, name string) {
	in := args{"FunctionName": name}
	var aliases []Alias
	pages(ctx, t, region, listAliases, in, name, func(p *aliasPage) { aliases = append(aliases, p.Aliases...) })
	t.keep(func(s *Snapshot) { s.Aliases = append(s.Aliases, aliases...) })
	each(t, aliases, func(a Alias) { t.functionPolicy(ctx, region, name, a.AliasArn, a.Name) })
	if pages(ctx, t, region, listURLs, in, name, func(p *urlPage) {
		for _, u := range p.FunctionUrlConfigs {
			t.url(u)
		}
	}) || !t.lacks(region, listURLs) {
		return
	}
	t.urlOf(ctx, region, in, name)
	each(t, aliases, func(a Alias) {
		t.urlOf(ctx, region, args{"FunctionName": name, "Qualifier": a.Name}, name+":"+a.Name)
	})
}

// urlOf reads the URL of a function or an alias, where all of a function cannot be listed: some stand-ins for AWS know no
// other way.
func (t *taker) urlOf(ctx context.Context, region string, in args, about string) {
	if u, ok := ask[functionURL](ctx, t, region, getURL, in, about); ok {
		t.url(*u)
	}
}

func (t *taker) url(u functionURL) {
	t.trigger(Trigger{To: u.FunctionArn, Kind: "function-url", Filter: filter{Auth: u.AuthType}})
}

// functionPolicy reads the policy of a function, or of one of its versions or aliases.
func (t *taker) functionPolicy(ctx context.Context, region, name, arn, qualifier string) {
	in, about := args{"FunctionName": name}, name
	if qualifier != "" {
		in["Qualifier"], about = qualifier, name+":"+qualifier
	}
	if p, ok := ask[policyAnswer](ctx, t, region, getPolicy, in, about); ok {
		t.policy(arn, p.Policy)
	}
}

func (t *taker) layers(ctx context.Context, region string) {
	pages(ctx, t, region, listLayers, nil, "", func(p *layerPage) {
		for _, l := range p.Layers {
			v := l.LatestMatchingVersion
			t.resource(Resource{Arn: v.LayerVersionArn, Type: "AWS::Lambda::LayerVersion", Name: l.LayerName})
			t.beside(func() {
				if p, ok := ask[policyAnswer](ctx, t, region, getLayerPolicy, args{"LayerName": l.LayerName, "VersionNumber": v.Version}, l.LayerName); ok {
					t.policy(v.LayerVersionArn, p.Policy)
				}
			})
		}
	})
}

// policy keeps the policy of a resource, if it has one.
func (t *taker) policy(arn string, d document) {
	if len(d) > 0 && arn != "" {
		t.keep(func(s *Snapshot) {
			s.Policies = append(s.Policies, ResourcePolicy{Resource: arn, Account: t.who.Account, Policy: d})
		})
	}
}

func (t *taker) resource(r Resource) {
	if r.Arn != "" {
		t.keep(func(s *Snapshot) { s.Resources = append(s.Resources, r) })
	}
}

func (t *taker) trigger(x Trigger) {
	if x.To != "" {
		t.keep(func(s *Snapshot) { s.Triggers = append(s.Triggers, x) })
	}
}
