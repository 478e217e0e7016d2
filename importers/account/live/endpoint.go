package live

import (
	"cmp"
	"os"
	"strings"
)

// A partition is a part of AWS with regions, names and endpoints of its own.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
type partition struct {
	name, prefix, suffix string
	global               string // region that signs for services with one endpoint
	organizations        string // … for Organizations
}

// partitions are told apart by how their regions begin; the first that fits decides.
var partitions = []partition{
	{name: "aws-cn", prefix: "cn-", suffix: "amazonaws.com.cn", global: "cn-north-1", organizations: "cn-northwest-1"},
	{name: "aws-us-gov", prefix: "us-gov-", suffix: "amazonaws.com", global: "us-gov-west-1", organizations: "us-gov-west-1"},
	{name: "aws-iso-b", prefix: "us-isob-", suffix: "sc2s.sgov.gov", global: "us-isob-east-1", organizations: "us-isob-east-1"},
	{name: "aws-iso-e", prefix: "eu-isoe-", suffix: "cloud.adc-e.uk", global: "eu-isoe-west-1", organizations: "eu-isoe-west-1"},
	{name: "aws-iso-f", prefix: "us-isof-", suffix: "csp.hci.ic.gov", global: "us-isof-south-1", organizations: "us-isof-south-1"},
	{name: "aws-iso", prefix: "us-iso-", suffix: "c2s.ic.gov", global: "us-iso-east-1", organizations: "us-iso-east-1"},
	{name: "aws-eusc", prefix: "eusc-", suffix: "amazonaws.eu", global: "eusc-de-east-1", organizations: "eusc-de-east-1"},
	{name: "aws", prefix: "", suffix: "amazonaws.com", global: "us-east-1", organizations: "us-east-1"},
}

func partitionOf(region string) partition {
	for _, p := range partitions {
		if strings.HasPrefix(region, p.prefix) {
			return p
		}
	}
	return partitions[len(partitions)-1]
}

// endpoint is where a service is spoken to in a region, without a slash at its end, and the region that signs for it.
// base is an endpoint for all services, "" for AWS's own; one of a service (AWS_ENDPOINT_URL_SQS) goes before it.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
func (s *service) endpoint(region, account, base string) (url, signer string) {
	p := partitionOf(region)
	signer = region
	switch {
	case s == organizationsService:
		signer = p.organizations
	case s.global:
		signer = p.global
	}
	if !strings.EqualFold(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		base = cmp.Or(os.Getenv("AWS_ENDPOINT_URL_"+s.id), base)
	}
	if base != "" {
		return strings.TrimSuffix(base, "/"), signer
	}
	host := cmp.Or(s.host, s.name)
	switch {
	case s == iamService && p.name == "aws":
		return "https://iam." + p.suffix, signer
	case s == iamService && p.name == "aws-us-gov":
		return "https://iam.us-gov." + p.suffix, signer
	case s.global:
		return "https://" + host + "." + signer + "." + p.suffix, signer
	case s == s3ControlService:
		return "https://" + account + "." + host + "." + region + "." + p.suffix, signer
	}
	return "https://" + host + "." + region + "." + p.suffix, signer
}
