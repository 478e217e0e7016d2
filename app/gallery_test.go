//go:build !headless

package app

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"bulkhead/app/session"
	"bulkhead/app/theme"
	"bulkhead/app/view"
	"bulkhead/internal/corpus"
	"bulkhead/model"
	"bulkhead/render/slides"
)

// A galleryPicture is a picture of the window.
type galleryPicture struct {
	name, path string
	modes      []theme.Mode
	show       func(w *window)
	until      func(w *window) bool
}

// bench stands for the path of a synthetic account, which is made where there is the generator.
const bench = "account"

// gallerySize are the sides of the window whose picture is 3840 by 2160 pixels, at two pixels a point.
var gallerySize = fyne.NewSize(1920, 1080)

// TestGallery draws the window for docs/gallery (make gallery), where BULKHEAD_GALLERY says where that is.
func TestGallery(t *testing.T) {
	dir := os.Getenv("BULKHEAD_GALLERY")
	if dir == "" {
		t.Skip("NOTICE: skipped, no BULKHEAD_GALLERY to draw into")
	}
	all := []theme.Mode{theme.Light, theme.Dark, theme.ContrastLight}
	pictures := []galleryPicture{
		{"open", "sample:webshop", all, func(*window) {}, nil},
		{"breach", "sample:team", all, func(w *window) { w.look.hop = 2; w.picture() }, nil},
		{"tighten", "sample:webshop", all, func(w *window) {
			c := view.PoliciesOf(w.state.After.Design, "role/ShopRole")[0].Cards[2]
			w.inspect.OnEdit(c.WithoutAction(w.state.After.Design, "secretsmanager:GetSecretValue"))
		}, func(w *window) bool { return w.state.Edited }},
		{"split", "sample:webshop", all, func(w *window) {
			w.split("fn/Shop")
			w.board.Suggest()
		}, func(w *window) bool { return w.board.Judged() }},
		{"compare", "sample:webshop/split.bulkhead", all, func(w *window) { w.showSide(view.Both) }, nil},
		{"present", "sample:webshop/split.bulkhead", all, func(w *window) {
			w.makeSlides([]model.ID{"fn/Shop"}, func(all []slides.Slide) {
				w.startPresenting(all)
				w.showSlide(1)
			})
		}, func(w *window) bool { return w.showing != nil }},
		{"functions", bookings(t), all, func(w *window) { w.showChart(view.MapChart) }, nil},
		{"account", bench, all, func(*window) {}, func(w *window) bool { return w.ranks.Root.Visible() }},
		{"wipe", "sample:webshop/split.bulkhead", []theme.Mode{theme.Dark}, func(w *window) { w.toggleWipe() }, func(w *window) bool { return w.canvas.Wiping() }},
		{"blank", "", []theme.Mode{theme.Dark}, func(*window) {}, nil},
	}
	for _, p := range pictures {
		for _, mode := range p.modes {
			t.Run(p.name, func(t *testing.T) { p.draw(t, dir, mode) })
		}
	}
}

