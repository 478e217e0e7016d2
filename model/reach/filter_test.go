package reach

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/event"
)

// A filtered design is a writer, a function that is fed, and what lies between.
type filtered struct {
	*builder
	writer, fed *model.Function
}

func filter(t *testing.T, statements string) *filtered {
	b := build(t)
	return &filtered{b, b.function("Writer", statements), b.function("Fed")}
}

// fed is the step by which the writer feeds the function, in words: "must", "may", with what is let through and why it
// is perhaps; "" where it does not.
func (b *filtered) says() string {
	b.t.Helper()
	a := b.analyse()
	for _, h := range breach(b.t, a, "fn/Writer").Hits {
		if h.Target != "fn/Fed" {
			continue
		}
		s := h.Path()[len(h.Path())-1]
		if s.Kind != Feeds || len(s.Evidence) == 0 || len(s.Actions) == 0 {
			b.t.Errorf("fed by %+v", s)
		}
		if want := cmp.Or(" (only "+s.Only+")", ""); s.Only != "" && !strings.Contains(s.Sentence(a.Design()), want) {
			b.t.Errorf("%q does not say %q", s.Sentence(a.Design()), want)
		}
		out := s.Certainty.String()
		for _, x := range []string{s.Only, s.Note} {
			if x != "" {
				out += "; " + x
			}
		}
		return out
	}
	return ""
}

func conditional(action, resource, condition string) string {
	return strings.TrimSuffix(allow(action, resource), "}") + `, "Condition": {` + condition + `}}`
}

// Notifications of a bucket: what a writer may put against prefix and suffix.
func TestFilterOfKeys(t *testing.T) {
	const data = "arn:aws:s3:::data"
	for _, c := range []struct{ grant, prefix, suffix, want string }{
		{allow("s3:PutObject", data+"/*"), "", "", "must"},
		{allow("s3:PutObject", data+"/*"), "in/", ".jpg", "must; objects in/*.jpg"},
		{allow("s3:PutObject", data+"/uploads/*"), "in/", "", ""},
		{allow("s3:PutObject", data+"/uploads/*"), "uploads/", ".jpg", "must; objects uploads/*.jpg"},
		{allow("s3:PutObject", data+"/up*"), "uploads/", "", "must; objects uploads/*"},
		{allow("s3:PutObject", data+"/*.png"), "", ".jpg", ""},
		{allow("s3:PutObject", data+"/*.png"), "in/", "", "must; objects in/*"},
		{allow("s3:PutObject", data+"/in/a.jpg"), "in/a", "a.jpg", "must; objects in/a*a.jpg"}, // the two share a character
		{allow("s3:PutObject", data+"/in/a.jpg") + "," + deny("s3:PutObject", data+"/in/*"), "in/", "", ""},
		{allow("s3:PutObject", data+"/*") + "," + deny("s3:PutObject", data+"/in/*"), "in/", "", ""},
		{allow("s3:PutObject", data+"/*") + "," + deny("s3:PutObject", data+"/in/old/*"), "in/", "", "must; objects in/*"},
		{allow("s3:GetObject", data+"/*"), "in/", "", ""},
		{allow("s3:PutObject", data+"/${aws:PrincipalTag/team}/*"), "in/", "", "may; objects in/*"},
	} {
		b := filter(t, c.grant)
		tr := b.trigger(b.bucket("data").ID, b.fed.ID, "s3-notification")
		tr.Filter = model.Filter{Prefix: c.prefix, Suffix: c.suffix}
		if got := b.says(); got != c.want {
			t.Errorf("%s, %s*%s: %q, not %q", c.grant, c.prefix, c.suffix, got, c.want)
		}
	}
}

// What encrypts a bucket keeps a writer without the key from it, whatever the filter lets pass.
func TestFilterBehindKey(t *testing.T) {
	b := filter(t, allow("s3:PutObject", "arn:aws:s3:::data/*"))
	bucket := b.bucket("data")
	bucket.Key = b.resource("AWS::KMS::Key", "k").ID
	b.trigger(bucket.ID, b.fed.ID, "s3-notification").Filter = model.Filter{Prefix: "in/"}
	if got := b.says(); got != "" {
		t.Errorf("fed without the key: %q", got)
	}
}

