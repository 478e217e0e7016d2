package terraform

import (
	"context"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"bulkhead/importers"
	"bulkhead/model/source"
)

// readFiles reads a configuration that is given as files.
func readFiles(t testing.TB, files map[string]string, params map[string]string) *configuration {
	t.Helper()
	data := source.Files{}
	for name, text := range files {
		data[name] = []byte(text)
	}
	c, err := readFolder(context.Background(), importers.Memory(data, nil), ".", importers.Options{StackName: "s", Params: params})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// find is the object of an address.
func find(t testing.TB, c *configuration, address string) *object {
	t.Helper()
	for _, o := range c.objects {
		if o.address == address {
			return o
		}
	}
	t.Fatalf("there is no %s", address)
	return nil
}

// evaluated is an expression's value as JSON, within a configuration's root module.
func evaluated(t testing.TB, c *configuration, text string) string {
	t.Helper()
	c.files["expression"] = []byte(text)
	e, diags := hclsyntax.ParseExpression([]byte(text), "expression", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", text, diags)
	}
	v, err := c.evaluator.main.scope().eval(e)
	if err != nil {
		return "error: " + err.Error()
	}
	return jsonOf(v)
}

func jsonOf(v cty.Value) string {
	if !v.IsWhollyKnown() {
		return "unknown"
	}
	out, err := stdlib.JSONEncode(v)
	if err != nil {
		return "error: " + err.Error()
	}
	return out.AsString()
}

// Every expression comes out as Terraform has it: terraform.tsv was written by terraform console, version 1.11.4, of
// jsonencode(expression) in this folder.
func TestExpressionsAsTerraform(t *testing.T) {
	data, err := os.ReadFile("testdata/expressions/terraform.tsv")
	if err != nil {
		t.Fatal(err)
	}
	c, err := readFolder(context.Background(), os.DirFS("testdata/expressions"), ".", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		expr, printed, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		// The console prints a text as HCL, in which "$${" stands for "${".
		var want string
		if err := json.Unmarshal([]byte(strings.ReplaceAll(printed, "$${", "${")), &want); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		got := evaluated(t, c, expr)
		if !sameJSON(got, want) {
			t.Errorf("%s is %s, and Terraform has %s", expr, got, want)
		}
		n++
	}
	if n < 130 {
		t.Errorf("only %d expressions", n)
	}
}

func sameJSON(a, b string) bool {
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return a == b
	}
	return reflect.DeepEqual(x, y)
}

