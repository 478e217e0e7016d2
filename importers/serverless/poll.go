package serverless

import (
	"strings"

	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

// What Lambda does with a function's role to poll.
var (
	sqsActions      = []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
	dynamoDBActions = []string{"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"}
	kinesisActions  = []string{"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListStreams"}
	fanOutActions   = []string{"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"}
	networkActions  = []string{"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"}
)

// A need collects what a function's events need of one sort of access: one statement, at the place of the event where
// there is one alone.
type need struct {
	at      source.Span // of a statement for more than one event
	actions []string
	arns    *yamlpos.Node
	stated  bool
}

func (f *function) need(actions ...string) *need {
	return &need{at: f.at, actions: actions, arns: list(f.at)}
}

// together is what all functions' events need of one sort of access.
func (c *compiler) together(n **need, f *function, actions ...string) *need {
	switch {
	case *n == nil:
		*n = f.need(actions...)
	case (*n).at != f.at:
		(*n).at = c.at
	}
	return *n
}

func (n *need) of(e event, arn *yamlpos.Node) {
	if arn == nil {
		return
	}
	if len(n.arns.Items()) == 0 {
		n.arns.SetSpan(e.at)
	} else {
		n.arns.SetSpan(n.at)
	}
	n.arns.SetItems(append(n.arns.Items(), arn))
}

// state adds statements for what is needed to the execution role.
func (c *compiler) state(needs ...*need) {
	for _, n := range needs {
		if len(n.arns.Items()) > 0 {
			c.statement(allow(n.arns.Span(), n.arns, n.actions...))
		}
	}
}

// mapping makes an event source mapping.
func (c *compiler) mapping(e event, id string, more ...entry) {
	p := obj(e.at, append([]entry{{"FunctionName", e.of.target(e.at)}}, more...)...)
	put(p, "FilterCriteria", filters(e))
	c.hidden(e, id, "AWS::Lambda::EventSourceMapping", p)
}

// filters are the patterns of an event, each as text.
func filters(e event) *yamlpos.Node {
	patterns := items(e.prop("filterPatterns"))
	if len(patterns) == 0 {
		return nil
	}
	l := list(e.at)
	for _, p := range patterns {
		l.SetItems(append(l.Items(), obj(e.at, entry{"Pattern", str(jsonText(p), e.at)})))
	}
	return obj(e.at, entry{"Filters", l})
}

func (c *compiler) sqs(f *function, events []event) {
	queues := c.together(&c.queues, f, sqsActions...)
	for _, e := range events {
		arn := e.arn()
		name := nameOf(arn)
		name = name[strings.LastIndexByte(name, ':')+1:]
		c.event(e.at, f, "sqs "+name)
		c.mapping(e, normalized(f.key)+"EventSourceMappingSQS"+alphanumeric(name), entry{"EventSourceArn", arn})
		queues.of(e, arn)
	}
}

// streamType is dynamodb or kinesis.
func (e event) streamType() string {
	if t := words(e.prop("type")); t != "" {
		return t
	}
	if parts := strings.SplitN(words(e.arn()), ":", 4); len(parts) == 4 {
		return parts[2]
	}
	return "dynamodb"
}

func (c *compiler) stream(f *function, events []event) {
	tables, streams, fanOut, consumers := f.need(dynamoDBActions...), f.need(kinesisActions...), f.need(fanOutActions...), f.need("kinesis:SubscribeToShard")
	topics, queues, buckets := f.need("sns:Publish"), f.need("sqs:ListQueues", "sqs:SendMessage"), f.need("s3:PutObject", "s3:ListBucket")
	for _, e := range events {
		arn, kind := e.arn(), e.streamType()
		name := nameOf(arn)
		if parts := strings.Split(name, "/"); strings.HasPrefix(name, "arn:") && len(parts) > 1 {
			name = parts[1]
		}
		c.event(e.at, f, "stream "+kind+" "+name)
		from := arn
		consumer := e.prop("consumer")
		switch {
		case kind == "dynamodb":
			tables.of(e, arn)
		case there(consumer):
			fanOut.of(e, arn)
			from = consumer
			if words(consumer) == "true" {
				named := f.key + name + "Consumer"
				if there(get(c.provider, "kinesis", "consumerNamingMode")) {
					named = f.key + name + c.serviceName() + c.stage() + "Consumer"
				}
				id := normalized(named) + "StreamConsumer"
				c.add(id, "AWS::Kinesis::StreamConsumer", obj(e.at, entry{"StreamARN", arn}, entry{"ConsumerName", str(named, e.at)}), cfn.Made{Origin: e.at, Owner: f.id})
				from = ref(id, e.at)
			}
			consumers.of(e, from)
		default:
			streams.of(e, arn)
		}
		more := []entry{{"EventSourceArn", from}}
		if to := e.prop("destinations", "onFailure"); to != nil {
			target, sort := to, words(get(to, "type"))
			if isMapping(to) {
				target = get(to, "arn")
			}
			if parts := strings.SplitN(words(target), ":", 4); sort == "" && len(parts) == 4 {
				sort = parts[2]
			}
			switch sort {
			case "sns":
				topics.of(e, target)
			case "s3":
				buckets.of(e, target)
			default:
				queues.of(e, target)
			}
			more = append(more, entry{"DestinationConfig", obj(e.at, entry{"OnFailure", obj(e.at, entry{"Destination", target})})})
		}
		c.mapping(e, normalized(f.key)+"EventSourceMapping"+upperFirst(kind)+alphanumeric(name), more...)
	}
	c.state(tables, streams, fanOut, consumers, topics, queues, buckets)
}

func (c *compiler) msk(f *function, events []event) {
	clusters := f.need("kafka:DescribeCluster", "kafka:GetBootstrapBrokers")
	for _, e := range events {
		arn := e.prop("arn")
		name := nameOf(arn)
		if parts := strings.Split(name, "/"); len(parts) > 1 {
			name = parts[1]
		}
		topic := words(e.prop("topic"))
		c.event(e.at, f, "msk "+name+" "+topic)
		c.mapping(e, normalized(f.key)+"EventSourceMappingMSK"+first(alphanumeric(name), 79)+first(alphanumeric(topic), 79), entry{"EventSourceArn", arn}, entry{"Topics", list(e.at, e.prop("topic"))})
		clusters.of(e, arn)
	}
	if len(clusters.arns.Items()) > 0 {
		c.state(clusters)
		c.statement(allow(clusters.arns.Span(), str("*", clusters.arns.Span()), networkActions...))
	}
}

func first(s string, n int) string { return s[:min(len(s), n)] }

func (c *compiler) kafka(f *function, events []event) {
	secrets := f.need("secretsmanager:GetSecretValue")
	network := false
	for _, e := range events {
		topic := words(e.prop("topic"))
		c.event(e.at, f, "kafka "+topic)
		access := list(e.at)
		for _, p := range e.prop("accessConfigurations").Effective() {
			kind := map[string]string{"vpcSubnet": "VPC_SUBNET", "vpcSecurityGroup": "VPC_SECURITY_GROUP", "saslPlainAuth": "BASIC_AUTH", "saslScram256Auth": "SASL_SCRAM_256_AUTH",
				"saslScram512Auth": "SASL_SCRAM_512_AUTH", "clientCertificateTlsAuth": "CLIENT_CERTIFICATE_TLS_AUTH", "serverRootCaCertificate": "SERVER_ROOT_CA_CERTIFICATE"}[p.Key.Value]
			values := items(p.Value)
			if len(values) == 0 {
				values = []*yamlpos.Node{p.Value.Resolve()}
			}
			for _, v := range values {
				if strings.HasPrefix(kind, "VPC_") {
					network = true
				} else {
					secrets.of(e, v)
				}
				access.SetItems(append(access.Items(), obj(e.at, entry{"Type", str(kind, e.at)}, entry{"URI", v})))
			}
		}
		servers := obj(e.at, entry{"Endpoints", obj(e.at, entry{"KafkaBootstrapServers", e.prop("bootstrapServers")})})
		c.mapping(e, normalized(f.key)+"EventSourceMappingKafka"+first(alphanumeric(topic), 158), entry{"SelfManagedEventSource", servers},
			entry{"SourceAccessConfigurations", access}, entry{"Topics", list(e.at, e.prop("topic"))})
	}
	c.state(secrets)
	if network {
		at := f.at
		if len(events) == 1 {
			at = events[0].at
		}
		c.statement(allow(at, str("*", at), networkActions...))
	}
}

// broker makes mappings of queues of Amazon MQ.
func broker(kind string) func(*compiler, *function, []event) {
	return func(c *compiler, f *function, events []event) {
		secrets, brokers := f.need("secretsmanager:GetSecretValue"), f.need("mq:DescribeBroker")
		for _, e := range events {
			queue := words(e.prop("queue"))
			c.event(e.at, f, e.kind+" "+queue)
			access := list(e.at, obj(e.at, entry{"Type", str("BASIC_AUTH", e.at)}, entry{"URI", e.prop("basicAuthArn")}))
			c.mapping(e, normalized(f.key)+"EventSourceMapping"+kind+first(alphanumeric(queue), 150), entry{"EventSourceArn", e.prop("arn")},
				entry{"Queues", list(e.at, e.prop("queue"))}, entry{"SourceAccessConfigurations", access})
			secrets.of(e, e.prop("basicAuthArn"))
			brokers.of(e, e.prop("arn"))
		}
		c.state(secrets, brokers)
		c.statement(allow(brokers.arns.Span(), str("*", brokers.arns.Span()), networkActions...))
	}
}