// Events of a bucket by way of EventBridge.
func TestFilterOfBucketEvents(t *testing.T) {
	const data = "arn:aws:s3:::data"
	for _, c := range []struct{ grant, detail, want string }{
		{allow("s3:PutObject", data+"/*"), ``, "must"},
		{allow("s3:PutObject", data+"/*"), `, "detail": {"bucket": {"name": ["data"]}, "object": {"key": [{"prefix": "in/"}]}}`, "must; objects whose key begins with in/"},
		{allow("s3:PutObject", data+"/*"), `, "detail": {"bucket": {"name": ["other"]}}`, ""},
		{allow("s3:PutObject", data+"/uploads/*"), `, "detail": {"object": {"key": [{"prefix": "in/"}]}}`, ""},
		{allow("s3:PutObject", data+"/uploads/*"), `, "detail": {"object": {"key": [{"prefix": "in/"}, {"wildcard": "*/a/*"}]}}`, "must; objects whose key begins with in/ or is like */a/*"},
		{allow("s3:PutObject", data+"/uploads/*"), `, "detail": {"object": {"key": [{"anything-but": {"prefix": "uploads/"}}]}}`, ""},
		{allow("s3:DeleteObject", data+"/*"), ``, ""},
		{allow("s3:PutObject", data+"/*"), `, "account": ["999999999999"]`, ""},
		{allow("s3:PutObject", data+"/*"), `, "detail": {"object": {"size": [{"numeric": [">", 9, "<", 5]}]}}`, ""},
	} {
		b := filter(t, c.grant)
		tr := b.trigger(b.bucket("data").ID, b.fed.ID, "event-rule")
		tr.Filter = model.Filter{Events: []string{"s3:ObjectCreated:*"}, Pattern: `{"source": ["aws.s3"], "detail-type": ["Object Created"]` + c.detail + `}`}
		if got := b.says(); got != c.want {
			t.Errorf("%s, %s: %q, not %q", c.grant, c.detail, got, c.want)
		}
	}
}

// A rule on a bus of another stack is fed by whoever may put events on that bus, and by nobody else.
func TestRuleOnUnseenBus(t *testing.T) {
	const own = "arn:aws:events:us-east-1:" + testAccount + ":event-bus/"
	for _, c := range []struct{ grant, bus, want string }{
		{own + "orders", own + "orders", "must; events whose source is shop"},
		{"*", own + "orders", "must; events whose source is shop"},
		{own + "default", own + "orders", ""},
		{own + "orders", "", ""},
		{own + "default", "", "must; events whose source is shop"},
		{own + "orders", own + "${OrdersBus}", "may; events whose source is shop"},
		{"*", "arn:aws:events:us-east-1:999999999999:event-bus/orders", "may; events whose source is shop"},
	} {
		b := filter(t, allow("events:PutEvents", c.grant))
		tr := b.trigger("", b.fed.ID, "event-rule")
		tr.Bus, tr.Filter.Pattern = c.bus, `{"source": ["shop"]}`
		if got := b.says(); got != c.want {
			t.Errorf("%s on %s: %q, not %q", c.grant, c.bus, got, c.want)
		}
	}
}

