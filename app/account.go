//go:build !headless

package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"bulkhead/app/view"
	"bulkhead/importers/account/live"
	"bulkhead/render"
)

// An accountImport is a live account on its way into the window: first it is known whose it is, then it is read.
type accountImport struct {
	w      *window
	form   *view.AccountForm
	dialog *view.Sheet
	next   *view.Button
	ctx    context.Context
	cancel context.CancelFunc
	named  string // path that was filled in for a person, "" where they wrote one

	client *live.Client // signed in; nil: not yet
	who    live.Identity
	read   live.Options
}

// importAccount asks for a live account, reads it into a snapshot and opens that.
func (w *window) importAccount() { w.guard("Import an account", w.askForAccount) }

func (w *window) askForAccount() {
	var profiles []view.ProfileChoice
	for _, p := range live.Profiles() {
		profiles = append(profiles, view.ProfileChoice{Name: p.Name, Region: p.Region, SSO: p.SSO})
	}
	dir := w.place()
	a := &accountImport{w: w, named: filepath.Join(dir, "account.json")}
	a.form = view.NewAccountForm(profiles, a.named)
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.form.OnChange = a.forget
	a.dialog = view.NewSheet("Import a live account", "Read once, with your own credentials, into a snapshot on this disk.", a.form.Root)
	a.dialog.Width = 620
	a.dialog.First = a.form.Profile
	a.form.OnResize = a.dialog.Fit
	a.dialog.Leave("Cancel")
	a.next = a.dialog.Stay("Sign in", view.Primary, a.importOrSignIn)
	w.account = a
	w.present(a.dialog, a.cancel)
	w.keep(a.dialog, func() bool { return a.client != nil && a.next.Disabled }, "Stop reading?", "What was answered is kept beside the snapshot, and reading goes on from there next time.", "Stop")
}

// forget forgets who signed in: something else is asked for.
func (a *accountImport) forget() {
	a.client = nil
	a.say("Sign in")
	a.able(true)
}

// say writes on the button what comes next.
func (a *accountImport) say(next string) {
	a.next.Label = next
	a.dialog.Fit()
}

// able lets a person go on, or not while something goes on.
func (a *accountImport) able(yes bool) {
	a.next.Set(false, !yes)
	a.form.Able(yes)
}

// signIn finds credentials, and says whose account they are of and what will be read.
func (a *accountImport) signIn() {
	asked := a.form.Asked()
	access := live.Access{Profile: a.form.Chosen(), Role: strings.TrimSpace(a.form.Role.Text), ExternalID: strings.TrimSpace(a.form.ExternalID.Text),
		MFASerial: strings.TrimSpace(a.form.MFA.Text), Endpoint: strings.TrimSpace(a.form.Endpoint.Text), Code: a.code}
	for _, r := range asked {
		if r != "all" {
			access.Region = r
			break
		}
	}
	a.able(false)
	a.form.Say("Signing in…", false)
	go func() {
		client, err := access.Open(a.ctx)
		var who live.Identity
		if err == nil {
			who, err = client.Identify(a.ctx)
		}
		o := live.Options{LastAccessed: true}
		if err == nil {
			o.Regions, err = who.Within(asked, client.Region())
		}
		fyne.Do(func() {
			if a.ctx.Err() != nil {
				return
			}
			a.able(true)
			if err != nil {
				a.form.Say(asSentence(err), true)
				return
			}
			a.client, a.who, a.read = client, who, o
			if a.form.Path.Text == a.named {
				a.named = filepath.Join(filepath.Dir(a.named), "account-"+who.Account+".json")
				a.form.Path.SetText(a.named)
			}
			name := who.Account
			if who.Alias != "" {
				name += " (" + who.Alias + ")"
			}
			a.form.Say(fmt.Sprintf("Account %s, as %s. Reads %s in %s.", name, who.ARN, strings.Join(live.Services(o), ", "), strings.Join(o.Regions, ", ")), false)
			a.say("Import")
		})
	}()
}

