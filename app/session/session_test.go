package session_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"bulkhead/app/session"
	"bulkhead/assets"
	"bulkhead/importers"
	"bulkhead/importers/account"
	"bulkhead/importers/cfn"
	"bulkhead/importers/serverless"
	"bulkhead/model"
	"bulkhead/model/edit"
	"bulkhead/model/policy"
)

func sources() []importers.Source { return append(cfn.Sources(), serverless.New(), account.New()) }

const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  # the shop
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      CodeUri: src/
      Handler: app.handler
      Policies:
        - Version: '2012-10-17'
          Statement:
            - Effect: Allow
              Action: dynamodb:*
              Resource: '*'
      Events:
        List: {Type: HttpApi, Properties: {Method: GET, Path: /list}}
        Buy: {Type: HttpApi, Properties: {Method: POST, Path: /buy}}
  Orders: {Type: AWS::Serverless::SimpleTable}
  Products: {Type: AWS::Serverless::SimpleTable}
`

// onDisk writes the template and its code into a folder and opens it.
func onDisk(t *testing.T, o session.Options) (*session.Session, string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "template.yaml"), template)
	write(t, filepath.Join(dir, "src", "app.py"), "def handler(event, context):\n    pass\n")
	path := filepath.Join(dir, "template.yaml")
	s, err := session.Open(context.Background(), path, sources(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func narrow() *edit.Tighten {
	return &edit.Tighten{Role: "role/ShopRole", Policy: "policy/ShopRole/ShopRolePolicy0", Statement: edit.StatementRef{Index: new(int)}, Resources: []string{"res/Orders"}}
}

func do(t *testing.T, s *session.Session, e edit.Edit) {
	t.Helper()
	if _, err := s.Do(e); err != nil {
		t.Fatal(err)
	}
}

func wait(t *testing.T, s *session.Session) session.State {
	t.Helper()
	st, err := s.Wait(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// The sample that the program ships with: six of six before; after its split no part reaches more than two.
func TestWebshopSample(t *testing.T) {
	samples, err := fs.Sub(assets.FS, "samples/webshop")
	if err != nil {
		t.Fatal(err)
	}
	s, err := session.OpenFS(context.Background(), samples, "split.bulkhead", sources(), session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Select("fn/Shop")
	st := wait(t, s)
	if st.Dirty || !st.Edited || len(st.Steps) == 0 {
		t.Errorf("a saved design is dirty %v, edited %v, with %d steps", st.Dirty, st.Edited, len(st.Steps))
	}
	if b := st.Before.Breach; b == nil || b.Reach.Of != 6 || b.Reach.May.Resources != 6 || len(b.Beyond()) == 0 {
		t.Errorf("before: %+v", b)
	}
	for b := range st.After.Analysis.Breaches() {
		if b.Reach.Of != 6 || b.Reach.May.Resources > 2 {
			t.Errorf("after, %s reaches %d of %d", b.From, b.Reach.May.Resources, b.Reach.Of)
		}
	}
	if st.After.Measures.Mean > st.Before.Measures.Mean/3 {
		t.Errorf("the mean falls from %.2f to %.2f only", st.Before.Measures.Mean, st.After.Measures.Mean)
	}
	s.Select("fn/Catalog")
	if st := s.State(); st.Before.Breach == nil || st.Before.Breach.From != "fn/Shop" || st.After.Breach.From != "fn/Catalog" {
		t.Error("a part's breach is not shown beside that of the whole that it came from")
	}
	if _, err := s.Patch(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestDoUndoRedo(t *testing.T) {
	s, _ := onDisk(t, session.Options{})
	before := wait(t, s)
	if before.Edited || before.Dirty || before.Undo != "" || before.After.Design != before.Before.Design {
		t.Errorf("fresh: %+v", before)
	}
	s.Breach("fn/Shop")
	do(t, s, narrow())
	after := wait(t, s)
	if !after.Edited || !after.Dirty || after.Undo != "Tighten statement 1 of ShopRole" || after.Comparison == nil {
		t.Errorf("edited: dirty %v, undo %q", after.Dirty, after.Undo)
	}
	if b, a := after.Before.Breach.Reach.May.Resources, after.After.Breach.Reach.May.Resources; b != 2 || a != 1 {
		t.Errorf("it reaches %d and then %d", b, a)
	}
	if before.Edited || before.After.Breach != nil {
		t.Error("a state that was handed out changed")
	}
	var refusal *edit.Refusal
	if _, err := s.Do(&edit.Tighten{Role: "role/ShopRole", Statement: edit.StatementRef{Index: new(int)}, Resources: []string{"res/Products"}}); !errors.As(err, &refusal) {
		t.Errorf("a widening edit: %v", err)
	}
	if s.State().After.Design != after.After.Design {
		t.Error("a refused edit changed the design")
	}
	if !s.Undo() || s.Undo() {
		t.Error("there is one step to undo")
	}
	if st := wait(t, s); st.After.Design != before.Before.Design || st.Dirty || st.Redo == "" || st.Comparison != nil {
		t.Errorf("undone: dirty %v, redo %q", st.Dirty, st.Redo)
	}
	if !s.Redo() || wait(t, s).After.Design != after.After.Design {
		t.Error("redo is not the same design again")
	}
}

func TestWatchDeliversInOrderAndTheLast(t *testing.T) {
	s, _ := onDisk(t, session.Options{})
	var mu sync.Mutex
	var seen []session.State
	done := make(chan struct{})
	stop := s.Watch(func(st session.State) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, st)
		if st.Selected == "res/Orders" && st.Analysed() {
			select {
			case <-done:
			default:
				close(done)
			}
		}
	})
	defer stop()
	do(t, s, narrow())
	s.Select("fn/Shop")
	s.Select("res/Orders")
	<-done
	mu.Lock()
	defer mu.Unlock()
	if !slices.IsSortedFunc(seen, func(a, b session.State) int { return a.Revision - b.Revision }) {
		t.Error("states came out of order")
	}
	last := seen[len(seen)-1]
	if last.Start != "fn/Shop" || last.Progress.Doing != "" || last.Comparison == nil {
		t.Errorf("the last state: start %q, doing %q", last.Start, last.Progress.Doing)
	}
}

func TestAWatcherMayCallTheSession(t *testing.T) {
	s, _ := onDisk(t, session.Options{Idle: true})
	done := make(chan struct{})
	stop := s.Watch(func(st session.State) {
		if st.Selected == "" {
			s.Select("fn/Shop")
			return
		}
		close(done)
	})
	<-done
	stop()
}

func TestSaveAndOpenAgain(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	do(t, s, narrow())
	saved := filepath.Join(filepath.Dir(path), "designs", "narrow.bulkhead")
	if err := os.Mkdir(filepath.Dir(saved), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(saved); err != nil {
		t.Fatal(err)
	}
	if st := s.State(); st.Dirty || st.SavePath != saved {
		t.Errorf("saved: dirty %v at %q", st.Dirty, st.SavePath)
	}
	if text := read(t, saved); !strings.Contains(text, `"path":"../template.yaml"`) {
		t.Errorf("the source is not named relative to the file:\n%s", text)
	}
	again, err := session.Open(context.Background(), saved, sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if st := again.State(); !st.After.Design.Same(s.State().After.Design) || st.Dirty || len(st.Changed) > 0 {
		t.Errorf("opened again: dirty %v, changed %v", st.Dirty, st.Changed)
	}

	// The source changes where the edit does not look.
	write(t, path, strings.Replace(template, "/list", "/products", 1))
	again, err = session.Open(context.Background(), saved, sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if st := again.State(); len(st.Changed) != 1 || len(st.Steps) != 1 {
		t.Errorf("a source that changed elsewhere: changed %v, %d steps", st.Changed, len(st.Steps))
	}

	// It changes so that the edit no longer fits.
	write(t, path, strings.Replace(template, "ShopX", "Shop", 1)[:strings.Index(template, "      Policies")]+"  Orders: {Type: AWS::Serverless::SimpleTable}\n")
	var misfit *session.MisfitError
	if _, err = session.Open(context.Background(), saved, sources(), session.Options{Idle: true}); !errors.As(err, &misfit) || len(misfit.Misfits) != 1 || len(misfit.Changed) != 1 {
		t.Errorf("an edit that no longer fits: %v", err)
	}
	again, err = session.Open(context.Background(), saved, sources(), session.Options{Idle: true, Fitting: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if st := again.State(); len(st.Misfits) != 1 || len(st.Steps) != 0 {
		t.Errorf("opened without it: %d misfits, %d steps", len(st.Misfits), len(st.Steps))
	}
}

// A sample is on no disk: saved, its source stands beside it, and hashes of statements still fit.
func TestSaveASample(t *testing.T) {
	s, err := session.OpenSample(context.Background(), samplesFS(t), "webshop", sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d := s.State().After.Design
	do(t, s, edit.NarrowToDesign(d, "role/ShopRole", "policy/ShopRole/ShopRolePolicy0", 0))
	path := filepath.Join(t.TempDir(), "mine.bulkhead")
	for range 2 {
		if err := s.Save(path); err != nil {
			t.Fatal(err)
		}
	}
	again, err := session.Open(context.Background(), path, sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !again.State().After.Design.Same(s.State().After.Design) {
		t.Errorf("it comes back as another design: %v", importers.Differences(s.State().After.Design, again.State().After.Design))
	}
}

func samplesFS(t *testing.T) fs.FS {
	t.Helper()
	samples, err := fs.Sub(assets.FS, "samples")
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

func TestWriteSource(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	do(t, s, narrow())
	names, err := s.WriteSource(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 1 || filepath.Base(names[0]) != "template.yaml" {
		t.Errorf("wrote %v", names)
	}
	text := read(t, path)
	if !strings.Contains(text, "!GetAtt Orders.Arn") || !strings.Contains(text, "# the shop") {
		t.Errorf("the template is\n%s", text)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("its mode is %v", info.Mode())
	}

	// What was written can be taken back and written again.
	s.Undo()
	if _, err := s.WriteSource(context.Background()); err != nil {
		t.Fatal(err)
	}
	if read(t, path) != template {
		t.Error("undone and written, it is not the template that it was")
	}

	// Somebody else changes it.
	s.Redo()
	write(t, path, template+"# mine\n")
	if _, err := s.WriteSource(context.Background()); !errors.Is(err, importers.ErrChanged) {
		t.Errorf("a file that changed on disk: %v", err)
	}
	if read(t, path) != template+"# mine\n" {
		t.Error("it was overwritten")
	}
}

func TestExport(t *testing.T) {
	s, path := onDisk(t, session.Options{Idle: true})
	do(t, s, &edit.Split{Function: "fn/Shop", Parts: []edit.Part{
		{Name: "Catalog", Handler: "catalog.handler", Triggers: []string{"List"}, Grants: []edit.Access{{Actions: []string{"dynamodb:Scan"}, Resources: []string{"res/Products"}}}},
		{Name: "Shop", Keeps: true, Triggers: []string{"Buy"}, Grants: []edit.Access{{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"res/Orders"}}}},
	}})
	out := filepath.Join(filepath.Dir(path), "export")
	exported, err := s.WriteTo(context.Background(), out, session.Export{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range exported.Files {
		rel, err := filepath.Rel(out, n)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, filepath.ToSlash(rel))
	}
	if want := "DEPLOY.md policies/CatalogRole.json policies/CatalogRole.proof.json policies/ShopRole.json policies/ShopRole.proof.json " +
		"policies/aws/AWSLambdaBasicExecutionRole.json policies/before/CatalogRole.json policies/before/ShopRole.json source.diff"; strings.Join(got, " ") != want {
		t.Errorf("wrote %v, want %s", got, want)
	}
	doc, err := policy.Parse([]byte(read(t, filepath.Join(out, "policies", "CatalogRole.json"))))
	if err != nil || len(doc.Statements) != 1 || doc.Statements[0].Actions[0] != "dynamodb:Scan" {
		t.Errorf("the policy is %+v, %v", doc, err)
	}
	deploy := read(t, filepath.Join(out, "DEPLOY.md"))
	if !strings.Contains(deploy, "**Code to write: `catalog.handler`** in `src`") {
		t.Errorf("the handler is missing, and DEPLOY.md says\n%s", deploy)
	}
	write(t, filepath.Join(filepath.Dir(path), "src", "catalog.py"), "def handler(event, context): ...\n")
	if deploy := s.Deploy(); !strings.Contains(deploy, "`catalog.handler` in `src`, for `Catalog`: there already") {
		t.Errorf("the handler is there, and DEPLOY.md says\n%s", deploy)
	}
	first, _, err := s.Policies(context.Background(), session.Export{})
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := s.Policies(context.Background(), session.Export{})
	if err != nil {
		t.Fatal(err)
	}
	for name := range first {
		if string(first[name]) != string(second[name]) {
			t.Errorf("%s is printed in two ways", name)
		}
	}
}

func TestMarksAreNotPatched(t *testing.T) {
	s, _ := onDisk(t, session.Options{Idle: true})
	yes := true
	do(t, s, &edit.Mark{Resource: "res/Orders", Crown: &yes})
	do(t, s, &edit.Pin{Role: "role/ShopRole", Actions: []string{"dynamodb:GetItem"}, Resources: []string{"res/Orders"}})
	p, err := s.Patch(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if p.Diff != "" || len(p.Files) != 0 {
		t.Errorf("marks came into the template:\n%s", p.Diff)
	}
}

func TestCancelAndWait(t *testing.T) {
	s, _ := onDisk(t, session.Options{})
	s.Cancel()
	if st := s.State(); st.Progress.Doing != "" {
		t.Errorf("cancelled, it still does %q", st.Progress.Doing)
	}
	if st := wait(t, s); !st.Analysed() {
		t.Error("waiting after a cancel does not analyse")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	do(t, s, narrow())
	if _, err := s.Wait(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("waiting with a cancelled context: %v", err)
	}
	s.Close()
	if _, err := s.Do(narrow()); err == nil {
		t.Error("a closed session takes edits")
	}
}

func TestOpenErrorsAreOneLineWithThePath(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "empty.yaml"), "")
	write(t, filepath.Join(dir, "text.txt"), "hello\n")
	write(t, filepath.Join(dir, "empty.bulkhead"), "")
	write(t, filepath.Join(dir, "newer.bulkhead"), `{"bulkhead": "design/v9"}`)
	write(t, filepath.Join(dir, "lost.bulkhead"), `{"bulkhead": "design/v1", "sources": [{"path": "gone.yaml"}]}`)
	write(t, filepath.Join(dir, "two.bulkhead"), `{"bulkhead": "design/v1", "sources": [{"path": "a"}, {"path": "b"}]}`)
	for _, name := range []string{"gone.yaml", "gone.bulkhead", "empty.yaml", "text.txt", "empty.bulkhead", "newer.bulkhead", "lost.bulkhead", "two.bulkhead", "."} {
		path := filepath.Join(dir, name)
		_, err := session.Open(context.Background(), path, sources(), session.Options{Idle: true})
		if err == nil {
			t.Errorf("%s opens", name)
			continue
		}
		if text := err.Error(); strings.Contains(text, "\n") || !strings.HasPrefix(text, path) && !strings.HasPrefix(text, dir) {
			t.Errorf("%s: %q is not one line with the path", name, text)
		}
	}
}

func TestBlankPageToTemplate(t *testing.T) {
	s, err := session.Blank("shop", sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	do(t, s, &edit.NewFunction{Name: "Worker"})
	do(t, s, &edit.NewResource{Name: "Jobs", Type: "AWS::SQS::Queue"})
	do(t, s, &edit.NewTrigger{Name: "Jobs", To: "fn/Worker", From: "res/Jobs", Event: "sqs"})
	out := t.TempDir()
	if _, err := s.WriteTo(context.Background(), out, session.Export{}); err != nil {
		t.Fatal(err)
	}
	if in, err := importers.Open(context.Background(), sources(), filepath.Join(out, "template.yaml"), importers.Options{StackName: "shop"}); err != nil {
		t.Error(err)
	} else if d := importers.Differences(s.State().After.Design, in.Design); len(d) > 0 {
		t.Errorf("the template is another design: %v", d)
	}
	path := filepath.Join(t.TempDir(), "shop.bulkhead")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := session.Open(context.Background(), path, sources(), session.Options{Idle: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.State().After.Design.Function("fn/Worker") == nil || again.State().Title != "shop" {
		t.Error("a blank design does not come back")
	}
}

// ids and states hold together under intents from several goroutines.
func TestManyHands(t *testing.T) {
	s, _ := onDisk(t, session.Options{})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 10 {
				if _, err := s.Do(narrow()); err == nil {
					s.Undo()
				}
				s.Select(model.ID("fn/Shop"))
				s.Assume(true)
				_ = s.State()
			}
		})
	}
	group.Wait()
	for s.Undo() {
	}
	if st := wait(t, s); st.After.Design != st.Before.Design {
		t.Error("undoing everything is not the first design")
	}
}

func containsText(list []string, text string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, text) })
}
