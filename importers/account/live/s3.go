package live

import (
	"cmp"
	"context"
	"strings"
	"sync"
)

type publicAccessBlock struct {
	BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets flag
}

// with is a bucket's block together with its account's: what either blocks is blocked.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
func (p *publicAccessBlock) with(o *publicAccessBlock) *publicAccessBlock {
	if p == nil || o == nil {
		return cmp.Or(p, o)
	}
	return &publicAccessBlock{p.BlockPublicAcls || o.BlockPublicAcls, p.IgnorePublicAcls || o.IgnorePublicAcls, p.BlockPublicPolicy || o.BlockPublicPolicy,
		p.RestrictPublicBuckets || o.RestrictPublicBuckets}
}

// An aclGrant lets somebody else than a bucket's owner at it: a group of AWS's, or another account by its canonical id.
type aclGrant struct{ Grantee, Permission string }

type bucketPage struct {
	Buckets           []bucket `xml:"Buckets>Bucket"`
	ContinuationToken string   `page:"continuation-token"`
}
type bucket struct{ Name, BucketRegion string }
type bucketLocation struct {
	Region string `xml:",chardata"`
}
type bucketAcl struct {
	Owner  string `xml:"Owner>ID"`
	Grants []struct {
		Grantee struct {
			ID  string
			URI string
		}
		Permission string
	} `xml:"AccessControlList>Grant"`
}
type bucketOwnership struct {
	ObjectOwnership []string `xml:"Rule>ObjectOwnership"`
}
type bucketEncryption struct {
	Keys []string `xml:"Rule>ApplyServerSideEncryptionByDefault>KMSMasterKeyID"`
}
type bucketNotifications struct {
	Functions   []notification `xml:"CloudFunctionConfiguration"`
	Queues      []notification `xml:"QueueConfiguration"`
	Topics      []notification `xml:"TopicConfiguration"`
	EventBridge *struct{}      `xml:"EventBridgeConfiguration"`
}
type bucketReplication struct {
	Role  string
	Rules []struct {
		Status, Prefix string
		Filter         struct {
			Prefix string
			Tag    *struct{}
			And    struct {
				Prefix string
				Tags   []struct{} `xml:"Tag"`
			}
		}
		DeleteMarkers string  `xml:"DeleteMarkerReplication>Status"`
		Bucket        someARN `xml:"Destination>Bucket"`
	} `xml:"Rule"`
}
type accessPointPage struct {
	AccessPoints []accessPoint `xml:"AccessPointList>AccessPoint"`
	NextToken    string        `page:"nextToken"`
}
type accessPoint struct {
	Name, Bucket, AccessPointArn string
	VpcID                        string `xml:"VpcConfiguration>VpcId"`
}
type accessPointAnswer struct {
	PublicAccessBlock *publicAccessBlock `xml:"PublicAccessBlockConfiguration"`
}
type notification struct {
	Function string   `xml:"CloudFunction"`
	Queue    string   `xml:"Queue"`
	Topic    string   `xml:"Topic"`
	Events   []string `xml:"Event"`
	Rules    []struct {
		Name, Value string
	} `xml:"Filter>S3Key>FilterRule"`
}

