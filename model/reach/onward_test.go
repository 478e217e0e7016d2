package reach

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/policy"
)

// A feed through a resource: F may do something to a resource that starts G, directly or through others.
func TestFeeds(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy string
		wire   func(b *builder, g *model.Function)
		want   string // technique and certainty, "" for none
	}{
		{"invoke", allow("lambda:InvokeFunction", functionARN("G")), nil, "invoke must"},
		{"invoke an alias", allow("lambda:InvokeFunction", functionARN("G")+":*"), nil, "invoke must"},
		{"invoke another", allow("lambda:InvokeFunction", functionARN("H")), nil, ""},
		{"invoke by name pattern", allow("lambda:Invoke*", functionARN("*")), nil, "invoke must"},
		{"function policy", "", func(b *builder, g *model.Function) {
			g.Policy = document(b.t, `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": "lambda:InvokeFunction", "Resource": "`+g.ARN+`"}`)
		}, "invoke must"},
		{"function policy for a service", "", func(b *builder, g *model.Function) {
			g.Policy = document(b.t, `{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction", "Resource": "`+g.ARN+`"}`)
		}, ""},
		{"lets itself invoke", allow("lambda:AddPermission", functionARN("G")), nil, "add-permission must"},
		{"lets itself invoke, and is denied it", allow("lambda:AddPermission", functionARN("G")) + "," + deny("lambda:Invoke*", "*"), nil, ""},
		{"another event source", allow("lambda:UpdateEventSourceMapping", "arn:aws:lambda:us-east-1:"+testAccount+":event-source-mapping:*"), nil, "esm-repoint may"},
		{"another event source for it", `{"Effect": "Allow", "Action": "lambda:UpdateEventSourceMapping", "Resource": "*", "Condition": {"ArnEquals": {"lambda:FunctionArn": "` + functionARN("G") + `"}}}`, nil, "esm-repoint may"},
		{"another event source for another", `{"Effect": "Allow", "Action": "lambda:UpdateEventSourceMapping", "Resource": "*", "Condition": {"ArnEquals": {"lambda:FunctionArn": "` + functionARN("H") + `"}}}`, nil, ""},
		{"signed URL of old", allow("lambda:InvokeFunctionUrl", functionARN("G")), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
		}, "invoke-url may"},
		{"signed URL", allow("lambda:InvokeFunctionUrl", functionARN("G")) + "," + byURLOnly(functionARN("G")), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
		}, "invoke-url must"},
		{"signed URL, invoked otherwise only", allow("lambda:InvokeFunctionUrl", functionARN("G")) + "," + strings.Replace(byURLOnly(functionARN("G")), "true", "false", 1), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
		}, "invoke must"},
		{"signed URL, invoked by it alone", byURLOnly(functionARN("G")), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
		}, ""},
		{"signed URL, both by the function's policy", "", func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
			lets := `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN("FRole") + `"}, "Action": "lambda:InvokeFunctionUrl", "Resource": "` + g.ARN + `"}`
			g.Policy = document(b.t, lets+","+strings.NewReplacer("InvokeFunctionUrl", "InvokeFunction", `"Resource"`, `"Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}, "Resource"`).Replace(lets))
		}, "invoke-url must"},
		{"signed URL, one by each policy", byURLOnly("*"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
			g.Policy = document(b.t, `{"Effect": "Allow", "Principal": {"AWS": "`+roleARN("FRole")+`"}, "Action": "lambda:InvokeFunctionUrl", "Resource": "`+g.ARN+`", "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}}`)
		}, "invoke-url must"},
		{"signed URL, invoking denied", allow("lambda:InvokeFunctionUrl lambda:InvokeFunction", functionARN("G")) + "," + deny("lambda:InvokeFunction", "*"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
		}, "invoke-url may"},
		{"open URL is everybody's", allow("lambda:InvokeFunctionUrl", functionARN("G")), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Open = true, true
		}, ""},
		{"signed URL beside an open one", allow("lambda:InvokeFunctionUrl", functionARN("G")), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Open, tr.Alias = true, true, "live"
			b.trigger("", g.ID, "function-url").Outside = true
		}, "invoke-url may"},
		{"open URL beside a signed one of an alias", allow("lambda:InvokeFunctionUrl", functionARN("G")), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Open = true, true
			tr = b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Alias = true, "live"
		}, ""},
		{"signed URL of an alias", allow("lambda:InvokeFunctionUrl", functionARN("G")+":live") + "," + byURLOnly(functionARN("G")+":live"), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Alias = true, "live"
		}, "invoke-url must"},
		{"signed URL of an alias, invoking the function only", allow("lambda:InvokeFunctionUrl", functionARN("G")+":live") + "," + byURLOnly(functionARN("G")), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Alias = true, "live"
		}, "invoke-url may"},
		{"signed URL of some alias", allow("lambda:InvokeFunctionUrl", functionARN("G")+":l*") + "," + byURLOnly("*"), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Alias = true, "live"
		}, "invoke-url must"},
		{"signed URL of another alias", allow("lambda:InvokeFunctionUrl", functionARN("G")+":test"), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "function-url")
			tr.Outside, tr.Alias = true, "live"
		}, ""},
		{"signed URL, the permission on an alias", allow("lambda:InvokeFunctionUrl", functionARN("G")+":live"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "function-url").Outside = true
		}, ""},
		{"open route of an API is everybody's", allow("execute-api:Invoke", "*"), func(b *builder, g *model.Function) {
			tr := b.trigger(b.resource("AWS::ApiGateway::RestApi", "abc").ID, g.ID, "api-route")
			tr.Outside, tr.Open = true, true
		}, ""},
		{"signed route beside an open one", allow("execute-api:Invoke", "*"), func(b *builder, g *model.Function) {
			api := b.resource("AWS::ApiGateway::RestApi", "abc")
			b.trigger(api.ID, g.ID, "api-route").Open = true
			b.trigger(api.ID, g.ID, "api-route").Outside = true
		}, "api-invoke must"},
		{"URL permission without a URL", allow("lambda:InvokeFunctionUrl", "*"), nil, ""},
		{"queue", allow("sqs:SendMessage", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.queue("Q").ID, g.ID, "event-source-mapping")
		}, "sqs-trigger must"},
		{"reading a queue feeds nobody", allow("sqs:ReceiveMessage", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.queue("Q").ID, g.ID, "event-source-mapping")
		}, ""},
		{"perhaps a queue", `{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}`, func(b *builder, g *model.Function) {
			b.trigger(b.queue("Q").ID, g.ID, "event-source-mapping")
		}, "sqs-trigger may"},
		{"topic", allow("sns:Publish", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::SNS::Topic", "T").ID, g.ID, "sns-subscription")
		}, "sns-trigger must"},
		{"topic to queue to function", allow("sns:Publish", "*"), func(b *builder, g *model.Function) {
			q := b.queue("Q")
			b.trigger(b.resource("AWS::SNS::Topic", "T").ID, q.ID, "sns-subscription")
			b.trigger(q.ID, g.ID, "event-source-mapping")
		}, "sns-trigger must"},
		{"bucket", allow("s3:PutObject", arnOf("AWS::S3::Bucket", "b")+"/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter.Events = []string{"s3:ObjectCreated:*"}
		}, "s3-trigger must"},
		{"bucket, deletions only", allow("s3:PutObject", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter.Events = []string{"s3:ObjectRemoved:*"}
		}, ""},
		{"bucket, prefix within the grant", allow("s3:PutObject", arnOf("AWS::S3::Bucket", "b")+"/in/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter = model.Filter{Events: []string{"s3:ObjectCreated:*"}, Prefix: "in/img/", Suffix: ".png"}
		}, "s3-trigger must"},
		{"bucket, grant within the prefix", allow("s3:PutObject", arnOf("AWS::S3::Bucket", "b")+"/in/img/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter = model.Filter{Events: []string{"s3:ObjectCreated:*"}, Prefix: "in/"}
		}, "s3-trigger must"},
		{"bucket, prefix beside the grant", allow("s3:PutObject", arnOf("AWS::S3::Bucket", "b")+"/out/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter = model.Filter{Events: []string{"s3:ObjectCreated:*"}, Prefix: "in/"}
		}, ""},
		{"bucket, suffix beside the grant", allow("s3:PutObject", arnOf("AWS::S3::Bucket", "b")+"/*.txt"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter = model.Filter{Suffix: ".png"}
		}, ""},
		{"bucket, prefix denied", allow("s3:PutObject", "*") + "," + deny("s3:PutObject", arnOf("AWS::S3::Bucket", "b")+"/in/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter = model.Filter{Prefix: "in/"}
		}, ""},
		{"IoT topic", allow("iot:Publish", "arn:aws:iot:us-east-1:"+testAccount+":topic/cars/*"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "iot-rule").Label = "SELECT * FROM 'cars/+/doors'"
		}, "iot-rule must"},
		{"IoT topic of another level", allow("iot:Publish", "arn:aws:iot:us-east-1:"+testAccount+":topic/cars/1/2/doors"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "iot-rule").Label = "SELECT * FROM 'cars/+/doors'"
		}, ""},
		{"IoT topic of any level", allow("iot:Publish", "arn:aws:iot:us-east-1:"+testAccount+":topic/cars/1/2/doors"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "iot-rule").Label = "SELECT * FROM 'cars/#'"
		}, "iot-rule must"},
		{"IoT topic, some messages", allow("iot:Publish", "*"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "iot-rule").Label = "select temperature from 'cars/#' where temperature > 50"
		}, "iot-rule may"},
		{"IoT topic of another rule", allow("iot:Publish", "arn:aws:iot:us-east-1:"+testAccount+":topic/boats/*"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "iot-rule").Label = "SELECT * FROM 'cars/+/doors'"
		}, ""},
		{"IoT rule by its name", allow("iot:Publish", "arn:aws:iot:us-east-1:"+testAccount+":topic/$aws/rules/Doors/*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::IoT::TopicRule", "Doors").ID, g.ID, "iot-rule").Label = "SELECT * FROM 'cars/+/doors'"
		}, "iot-rule must"},
		{"another IoT rule by its name", allow("iot:Publish", "arn:aws:iot:us-east-1:"+testAccount+":topic/$aws/rules/Windows/*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::IoT::TopicRule", "Doors").ID, g.ID, "iot-rule").Label = "SELECT * FROM 'cars/+/doors'"
		}, ""},
		{"GraphQL", allow("appsync:GraphQL", "arn:aws:appsync:us-east-1:"+testAccount+":apis/api/*"), func(b *builder, g *model.Function) {
			api := b.resource("AWS::AppSync::GraphQLApi", "api")
			api.ARN = "arn:aws:appsync:us-east-1:" + testAccount + ":apis/api"
			b.trigger(api.ID, g.ID, "graphql")
		}, "appsync must"},
		{"GraphQL of another API", allow("appsync:GraphQL", "arn:aws:appsync:us-east-1:"+testAccount+":apis/other/*"), func(b *builder, g *model.Function) {
			api := b.resource("AWS::AppSync::GraphQLApi", "api")
			api.ARN = "arn:aws:appsync:us-east-1:" + testAccount + ":apis/api"
			b.trigger(api.ID, g.ID, "graphql")
		}, ""},
		{"table stream", allow("dynamodb:UpdateItem", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.table("T").ID, g.ID, "event-source-mapping")
		}, "dynamodb-stream must"},
		{"stream", allow("kinesis:PutRecords", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::Kinesis::Stream", "S").ID, g.ID, "event-source-mapping")
		}, "kinesis-stream must"},
		{"bus", allow("events:PutEvents", arnOf("AWS::Events::EventBus", "B")), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::Events::EventBus", "B").ID, g.ID, "event-rule").Filter.Pattern = `{"source": ["shop"]}`
		}, "events-bus must"},
		{"default bus", allow("events:PutEvents", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::Events::Rule", "R").ID, g.ID, "event-rule").Filter.Pattern = `{"detail-type": ["order"]}`
		}, "events-bus must"},
		{"default bus, what only AWS can put", allow("events:PutEvents", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::Events::Rule", "R").ID, g.ID, "event-rule").Filter.Pattern = `{"source": ["aws.ec2"]}`
		}, ""},
		{"a schedule is nobody's", allow("events:PutEvents", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::Events::Rule", "R").ID, g.ID, "schedule")
		}, ""},
		{"another bus", allow("events:PutEvents", arnOf("AWS::Events::EventBus", "B")), func(b *builder, g *model.Function) {
			b.resource("AWS::Events::EventBus", "B")
			b.trigger(b.resource("AWS::Events::Rule", "R").ID, g.ID, "event-rule")
		}, ""},
		{"state machine", allow("states:StartExecution", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::StepFunctions::StateMachine", "M").ID, g.ID, "state-machine-task")
		}, "states-start must"},
		{"log group", allow("logs:PutLogEvents", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::Logs::LogGroup", "/app").ID, g.ID, "log-subscription")
		}, "logs-subscription must"},
		{"route of an API", allow("execute-api:Invoke", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::ApiGateway::RestApi", "abc").ID, g.ID, "api-route").Outside = true
		}, "api-invoke must"},
		{"route of an API that is not in the design", allow("execute-api:Invoke", "*"), func(b *builder, g *model.Function) {
			b.trigger("", g.ID, "api-route").Outside = true
		}, "api-invoke may"},
		{"open route is everybody's", allow("execute-api:Invoke", "*"), func(b *builder, g *model.Function) {
			tr := b.trigger("", g.ID, "api-route")
			tr.Outside, tr.Open = true, true
		}, ""},
		{"a schedule on a bus", allow("events:PutEvents", "*"), func(b *builder, g *model.Function) {
			b.trigger(b.resource("AWS::Events::EventBus", "B").ID, g.ID, "schedule")
		}, ""},
		{"removed versions of objects", allow("s3:DeleteObjectVersion", arnOf("AWS::S3::Bucket", "b")+"/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter.Events = []string{"s3:ObjectRemoved:*"}
		}, "s3-trigger must"},
		{"tags of objects", allow("s3:PutObjectTagging", arnOf("AWS::S3::Bucket", "b")+"/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter.Events = []string{"s3:ObjectTagging:*"}
		}, "s3-trigger must"},
		{"writing objects where tags start", allow("s3:PutObject", arnOf("AWS::S3::Bucket", "b")+"/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter.Events = []string{"s3:ObjectTagging:*"}
		}, ""},
		{"access control lists of objects", allow("s3:PutObjectAcl", arnOf("AWS::S3::Bucket", "b")+"/*"), func(b *builder, g *model.Function) {
			b.trigger(b.bucket("b").ID, g.ID, "s3-notification").Filter.Events = []string{"s3:ObjectAcl:Put"}
		}, "s3-trigger may"},
		{"parameter that it reads, read", allow("ssm:GetParameter", "*"), func(b *builder, g *model.Function) {
			g.Environment = []model.EnvVar{{Name: "CONFIG", Refers: b.resource("AWS::SSM::Parameter", "config").ID}}
		}, ""},
		{"parameter that it reads", allow("ssm:PutParameter", "*"), func(b *builder, g *model.Function) {
			g.Environment = []model.EnvVar{{Name: "CONFIG", Refers: b.resource("AWS::SSM::Parameter", "config").ID}}
		}, "config-poison may"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			var f *model.Function
			if c.policy == "" {
				f = b.function("F")
			} else {
				f = b.function("F", c.policy)
			}
			g := b.function("G", allow("s3:GetObject", arnOf("AWS::S3::Bucket", "behind")+"/*"))
			b.bucket("behind")
			if c.wire != nil {
				c.wire(b, g)
			}
			br := breach(t, b.analyse(), f.ID)
			got := ""
			for _, h := range br.Hits {
				if h.Target != g.ID {
					continue
				}
				last := h.Path()[len(h.Path())-1]
				if last.Kind == Feeds {
					got = last.Technique + " " + last.Certainty.String()
				}
				if len(last.Evidence) == 0 || len(last.Actions) == 0 {
					t.Errorf("no evidence or actions in %+v", last)
				}
			}
			if got != c.want {
				t.Errorf("got %q, want %q: %s", got, c.want, strings.Join(say(br), "; "))
			}
			// What is fed is dry, unless it is vulnerable.
			if c.want == "" {
				return
			}
			i := slices.IndexFunc(br.Hits, func(h Hit) bool { return h.Target == "res/behind" })
			if i < 0 || !br.Hits[i].Fed || br.Hits[i].Hops != 2 {
				t.Errorf("what is behind: %s", strings.Join(say(br), "; "))
			}
			if !slices.Contains(br.Fed, g.ID) || slices.Contains(br.Runs, g.ID) {
				t.Errorf("fed %v, runs %v", br.Fed, br.Runs)
			}
			if br.Reach.FedMay.Resources != br.Reach.May.Resources+1 {
				t.Errorf("figures %+v", br.Reach)
			}
		})
	}
}

