package view

import (
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/render"
)

// Environment stands first among the profiles: whatever credentials a tool finds by itself.
const Environment = "Environment, or the default profile"

// An AccountForm asks which account is to be read, and says whose it is and how far the reading is. It reads nothing.
type AccountForm struct {
	Root       fyne.CanvasObject
	Profile    *Picker
	Regions    *Field
	Role       *Field
	ExternalID *Field
	MFA        *Field
	Endpoint   *Field
	Path       *Field
	OnChange   func() // something else is asked for: whose account it is is not known any more
	OnResize   func() // it has more rows now, or less

	sign     *Picture
	said     *Text
	saying   *fyne.Container
	meter    *meter
	far      *Text
	fold     *Button
	advanced *fyne.Container
	rows     *fyne.Container
}

// A ProfileChoice is a profile that can be chosen, its region, and whether it signs in with IAM Identity Center.
type ProfileChoice struct {
	Name, Region string
	SSO          bool
}

// option is the profile as a field shows it: "prod", "IAM Identity Center · eu-central-1".
func (p ProfileChoice) option() Option {
	var notes []string
	if p.SSO {
		notes = append(notes, "IAM Identity Center (SSO)")
	}
	if p.Region != "" {
		notes = append(notes, p.Region)
	}
	return Option{p.Name, strings.Join(notes, " · ")}
}

// NewAccountForm asks for one of the profiles. The snapshot goes to path.
func NewAccountForm(profiles []ProfileChoice, path string) *AccountForm {
	f := &AccountForm{Regions: newField(""), Role: newField(""), ExternalID: newField(""), MFA: newField(""), Endpoint: newField(""), Path: newField(path),
		sign: NewPicture("info", render.Link, 16), said: NewText("", small.lines(6)), meter: newMeter(), far: NewText("", small.lines(2))}
	options, regions := []Option{{Name: Environment}}, []string{""}
	for _, p := range profiles {
		options, regions = append(options, p.option()), append(regions, p.Region)
	}
	f.Profile = NewPicker(options, func() {
		if hint := regions[f.Profile.At()]; hint != "" {
			f.Regions.SetPlaceHolder(hint + "; or others, or all")
		} else {
			f.Regions.SetPlaceHolder("the profile's; or names, or all")
		}
		f.changed()
	})
	f.Regions.SetPlaceHolder("the profile's; or names, or all")
	f.Role.SetPlaceHolder("none; or the ARN of a role to assume")
	f.ExternalID.SetPlaceHolder("if the role asks for one")
	f.MFA.SetPlaceHolder("the profile's; or the serial number or ARN of one")
	f.Endpoint.SetPlaceHolder("AWS's own; or one for all services, http://127.0.0.1:5000")
	for _, e := range []*Field{f.Regions, f.Role, f.ExternalID, f.MFA, f.Endpoint} {
		e.OnChanged = func(string) { f.changed() }
	}
	f.meter.Hide()
	f.far.Hide()
	const left = 96
	row := func(text string, o fyne.CanvasObject) fyne.CanvasObject {
		return newLine(0, 1, newFixed(left, small.lineHeight(), NewLabel(text, small.whole())), o)
	}
	f.advanced = newColumn(12, row("External id", f.ExternalID), row("MFA device", f.MFA), row("Endpoint", f.Endpoint))
	f.fold = NewButton("Advanced", "right", Quiet, func() { f.unfold(!f.advanced.Visible()) }).withTip("External id, MFA device, and an endpoint in the place of AWS's own")
	f.saying = newBehind(NewGround(render.Bilge, render.None, 8), newInset(12, 10, newColumn(8, newSide(26, f.sign, f.said), f.meter, f.far)))
	f.rows = newColumn(12,
		row("Profile", f.Profile), row("Regions", f.Regions), row("Role", f.Role), row("Snapshot", f.Path),
		newLine(0, -1, newFixed(left-12, small.lineHeight(), NewLabel("", small)), f.fold), f.advanced, f.saying)
	f.Root = f.rows
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
	f.resized()
}

func (f *AccountForm) changed() {
	if f.OnChange != nil {
		f.OnChange()
	}
}

// Chosen is the profile that was chosen, "" for what a tool finds by itself.
func (f *AccountForm) Chosen() string {
	if f.Profile.At() == 0 {
		return ""
	}
	return f.Profile.Chosen()
}

// Asked are the regions that were asked for.
func (f *AccountForm) Asked() []string {
	return strings.FieldsFunc(f.Regions.Text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
}

// Say says whose account it is, or what is wrong.
func (f *AccountForm) Say(text string, bad bool) {
	style := small.lines(6).in(render.Ink)
	if bad {
		style = style.in(render.Danger)
		f.sign.Set("warning", render.Danger)
	} else {
		f.sign.Set("info", render.Link)
	}
	f.said.Set(text, style)
	f.resized()
}

// Far says how far the reading is: a share, and words.
func (f *AccountForm) Far(share float64, text string) {
	fresh := !f.meter.Visible()
	f.meter.Show()
	f.meter.Set(share, render.Tile3)
	f.far.Set(text, small.lines(2))
	f.far.Show()
	if fresh {
		f.resized()
	}
}

func (f *AccountForm) resized() {
	f.rows.Refresh()
	if f.OnResize != nil {
		f.OnResize()
	}
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
		f.meter.Hide()
		f.far.Hide()
		f.resized()
	}
}
