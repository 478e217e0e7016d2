package command_test

// A turn is a change of words in a source, and what a gate has to say of it: 0 for what is the same or less, 1 for what is more.
// What is more one way is less the other way, and what is the same is so both ways: each is tried both ways.
type turn struct {
	name     string
	want     int
	from, to string // from is in the source once
}

// guinea is put into templates beside what they have, for turns to be about.
const guinea = `
GuineaTable:
  Type: AWS::DynamoDB::Table
  Properties:
    TableName: guinea-table
    AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
    KeySchema: [{AttributeName: id, KeyType: HASH}]
    BillingMode: PAY_PER_REQUEST
    SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt GuineaKey.Arn}
GuineaKey:
  Type: AWS::KMS::Key
  Properties:
    KeyPolicy:
      Version: "2012-10-17"
      Statement:
        - {Sid: Own, Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
        - {Sid: NoGrants, Effect: Deny, Principal: "*", Action: "kms:CreateGrant", Resource: "*"}
GuineaBucket:
  Type: AWS::S3::Bucket
  Properties:
    PublicAccessBlockConfiguration: {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}
GuineaSite:
  Type: AWS::S3::Bucket
  Properties:
    Tags: [{Key: for, Value: site}]
GuineaSitePolicy:
  Type: AWS::S3::BucketPolicy
  Properties:
    Bucket: !Ref GuineaSite
    PolicyDocument:
      Version: "2012-10-17"
      Statement:
        - {Sid: Partner, Effect: Allow, Principal: {AWS: "arn:aws:iam::999988887777:role/partner"}, Action: "s3:GetObject", Resource: !Sub "${GuineaSite.Arn}/public/*", Condition: {StringEquals: {"aws:SourceVpce": vpce-1}}}
        - {Sid: Tls, Effect: Deny, Principal: "*", Action: "s3:*", Resource: [!GetAtt GuineaSite.Arn, !Sub "${GuineaSite.Arn}/*"], Condition: {Bool: {"aws:SecureTransport": "false"}}}
GuineaQueue:
  Type: AWS::SQS::Queue
GuineaJobs:
  Type: AWS::SQS::Queue
GuineaQueuePolicy:
  Type: AWS::SQS::QueuePolicy
  Properties:
    Queues: [!Ref GuineaQueue]
    PolicyDocument:
      Version: "2012-10-17"
      Statement:
        - {Sid: Topic, Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:SendMessage", Resource: !GetAtt GuineaQueue.Arn, Condition: {ArnEquals: {"aws:SourceArn": !Ref GuineaTopic}}}
GuineaTopic:
  Type: AWS::SNS::Topic
GuineaTopicPolicy:
  Type: AWS::SNS::TopicPolicy
  Properties:
    Topics: [!Ref GuineaTopic]
    PolicyDocument:
      Version: "2012-10-17"
      Statement:
        - {Sid: Ours, Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "sns:Publish", Resource: !Ref GuineaTopic}
GuineaSubscription:
  Type: AWS::SNS::Subscription
  Properties: {Protocol: sqs, TopicArn: !Ref GuineaTopic, Endpoint: !GetAtt GuineaQueue.Arn}
GuineaWall:
  Type: AWS::IAM::ManagedPolicy
  Properties:
    PolicyDocument:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Action: ["dynamodb:*", "s3:*", "sqs:*", "sns:*", "logs:*", "kms:*"], Resource: "*"}
GuineaRole:
  Type: AWS::IAM::Role
  Properties:
    RoleName: guinea-role
    AssumeRolePolicyDocument:
      Version: "2012-10-17"
      Statement:
        - {Sid: Lambda, Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
        - {Sid: Deployers, Effect: Allow, Principal: {AWS: "arn:aws:iam::999988887777:role/deployer"}, Action: "sts:AssumeRole", Condition: {StringEquals: {"sts:ExternalId": guinea}}}
    PermissionsBoundary: !Ref GuineaWall
    Policies:
      - PolicyName: data
        PolicyDocument:
          Version: "2012-10-17"
          Statement:
            - {Sid: Table, Effect: Allow, Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: !GetAtt GuineaTable.Arn, Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}}
            - {Sid: Scan, Effect: Allow, Action: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetShardIterator"], Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/archive"}
            - {Sid: Objects, Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"}
            - {Sid: Most, Effect: Allow, NotAction: ["sqs:DeleteQueue", "sqs:PurgeQueue"], Resource: !GetAtt GuineaJobs.Arn}
            - {Sid: Others, Effect: Allow, Action: "sns:Publish", NotResource: [!Ref GuineaTopic, "arn:aws:sns:*:*:prod-*"]}
            - {Sid: Never, Effect: Deny, Action: ["s3:DeleteObject", "s3:PutObject"], Resource: "*"}
GuineaFunction:
  Type: AWS::Lambda::Function
  Properties:
    FunctionName: guinea
    Runtime: python3.12
    Handler: guinea.handler
    Code: {ZipFile: x}
    Role: !GetAtt GuineaRole.Arn
GuineaPermission:
  Type: AWS::Lambda::Permission
  Properties: {Action: "lambda:InvokeFunction", FunctionName: !Ref GuineaFunction, Principal: sns.amazonaws.com, SourceArn: !Ref GuineaTopic}
GuineaCallRole:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]}
    Policies: [{PolicyName: send, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}]
GuineaCall:
  Type: AWS::Lambda::Function
  Properties: {Runtime: python3.12, Handler: call.handler, Code: {ZipFile: x}, Role: !GetAtt GuineaCallRole.Arn}
GuineaGroup:
  Type: AWS::IAM::Group
GuineaUser:
  Type: AWS::IAM::User
  Properties:
    UserName: guinea-user
    Groups: [!Ref GuineaGroup]
    Policies: [{PolicyName: own, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:ReceiveMessage", Resource: !GetAtt GuineaJobs.Arn}]}}]
`

