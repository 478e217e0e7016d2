package main

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestPack(t *testing.T) {
	p := packer{perBlock: 5}
	for _, m := range [][2]string{{"a", "one"}, {"b", "three"}, {"c", "four%s"}} {
		if err := p.add(m[0], []byte(m[1]), "more"); err != nil {
			t.Fatal(err)
		}
	}
	base := filepath.Join(t.TempDir(), "x")
	if err := p.write(base); err != nil {
		t.Fatal(err)
	}
	pack, err := os.ReadFile(base + ".pack")
	if err != nil {
		t.Fatal(err)
	}
	block, err := io.ReadAll(flate.NewReader(bytes.NewReader(pack)))
	if err != nil || string(block) != "onethree" {
		t.Errorf("the first block is %q, %v", block, err)
	}
	index, err := os.ReadFile(base + ".idx")
	if err != nil {
		t.Fatal(err)
	}
	if want := "a\t0\t14\t0\t3\tmore\nb\t0\t14\t3\t5\tmore\nc\t14\t12\t0\t6\tmore\n"; string(index) != want {
		t.Errorf("index is\n%swant\n%s", index, want)
	}
}

func TestTypeNames(t *testing.T) {
	set := func(names ...string) map[string]json.RawMessage {
		m := map[string]json.RawMessage{}
		for _, n := range names {
			m[n] = json.RawMessage("{}")
		}
		return m
	}
	for _, x := range []struct {
		about     string
		typ       cfnType
		arn, name string
	}{
		{"a property as it is", cfnType{ARNTemplate: "arn:${Partition}:x:${Region}:${Account}:${QueueName}", Properties: set("QueueName"), PrimaryIdentifier: []string{"QueueUrl"}, Attributes: set("QueueUrl")},
			"arn:${Partition}:x:${Region}:${Account}:${QueueName}", "QueueName"},
		{"a property in another case", cfnType{ARNTemplate: "arn:${Partition}:x:::${AclName}", Properties: set("ACLName")}, "arn:${Partition}:x:::${ACLName}", "ACLName"},
		{"Name", cfnType{ARNTemplate: "arn:aws:x:::bus/${EventBusName}", Properties: set("Name"), PrimaryIdentifier: []string{"Name"}}, "arn:${Partition}:x:::bus/${Name}", "Name"},
		{"the identifier", cfnType{ARNTemplate: "arn:aws:x:::db:${DbInstanceName}", Properties: set("DBInstanceIdentifier"), PrimaryIdentifier: []string{"DBInstanceIdentifier"}},
			"arn:${Partition}:x:::db:${DBInstanceIdentifier}", "DBInstanceIdentifier"},
		{"generated", cfnType{ARNTemplate: "arn:aws:x:::acl/${NaclId}", Properties: set("VpcId"), PrimaryIdentifier: []string{"Id"}, Attributes: set("Id")}, "arn:${Partition}:x:::acl/${Id}", ""},
		{"a parent's stays", cfnType{ARNTemplate: "arn:aws:x:::${ParentName}/${ChildId}", Properties: set("Name"), Attributes: set("Id"), PrimaryIdentifier: []string{"Id"}}, "arn:${Partition}:x:::${ParentName}/${Id}", ""},
		{"no ARN", cfnType{Name: "Thing", Properties: set("ThingName")}, "", "ThingName"},
	} {
		if arn := x.typ.arn(); arn != x.arn || x.typ.nameProperty(arn) != x.name {
			t.Errorf("%s: %s named by %q, want %s and %q", x.about, arn, x.typ.nameProperty(arn), x.arn, x.name)
		}
	}
}