// draw writes the picture of a window that was opened for it.
func (p galleryPicture) draw(t *testing.T, dir string, mode theme.Mode) {
	t.Helper()
	var w *window
	if p.path == bench {
		p.path = account2000(t)
	}
	if p.path == "" {
		w = blankWindow(t, 1)
		until(t, "the pattern", func() bool {
			return len(w.state.After.Design.Functions()) == 2 && w.state.Analysed() && w.state.Start != ""
		})
	} else {
		w = openWindow(t, p.path)
	}
	do(func() bool { w.setTheme(mode); w.win.Resize(gallerySize); return true })
	do(func() bool { p.show(w); return true })
	if p.until != nil {
		until(t, p.name, func() bool { return p.until(w) })
	}
	until(t, "the picture of "+p.name, func() bool {
		return w.showing != nil || w.state.Analysed() && w.state.After.Sea != session.Uncounted && w.job.cancel == nil &&
			w.job.last.same(ask{w.state, w.look, w.room()}.widened()) && w.canvas.Settled()
	})
	name := map[theme.Mode]string{theme.Light: "light", theme.Dark: "dark", theme.ContrastLight: "contrast"}[mode]
	var b bytes.Buffer
	if err := png.Encode(&b, captureAt(w, 2)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "window-"+p.name+"-"+name+".png"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	do(func() bool {
		if len(w.dialogs) > 0 {
			w.board.Touched = false
			w.escape()
		}
		return true
	})
	do(func() bool { w.stopPresenting(); w.setTheme(theme.Light); return true })
}

// account2000 is the file of a synthetic account, made by bench/gen_account.py beside the corpus.
func account2000(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("python3", filepath.Join(corpus.Dir(t), "..", "bench", "gen_account.py"), "2000").Output()
	if err != nil {
		t.Skipf("NOTICE: skipped, no synthetic account: %v", err)
	}
	path := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// bookings is a template of 26 functions, as a booking service has them.
func bookings(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("Transform: AWS::Serverless-2016-10-31\nResources:\n")
	for _, n := range []string{"Flights", "Bookings", "Loyalty", "Customers", "Seats", "Prices"} {
		fmt.Fprintf(&b, "  %s: {Type: AWS::Serverless::SimpleTable}\n", n)
	}
	for _, n := range []string{"PaymentQueue", "MailQueue", "RefundQueue"} {
		fmt.Fprintf(&b, "  %s: {Type: AWS::SQS::Queue}\n", n)
	}
	b.WriteString("  BookingEvents: {Type: AWS::SNS::Topic}\n  OpsAlerts: {Type: AWS::SNS::Topic}\n  Documents: {Type: AWS::S3::Bucket}\n  Exports: {Type: AWS::S3::Bucket}\n" +
		"  StripeKey: {Type: AWS::SecretsManager::Secret, Properties: {}}\n  MailKey: {Type: AWS::SecretsManager::Secret, Properties: {}}\n")
	// Name, what starts it, and what it may do: r reads a table, c changes one, q sends, t publishes, b uses a bucket, s gets a secret.
	for _, line := range strings.Split(strings.TrimSpace(`
SearchFlights GET/flights r:Flights r:Prices
GetFlight GET/flights/{id} r:Flights
CreateFlight POST/flights c:Flights
QuotePrice GET/prices r:Prices r:Seats
UpdatePrices rate(1_hour) c:Prices
ListSeats GET/seats r:Seats
ReserveSeat POST/seats c:Seats c:Bookings
ReleaseSeats rate(5_minutes) c:Seats r:Bookings
CreateBooking POST/bookings c:Bookings r:Flights q:PaymentQueue t:BookingEvents
GetBooking GET/bookings/{id} r:Bookings
ListBookings GET/bookings r:Bookings r:Customers
CancelBooking DELETE/bookings/{id} c:Bookings q:RefundQueue t:BookingEvents
TakePayment queue:PaymentQueue c:Bookings s:StripeKey q:MailQueue
RefundPayment queue:RefundQueue c:Bookings s:StripeKey q:MailQueue
SendMail queue:MailQueue s:MailKey b:Documents r:Customers
IssueTicket topic:BookingEvents b:Documents r:Bookings q:MailQueue
EarnPoints topic:BookingEvents c:Loyalty r:Bookings
GetPoints GET/loyalty r:Loyalty
SpendPoints POST/loyalty c:Loyalty c:Bookings
GetCustomer GET/customers/{id} r:Customers
SaveCustomer PUT/customers/{id} c:Customers q:MailQueue
DeleteCustomer DELETE/customers/{id} c:Customers c:Loyalty b:Documents
GetDocument GET/documents/{id} b:Documents
NightlyExport cron(0_3_*_*_?_*) r:Bookings r:Customers r:Loyalty b:Exports t:OpsAlerts
PurgeExports rate(1_day) b:Exports
Audit rate(1_day) b:Exports any:dynamodb`), "\n") {
		words := strings.Fields(line)
		fmt.Fprintf(&b, "  %s:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: %s.handler\n      Runtime: python3.12\n      CodeUri: .\n      Policies:\n", words[0], strings.ToLower(words[0]))
		for _, w := range words[2:] {
			kind, of, _ := strings.Cut(w, ":")
			fmt.Fprintf(&b, map[string]string{
				"r": "        - DynamoDBReadPolicy: {TableName: !Ref %s}\n", "c": "        - DynamoDBCrudPolicy: {TableName: !Ref %s}\n", "q": "        - SQSSendMessagePolicy: {QueueName: !GetAtt %s.QueueName}\n",
				"t": "        - SNSPublishMessagePolicy: {TopicName: !GetAtt %s.TopicName}\n", "b": "        - S3CrudPolicy: {BucketName: !Ref %s}\n",
				"s": "        - AWSSecretsManagerGetSecretValuePolicy: {SecretArn: !Ref %s}\n", "any": "        - Statement: [{Effect: Allow, Action: '%s:*', Resource: '*'}]\n",
			}[kind], of)
		}
		b.WriteString("      Events:\n")
		start := strings.ReplaceAll(words[1], "_", " ")
		method, path, _ := strings.Cut(start, "/")
		kind, of, _ := strings.Cut(start, ":")
		switch {
		case kind == "queue":
			fmt.Fprintf(&b, "        Q: {Type: SQS, Properties: {Queue: !GetAtt %s.Arn}}\n", of)
		case kind == "topic":
			fmt.Fprintf(&b, "        T: {Type: SNS, Properties: {Topic: !Ref %s}}\n", of)
		case path != "":
			fmt.Fprintf(&b, "        A: {Type: Api, Properties: {Path: '/%s', Method: %s}}\n", path, strings.ToLower(method))
		default:
			fmt.Fprintf(&b, "        C: {Type: Schedule, Properties: {Schedule: '%s'}}\n", start)
		}
	}
	path := filepath.Join(t.TempDir(), "bookings.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