func TestThroughResources(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("sns:Publish", "*"))
	g := b.function("G")
	topic, queue := b.resource("AWS::SNS::Topic", "T"), b.queue("Q")
	b.trigger(topic.ID, queue.ID, "sns-subscription")
	last := b.trigger(queue.ID, g.ID, "event-source-mapping")
	for _, h := range breach(t, b.analyse(), f.ID).Hits {
		if h.Target == g.ID {
			s := h.Path()[0]
			if len(h.Path()) != 1 || s.Via != last.ID || !slices.Equal(s.Through, []model.ID{topic.ID, queue.ID}) {
				t.Errorf("step %+v", s)
			}
			return
		}
	}
	t.Error("not fed")
}

const (
	rootTrust  = `{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::` + testAccount + `:root"}, "Action": "sts:AssumeRole"}`
	adminGrant = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
)

func trusts(services ...string) string {
	return `{"Effect": "Allow", "Principal": {"Service": ` + quoted(strings.Join(services, " ")) + `}, "Action": "sts:AssumeRole"}`
}

// Assuming a role takes the role's trust, and within the account either that it names the principal or that the
// principal's own policies allow it.
func TestAssumeRole(t *testing.T) {
	role := roleARN("Target")
	self := `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN("FRole") + `"}, "Action": "sts:AssumeRole"}`
	for _, c := range []struct{ name, trust, identity, boundary, want string }{
		{"allowed and trusted as account", rootTrust, allow("sts:AssumeRole", role), "", "must"},
		{"trusted as account, not allowed", rootTrust, allow("sts:AssumeRole", role+"2"), "", ""},
		{"trusted by name alone", self, "", "", "must"},
		{"allowed, another is trusted", strings.ReplaceAll(self, "FRole", "GRole"), allow("sts:AssumeRole", "*"), "", ""},
		{"allowed, a service is trusted", lambdaTrust, allow("sts:AssumeRole", "*"), "", ""},
		{"everybody is trusted", strings.ReplaceAll(rootTrust, "arn:aws:iam::"+testAccount+":root", "*"), "", "", "must"},
		{"denied", self, deny("sts:AssumeRole", "*"), "", ""},
		{"beyond the boundary", rootTrust, allow("sts:AssumeRole", role), allow("s3:*", "*"), ""},
		{"within the boundary", rootTrust, allow("sts:AssumeRole", role), allow("sts:*", "*"), "must"},
		{"with an external id", strings.TrimSuffix(rootTrust, "}") + `, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}`, allow("sts:AssumeRole", "*"), "", "may"},
		{"with MFA, which a function lacks", strings.TrimSuffix(rootTrust, "}") + `, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}`, allow("sts:AssumeRole", "*"), "", ""},
		{"trust that was not seen", "", allow("sts:AssumeRole", role), "", "may"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			var f *model.Function
			if c.identity == "" {
				f = b.function("F")
			} else {
				f = b.function("F", c.identity)
			}
			if c.boundary != "" {
				p := b.managed("Boundary", c.boundary)
				b.elements[slices.IndexFunc(b.elements, func(e model.Element) bool { return e.ElementID() == "role/FRole" })].(*model.Role).Boundary = p.ID
			}
			var r *model.Role
			if c.trust == "" {
				r = b.role("Target", lambdaTrust, allow("sqs:SendMessage", "*"))
				r.Trust, r.External = nil, true
			} else {
				r = b.role("Target", c.trust, allow("sqs:SendMessage", "*"))
			}
			b.queue("Q")
			br := breach(t, b.analyse(), f.ID)
			got := runsTo(br, r.ID)
			want := c.want
			if want != "" {
				want = "sts-001 " + want
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if want != "" && !slices.ContainsFunc(br.Hits, func(h Hit) bool { return h.Target == "res/Q" && h.Hops == 2 && !h.Fed }) {
				t.Errorf("the role's queue is not reached: %v", say(br))
			}
		})
	}
}

