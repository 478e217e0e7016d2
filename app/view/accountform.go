package view

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"bulkhead/render"
)

// Environment stands first among the profiles: whatever credentials a tool finds by itself.
const Environment = "Environment, or the default profile"

// An AccountForm asks which account is to be read, and says whose it is and how far the reading is. It reads nothing.
type AccountForm struct {
	Root       fyne.CanvasObject
	Profile    *widget.Select
	Regions    *Field
	Role       *Field
	ExternalID *Field
	MFA        *Field
	Endpoint   *Field
	Path       *Field
	OnChange   func() // something else is asked for: whose account it is is not known any more

	said     *Text
	bar      *widget.ProgressBar
	far      *Text
	fold     *Button
	advanced *fyne.Container
	rows     *fyne.Container
}

// A ProfileChoice is a profile that can be chosen, and its region.
type ProfileChoice struct{ Name, Region string }

// NewAccountForm asks for one of the profiles. The snapshot goes to path.
func NewAccountForm(profiles []ProfileChoice, path string) *AccountForm {
	f := &AccountForm{Regions: newField(""), Role: newField(""), ExternalID: newField(""), MFA: newField(""), Endpoint: newField(""), Path: newField(path), said: NewText("", small.lines(6)), bar: widget.NewProgressBar(), far: NewText("", small.lines(2))}
	names, regions := []string{Environment}, map[string]string{}
	for _, p := range profiles {
		names = append(names, p.Name)
		regions[p.Name] = p.Region
	}
	f.Profile = widget.NewSelect(names, nil)
	f.Profile.Selected = names[0]
	f.Regions.SetPlaceHolder("the profile's; or names, or all")
	f.Role.SetPlaceHolder("none; or the ARN of a role to assume")
	f.ExternalID.SetPlaceHolder("if the role asks for one")
	f.MFA.SetPlaceHolder("the profile's; or the serial number or ARN of one")
	f.Endpoint.SetPlaceHolder("AWS's own; or one for all services, http://127.0.0.1:5000")
	f.Profile.OnChanged = func(name string) {
		if hint := regions[name]; hint != "" {
			f.Regions.SetPlaceHolder(hint + "; or others, or all")
		} else {
			f.Regions.SetPlaceHolder("the profile's; or names, or all")
		}
		f.changed()
	}
	for _, e := range []*Field{f.Regions, f.Role, f.ExternalID, f.MFA, f.Endpoint} {
		e.OnChanged = func(string) { f.changed() }
	}
	f.bar.TextFormatter = func() string { return "" }
	f.bar.Hide()
	const left = 84
	row := func(text string, o fyne.CanvasObject) fyne.CanvasObject {
		return newLine(0, 1, newFixed(left, small.lineHeight(), NewLabel(text, small.whole())), o)
	}
	f.advanced = newColumn(10, row("External id", f.ExternalID), row("MFA device", f.MFA), row("Endpoint", f.Endpoint))
	f.fold = NewButton("Advanced", "right", Quiet, func() { f.unfold(!f.advanced.Visible()) }).withTip("External id, MFA device, and an endpoint in the place of AWS's own")
	f.rows = newColumn(10,
		row("Profile", f.Profile), row("Regions", f.Regions), row("Role", f.Role), row("Snapshot", f.Path), newLine(0, -1, newFixed(left-12, small.lineHeight(), NewLabel("", small)), f.fold), f.advanced,
		newSide(left, NewLabel("", small), f.said), newSide(left, NewLabel("", small), newFixed(0, 10, f.bar)), newSide(left, NewLabel("", small), f.far))
	f.Root = newInset(4, 4, f.rows)
	f.unfold(false)
	f.Say("Reads who may do what, functions, what starts them, and what holds data; changes nothing, and reads no object, item, message or secret.", false)
	return f
}

// unfold shows what few need, or hides it.
func (f *AccountForm) unfold(yes bool) {
	f.fold.Icon = "right"
	f.advanced.Hide()
	if yes {
		f.fold.Icon = "down"
		f.advanced.Show()
	}
	f.fold.Refresh()
	f.rows.Refresh()
}

func (f *AccountForm) changed() {
	if f.OnChange != nil {
		f.OnChange()
	}
}

// Chosen is the profile that was chosen, "" for what a tool finds by itself.
func (f *AccountForm) Chosen() string {
	if f.Profile.Selected == Environment {
		return ""
	}
	return f.Profile.Selected
}

// Asked are the regions that were asked for.
func (f *AccountForm) Asked() []string {
	return strings.FieldsFunc(f.Regions.Text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
}

// Say says whose account it is, or what is wrong.
func (f *AccountForm) Say(text string, bad bool) {
	style := small.lines(6)
	if bad {
		style = style.in(render.Danger)
	}
	f.said.Set(text, style)
}

// Far says how far the reading is: a share, and words.
func (f *AccountForm) Far(share float64, text string) {
	f.bar.Show()
	f.bar.SetValue(share)
	f.far.Set(text, small.lines(2))
}

// Able lets a person write into the form, or not while something goes on.
func (f *AccountForm) Able(yes bool) {
	for _, o := range []fyne.Disableable{f.Profile, f.Regions, f.Role, f.ExternalID, f.MFA, f.Endpoint, f.Path} {
		if yes {
			o.Enable()
		} else {
			o.Disable()
		}
	}
	if yes {
		f.bar.Hide()
		f.far.Set("", small.lines(2))
	}
}