var (
	listBuckets       = op(operation{of: s3Service, name: "ListBuckets", root: "ListAllMyBucketsResult", action: "ListAllMyBuckets", path: "/", reads: "buckets"})
	getBucketLocation = op(operation{of: s3Service, name: "GetBucketLocation", root: "LocationConstraint", path: "/{Bucket}?location=", reads: "where buckets are"})
	getBucketPolicy   = op(operation{of: s3Service, name: "GetBucketPolicy", path: "/{Bucket}?policy=", absent: []string{"NoSuchBucketPolicy"}, reads: "policies of buckets"})
	getBucketBlock    = op(operation{of: s3Service, name: "GetPublicAccessBlock", root: "PublicAccessBlockConfiguration", action: "GetBucketPublicAccessBlock", path: "/{Bucket}?publicAccessBlock=", absent: []string{"NoSuchPublicAccessBlockConfiguration"},
		reads: "what of public access buckets block"})
	getBucketNotifications = op(operation{of: s3Service, name: "GetBucketNotificationConfiguration", root: "NotificationConfiguration", action: "GetBucketNotification", path: "/{Bucket}?notification=", reads: "what buckets' events start"})
	getBucketACL           = op(operation{of: s3Service, name: "GetBucketAcl", root: "AccessControlPolicy", path: "/{Bucket}?acl=", reads: "access control lists of buckets"})
	getBucketOwnership     = op(operation{of: s3Service, name: "GetBucketOwnershipControls", root: "OwnershipControls", path: "/{Bucket}?ownershipControls=", absent: []string{"OwnershipControlsNotFoundError"},
		reads: "whether those lists count"})
	getBucketEncryption = op(operation{of: s3Service, name: "GetBucketEncryption", root: "ServerSideEncryptionConfiguration", action: "GetEncryptionConfiguration", path: "/{Bucket}?encryption=",
		absent: []string{"ServerSideEncryptionConfigurationNotFoundError"}, reads: "keys that encrypt buckets"})
	getBucketReplication = op(operation{of: s3Service, name: "GetBucketReplication", root: "ReplicationConfiguration", action: "GetReplicationConfiguration", path: "/{Bucket}?replication=",
		absent: []string{"ReplicationConfigurationNotFoundError"}, reads: "where buckets' objects are copied"})
	listAccessPoints = op(operation{of: s3ControlService, name: "ListAccessPoints", root: "ListAccessPointsResult", path: "/v20180820/accesspoint", reads: "access points of buckets"})
	getAccessPoint   = op(operation{of: s3ControlService, name: "GetAccessPoint", root: "GetAccessPointResult", path: "/v20180820/accesspoint/{Name}", absent: []string{"NoSuchAccessPoint"},
		reads: "what of public access they block"})
	getAccessPointPolicy = op(operation{of: s3ControlService, name: "GetAccessPointPolicy", root: "GetAccessPointPolicyResult", path: "/v20180820/accesspoint/{Name}/policy",
		absent: []string{"NoSuchAccessPointPolicy", "NoSuchAccessPoint"}, reads: "policies of access points"})
	getAccountBlock = op(operation{of: s3ControlService, name: "GetPublicAccessBlock", root: "PublicAccessBlockConfiguration", action: "GetAccountPublicAccessBlock", path: "/v20180820/configuration/publicAccessBlock",
		absent: []string{"NoSuchPublicAccessBlockConfiguration"}, reads: "what of public access the account blocks"})
)

// storage reads S3: all buckets of the account, in whatever region they are, since what may reach one asks for no region.
func (t *taker) storage(ctx context.Context) {
	block, _ := ask[publicAccessBlock](ctx, t, t.home(), getAccountBlock, args{"x-amz-account-id": t.who.Account}, "")
	for _, region := range t.options.Regions {
		t.beside(func() { t.accessPoints(ctx, region, block) })
	}
	pages(ctx, t, t.home(), listBuckets, args{"max-buckets": 1000}, "", func(p *bucketPage) {
		each(t, p.Buckets, func(b bucket) { t.bucket(ctx, b, block) })
	})
}

func (t *taker) bucket(ctx context.Context, b bucket, accounts *publicAccessBlock) {
	region := b.BucketRegion
	if region == "" {
		region = t.home()
		if l, ok := ask[bucketLocation](ctx, t, region, getBucketLocation, args{"Bucket": b.Name}, b.Name); ok {
			region = map[string]string{"": partitionOf(region).global, "EU": "eu-west-1"}[strings.TrimSpace(l.Region)]
			region = cmp.Or(region, strings.TrimSpace(l.Region))
		}
	}
	in := args{"Bucket": b.Name}
	r := Resource{Arn: "arn:" + partitionOf(region).name + ":s3:::" + b.Name, Type: "AWS::S3::Bucket"}
	var own *publicAccessBlock
	var acl *bucketAcl
	var ownership *bucketOwnership
	var wg sync.WaitGroup
	wg.Go(func() {
		if p, ok := ask[rawPolicy](ctx, t, region, getBucketPolicy, in, b.Name); ok {
			t.policy(r.Arn, p.Policy)
		}
	})
	wg.Go(func() { own, _ = ask[publicAccessBlock](ctx, t, region, getBucketBlock, in, b.Name) })
	wg.Go(func() { acl, _ = ask[bucketAcl](ctx, t, region, getBucketACL, in, b.Name) })
	wg.Go(func() { ownership, _ = ask[bucketOwnership](ctx, t, region, getBucketOwnership, in, b.Name) })
	wg.Go(func() {
		if e, ok := ask[bucketEncryption](ctx, t, region, getBucketEncryption, in, b.Name); ok && len(e.Keys) > 0 {
			r.KmsKeyArn = t.keyARN(region, e.Keys[0])
		}
	})
	wg.Go(func() {
		if n, ok := ask[bucketNotifications](ctx, t, region, getBucketNotifications, in, b.Name); ok {
			r.EventBridge = n.EventBridge != nil
			t.notifications(r.Arn, n)
		}
	})
	wg.Go(func() {
		if c, ok := ask[bucketReplication](ctx, t, region, getBucketReplication, in, b.Name); ok {
			t.replications(r.Arn, c)
		}
	})
	wg.Wait()
	r.PublicAccessBlock = own.with(accounts)
	if acl != nil && (ownership == nil || len(ownership.ObjectOwnership) == 0 || ownership.ObjectOwnership[0] != "BucketOwnerEnforced") {
		for _, g := range acl.Grants {
			if g.Grantee.ID == "" || g.Grantee.ID != acl.Owner {
				r.Acl = append(r.Acl, aclGrant{Grantee: cmp.Or(g.Grantee.URI, g.Grantee.ID), Permission: g.Permission})
			}
		}
	}
	t.resource(r)
}