// Rules of the default bus and of another one: what a writer may put against the pattern.
func TestFilterOfEvents(t *testing.T) {
	source := func(operator, key, values string) string {
		return conditional("events:PutEvents", "*", `"`+operator+`": {"`+key+`": [`+values+`]}`)
	}
	for _, c := range []struct{ grant, pattern, want string }{
		{allow("events:PutEvents", "*"), `{"source": ["shop"]}`, "must; events whose source is shop"},
		{allow("events:PutEvents", "*"), `{"source": ["aws.s3"]}`, ""},
		{allow("events:PutEvents", "*"), `{"source": [{"prefix": "aws."}]}`, ""},
		{allow("events:PutEvents", "*"), `{"source": [{"prefix": "aws"}]}`, "must; events whose source begins with aws"},
		{allow("events:PutEvents", "*"), `{"source": ["aws.s3", "shop"]}`, "must; events whose source is aws.s3 or shop"},
		{allow("events:PutEvents", "*"), `{"source": [{"exists": false}]}`, ""},
		{allow("events:PutEvents", "*"), `{"source": []}`, ""},
		{allow("events:PutEvents", "*"), `{"detail": {"total": [{"numeric": [">", 5, "<", 5]}]}}`, ""},
		{allow("events:PutEvents", "*"), `{"detail": {"total": [{"numeric": [">", 5]}]}}`, "must; events whose total is above 5"},
		{allow("events:PutEvents", "*"), `{"$or": [{"source": ["aws.s3"]}, {"source": []}]}`, ""},
		{allow("events:PutEvents", "*"), `{"$or": [{"source": ["aws.s3"]}, {"detail": {"a": ["b"]}}]}`, "must; events whose source is aws.s3, or a is b"},
		{allow("events:PutEvents", "*"), `{"account": ["` + testAccount + `"]}`, "must; events whose account is " + testAccount},
		{allow("events:PutEvents", "*"), `{"account": ["999999999999"]}`, ""},
		{allow("events:PutEvents", "*"), `{"region": ["us-east-1"]}`, "must; events whose region is us-east-1"},
		{allow("events:PutEvents", "*"), `{"region": ["eu-west-1"]}`, ""},
		{allow("events:PutEvents", "*"), `{"version": ["1"]}`, ""},
		{allow("events:PutEvents", "*"), `{"source": [""]}`, ""},
		{allow("events:PutEvents", "*"), `{"detail-type": [{"exists": false}]}`, ""},
		{allow("events:PutEvents", "*"), `{"detail-type": [{"exists": true}]}`, "must; events whose detail-type is there"},
		{allow("events:PutEvents", "*"), `{"detail": {"total": [{"exists": false}]}}`, "must; events whose total is not there"},
		{allow("events:PutEvents", "*"), `{"replay-name": ["x"]}`, ""},
		{allow("events:PutEvents", "*"), `{"source": [{"equals-ignore-case": "AWS.s3"}]}`, "may; events whose source is AWS.s3 in any case; if what the design does not tell allows it"},
		{source("StringEquals", "events:eventBusInvocation", `"false"`), `{"source": ["shop"]}`, "must; events whose source is shop"},
		{source("StringEquals", "events:eventBusInvocation", `"true"`), `{"source": ["shop"]}`, ""},
		{allow("events:PutEvents", "*"), `{"source": ["shop"], "detail": {"a": [{"like": "b"}]}}`, "may; what its filter lets pass, which could not be read; " + ifPasses},
		{source("StringEquals", "events:source", `"shop"`), `{"source": ["shop"]}`, "must; events whose source is shop"},
		{source("StringEquals", "events:source", `"shop"`), `{"source": ["bank"]}`, ""},
		{source("StringEquals", "events:source", `"shop"`), `{"source": [{"anything-but": "bank"}]}`, "must; events whose source is not bank"},
		{source("StringEquals", "events:source", `"shop"`), `{"source": [{"anything-but": "shop"}]}`, ""},
		{source("StringEquals", "events:source", `"shop"`), `{"detail-type": ["Paid"]}`, "must; events whose detail-type is Paid"},
		{source("StringLike", "events:source", `"com.shop.*"`), `{"source": [{"suffix": ".orders"}]}`, "must; events whose source ends with .orders"},
		{source("StringLike", "events:source", `"com.shop.*"`), `{"source": [{"prefix": "com.bank"}]}`, ""},
		{source("StringLike", "events:source", `"com.shop.*"`), `{"source": [{"equals-ignore-case": "COM.SHOP.x"}]}`, "must; events whose source is COM.SHOP.x in any case"},
		{source("StringNotEquals", "events:source", `"bank"`), `{"source": ["bank"]}`, ""},
		{source("StringNotEquals", "events:source", `"bank"`), `{"source": ["shop"]}`, "must; events whose source is shop"},
		{source("StringEquals", "events:source", `"shop"`), `{"source": ["${Source}"]}`, "may; events whose source is ${Source}"},
		{source("StringEquals", "events:detail-type", `"Paid"`), `{"source": ["shop"], "detail-type": ["Paid", "Sent"]}`, "must; events whose source is shop and detail-type is Paid or Sent"},
		{source("StringEquals", "events:detail-type", `"Paid"`), `{"source": ["shop"], "detail-type": ["Sent"]}`, ""},
		{allow("events:PutEvents", "*") + `,{"Effect": "Deny", "Action": "events:PutEvents", "Resource": "*", "Condition": {"StringEquals": {"events:source": "shop"}}}`, `{"source": ["shop"]}`, ""},
		{allow("events:PutEvents", "*") + `,{"Effect": "Deny", "Action": "events:PutEvents", "Resource": "*", "Condition": {"StringEquals": {"events:source": "bank"}}}`, `{"source": ["shop"]}`, "must; events whose source is shop"},
	} {
		for _, bus := range []string{"", "res/bus"} {
			b := filter(t, c.grant)
			if bus != "" {
				b.resource("AWS::Events::EventBus", "bus")
			}
			b.trigger(model.ID(bus), b.fed.ID, "event-rule").Filter.Pattern = c.pattern
			if got := b.says(); got != c.want {
				t.Errorf("bus %q, %s, %s: %q, not %q", bus, c.grant, c.pattern, got, c.want)
			}
		}
	}
}