// last is a line of guinea behind which resources are added.
const last = "GuineaGroup:\n  Type: AWS::IAM::Group\n"

// oneWay are turns whose other way is another question: what is less in one thing is more in another.
var oneWay = map[string]bool{"another key of a condition": true, "a function with another's role": true, "the role of the service": true, "another boundary that was not seen": true}

var turns = []turn{
	// The same in other words.
	{"an action that a wildcard of it covers", 0, `["dynamodb:GetItem", "dynamodb:PutItem"]`, `["dynamodb:GetItem", "dynamodb:GetIt?m", "dynamodb:PutItem"]`},
	{"a list as the wildcard that stands for it", 0, `["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]`, `["dynamodb:BatchGetItem", "dynamodb:GetRec*", "dynamodb:GetShard*", "dynamodb:GetItem"]`},
	{"joined instead of substituted", 0, `Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"`, `Action: "s3:GetObject", Resource: !Join ["", [!GetAtt GuineaBucket.Arn, "/public/*"]]`},
	{"an ARN written out", 0, `Resource: !GetAtt GuineaTable.Arn, Condition`, `Resource: !Sub "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/guinea-table", Condition`},
	{"one in a list", 0, `Action: "s3:GetObject", Resource: !Sub "${GuineaBucket`, `Action: ["s3:GetObject"], Resource: !Sub "${GuineaBucket`},
	{"one statement as two", 0, `Sid: Never, Effect: Deny, Action: ["s3:DeleteObject", "s3:PutObject"], Resource: "*"}`, `Sid: Never, Effect: Deny, Action: "s3:DeleteObject", Resource: "*"}
            - {Effect: Deny, Action: "s3:PutObject", Resource: "*"}`},
	{"a grant as two", 0, `- {Sid: Table, Effect: Allow, Action: ["dynamodb:GetItem", "dynamodb:PutItem"], Resource: !GetAtt GuineaTable.Arn, Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}}`,
		`- {Effect: Allow, Action: "dynamodb:PutItem", Resource: !GetAtt GuineaTable.Arn, Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}}
            - {Effect: Allow, Action: "dynamodb:GetItem", Resource: !GetAtt GuineaTable.Arn, Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}}`},
	{"a statement twice", 0, `- {Sid: Objects,`, `- {Sid: ObjectsToo, Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"}
            - {Sid: Objects,`},
	{"in a policy of its own", 0, `            - {Sid: Objects, Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"}
            - {Sid: Most, Effect: Allow, NotAction: ["sqs:DeleteQueue", "sqs:PurgeQueue"], Resource: !GetAtt GuineaJobs.Arn}
`, `            - {Sid: Most, Effect: Allow, NotAction: ["sqs:DeleteQueue", "sqs:PurgeQueue"], Resource: !GetAtt GuineaJobs.Arn}
      - PolicyName: objects
        PolicyDocument:
          Version: "2012-10-17"
          Statement:
            - {Sid: Objects, Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"}
`},
	{"in a resource of its own", 0, `    Policies: [{PolicyName: send, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}]
`, `GuineaSend:
  Type: AWS::IAM::Policy
  Properties: {PolicyName: send, Roles: [!Ref GuineaCallRole], PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}
`},
	{"in a managed policy that the role has", 0, `    Policies: [{PolicyName: send, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}]
`, `    ManagedPolicyArns: [!Ref GuineaSend]
GuineaSend:
  Type: AWS::IAM::ManagedPolicy
  Properties: {PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}
`},
	{"in a managed policy that names the role", 0, `    Policies: [{PolicyName: send, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}]
`, `GuineaSend:
  Type: AWS::IAM::ManagedPolicy
  Properties: {Roles: [!Ref GuineaCallRole], PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}
`},
	{"the user's own policy as the group's", 0, `GuineaGroup:
  Type: AWS::IAM::Group
GuineaUser:
  Type: AWS::IAM::User
  Properties:
    UserName: guinea-user
    Groups: [!Ref GuineaGroup]
    Policies: [{`, `GuineaUser:
  Type: AWS::IAM::User
  Properties:
    UserName: guinea-user
    Groups: [!Ref GuineaGroup]
GuineaGroup:
  Type: AWS::IAM::Group
  Properties:
    Policies: [{`},
	{"principals in another form", 0, `Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "sns:Publish"`, `Principal: {AWS: !Ref "AWS::AccountId"}, Action: "sns:Publish"`},
	{"anybody in another form", 0, `Sid: NoGrants, Effect: Deny, Principal: "*"`, `Sid: NoGrants, Effect: Deny, Principal: {AWS: "*"}`},
	{"a description", 0, "  Type: AWS::SQS::Queue\nGuineaJobs:", "  Type: AWS::SQS::Queue\n  Metadata: {why: jobs}\n  Properties: {VisibilityTimeout: 300, Tags: [{Key: team, Value: a}]}\nGuineaJobs:"},
	{"a policy's name", 0, "PolicyName: data", "PolicyName: what-it-needs"},
	{"a handler", 0, "Handler: guinea.handler", "Handler: src.guinea.handler"},
	{"a boundary in the words of another document", 0, `Action: ["dynamodb:*", "s3:*", "sqs:*", "sns:*", "logs:*", "kms:*"], Resource: "*"}`, `Action: ["s3:*", "dynamodb:*"], Resource: "*"}
        - {Effect: Allow, Action: ["sqs:*", "sns:*", "logs:*", "kms:*"], Resource: ["*"]}`},
	{"a function with nothing to do", 0, last, last + "GuineaIdleRole: {Type: \"AWS::IAM::Role\", Properties: {AssumeRolePolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: \"sts:AssumeRole\"}]}}}\nGuineaIdle: {Type: \"AWS::Lambda::Function\", Properties: {Runtime: python3.12, Handler: a.b, Code: {ZipFile: x}, Role: !GetAtt GuineaIdleRole.Arn}}\n"},
	{"dry things", 0, last, last + "GuineaDry: {Type: \"AWS::DynamoDB::Table\", Properties: {AttributeDefinitions: [{AttributeName: id, AttributeType: S}], KeySchema: [{AttributeName: id, KeyType: HASH}], BillingMode: PAY_PER_REQUEST}}\nGuineaAlarm: {Type: \"AWS::CloudWatch::Alarm\", Properties: {EvaluationPeriods: 1, ComparisonOperator: GreaterThanThreshold}}\n"},
	{"a trigger of a topic for the queue", 0, `Condition: {ArnEquals: {"aws:SourceArn": !Ref GuineaTopic}}}`, `Condition: {ArnLike: {"aws:SourceArn": !Ref GuineaTopic}}}`},
	{"what is denied already", 0, `- {Sid: Never,`, `- {Sid: NeverEver, Effect: Deny, Action: "s3:DeleteObject", Resource: "arn:aws:s3:::secrets/*"}
            - {Sid: Never,`},
	{"a permission twice", 0, last, last + "GuineaPermissionToo: {Type: \"AWS::Lambda::Permission\", Properties: {Action: \"lambda:InvokeFunction\", FunctionName: !Ref GuineaFunction, Principal: sns.amazonaws.com, SourceArn: !Ref GuineaTopic}}\n"},

	{"the partner's account in another form", 0, `Principal: {AWS: "arn:aws:iam::999988887777:role/partner"}`, `Principal: {AWS: ["arn:aws:iam::999988887777:role/partner"]}`},

	// More: statements.
	{"an action", 1, `["dynamodb:GetItem", "dynamodb:PutItem"]`, `["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]`},
	{"all actions of the service", 1, `["dynamodb:GetItem", "dynamodb:PutItem"]`, `"dynamodb:*"`},
	{"a wildcard with one action more than the list", 1, `["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]`, `["dynamodb:BatchGetItem", "dynamodb:Get*"]`},
	{"every resource", 1, `Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"`, `Action: "s3:GetObject", Resource: "*"`},
	{"a longer prefix", 1, `Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"`, `Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/p*"`},
	{"another resource", 1, `Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/archive"`, `Resource: ["arn:aws:dynamodb:us-east-1:123456789012:table/archive", "arn:aws:dynamodb:us-east-1:123456789012:table/ledger"]`},
	{"any region", 1, `Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/archive"`, `Resource: "arn:aws:dynamodb:*:123456789012:table/archive"`},
	{"no condition", 1, `Resource: !GetAtt GuineaTable.Arn, Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}`, `Resource: !GetAtt GuineaTable.Arn`},
	{"a condition that anything meets", 1, `Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}`, `Condition: {StringLike: {"aws:SourceVpc": "*"}}`},
	{"a condition on a key that may lack", 1, `Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}`, `Condition: {StringEqualsIfExists: {"aws:SourceVpc": vpc-1}}`},
	{"another value of a condition", 1, `Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}`, `Condition: {StringEquals: {"aws:SourceVpc": [vpc-1, vpc-2]}}`},
	{"another key of a condition", 1, `Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}`, `Condition: {StringEquals: {"aws:SourceVpce": vpce-1}}`},
	{"all but fewer actions", 1, `NotAction: ["sqs:DeleteQueue", "sqs:PurgeQueue"]`, `NotAction: "sqs:DeleteQueue"`},
	{"all but an action instead of one", 1, `Action: "s3:GetObject", Resource: !Sub "${GuineaBucket`, `NotAction: "s3:DeleteBucket", Resource: !Sub "${GuineaBucket`},
	{"all but fewer resources", 1, `NotResource: [!Ref GuineaTopic, "arn:aws:sns:*:*:prod-*"]`, `NotResource: !Ref GuineaTopic`},
	{"all but a resource instead of one", 1, `Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"`, `Action: "s3:GetObject", NotResource: "arn:aws:s3:::secrets/*"`},
	{"no denial", 1, "            - {Sid: Never, Effect: Deny, Action: [\"s3:DeleteObject\", \"s3:PutObject\"], Resource: \"*\"}\n", ""},
	{"a denial of less actions", 1, `Effect: Deny, Action: ["s3:DeleteObject", "s3:PutObject"]`, `Effect: Deny, Action: "s3:PutObject"`},
	{"a denial on fewer resources", 1, `Effect: Deny, Action: ["s3:DeleteObject", "s3:PutObject"], Resource: "*"`, `Effect: Deny, Action: ["s3:DeleteObject", "s3:PutObject"], Resource: "arn:aws:s3:::archive/*"`},
	{"a denial on a condition", 1, `Effect: Deny, Action: ["s3:DeleteObject", "s3:PutObject"], Resource: "*"`, `Effect: Deny, Action: ["s3:DeleteObject", "s3:PutObject"], Resource: "*", Condition: {BoolIfExists: {"aws:MultiFactorAuthPresent": "false"}}`},
	{"a denial as a grant", 1, `Sid: Never, Effect: Deny`, `Sid: Never, Effect: Allow`},
	{"a policy of AWS's", 1, "    PermissionsBoundary: !Ref GuineaWall\n", "    PermissionsBoundary: !Ref GuineaWall\n    ManagedPolicyArns: [\"arn:aws:iam::aws:policy/AmazonSQSFullAccess\"]\n"},
	{"a policy of another's", 1, "    PermissionsBoundary: !Ref GuineaWall\n", "    PermissionsBoundary: !Ref GuineaWall\n    ManagedPolicyArns: [\"arn:aws:iam::123456789012:policy/team\"]\n"},
	{"a policy attached elsewhere", 1, last, last + "GuineaMore: {Type: \"AWS::IAM::Policy\", Properties: {PolicyName: more, Roles: [!Ref GuineaCallRole], PolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \"sqs:DeleteQueue\", Resource: !GetAtt GuineaJobs.Arn}]}}}\n"},
	{"a policy that names another role", 1, last, last + "GuineaMore: {Type: \"AWS::IAM::ManagedPolicy\", Properties: {Roles: [!Ref GuineaCallRole], PolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \"iam:PassRole\", Resource: \"*\"}]}}}\n"},
	{"a group may", 1, last, last + "  Properties: {Policies: [{PolicyName: more, PolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \"sqs:DeleteQueue\", Resource: !GetAtt GuineaJobs.Arn}]}}]}\n"},
	{"a user in a group that may", 1, "    Groups: [!Ref GuineaGroup]\n", "    Groups: [!Ref GuineaGroup]\n    ManagedPolicyArns: [\"arn:aws:iam::aws:policy/AmazonSQSFullAccess\"]\n"},
	{"a secret of the design", 1, `{Sid: Objects, Effect: Allow, Action: "s3:GetObject", Resource: !Sub "${GuineaBucket.Arn}/public/*"}`, `{Sid: Objects, Effect: Allow, Action: "s3:GetObject", Resource: [!Sub "${GuineaBucket.Arn}/public/*", !Sub "${GuineaSite.Arn}/*"]}`},

	// More: boundaries.
	{"no boundary", 1, "    PermissionsBoundary: !Ref GuineaWall\n", ""},
	{"a wider boundary", 1, `Action: ["dynamodb:*", "s3:*", "sqs:*", "sns:*", "logs:*", "kms:*"]`, `Action: ["dynamodb:*", "s3:*", "sqs:*", "sns:*", "logs:*", "kms:*", "iam:*"]`},
	{"a boundary of all", 1, `Action: ["dynamodb:*", "s3:*", "sqs:*", "sns:*", "logs:*", "kms:*"]`, `Action: "*"`},
	{"another boundary", 1, "    PermissionsBoundary: !Ref GuineaWall\n", "    PermissionsBoundary: \"arn:aws:iam::aws:policy/PowerUserAccess\"\n"},

	// More: whom a role trusts.
	{"trust of anybody", 1, `Principal: {AWS: "arn:aws:iam::999988887777:role/deployer"}`, `Principal: "*"`},
	{"trust of the whole account", 1, `Principal: {AWS: "arn:aws:iam::999988887777:role/deployer"}`, `Principal: {AWS: "999988887777"}`},
	{"trust of another account", 1, `Principal: {AWS: "arn:aws:iam::999988887777:role/deployer"}`, `Principal: {AWS: ["arn:aws:iam::999988887777:role/deployer", "arn:aws:iam::111122223333:role/deployer"]}`},
	{"trust without a condition", 1, `Action: "sts:AssumeRole", Condition: {StringEquals: {"sts:ExternalId": guinea}}`, `Action: "sts:AssumeRole"`},
	{"trust on a condition that anything meets", 1, `Condition: {StringEquals: {"sts:ExternalId": guinea}}`, `Condition: {StringLike: {"sts:ExternalId": "*"}}`},
	{"trust of another service", 1, `{Sid: Lambda, Effect: Allow, Principal: {Service: lambda.amazonaws.com}`, `{Sid: Lambda, Effect: Allow, Principal: {Service: [lambda.amazonaws.com, ec2.amazonaws.com]}`},
	{"trust of another service for the account", 1, `        - {Sid: Deployers,`, `        - {Effect: Allow, Principal: {Service: scheduler.amazonaws.com}, Action: "sts:AssumeRole", Condition: {StringEquals: {"aws:SourceAccount": !Ref "AWS::AccountId"}}}
        - {Sid: Deployers,`},
	{"trust of a provider of identities", 1, `        - {Sid: Deployers,`, `        - {Effect: Allow, Principal: {Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, Action: "sts:AssumeRoleWithWebIdentity", Condition: {StringLike: {"token.actions.githubusercontent.com:sub": "repo:a/b:*"}}}
        - {Sid: Deployers,`},
	{"trust of all but one", 1, `Principal: {AWS: "arn:aws:iam::999988887777:role/deployer"}`, `NotPrincipal: {AWS: "arn:aws:iam::111122223333:root"}`},
	{"tags of sessions", 1, `Principal: {AWS: "arn:aws:iam::999988887777:role/deployer"}, Action: "sts:AssumeRole"`, `Principal: {AWS: "arn:aws:iam::999988887777:role/deployer"}, Action: ["sts:AssumeRole", "sts:TagSession"]`},

	// More: policies of resources.
	{"a bucket for anybody", 1, `Principal: {AWS: "arn:aws:iam::999988887777:role/partner"}`, `Principal: "*"`},
	{"a bucket for the whole account", 1, `Principal: {AWS: "arn:aws:iam::999988887777:role/partner"}`, `Principal: {AWS: "999988887777"}`},
	{"more of a bucket", 1, `Action: "s3:GetObject", Resource: !Sub "${GuineaSite.Arn}/public/*"`, `Action: "s3:GetObject", Resource: !Sub "${GuineaSite.Arn}/*"`},
	{"more to do with a bucket", 1, `Action: "s3:GetObject", Resource: !Sub "${GuineaSite.Arn}/public/*"`, `Action: ["s3:GetObject", "s3:PutObject"], Resource: !Sub "${GuineaSite.Arn}/public/*"`},
	{"a bucket without a condition", 1, `, Condition: {StringEquals: {"aws:SourceVpce": vpce-1}}`, ``},
	{"a bucket without a denial", 1, "        - {Sid: Tls, Effect: Deny, Principal: \"*\", Action: \"s3:*\", Resource: [!GetAtt GuineaSite.Arn, !Sub \"${GuineaSite.Arn}/*\"], Condition: {Bool: {\"aws:SecureTransport\": \"false\"}}}\n", ""},
	{"a bucket that denies a few", 1, `{Sid: Tls, Effect: Deny, Principal: "*"`, `{Sid: Tls, Effect: Deny, Principal: {AWS: "arn:aws:iam::999988887777:root"}`},
	{"a bucket that a distribution reads", 1, `        - {Sid: Tls,`, `        - {Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: "s3:GetObject", Resource: !Sub "${GuineaSite.Arn}/*", Condition: {StringEquals: {"aws:SourceArn": !Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/E1"}}}
        - {Sid: Tls,`},
	{"a bucket that logs of another account go to", 1, `        - {Sid: Tls,`, `        - {Effect: Allow, Principal: {Service: logging.s3.amazonaws.com}, Action: "s3:PutObject", Resource: !Sub "${GuineaSite.Arn}/*", Condition: {StringEquals: {"aws:SourceAccount": "999988887777"}}}
        - {Sid: Tls,`},
	{"public access", 1, `{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}`, `{BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false}`},
	{"public access by policies", 1, `BlockPublicPolicy: true, RestrictPublicBuckets: true`, `BlockPublicPolicy: true, RestrictPublicBuckets: false`},
	{"a queue for an account", 1, `        - {Sid: Topic,`, `        - {Effect: Allow, Principal: {AWS: "999988887777"}, Action: "sqs:SendMessage", Resource: !GetAtt GuineaQueue.Arn}
        - {Sid: Topic,`},
	{"a queue that a service does more to", 1, `Principal: {Service: sns.amazonaws.com}, Action: "sqs:SendMessage"`, `Principal: {Service: sns.amazonaws.com}, Action: "sqs:*"`},
	{"a queue for any topic", 1, `, Condition: {ArnEquals: {"aws:SourceArn": !Ref GuineaTopic}}`, ``},
	{"a queue for all topics of the account", 1, `Condition: {ArnEquals: {"aws:SourceArn": !Ref GuineaTopic}}`, `Condition: {ArnLike: {"aws:SourceArn": !Sub "arn:aws:sns:*:${AWS::AccountId}:*"}}`},
	{"a queue for topics of the account", 1, `Condition: {ArnEquals: {"aws:SourceArn": !Ref GuineaTopic}}`, `Condition: {StringEquals: {"aws:SourceAccount": !Ref "AWS::AccountId"}}`},
	{"a queue for another's topic", 1, `Condition: {ArnEquals: {"aws:SourceArn": !Ref GuineaTopic}}`, `Condition: {ArnEquals: {"aws:SourceArn": [!Ref GuineaTopic, "arn:aws:sns:us-east-1:999988887777:theirs"]}}`},
	{"a topic for anybody", 1, `Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "sns:Publish"`, `Principal: "*", Action: "sns:Publish"`},
	{"more to do with a topic", 1, `Action: "sns:Publish", Resource: !Ref GuineaTopic`, `Action: ["sns:Publish", "sns:Subscribe"], Resource: !Ref GuineaTopic`},
	{"a key for an account", 1, `        - {Sid: NoGrants,`, `        - {Effect: Allow, Principal: {AWS: "999988887777"}, Action: "kms:Decrypt", Resource: "*"}
        - {Sid: NoGrants,`},
	{"a key without a denial", 1, "        - {Sid: NoGrants, Effect: Deny, Principal: \"*\", Action: \"kms:CreateGrant\", Resource: \"*\"}\n", ""},
	{"no key", 1, "    SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt GuineaKey.Arn}\n", ""},

	// More: functions and what starts them.
	{"a permission for more", 1, `{Action: "lambda:InvokeFunction", FunctionName: !Ref GuineaFunction, Principal: sns.amazonaws.com`, `{Action: "lambda:*", FunctionName: !Ref GuineaFunction, Principal: sns.amazonaws.com`},
	{"a permission for any topic", 1, `Principal: sns.amazonaws.com, SourceArn: !Ref GuineaTopic}`, `Principal: sns.amazonaws.com}`},
	{"a permission for topics of the account", 1, `Principal: sns.amazonaws.com, SourceArn: !Ref GuineaTopic}`, `Principal: sns.amazonaws.com, SourceAccount: !Ref "AWS::AccountId"}`},
	{"a permission for topics of a name", 1, `Principal: sns.amazonaws.com, SourceArn: !Ref GuineaTopic}`, `Principal: sns.amazonaws.com, SourceArn: !Sub "arn:aws:sns:us-east-1:${AWS::AccountId}:*"}`},
	{"a permission for another's topic", 1, last, last + "GuineaPermissionToo: {Type: \"AWS::Lambda::Permission\", Properties: {Action: \"lambda:InvokeFunction\", FunctionName: !Ref GuineaFunction, Principal: sns.amazonaws.com, SourceArn: \"arn:aws:sns:us-east-1:999988887777:theirs\"}}\n"},
	{"a permission for anybody's bucket", 1, last, last + "GuineaPermissionToo: {Type: \"AWS::Lambda::Permission\", Properties: {Action: \"lambda:InvokeFunction\", FunctionName: !Ref GuineaFunction, Principal: s3.amazonaws.com}}\n"},
	{"a permission for anybody", 1, last, last + "GuineaPermissionToo: {Type: \"AWS::Lambda::Permission\", Properties: {Action: \"lambda:InvokeFunction\", FunctionName: !Ref GuineaFunction, Principal: \"*\"}}\n"},
	{"a public address", 1, last, last + "GuineaUrl: {Type: \"AWS::Lambda::Url\", Properties: {AuthType: NONE, TargetFunctionArn: !GetAtt GuineaFunction.Arn}}\nGuineaUrlPermission: {Type: \"AWS::Lambda::Permission\", Properties: {Action: \"lambda:InvokeFunctionUrl\", FunctionUrlAuthType: NONE, FunctionName: !Ref GuineaFunction, Principal: \"*\"}}\nGuineaUrlPermissionToo: {Type: \"AWS::Lambda::Permission\", Properties: {Action: \"lambda:InvokeFunction\", InvokedViaFunctionUrl: true, FunctionName: !Ref GuineaFunction, Principal: \"*\"}}\n"},
	{"a queue that feeds", 1, last, last + "GuineaPoll: {Type: \"AWS::Lambda::EventSourceMapping\", Properties: {EventSourceArn: !GetAtt GuineaJobs.Arn, FunctionName: !Ref GuineaFunction}}\n"},
	{"a function with another's role", 1, `Code: {ZipFile: x}, Role: !GetAtt GuineaCallRole.Arn`, `Code: {ZipFile: x}, Role: !GetAtt GuineaRole.Arn`},
	{"two functions in one", 1, `    Policies: [{PolicyName: send, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}]}}]
`, `    Policies: [{PolicyName: send, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sqs:SendMessage", Resource: !GetAtt GuineaJobs.Arn}, {Effect: Allow, Action: "dynamodb:GetItem", Resource: !GetAtt GuineaTable.Arn, Condition: {StringEquals: {"aws:SourceVpc": vpc-1}}}]}}]
`},
	{"a role that anybody takes", 1, last, last + "GuineaOpen: {Type: \"AWS::IAM::Role\", Properties: {AssumeRolePolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Principal: {AWS: \"*\"}, Action: \"sts:AssumeRole\"}]}, Policies: [{PolicyName: p, PolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \"dynamodb:GetItem\", Resource: !GetAtt GuineaTable.Arn}]}}]}}\n"},
	{"a new user who may", 1, last, last + "GuineaNewcomer: {Type: \"AWS::IAM::User\", Properties: {Policies: [{PolicyName: p, PolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Action: \"sqs:DeleteQueue\", Resource: !GetAtt GuineaJobs.Arn}]}}]}}\n"},
}
