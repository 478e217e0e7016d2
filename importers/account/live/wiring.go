package live

import (
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

var (
	listBuses       = op(operation{of: eventsService, name: "ListEventBuses", reads: "event buses and their policies"})
	listRules       = op(operation{of: eventsService, name: "ListRules", absent: []string{nothingThere}, reads: "rules"})
	listTargets     = op(operation{of: eventsService, name: "ListTargetsByRule", absent: []string{nothingThere}, reads: "what rules start"})
	listSchedules   = op(operation{of: schedulerService, name: "ListSchedules", path: "/schedules", reads: "schedules"})
	getSchedule     = op(operation{of: schedulerService, name: "GetSchedule", path: "/schedules/{Name}", absent: []string{nothingThere}, reads: "when schedules run, and as which role"})
	listPipes       = op(operation{of: pipesService, name: "ListPipes", path: "/v1/pipes", reads: "pipes"})
	describePipe    = op(operation{of: pipesService, name: "DescribePipe", path: "/v1/pipes/{Name}", absent: []string{"NotFoundException"}, reads: "filters and roles of pipes"})
	listMachines    = op(operation{of: statesService, name: "ListStateMachines", reads: "state machines"})
	describeMachine = op(operation{of: statesService, name: "DescribeStateMachine", absent: []string{"StateMachineDoesNotExist"}, reads: "their roles, and of their definitions what they call"})
	listPools       = op(operation{of: cognitoService, name: "ListUserPools", reads: "user pools"})
	describePool    = op(operation{of: cognitoService, name: "DescribeUserPool", absent: []string{nothingThere}, reads: "triggers of user pools"})
	listLogGroups   = op(operation{of: logsService, name: "DescribeLogGroups", reads: "log groups"})
	listLogFilters  = op(operation{of: logsService, name: "DescribeSubscriptionFilters", absent: []string{nothingThere}, reads: "where logs are sent"})
)

type busPage struct {
	EventBuses []struct {
		Name, Arn string
		Policy    document
	}
	NextToken string `page:"NextToken"`
}
type rulePage struct {
	Rules     []rule
	NextToken string `page:"NextToken"`
}
type rule struct{ Name, Arn, EventPattern, State, ScheduleExpression string }
type targetPage struct {
	Targets []struct {
		Arn, RoleArn                       string
		DeadLetterConfig                   struct{ Arn someARN }
		Input, InputPath, InputTransformer there // what they say is the target's business
	}
	NextToken string `page:"NextToken"`
}
type schedulePage struct {
	Schedules []struct{ Arn, Name, GroupName, State string }
	NextToken string `page:"NextToken"`
}
type scheduleAnswer struct {
	ScheduleExpression string
	Target             struct {
		Arn, RoleArn string
		Input        calledARNs // of a call of AWS's; nobody's business where it is a function's
	}
}
type pipePage struct {
	Pipes     []struct{ Arn, Name, CurrentState string }
	NextToken string `page:"NextToken"`
}
type pipeAnswer struct {
	Source, Target, Enrichment someARN
	RoleArn                    string
	SourceParameters           struct {
		FilterCriteria struct {
			Filters []struct{ Pattern string }
		}
	}
}
type machinePage struct {
	StateMachines []struct{ StateMachineArn, Name, Type string }
	NextToken     string `page:"nextToken"`
}
type machineAnswer struct {
	RoleArn    string
	Definition calledARNs
}
type poolPage struct {
	UserPools []struct{ Id, Name string }
	NextToken string `page:"NextToken"`
}
type poolAnswer struct {
	UserPool struct {
		Arn          string
		LambdaConfig lambdaConfig
	}
}
type logGroupPage struct {
	LogGroups []struct{ LogGroupName, Arn, KmsKeyId string }
	NextToken string `page:"nextToken"`
}
type logFilterPage struct {
	SubscriptionFilters []struct{ FilterPattern, DestinationArn, RoleArn string }
	NextToken           string `page:"nextToken"`
}

// The forms in which what a trigger carries on arrives: a rule's target gets the event and a subscriber the message, or JSON that has
// the message as a text.
// https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
const asItIs, inEnvelope = "asItIs", "inEnvelope"

// disabled is the state of what starts nothing, "" of what does.
func disabled(state string) string {
	if state == "DISABLED" || state == "STOPPED" {
		return "DISABLED"
	}
	return ""
}

// there tells that a member is there, of which nothing else is kept.
type there bool

// UnmarshalJSON takes anything, and what was kept of it.
func (t *there) UnmarshalJSON(data []byte) error {
	*t = there(string(data) != "null" && string(data) != "false")
	clear(data)
	return nil
}

// calledARNs are the ARNs in a state machine's definition; the rest of it, which may hold anything, is not kept.
type calledARNs []string

// UnmarshalJSON takes a definition as text, or the list that it came to.
func (c *calledARNs) UnmarshalJSON(data []byte) error {
	*c = nil
	var text string
	if json.Unmarshal(data, &text) == nil {
		var definition any
		if json.Unmarshal([]byte(text), &definition) == nil {
			c.find(definition)
		}
	} else {
		var list []string
		_ = json.Unmarshal(data, &list) //nolint:errcheck // neither: none
		*c = list
	}
	slices.Sort(*c)
	*c = slices.Compact(*c)
	return nil
}

func (c *calledARNs) find(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			c.find(x)
		}
	case map[string]any:
		for k, x := range v {
			name, _ := x.(string)
			switch {
			case k == "FunctionName" && functionName.MatchString(name):
				*c = append(*c, byName+name[strings.LastIndex(name, ":function:")+1:])
			case k == "QueueUrl" && queueAddress.MatchString(name):
				*c = append(*c, queueAddress.ReplaceAllString(name, byAddress+"$1:$2"))
			}
			c.find(x)
		}
	case string:
		if calledARN.MatchString(v) {
			*c = append(*c, v)
		}
	}
}