// runsTo is the technique and certainty by which a breach runs as something, "" if it does not.
func runsTo(b *Breach, id model.ID) string {
	for _, h := range b.Hits {
		if h.Target != id {
			continue
		}
		for _, w := range h.Ways() {
			if last := w.Path()[len(w.Path())-1]; last.Kind == Runs {
				return last.Technique + " " + last.Certainty.String()
			}
		}
	}
	return ""
}

// Every technique with a target, in the smallest design where it works, and in those where it just does not: one
// permission less, the wrong resource, a denial, a boundary, a trust policy that names another service.
func TestTechniques(t *testing.T) {
	for i := range techniques {
		k := &techniques[i]
		switch k.route {
		case passing, existing:
			for _, service := range k.by {
				t.Run(k.id+"/"+service, func(t *testing.T) { testService(t, k, service) })
			}
		case onTarget:
			if k.id != "sts-001" {
				t.Run(k.id, func(t *testing.T) { testOnTarget(t, k) })
			}
		case altering, unguarding, creating:
			if k.id == tagsSession {
				continue // no role assumes itself: TestTerraformSessionTags
			}
			t.Run(k.id+fmt.Sprint(k.on), func(t *testing.T) { testAltering(t, k) })
		case feeding, mapping, running, joining, deputizing, federating:
		}
	}
}