func (t *taker) notifications(bucket string, n *bucketNotifications) {
	for _, list := range [][]notification{n.Functions, n.Queues, n.Topics} {
		for _, c := range list {
			f := filter{Events: c.Events}
			for _, rule := range c.Rules {
				switch strings.ToLower(rule.Name) {
				case "prefix":
					f.Prefix = rule.Value
				case "suffix":
					f.Suffix = rule.Value
				}
			}
			t.trigger(Trigger{From: bucket, To: cmp.Or(c.Function, c.Queue, c.Topic), Kind: "s3-notification", Filter: f})
		}
	}
}

// replications keeps where a bucket's objects are copied.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketReplication.html
func (t *taker) replications(bucket string, c *bucketReplication) {
	for _, r := range c.Rules {
		f := filter{Prefix: cmp.Or(r.Filter.And.Prefix, r.Filter.Prefix, r.Prefix), Events: []string{"s3:ObjectCreated:*"}, Tagged: r.Filter.Tag != nil || len(r.Filter.And.Tags) > 0}
		if r.DeleteMarkers == "Enabled" {
			f.Events = append(f.Events, "s3:ObjectRemoved:DeleteMarkerCreated")
		}
		x := Trigger{From: bucket, To: string(r.Bucket), Kind: "replication", Role: c.Role, Filter: f}
		if r.Status == "Disabled" {
			x.State = "DISABLED"
		}
		t.trigger(x)
	}
}

// accessPoints reads those of the account in a region. A bucket's access points are in its region; those of other accounts are not
// told to its owner.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListAccessPoints.html
func (t *taker) accessPoints(ctx context.Context, region string, accounts *publicAccessBlock) {
	pages(ctx, t, region, listAccessPoints, args{"x-amz-account-id": t.who.Account}, "", func(p *accessPointPage) {
		each(t, p.AccessPoints, func(x accessPoint) {
			in := args{"x-amz-account-id": t.who.Account, "Name": x.Name}
			r := Resource{Arn: cmp.Or(x.AccessPointArn, t.arn("s3", region, "accesspoint/"+x.Name)), Type: "AWS::S3::AccessPoint", Network: x.VpcID,
				Bucket: "arn:" + partitionOf(region).name + ":s3:::" + x.Bucket}
			t.beside(func() {
				if p, ok := ask[policyAnswer](ctx, t, region, getAccessPointPolicy, in, x.Name); ok {
					t.policy(r.Arn, p.Policy)
				}
			})
			var own *publicAccessBlock
			if a, ok := ask[accessPointAnswer](ctx, t, region, getAccessPoint, in, x.Name); ok {
				own = a.PublicAccessBlock
			}
			r.PublicAccessBlock = own.with(accounts)
			t.resource(r)
		})
	})
}

// keyARN is the ARN of a key by what a service calls it by: its ARN, its id or an alias; "" for AWS's own keys, whose policies let
// in whoever the service lets in.
func (t *taker) keyARN(region, key string) string {
	p := partitionOf(region).name
	switch {
	case key == "" || strings.Contains(key, "alias/aws/"):
		return ""
	case strings.HasPrefix(key, "arn:"):
		return key
	case strings.HasPrefix(key, "alias/"):
		return "arn:" + p + ":kms:" + region + ":" + t.who.Account + ":" + key
	}
	return "arn:" + p + ":kms:" + region + ":" + t.who.Account + ":key/" + key
}
