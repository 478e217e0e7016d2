package serverless

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"bulkhead/importers"
	"bulkhead/model"
)

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// service imports the files of a folder.
func importFolder(t *testing.T, files map[string]string, o importers.Options) *importers.Import {
	t.Helper()
	in, err := importers.OpenFS(context.Background(), []importers.Source{New()}, folder(files), ".", o)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestVariables resolves one value in each of many ways.
func TestVariables(t *testing.T) {
	t.Setenv("SECRET", "value-of-the-environment")
	files := map[string]string{
		"config.yml":       "table: orders\nnested: {dev: {name: small}, prod: {name: big}}\nlist: [first, second]\nself: ${self:custom.a}-${file(config.yml):table}\n",
		"config.json":      `{"key": {"of": "json"}}`,
		"note.txt":         "a note",
		"env.js":           "module.exports = {}",
		"stages/dev.yml":   "size: 1\n",
		"stages/empty.yml": "",
	}
	const head = `service: shop
params:
  default: {who: anybody, only: default}
  dev: {who: developer}
custom:
  a: alpha
  b: ${self:custom.a}-beta
  deep: {er: {est: bottom}}
  whole: ${file(config.yml)}
  flag: 'true'
  names: [x, y]
  loop: ${self:custom.pool}
  pool: ${self:custom.loop}
  escaped: \${kept}
provider: {name: aws, region: eu-west-1}
functions: {}
custom2:
  value: `
	for _, c := range []struct {
		value, want string
		params      map[string]string
		told        string // part of a diagnostic; "" for none
	}{
		{value: "plain", want: "plain"},
		{value: "${self:service}-${sls:stage}", want: "shop-dev"},
		{value: "${self:custom.b}", want: "alpha-beta"},
		{value: "${self:custom.deep.er.est}", want: "bottom"},
		{value: "${self:custom.names.1}", want: "y"},
		{value: "${self:custom.none, 'else'}", want: "else"},
		{value: `${self:custom.none, "else"}`, want: "else"},
		{value: "${self:custom.none, self:custom.a}", want: "alpha"},
		{value: "${self:custom.none, ${self:custom.a}}", want: "alpha"},
		{value: "${self:custom.none, 5}", want: "5"},
		{value: "${self:custom.none, null}", want: ""},
		{value: "${self:custom.none}", want: "${self-custom.none}", told: "has no value"},
		{value: "${opt:stage, 'prod'}", want: "dev"},
		{value: "${opt:stage, 'dev'}", want: "prod", params: map[string]string{"stage": "prod"}},
		{value: "${opt:color, 'red'}", want: "red"},
		{value: "${opt:color}", want: "blue", params: map[string]string{"color": "blue"}},
		{value: "${opt:region, 'x'}", want: "x"},
		{value: "${aws:region}", want: "eu-west-1"},
		{value: "${aws:accountId}", want: "123456789012"},
		{value: "${aws:username}", want: "${aws:username}", told: "policy's variable"},
		{value: "${AWS::Region}", want: "${AWS::Region}"},
		{value: "${Table}", want: "${Table}"},
		{value: `\${self:service}`, want: "${self:service}"},
		{value: "${self:custom.escaped}", want: "${kept}"},
		{value: "${param:who}", want: "developer"},
		{value: "${param:only}", want: "default"},
		{value: "${param:who}", want: "me", params: map[string]string{"who": "me"}},
		{value: "${env:SECRET}", want: "${env-SECRET}", told: "environment variable SECRET is not read"},
		{value: "${env:SECRET, 'default'}", want: "default", told: "environment variable SECRET is not read"},
		{value: "${env:SECRET}", want: "given", params: map[string]string{"env:SECRET": "given"}},
		{value: "${file(config.yml):table}", want: "orders"},
		{value: "${file(./config.yml):nested.${sls:stage}.name}", want: "small"},
		{value: "${file(config.yml):nested.${opt:stage}.name}", want: "big", params: map[string]string{"stage": "prod"}},
		{value: "${file(stages/${sls:stage}.yml):size}", want: "1"},
		{value: "${file(config.json):key.of}", want: "json"},
		{value: "${file(note.txt)}", want: "a note"},
		{value: "${file(none.yml):x, 'missing'}", want: "missing"},
		{value: "${file(stages/empty.yml):x}", want: "${file-stages-empty.yml-x}", told: "empty"},
		{value: "${file(config.yml):self}", want: "alpha-orders"},
		{value: "${file(env.js):x}", want: "${file-env.js-x}", told: "code, which is not run"},
		{value: "${self:custom.whole.list.0}", want: "first"},
		{value: "${strToBool(${self:custom.flag})}", want: "true"},
		{value: "${strToBool(0)}", want: "false"},
		{value: "${ssm:/path/to}", want: "${ssm-path-to}", told: "when the service is deployed"},
		{value: "${ssm(us-east-1, raw):/path}", want: "${ssm-us-east-1-raw-path}", told: "when the service is deployed"},
		{value: "${cf:other.Output, 'no'}", want: "${cf-other.Output}", told: "when the service is deployed"},
		{value: "${git:sha1}", want: "${git-sha1}", told: "is not read"},
		{value: "${unheard:of}", want: "${unheard-of}", told: "not a source"},
		{value: "${self:custom.loop}", want: "${circle-12}", told: "refers to itself"},
		{value: "a ${self:custom.names} b", want: "a ${value-18} b", told: "a list or a mapping"},
		{value: "${self:custom.none, '${self:custom.a}!'}", want: "alpha!"},
		{value: "${unclosed", want: "${unclosed"},
	} {
		t.Run(c.value, func(t *testing.T) {
			all := map[string]string{"serverless.yml": head + "'" + strings.ReplaceAll(c.value, "'", "''") + "'\n"}
			for name, text := range files {
				all[name] = text
			}
			s, err := open(folder(all), "serverless.yml", importers.Options{Params: c.params})
			if err != nil {
				t.Fatal(err)
			}
			s.stage()
			s.region()
			n := s.resolver.settle(s.root.Get("custom2").Get("value"))
			got := n.Value
			if n.Null {
				got = ""
			}
			if got != c.want {
				t.Errorf("%s is %q, not %q", c.value, got, c.want)
			}
			var told []string
			for _, d := range s.notes {
				told = append(told, d.Summary+" "+d.Detail)
				if strings.Contains(d.Summary+d.Detail+got, "value-of-the-environment") {
					t.Errorf("the environment's value is told: %v", d)
				}
			}
			if all := strings.Join(told, "\n"); c.told == "" && all != "" || !strings.Contains(all, c.told) {
				t.Errorf("%s tells %q, not %q", c.value, all, c.told)
			}
		})
	}
}

// TestVariablesOfWholeValues puts lists and mappings of other places into a service.
func TestVariablesOfWholeValues(t *testing.T) {
	in := importFolder(t, map[string]string{
		"serverless.yml": `service: shop
custom:
  statements:
    - {Effect: Allow, Action: 'sqs:SendMessage', Resource: '*'}
provider:
  name: aws
  iam: {role: {statements: '${self:custom.statements}'}}
functions: ${file(functions.yml)}
resources:
  - ${file(table.yml)}
  - Resources:
      Queue: {Type: AWS::SQS::Queue}
`,
		"functions.yml": "put:\n  handler: put.handler\n  environment: {TABLE: !Ref Table}\n",
		"table.yml":     "Resources:\n  Table:\n    Type: AWS::DynamoDB::Table\n    Properties: {TableName: '${self:service}-${sls:stage}'}\n",
	}, importers.Options{})
	d := in.Design
	f := d.Function("fn/put")
	if f == nil || f.Origin.File != "functions.yml" || f.Origin.Line != 1 || len(f.Environment) != 1 || f.Environment[0].Refers != "res/Table" {
		t.Fatalf("function %+v", f)
	}
	if r := d.Resource("res/Table"); r == nil || r.Name != "shop-dev" || r.Origin.File != "table.yml" {
		t.Errorf("table %+v", r)
	}
	if d.Resource("res/Queue") == nil {
		t.Error("the queue of the second part is missing")
	}
	p := d.Policy(d.Role(f.Role).Policies[0])
	last := p.Document.Statements[len(p.Document.Statements)-1]
	if !slices.Equal(last.Actions, []string{"sqs:SendMessage"}) || last.Span.Line != 4 {
		t.Errorf("statement %+v", last)
	}
	if files := d.Info().Files; !slices.Equal(files, []string{"serverless.yml", "functions.yml", "table.yml"}) {
		t.Errorf("files %v", files)
	}
}

// TestHostile reads services that try to get out of their folder, or to be read without end.
func TestHostile(t *testing.T) {
	t.Setenv("STOLEN", "value-of-the-environment")
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("outside.yml", "key: secret-outside\n")
	write(".env", "STOLEN=secret-outside\n")
	write("in/serverless.yml", `service: evil
useDotenv: true
provider:
  name: aws
  stage: ${env:STOLEN}
  environment: {A: '${env:STOLEN}', B: '${file(../outside.yml):key}', C: '${file(/etc/passwd)}'}
  iam: {role: {statements: [{Effect: Allow, Action: '${file(../outside.yml):key}', Resource: ['${file(link.yml):key}', '${file(/etc/passwd)}', '${file(~/.aws/credentials)}', '${file(linked/outside.yml):key}']}]}}
functions:
  f:
    handler: ${file(in/../../outside.yml):key}
    description: ${env:STOLEN}
    events:
      - sqs: arn:aws:sqs:us-east-1:123456789012:${env:STOLEN}
`)
	for link, to := range map[string]string{"in/link.yml": "../outside.yml", "in/linked": ".."} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	in, err := importers.Open(context.Background(), []importers.Source{New()}, filepath.Join(dir, "in"), importers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(in.Files) != 1 {
		t.Errorf("files were read that are none of the service: %v", in.Design.Info().Files)
	}
	all := fmt.Sprint(in.Diagnostics)
	for _, e := range in.Design.Elements() {
		all += fmt.Sprintf("%+v", e)
		if p, ok := e.(*model.Policy); ok {
			text, err := p.Document.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
	}
	for _, secret := range []string{"secret-outside", "value-of-the-environment", "root:"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q got into the design: %s", secret, all)
		}
	}
	for _, want := range []string{"outside of the folder", "environment variable STOLEN is not read"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing tells %q", want)
		}
	}
}

// TestEndless reads services that grow or turn in circles.
func TestEndless(t *testing.T) {
	bomb := "service: s\nprovider: {name: aws, iam: {role: {statements: [{Effect: Allow, Action: '${self:custom.t30}', Resource: '*'}]}}}\nfunctions: {f: {handler: h}}\ncustom:\n  t0: aaaaaaaaaaaaaaaaaaaa\n"
	lists := "service: s\nprovider: {name: aws, iam: {role: {statements: '${self:custom.t30}'}}}\nfunctions: {f: {handler: h}}\ncustom:\n  t0: [{Effect: Allow, Action: 's3:*', Resource: '*'}]\n"
	for i := range 30 {
		bomb += fmt.Sprintf("  t%d: ${self:custom.t%d}${self:custom.t%d}\n", i+1, i, i)
		lists += fmt.Sprintf("  t%d: ['${self:custom.t%d}', '${self:custom.t%d}']\n", i+1, i, i)
	}
	deep := strings.Repeat("${self:custom.a, ", 500) + "'x'" + strings.Repeat("}", 500)
	for name, files := range map[string]map[string]string{
		"texts that double":      {"serverless.yml": bomb},
		"lists that double":      {"serverless.yml": lists},
		"the whole in itself":    {"serverless.yml": "service: s\ncustom: '${self:}'\nprovider: {name: aws}\nfunctions: '${self:custom.functions}'\nresources: '${self:}'\n"},
		"a file in itself":       {"serverless.yml": "service: s\nprovider: {name: aws}\nfunctions: '${file(a.yml)}'\n", "a.yml": "f:\n  handler: h\n  x: ${file(a.yml)}\n  events: ${file(a.yml):f.x}\n"},
		"the service in itself":  {"serverless.yml": "service: s\nprovider: '${file(serverless.yml):provider}'\nfunctions: '${file(serverless.yml):functions}'\n"},
		"two files in turn":      {"serverless.yml": "service: s\nprovider: {name: aws}\nfunctions: '${file(a.yml):x}'\n", "a.yml": "x: ${file(b.yml):x}\n", "b.yml": "x: ${file(a.yml):x}\n"},
		"variables in variables": {"serverless.yml": "service: s\nprovider: {name: aws}\nfunctions: {f: {handler: \"" + deep + "\"}}\n"},
		"the stage by itself":    {"serverless.yml": "service: ${sls:stage}\nprovider: {name: aws, stage: '${sls:stage}', region: '${aws:region}'}\nfunctions: {f: {handler: h}}\n"},
		"merge in itself":        {"serverless.yml": "service: s\nprovider: {name: aws, tags: '${self:provider}'}\nfunctions: {f: {handler: h, tags: '${self:functions}', environment: '${self:}'}}\nresources: {Resources: '${self:resources}'}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := importers.OpenFS(context.Background(), []importers.Source{New()}, folder(files), ".", importers.Options{})
			if err != nil {
				t.Fatalf("%v", err)
			}
			for _, d := range in.Diagnostics {
				if len(d.Summary)+len(d.Detail) > 2000 {
					t.Errorf("a diagnostic of %d bytes", len(d.Summary)+len(d.Detail))
				}
			}
		})
	}
}

// FuzzParseText takes any text apart without a crash; what has no variables in it stays as it is.
func FuzzParseText(f *testing.F) {
	for _, s := range []string{"${self:a}", "${a(b, ${c:d}):e, 'f'}", "${${}", "${file(./x", `\${a:b}`, "${a:b,", "$${a:b}}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parts := parseText(s)
		if !strings.Contains(s, "${") && (len(parts) > 1 || len(parts) == 1 && parts[0].literal != s) {
			t.Errorf("%q is %v", s, parts)
		}
	})
}
