package live

import (
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
)

// A KeyGrant is an item of KMS's ListGrants: whom a key lets do what beside its policy.
type KeyGrant struct {
	KeyId, GrantId   string
	GranteePrincipal string
	Operations       []string
	Constraints      *struct {
		EncryptionContextSubset map[string]string `json:",omitempty"`
		EncryptionContextEquals map[string]string `json:",omitempty"`
	} `json:",omitempty"`
}

var (
	listTables       = op(operation{of: dynamodbService, name: "ListTables", reads: "tables"})
	describeTable    = op(operation{of: dynamodbService, name: "DescribeTable", absent: []string{nothingThere}, reads: "keys and streams of tables"})
	getTablePolicy   = op(operation{of: dynamodbService, name: "GetResourcePolicy", absent: []string{"PolicyNotFoundException"}, reads: "policies of tables and their streams"})
	listQueues       = op(operation{of: sqsService, name: "ListQueues", reads: "queues"})
	getQueue         = op(operation{of: sqsService, name: "GetQueueAttributes", absent: []string{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"}, reads: "policies, keys and dead letters of queues"})
	listTopics       = op(operation{of: snsService, name: "ListTopics", reads: "topics"})
	getTopic         = op(operation{of: snsService, name: "GetTopicAttributes", absent: []string{"NotFound"}, reads: "policies and keys of topics"})
	listSubscribers  = op(operation{of: snsService, name: "ListSubscriptions", reads: "what topics send to"})
	getSubscription  = op(operation{of: snsService, name: "GetSubscriptionAttributes", absent: []string{"NotFound"}, reads: "filters and dead letters of subscriptions"})
	listStreams      = op(operation{of: kinesisService, name: "ListStreams", reads: "streams"})
	describeStream   = op(operation{of: kinesisService, name: "DescribeStreamSummary", absent: []string{nothingThere}, reads: "keys of streams"})
	getStreamPolicy  = op(operation{of: kinesisService, name: "GetResourcePolicy", absent: []string{nothingThere}, reads: "policies of streams"})
	listKeys         = op(operation{of: kmsService, name: "ListKeys", reads: "keys"})
	listKeyAliases   = op(operation{of: kmsService, name: "ListAliases", reads: "names of keys"})
	describeKey      = op(operation{of: kmsService, name: "DescribeKey", absent: []string{"NotFoundException"}, reads: "whose keys they are"})
	getKeyPolicy     = op(operation{of: kmsService, name: "GetKeyPolicy", absent: []string{"NotFoundException"}, reads: "policies of keys"})
	listGrants       = op(operation{of: kmsService, name: "ListGrants", absent: []string{"NotFoundException"}, reads: "grants of keys"})
	listSecrets      = op(operation{of: secretsService, name: "ListSecrets", reads: "secrets: names, keys and rotation, never values"})
	getSecretPolicy  = op(operation{of: secretsService, name: "GetResourcePolicy", absent: []string{nothingThere}, reads: "policies of secrets"})
	listParameters   = op(operation{of: ssmService, name: "DescribeParameters", reads: "parameters: names and keys, never values"})
	getParamPolicies = op(operation{of: ssmService, name: "GetResourcePolicies", absent: []string{nothingThere, "ParameterNotFound", "ResourcePolicyNotFoundException"}, reads: "policies of shared parameters"})
	listRepositories = op(operation{of: ecrService, name: "DescribeRepositories", reads: "repositories of images"})
	getRepository    = op(operation{of: ecrService, name: "GetRepositoryPolicy", absent: []string{"RepositoryPolicyNotFoundException", "RepositoryNotFoundException"}, reads: "policies of repositories"})
	listTags         = op(operation{of: taggingService, name: "GetResources", reads: "tags, which policies may ask for"})
)

type tablePage struct {
	TableNames             []string
	LastEvaluatedTableName string `page:"ExclusiveStartTableName"`
}
type tableAnswer struct {
	Table struct {
		TableName, TableArn, LatestStreamArn string
		KeySchema                            []struct{ AttributeName, KeyType string }
		SSEDescription                       struct{ KMSMasterKeyArn string }
		StreamSpecification                  struct{ StreamEnabled flag }
	}
}
type queuePage struct {
	QueueUrls []string
	NextToken string `page:"NextToken"`
}
type queueAnswer struct {
	Attributes struct {
		QueueArn, KmsMasterKeyId string
		Policy                   document
		RedrivePolicy            deadLetters
	}
}
type topicPage struct {
	Topics    []struct{ TopicArn string } `xml:"Topics>member"`
	NextToken string                      `page:"NextToken"`
}
type attributesAnswer struct{ Attributes attributes }
type subscriptionPage struct {
	Subscriptions []subscription `xml:"Subscriptions>member"`
	NextToken     string         `page:"NextToken"`
}
type subscription struct {
	SubscriptionArn, TopicArn, Protocol string
	Endpoint                            someARN
}
type streamPage struct {
	StreamNames    []string
	HasMoreStreams flag
	NextToken      string
}

func (p *streamPage) next() (string, string) {
	if p.NextToken == "" && bool(p.HasMoreStreams) && len(p.StreamNames) > 0 {
		return "ExclusiveStartStreamName", p.StreamNames[len(p.StreamNames)-1]
	}
	return "NextToken", p.NextToken
}

type streamAnswer struct {
	StreamDescriptionSummary struct{ StreamARN, KeyId string }
}
type keyPage struct {
	Keys       []struct{ KeyId, KeyArn string }
	NextMarker string `page:"Marker"`
}
type keyAliasPage struct {
	Aliases    []struct{ AliasArn, TargetKeyId string }
	NextMarker string `page:"Marker"`
}
type keyAnswer struct {
	KeyMetadata struct{ Arn, KeyManager, KeyState string }
}
type grantPage struct {
	Grants     []KeyGrant
	NextMarker string `page:"Marker"`
}
type secretPage struct {
	SecretList []struct {
		ARN, Name, KmsKeyId, RotationLambdaARN string
		RotationEnabled                        flag
	}
	NextToken string `page:"NextToken"`
}
type resourcePolicyAnswer struct{ ResourcePolicy document }
type parameterPage struct {
	Parameters []struct{ Name, ARN, Type, KeyId, Tier string }
	NextToken  string `page:"NextToken"`
}
type policiesPage struct {
	Policies  []struct{ Policy document }
	NextToken string `page:"NextToken"`
}
type repositoryPage struct {
	Repositories []struct {
		RepositoryArn, RepositoryName string
		EncryptionConfiguration       struct{ KmsKey string }
	}
	NextToken string `page:"nextToken"`
}
type policyTextAnswer struct{ PolicyText document }
type tagPage struct {
	ResourceTagMappingList []struct {
		ResourceARN string
		Tags        []Tag
	}
	PaginationToken string `page:"PaginationToken"`
}

// someARN is an ARN, and nothing where something else stands: addresses of people and of pages are not kept.
type someARN string

// UnmarshalText takes an ARN.
func (a *someARN) UnmarshalText(text []byte) error {
	*a = ""
	if strings.HasPrefix(string(text), "arn:") {
		*a = someARN(text)
	}
	return nil
}

// deadLetters is the ARN of the queue that a redrive policy names.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
type deadLetters someARN

// UnmarshalText takes a redrive policy, or the ARN that it came to.
func (d *deadLetters) UnmarshalText(text []byte) error {
	var policy struct{ DeadLetterTargetArn someARN }
	if json.Unmarshal(text, &policy) == nil {
		*d = deadLetters(policy.DeadLetterTargetArn)
		return nil
	}
	return (*someARN)(d).UnmarshalText(text)
}

// attributes are the attributes of a topic or a subscription that access depends on.
type attributes map[string]string

var keptAttributes = []string{"Policy", "KmsMasterKeyId", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy"}

// UnmarshalXML reads entries, each with a key and a value.
func (a *attributes) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	var list struct {
		Entries []struct {
			Key   string `xml:"key"`
			Value string `xml:"value"`
		} `xml:"entry"`
	}
	if err := d.DecodeElement(&list, &start); err != nil {
		return err
	}
	*a = attributes{}
	for _, e := range list.Entries {
		if slices.Contains(keptAttributes, e.Key) {
			(*a)[e.Key] = e.Value
		}
	}
	return nil
}

func init() {
	regional = append(regional, (*taker).tables, (*taker).queues, (*taker).topics, (*taker).streams, (*taker).keys, (*taker).secrets, (*taker).parameters, (*taker).repositories, (*taker).tags)
}

func (t *taker) tables(ctx context.Context, region string) {
	pages(ctx, t, region, listTables, nil, "", func(p *tablePage) {
		each(t, p.TableNames, func(name string) {
			a, ok := ask[tableAnswer](ctx, t, region, describeTable, args{"TableName": name}, name)
			if !ok && t.isGone(region, describeTable, args{"TableName": name}) {
				return
			}
			if !ok {
				a = &tableAnswer{}
			}
			r := Resource{Arn: cmp.Or(a.Table.TableArn, t.arn("dynamodb", region, "table/"+name)), Type: "AWS::DynamoDB::Table", KmsKeyArn: t.keyARN(region, a.Table.SSEDescription.KMSMasterKeyArn)}
			for _, k := range a.Table.KeySchema {
				if k.KeyType == "HASH" {
					r.PartitionKey = k.AttributeName
				}
			}
			t.resource(r)
			of := []string{r.Arn}
			if bool(a.Table.StreamSpecification.StreamEnabled) && a.Table.LatestStreamArn != "" {
				of = append(of, a.Table.LatestStreamArn)
			}
			for _, arn := range of {
				if p, ok := ask[policyAnswer](ctx, t, region, getTablePolicy, args{"ResourceArn": arn}, name); ok {
					t.policy(arn, p.Policy)
				}
			}
		})
	})
}

// arn is the ARN of a thing of the account.
func (t *taker) arn(service, region, rest string) string {
	return strings.Join([]string{"arn", partitionOf(region).name, service, region, t.who.Account, rest}, ":")
}

// isGone reports whether a call was answered with that what it is about is not there: it went between being listed and being
// asked about. Any other failure leaves it there, of which nothing else is known.
func (t *taker) isGone(region string, o *operation, in args) bool {
	answer, ok := t.journal.find(o.key(region, in))
	return ok && answer == nil
}

func (t *taker) queues(ctx context.Context, region string) {
	pages(ctx, t, region, listQueues, args{"MaxResults": 1000}, "", func(p *queuePage) {
		each(t, p.QueueUrls, func(url string) {
			name := url[strings.LastIndexByte(url, '/')+1:]
			in := args{"QueueUrl": url, "AttributeNames": []string{"QueueArn", "Policy", "KmsMasterKeyId", "RedrivePolicy"}}
			q, ok := ask[queueAnswer](ctx, t, region, getQueue, in, name)
			switch {
			case ok:
				t.resource(Resource{Arn: q.Attributes.QueueArn, Type: "AWS::SQS::Queue", KmsKeyArn: t.keyARN(region, q.Attributes.KmsMasterKeyId)})
				t.policy(q.Attributes.QueueArn, q.Attributes.Policy)
				t.trigger(Trigger{From: q.Attributes.QueueArn, To: string(q.Attributes.RedrivePolicy), Kind: "redrive", Filter: filter{}})
			case !t.isGone(region, getQueue, in):
				t.resource(Resource{Arn: t.arn("sqs", region, name), Type: "AWS::SQS::Queue"})
			}
		})
	})
}

func (t *taker) topics(ctx context.Context, region string) {
	t.beside(func() { t.subscriptions(ctx, region) })
	pages(ctx, t, region, listTopics, nil, "", func(p *topicPage) {
		for _, x := range p.Topics {
			t.beside(func() {
				r := Resource{Arn: x.TopicArn, Type: "AWS::SNS::Topic"}
				if a, ok := ask[attributesAnswer](ctx, t, region, getTopic, args{"TopicArn": x.TopicArn}, lastPart(x.TopicArn)); ok {
					var d document
					d.set(a.Attributes["Policy"])
					t.policy(x.TopicArn, d)
					r.KmsKeyArn = t.keyARN(region, a.Attributes["KmsMasterKeyId"])
				}
				t.resource(r)
			})
		}
	})
}

func (t *taker) subscriptions(ctx context.Context, region string) {
	pages(ctx, t, region, listSubscribers, nil, "", func(p *subscriptionPage) {
		each(t, p.Subscriptions, func(s subscription) {
			if s.Endpoint == "" || !strings.HasPrefix(s.SubscriptionArn, "arn:") {
				return // to people, pages and apps; or not confirmed
			}
			x := Trigger{From: s.TopicArn, To: string(s.Endpoint), Kind: "sns-subscription", Filter: filter{}}
			a, ok := ask[attributesAnswer](ctx, t, region, getSubscription, args{"SubscriptionArn": s.SubscriptionArn}, lastPart(s.TopicArn))
			if !ok {
				t.trigger(x)
				return
			}
			if a.Attributes["FilterPolicy"] != "" {
				x.Filter = filter{Pattern: a.Attributes["FilterPolicy"], Scope: a.Attributes["FilterPolicyScope"]}
			}
			dead := x
			if x.Form = inEnvelope; strings.EqualFold(a.Attributes["RawMessageDelivery"], "true") {
				x.Form = asItIs
			}
			t.trigger(x)
			var to deadLetters
			_ = to.UnmarshalText([]byte(a.Attributes["RedrivePolicy"])) //nolint:errcheck // it takes anything
			if dead.To, dead.Dead = string(to), true; dead.To != x.To {
				t.trigger(dead)
			}
		})
	})
}

func (t *taker) streams(ctx context.Context, region string) {
	pages(ctx, t, region, listStreams, nil, "", func(p *streamPage) {
		each(t, p.StreamNames, func(name string) {
			s, ok := ask[streamAnswer](ctx, t, region, describeStream, args{"StreamName": name}, name)
			if !ok && t.isGone(region, describeStream, args{"StreamName": name}) {
				return
			}
			if !ok {
				s = &streamAnswer{}
			}
			arn := cmp.Or(s.StreamDescriptionSummary.StreamARN, t.arn("kinesis", region, "stream/"+name))
			t.resource(Resource{Arn: arn, Type: "AWS::Kinesis::Stream", KmsKeyArn: t.keyARN(region, s.StreamDescriptionSummary.KeyId)})
			if p, ok := ask[policyAnswer](ctx, t, region, getStreamPolicy, args{"ResourceARN": arn}, name); ok && len(p.Policy) > len("{}") {
				t.policy(arn, p.Policy)
			}
		})
	})
}

// keys reads the account's own keys. AWS's are left out: whom they let in follows from the services that use them.
func (t *taker) keys(ctx context.Context, region string) {
	t.beside(func() {
		pages(ctx, t, region, listKeyAliases, nil, "", func(p *keyAliasPage) {
			t.keep(func(*Snapshot) {
				for _, a := range p.Aliases {
					if a.TargetKeyId != "" {
						t.aliases[a.AliasArn] = t.keyARN(region, a.TargetKeyId)
					}
				}
			})
		})
	})
	pages(ctx, t, region, listKeys, nil, "", func(p *keyPage) {
		for _, k := range p.Keys {
			t.beside(func() { t.key(ctx, region, k.KeyId, k.KeyArn) })
		}
	})
}

func (t *taker) key(ctx context.Context, region, id, arn string) {
	in := args{"KeyId": id}
	if k, ok := ask[keyAnswer](ctx, t, region, describeKey, in, id); ok && (k.KeyMetadata.KeyManager == "AWS" || k.KeyMetadata.KeyState == "PendingDeletion") {
		return
	}
	t.resource(Resource{Arn: arn, Type: "AWS::KMS::Key"})
	t.beside(func() {
		pages(ctx, t, region, listGrants, in, id, func(p *grantPage) {
			t.keep(func(s *Snapshot) {
				for _, g := range p.Grants {
					g.KeyId = arn
					by(g.Operations, func(o string) string { return o })
					s.KeyGrants = append(s.KeyGrants, g)
				}
			})
		})
	})
	if p, ok := ask[policyAnswer](ctx, t, region, getKeyPolicy, args{"KeyId": id, "PolicyName": "default"}, id); ok {
		t.policy(arn, p.Policy)
	}
}

// withoutTheirs leaves out the keys of AWS's own that nothing but an alias tells from the account's.
func (t *taker) withoutTheirs() {
	theirs := map[string]bool{}
	for alias, key := range t.aliases {
		if strings.Contains(alias, ":alias/aws/") {
			theirs[key] = true
		}
	}
	s := t.snapshot
	s.Resources = slices.DeleteFunc(s.Resources, func(r Resource) bool { return theirs[r.Arn] })
	s.Policies = slices.DeleteFunc(s.Policies, func(p ResourcePolicy) bool { return theirs[p.Resource] })
	s.KeyGrants = slices.DeleteFunc(s.KeyGrants, func(g KeyGrant) bool { return theirs[g.KeyId] })
}

func (t *taker) secrets(ctx context.Context, region string) {
	pages(ctx, t, region, listSecrets, args{"MaxResults": 100}, "", func(p *secretPage) {
		for _, s := range p.SecretList {
			t.resource(Resource{Arn: s.ARN, Type: "AWS::SecretsManager::Secret", KmsKeyArn: t.keyARN(region, s.KmsKeyId)})
			if s.RotationEnabled {
				t.trigger(Trigger{From: s.ARN, To: s.RotationLambdaARN, Kind: "rotation", Filter: filter{}})
			}
			t.beside(func() {
				if p, ok := ask[resourcePolicyAnswer](ctx, t, region, getSecretPolicy, args{"SecretId": s.ARN}, s.Name); ok {
					t.policy(s.ARN, p.ResourcePolicy)
				}
			})
		}
	})
}

func (t *taker) parameters(ctx context.Context, region string) {
	pages(ctx, t, region, listParameters, args{"MaxResults": 50}, "", func(p *parameterPage) {
		for _, x := range p.Parameters {
			arn := x.ARN
			if arn == "" {
				arn = t.arn("ssm", region, "parameter/"+strings.TrimPrefix(x.Name, "/"))
			}
			t.resource(Resource{Arn: arn, Type: "AWS::SSM::Parameter", KmsKeyArn: t.keyARN(region, x.KeyId)})
			if x.Tier == "Advanced" { // others cannot be shared
				t.beside(func() {
					pages(ctx, t, region, getParamPolicies, args{"ResourceArn": arn}, x.Name, func(p *policiesPage) {
						for _, one := range p.Policies {
							t.policy(arn, one.Policy)
						}
					})
				})
			}
		}
	})
}

func (t *taker) repositories(ctx context.Context, region string) {
	pages(ctx, t, region, listRepositories, nil, "", func(p *repositoryPage) {
		for _, r := range p.Repositories {
			t.resource(Resource{Arn: r.RepositoryArn, Type: "AWS::ECR::Repository", KmsKeyArn: t.keyARN(region, r.EncryptionConfiguration.KmsKey)})
			t.beside(func() {
				if p, ok := ask[policyTextAnswer](ctx, t, region, getRepository, args{"repositoryName": r.RepositoryName}, r.RepositoryName); ok {
					t.policy(r.RepositoryArn, p.PolicyText)
				}
			})
		}
	})
}

func (t *taker) tags(ctx context.Context, region string) {
	pages(ctx, t, region, listTags, args{"ResourcesPerPage": 100}, "", func(p *tagPage) {
		t.keep(func(*Snapshot) {
			for _, r := range p.ResourceTagMappingList {
				t.tagged[r.ResourceARN] = r.Tags
			}
		})
	})
}

// lastPart is what stands behind the last slash or colon of an ARN.
func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, "/:")+1:] }
