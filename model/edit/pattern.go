package edit

import "bulkhead/model"

// A Pattern is a small design to start from: a few functions, each with a role that may do what it is there for.
type Pattern struct {
	Name     string
	Sentence string
	Icon     string // of assets/icons
	draw     func(p *sketch)
}

// Patterns are those that serverless designs are most often made of.
func Patterns() []Pattern {
	return []Pattern{
		{"API with a table", "Two routes, two functions, one table: one reads it, one writes it.", "api", func(p *sketch) {
			table := p.resource("Items", "AWS::DynamoDB::Table")
			list, save := p.function("ListItems"), p.function("SaveItem")
			p.add(&NewTrigger{Name: "Get", To: list, Event: "http", Method: "GET", Path: "/items"},
				&NewTrigger{Name: "Post", To: save, Event: "http", Method: "POST", Path: "/items"})
			p.grant(list, table, Reads)
			p.grant(save, table, Writes)
		}},
		{"Queue worker", "A route takes jobs into a queue; a worker takes them out and keeps the results.", "queue", func(p *sketch) {
			queue, table := p.resource("Jobs", "AWS::SQS::Queue"), p.resource("Results", "AWS::DynamoDB::Table")
			submit, worker := p.function("Submit"), p.function("Worker")
			p.add(&NewTrigger{Name: "Post", To: submit, Event: "http", Method: "POST", Path: "/jobs"},
				&NewTrigger{Name: "Jobs", To: worker, From: queue, Event: "sqs"})
			p.grant(submit, queue, Writes)
			p.grant(worker, table, Writes)
		}},
		{"Bucket pipeline", "What is uploaded starts a function that writes what it makes into a second bucket.", "bucket", func(p *sketch) {
			in, out := p.resource("Uploads", "AWS::S3::Bucket"), p.resource("Finished", "AWS::S3::Bucket")
			convert := p.function("Convert")
			p.add(&NewTrigger{Name: "Uploaded", To: convert, From: in, Event: "s3"})
			p.grant(convert, in, Reads)
			p.grant(convert, out, Writes)
		}},
		{"Schedule", "Every night a function reads a table and writes a report.", "clock", func(p *sketch) {
			table, reports := p.resource("Records", "AWS::DynamoDB::Table"), p.resource("Reports", "AWS::S3::Bucket")
			nightly := p.function("Nightly")
			p.add(&NewTrigger{Name: "Night", To: nightly, Event: "schedule", Rate: "rate(1 day)"})
			p.grant(nightly, table, Reads)
			p.grant(nightly, reports, Writes)
		}},
	}
}

// Edits draw the pattern into a design, under names that are free there: one after the other.
func (p Pattern) Edits(d *model.Design) []Edit {
	s := &sketch{design: d, types: map[model.ID]string{}}
	p.draw(s)
	return s.edits
}

// A sketch collects the edits of a pattern.
type sketch struct {
	design *model.Design
	types  map[model.ID]string // of the resources that it adds
	edits  []Edit
}

func (s *sketch) add(edits ...Edit) { s.edits = append(s.edits, edits...) }

func (s *sketch) function(word string) model.ID {
	name := FreeName(s.design, word)
	s.add(&NewFunction{Name: name})
	return model.MakeID("fn", name)
}

func (s *sketch) resource(word, typ string) model.ID {
	name := FreeName(s.design, word)
	s.add(&NewResource{Name: name, Type: typ})
	id := model.MakeID("res", name)
	s.types[id] = typ
	return id
}

func (s *sketch) grant(function, resource model.ID, use Use) {
	role := model.ID("role/" + string(function[len("fn/"):]) + "Role")
	if g := grantUse(role, resource, s.types[resource], use); g != nil {
		s.add(g)
	}
}
