package hull

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"bulkhead/render"
	"bulkhead/render/font"
	"bulkhead/render/png"
)

// a picture is one that a test lays out: a name and the diagrams shown together.
type picture struct {
	name     string
	diagrams []*render.Diagram
}

func pictures(t testing.TB) []picture {
	shop, split := webshop(t), webshopSplit(t)
	before, after := render.Compare{Before: shop.view("", "Shop"), After: split.view("", "Checkout")}.Draw()
	vulnerable := photos(t).view("", "Ingest")
	vulnerable.Vulnerable = true
	hop := photos(t).view("", "Ingest")
	hop.Hop = 1
	then, now := render.Compare{Before: orders(t, false).view("", "Intake"), After: orders(t, true).view("", "Intake")}.Draw()
	return []picture{
		{"orders", []*render.Diagram{then, now}},
		{"lambdashell", []*render.Diagram{render.Draw(lambdashell(t).view("", "Shell"))}},
		{"webshop", []*render.Diagram{render.Draw(shop.view("", "Shop"))}},
		{"webshop-calm", []*render.Diagram{render.Draw(shop.view("", ""))}},
		{"webshop-split", []*render.Diagram{before, after}},
		{"photos", []*render.Diagram{render.Draw(photos(t).view("", "Ingest"))}},
		{"photos-vulnerable", []*render.Diagram{render.Draw(vulnerable)}},
		{"photos-hop", []*render.Diagram{render.Draw(hop)}},
		{"photos-user", []*render.Diagram{render.Draw(photos(t).view("", "user/ana"))}},
		{"fleet26", []*render.Diagram{render.Draw(fleet(t, 26).view("", "Checkout"))}},
		{"fleet9", []*render.Diagram{render.Draw(fleet(t, 9).view("", "Refresh"))}},
		{"fleet80", []*render.Diagram{render.Draw(fleet(t, 80).view("", "Checkout"))}},
		{"longnames", []*render.Diagram{render.Draw(longnames(t).view("", "ProductionOrderManagementSubsystemSynchronousInventoryReservationHandlerA9F3A27"))}},
		{"hoard", []*render.Diagram{render.Draw(hoard(t).view("", "Everything"))}},
		{"crew", []*render.Diagram{render.Draw(crew(t).view("", "Worker11"))}},
		{"store", []*render.Diagram{render.Draw(store(t).view("", ""))}},
		{"passages", []*render.Diagram{render.Draw(passages(t).view("", "Front"))}},
	}
}

func layout(t testing.TB, diagrams ...*render.Diagram) []*render.Scene {
	t.Helper()
	scenes, err := Layout{}.Layout(context.Background(), font.Metrics(), diagrams...)
	if err != nil {
		t.Fatal(err)
	}
	return scenes
}

// TestLook writes the pictures of the fixtures as PNG, light and dark, into the folder BULKHEAD_LOOK, to be looked at.
func TestLook(t *testing.T) {
	dir := os.Getenv("BULKHEAD_LOOK")
	if dir == "" {
		t.Skip("set BULKHEAD_LOOK to a folder to have the pictures written there")
	}
	for _, p := range pictures(t) {
		s := render.Stack(layout(t, p.diagrams...)...)
		for _, palette := range []*render.Palette{render.Light, render.Dark} {
			var b bytes.Buffer
			if err := png.Write(&b, s, palette, 1); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, p.name+"-"+palette.Name+".png"), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
