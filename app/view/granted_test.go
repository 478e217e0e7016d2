package view

import (
	"testing"

	"bulkhead/model/edit"
)

// TestGranted names what is granted as the window does, a bucket and its objects once.
func TestGranted(t *testing.T) {
	_, st := opened(t, "webshop")
	d := st.After.Design
	for _, c := range []struct {
		on   string
		use  edit.Use
		want string
	}{
		{"res/Orders", edit.Reads, "MailerRole may use Orders: GetItem, BatchGetItem, Query and Scan"},
		{"res/Outbox", edit.Writes, "MailerRole may use Outbox: SendMessage"},
		{"res/Receipts", edit.Reads, "MailerRole may use Receipts: GetObject and ListBucket"},
	} {
		g := edit.GrantUse(d, "role/MailerRole", d.Find(c.on).ElementID(), c.use)
		if got := Granted(d, g); got != c.want {
			t.Errorf("%+v\nis %q\nwant %q", g.Access, got, c.want)
		}
	}
}
