package serverless

import (
	"regexp"
	"strings"
)

// The framework's logical ids. "Resource" in its reference lists most of them:
// https://www.serverless.com/framework/docs/providers/aws/guide/resources#aws-cloudformation-resource-reference

const (
	executionRole    = "IamRoleLambdaExecution"
	deploymentBucket = "ServerlessDeploymentBucket"
	restAPI          = "ApiGatewayRestApi"
	httpAPI          = "HttpApi"
	webSocketAPI     = "WebsocketsApi"
)

var notAlphanumeric = regexp.MustCompile(`[^0-9A-Za-z]`)

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// normalized is a name of the service within logical ids: "my-fn" is MyDashfn.
func normalized(name string) string {
	return upperFirst(strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(name))
}

// alphanumeric is a name of a queue, bucket or topic within logical ids.
func alphanumeric(name string) string {
	return upperFirst(notAlphanumeric.ReplaceAllString(name, ""))
}

func functionID(key string) string { return normalized(key) + "LambdaFunction" }

var pathVariable = regexp.MustCompile(`\{(.*)\}`)

// pathID is a path within logical ids: "users/{id}" is UsersIdVar.
func pathID(path string) string {
	var b strings.Builder
	for _, p := range strings.Split(path, "/") {
		p = strings.ToLower(p)
		p = upperFirst(p)
		p = strings.ReplaceAll(p, "-", "Dash")
		p = pathVariable.ReplaceAllString(p, "${1}Var")
		b.WriteString(upperFirst(notAlphanumeric.ReplaceAllString(p, "")))
	}
	return b.String()
}

func routeID(key string) string {
	return strings.NewReplacer("$", "S", "/", "Slash", "-", "Dash", "_", "Underscore", ".", "Period").Replace(key) + "WebsocketsRoute"
}
