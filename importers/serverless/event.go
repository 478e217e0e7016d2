package serverless

import (
	"crypto/md5"
	"fmt"
	"slices"
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// kinds are the kinds of event, in the order in which the framework compiles them.
// https://www.serverless.com/framework/docs/providers/aws/guide/events
var kinds = []struct {
	name string
	make func(*compiler, *function, []event)
}{
	{"schedule", each((*compiler).schedule)},
	{"s3", each((*compiler).s3)},
	{"http", (*compiler).http},
	{"websocket", (*compiler).websocket},
	{"sns", each((*compiler).sns)},
	{"stream", (*compiler).stream},
	{"kafka", (*compiler).kafka},
	{"activemq", broker("ActiveMQ")},
	{"rabbitmq", broker("RabbitMQ")},
	{"msk", (*compiler).msk},
	{"alb", each((*compiler).alb)},
	{"alexaSkill", each((*compiler).alexaSkill)},
	{"alexaSmartHome", each((*compiler).alexaSmartHome)},
	{"iot", each((*compiler).iot)},
	{"iotFleetProvisioning", each((*compiler).iotFleet)},
	{"cloudwatchEvent", each((*compiler).cloudWatchEvent)},
	{"cloudwatchLog", (*compiler).cloudWatchLog},
	{"cognitoUserPool", each((*compiler).userPool)},
	{"eventBridge", each((*compiler).eventBridge)},
	{"sqs", (*compiler).sqs},
	{"cloudFront", each((*compiler).cloudFront)},
	{"httpApi", (*compiler).httpAPI},
}

func each(one func(*compiler, event)) func(*compiler, *function, []event) {
	return func(c *compiler, _ *function, list []event) {
		for _, e := range list {
			one(c, e)
		}
	}
}

// compileEvents makes what all events come to: kind by kind, function by function.
func (c *compiler) compileEvents() {
	known := map[string]bool{}
	for _, k := range kinds {
		known[k.name] = true
		for _, f := range c.functions {
			var list []event
			for _, e := range f.events {
				if e.kind == k.name && (e.value == nil || !e.value.Null) {
					list = append(list, e)
				}
			}
			if len(list) > 0 {
				k.make(c, f, list)
			}
		}
		switch k.name {
		case "s3":
			c.customBuckets()
		case "http":
			c.finishREST()
		case "eventBridge":
			c.customRules()
		}
		for _, n := range []**need{&c.scheduled, &c.queues} {
			if *n != nil && !(*n).stated {
				(*n).stated = true
				c.state(*n)
			}
		}
	}
	for _, f := range c.functions {
		for _, e := range f.events {
			if !known[e.kind] {
				c.note(source.Warning, e.at, "an event of "+f.key+" is of a kind that is not known: "+e.kind, "It was left out; it may be a plugin's.")
			}
		}
	}
	c.distribution()
}

// get is a part of an event; where the event is a text, that is the part called first.
func (e event) get(first string, keys ...string) *yamlpos.Node {
	if isMapping(e.value) {
		return get(e.value, append([]string{first}, keys...)...)
	}
	if len(keys) == 0 {
		return e.value
	}
	return nil
}

// prop is a part of an event that a text does not tell.
func (e event) prop(keys ...string) *yamlpos.Node {
	if isMapping(e.value) {
		return get(e.value, keys...)
	}
	return nil
}

// arn is the ARN of what an event polls.
func (e event) arn() *yamlpos.Node {
	if isMapping(e.value) && get(e.value, "arn") != nil {
		return get(e.value, "arn")
	}
	return e.value
}

// off reports whether an event is switched off.
func (e event) off() bool {
	n := e.prop("enabled")
	return n != nil && !there(n)
}

// number counts the events of a kind in a function, from 1.
func (f *function) number(kind string) string {
	f.counts[kind]++
	return itoa(f.counts[kind])
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// short is a text for the name of an event.
func short(n *yamlpos.Node) string {
	if t := words(n); t != "" {
		return t[strings.LastIndexAny(t, ":/")+1:]
	}
	return nameOf(n)
}

// nameOf is what the framework calls a queue, stream or topic in logical ids.
func nameOf(n *yamlpos.Node) string {
	n = n.Resolve()
	if n == nil {
		return ""
	}
	switch {
	case n.Tag == "!GetAtt" && n.Kind == yamlpos.Scalar:
		id, _, _ := strings.Cut(n.Value, ".")
		return id
	case n.Tag == "!GetAtt" && len(n.Items()) > 0:
		return words(n.Items()[0])
	case n.Tag == "!Ref", n.Tag == "!ImportValue":
		return n.Value
	case n.Tag == "!Join", n.Tag == "!Sub":
		bare := *n
		bare.Tag = ""
		return lastOf(&bare)
	case isMapping(n) || n.Kind != yamlpos.Mapping:
	default:
		arg := n.Pairs()[0].Value.Resolve()
		switch n.Pairs()[0].Key.Value {
		case "Fn::GetAtt":
			if arg.Kind == yamlpos.Scalar {
				id, _, _ := strings.Cut(arg.Value, ".")
				return id
			}
			if len(arg.Items()) > 0 {
				return words(arg.Items()[0])
			}
		case "Ref", "Fn::ImportValue":
			return words(arg)
		default:
			return lastOf(arg)
		}
	}
	if t := words(n); t != "" {
		return t
	}
	return ""
}

// lastOf is the last name in the argument of Fn::Join or Fn::Sub.
func lastOf(arg *yamlpos.Node) string {
	if l := items(arg); len(l) > 0 {
		last := l[len(l)-1]
		if parts := items(last); len(parts) > 0 {
			last = parts[len(parts)-1]
		}
		if t := nameOf(last); t != "" {
			return t[strings.LastIndexAny(t, ":/")+1:]
		}
		return nameOf(l[0])
	}
	t := words(arg)
	return t[strings.LastIndexAny(t, ":/")+1:]
}

// integration is the URI by which API Gateway calls a function.
func integration(arn *yamlpos.Node, at source.Span) *yamlpos.Node {
	return join("", at, str("arn:", at), ref("AWS::Partition", at), str(":apigateway:", at), ref("AWS::Region", at), str(":lambda:path/2015-03-31/functions/", at), arn, str("/invocations", at))
}

// executeARN is the ARN of an API's calls.
func executeARN(api *yamlpos.Node, rest string, at source.Span) *yamlpos.Node {
	return join("", at, str("arn:", at), ref("AWS::Partition", at), str(":execute-api:", at), ref("AWS::Region", at), str(":", at), ref("AWS::AccountId", at), str(":", at), api, str(rest, at))
}

// hidden is a made resource for an event, for which no element stands.
func (c *compiler) hidden(e event, id, cfnType string, props *yamlpos.Node) {
	c.add(id, cfnType, props, cfn.Made{Origin: e.at, Owner: e.of.id, Hidden: true})
}

// schedule makes a rule, or a schedule of EventBridge Scheduler, for each expression.
func (c *compiler) schedule(e event) {
	rates := []*yamlpos.Node{e.get("rate")}
	if l := items(rates[0]); len(l) > 0 {
		rates = l
	}
	for _, rate := range rates {
		n := e.of.number("schedule")
		c.event(e.at, e.of, "schedule "+words(rate))
		id := normalized(e.of.key) + "EventsRuleSchedule" + n
		target := obj(e.at, entry{"Arn", e.of.target(e.at)}, entry{"Id", str(e.of.key+"Schedule", e.at)})
		if words(e.prop("method")) == "scheduler" {
			put(target, "RoleArn", get(c.byID[e.of.id], "Properties", "Role"))
			put(target, "RoleArn", e.prop("roleArn"))
			c.hidden(e, normalized(e.of.key)+"SchedulerSchedule"+n, "AWS::Scheduler::Schedule", obj(e.at, entry{"ScheduleExpression", rate}, entry{"Name", e.prop("name")}, entry{"Target", target}))
			c.mayBeScheduled(e)
			continue
		}
		c.hidden(e, id, "AWS::Events::Rule", obj(e.at, entry{"ScheduleExpression", rate}, entry{"Name", e.prop("name")}, entry{"Targets", list(e.at, target)}))
		c.permission(e.of, normalized(e.of.key)+"LambdaPermissionEventsRuleSchedule"+n, "events.amazonaws.com", e.at, entry{"SourceArn", getAtt(id, "Arn", e.at)})
	}
}

// mayBeScheduled lets EventBridge Scheduler call functions with the execution role.
func (c *compiler) mayBeScheduled(e event) {
	if c.role == nil || c.role.once["schedules "+e.of.key] {
		return
	}
	c.role.once["schedules "+e.of.key] = true
	if c.scheduled == nil {
		c.role.services.SetItems(append(c.role.services.Items(), str("scheduler.amazonaws.com", e.at)))
	}
	arn := "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:" + e.of.name
	need := c.together(&c.scheduled, e.of, "lambda:InvokeFunction")
	need.of(e, sub(arn, e.at))
	need.of(e, sub(arn+":*", e.at))
}

// s3 adds a notification to a bucket that the service makes, or to one that is there already.
func (c *compiler) s3(e event) {
	bucket, at := e.get("bucket"), e.at
	kind := words(e.prop("event"))
	if kind == "" {
		kind = "s3:ObjectCreated:*"
	}
	c.event(at, e.of, "s3 "+short(bucket)+" "+kind)
	if there(e.prop("existing")) {
		c.existingBucket(e, bucket, kind)
		return
	}
	name := words(bucket)
	if name == "" {
		c.note(source.Error, at, "an s3 event of "+e.of.key+" names no bucket", "The framework takes a name, or existing: true; it was left out.")
		return
	}
	configured := get(c.provider, "s3", name)
	id, called := "S3Bucket"+alphanumeric(name), name
	if n := words(get(configured, "name")); n != "" {
		called = n
	}
	rules := list(at)
	for _, r := range items(e.prop("rules")) {
		for _, p := range r.Resolve().Effective() {
			rules.SetItems(append(rules.Items(), obj(at, entry{"Name", str(p.Key.Value, at)}, entry{"Value", p.Value})))
		}
	}
	notification := obj(at, entry{"Event", str(kind, at)}, entry{"Function", e.of.target(at)})
	if len(rules.Items()) > 0 {
		put(notification, "Filter", obj(at, entry{"S3Key", obj(at, entry{"Rules", rules})}))
	}
	if !c.has(id) {
		p := obj(at, entry{"BucketName", str(called, at)})
		for _, each := range configured.Resolve().Effective() {
			if each.Key.Value != "name" {
				put(p, upperFirst(each.Key.Value), each.Value)
			}
		}
		if n := p.Get("NotificationConfiguration"); n == nil {
			put(p, "NotificationConfiguration", obj(at, entry{"LambdaConfigurations", list(at)}))
		} else if n.Get("LambdaConfigurations") == nil {
			put(p, "NotificationConfiguration", merged(n, obj(at, entry{"LambdaConfigurations", list(at)})))
		}
		c.add(id, "AWS::S3::Bucket", p, cfn.Made{Origin: c.bucketPlace(name, at)})
	}
	if l := get(c.byID[id], "Properties", "NotificationConfiguration", "LambdaConfigurations"); l != nil {
		l.SetItems(append(l.Items(), notification))
	}
	arn := join("", e.of.at, str("arn:", e.of.at), ref("AWS::Partition", e.of.at), str(":s3:::"+called, e.of.at))
	c.permission(e.of, normalized(e.of.key)+"LambdaPermission"+alphanumeric(name)+"S3", "s3.amazonaws.com", e.of.at, entry{"SourceArn", arn}, entry{"SourceAccount", ref("AWS::AccountId", e.of.at)})
}

// bucketPlace is where a bucket stands that functions' events make: its configuration, else the first event.
func (c *compiler) bucketPlace(name string, at source.Span) source.Span {
	if p := pairOf(get(c.provider, "s3"), name); p != nil {
		return place(p.Key, p.Value)
	}
	return at
}

// sns subscribes a function to a topic that the service makes, or to one that is there already.
func (c *compiler) sns(e event) {
	at, f := e.at, e.of
	arn, name := e.prop("arn"), words(e.prop("topicName"))
	if text := words(e.value); text != "" {
		name = text
		if strings.HasPrefix(text, "arn:") {
			arn = e.value
		}
	} else if isCall(e.value) {
		arn = e.value
	}
	if arn != nil && (name == "" || strings.HasPrefix(name, "arn:")) {
		name = nameOf(arn)
		name = name[strings.LastIndexByte(name, ':')+1:]
	}
	if name == "" {
		c.note(source.Error, at, "an sns event of "+f.key+" names no topic", "It was left out.")
		return
	}
	c.event(at, f, "sns "+name)
	topicID := "SNSTopic" + alphanumeric(name)
	sub := obj(at, entry{"Protocol", str("lambda", at)}, entry{"Endpoint", f.target(at)})
	filters := []entry{{"FilterPolicy", e.prop("filterPolicy")}, {"FilterPolicyScope", e.prop("filterPolicyScope")}}
	source := arn
	if arn == nil {
		source = join("", at, str("arn:", at), ref("AWS::Partition", at), str(":sns:", at), ref("AWS::Region", at), str(":", at), ref("AWS::AccountId", at), str(":", at), str(name, at))
		if !c.has(topicID) {
			c.add(topicID, "AWS::SNS::Topic", obj(at, entry{"TopicName", str(name, at)}), cfn.Made{Origin: at})
		}
	}
	redrive := e.prop("redrivePolicy")
	if arn == nil && filters[0].value == nil && redrive == nil {
		p := get(c.byID[topicID], "Properties")
		if p.Get("Subscription") == nil {
			put(p, "Subscription", list(at))
		}
		l := p.Get("Subscription")
		l.SetItems(append(l.Items(), sub))
	} else {
		topic := arn
		if topic == nil {
			topic = ref(topicID, at)
		}
		put(sub, "TopicArn", topic)
		for _, x := range filters {
			put(sub, x.key, x.value)
		}
		if isMapping(redrive) {
			queue, _ := deadLetters(redrive, at)
			put(sub, "RedrivePolicy", obj(at, entry{"deadLetterTargetArn", queue}))
		}
		c.hidden(e, normalized(f.key)+"SnsSubscription"+alphanumeric(name), "AWS::SNS::Subscription", sub)
	}
	c.redrive(e, redrive, arn, name)
	c.permission(f, normalized(f.key)+"LambdaPermission"+alphanumeric(name)+"SNS", "sns.amazonaws.com", at, entry{"SourceArn", source})
}

// deadLetters is the queue that a redrive policy of the framework's names, by ARN and by URL.
func deadLetters(policy *yamlpos.Node, at source.Span) (arn, queue *yamlpos.Node) {
	arn = get(policy, "deadLetterTargetArn")
	switch {
	case get(policy, "deadLetterTargetRef") != nil:
		id := words(get(policy, "deadLetterTargetRef"))
		return getAtt(id, "Arn", at), ref(id, at)
	case arn == nil:
		return obj(at, entry{"Fn::ImportValue", get(policy, "deadLetterTargetImport", "arn")}), obj(at, entry{"Fn::ImportValue", get(policy, "deadLetterTargetImport", "url")})
	}
	return arn, arn
}

// redrive lets SNS send what a function did not take to a queue: the topic, if the event has its ARN. Of a topic that the framework makes
// itself it knows none there, and lets any in.
func (c *compiler) redrive(e event, policy, topic *yamlpos.Node, name string) {
	if !isMapping(policy) {
		return
	}
	at := e.at
	arn, queue := deadLetters(policy, at)
	st := obj(at, entry{"Effect", str("Allow", at)}, entry{"Principal", obj(at, entry{"Service", str("sns.amazonaws.com", at)})}, entry{"Action", str("sqs:SendMessage", at)},
		entry{"Resource", arn})
	if topic != nil {
		put(st, "Condition", obj(at, entry{"ArnEquals", obj(at, entry{"aws:SourceArn", topic})}))
	}
	id := alphanumeric(name) + "To" + normalized(e.of.key) + "DLQPolicy"
	c.hidden(e, id, "AWS::SQS::QueuePolicy", obj(at, entry{"Queues", list(at, queue)},
		entry{"PolicyDocument", obj(at, entry{"Version", str("2012-10-17", at)}, entry{"Id", str(id, at)}, entry{"Statement", list(at, st)})}))
}

// alb makes a target group of a function.
func (c *compiler) alb(e event) {
	at, f := e.at, e.of
	listener := e.prop("listenerArn")
	balancer := nameOf(listener)
	if parts := strings.Split(words(listener), "/"); len(parts) > 3 {
		balancer = parts[3]
	}
	id, called := normalized(f.key)+"AlbTargetGroup"+balancer, c.serviceName()+"-"+f.key+"-"+balancer+"-"
	if there(e.prop("multiValueHeaders")) {
		id, called = normalized(f.key)+"AlbMultiValueTargetGroup"+balancer, called+"multi-value-"
	}
	called = fmt.Sprintf("%s%x", words(get(c.provider, "alb", "targetGroupPrefix")), md5.Sum([]byte(called+c.stage())))
	name := str(called[:32], at)
	if own := e.prop("targetGroupName"); there(own) {
		name = own
	}
	c.event(at, f, "alb "+words(e.prop("priority")))
	c.hidden(e, id, "AWS::ElasticLoadBalancingV2::TargetGroup", obj(at, entry{"Name", name}, entry{"TargetType", str("lambda", at)}, entry{"Targets", list(at, obj(at, entry{"Id", f.target(at)}))}))
	forward := obj(at, entry{"Type", str("forward", at)}, entry{"TargetGroupArn", ref(id, at)})
	rule := obj(at, entry{"ListenerArn", listener}, entry{"Priority", e.prop("priority")}, entry{"Actions", list(at, forward)})
	c.add(normalized(f.key)+"AlbListenerRule"+words(e.prop("priority")), "AWS::ElasticLoadBalancingV2::ListenerRule", rule, cfn.Made{Origin: at, Owner: f.id})
	may := normalized(f.key) + "LambdaPermissionAlb"
	c.permission(f, may, "elasticloadbalancing.amazonaws.com", at)
	put(get(c.byID[may], "Properties"), "SourceArn", ref(id, at)) // the last one's, where there are several
	c.permission(f, normalized(f.key)+"LambdaPermissionRegisterTarget", "elasticloadbalancing.amazonaws.com", at)
}

// alexaSkill lets a skill call a function; the event that names none says nothing since version 3.
func (c *compiler) alexaSkill(e event) {
	c.event(e.at, e.of, "alexaSkill")
	if e.value == nil || words(e.value) == "alexaSkill" {
		return
	}
	c.permission(e.of, normalized(e.of.key)+"LambdaPermissionAlexaSkill"+e.of.number("alexaSkill"), "alexa-appkit.amazon.com", e.at,
		entry{"EventSourceToken", e.get("appId")}, entry{"Action", str(e.mayInvoke(), e.at)})
}

// mayInvoke is the action that an event is let do.
func (e event) mayInvoke() string {
	if e.off() {
		return "lambda:DisableInvokeFunction"
	}
	return "lambda:InvokeFunction"
}

func (c *compiler) alexaSmartHome(e event) {
	c.event(e.at, e.of, "alexaSmartHome")
	c.permission(e.of, normalized(e.of.key)+"LambdaPermissionAlexaSmartHome"+e.of.number("alexaSmartHome"), "alexa-connectedhome.amazon.com", e.at,
		entry{"EventSourceToken", e.get("appId")}, entry{"Action", str(e.mayInvoke(), e.at)})
}

// iot makes a rule on messages of things.
func (c *compiler) iot(e event) {
	at, f := e.at, e.of
	n := f.number("iot")
	id := normalized(f.key) + "IotTopicRule" + n
	c.event(at, f, "iot "+words(e.prop("sql")))
	action := obj(at, entry{"Lambda", obj(at, entry{"FunctionArn", f.target(at)})})
	c.hidden(e, id, "AWS::IoT::TopicRule", obj(at, entry{"RuleName", e.prop("name")},
		entry{"TopicRulePayload", obj(at, entry{"Sql", e.prop("sql")}, entry{"Actions", list(at, action)})}))
	name := e.prop("name")
	if name == nil {
		name = ref(id, at)
	}
	arn := join("", at, str("arn:", at), ref("AWS::Partition", at), str(":iot:", at), ref("AWS::Region", at), str(":", at), ref("AWS::AccountId", at), str(":rule/", at), name)
	c.permission(f, normalized(f.key)+"LambdaPermissionIotTopicRule"+n, "iot.amazonaws.com", at, entry{"SourceArn", arn})
}

func (c *compiler) iotFleet(e event) {
	c.event(e.at, e.of, "iotFleetProvisioning")
	c.permission(e.of, normalized(e.of.key)+"LambdaPermissionIotProvisioningTemplate", "iot.amazonaws.com", e.at)
	c.add(normalized(e.of.key)+"IotProvisioningTemplate", "AWS::IoT::ProvisioningTemplate", obj(e.at, entry{"PreProvisioningHook", obj(e.at, entry{"TargetArn", e.of.target(e.at)})},
		entry{"ProvisioningRoleArn", e.prop("provisioningRoleArn")}, entry{"TemplateName", e.prop("templateName")}), cfn.Made{Origin: e.at, Owner: e.of.id})
}

func (c *compiler) cloudWatchEvent(e event) {
	at, f := e.at, e.of
	n := f.number("cloudwatchEvent")
	id := normalized(f.key) + "EventsRuleCloudWatchEvent" + n
	c.event(at, f, "cloudwatchEvent "+label(e.prop("event")))
	target := obj(at, entry{"Arn", f.target(at)}, entry{"Id", str(f.key+"CloudWatchEvent", at)})
	c.hidden(e, id, "AWS::Events::Rule", obj(at, entry{"EventPattern", e.prop("event")}, entry{"Name", e.prop("name")}, entry{"Targets", list(at, target)}))
	c.permission(f, normalized(f.key)+"LambdaPermissionEventsRuleCloudWatchEvent"+n, "events.amazonaws.com", at, entry{"SourceArn", getAtt(id, "Arn", at)})
}

// label says a pattern in a few words.
func label(pattern *yamlpos.Node) string {
	for _, key := range []string{"detail-type", "source"} {
		var texts []string
		for _, i := range items(get(pattern, key)) {
			texts = append(texts, words(i))
		}
		if len(texts) > 0 {
			return strings.Join(texts, ", ")
		}
	}
	return "events"
}

// cloudWatchLog subscribes a function to log groups. One permission serves all of them.
func (c *compiler) cloudWatchLog(f *function, events []event) {
	common, at := "", f.at
	for i, e := range events {
		group := e.get("logGroup")
		id := normalized(f.key) + "LogsSubscriptionFilterCloudWatchLog" + f.number("cloudwatchLog")
		c.event(e.at, f, "cloudwatchLog "+words(group))
		c.hidden(e, id, "AWS::Logs::SubscriptionFilter", obj(e.at, entry{"LogGroupName", group}, entry{"FilterPattern", e.prop("filter")}, entry{"DestinationArn", f.target(e.at)}))
		if name := words(group); i == 0 {
			common, at = name, e.at
		} else {
			n := 0
			for n < min(len(common), len(name)) && common[n] == name[n] {
				n++
			}
			common, at = common[:n], f.at
		}
	}
	if len(events) > 1 && !strings.HasSuffix(common, "*") {
		common += "*"
	}
	arn := join("", at, str("arn:", at), ref("AWS::Partition", at), str(":logs:", at), ref("AWS::Region", at), str(":", at), ref("AWS::AccountId", at), str(":log-group:", at), str(common, at), str(":*", at))
	principal := join("", at, str("logs.", at), ref("AWS::Region", at), str(".amazonaws.com", at))
	c.permission(f, normalized(f.key)+"LambdaPermissionLogsSubscriptionFilterCloudWatchLog", "", at, entry{"Principal", principal}, entry{"SourceArn", arn})
}

// userPool makes a function a trigger of a user pool that the service makes, or of one that is there already.
func (c *compiler) userPool(e event) {
	at, f := e.at, e.of
	pool, trigger := words(e.prop("pool")), words(e.prop("trigger"))
	c.event(at, f, "cognitoUserPool "+pool+" "+trigger)
	if there(e.prop("existing")) {
		c.existingPool(e, trigger)
		return
	}
	id := "CognitoUserPool" + alphanumeric(pool)
	if !c.has(id) {
		c.add(id, "AWS::Cognito::UserPool", obj(at, entry{"UserPoolName", str(pool, at)}, entry{"LambdaConfig", obj(at)}), cfn.Made{Origin: at})
	}
	call := f.target(at)
	if strings.HasPrefix(trigger, "Custom") && strings.HasSuffix(trigger, "Sender") {
		call = obj(at, entry{"LambdaArn", f.target(at)}, entry{"LambdaVersion", str("V1_0", at)})
	}
	put(get(c.byID[id], "Properties", "LambdaConfig"), trigger, call)
	c.permission(f, normalized(f.key)+"LambdaPermissionCognitoUserPool"+alphanumeric(pool)+"TriggerSource"+alphanumeric(trigger), "cognito-idp.amazonaws.com", at,
		entry{"SourceArn", getAtt(id, "Arn", at)})
}

// eventBridge makes a rule, and the bus of it where that is only named.
func (c *compiler) eventBridge(e event) {
	at, f := e.at, e.of
	pattern, schedule, bus := e.prop("pattern"), e.get("schedule"), e.prop("eventBus")
	if !isMapping(e.value) {
		schedule = e.value
	}
	said := label(pattern)
	if pattern == nil {
		said = words(schedule)
	}
	c.event(at, f, "eventBridge "+said)
	n := itoa(e.index + 1)
	rule := words(e.prop("name"))
	if rule == "" {
		rule = f.name + "-rule-" + n
		if suffix := "rule-" + n; len(rule) > 64 {
			rule = fmt.Sprintf("%s%x-%s", rule[:31-len(suffix)], md5.Sum([]byte(rule)), suffix)
		}
	}
	busName := words(bus)
	if _, name, ok := strings.Cut(busName, ":event-bus/"); ok {
		busName = name
	} else if busName != "" && busName != "default" {
		id := normalized(busName) + "EventBridgeEventBus"
		if !c.has(id) && c.rulesInStack() {
			c.add(id, "AWS::Events::EventBus", obj(at, entry{"Name", str(busName, at)}), cfn.Made{Origin: at})
		}
	}
	if !c.rulesInStack() {
		c.customRule(e, n, pattern, schedule)
		return
	}
	props := obj(at, entry{"EventPattern", pattern}, entry{"Name", str(rule, at)}, entry{"ScheduleExpression", schedule},
		entry{"Targets", list(at, obj(at, entry{"Arn", f.target(at)}, entry{"Id", str(rule+"-target", at)}))})
	switch {
	case isCall(bus):
		put(props, "EventBusName", bus)
	case busName != "" && busName != "default":
		put(props, "EventBusName", str(busName, at))
	}
	c.hidden(e, alphanumeric(f.name+"-rule-"+n)+"EventBridgeRule", "AWS::Events::Rule", props)
	path := list(at, str("rule", at))
	switch {
	case isCall(bus):
		path.SetItems(append(path.Items(), bus))
	case busName != "":
		path.SetItems(append(path.Items(), str(busName, at)))
	}
	path.SetItems(append(path.Items(), str(rule, at)))
	arn := join(":", at, str("arn", at), ref("AWS::Partition", at), str("events", at), ref("AWS::Region", at), ref("AWS::AccountId", at), obj(at, entry{"Fn::Join", list(at, str("/", at), path)}))
	c.permission(f, normalized(f.key)+"EventBridgeLambdaPermission"+n, "events.amazonaws.com", at, entry{"SourceArn", arn})
}

// rulesInStack reports whether the stack has the rules: also where the service says nothing of EventBridge at all.
func (c *compiler) rulesInStack() bool {
	return !there(get(c.provider, "eventBridge")) || there(get(c.provider, "eventBridge", "useCloudFormation"))
}

// An edge is a function at the edge of a distribution.
type edge struct {
	e event
}

// cloudFront runs a function at the edge of a distribution; there it has no network and no environment.
func (c *compiler) cloudFront(e event) {
	c.event(e.at, e.of, "cloudFront "+words(e.get("eventType")))
	c.edge = append(c.edge, edge{e})
	arn := join("", e.at, str("arn:", e.at), ref("AWS::Partition", e.at), str(":cloudfront::", e.at), ref("AWS::AccountId", e.at), str(":distribution/", e.at), ref("CloudFrontDistribution", e.at))
	c.add(e.of.version(), "AWS::Lambda::Version", obj(e.at, entry{"FunctionName", ref(e.of.id, e.at)}), cfn.Made{Origin: e.at, Owner: e.of.id, Hidden: true})
	c.permission(e.of, functionID(e.of.key)+"InvokePermission", "edgelambda.amazonaws.com", e.at, entry{"FunctionName", ref(e.of.version(), e.at)}, entry{"SourceArn", arn})
	if p := get(c.byID[e.of.id], "Properties"); p != nil {
		p.SetPairs(slices.DeleteFunc(p.Pairs(), func(p yamlpos.Pair) bool { return p.Key.Value == "VpcConfig" || p.Key.Value == "Environment" }))
	}
	if c.role == nil || c.role.once["edge"] {
		return
	}
	c.role.once["edge"] = true
	c.role.services.SetItems(append(c.role.services.Items(), str("edgelambda.amazonaws.com", e.at)))
	c.statement(allow(e.at, list(e.at, sub("arn:${AWS::Partition}:logs:*:*:*", e.at)), "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:TagResource"))
}

// version is the logical id of a function's version, but for the hash of the package that the framework ends it with.
func (f *function) version() string { return normalized(f.key) + "LambdaVersion" }

// distribution makes the distribution of all functions at its edge.
func (c *compiler) distribution() {
	if len(c.edge) == 0 {
		return
	}
	at := c.edge[0].e.at
	calls := list(at)
	for _, x := range c.edge {
		calls.SetItems(append(calls.Items(), obj(x.e.at, entry{"EventType", x.e.get("eventType")}, entry{"LambdaFunctionARN", ref(x.e.of.version(), x.e.at)})))
	}
	c.add("CloudFrontDistribution", "AWS::CloudFront::Distribution", obj(at, entry{"DistributionConfig", obj(at, entry{"Enabled", word("true", at)},
		entry{"DefaultCacheBehavior", obj(at, entry{"LambdaFunctionAssociations", calls})})}), cfn.Made{Origin: at})
}