// byName stands before a function that is called by its name alone, byAddress before the account and name of a queue.
const (
	byName    = "function:"
	byAddress = "queue:"
)

// calledBy is the ARN of what is called from a region.
func (t *taker) calledBy(region, to string) string {
	if name, ok := strings.CutPrefix(to, byName); ok {
		return t.arn("lambda", region, "function:"+name)
	}
	if queue, ok := strings.CutPrefix(to, byAddress); ok {
		return "arn:" + partitionOf(region).name + ":sqs:" + region + ":" + queue
	}
	return to
}

var (
	functionName = regexp.MustCompile(`^([0-9]{12}:function:)?[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?$`)
	queueAddress = regexp.MustCompile(`^https?://[^/]+/([0-9]{12})/([A-Za-z0-9_.-]+)$`)
	calledARN    = regexp.MustCompile(`^arn:[a-z-]+:(lambda|sqs|sns|dynamodb|events|states):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9:/$._-]+$`)
)

// lambdaConfig are the functions that a user pool calls.
type lambdaConfig []string

// UnmarshalJSON takes AWS's object, in which some triggers are objects with a version, or the list that it came to.
func (l *lambdaConfig) UnmarshalJSON(data []byte) error {
	*l = nil
	var v any
	if json.Unmarshal(data, &v) == nil {
		var c calledARNs
		c.find(v)
		slices.Sort(c)
		*l = lambdaConfig(slices.Compact(c))
	}
	return nil
}

func init() {
	regional = append(regional, (*taker).buses, (*taker).schedules, (*taker).pipes, (*taker).restAPIs, (*taker).apis, (*taker).machines, (*taker).pools, (*taker).logs, (*taker).stacks)
}

func (t *taker) buses(ctx context.Context, region string) {
	pages(ctx, t, region, listBuses, nil, "", func(p *busPage) {
		for _, b := range p.EventBuses {
			t.resource(Resource{Arn: b.Arn, Type: "AWS::Events::EventBus"})
			t.policy(b.Arn, b.Policy)
			t.beside(func() {
				pages(ctx, t, region, listRules, args{"EventBusName": b.Name}, b.Name, func(p *rulePage) {
					each(t, p.Rules, func(r rule) { t.rule(ctx, region, b.Name, r) })
				})
			})
		}
	})
}

func (t *taker) rule(ctx context.Context, region, bus string, r rule) {
	t.resource(Resource{Arn: r.Arn, Type: "AWS::Events::Rule"})
	pages(ctx, t, region, listTargets, args{"Rule": r.Name, "EventBusName": bus}, r.Name, func(p *targetPage) {
		for _, x := range p.Targets {
			if strings.HasSuffix(x.Arn, ":::") {
				continue // an archive of the bus, which keeps its events
			}
			to := Trigger{From: r.Arn, To: x.Arn, Kind: "event-rule", Role: x.RoleArn, State: disabled(r.State), Filter: filter{Pattern: r.EventPattern, Schedule: r.ScheduleExpression}}
			if !x.Input && !x.InputPath && !x.InputTransformer {
				to.Form = asItIs
			}
			t.trigger(to)
			if to.To, to.Role, to.Dead = string(x.DeadLetterConfig.Arn), "", true; to.To != x.Arn {
				t.trigger(to)
			}
		}
	})
}

