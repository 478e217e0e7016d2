package view

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"

	"bulkhead/model/edit"
)

func TestStockAsksForWhatIsClicked(t *testing.T) {
	newApp(t)
	s := NewStock()
	newWindow(t, s.Root, 776, 120)
	var got []string
	s.OnFunction = func() { got = append(got, "function") }
	s.OnResource = func(typ string) { got = append(got, typ) }
	s.OnTrigger = func(e string) { got = append(got, e) }
	s.Set(true, "", true)
	test.Tap(button(t, s.Root, "Route")) // there is nothing that it could start
	s.Set(true, "Shop", false)
	for _, l := range []string{"Function", "Table", "Queue", "Route", "Schedule"} {
		test.Tap(button(t, s.Root, l))
	}
	if want := []string{"function", "AWS::DynamoDB::Table", "AWS::SQS::Queue", "http", "schedule"}; !slices.Equal(got, want) {
		t.Errorf("asked for %q, want %q", got, want)
	}
	s.Set(false, "", false)
	if s.Root.Visible() {
		t.Error("a design that takes nothing offers things")
	}
}

func TestStartOffersNewDesigns(t *testing.T) {
	newApp(t)
	s := NewStart()
	newWindow(t, s.Root, 1280, 760)
	var got []int
	s.OnNew = func(p int) { got = append(got, p) }
	test.Tap(button(t, s.Root, "New design"))
	for _, p := range edit.Patterns() {
		test.Tap(button(t, s.Root, p.Name))
	}
	if want := []int{Blank, 0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("new designs %v, want %v", got, want)
	}
}
