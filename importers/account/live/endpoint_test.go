package live

import (
	"cmp"
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

// TestEndpoints holds endpoints and who signs for them against those of AWS's partitions.
// https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
func TestEndpoints(t *testing.T) {
	for _, test := range [][4]string{
		{"iam", "eu-central-1", "https://iam.amazonaws.com", "us-east-1"},
		{"iam", "us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"},
		{"iam", "cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		{"organizations", "eu-central-1", "https://organizations.us-east-1.amazonaws.com", "us-east-1"},
		{"organizations", "us-gov-east-1", "https://organizations.us-gov-west-1.amazonaws.com", "us-gov-west-1"},
		{"organizations", "cn-north-1", "https://organizations.cn-northwest-1.amazonaws.com.cn", "cn-northwest-1"},
		{"lambda", "cn-north-1", "https://lambda.cn-north-1.amazonaws.com.cn", "cn-north-1"},
		{"lambda", "us-gov-east-1", "https://lambda.us-gov-east-1.amazonaws.com", "us-gov-east-1"},
		{"ecr", "eu-west-1", "https://api.ecr.eu-west-1.amazonaws.com", "eu-west-1"},
		{"s3-control", "eu-west-1", "https://" + number + ".s3-control.eu-west-1.amazonaws.com", "eu-west-1"},
	} {
		if url, signer := named(t, test[0]).endpoint(test[1], number, ""); url != test[2] || signer != test[3] {
			t.Errorf("%s in %s: %s signed for %s, want %s for %s", test[0], test[1], url, signer, test[2], test[3])
		}
	}
	t.Setenv("AWS_ENDPOINT_URL_SQS", "http://localhost:1/")
	if url, _ := sqsService.endpoint("eu-west-1", number, "http://localhost:2"); url != "http://localhost:1" {
		t.Errorf("SQS has an endpoint of its own: %s", url)
	}
	if url, _ := snsService.endpoint("eu-west-1", number, "http://localhost:2"); url != "http://localhost:2" {
		t.Errorf("SNS has that of all: %s", url)
	}
}
