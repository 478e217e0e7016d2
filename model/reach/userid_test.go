package reach

import "testing"

// aws:userid of a session begins with the id of its role, which an account's file tells.
func TestUniqueIDsDecide(t *testing.T) {
	locked := func(operator, value string) string {
		return `{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"` + operator + `": {"aws:userid": ["` + value + `"]}}}`
	}
	lets := func(value string) string {
		return `{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "` + arnOf("AWS::S3::Bucket", "b") + `/*", "Condition": {"StringLike": {"aws:userid": "` + value + `"}}}`
	}
	read := allow("s3:GetObject", arnOf("AWS::S3::Bucket", "b")+"/*")
	const must, may = "must read res/b", "may read res/b"
	for _, c := range []struct {
		name, id, identity, bucket string
		role, user, function       string // what each reaches, "" for nothing
	}{
		{"denied to all but the role", "AROA1", read, locked("StringNotLike", "AROA1:*"), must, "", must},
		{"denied to all but another role", "AROA1", read, locked("StringNotLike", "AROA2:*"), "", "", ""},
		{"denied to all but roles", "AROA1", read, locked("StringNotLike", "AROA*"), must, "", must},
		{"denied to the role", "AROA1", read, locked("StringLike", "AROA1:*"), "", must, ""},
		{"denied to the user", "AROA1", read, locked("StringEquals", "AIDA1"), must, "", must},
		{"denied to one session", "AROA1", read, locked("StringEquals", "AROA1:F"), may, must, may},
		{"denied to one session of another role", "AROA1", read, locked("StringEquals", "AROA2:F"), must, must, must},
		{"the id is not known", "", read, locked("StringNotLike", "AROA1:*"), may, may, may},
		{"the bucket lets the role in", "AROA1", allow("s3:ListAllMyBuckets", "*"), lets("AROA1:*"), must, "", must},
		{"the bucket lets another in", "AROA1", allow("s3:ListAllMyBuckets", "*"), lets("AROA2:*"), "", "", ""},
	} {
		b := build(t)
		b.info.Kind = "account"
		f := b.function("F", c.identity)
		r := b.role("R", lambdaTrust, c.identity)
		u := b.user("U", c.identity)
		if b.bucket("b").Policy = document(t, c.bucket); c.id != "" {
			b.roleOf(f).UniqueID, r.UniqueID, u.UniqueID = c.id, c.id, "AIDA1"
		}
		a := b.analyse()
		t.Run(c.name, func(t *testing.T) {
			for _, x := range []struct {
				from *Breach
				want string
			}{{breach(t, a, r.ID), c.role}, {breach(t, a, u.ID), c.user}, {breach(t, a, f.ID), c.function}} {
				if x.want == "" {
					want(t, x.from)
					continue
				}
				want(t, x.from, x.want)
			}
		})
	}
}