// firsts are the first alternatives of a technique's needs.
func firsts(k *technique) []string {
	var out []string
	if k.route == passing {
		out = append(out, "iam:PassRole")
	}
	for _, n := range k.needs {
		first, _, _ := strings.Cut(n, "|")
		out = append(out, first)
	}
	return out
}

// thereARN are ARNs of what techniques work with, without partition, region and account.
var thereARN = map[string]string{
	"AWS::Lambda::MicrovmImage": "lambda:microvm-image:i",
	"AWS::EC2::Instance":        "ec2:instance/i-1", "AWS::AutoScaling::AutoScalingGroup": "autoscaling:autoScalingGroup:u:autoScalingGroupName/g", "AWS::ECS::TaskDefinition": "ecs:task-definition/t:1",
	"AWS::ECS::Cluster": "ecs:cluster/c", "AWS::Batch::JobQueue": "batch:job-queue/q", "AWS::CloudFormation::Stack": "cloudformation:stack/s/1", "AWS::CloudFormation::StackSet": "cloudformation:stackset/s:1",
	"AWS::CodeBuild::Project": "codebuild:project/p", "AWS::Glue::Job": "glue:job/j", "AWS::Scheduler::Schedule": "scheduler:schedule/default/s", "AWS::Cognito::IdentityPool": "cognito-identity:identitypool/p",
	"AWS::IAM::InstanceProfile": "iam:instance-profile/p", "AWS::ECS::Service": "ecs:service/c/s", "AWS::StepFunctions::StateMachine": "states:stateMachine:m", "AWS::AppRunner::Service": "apprunner:service/s/1", "AWS::SageMaker::NotebookInstance": "sagemaker:notebook-instance/n",
	"AWS::BedrockAgentCore::Runtime": "bedrock-agentcore:runtime/r",
}

