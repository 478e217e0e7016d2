package reach

import (
	"strings"
	"testing"

	"bulkhead/model"
)

// Who gets to a bucket by an access point has what both of their policies let it.
func TestAccessPoints(t *testing.T) {
	bucket, door := arnOf("AWS::S3::Bucket", "data"), "arn:aws:s3:us-east-1:"+testAccount+":accesspoint/door"
	delegated := func(key, value string) string {
		return `{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "*", "Resource": ["` + bucket + `", "` + bucket + `/*"], "Condition": {"StringEquals": {"` + key + `": "` + value + `"}}}`
	}
	toAccount, toDoor := delegated("s3:DataAccessPointAccount", testAccount), delegated("s3:DataAccessPointArn", door)
	lets := func(role, action, on string) string {
		return `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN(role) + `"}, "Action": "` + action + `", "Resource": "` + door + on + `"}`
	}
	read := allow("s3:GetObject", door+"/object/*")
	for _, c := range []struct {
		name, identity, bucket, door, network string
		want                                  string // what the bucket gives, "" for nothing
	}{
		{"both permit", read, toAccount, "", "", "must read"},
		{"the bucket names the access point", read, toDoor, "", "", "must read"},
		{"the bucket leaves it to the Internet's", read, delegated("s3:AccessPointNetworkOrigin", "Internet"), "", "", "must read"},
		{"the bucket leaves it to those of networks", read, delegated("s3:AccessPointNetworkOrigin", "VPC"), "", "", "may read"},
		{"of a network", read, toAccount, "", "vpc-1", "may read"},
		{"the bucket leaves it to another account's", read, delegated("s3:DataAccessPointAccount", "999999999999"), "", "", "may read"},
		{"the bucket says nothing", read, "", "", "", "may read"},
		{"the bucket denies it", read, strings.Replace(toAccount, "Allow", "Deny", 1), "", "", ""},
		{"one's own policies deny the bucket's name", read + ", " + deny("s3:*", bucket+"/*"), toAccount, "", "", "may read"},
		{"one's own policies deny the bucket's name, and it is silent", read + ", " + deny("s3:*", bucket+"/*"), "", "", "", "may read"},
		{"one's own policies and the bucket's deny", read + ", " + deny("s3:*", bucket+"/*"), strings.Replace(toAccount, "Allow", "Deny", 1), "", "", ""},
		{"one's own policies deny the access point", read + ", " + deny("s3:*", door+"/object/*"), toAccount, "", "", ""},
		{"one's own policies deny both names", read + ", " + deny("s3:GetObject", "*"), toAccount, "", "", ""},
		{"by the access point's policy, where one's own deny the bucket's name", deny("s3:*", bucket+"/*"), toAccount, lets("FRole", "s3:PutObject", "/object/*"), "", "may write"},
		{"by the access point's policy alone, where one's own deny the bucket's name", deny("s3:*", bucket+"/*"), "", lets("FRole", "s3:PutObject", "/object/*"), "", ""},
		{"another access point", allow("s3:GetObject", strings.Replace(door, "/door", "/other", 1)+"/object/*"), toAccount, "", "", ""},
		{"nothing of one's own", allow("sqs:ListQueues", "*"), toAccount, "", "", ""},
		{"by the access point's policy", allow("sqs:ListQueues", "*"), toAccount, lets("FRole", "s3:PutObject", "/object/*"), "", "must write"},
		{"by the access point's policy alone", allow("sqs:ListQueues", "*"), "", lets("FRole", "s3:PutObject", "/object/*"), "", ""},
		{"by the access point's policy for another", allow("sqs:ListQueues", "*"), toAccount, lets("GRole", "s3:PutObject", "/object/*"), "", ""},
		{"the access point denies", read, toAccount, strings.Replace(lets("FRole", "s3:*", "/object/*"), "Allow", "Deny", 1), "", ""},
		{"a part", allow("s3:GetObject", door+"/object/jane/*"), toAccount, "", "", "must read part jane/*"},
		{"by the bucket's own name", allow("s3:GetObject", bucket+"/*"), toAccount, "", "", "must read"},
		{"by the bucket's own name, where that takes an access point", allow("s3:GetObject", bucket+"/*"),
			`{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "` + bucket + `/*", "Condition": {"StringNotEquals": {"s3:DataAccessPointAccount": "` + testAccount + `"}}}`, "", "", ""},
		{"both names, where it takes an access point", allow("s3:GetObject", bucket+"/* "+door+"/object/*"),
			`{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "` + bucket + `/*", "Condition": {"StringNotEquals": {"s3:DataAccessPointAccount": "` + testAccount + `"}}}`, "", "", "must read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := build(t)
			f := b.function("F", c.identity)
			b.role("GRole", lambdaTrust)
			data := b.bucket("data")
			if c.bucket != "" {
				data.Policy = document(t, c.bucket)
			}
			x := b.resource("AWS::S3::AccessPoint", "door")
			x.ARN, x.Bucket, x.Network, x.BlockPublicAccess = door, data.ID, c.network, true
			if c.door != "" {
				x.Policy = document(t, c.door)
			}
			a := b.analyse()
			br := breach(t, a, f.ID)
			got := ""
			for _, line := range say(br) {
				if s, ok := strings.CutSuffix(line, " res/data"); ok {
					got = s
				} else if s, part, ok := strings.Cut(line, " res/data part "); ok {
					got = s + " part " + part
				}
			}
			if got != c.want {
				t.Errorf("%q, want %q\n%s", got, c.want, strings.Join(say(br), "\n"))
			}
			for _, from := range []model.ID{"outside/anyone", "role/GRole"} {
				if o := a.Breach(from); o != nil && from != "role/GRole" && len(o.Hits) > 0 {
					t.Errorf("%s: %s", from, strings.Join(say(o), "\n"))
				}
			}
			if got == "" || !strings.Contains(c.name, "access point's policy") {
				return
			}
			for _, h := range br.Hits {
				if h.Target == data.ID {
					layers := map[model.ID]bool{}
					for _, e := range h.Path()[0].Evidence {
						layers[e.Policy] = true
					}
					if !layers[data.ID] || !layers[x.ID] {
						t.Errorf("evidence of %v", layers)
					}
				}
			}
		})
	}
}

// An access point that leads to another bucket after an edit opens that one, and no longer the one before.
func TestAccessPointMoves(t *testing.T) {
	door := "arn:aws:s3:us-east-1:" + testAccount + ":accesspoint/door"
	b := build(t)
	f := b.function("F", allow("s3:GetObject", door+"/object/*"))
	one, two := b.bucket("one"), b.bucket("two")
	x := b.resource("AWS::S3::AccessPoint", "door")
	x.ARN, x.Bucket = door, one.ID
	before := b.analyse()
	moved := *x
	moved.Bucket = two.ID
	d, err := before.Design().With(model.Change{Before: x, After: &moved})
	if err != nil {
		t.Fatal(err)
	}
	for bucket, want := range map[model.ID]int{one.ID: 0, two.ID: 1} {
		if n := strings.Count(strings.Join(say(breach(t, analyse(t, d, before), f.ID)), "\n"), string(bucket)); n != want {
			t.Errorf("%s is reached %d times, want %d", bucket, n, want)
		}
	}
}
