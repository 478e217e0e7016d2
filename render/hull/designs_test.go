package hull

import (
	"fmt"
	"strings"
	"testing"

	"bulkhead/model"
	"bulkhead/model/reach"
)

// lambdashell is one function that can only write its own log.
func lambdashell(t testing.TB) *yard {
	y := newYard(t, "lambdashell")
	y.info.NotSeen = []string{"SCPs"}
	y.function("Shell", "ShellRole", "shell.handler", 0)
	y.resource("ShellLog", logs)
	y.trigger("", "Shell", "function-url", "url", "/")
	y.acts("Shell", "ShellLog", "write")
	return y.build()
}

// webshop is the shop of the sketches: one function with ten routes and a wide role, a mailer, reports.
func webshop(t testing.TB) *yard {
	y := newYard(t, "webshop")
	y.info.NotSeen, y.info.Unresolved = []string{"SCPs", "other stacks"}, 2
	y.function("Shop", "ShopRole", "app.handler", 10)
	y.function("Mailer", "MailerRole", "mailer.handler", 20)
	y.function("Reports", "ReportsRole", "reports.handler", 30)
	y.route("Shop", "GET /products", "GET /products/{id}", "GET /cart", "PUT /cart", "POST /cart", "DELETE /cart", "POST /checkout", "GET /me", "PUT /me", "GET /orders")
	y.trigger("Outbox", "Mailer", "event-source-mapping", "sqs", "")
	y.trigger("", "Reports", "schedule", "schedule", "nightly")
	webshopData(y)
	for _, r := range []string{"Products", "Carts", "Users", "Receipts", "Orders", "Exports"} {
		y.acts("Shop", r, "*read write delete")
	}
	y.acts("Shop", "PaymentKey", "*secret")
	y.acts("Shop", "Outbox", "send")
	y.leads(reach.Feeds, "Shop", "Mailer", "", "Outbox")
	y.sea("Shop", table, "*", "read write delete")
	y.sea("Shop", bucket, "*", "read write delete")
	y.sea("Shop", secret, "*", "secret")
	webshopOthers(y)
	return y.build()
}

func webshopData(y *yard) {
	y.resource("Products", table)
	y.resource("Carts", table)
	y.resource("PaymentKey", secret, true)
	y.resource("Users", table, true)
	y.resource("Receipts", bucket)
	y.resource("Orders", table)
	y.resource("Outbox", queue)
	y.resource("Mail", topic)
	y.resource("Exports", bucket)
}

func webshopOthers(y *yard) {
	y.acts("Mailer", "Outbox", "read delete")
	y.acts("Mailer", "Mail", "send")
	y.acts("Reports", "Orders", "read")
	y.acts("Reports", "Exports", "write")
}

// webshopSplit is the same after the split: four parts, each with what it needs. Checkout keeps the role of the whole.
func webshopSplit(t testing.TB) *yard {
	y := newYard(t, "webshop")
	y.info.NotSeen, y.info.Unresolved = []string{"SCPs", "other stacks"}, 2
	for _, n := range []string{"Catalog", "Cart", "Checkout", "Account"} {
		role := n + "Role"
		if n == "Checkout" {
			role = "ShopRole"
		}
		y.function(n, role, strings.ToLower(n)+".handler", 10)
	}
	y.function("Mailer", "MailerRole", "mailer.handler", 20)
	y.function("Reports", "ReportsRole", "reports.handler", 30)
	y.route("Catalog", "GET /products", "GET /products/{id}")
	y.route("Cart", "GET /cart", "PUT /cart", "POST /cart", "DELETE /cart")
	y.route("Checkout", "POST /checkout")
	y.route("Account", "GET /me", "PUT /me", "GET /orders")
	y.trigger("Outbox", "Mailer", "event-source-mapping", "sqs", "")
	y.trigger("", "Reports", "schedule", "schedule", "nightly")
	webshopData(y)
	y.acts("Catalog", "Products", "read")
	y.acts("Cart", "Carts", "read write")
	y.acts("Checkout", "PaymentKey", "secret")
	y.acts("Checkout", "Orders", "write")
	y.acts("Checkout", "Outbox", "send")
	y.leads(reach.Feeds, "Checkout", "Mailer", "", "Outbox")
	y.acts("Account", "Receipts", "read")
	y.acts("Account", "Users", "read write")
	webshopOthers(y)
	return y.build()
}

