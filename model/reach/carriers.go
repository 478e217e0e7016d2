package reach

import (
	"slices"
	"strings"

	"bulkhead/model"
)

// A carrier says which actions on a resource reach whoever its triggers start.
type carrier struct {
	technique string
	actions   []string // lower-case
	note      string   // why it is only perhaps
	says      string
}

// carriers are by CloudFormation type.
var carriers = map[string]carrier{
	"AWS::S3::Bucket":                      {technique: "s3-trigger", actions: []string{"s3:putobject"}, says: "puts an object that starts"},
	"AWS::SQS::Queue":                      {technique: "sqs-trigger", actions: []string{"sqs:sendmessage"}, says: "sends a message that starts"},
	"AWS::SNS::Topic":                      {technique: "sns-trigger", actions: []string{"sns:publish"}, says: "publishes a message that starts"},
	"AWS::DynamoDB::Table":                 tableStream,
	"AWS::DynamoDB::GlobalTable":           tableStream,
	"AWS::Serverless::SimpleTable":         tableStream,
	"AWS::Kinesis::Stream":                 {technique: "kinesis-stream", actions: []string{"kinesis:putrecord", "kinesis:putrecords"}, says: "puts a record that starts"},
	"AWS::KinesisFirehose::DeliveryStream": {technique: "firehose-stream", actions: []string{"firehose:putrecord", "firehose:putrecordbatch"}, says: "puts a record that starts"},
	"AWS::Events::EventBus":                {technique: "events-bus", actions: []string{"events:putevents"}, says: "puts an event that starts"},
	"AWS::Events::Archive":                 {technique: "events-replay", actions: []string{"events:startreplay"}, note: "with events that were archived", says: "replays archived events that start"},
	machineType:                            machineStart,
	"AWS::Serverless::StateMachine":        machineStart,
	"AWS::ApiGateway::RestApi":             {technique: "api-invoke", actions: []string{"execute-api:invoke"}, says: "calls a route that starts"},
	"AWS::ApiGatewayV2::Api":               {technique: "api-invoke", actions: []string{"execute-api:invoke"}, says: "calls a route that starts"},
	"AWS::Logs::LogGroup":                  {technique: "logs-subscription", actions: []string{"logs:putlogevents"}, says: "writes a log event that starts"},
	"AWS::Cognito::UserPool": {technique: "cognito-trigger", actions: []string{"cognito-idp:admincreateuser", "cognito-idp:admininitiateauth", "cognito-idp:adminconfirmsignup", "cognito-idp:adminresetuserpassword", "cognito-idp:adminrespondtoauthchallenge"},
		says: "signs up or in a user, which starts"},
	"AWS::Bedrock::Agent":             agentTalk,
	"AWS::Bedrock::AgentAlias":        agentTalk,
	"AWS::Bedrock::Flow":              flowRun,
	"AWS::Bedrock::FlowAlias":         flowRun,
	"AWS::BedrockAgentCore::Gateway":  {technique: "agent-tool", actions: []string{"bedrock-agentcore:invokegateway"}, says: "calls a gateway's tool, which starts"},
	"AWS::CloudWatch::Alarm":          alarmState,
	"AWS::CloudWatch::CompositeAlarm": alarmState,
	"AWS::CodeCommit::Repository":     {technique: "repository-trigger", actions: repositoryEvents["all"], says: "pushes commits that start"},
	"AWS::CodePipeline::Pipeline":     {technique: "pipeline-action", actions: []string{"codepipeline:startpipelineexecution"}, note: "if the pipeline gets to that action, with what the start gives", says: "starts a pipeline that calls"},
	"AWS::Connect::Instance":          {technique: "contact-flow", actions: []string{"connect:startchatcontact", "connect:starttaskcontact", "connect:startoutboundvoicecontact"}, note: "if a contact flow calls it", says: "makes a contact whose flow calls"},
	"AWS::Lex::Bot":                   botTalk,
	"AWS::Lex::BotAlias":              botTalk,
	"AWS::Lambda::Function":           {technique: "invoke-destination", actions: []string{"lambda:invokefunction", "lambda:invokeasync"}, note: ifAsynchronous, says: "invokes a function whose record of it starts"},
	"AWS::AppSync::GraphQLApi":        {technique: "appsync", actions: []string{"appsync:graphql"}, says: "queries a field that starts"},
	"AWS::MSK::Cluster":               {technique: "kafka-topic", actions: []string{"kafka-cluster:writedata"}, says: "writes a record that starts"},
	"AWS::MSK::ServerlessCluster":     {technique: "kafka-topic", actions: []string{"kafka-cluster:writedata"}, says: "writes a record that starts"},
}