// Streams of a table: what an action makes of a record, and leading keys against the filter's partition key.
func TestFilterOfChanges(t *testing.T) {
	table := arnOf("AWS::DynamoDB::Table", "T")
	const leading = `"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["USER#*"]}`
	for _, c := range []struct{ grant, pattern, want string }{
		{allow("dynamodb:PutItem", table), `{"eventName": ["INSERT"]}`, "must; changes whose eventName is INSERT"},
		{allow("dynamodb:DeleteItem", table), `{"eventName": ["INSERT", "MODIFY"]}`, ""},
		{allow("dynamodb:DeleteItem", table), `{"eventName": [{"anything-but": "INSERT"}]}`, "must; changes whose eventName is not INSERT"},
		{allow("dynamodb:PutItem", table), `{"eventName": ["REMOVE"]}`, "may; changes whose eventName is REMOVE; if the table removes items by a time to live"},
		{allow("dynamodb:DeleteItem", table), `{"userIdentity": {"type": ["Service"]}}`, ""},
		{allow("dynamodb:DeleteItem", table), `{"dynamodb": {"NewImage": {"a": {"S": ["x"]}}}}`, ""},
		{allow("dynamodb:DeleteItem", table), `{"dynamodb": {"NewImage": {"a": {"S": [{"exists": false}]}}}}`, "must; changes whose NewImage.a.S is not there"},
		{allow("dynamodb:PutItem", table), `{"dynamodb": {"NewImage": {"a": {"S": ["x"]}}}}`, "must; changes whose NewImage.a.S is x"},
		{allow("dynamodb:PutItem", table), "{\"eventName\": [\"NONE\"]}\n{\"dynamodb\": {\"Keys\": {\"pk\": {\"S\": [\"x\"]}}}}", "must; changes whose eventName is NONE, or Keys.pk.S is x"},
		{conditional("dynamodb:PutItem", table, leading), `{"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "ORDER#"}]}}}}`, ""},
		{conditional("dynamodb:PutItem", table, leading), `{"dynamodb": {"NewImage": {"pk": {"S": ["ORDER#1"]}}}}`, ""},
		{conditional("dynamodb:PutItem", table, leading), `{"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "USER#a"}]}}}}`, "must; changes whose Keys.pk.S begins with USER#a"},
		{conditional("dynamodb:PutItem", table, leading), `{"dynamodb": {"Keys": {"sk": {"S": [{"prefix": "ORDER#"}]}}}}`, "may; changes whose Keys.sk.S begins with ORDER#"},
	} {
		b := filter(t, c.grant)
		r := b.table("T")
		r.PartitionKey = "pk"
		b.trigger(r.ID, b.fed.ID, "event-source-mapping").Filter.Pattern = c.pattern
		if got := b.says(); got != c.want {
			t.Errorf("%s, %s: %q, not %q", c.grant, c.pattern, got, c.want)
		}
	}
}