// photos is a pipeline in which one role may change another function, and much rests on unknowns.
func photos(t testing.TB) *yard {
	y := newYard(t, "photo pipeline")
	y.info.NotSeen = []string{"SCPs", "key policies"}
	y.info.Outside = []string{"VPC vpc-1: databases reachable in it"}
	y.function("Ingest", "IngestRole", "ingest.handler", 0)
	y.function("Resize", "ResizeRole", "resize.handler", 0)
	y.function("Index", "IndexRole", "index.handler", 0)
	y.resource("Uploads", bucket)
	y.resource("Thumbnails", bucket)
	y.resource("Work", queue)
	y.resource("Photos", table, true)
	y.resource("ApiKey", secret)
	y.trigger("Uploads", "Ingest", "s3-notification", "s3", "s3:ObjectCreated:*")
	y.trigger("Work", "Resize", "event-source-mapping", "sqs", "")
	y.trigger("", "Index", "schedule", "schedule", "rate(5 minutes)")
	y.acts("Ingest", "Uploads", "read")
	y.acts("Ingest", "Work", "send")
	y.leads(reach.Feeds, "Ingest", "Resize", "", "Work")
	y.leads(reach.Runs, "Ingest", "Index", "lambda-update-code")
	y.acts("Resize", "Work", "read delete")
	y.acts("Resize", "Uploads", "read?")
	y.acts("Resize", "Thumbnails", "write delete?")
	y.acts("Index", "Photos", "read write? delete?")
	y.acts("Index", "Thumbnails", "read?")
	y.acts("Index", "ApiKey", "secret?")
	y.leads(reach.Runs, "Resize", "role/Deploy", "assume-role")
	y.elements = append(y.elements, &model.Role{ID: "role/Deploy", LogicalID: "Deploy", Name: "Deploy"},
		&model.Principal{ID: "user/ana", Kind: model.User, Name: "ana"})
	y.leads(reach.Runs, "user/ana", "Ingest", "lambda-update-code")
	y.leads(reach.Runs, "role/Deploy", "Ingest", "lambda-update-code")
	return y.build()
}

// fleet is n compartments with things of their own and five that many share.
func fleet(t testing.TB, n int) *yard {
	y := newYard(t, "authentication and orders")
	names := []string{"Login", "Refresh", "Logout", "Register", "Profile", "Avatar", "Search", "Catalog", "Prices", "Stock", "Cart", "Coupon", "Checkout", "Payment",
		"Refund", "Invoice", "OrderHistory", "Shipment", "Tracking", "Returns", "Mailer", "Digest", "Reports", "Export", "Audit", "Cleanup"}
	name := func(i int) string {
		if i < len(names) {
			return names[i]
		}
		return fmt.Sprintf("%s%d", names[i%len(names)], i/len(names)+1)
	}
	shared := []struct{ name, typ, can string }{
		{"Users", table, "read write"}, {"Orders", table, "read write delete"}, {"Events", topic, "send"}, {"Assets", bucket, "read"}, {"Outbox", queue, "send"}}
	for _, s := range shared {
		y.resource(s.name, s.typ)
	}
	for i := range n {
		f := name(i)
		y.function(f, f+"Role", "app."+f, 0)
		for j := range i*7%4 + 1 {
			y.route(f, fmt.Sprintf("GET /%s/%d", f, j))
		}
		if i%5 == 0 {
			y.trigger("Outbox", f, "event-source-mapping", "sqs", "")
		}
		for j := range (i*5 + 3) % 4 {
			r := fmt.Sprintf("%s%s", f, []string{"Table", "Files", "Jobs", "Notes"}[(i+j)%4])
			y.resource(r, []string{table, bucket, queue, topic}[(i+j)%4])
			y.acts(f, r, []string{"read", "read write", "read write delete", "send"}[(i+j*3)%4])
		}
		for j, s := range shared {
			if (i+j)%3 == 0 || (i*j)%7 == 1 {
				y.acts(f, s.name, s.can)
			}
		}
		if i > 0 && i%6 == 1 {
			y.leads(reach.Runs, name(i-1), f, "lambda-update-code")
		}
		if i > 3 && i%4 == 0 {
			y.leads(reach.Feeds, name(i-3), f, "")
		}
	}
	return y.build()
}