var tableStream = carrier{technique: "dynamodb-stream", says: "writes an item that starts", actions: []string{
	"dynamodb:putitem", "dynamodb:updateitem", "dynamodb:deleteitem", "dynamodb:batchwriteitem", "dynamodb:partiqlinsert", "dynamodb:partiqlupdate", "dynamodb:partiqldelete"}}

var (
	machineStart = carrier{technique: "states-start", actions: []string{"states:startexecution", "states:startsyncexecution"}, says: "starts a state machine that runs"}
	alarmState   = carrier{technique: "alarm-action", actions: []string{"cloudwatch:setalarmstate"}, says: "sets an alarm that starts"}
	agentTalk    = carrier{technique: "agent-action", actions: []string{"bedrock:invokeagent"}, note: "if the agent's model calls it", says: "talks to an agent that calls"}
	flowRun      = carrier{technique: "flow-node", actions: []string{"bedrock:invokeflow", "bedrock:startflowexecution"}, says: "runs a flow that calls"}
	// Who has the token of a task says what comes of it, and so what the next tasks get (Step Functions API Reference, SendTaskSuccess).
	taskToken   = carrier{technique: "task-token", actions: []string{"states:sendtasksuccess"}, note: "if it has the token of a task that waits", says: "ends a task of a state machine, which then runs"}
	alarmMetric = carrier{technique: "alarm-metric", actions: []string{"cloudwatch:putmetricdata"}, note: "if the alarm's metric passes its threshold", says: "puts a metric whose alarm starts"}
	botTalk     = carrier{technique: "bot-hook", actions: []string{"lex:recognizetext", "lex:recognizeutterance", "lex:startconversation", "lex:putsession"}, says: "talks to a bot that calls"}
)

// repositoryEvents are the calls that make the events of a repository's triggers (AWS CodeCommit User Guide, "Manage triggers for a
// repository"); a push may make and delete branches too.
var repositoryEvents = map[string][]string{
	"all":             append([]string{"codecommit:createbranch", "codecommit:deletebranch"}, codePush.actions...),
	"createReference": {"codecommit:createbranch", "codecommit:gitpush"},
	"deleteReference": {"codecommit:deletebranch", "codecommit:gitpush"},
	"updateReference": codePush.actions,
}

// starts are the actions by which a carrier's resource starts what a trigger leads to; own: they are the trigger's and not all of
// the carrier's.
func (c *carrier) starts(t *target, tr *model.Trigger) (actions []string, own bool) {
	switch {
	case tr.Kind == "cognito":
		for step := range strings.SplitSeq(tr.Label, ", ") {
			calls, ok := poolCalls[step]
			if !ok {
				return c.actions, false
			}
			actions = append(actions, calls...)
		}
	case tr.Kind == "repository" && len(tr.Filter.Parts) > 0:
		for _, e := range tr.Filter.Parts {
			calls, ok := repositoryEvents[e]
			if !ok {
				return c.actions, false
			}
			actions = append(actions, calls...)
		}
	case c.technique == machineStart.technique && t.resource != nil && t.resource.Workflow == "STANDARD":
		return []string{"states:startexecution"}, true // StartSyncExecution "is not available for STANDARD workflows" (Step Functions API Reference)
	default:
		return c.actions, false
	}
	slices.Sort(actions)
	return slices.Compact(actions), true
}
