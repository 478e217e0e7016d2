package serverless

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"strings"

	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/importers/yamlpos"
	"bulkhead/model/source"
)

var composeKey = regexp.MustCompile(`(?m)^["']?services["']?[ \t]*:`)

// isCompose reports whether a file composes services: by its name and its services.
func isCompose(fsys fs.FS, name string) bool {
	if !strings.HasPrefix(path.Base(name), "serverless-compose") {
		return false
	}
	data, err := fs.ReadFile(fsys, name)
	return err == nil && (composeKey.Match(data) || strings.HasPrefix(strings.TrimSpace(string(data)), "{"))
}

// maxServices bounds the services of one compose file.
const maxServices = 200

// compose reads all services of a compose file, each a stack of its own. Outputs that one takes from another are
// exports of the one and imports of the other.
// https://www.serverless.com/framework/docs/guides/compose
func compose(fsys fs.FS, name string, o importers.Options) ([]*cfn.Tree, source.Files, error) {
	main, err := open(fsys, name, o)
	if err != nil {
		return nil, nil, err
	}
	services := get(main.root, "services")
	if services == nil || services.Kind != yamlpos.Mapping || len(services.Pairs()) == 0 {
		return nil, nil, fmt.Errorf("%s: there are no services in it", name)
	}
	var trees []*cfn.Tree
	files := source.Files{}
	known := map[string]bool{}
	for _, p := range services.Effective() {
		known[p.Key.Value] = true
	}
	for i, p := range services.Effective() {
		if i == maxServices {
			main.note(source.Error, p.Key.Span(), fmt.Sprintf("more than %d services are composed", maxServices), "The others were left out.")
			break
		}
		svc, err := main.member(p, known)
		if err != nil {
			main.note(source.Error, p.Key.Span(), "service "+p.Key.Value+" cannot be read: "+oneLine(err), "It was left out.")
			continue
		}
		tree := svc.compile()
		exportOutputs(tree.Root, p.Key.Value)
		trees = append(trees, tree)
		maps.Copy(files, svc.files)
	}
	if len(trees) == 0 {
		return nil, nil, fmt.Errorf("%s: none of its services can be read: %s", name, main.notes[0].Summary)
	}
	maps.Copy(files, main.files)
	first := trees[0]
	first.Included = append(first.Included, name)
	first.Notes = append(main.notes, first.Notes...)
	return trees, files, nil
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// member opens one service of a compose file.
func (s *service) member(p yamlpos.Pair, known map[string]bool) (*service, error) {
	at := path.Join(s.dir, words(get(p.Value, "path")))
	if !fs.ValidPath(at) || words(get(p.Value, "path")) == "" {
		return nil, errors.New("its path is outside of the folder that was opened, or missing")
	}
	file := ""
	if config := words(get(p.Value, "config")); config != "" {
		file = path.Join(at, config)
	} else if file = fileIn(s.fsys, at); file == "" {
		return nil, fmt.Errorf("there is no serverless.yml in %s", at)
	}
	if !fs.ValidPath(file) {
		return nil, errors.New("its file is outside of the folder that was opened")
	}
	if codeFile.MatchString(file) {
		return nil, errCode
	}
	svc, err := open(s.fsys, file, s.options)
	if err != nil {
		return nil, err
	}
	svc.composed = true
	params := get(p.Value, "params")
	if isMapping(params) {
		for _, v := range params.Effective() {
			outputs(v.Value, known, map[*yamlpos.Node]bool{})
		}
		svc.params = params
	}
	return svc, nil
}

// output is "${service.output}".
var output = regexp.MustCompile(`^\$\{([\w-]+)\.([\w.-]+)\}$`)

// outputs puts imports in the place of outputs of other services.
func outputs(n *yamlpos.Node, known map[string]bool, seen map[*yamlpos.Node]bool) {
	n = n.Resolve()
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	for _, p := range n.Pairs() {
		outputs(p.Value, known, seen)
	}
	for _, i := range n.Items() {
		outputs(i, known, seen)
	}
	if n.Kind != yamlpos.Scalar {
		return
	}
	if m := output.FindStringSubmatch(strings.TrimSpace(n.Value)); m != nil && known[m[1]] {
		n.Kind, n.Value = yamlpos.Alias, ""
		n.SetTarget(obj(n.Span(), entry{"Fn::ImportValue", str(exportName(m[1], m[2]), n.Span())}))
	}
}

func exportName(service, output string) string { return "serverless-compose:" + service + "." + output }

// exportOutputs lets other services import the outputs of a template.
func exportOutputs(root *yamlpos.Node, service string) {
	section := get(root, "Outputs")
	if section == nil {
		return
	}
	out := obj(section.Span())
	for _, p := range section.Effective() {
		put(out, p.Key.Value, p.Value)
		if v := p.Value.Resolve(); isMapping(v) {
			at := v.Span()
			put(out, "Compose "+p.Key.Value, obj(at, entry{"Value", v.Get("Value")}, entry{"Export", obj(at, entry{"Name", str(exportName(service, p.Key.Value), at)})}))
		}
	}
	put(root, "Outputs", out)
}
