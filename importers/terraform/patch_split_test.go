package terraform

import (
	"regexp"
	"strings"
	"testing"

	"bulkhead/importers"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

const shop = `
# ---- the shop ----
resource "aws_lambda_function" "shop" {
  function_name = "shop"
  role          = aws_iam_role.shop.arn
  handler       = "app.handler"
  runtime       = "python3.12"
  filename      = "shop.zip"

  environment {
    variables = {
      PRODUCTS = aws_dynamodb_table.products.name
      OUTBOX   = aws_sqs_queue.outbox.url # for mails
      STAGE    = "prod"
    }
  }

  depends_on = [aws_iam_role_policy_attachment.basic]
}

resource "aws_iam_role" "shop" {
  name = "shop"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.shop.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "shop" {
  name = "shop"
  role = aws_iam_role.shop.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Products"
        Effect   = "Allow"
        Action   = ["dynamodb:*"]
        Resource = aws_dynamodb_table.products.arn
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.outbox.arn]
      },
      {
        Effect   = "Allow"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        Resource = [aws_sqs_queue.inbox.arn]
      },
    ]
  })
}

resource "aws_dynamodb_table" "products" {
  name         = "products"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_sqs_queue" "outbox" {
  name = "outbox"
}

resource "aws_sqs_queue" "inbox" {
  name = "inbox"
}

resource "aws_lambda_event_source_mapping" "inbox" {
  event_source_arn = aws_sqs_queue.inbox.arn
  function_name    = aws_lambda_function.shop.arn
}

resource "aws_apigatewayv2_api" "api" {
  name          = "shop"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "shop" {
  api_id           = aws_apigatewayv2_api.api.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.shop.invoke_arn
}

resource "aws_apigatewayv2_route" "list" {
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "GET /products"
  target    = "integrations/${aws_apigatewayv2_integration.shop.id}"
}

resource "aws_apigatewayv2_route" "order" {
  api_id    = aws_apigatewayv2_api.api.id
  route_key = "POST /orders"
  target    = "integrations/${aws_apigatewayv2_integration.shop.id}"
}

resource "aws_lambda_permission" "api" {
  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.shop.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.api.execution_arn}/*/*"
}

resource "aws_lambda_function_event_invoke_config" "shop" {
  function_name = aws_lambda_function.shop.function_name
  destination_config {
    on_failure {
      destination = aws_sqs_queue.outbox.arn
    }
  }
}

output "shop" {
  value = aws_lambda_function.shop.arn
}
`

// splitShop gives the list of products a function of its own.
func splitShop(keeps bool) *edit.Split {
	list := edit.Part{Name: "catalog", Handler: "catalog.handler", Triggers: []string{"trigger/aws_apigatewayv2_route.list"}, Environment: []string{"PRODUCTS"},
		Grants: []edit.Access{{Actions: []string{"dynamodb:GetItem", "dynamodb:Query"}, Resources: []string{"res/aws_dynamodb_table.products"}}}}
	rest := edit.Part{Name: "shop", Keeps: keeps, Triggers: []string{"trigger/aws_apigatewayv2_route.order", "trigger/aws_lambda_event_source_mapping.inbox"}, Environment: []string{"PRODUCTS", "OUTBOX", "STAGE"},
		Grants: []edit.Access{{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"res/aws_dynamodb_table.products"}}, {Actions: []string{"sqs:SendMessage"}, Resources: []string{"res/aws_sqs_queue.outbox"}}}}
	s := &edit.Split{Function: "fn/aws_lambda_function.shop", Confirm: true}
	if !keeps {
		rest.Name, rest.Handler = "checkout", "checkout.handler"
		s.Repoint = "checkout"
	}
	s.Parts = []edit.Part{list, rest}
	return s
}

