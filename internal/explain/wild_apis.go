package explain

const linkedErrors = "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling"

// apiCauses are the causes that lie with an API, its permissions and limits.
var apiCauses = []cause{
	{
		name: "replica-lag", title: "The token is so new that not every server knows it",
		check: "Repeat the same call with the same token ten seconds later.",
		fix:   "Wait some seconds after the exchange and repeat once or twice before you give the token up.", otherwise: "The wait is the cure; if it goes on for minutes, the token really was revoked.",
		who: nobody, source: linkedErrors,
	},
	{
		name: "member-revoked", title: "The member withdrew the permission",
		check: "Try another member's token: if it works, ask this one to look at the permitted applications of the account.",
		fix:   "Drop the token and send the member through the authorization again.", otherwise: "Nothing in the request helps: the permission has to be given anew.",
		who: "the member", source: linkedErrors,
	},
	{
		name: "version-retired", title: "The version of the API is not active",
		check: "Compare the version field of the call (LinkedIn-Version: YYYYMM, X-GitHub-Api-Version, api-version) with the list of active ones.",
		fix:   "Send an active version in its exact form, and read what changed since yours.", otherwise: "Update the SDK that sends it.",
		who: you, source: "https://learn.microsoft.com/en-us/linkedin/marketing/versioning",
	},
	{
		name: "product-changed", title: "The product of the application does not have this resource",
		check: "Look at the products of the application and at what the token's scopes are: openid profile goes with /v2/userinfo, r_liteprofile went with /v2/me.",
		fix:   "Call /v2/userinfo with openid profile in place of /v2/me.", otherwise: "Ask for the product that has the resource.",
		who: appOwner, source: "https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2",
	},
	{
		name: "daily-quota", title: "The calls of the day are used up",
		check: "Look at usage and limits; count how many calls repeat an earlier one: a health check on /me adds up.",
		fix:   "Wait for the reset (LinkedIn: midnight UTC), and keep answers instead of asking again.", otherwise: "Ask for a higher limit.",
		who: you, source: "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits",
	},
	{
		name: "burst-limit", title: "Too many calls in a short time",
		check: "Look at Retry-After and the RateLimit fields, and at how many calls run at once.",
		fix:   "Wait what Retry-After says, then go on with fewer at once and growing waits.", otherwise: "The wait is the cure; ask for more if it stays.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc6585#section-4",
	},
	{
		name: "billing-quota", title: "The account has no credit or plan for the call",
		check: "Look at billing and usage of the project or organization that the key belongs to.",
		fix:   "Waiting does not help: add credit, or use a key of a project that has some.", otherwise: "Ask whoever pays for the account.",
		who: "whoever pays for the account", source: "https://platform.openai.com/docs/guides/error-codes",
	},
	{
		name: "api-not-enabled", title: "The API is not switched on for this project",
		check: "Look in the console of the project whose number the answer names: it may be another than you think.",
		fix:   "Enable it there and wait some minutes.", otherwise: "Use credentials of a project that has it.",
		who: appOwner, source: "https://cloud.google.com/service-usage/docs/enable-disable",
	},
	{
		name: "hidden-by-404", title: "It is there, and this credential may not see it",
		check: "Call the resource that tells who you are with the same token, and look at its scopes; then compare owner and name.",
		fix:   "Send a token that may read it: private things are answered with 404 to others.", otherwise: "Have the owner grant access, or authorize the token for the organization.",
		who: "whoever owns the resource", source: "https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api",
	},
	{
		name: "resource-unknown", title: "The resource or id does not exist there",
		check: "Read the URL once more: id, region, environment and spelling; list the collection and look.",
		fix:   "Use an id that the API itself returned.", otherwise: "Ask the owner whether it was deleted or renamed.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.5",
	},
	{
		name: "user-agent-missing", title: "The call has no User-Agent, or one that is refused",
		check: "Look at the request as it left: is User-Agent in it?",
		fix:   "Send a User-Agent that names your application.", otherwise: "Ask whoever runs the site which clients it refuses.",
		who: you, source: "https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#user-agent",
	},
	{
		name: "signature-mismatch", title: "The signature was made over another request, or with another key",
		check: "Compare the canonical request in the answer or debug log with yours: path encoding, query order, host, body hash.",
		fix:   "Let the SDK sign, as the last step, what is really sent; encode blanks as %20. Else copy the secret key anew: + and / get lost.", otherwise: "Look which proxy changes host, path or body after signing.",
		who: you, source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html",
	},
	{
		name: "api-key-missing", title: "No API key came, or not where it is looked for",
		check: "Look at the request as it left: is the key in the field or parameter that the API documents (x-api-key, apikey, Ocp-Apim-Subscription-Key)?",
		fix:   "Send it there. At Amazon, the key also has to be in a usage plan of this stage.", otherwise: "Ask for a key; a policy or firewall may say Forbidden too.",
		who: you, source: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html",
	},
	{
		name: "api-key-unknown", title: "The API key is not known, or was switched off",
		check: "Compare length and ends of the key with the one issued, and the environment it was issued for.",
		fix:   "Send a key of this environment that is active, whole and without quotes.", otherwise: "Issue a new key, and approve it for this product.",
		who: appOwner, source: "https://docs.cloud.google.com/apigee/docs/api-platform/troubleshoot/runtime/oauth-runtime-errors",
	},
	{
		name: "api-key-restricted", title: "The key is limited to other addresses, sites or APIs",
		check: "Look at the restrictions of the key, and at the referrer or address that the answer names.",
		fix:   "Use a key made for this kind of client.", otherwise: "Add the site, address or API to the key's list.",
		who: appOwner, source: "https://cloud.google.com/docs/authentication/api-keys#adding-application-restrictions",
	},
	{
		name: "policy-denies", title: "A policy does not allow this identity the action",
		check: "Ask who you are (aws sts get-caller-identity, gcloud auth list) and read action and resource in the answer.",
		fix:   "Call with the identity that may.", otherwise: "Have the action on the resource allowed, and look for an explicit deny.",
		who: "whoever sets the policies", source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html",
	},
	{
		name: "sso-not-authorized", title: "The organization wants the token authorized for its single sign-on",
		check: "Look at X-GitHub-SSO in the answer: it has the URL to authorize at.",
		fix:   "Authorize the token for the organization.", otherwise: "Ask the organization's owner.",
		who: you, source: "https://docs.github.com/en/enterprise-cloud@latest/authentication/authenticating-with-single-sign-on",
	},
	{
		name: "request-invalid", title: "A field of the request is missing or wrong",
		check: "Read which field the answer names, and send the smallest example of the documentation.",
		fix:   "Correct the field; look at Content-Type and at JSON types (\"1\" is not 1).", otherwise: "Ask the API's owner for an example.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.1",
	},
}