// shownARN are what techniques take over only where the design shows it: its type, and the ARN without partition, region and account.
var shownARN = map[string][2]string{
	"emr-add-steps": {"AWS::EMR::Cluster", "elasticmapreduce:cluster/j-1"}, "sagemaker-domain": {"AWS::SageMaker::UserProfile", "sagemaker:user-profile/d-1/u"}, "transfer-key": {"AWS::Transfer::User", "transfer:user/s-1/u"},
	"osis-pipeline-edit": {"AWS::OSIS::Pipeline", "osis:pipeline/p"},
}

func testService(t *testing.T, k *technique, service string) {
	needs := firsts(k)
	all := strings.Join(needs, " ")
	trust := trusts(service)
	if service == "cognito-identity.amazonaws.com" {
		trust = `{"Effect": "Allow", "Principal": {"Federated": "` + service + `"}, "Action": "sts:AssumeRoleWithWebIdentity"}`
	}
	profile, there := model.HasProfile, k.there
	run := func(name, trust, want string, policies ...string) {
		t.Helper()
		b := build(t)
		f := b.function("F", policies...)
		r := b.role("Target", trust, adminGrant)
		r.Profile = profile
		for _, cfnType := range there {
			if arn := thereARN[cfnType]; arn != "" {
				b.resource(cfnType, arn[strings.LastIndexByte(arn, ':')+1:]).ARN = "arn:aws:" + strings.Replace(arn, ":", ":us-east-1:"+testAccount+":", 1)
			}
		}
		if x, ok := shownARN[k.id]; ok {
			of := b.resource(x[0], x[1])
			of.ARN, of.Role = "arn:aws:"+strings.Replace(x[1], ":", ":us-east-1:"+testAccount+":", 1), r.ID
		}
		br := breach(t, b.analyse(), f.ID)
		got := runsTo(br, r.ID)
		if want == "" {
			// Less than it takes may still be enough for something that exists.
			if strings.HasPrefix(got, k.id+" ") || br.Admin && !br.AdminMay {
				t.Errorf("%s: got %q, admin %v", name, got, br.Admin)
			}
			return
		}
		if strings.HasPrefix(want, "any ") { // what is made is perhaps enough by itself
			_, got, _ = strings.Cut(got, " ")
			got = "any " + got
		}
		if got != want || !br.Admin || br.AdminMay != strings.HasSuffix(want, "may") {
			t.Errorf("%s: got %q, want %q, admin %v, perhaps %v", name, got, want, br.Admin, br.AdminMay)
		}
	}
	works := k.id + " must"
	if slices.Contains(k.there, "AWS::ECS::ContainerInstance") && k.route == passing {
		works = k.id + " may" // no design shows one
	}
	if k.route == existing || k.note != "" {
		works = k.id + " may"
	}
	run("works", trust, works, allow(all, "*"))
	var split []string
	for _, n := range needs {
		split = append(split, allow(n, "*"))
	}
	run("over several policies", trust, works, split...)
	for i := range needs {
		less := slices.Delete(slices.Clone(needs), i, i+1)
		if len(less) > 0 {
			run("without "+needs[i], trust, "", allow(strings.Join(less, " "), "*"))
		}
		run("denied "+needs[i], trust, "", allow(all, "*"), deny(needs[i], "*"))
	}
	if k.route == passing && k.note == "" && service == instances {
		profile = model.ProfileNotKnown
		run("a profile that is not shown", trust, k.id+" may", allow(all, "*"))
		run("a new profile", trust, works, allow(all, "*"), allow("iam:CreateInstanceProfile iam:AddRoleToInstanceProfile", "*"))
		there = append(slices.Clone(k.there), "AWS::IAM::InstanceProfile")
		run("the profile of another", trust, works, allow(all, "*"), allow("iam:RemoveRoleFromInstanceProfile iam:AddRoleToInstanceProfile", "*"))
		run("a profile that keeps another", trust, k.id+" may", allow(all, "*"), allow("iam:RemoveRoleFromInstanceProfile", "*"))
		there = k.there
		run("the profile of another that is not shown", trust, k.id+" may", allow(all, "*"), allow("iam:RemoveRoleFromInstanceProfile iam:AddRoleToInstanceProfile", "*"))
		profile = model.NoProfile
		run("no profile", trust, k.id+" may", allow(all, "*"))
		run("a new profile for want of one", trust, works, allow(all, "*"), allow("iam:CreateInstanceProfile iam:AddRoleToInstanceProfile", "*"))
		run("an empty profile", trust, k.id+" may", allow(all, "*"), allow("iam:AddRoleToInstanceProfile", "*"))
		run("a profile that stays empty", trust, k.id+" may", allow(all, "*"), allow("iam:CreateInstanceProfile", "*"))
		profile = model.HasProfile
	}
	if slices.ContainsFunc(k.there, func(cfnType string) bool { return thereARN[cfnType] != "" }) {
		there = nil
		run("nothing to do it with", trust, k.id+" may", allow(all, "*"))
		var made []string
		for _, cfnType := range k.there {
			made = append(made, things[cfnType].made...)
		}
		run("something is made for it", trust, "any must", allow(all, "*"), allow(strings.Join(made, " "), "*"))
		there = k.there
	}
	run("trust in another service", trusts("batch.amazonaws.com"), "", allow(all, "*"))
	if k.route == passing {
		run("another role may be passed", trust, "", allow(strings.Join(needs[1:], " "), "*"), allow("iam:PassRole", roleARN("Other")))
		run("this role may be passed", trust, works, allow(strings.Join(needs[1:], " "), "*"), allow("iam:PassRole", roleARN("Target")))
		condition := func(to string) string {
			return `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"iam:PassedToService": "` + to + `"}}}`
		}
		run("may be passed to the service", trust, works, allow(strings.Join(needs[1:], " "), "*"), condition(service))
		run("may be passed to the service by its name in one region", trust, k.id+" may", allow(strings.Join(needs[1:], " "), "*"), condition(strings.TrimSuffix(service, "amazonaws.com")+"eu-west-1.amazonaws.com"))
		run("may be passed to another service", trust, "", allow(strings.Join(needs[1:], " "), "*"), condition("batch.amazonaws.com"))
	}
}