// Messages, and what services publish in somebody's place.
func TestFilterOfMessages(t *testing.T) {
	for _, c := range []struct {
		name, want string
		wire       func(b *filtered)
	}{
		{"queue", "must; messages whose body.kind is order", func(b *filtered) {
			tr := b.trigger(b.queue("Open").ID, b.fed.ID, "event-source-mapping")
			tr.Event, tr.Filter.Pattern = "sqs", `{"body": {"kind": ["order"]}}`
		}},
		{"attributes", "must; messages whose attribute store is shop", func(b *filtered) {
			b.trigger(b.resource("AWS::SNS::Topic", "N").ID, b.fed.ID, "sns-subscription").Filter.Pattern = `{"store": ["shop"]}`
		}},
		{"body", "must; messages whose body.store is shop", func(b *filtered) {
			b.trigger(b.resource("AWS::SNS::Topic", "N").ID, b.fed.ID, "sns-subscription").Filter = model.Filter{Pattern: `{"store": ["shop"]}`, OnBody: true}
		}},
		{"topic, then queue", "must; messages whose attribute store is shop, then messages whose body.a is b", func(b *filtered) {
			q := b.queue("Q")
			b.trigger(b.resource("AWS::SNS::Topic", "N").ID, q.ID, "sns-subscription").Filter.Pattern = `{"store": ["shop"]}`
			b.trigger(q.ID, b.fed.ID, "event-source-mapping").Filter.Pattern = `{"body": {"a": ["b"]}}`
		}},
		{"the second subscription lets through", "must; messages whose attribute store is shop", func(b *filtered) {
			n, q := b.resource("AWS::SNS::Topic", "N"), b.resource("AWS::Kinesis::Stream", "Q")
			b.trigger(n.ID, q.ID, "sns-subscription").Filter.Pattern = `{"store": []}`
			b.trigger(n.ID, q.ID, "sns-subscription").Filter.Pattern = `{"store": ["shop"]}`
			b.trigger(q.ID, b.fed.ID, "event-source-mapping")
		}},
	} {
		b := filter(t, allow("sns:Publish", "*")+","+allow("sqs:SendMessage", arnOf("AWS::SQS::Queue", "Open")))
		c.wire(b)
		if got := b.says(); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

// What S3 and EventBridge send on has no message attributes; what S3 sends tells the object's key.
func TestFilterAfterServices(t *testing.T) {
	const keyed = `{"Records": {"s3": {"object": {"key": [{"prefix": "in/"}]}}}}`
	for _, c := range []struct {
		grant    string
		onBody   bool
		pattern  string
		fromRule bool
		want     string
	}{
		{"/*", false, `{"store": ["shop"]}`, false, ""},
		{"/*", false, `{"store": [{"exists": false}]}`, false, "must; messages whose attribute store is not there"},
		{"/*", true, keyed, false, "must; messages whose body.Records.s3.object.key begins with in/"},
		{"/out/*", true, keyed, false, ""},
		{"/*", false, `{"store": ["shop"]}`, true, ""},
	} {
		b := filter(t, allow("s3:PutObject", "arn:aws:s3:::data"+c.grant)+","+allow("events:PutEvents", "*"))
		n := b.resource("AWS::SNS::Topic", "N")
		if c.fromRule {
			b.trigger("", n.ID, "event-rule").Filter.Pattern = `{"source": ["shop"]}`
		} else {
			b.trigger(b.bucket("data").ID, n.ID, "s3-notification")
		}
		b.trigger(n.ID, b.fed.ID, "sns-subscription").Filter = model.Filter{Pattern: c.pattern, OnBody: c.onBody}
		if got := b.says(); got != c.want {
			t.Errorf("%+v: %q, not %q", c, got, c.want)
		}
	}
	// One event passes both rules, or neither.
	for want, second := range map[string]string{"": `{"source": ["bank"]}`, "must; events whose source is shop, then events whose kind is x": `{"detail": {"kind": ["x"]}}`} {
		b := filter(t, allow("events:PutEvents", arnOf("AWS::Events::EventBus", "first")))
		first, next := b.resource("AWS::Events::EventBus", "first"), b.resource("AWS::Events::EventBus", "next")
		b.trigger(first.ID, next.ID, "event-rule").Filter.Pattern = `{"source": ["shop"]}`
		b.trigger(next.ID, b.fed.ID, "event-rule").Filter.Pattern = second
		if got := b.says(); got != want {
			t.Errorf("then %s: %q, not %q", second, got, want)
		}
	}
}

// A filter never adds a feed: with it, what is fed is fed without it too, and as surely.
func TestFilterOnlyNarrows(t *testing.T) {
	patterns := []string{`{"source": ["shop"]}`, `{"source": [{"anything-but": ["shop"]}]}`, `{"source": [{"prefix": "a"}], "detail-type": ["x"]}`, `{"detail": {"a": [1]}}`}
	grants := []string{allow("events:PutEvents", "*"), conditional("events:PutEvents", "*", `"StringLike": {"events:source": "a*"}`), conditional("events:PutEvents", "*", `"StringNotEquals": {"events:source": "shop"}`)}
	rank := func(s string) int {
		return map[string]int{"": 0, "may": 1, "must": 2}[strings.SplitN(s, ";", 2)[0]]
	}
	for _, g := range grants {
		with := func(ps ...string) int {
			b := filter(t, g)
			b.trigger(b.resource("AWS::Events::EventBus", "bus").ID, b.fed.ID, "event-rule").Filter.Pattern = strings.Join(ps, "\n")
			return rank(b.says())
		}
		for i, p := range patterns {
			for _, q := range patterns[i+1:] {
				if both := with(p, q); both < max(with(p), with(q)) {
					t.Errorf("%s: %s or %s lets through less than one of them", g, p, q)
				}
			}
			if _, err := event.Parse(p); err != nil {
				t.Error(fmt.Errorf("%s: %w", p, err))
			}
		}
	}
}

// What the writer chooses is looked for wherever its choice is limited: in its own policies, in its boundary, and in the
// policy of what it writes to.
func TestFilterWithinEveryPolicy(t *testing.T) {
	const open, shop = `{"source": [{"anything-but": "bank"}]}`, `"StringEquals": {"events:source": ["shop"]}`
	const bank = `"StringEquals": {"events:source": ["bank"]}`
	lets := func(condition string) string {
		return `{"Effect": "Allow", "Principal": {"AWS": "` + roleARN("WriterRole") + `"}, "Action": "events:PutEvents", "Resource": "*", "Condition": {` + condition + `}}`
	}
	const passes = "must; events whose source is not bank"
	for _, c := range []struct {
		name, own, boundary, bus, want string
	}{
		{"own", conditional("events:PutEvents", "*", shop), "", "", passes},
		{"own, in vain", conditional("events:PutEvents", "*", bank), "", "", ""},
		{"boundary", allow("events:PutEvents", "*"), conditional("events:PutEvents", "*", shop), "", passes},
		{"boundary, in vain", allow("events:PutEvents", "*"), conditional("events:PutEvents", "*", bank), "", ""},
		{"bus", allow("s3:ListAllMyBuckets", "*"), "", lets(shop), passes},
		{"bus, in vain", allow("s3:ListAllMyBuckets", "*"), "", lets(bank), ""},
	} {
		b := filter(t, c.own)
		bus := b.resource("AWS::Events::EventBus", "bus")
		b.trigger(bus.ID, b.fed.ID, "event-rule").Filter.Pattern = open
		if c.boundary != "" {
			b.roleOf(b.writer).Boundary = b.managed("Limit", c.boundary).ID
		}
		if c.bus != "" {
			bus.Policy = document(t, c.bus)
		}
		if got := b.says(); got != c.want {
			t.Errorf("%s: %q, not %q", c.name, got, c.want)
		}
	}
}

// One event goes through several filters: what one wants to be there, another must not want away.
func TestFilterWantsThereAndAway(t *testing.T) {
	for second, want := range map[string]string{`{"detail": {"x": ["a"]}}`: "", `{"detail": {"y": ["a"]}}`: "must; events whose x is not there, then events whose y is a"} {
		b := filter(t, allow("events:PutEvents", "*"))
		first, bus := b.resource("AWS::Events::EventBus", "first"), b.resource("AWS::Events::EventBus", "second")
		b.trigger(first.ID, bus.ID, "event-rule").Filter.Pattern = `{"detail": {"x": [{"exists": false}]}}`
		b.trigger(bus.ID, b.fed.ID, "event-rule").Filter.Pattern = second
		// The second bus is written to by the first alone.
		b.elements[slices.IndexFunc(b.elements, func(e model.Element) bool { return e.ElementID() == b.roleOf(b.writer).Policies[0] })].(*model.Policy).Document = document(t, allow("events:PutEvents", first.ARN))
		if got := b.says(); got != want {
			t.Errorf("%s: %q, not %q", second, got, want)
		}
	}
}

// A filter behind a door that cannot be read lets pass perhaps; a log group's lets pass what the writer wants.
func TestFilterBehindDoors(t *testing.T) {
	b := filter(t, allow("iot:Publish", "*"))
	b.trigger("", b.queue("Q").ID, "iot-rule").Label = "SELECT * FROM 'cars/#'"
	b.trigger("res/Q", b.fed.ID, "event-source-mapping").Filter.Pattern = `{"body": {"a": [{"like": "b"}]}}`
	if got := b.says(); !strings.HasPrefix(got, "may; ") || !strings.HasSuffix(got, ifPasses) {
		t.Errorf("unread behind a topic: %q", got)
	}
	b = filter(t, allow("logs:PutLogEvents", "*"))
	b.trigger(b.resource("AWS::Logs::LogGroup", "/app").ID, b.fed.ID, "log-subscription").Filter.Pattern = "ERROR"
	if got := b.says(); got != "must; log events that match ERROR" {
		t.Errorf("log events: %q", got)
	}
}
