package terraform

import (
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"bulkhead/model/source"
)

// Modules of the registry are not fetched. For those that most configurations use, a stand-in of our own says what their
// documented inputs tell: the functions, roles, policies and resources that come of them, and their outputs.
//
//go:embed registry/*.tf
var registryFS embed.FS

// standIns are the modules of the registry that have one.
var standIns = map[string]string{
	"terraform-aws-modules/lambda/aws":                                    "lambda",
	"terraform-aws-modules/sqs/aws":                                       "sqs",
	"terraform-aws-modules/sns/aws":                                       "sns",
	"terraform-aws-modules/s3-bucket/aws":                                 "s3-bucket",
	"terraform-aws-modules/s3-bucket/aws//modules/notification":           "s3-notification",
	"terraform-aws-modules/dynamodb-table/aws":                            "dynamodb-table",
	"terraform-aws-modules/kms/aws":                                       "kms",
	"terraform-aws-modules/secrets-manager/aws":                           "secrets-manager",
	"terraform-aws-modules/eventbridge/aws":                               "eventbridge",
	"terraform-aws-modules/apigateway-v2/aws":                             "apigateway-v2",
	"terraform-aws-modules/step-functions/aws":                            "step-functions",
	"terraform-aws-modules/iam/aws//modules/iam-policy":                   "iam-policy",
	"terraform-aws-modules/iam/aws//modules/iam-role":                     "iam-role",
	"terraform-aws-modules/iam/aws//modules/iam-user":                     "iam-user",
	"terraform-aws-modules/iam/aws//modules/iam-assumable-role":           "iam-assumable-role",
	"terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc": "iam-assumable-role-with-oidc",
	"terraform-aws-modules/iam/aws//modules/iam-github-oidc-role":         "iam-github-oidc-role",
}

// standInFor is the stand-in of a module's source, "" if there is none.
func standInFor(src string) string {
	return standIns[strings.TrimPrefix(src, "registry.terraform.io/")]
}

// standIn parses a stand-in, once. What it declares stands nowhere in the user's files.
func (ev *evaluator) standIn(name string) *declarations {
	key := "registry:" + name
	if d := ev.parsed[key]; d != nil {
		return d
	}
	data, err := registryFS.ReadFile(path.Join("registry", name+".tf"))
	if err != nil {
		panic(err) // the table names embedded files
	}
	f, diags := hclsyntax.ParseConfig(data, "", hcl.InitialPos)
	if diags.HasErrors() {
		panic(diags)
	}
	d := emptyDeclarations(key)
	d.standIn = true
	d.take(ev, f.Body.(*hclsyntax.Body))
	ev.parsed[key] = d
	return d
}

// fetchedDir is where "terraform init" puts the modules that it fetches.
const fetchedDir = ".terraform/modules/"

// fetched finds the folders of modules that "terraform init" has fetched into the root module's folder.
func (ev *evaluator) fetched() map[string]string {
	if ev.manifest != nil {
		return ev.manifest
	}
	ev.manifest = map[string]string{}
	name := path.Join(ev.root, fetchedDir+"modules.json")
	if _, err := fs.Stat(ev.fsys, name); err != nil {
		return ev.manifest
	}
	data, err := ev.read(name)
	if err != nil {
		return ev.manifest
	}
	var m struct{ Modules []struct{ Key, Dir string } }
	if json.Unmarshal(data, &m) != nil {
		return ev.manifest
	}
	for _, x := range m.Modules {
		dir := path.Join(ev.root, strings.ReplaceAll(x.Dir, "\\", "/"))
		if x.Key != "" && fs.ValidPath(dir) && strings.HasPrefix(relative(ev.root, dir)+"/", fetchedDir) {
			ev.manifest[x.Key] = dir
		}
	}
	return ev.manifest
}

// key is how Terraform's list of fetched modules names a call.
func (m *module) key(name string) string {
	return strings.Join(append(m.names[:len(m.names):len(m.names)], name), ".")
}

// fromRegistry tells of a call of a module that is not read, and returns its stand-in; nil if there is none.
func (m *module) fromRegistry(name, src string, at source.Span) *declarations {
	s := standInFor(src)
	if s == "" {
		return nil
	}
	m.tell(source.Info, at, "module "+name+" comes from "+src+", which is not read", "What its inputs tell is in the design. Open the plan for all that it makes: terraform show -json.")
	return m.evaluator.standIn(s)
}