func (a *accountImport) importOrSignIn() {
	if a.client == nil {
		a.signIn()
		return
	}
	a.take()
}

// take reads the account, writes the snapshot and opens it.
func (a *accountImport) take() {
	path := strings.TrimSpace(a.form.Path.Text)
	before, err := live.Before(path, a.who.Account)
	if err != nil {
		a.form.Say(asSentence(err), true)
		return
	}
	a.able(false)
	a.form.Far(0, "Begins…")
	o := a.read
	o.Journal = path + ".partial"
	o.Progress = func(p live.Progress) {
		share := float64(p.Done) / float64(max(1, p.Known))
		text := fmt.Sprintf("%d of %d calls", p.Done, p.Known)
		if p.Problems > 0 {
			text += fmt.Sprintf(", %d not answered", p.Problems)
		}
		if p.Left > 0 {
			text += fmt.Sprintf(", about %s left", p.Left)
		}
		fyne.Do(func() {
			if a.next.Disabled {
				a.form.Far(share, text)
			}
		})
	}
	go func() {
		s, err := a.client.Take(a.ctx, a.who, o)
		if err == nil {
			err = s.Write(path)
		}
		if err == nil {
			_ = os.Remove(o.Journal) //nolint:errcheck // it is of no more use, and stale some hours later
		}
		fyne.Do(func() {
			if a.ctx.Err() != nil {
				return
			}
			a.able(true)
			if err != nil {
				a.forget()
				a.form.Say(asSentence(err), true)
				return
			}
			a.client = nil
			a.dialog.Hide()
			a.w.open(path)
			a.w.tellOfImport(path, s, before)
		})
	}()
}

// code asks for a code of an MFA device.
func (a *accountImport) code() (string, error) {
	given := make(chan string, 1)
	fyne.Do(func() {
		entry, yes := view.NewField(""), false
		d := view.NewSheet("Code of the MFA device", "The six digits that it shows now.", entry)
		d.Width, d.First = 360, entry
		d.Leave("Cancel")
		d.Stay("Sign in", view.Primary, func() {
			yes = true
			d.Hide()
		})
		a.w.present(d, func() {
			if !yes {
				entry.SetText("")
			}
			given <- strings.TrimSpace(entry.Text)
		})
	})
	select {
	case code := <-given:
		if code != "" {
			return code, nil
		}
	case <-a.ctx.Done():
	}
	return "", errors.New("no code of the MFA device was given")
}

// most of what was not seen, and of what changed, is listed when an account was read.
const (
	mostUnseen  = 8
	mostChanged = 12
)

// tellOfImport says what was not seen, and what changed since the snapshot that was there before.
func (w *window) tellOfImport(path string, s, before *live.Snapshot) {
	unseen := view.Findings{Title: "NOT SEEN, SINCE IT COULD NOT BE READ", Icon: "warning", Color: render.Crown}
	for i, p := range s.Problems {
		if i == mostUnseen {
			unseen.Rest = fmt.Sprintf("… and %d more, under What Was Not Resolved", len(s.Problems)-i)
			break
		}
		unseen.Lines = append(unseen.Lines, upper(p.String()))
	}
	changed := view.Findings{Title: "SINCE THE SNAPSHOT THAT WAS THERE", Icon: "right", Color: render.Muted}
	if before != nil {
		all := s.Since(before)
		changed.Lines = all[:min(len(all), mostChanged)]
		if n := len(all) - len(changed.Lines); n > 0 {
			changed.Rest = fmt.Sprintf("… and %d more", n)
		}
	}
	if len(unseen.Lines)+len(changed.Lines) == 0 {
		return
	}
	d := view.NewSheet("Read into "+filepath.Base(path), strings.Join(s.Count(), ", ")+".", view.NewFindings(unseen, changed))
	d.Width = 620
	d.Act("Close", view.Primary, func() {})
	w.present(d, nil)
}

// asSentence is an error as a sentence.
func asSentence(err error) string {
	text := cmp.Or(err.Error(), "it did not work")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
