package dot

import (
	"fmt"

	"bulkhead/model"
	"bulkhead/render"
)

// shop is a small diagram with every kind of node and edge; breached: with a breach of fn/Shop.
func shop(breached bool) *render.Diagram {
	d := &render.Diagram{Claim: render.Claim{Title: "webshop", Sentence: "Breach of Shop, the worst: one function, one role, ten routes", Figure: "89 %", Noun: "8 of 9 resources flood",
		Parts: []render.Part{{ID: "fn/Shop", Name: "Shop", Figure: "89 %"}}, Sums: []render.Part{{Name: "mean", Figure: "44 %"}}}}
	d.Sea.Words = "nothing beyond the design"
	d.Clusters = []*render.Cluster{{ID: "role/ShopRole", Name: "Shop", Role: "ShopRole"}, {ID: "role/MailRole", Name: "Mailer", Role: "MailRole"}, {ID: "role/ReportRole", Name: "ReportRole", Role: "ReportRole"}}
	add := func(kind render.NodeKind, id, cluster model.ID, name, caption, icon string) *render.Node {
		n := &render.Node{ID: id, Kind: kind, Cluster: cluster, Name: name, Caption: caption, Icon: icon, Counted: true, Tip: name}
		d.Nodes = append(d.Nodes, n)
		return n
	}
	fn := add(render.FunctionNode, "fn/Shop", "role/ShopRole", "Shop", "app.handler", "function")
	mail := add(render.FunctionNode, "fn/Mailer", "role/MailRole", "Mailer", "mail.handler", "function")
	add(render.FunctionNode, "fn/Reports", "role/ReportRole", "Reports", "reports.nightly", "function")
	add(render.FunctionNode, "fn/Export", "role/ReportRole", "ExportEverythingToTheWarehouse", "reports.export", "function")
	role := add(render.RoleNode, "role/ReportRole", "role/ReportRole", "ReportRole", "", "role")
	add(render.UserNode, "user/ci", "", "ci", "", "user")
	open := add(render.TriggerNode, "trigger/1", "", "ANY /{proxy+}", "", "api")
	open.Open = true
	add(render.TriggerNode, "trigger/2", "", "nightly", "", "clock")
	edge := func(kind render.EdgeKind, from, to model.ID, words string) *render.Edge {
		e := &render.Edge{From: from, To: to, Kind: kind, Words: words, Tip: words}
		d.Edges = append(d.Edges, e)
		return e
	}
	edge(render.StartsEdge, "trigger/1", "fn/Shop", "")
	edge(render.StartsEdge, "trigger/2", "fn/Reports", "")
	edge(render.WearsEdge, "fn/Reports", "role/ReportRole", "")
	edge(render.WearsEdge, "fn/Export", "role/ReportRole", "")
	tones := []render.Tone{render.Owns, render.Changes, render.Reads, render.Owns}
	for i, name := range []string{"Products", "Carts", "Users", "PaymentKey", "Outbox", "Receipts"} {
		icon := "table"
		if name == "PaymentKey" {
			icon = "key"
		}
		n := add(render.ResourceNode, model.ID("res/"+name), "", name, "read write", icon)
		e := edge(render.ActsEdge, "fn/Shop", n.ID, "read write")
		if breached {
			n.Tone, e.Tone, e.Wet = tones[i%4], tones[i%4], true
			n.Caption = "read write delete"
			n.May, e.May = i%3 == 2, i%3 == 2
		}
		n.Crown = i == 3
	}
	log := add(render.ResourceNode, "res/Log", "", "ShopLog", "write", "log")
	log.Counted = false
	edge(render.ActsEdge, "fn/Shop", "res/Log", "write")
	edge(render.ActsEdge, "role/ReportRole", "res/Products", "read")
	add(render.ResourceNode, "res/Exports", "", "Exports", "write", "bucket")
	edge(render.ActsEdge, "role/ReportRole", "res/Exports", "write")
	edge(render.StartsEdge, "res/Outbox", "fn/Mailer", "sqs")
	feeds := edge(render.FeedsEdge, "fn/Shop", "fn/Mailer", "sqs")
	runs := edge(render.RunsEdge, "fn/Shop", "role/ReportRole", "sts:AssumeRole")
	if breached {
		fn.State, mail.State, role.State = render.Breached, render.Fed, render.Held
		feeds.Wet, runs.Wet = true, true
		d.Clusters[0].State, d.Clusters[1].State, d.Clusters[2].State = render.Breached, render.Fed, render.Held
	}
	return d
}

// large is a diagram of functions with roles of their own and edges to resources.
func large(functions, resources, edges int) *render.Diagram {
	d := &render.Diagram{}
	for i := range functions {
		role := model.ID(fmt.Sprintf("role/R%d", i))
		d.Clusters = append(d.Clusters, &render.Cluster{ID: role, Name: fmt.Sprintf("F%d", i), Role: fmt.Sprintf("R%d", i)})
		d.Nodes = append(d.Nodes, &render.Node{ID: model.ID(fmt.Sprintf("fn/F%d", i)), Kind: render.FunctionNode, Cluster: role, Name: fmt.Sprintf("F%d", i), Icon: "function"})
	}
	for i := range resources {
		d.Nodes = append(d.Nodes, &render.Node{ID: model.ID(fmt.Sprintf("res/S%d", i)), Kind: render.ResourceNode, Name: fmt.Sprintf("S%d", i), Icon: "table", Counted: true})
	}
	for i := range edges {
		d.Edges = append(d.Edges, &render.Edge{From: model.ID(fmt.Sprintf("fn/F%d", i%functions)), To: model.ID(fmt.Sprintf("res/S%d", (i*7+i/functions*3)%resources)), Kind: render.ActsEdge})
	}
	return d
}
