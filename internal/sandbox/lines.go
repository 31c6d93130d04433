package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/sandbox/api"
	"github.com/candor-gateway/candor/problem"
)

// Line is one ready-made call: what it shows, the status to expect, and the command that does it.
type Line struct {
	Group  string
	Name   string // of the problem, or of what the call does where it is no problem
	Status int    // of the last answer, where a line makes several
	Curl   string
}

// liner knows what lines are made of.
type liner struct {
	api, month string
	tokens     Tokens
	status     func(problem.Type) int // in the sandbox's profile
	profile    problem.Profile
	lines      []Line
}

// Lines are the calls that the sandbox prints when it is ready: good ones, then one for each problem of the catalogue, a real
// cause wherever one call has it and FaultHeader else.
func Lines(f *File, c *problem.Catalogue, p problem.Profile, now time.Time) []Line {
	l := &liner{api: f.API, month: now.UTC().Format("200601"), tokens: f.Tokens, profile: p, status: func(t problem.Type) int {
		example := problem.Example(t)
		return c.Status(&example)
	}}
	l.working()
	l.addresses()
	l.credentials()
	l.permission()
	l.bodies()
	l.limits()
	l.upstream()
	l.gateway()
	return l.lines
}

// get, and what else a call is made of.
func (l *liner) get(path string) string { return "curl -i '" + l.api + path + "'" }

func field(name, value string) string { return " -H '" + name + ": " + value + "'" }

func (l *liner) bearer(token string) string { return field("Authorization", "Bearer "+token) }

func (l *liner) asGood(path string) string { return l.get(path) + l.bearer(l.tokens.Good) }

func (l *liner) version() string { return field("LinkedIn-Version", l.month) }

func posted(body string) string {
	return field("Content-Type", "application/json") + " -d '" + body + "'"
}

func (l *liner) add(group, name string, status int, curl string) {
	l.lines = append(l.lines, Line{Group: group, Name: name, Status: status, Curl: curl})
}

// fails adds a line for a problem of the catalogue.
func (l *liner) fails(group string, t problem.Type, curl string) {
	l.add(group, t.Name(), l.status(t), curl)
}

// told adds a line for problems that have no cause of their own here.
func (l *liner) told(group string, types ...problem.Type) {
	for _, t := range types {
		l.fails(group, t, l.get("/v2/me")+field(FaultHeader, t.Name()))
	}
}

// newPost is a post as /rest/posts takes it.
func newPost() string {
	return `{"author":"urn:li:person:` + api.Members()[1].ID + `","commentary":"Hello from the sandbox","visibility":"PUBLIC",` +
		`"distribution":{"feedDistribution":"MAIN_FEED","targetEntities":[],"thirdPartyDistributionChannels":[]},` +
		`"lifecycleState":"PUBLISHED","isReshareDisabledByAuthor":false}`
}

func (l *liner) working() {
	const group = "Calls that work"
	l.add(group, "what is here", 200, l.get("/"))
	l.add(group, "the member of the token", 200, l.asGood("/v2/me"))
	l.add(group, "the member's e-mail address", 200, l.asGood("/v2/emailAddress?q=members&projection=(elements*(handle~))"))
	l.add(group, "claims of OpenID Connect", 200, l.asGood("/v2/userinfo"))
	l.add(group, "another member", 200, l.asGood("/v2/people/id="+api.Members()[0].ID))
	l.add(group, "an organization", 200, l.get("/rest/organizations/98310427")+l.bearer(l.tokens.App)+l.version())
	l.add(group, "a post", 200, l.asGood("/rest/posts/"+url.QueryEscape(api.SeededPost()))+l.version())
	l.add(group, "a new post", 201, l.asGood("/rest/posts")+l.version()+posted(newPost()))
	l.add(group, "advertising accounts", 200, l.get("/rest/adAccounts?q=search&start=0&count=2")+l.bearer(l.tokens.OtherApp)+l.version())
	l.add(group, "a query tunnelled through POST", 200, l.get("/v2/connections")+l.bearer(l.tokens.OtherApp)+field("X-HTTP-Method-Override", "GET")+" -d 'q=viewer&start=0&count=2'")
}

func (l *liner) addresses() {
	const group = "The address"
	l.fails(group, problem.MalformedRequest, l.asGood("/v2/me")+" -X 'GET /x'")
	l.fails(group, problem.InvalidURL, l.asGood("/v2/people/id=%zz"))
	l.fails(group, problem.ResourceNotFound, l.asGood("/v2/person/id="+api.Members()[0].ID))
	l.fails(group, problem.MethodNotAllowed, l.asGood("/v2/me")+" -X DELETE")
	l.fails(group, problem.NotImplemented, l.asGood("/v2/me")+" -X BREW")
	l.fails(group, problem.VersionMissing, l.asGood("/rest/organizations/98310427"))
	l.fails(group, problem.NonexistentVersion, l.asGood("/rest/organizations/98310427")+field("LinkedIn-Version", "202001"))
	l.fails(group, problem.URITooLong, l.asGood("/v2/me?x='$(head -c 9000 /dev/zero | tr '\\0' x)'"))
	l.told(group, problem.MisdirectedRequest, problem.HTTPVersion)
}

