//go:build !headless

package app

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

// TestWhoCanFromTheInspector: from a resource that is selected one asks who can do something with it; another question is answered, and
// a click on a name selects that one.
func TestWhoCanFromTheInspector(t *testing.T) {
	w := openWindow(t, "sample:webshop")
	until(t, "the breach", func() bool { return w.state.Analysed() && w.state.Start == "fn/Shop" })
	do(func() bool { w.inspect.OnWhoCan("res/Orders"); return true })
	until(t, "the sheet", func() bool { return len(w.dialogs) == 1 && w.dialogs[0].Shown() })
	until(t, "the answer", func() bool { return w.who.Answered() })
	do(func() bool { w.who.Action.SetText("dynamodb:PutItem"); w.who.Ask(); return true })
	until(t, "another answer", func() bool { return w.who.Answered() })
	do(func() bool {
		bs := w.dialogs[0].Buttons()
		test.Tap(bs[len(bs)-1])
		return true
	})
	until(t, "the end", func() bool { return len(w.dialogs) == 0 })
	do(func() bool { w.who.OnSelect("fn/Mailer"); return true })
	until(t, "the selection", func() bool { return w.state.Selected == "fn/Mailer" })
}
