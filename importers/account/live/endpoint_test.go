package live

import (
	"cmp"
	"os"
	"strings"
	"testing"
)

const number = "111122223333"

// named is the service of a host.
func named(t *testing.T, host string) *service {
	t.Helper()
	for _, o := range operations {
		if cmp.Or(o.of.host, o.of.name) == host || o.of.name == host {
			return o.of
		}
	}
	t.Fatalf("no service is at %s", host)
	return nil
}

// TestEndpoints holds endpoints and who signs for them against what AWS's own rules come to for each service, in some regions, plain,
// with certified cryptography (fips), and those that answer by IPv6 (dual). Left out is what their rules make up for
// Organizations, which is in one region of a partition, and in China, where nothing is certified.
// https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
func TestEndpoints(t *testing.T) {
	data, err := os.ReadFile("testdata/endpoints.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(rows) < 500 {
		t.Errorf("there are %d endpoints", len(rows))
	}
	for _, row := range rows {
		f := strings.Split(row, "\t")
		e := endpoints{fips: strings.Contains(f[2], "fips"), dual: strings.Contains(f[2], "dual")}
		if url, signer := e.find(named(t, f[0]), f[1], number); url != "https://"+f[3] || signer != f[4] {
			t.Errorf("%s in %s (%s): %s signed for %s, want %s for %s", f[0], f[1], f[2], url, signer, f[3], f[4])
		}
	}
	e := endpoints{all: "http://localhost:2", of: map[string]string{"SQS": "http://localhost:1/"}, fips: true}
	if url, _ := e.find(sqsService, "eu-west-1", number); url != "http://localhost:1" {
		t.Errorf("SQS has an endpoint of its own: %s", url)
	}
	if url, _ := e.find(snsService, "eu-west-1", number); url != "http://localhost:2" {
		t.Errorf("SNS has that of all: %s", url)
	}
}