func (t *taker) schedules(ctx context.Context, region string) {
	pages(ctx, t, region, listSchedules, nil, "", func(p *schedulePage) {
		for _, s := range p.Schedules {
			t.resource(Resource{Arn: s.Arn, Type: "AWS::Scheduler::Schedule"})
			t.beside(func() {
				in := args{"Name": s.Name}
				if s.GroupName != "" {
					in["groupName"] = s.GroupName
				}
				a, ok := ask[scheduleAnswer](ctx, t, region, getSchedule, in, s.Name)
				if !ok {
					return
				}
				to := calledARNs{a.Target.Arn}
				if strings.Contains(a.Target.Arn, ":::aws-sdk:") {
					to = a.Target.Input
				}
				for _, arn := range to {
					t.trigger(Trigger{From: s.Arn, To: t.calledBy(region, arn), Kind: "schedule", Role: a.Target.RoleArn, State: disabled(s.State), Filter: filter{Schedule: a.ScheduleExpression}})
				}
			})
		}
	})
}

func (t *taker) pipes(ctx context.Context, region string) {
	pages(ctx, t, region, listPipes, nil, "", func(p *pipePage) {
		for _, x := range p.Pipes {
			t.resource(Resource{Arn: x.Arn, Type: "AWS::Pipes::Pipe"})
			t.beside(func() {
				a, ok := ask[pipeAnswer](ctx, t, region, describePipe, args{"Name": x.Name}, x.Name)
				if !ok {
					return
				}
				var patterns []string
				for _, f := range a.SourceParameters.FilterCriteria.Filters {
					patterns = append(patterns, f.Pattern)
				}
				for _, to := range []someARN{a.Enrichment, a.Target} {
					t.trigger(Trigger{From: string(a.Source), To: string(to), Kind: "pipe", Role: a.RoleArn, State: disabled(x.CurrentState), Filter: filter{Pattern: strings.Join(patterns, "\n")}})
				}
			})
		}
	})
}

func (t *taker) machines(ctx context.Context, region string) {
	pages(ctx, t, region, listMachines, nil, "", func(p *machinePage) {
		for _, m := range p.StateMachines {
			t.beside(func() {
				r := Resource{Arn: m.StateMachineArn, Type: "AWS::StepFunctions::StateMachine", Workflow: m.Type}
				if a, ok := ask[machineAnswer](ctx, t, region, describeMachine, args{"stateMachineArn": r.Arn}, m.Name); ok {
					r.Role = a.RoleArn
					for _, to := range a.Definition {
						t.trigger(Trigger{From: r.Arn, To: t.calledBy(region, to), Kind: "state-machine-task", Role: a.RoleArn, Filter: filter{}})
					}
				}
				t.resource(r)
			})
		}
	})
}

func (t *taker) pools(ctx context.Context, region string) {
	pages(ctx, t, region, listPools, args{"MaxResults": 60}, "", func(p *poolPage) {
		for _, x := range p.UserPools {
			t.beside(func() {
				r := Resource{Arn: t.arn("cognito-idp", region, "userpool/"+x.Id), Type: "AWS::Cognito::UserPool"}
				if a, ok := ask[poolAnswer](ctx, t, region, describePool, args{"UserPoolId": x.Id}, x.Name); ok {
					for _, to := range a.UserPool.LambdaConfig {
						t.trigger(Trigger{From: r.Arn, To: to, Kind: "cognito", Filter: filter{}})
					}
				}
				t.resource(r)
			})
		}
	})
}

func (t *taker) logs(ctx context.Context, region string) {
	pages(ctx, t, region, listLogGroups, args{"limit": 50}, "", func(p *logGroupPage) {
		for _, g := range p.LogGroups {
			arn := strings.TrimSuffix(cmp.Or(g.Arn, t.arn("logs", region, "log-group:"+g.LogGroupName)), ":*")
			t.resource(Resource{Arn: arn, Type: "AWS::Logs::LogGroup", KmsKeyArn: t.keyARN(region, g.KmsKeyId)})
			t.beside(func() {
				pages(ctx, t, region, listLogFilters, args{"logGroupName": g.LogGroupName}, g.LogGroupName, func(p *logFilterPage) {
					for _, f := range p.SubscriptionFilters {
						t.trigger(Trigger{From: arn, To: f.DestinationArn, Kind: "log-subscription", Role: f.RoleArn, Filter: filter{Pattern: f.FilterPattern}})
					}
				})
			})
		}
	})
}