// What nobody tells stays a token, or is decided where every value decides it the same way.
func TestUnknownTexts(t *testing.T) {
	c := readFiles(t, map[string]string{"main.tf": `
variable "name" {}
variable "list" { type = list(string) }
variable "flag" { type = bool }
variable "count" { type = number }
variable "object" { type = object({ a = string }) }
data "aws_vpc" "main" { default = true }
data "aws_caller_identity" "current" {}
`}, nil)
	for _, x := range []struct{ expr, want string }{
		{`var.name`, `"${var.name}"`},
		{`"a-${var.name}-b"`, `"a-${var.name}-b"`},
		{`"${var.count}"`, `"${var.count}"`},
		{`lower("Ab-${var.name}")`, `"ab-${lower(var.name)}"`},
		{`upper(var.name) == upper(var.name)`, `true`},
		{`substr("a-${var.name}", 0, 3)`, `"${substr(a-var.name, 0, 3)}"`},
		{`replace("a_${var.name}", "_", "-")`, `"a-${replace(var.name, _, -)}"`},
		{`format("%s/%s", var.name, "x")`, `"${var.name}/x"`},
		{`join(",", ["a", var.name])`, `"a,${var.name}"`},
		{`jsonencode({a = var.name, b = var.list, c = var.flag})`, `"{\"a\":\"${var.name}\",\"b\":\"${var.list}\",\"c\":\"${var.flag}\"}"`},
		{`var.name == "x" ? "a" : "b"`, `"${var.name == 'x' ¿ 'a' | 'b'}"`},
		{`var.name != "" ? "a" : "a"`, `"a"`},
		{`var.name == null`, `false`},
		{`"p-${var.name}" == "q-x"`, `false`},
		{`"p-${var.name}" == ""`, `false`},
		{`var.flag ? ["x"] : []`, `["x"]`},
		{`var.flag ? null : "y"`, `"y"`},
		{`var.flag ? ["x", "y"] : ["x", "z"]`, `["x","${(var.flag ¿ ['x', 'y'] | ['x', 'z'])[1]}"]`},
		{`var.flag ? ["x"] : ["y", "z"]`, `["${(var.flag ¿ ['x'] | ['y', 'z'])[0]}","z"]`},
		{`var.flag ? {a = "x", b = [1]} : {a = "y", b = [1]}`, `{"a":"${(var.flag ¿ (a = 'x', b = [1]) | (a = 'y', b = [1])).a}","b":[1]}`},
		{`var.flag ? {a = "x"} : {b = "y"}`, `{"a":"x","b":"y"}`},
		{`var.flag ? {Effect = "Deny"} : {Effect = "Allow"}`, `{"Effect":"Deny"}`},
		{`var.flag ? toset(["x"]) : toset(["y"])`, `["x"]`},
		{`[for x in var.list : x]`, `"${[for x in var.list | x]}"`},
		{`var.list[0]`, `"${var.list[0]}"`},
		{`var.list[*].id`, `"${var.list[×].id}"`},
		{`var.object.a`, `"${var.object.a}"`},
		{`concat(["a"], var.list)`, `["a","${var.list}"]`},
		{`merge({a = 1}, var.object)`, `{"a":1}`},
		{`{a = 1, b = 1}[var.name]`, `1`},
		{`{a = 1, b = 2}[var.name]`, `"${(a = 1, b = 2)[var.name]}"`},
		{`contains(["a"], "a") || var.flag`, `true`},
		{`var.flag && false`, `false`},
		{`var.flag`, `"${var.flag}"`},
		{`!var.flag`, `unknown`},
		{`var.count + 1`, `unknown`},
		{`length(var.list)`, `unknown`},
		{`contains(["a", "b"], var.name)`, `unknown`},
		{`can(var.object.a)`, `unknown`},
		{`try(var.object.a, "x")`, `"${var.object.a}"`},
		{`data.aws_vpc.main.id`, `"${data.aws_vpc.main.id}"`},
		{`data.aws_caller_identity.current.account_id`, `"123456789012"`},
		{`"${data.aws_vpc.main.cidr_block}:x"`, `"${data.aws_vpc.main.cidr_block}:x"`},
		{`timestamp()`, `"${timestamp()}"`},
		{`"$${aws:username}"`, `"${aws:username}"`},
		{`element(var.list, 0)`, `"${element(var.list, 0)}"`},
		{`toset(var.list)`, `"${var.list}"`},
	} {
		if got := evaluated(t, c, x.expr); got != x.want {
			t.Errorf("%s is %s, want %s", x.expr, got, x.want)
		}
	}
}

// A configuration with modules, repetition, types and files comes out as Terraform has it: terraform.json is what
// terraform output -json said after terraform apply, version 1.11.4, of this folder.
func TestOutputsAsTerraform(t *testing.T) {
	data, err := os.ReadFile("testdata/outputs/terraform.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]json.RawMessage
	if err := json.Unmarshal(data, &want); err != nil || len(want) < 20 {
		t.Fatalf("%d outputs (%v)", len(want), err)
	}
	c, err := readFolder(context.Background(), os.DirFS("testdata/outputs"), ".", importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range want {
		v, err := c.evaluator.main.output(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := jsonOf(v); !sameJSON(got, string(value)) {
			t.Errorf("output %s is %s, and Terraform has %s", name, got, value)
		}
	}
	for _, d := range c.diagnostics {
		t.Error(d, d.Detail)
	}
}