func testOnTarget(t *testing.T, k *technique) {
	needs := strings.Join(firsts(k), " ")
	run := func(name, want string, policies func(arn string) []string) {
		t.Helper()
		b := build(t)
		var start model.ID
		var target model.ID
		var arn string
		switch k.on {
		case isFunction:
			g := b.function("Target", adminGrant)
			target, arn = g.ID, g.ARN
		case isUser:
			u := b.user("Target", adminGrant)
			target, arn = u.ID, u.ARN
		case isRole:
			r := b.role("Target", lambdaTrust, adminGrant)
			target, arn = r.ID, r.ARN
		case isGroup:
			g := b.user("Target", adminGrant)
			g.Kind, g.ARN = model.Group, "arn:aws:iam::"+testAccount+":group/Target"
			target, arn = g.ID, g.ARN
		case isResource, isPolicy, isImplied, isStranger:
		}
		if k.on == isGroup { // only a user can join a group
			start = b.user("U", policies(arn)...).ID
		} else {
			start = b.function("F", policies(arn)...).ID
		}
		br := breach(t, b.analyse(), start)
		if got := runsTo(br, target); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if br.Admin != (want != "") {
			t.Errorf("%s: admin %v", name, br.Admin)
		}
	}
	works := k.id + " must"
	run("on everything", works, func(string) []string { return []string{allow(needs, "*")} })
	run("on the target", works, func(arn string) []string { return []string{allow(needs, arn)} })
	run("by a pattern", works, func(arn string) []string { return []string{allow(needs, strings.TrimSuffix(arn, "get")+"*")} })
	run("on another", "", func(arn string) []string { return []string{allow(needs, arn+"2")} })
	run("denied", "", func(arn string) []string { return []string{allow(needs, "*"), deny(needs, arn)} })
}

