package canvas

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"bulkhead/app/theme"
	"bulkhead/importers"
	"bulkhead/importers/cfn"
	"bulkhead/model"
	"bulkhead/model/catalog"
	"bulkhead/model/edit"
	"bulkhead/model/reach"
	"bulkhead/render"
	"bulkhead/render/dot"
	"bulkhead/render/font"
)

// fleetOf is the analysis of a template of n functions in teams of twenty: each with a table of its own, every fifth with
// the queue of its team.
func fleetOf(b *testing.B, n int) *reach.Analysis {
	b.Helper()
	var t strings.Builder
	t.WriteString("Transform: AWS::Serverless-2016-10-31\nResources:\n")
	for i := range n {
		team := i / 20
		if i%20 == 0 {
			fmt.Fprintf(&t, "  Team%dQueue: {Type: AWS::SQS::Queue}\n", team)
		}
		fmt.Fprintf(&t, "  Team%dFn%d:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: a.b\n      Runtime: python3.12\n      CodeUri: .\n      Policies:\n        - DynamoDBCrudPolicy: {TableName: !Ref Team%dTable%d}\n", team, i, team, i)
		if i%5 == 0 {
			fmt.Fprintf(&t, "        - SQSSendMessagePolicy: {QueueName: !GetAtt Team%dQueue.QueueName}\n", team)
		}
		fmt.Fprintf(&t, "  Team%dTable%d: {Type: AWS::Serverless::SimpleTable}\n", team, i)
	}
	in, err := cfn.Sources()[0].Import(context.Background(), fstest.MapFS{"template.yaml": {Data: []byte(t.String())}}, "template.yaml", importers.Options{})
	if err != nil {
		b.Fatal(err)
	}
	a, err := reach.Analyze(context.Background(), in.Design, catalog.Load(), nil)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

// BenchmarkFrame is what one frame of the window costs where the picture moves, and what another breach costs until it is
// painted, or an edit: on the map of 100 compartments, of 500 with their groups folded, and of 2,000 with all of them opened.
func BenchmarkFrame(b *testing.B) {
	app := test.NewApp()
	defer app.Quit()
	app.Settings().SetTheme(theme.New(theme.Light))
	for _, size := range []struct {
		n      int
		open   bool
		target time.Duration
	}{{100, false, time.Second / 60}, {500, false, time.Second / 60}, {2000, true, time.Second / 20}} {
		a := fleetOf(b, size.n)
		v := render.View{Design: a.Design(), Analysis: a, Measures: a.Measures(false)}
		v.Known = render.Learn(v)
		if size.open {
			for _, g := range render.Bundles(v.Design) {
				v.Open = append(v.Open, g.Name)
			}
		}
		maps := dot.Own()
		picture := func(start model.ID) *render.Scene {
			v.Breach = a.Breach(start)
			scenes, err := maps.Layout(context.Background(), font.Metrics(), render.Draw(v))
			if err != nil {
				b.Fatal(err)
			}
			return scenes[0]
		}
		starts := a.Design().Functions()
		c := New()
		c.Resize(fyne.NewSize(1280, 800))
		c.SetScene(picture(starts[0].ID))
		c.paint(1280, 800)
		run := func(what string, target time.Duration, f func(i int)) {
			b.Run(fmt.Sprintf("%s/%d", what, size.n), func(b *testing.B) {
				i := 0
				for b.Loop() {
					f(i)
					c.paint(1280, 800)
					i++
				}
				b.ReportMetric(float64(target.Nanoseconds()), "target-ns/op")
			})
		}
		run("pan", size.target, func(int) { c.x += 0.5 })
		run("zoom", size.target, func(i int) { c.zoom *= []float64{1.02, 1 / 1.02}[i%2] })
		run("flood", 10*size.target, func(i int) { c.SetScene(picture(starts[i%len(starts)].ID)) })
		run("edit", 20*size.target, func(i int) {
			f := starts[i%len(starts)]
			r, err := edit.GrantUse(v.Design, f.Role, a.Design().Resources()[0].ID, edit.Writes).Apply(a.Design())
			if err != nil {
				b.Fatal(err)
			}
			after, err := reach.Analyze(context.Background(), r.Design, catalog.Load(), a)
			if err != nil {
				b.Fatal(err)
			}
			now := v
			now.Design, now.Analysis, now.Breach, now.Known = r.Design, after, after.Breach(f.ID), nil
			scenes, err := maps.Layout(context.Background(), font.Metrics(), render.Draw(now))
			if err != nil {
				b.Fatal(err)
			}
			c.SetScene(scenes[0])
		})
	}
}