// longnames has names that fit nowhere.
func longnames(t testing.TB) *yard {
	y := newYard(t, "a stack whose name was made by a generator that puts everything it knows into it, the branch and the date among them")
	f := func(i int) string {
		return fmt.Sprintf("ProductionOrderManagementSubsystemSynchronousInventoryReservationHandler%c9F3A27", 'A'+i)
	}
	for i := range 3 {
		y.function(f(i), f(i)+"ServiceRoleDefaultPolicyRole", "services/order-management/reservation/handlers.synchronous_inventory_reservation", 0)
		y.route(f(i), "ANY /v1/tenants/{tenantIdentifier}/warehouses/{warehouseIdentifier}/reservations/{proxy+}")
		for j := range 2 {
			r := fmt.Sprintf("ProductionOrderManagementReservationTableForTenants%c%d", 'A'+i, j)
			y.resource(r, table, true)
			y.acts(f(i), r, "list read write invoke delete permissions? tag")
		}
	}
	y.resource("SharedReservationEventStreamBetweenAllTheSubsystems", topic)
	y.acts(f(0), "SharedReservationEventStreamBetweenAllTheSubsystems", "send")
	y.acts(f(2), "SharedReservationEventStreamBetweenAllTheSubsystems", "send read")
	y.sea(f(0), secret, "arn:aws:secretsmanager:*:*:secret:production/order-management/reservation/a-very-long-name/*", "secret")
	return y.build()
}

// hoard is one bay with far too much in it, and a neighbour with nothing.
func hoard(t testing.TB) *yard {
	y := newYard(t, "data lake")
	y.function("Everything", "EverythingRole", "app.handler", 0)
	y.function("Nothing", "NothingRole", "app.handler", 0)
	for i := range 44 {
		r := fmt.Sprintf("Table%02d", i)
		y.resource(r, table)
		y.acts("Everything", r, []string{"read", "read write", "read write delete permissions", "write?"}[i%4])
	}
	return y.build()
}

// crew is many functions on one role.
func crew(t testing.TB) *yard {
	y := newYard(t, "one role for all")
	for i := range 14 {
		f := fmt.Sprintf("Worker%02d", i)
		y.function(f, "SharedRole", fmt.Sprintf("workers.w%02d", i), 0)
		y.route(f, fmt.Sprintf("POST /work/%d", i))
		y.acts(f, "Jobs", "read write")
		y.acts(f, "Vault", "secret")
	}
	y.resource("Jobs", table)
	y.resource("Vault", secret, true)
	y.function("Other", "OtherRole", "other.handler", 0)
	y.acts("Other", "Jobs", "read")
	return y.build()
}

// store has no functions at all.
func store(t testing.TB) *yard {
	y := newYard(t, "store")
	y.resource("Objects", bucket)
	y.resource("Index", table)
	return y.build()
}

// passages has doors between bays that are no neighbours.
func passages(t testing.TB) *yard {
	y := newYard(t, "escalation")
	for i, f := range []string{"Front", "Worker", "Deployer", "Admin"} {
		y.function(f, f+"Role", "app.handler", i+1)
		y.resource(f+"Data", table)
		y.acts(f, f+"Data", "read write")
	}
	y.leads(reach.Runs, "Front", "Deployer", "lambda-update-code")
	y.leads(reach.Runs, "Deployer", "Admin", "assume-role")
	y.leads(reach.Feeds, "Front", "Admin", "")
	y.leads(reach.Runs, "Admin", "Front", "assume-role")
	y.leads(reach.Feeds, "Deployer", "Worker", "")
	return y.build()
}

// orders is a small design; changed, one function is gone, one is new with a table of its own, and a route moved.
func orders(t testing.TB, changed bool) *yard {
	y := newYard(t, "orders")
	functions := []string{"Intake", "Billing", "Archive"}
	if changed {
		functions = []string{"Intake", "Archive", "Audit"}
	}
	for _, f := range functions {
		y.function(f, f+"Role", "app.handler", 0)
	}
	for _, r := range []string{"Orders", "Invoices", "Old"} {
		y.resource(r, table)
	}
	y.acts("Intake", "Orders", "read write")
	y.acts("Archive", "Old", "write")
	y.acts("Archive", "Orders", "read")
	y.route("Intake", "POST /orders")
	if changed {
		y.resource("Trail", table)
		y.acts("Audit", "Trail", "write")
		y.acts("Audit", "Old", "read")
		y.elements = append(y.elements, &model.Trigger{ID: "trigger/bill", Name: "bill", Label: "POST /bill", To: "fn/Intake", Kind: "api-route", Event: "http"})
	} else {
		y.acts("Billing", "Invoices", "read write")
		y.elements = append(y.elements, &model.Trigger{ID: "trigger/bill", Name: "bill", Label: "POST /bill", To: "fn/Billing", Kind: "api-route", Event: "http"})
	}
	return y.build()
}
