//go:build !headless

package app

func (w *window) export() {}

func (w *window) save(then func())   {}
func (w *window) saveAs(then func()) {}

func (w *window) askToSave(what string, then func()) { then() }

// closeDesign goes back to the start page.
func (w *window) closeDesign() {
	w.guard("Close the design", func() {
		w.leave()
		w.showStart()
	})
}