func testAltering(t *testing.T, k *technique) {
	needs := strings.Join(firsts(k), " ")
	run := func(name string, want bool, policies ...string) {
		t.Helper()
		b := build(t)
		var start model.ID
		holder := model.ID("")
		switch k.on {
		case isUser, isGroup:
			u := b.user("F", policies...)
			start, holder = u.ID, u.ID
			g := b.user("Team")
			g.ID, g.Kind, g.ARN = "group/Team", model.Group, "arn:aws:iam::"+testAccount+":group/Team"
			u.Groups = []model.ID{g.ID}
		default:
			f := b.function("F", policies...)
			start, holder = f.ID, "role/FRole"
		}
		own := b.managed("Own", allow("s3:ListAllMyBuckets", "*"))
		if k.id == "iam-set-default-policy-version" && k.note == "" {
			own.Listed, own.Versions = true, []*policy.Document{document(t, adminGrant)}
		}
		boundary := b.managed("Boundary", allow(needs, "*"))
		denies := b.managed("Denies", deny("s3:GetObject iam:CreateUser", "*"))
		for _, e := range b.elements {
			if e.ElementID() != holder {
				continue
			}
			attach := []model.ID{own.ID}
			if k.id == "deny-removal" {
				attach = append(attach, denies.ID, b.managed("Admin", adminGrant).ID)
			}
			if k.id == "guard-removal" {
				attach = append(attach, b.managed("Admin", adminGrant).ID)
			}
			if k.id == tagsPrincipal {
				attach = append(attach, b.managed("Cleared", when(adminGrant, `"StringEquals": {"aws:PrincipalTag/clearance": "high"}`)).ID)
			}
			low := map[string]string{"clearance": "low"}
			switch e := e.(type) {
			case *model.Role:
				e.Policies, e.Tags = append(e.Policies, attach...), low
				if k.id == "guard-removal" {
					e.Boundary = boundary.ID
				}
			case *model.Principal:
				e.Policies, e.Tags = append(e.Policies, attach...), low
				if k.id == "guard-removal" {
					e.Boundary = boundary.ID
				}
			}
		}
		br := breach(t, b.analyse(), start)
		if br.Admin != want {
			t.Errorf("%s: admin %v, want %v (%+v)", name, br.Admin, want, br.AdminWhy())
		}
		if want && (len(br.AdminWhy()) == 0 || br.AdminWhy()[len(br.AdminWhy())-1].Technique != k.id || br.AdminMay != (k.note != "")) {
			t.Errorf("%s: perhaps %v, why %+v", name, br.AdminMay, br.AdminWhy())
		}
	}
	if k.route == creating {
		fresh := []string{allow(needs, "arn:aws:iam::"+testAccount+":role/new-* arn:aws:iam::"+testAccount+":user/new-*")}
		run("on new names", true, fresh...)
		run("on different names", false, allow(firsts(k)[0], "arn:aws:iam::"+testAccount+":role/a-* arn:aws:iam::"+testAccount+":user/a-*"),
			allow(strings.Join(firsts(k)[1:], " "), "arn:aws:iam::"+testAccount+":role/b-* arn:aws:iam::"+testAccount+":user/b-*"))
		run("with a boundary alone", false, strings.TrimSuffix(fresh[0], "}")+`, "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}}`)
		run("with a boundary alone that leaves it to make another without", true, strings.TrimSuffix(fresh[0], "}")+`, "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::`+testAccount+`:policy/Boundary"}}}`)
		run("denied", false, fresh[0], deny(firsts(k)[0], "*"))
		return
	}
	run("on everything", true, allow(needs, "*"))
	if k.id == "deny-removal" || k.id == "guard-removal" {
		return // the administrator's policy behind the guard allows all else
	}
	run("on something else", false, allow(needs, "arn:aws:iam::"+testAccount+":group/Other"))
	run("denied", false, allow(needs, "*"), deny(firsts(k)[0], "*"))
	run("nothing", false, allow("iam:Get* iam:List*", "*"))
}

// Rewriting policies is perhaps enough for a principal that has none of those that it may rewrite: the design may not show all
// that is attached. Where it shows one of them, that one decides; one that it may not rewrite takes nothing away.
func TestRewritingPolicies(t *testing.T) {
	for _, c := range []struct {
		name, resource   string
		attached         bool
		admin, perhapses bool
	}{
		{"any policy, none attached", "*", false, true, true},
		{"any policy, one attached", "*", true, true, false},
		{"other policies, one attached", "arn:aws:iam::" + testAccount + ":policy/other-*", true, true, true},
		{"other policies, none attached", "arn:aws:iam::" + testAccount + ":policy/other-*", false, true, true},
		{"AWS's policies", "arn:aws:iam::aws:policy/*", false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", allow("iam:CreatePolicyVersion", c.resource))
			if c.attached {
				b.elements[1].(*model.Role).Policies = append(b.elements[1].(*model.Role).Policies, b.managed("Own", allow("s3:ListAllMyBuckets", "*")).ID)
			}
			if br := breach(t, b.analyse(), f.ID); br.Admin != c.admin || br.AdminMay != c.perhapses {
				t.Errorf("admin %v, perhaps %v: %s", br.Admin, br.AdminMay, why(br))
			}
		})
	}
}