func (l *liner) credentials() {
	const group = "The access token"
	me := l.get("/v2/me")
	l.fails(group, problem.EmptyAccessToken, me)
	l.fails(group, problem.UnknownAuthScheme, me+field("Authorization", "Basic ZGVtbzpkZW1v"))
	l.fails(group, problem.TokenInURL, l.get("/v2/userinfo?oauth2_access_token="+l.tokens.Good))
	l.fails(group, problem.AmbiguousCredentials, l.asGood("/v2/me?oauth2_access_token="+l.tokens.Good))
	l.fails(group, problem.InvalidAccessToken, me+l.bearer("nonsense"))
	l.fails(group, problem.RevokedAccessToken, me+l.bearer(l.tokens.Revoked))
	l.fails(group, problem.ExpiredAccessToken, me+l.bearer(l.tokens.Expired))
	l.fails(group, problem.RestrictedMember, me+l.bearer(l.tokens.RestrictedMember))
	l.told(group, problem.TokenVerificationFailed)
}

func (l *liner) permission() {
	const group = "Permission"
	l.fails(group, problem.AccessDenied, l.get("/v2/me")+l.bearer(l.tokens.NoScope))
	ads, name := problem.ResourceNotFound, ", because the API is hidden"
	if l.profile == problem.Standard {
		ads, name = problem.AccessDenied, ", for lack of a product"
	}
	l.add(group, ads.Name()+name, l.status(ads), l.asGood("/rest/adAccounts?q=search")+l.version())
	l.told(group, problem.AppDisabled, problem.PreflightDenied)
}

func (l *liner) bodies() {
	const group = "Fields and bodies"
	post := l.asGood("/rest/posts") + l.version()
	big := "head -c 1200000 /dev/zero | tr '\\0' ' ' | "
	l.fails(group, problem.InvalidBody, post+posted(`{"author":}`))
	l.fails(group, problem.InvalidInput, l.asGood("/v2/me")+field(FaultHeader, "list"))
	l.add(group, "fields missing, as the API itself says it", 400, post+posted("{}"))
	l.add(group, "a value that means nothing, as the API itself says it", 422, post+posted(strings.Replace(newPost(), "PUBLIC", "FRIENDS", 1)))
	l.fails(group, problem.UnsupportedMediaType, post+field("Content-Type", "text/plain")+" -d 'Hello'")
	if l.profile == problem.LinkedIn { // the standard profile minds only where a route says so
		l.fails(group, problem.LengthRequired, l.asGood("/v2/userinfo")+" -X POST")
	} else {
		l.told(group, problem.LengthRequired)
	}
	l.fails(group, problem.PayloadTooLarge, big+post+field("Content-Type", "application/json")+" --data-binary @-")
	l.fails(group, problem.HeadersTooLarge, l.asGood("/v2/me")+" -H 'X-Large: '$(head -c 40000 /dev/zero | tr '\\0' x)")
	l.fails(group, problem.ExpectationFailed, l.asGood("/v2/me")+field("Expect", "tea"))
	l.told(group, problem.RequestTimeout)
}

func (l *liner) limits() {
	const group = "Limits"
	l.add(group, problem.Throttled.Name()+", at the latest by the sixth of these calls", l.status(problem.Throttled), l.asGood("/v2/connections?q=viewer&start=[0-5]"))
	l.told(group, problem.TooManyFailures, problem.InfrastructureProtection, problem.ServiceUnavailable)
}

func (l *liner) upstream() {
	const group = "The upstream"
	l.foreign(group)
	l.add(group, "an entity that is not there, as the API itself says it", 404, l.asGood("/v2/people/id=nobody"))
	l.told(group, problem.UpstreamUnreachable)
	l.fails(group, problem.UpstreamBroke, l.asGood("/v2/me")+field(FaultHeader, "reset"))
	l.fails(group, problem.UpstreamInvalid, l.asGood("/v2/me")+field(FaultHeader, "garbage"))
	l.add(group, "half an answer, then a reset", 200, l.asGood("/v2/me")+field(FaultHeader, "truncate"))
	l.add(group, "JSON that ends in the middle", 200, l.asGood("/v2/me")+field(FaultHeader, "truncated_json"))
	l.add(group, "a page for people that says it is JSON", 200, l.asGood("/v2/me")+field(FaultHeader, "html=200"))
	l.add(group, "nothing where JSON is said to be", 200, l.asGood("/v2/me")+field(FaultHeader, "empty"))
	l.add(group, "an answer that drips", 200, l.asGood("/v2/me")+field(FaultHeader, "drip=50ms"))
	l.add(group, "a redirect to the same address", 302, l.asGood("/v2/me")+field(FaultHeader, "redirect_loop"))
	l.add(group, "an API that is busy, and says until when", 503, l.asGood("/v2/me")+field(FaultHeader, "retry_after=503:date"))
	l.fails(group, problem.GatewayTimeout, l.asGood("/v2/me")+field(FaultHeader, "slow=15s"))
	l.add(group, "a slow answer", 200, l.asGood("/v2/me")+field(FaultHeader, "slow=2s"))
}

// foreign are errors in words that are not the contract's: wrapped in the linkedin profile, passed on in the standard one.
func (l *liner) foreign(group string) {
	types := [...]problem.Type{problem.EntityNotFound, problem.NotAcceptable, problem.Conflict, problem.Gone, problem.PreconditionFailed, problem.Unprocessable}
	status := func(n int) string { return l.asGood("/v2/me") + field(FaultHeader, fmt.Sprintf("status=%d", n)) }
	if l.profile == problem.Standard {
		l.add(group, "an error in the API's own words, passed on as it is", 500, status(500))
		l.told(group, types[:]...)
		l.told(group, problem.UpstreamClientError, problem.UpstreamServerError)
		return
	}
	for _, t := range types {
		l.fails(group, t, status(l.status(t)))
	}
	l.add(group, problem.UpstreamClientError.Name(), 418, status(418))
	l.add(group, problem.UpstreamServerError.Name(), 500, status(500))
}

func (l *liner) gateway() {
	l.told("The gateway itself", problem.InternalError, problem.LoopDetected)
}
