package reach

// Triggers of a user pool run at steps of signing up and in, each of which some calls take (Amazon Cognito Developer Guide,
// "Customizing user pool workflows with Lambda triggers"). Calls that take no permission, such as SignUp, are everybody's.
var (
	signingIn  = []string{"cognito-idp:admininitiateauth"}
	challenged = []string{"cognito-idp:admininitiateauth", "cognito-idp:adminrespondtoauthchallenge"}
	messaging  = []string{"cognito-idp:admincreateuser", "cognito-idp:adminresetuserpassword", "cognito-idp:admininitiateauth"}

	poolCalls = map[string][]string{ // lower-case
		"PreSignUp":                   {"cognito-idp:admincreateuser"},
		"PostConfirmation":            {"cognito-idp:adminconfirmsignup"},
		"PreAuthentication":           signingIn,
		"UserMigration":               signingIn,
		"PostAuthentication":          challenged,
		"PreTokenGeneration":          challenged,
		"PreTokenGenerationConfig":    challenged,
		"DefineAuthChallenge":         challenged,
		"CreateAuthChallenge":         challenged,
		"VerifyAuthChallengeResponse": {"cognito-idp:adminrespondtoauthchallenge"},
		"CustomMessage":               messaging,
		"CustomEmailSender":           messaging,
		"CustomSMSSender":             messaging,
	}
)