// A boundary holds what an actor gives itself.
func TestEscalationWithinBoundary(t *testing.T) {
	b := build(t)
	f := b.function("F", allow("iam:PutRolePolicy", "*"))
	p := b.managed("Boundary", allow("iam:PutRolePolicy s3:*", "*"))
	b.elements[1].(*model.Role).Boundary = p.ID
	if br := breach(t, b.analyse(), f.ID); br.Admin {
		t.Errorf("admin by %+v", br.AdminWhy())
	}
}

// One may change a role's permissions and another run as it: together they rule.
func TestEscalationByTwo(t *testing.T) {
	for _, held := range []bool{true, false} {
		b := build(t)
		grants := []string{allow("iam:PutRolePolicy", roleARN("Other"))}
		if held {
			grants = append(grants, allow("sts:AssumeRole", roleARN("Other")))
		}
		f := b.function("F", grants...)
		b.role("Other", rootTrust)
		if br := breach(t, b.analyse(), f.ID); br.Admin != held {
			t.Errorf("held %v: admin %v", held, br.Admin)
		}
	}
}

func TestAdministratorByWhatItCan(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy string
		want   bool
	}{
		{"everything", adminGrant, true},
		{"everything, called otherwise", `{"Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*"}`, true},
		{"services one by one", allow("iam:* s3:* dynamodb:* secretsmanager:* lambda:* ec2:* cloudformation:* ssm:*", "*"), true},
		{"all but identities", `{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}`, false},
		{"everything, denied", adminGrant + "," + deny("iam:*", "*"), false},
		{"identities are enough", allow("iam:*", "*"), true},
		{"reading identities is not", allow("iam:Get* iam:List*", "*"), false},
		{"everything in one service", allow("s3:*", "*"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.policy)
			a := b.analyse()
			if br := breach(t, a, f.ID); br.Admin != c.want {
				t.Errorf("admin %v by %+v", br.Admin, br.AdminWhy())
			}
			if got := len(a.Measures(false).Admin) == 1; got != c.want {
				t.Errorf("measures say %v", got)
			}
		})
	}
}

// Nobody but AWS changes a service-linked role, or one of IAM Identity Center.
func TestGuardedRoles(t *testing.T) {
	for path, want := range map[string]bool{"": true, "aws-service-role/x.amazonaws.com/": false, "aws-reserved/sso.amazonaws.com/": false} {
		b := build(t)
		f := b.function("F", allow("iam:UpdateAssumeRolePolicy", "*"))
		r := b.role("Target", rootTrust, adminGrant)
		r.ARN = roleARN(path + "Target")
		if br := breach(t, b.analyse(), f.ID); br.Admin != want {
			t.Errorf("%q: admin %v", path, br.Admin)
		}
	}
}

// What no source showed of a breach's principals is said.
func TestNotSeen(t *testing.T) {
	b := build(t)
	b.info.NotSeen = []string{"scps"}
	f := b.function("F", allow("sts:AssumeRole", "*"))
	r := b.role("Elsewhere", rootTrust)
	r.External = true
	b.roleOf(f).Boundary = "policy/gone"
	a := b.analyse()
	if got := breach(t, a, f.ID).NotSeen; !slices.Equal(got, []string{"permissions boundary of FRole", "policies of Elsewhere"}) {
		t.Errorf("breach: %v", got)
	}
	if got := a.NotSeen(); !slices.Equal(got, []string{"scps", "permissions boundary of FRole", "policies of Elsewhere"}) {
		t.Errorf("design: %v", got)
	}
}

// A function is fed by any of its versions and aliases; an unqualified ARN does not cover them, nor they it ("Defining
// Lambda permissions with a qualified ARN").
func TestInvokedByAlias(t *testing.T) {
	g := functionARN("G")
	for _, c := range []struct{ name, statements, says string }{
		{"the function", allow("lambda:InvokeFunction", g), "must invokes"},
		{"an alias", allow("lambda:InvokeFunction", g+":live"), "must invokes live of"},
		{"a version", allow("lambda:InvokeFunction", g+":7"), "must invokes 7 of"},
		{"the latest", allow("lambda:InvokeFunction", g+":$LATEST"), "must invokes $LATEST of"},
		{"one of all", allow("lambda:InvokeFunction", g+":*"), "must invokes"},
		{"one of some", allow("lambda:InvokeFunction", g+":blue*"), "may invokes blue* of"},
		{"the alias of any", allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:*:live"), "must invokes live of"},
		{"another's", allow("lambda:InvokeFunction", functionARN("H")+":live"), ""},
		{"an alias that is denied", allow("lambda:InvokeFunction", g+":live") + "," + deny("lambda:*", g+":*"), ""},
		{"an alias, denied without one", allow("lambda:InvokeFunction", g+":live") + "," + deny("lambda:*", g), "must invokes live of"},
		{"its policy", allow("lambda:AddPermission", g+":live"), "must lets itself invoke live of"},
		{"code has no alias", allow("lambda:UpdateFunctionCode", g+":live"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.statements)
			b.function("G")
			got := ""
			for _, s := range b.analyse().Touches(f.ID) {
				if s.To != "fn/G" || s.Kind == Acts {
					continue
				}
				got = s.Certainty.String() + " " + s.Says
				if s.Kind != Feeds || len(s.Evidence) == 0 || s.Certainty == May && s.Note == "" {
					t.Errorf("%+v", s)
				}
			}
			if got != c.says {
				t.Errorf("got %q, want %q", got, c.says)
			}
		})
	}
}