// A function is split beside the one that is there, with roles, policies, triggers and permissions, with a part that
// stays and without.
func TestSplit(t *testing.T) {
	for name, keeps := range map[string]bool{"with a part that stays": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			in := openFiles(t, map[string]string{"main.tf": strings.TrimPrefix(shop, "\n")})
			r, err := splitShop(keeps).Apply(in.Design)
			if err != nil {
				t.Fatal(err)
			}
			files, ok := proven(t, name, in, r.Design)
			if !ok {
				t.Fatal("refused")
			}
			again := openFiles(t, map[string]string{"main.tf": string(files["main.tf"])})
			for _, f := range again.Design.Functions() {
				if role := again.Design.Role(f.Role); role == nil || role.External {
					t.Errorf("%s has no role", f.ID)
				}
			}
			for _, d := range again.Diagnostics {
				if strings.Contains(d.Summary, "cannot be worked out") {
					t.Error(d, d.Detail)
				}
			}
			diff := importers.UnifiedDiff(in.Files, files)
			if keeps {
				for line := range strings.Lines(diff) {
					if strings.HasPrefix(line, "-") && strings.Contains(line, "# ---- the shop") {
						t.Errorf("a comment is lost\n%s", diff)
					}
				}
			}
		})
	}
}

// Splits of what others share are refused with place and reason.
func TestSplitRefusals(t *testing.T) {
	counted := strings.Replace(shop, "resource \"aws_lambda_function\" \"shop\" {", "resource \"aws_lambda_function\" \"shop\" {\n  count = 2", 1)
	counted = strings.ReplaceAll(counted, "aws_lambda_function.shop.", "aws_lambda_function.shop[0].")
	in := openFiles(t, map[string]string{"main.tf": counted})
	f := in.Design.Functions()[0]
	s := splitShop(true)
	s.Function = f.ID
	s.Parts[1].Name = "shop"
	r, err := s.Apply(in.Design)
	if err != nil {
		t.Skip(err)
	}
	_, err = in.Source.(importers.Patcher).Patch(in, r.Design)
	if err == nil || !hasPlace.MatchString(err.Error()) {
		t.Errorf("error %v, want one with a place", err)
	}
}

// halves splits a function into two: the first half of its triggers, variables and statements goes to a new part.
func halves(d *model.Design, f *model.Function, keeps bool) *edit.Split {
	name := nameOf(f.LogicalID)
	first := edit.Part{Name: name + "_first", Handler: "first.handler"}
	second := edit.Part{Name: name, Keeps: keeps}
	if !keeps {
		second = edit.Part{Name: name + "_second", Handler: "second.handler"}
	}
	s := &edit.Split{Function: f.ID, Confirm: true}
	if !keeps {
		s.Repoint = second.Name
	}
	half := func(i, n int) *edit.Part {
		if i < (n+1)/2 {
			return &first
		}
		return &second
	}
	ts := d.TriggersOf(f.ID)
	for i, t := range ts {
		p := half(i, len(ts))
		p.Triggers = append(p.Triggers, string(t.ID))
	}
	for i, v := range f.Environment {
		p := half(i, len(f.Environment))
		p.Environment = append(p.Environment, v.Name)
	}
	role := d.Role(f.Role)
	if role == nil || role.External {
		return nil
	}
	var grants []edit.Access
	for _, id := range role.Policies {
		p := d.Policy(id)
		if p == nil || p.Document == nil || p.Managed && p.LogicalID == "" {
			continue
		}
		for _, st := range p.Document.Statements {
			if st.Effect == 0 && !st.NotAction && !st.NotResource && len(st.Resources) > 0 {
				grants = append(grants, edit.Access{Actions: st.Actions, Resources: st.Resources[:1]})
			}
		}
	}
	for i, g := range grants {
		p := half(i, len(grants))
		p.Grants = append(p.Grants, g)
	}
	s.Parts = []edit.Part{first, second}
	return s
}

// Every function of the corpus is split in halves, once with a part that stays and once without; the patch is proven, or
// refused with a place.
func TestSplitCorpus(t *testing.T) {
	done, refused := 0, 0
	for _, dir := range folders(t) {
		in := openFolder(t, dir)
		for _, f := range in.Design.Functions() {
			for _, keeps := range []bool{true, false} {
				s := halves(in.Design, f, keeps)
				if s == nil {
					continue
				}
				r, err := s.Apply(in.Design)
				if err != nil {
					t.Logf("%s: %s: %v", dir, f.ID, err)
					continue
				}
				if _, ok := proven(t, string(f.ID), in, r.Design); ok {
					done++
				} else {
					refused++
				}
			}
		}
	}
	t.Logf("%d splits proven, %d refused", done, refused)
	if done < 15 {
		t.Errorf("only %d splits", done)
	}
}

const two = `
resource "aws_lambda_function" "billing" {
  function_name = "billing"
  role          = aws_iam_role.billing.arn
  handler       = "billing.handler"
  runtime       = "python3.12"
  filename      = "billing.zip"
}

resource "aws_iam_role" "billing" {
  name                = "billing"
  assume_role_policy  = aws_iam_role.shop.assume_role_policy
  managed_policy_arns = ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", "arn:aws:iam::aws:policy/AmazonSQSFullAccess"]
}

resource "aws_sns_topic" "t" {
  name = "t"
}

resource "aws_sns_topic_subscription" "t" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.shop.arn
}

resource "aws_lambda_permission" "t" {
  statement_id  = "t"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.shop.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.t.arn
}
`

// The architect's other edits are written too, or refused with a place.
func TestOtherEdits(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": strings.TrimPrefix(shop, "\n") + two})
	for name, e := range map[string]edit.Edit{
		"a trigger moves":              &edit.MoveTrigger{Trigger: "trigger/aws_sns_topic_subscription.t", To: "fn/aws_lambda_function.billing"},
		"a managed policy is replaced": &edit.ReplaceManaged{Role: "role/aws_iam_role.billing", ARN: "arn:aws:iam::aws:policy/AmazonSQSFullAccess", With: edit.With{Accesses: []edit.Access{{Actions: []string{"sqs:SendMessage"}, Resources: []string{"res/aws_sqs_queue.outbox"}}}}},
		"an attached one is replaced":  &edit.ReplaceManaged{Role: "role/aws_iam_role.shop", ARN: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", With: edit.With{Accesses: []edit.Access{{Actions: []string{"logs:PutLogEvents"}, Resources: []string{"*"}}}}},
		"a managed policy is detached": &edit.ReplaceManaged{Role: "role/aws_iam_role.billing", ARN: "arn:aws:iam::aws:policy/AmazonSQSFullAccess"},
		"a grant":                      &edit.Grant{Role: "role/aws_iam_role.shop", Access: edit.Access{Actions: []string{"sqs:SendMessage"}, Resources: []string{"res/aws_sqs_queue.inbox"}}},
		"a grant of a new policy":      &edit.Grant{Role: "role/aws_iam_role.billing", Access: edit.Access{Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/aws_dynamodb_table.products"}}},
		"a statement is dropped":       &edit.Tighten{Role: "role/aws_iam_role.shop", Policy: "policy/aws_iam_role_policy.shop", Statement: edit.StatementRef{Sid: "Products"}, Drop: true},
		"two become one":               &edit.Merge{Functions: []model.ID{"fn/aws_lambda_function.shop", "fn/aws_lambda_function.billing"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := e.Apply(in.Design)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := proven(t, name, in, r.Design); !ok {
				t.Error("refused")
			}
		})
	}
}

// A function in a module is split within it, and refused where the module is called twice.
func TestSplitInModules(t *testing.T) {
	inModule := func(s *edit.Split) *edit.Split {
		at := func(name string) string { return strings.Replace(name, "/aws_", "/module.a.aws_", 1) }
		s.Function = model.ID(at(string(s.Function)))
		for i := range s.Parts {
			p := &s.Parts[i]
			for j := range p.Triggers {
				p.Triggers[j] = at(p.Triggers[j])
			}
			for j := range p.Grants {
				p.Grants[j].Resources[0] = at(p.Grants[j].Resources[0])
			}
		}
		return s
	}
	for _, x := range []struct {
		name, root string
		ok         bool
	}{
		{"called once", "module \"a\" {\n  source = \"./m\"\n  prefix = \"a\"\n}\n", true},
		{"called twice", "module \"a\" {\n  source = \"./m\"\n  prefix = \"a\"\n}\n\nmodule \"b\" {\n  source = \"./m\"\n  prefix = \"b\"\n}\n", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			text := regexp.MustCompile(`(?m)^(  (?:function_)?name +=) "`).ReplaceAllString(strings.TrimPrefix(shop, "\n"), `$1 "$${var.prefix}-`)
			in := openFiles(t, map[string]string{"main.tf": x.root, "m/main.tf": "variable \"prefix\" {}\n\n" + text})
			for _, keeps := range []bool{true, false} {
				r, err := inModule(splitShop(keeps)).Apply(in.Design)
				if err != nil {
					t.Fatal(err)
				}
				files, ok := proven(t, x.name, in, r.Design)
				if ok != x.ok {
					t.Errorf("written: %v", ok)
				}
				if ok && string(files["main.tf"]) != x.root {
					t.Errorf("the call became %s", files["main.tf"])
				}
			}
		})
	}
}

// inlined is shop with the policy of its role within the role.
func inlined(t *testing.T) string {
	t.Helper()
	head, rest, ok := strings.Cut(shop, "resource \"aws_iam_role_policy\" \"shop\" {\n")
	policy, tail, ok2 := strings.Cut(rest, "\n}\n")
	policy = strings.Replace(policy, "  role = aws_iam_role.shop.id\n", "", 1)
	mark := "    ]\n  })\n}\n\nresource \"aws_iam_role_policy_attachment\""
	if !ok || !ok2 || !strings.Contains(head, mark) {
		t.Fatal("the shop is another")
	}
	block := "    ]\n  })\n\n  # What it does.\n  inline_policy {\n  " + strings.ReplaceAll(policy, "\n", "\n  ") + "\n  }\n}\n\nresource \"aws_iam_role_policy_attachment\""
	return strings.TrimPrefix(strings.Replace(head, mark, block, 1)+strings.TrimPrefix(tail, "\n"), "\n")
}

// Policies within a role are tightened there, and parts of its function get policies of their own beside it.
func TestInlinePolicies(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": inlined(t)})
	role := in.Design.Role("role/aws_iam_role.shop")
	if role == nil || len(role.Policies) != 2 {
		t.Fatalf("the role is %v", role)
	}
	for _, id := range role.Policies {
		if in.Design.Policy(id).Managed {
			continue
		}
		files, ok := proven(t, "tightened", in, withPolicy(t, in.Design, id, func(l []*policy.Statement) []*policy.Statement {
			n := *l[0]
			n.Actions = []string{"dynamodb:GetItem"}
			return []*policy.Statement{&n, l[2]}
		}))
		if !ok || !strings.Contains(string(files["main.tf"]), "  inline_policy {") {
			t.Errorf("tightened: %v\n%s", ok, files["main.tf"])
		}
	}
	for name, keeps := range map[string]bool{"with a part that stays": true, "without": false} {
		r, err := splitShop(keeps).Apply(in.Design)
		if err != nil {
			t.Fatal(err)
		}
		files, ok := proven(t, name, in, r.Design)
		if !ok {
			t.Fatal("refused")
		}
		text := string(files["main.tf"])
		want := map[bool]int{true: 1}[keeps]
		if strings.Count(text, "inline_policy {") != want || strings.Count(text, "# What it does.") != want || strings.Contains(text, "\n\n}") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

// splitBase is a function that halves splits, whose file terraform fmt leaves alone.
const splitBase = `resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}

resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = aws_iam_role.r.arn
  handler       = "f.handler"
  runtime       = "python3.12"
  filename      = "f.zip"
}
`

// What stands beside a function goes with its parts, or is refused with its place and the reason; never is anything written
// that is not the design asked for.
func TestSplitBeside(t *testing.T) {
	queue := func(name string) string {
		return "resource \"aws_sqs_queue\" \"" + name + "\" {\n  name = \"" + name + "\"\n}\n"
	}
	mapping := func(name, more string) string {
		return queue(name) + "\nresource \"aws_lambda_event_source_mapping\" \"" + name + "\" {\n  event_source_arn = aws_sqs_queue." + name + ".arn\n  function_name    = aws_lambda_function.f.arn\n" + more + "}\n"
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string // of the refusal; "" for none
	}{
		"what a mapping could not work off": {map[string]string{"more.tf": mapping("one", "  destination_config {\n    on_failure {\n      destination_arn = aws_sqs_queue.two.arn\n    }\n  }\n") + "\n" + mapping("two", "")}, ""},
		"a permission alone":                {map[string]string{"more.tf": "variable \"api\" {\n  default = \"arn:aws:execute-api:us-east-1:123456789012:abc\"\n}\n\nresource \"aws_lambda_permission\" \"api\" {\n  statement_id  = \"api\"\n  action        = \"lambda:InvokeFunction\"\n  function_name = aws_lambda_function.f.function_name\n  principal     = \"apigateway.amazonaws.com\"\n  source_arn    = \"${var.api}/*/*\"\n}\n"}, ""},
		"variables that are merged":         {map[string]string{"main.tf": strings.Replace(splitBase, "  filename      = \"f.zip\"\n", "  filename      = \"f.zip\"\n  environment {\n    variables = merge({\n      A = \"a\" # first\n      B = \"b\"\n    }, var.more, var.on ? { C = \"c\" } : {})\n  }\n", 1) + "\nvariable \"more\" {\n  default = {}\n}\n\nvariable \"on\" {\n  default = true\n}\n"}, ""},
		"an overridden function":            {map[string]string{"f_override.tf": "resource \"aws_lambda_function\" \"f\" {\n  handler = \"g.handler\"\n}\n"}, "f_override.tf overrides a part of it"},
		"a policy in JSON": {map[string]string{"more.tf.json": `{"resource": {"aws_iam_role_policy": {"p": {"role": "${aws_iam_role.r.id}", "policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"*\"}]}"}}}}`},
			"a configuration in JSON is not edited"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.files["main.tf"] == "" {
				c.files["main.tf"] = splitBase
			}
			in := openFiles(t, c.files)
			r, err := halves(in.Design, in.Design.Functions()[0], false).Apply(in.Design)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				if _, ok := proven(t, name, in, r.Design); !ok {
					t.Error("it was refused")
				}
				return
			}
			_, err = in.Source.(importers.Patcher).Patch(in, r.Design)
			if err == nil || !hasPlace.MatchString(err.Error()) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want a place and %q", err, c.want)
			}
		})
	}
}

// A trigger that a dynamic block makes moves with all that the block makes, or not at all.
func TestMovesOfDynamicBlocks(t *testing.T) {
	in := openFiles(t, map[string]string{"main.tf": splitBase + `
resource "aws_lambda_function" "other" {
  function_name = "other"
  role          = aws_iam_role.r.arn
}

resource "aws_s3_bucket" "b" {
  bucket = "b"
}

resource "aws_s3_bucket_notification" "n" {
  bucket = aws_s3_bucket.b.id
  dynamic "lambda_function" {
    for_each = toset(["in/", "up/"])
    content {
      lambda_function_arn = aws_lambda_function.f.arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = lambda_function.value
    }
  }
}
`})
	all := in.Design.Triggers()
	if len(all) != 2 {
		t.Fatalf("%d triggers", len(all))
	}
	moved := func(list ...*model.Trigger) *model.Design {
		var changes []model.Change
		for _, was := range list {
			is := *was
			is.To = "fn/aws_lambda_function.other"
			changes = append(changes, model.Change{Before: was, After: &is})
		}
		d, err := in.Design.With(changes...)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if _, err := in.Source.(importers.Patcher).Patch(in, moved(all[0])); err == nil || !hasPlace.MatchString(err.Error()) || !strings.Contains(err.Error(), "a dynamic block makes several triggers") {
		t.Errorf("error %v", err)
	}
	if files, ok := proven(t, "both", in, moved(all...)); !ok || !strings.Contains(string(files["main.tf"]), "lambda_function_arn = aws_lambda_function.other.arn") {
		t.Error("they were not moved together")
	}
}
