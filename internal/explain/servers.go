package explain

const (
	asStatus    = "As the status says."
	itsOperator = "whoever runs that server"
	readItsLog  = "Give the time and the id of the answer, if it has one, to whoever runs it: its log says more."
)

// fromServers are the bodies of other gateways and servers.
var fromServers = []sign{
	// Kong.
	{words: words(`no Route matched with those values`), status: "404", title: "Kong: no route", what: "Kong wrote this: none of its routes takes this host, path and method.", who: you, how: []string{"Compare host, path and method with the routes of Kong; it also compares Host.", readItsLog}, repeat: noRepeat},
	{words: words(`No API key found in request`), status: "401", title: "Kong: no API key", what: "Kong wrote this: its key-auth plugin found no key in the call.", who: you, how: []string{"Send the key in the field or parameter that Kong is set up for, apikey unless changed."}, repeat: noRepeat},
	{words: words(`You cannot consume this service`), status: "403", title: "Kong: not allowed", what: "Kong wrote this: its acl plugin does not list the group of this consumer.", who: itsOperator, how: []string{"Ask whoever runs Kong to add the consumer to a group that the route allows."}, repeat: noRepeat},
	{words: words(`An invalid response was received from the upstream server|failure to get a peer from the ring-balancer|The upstream server is (timing out|currently unavailable)`), status: "502 to 504", title: "Kong: the server behind it failed", what: "Kong wrote this: the server behind it did not answer, or not in HTTP.", who: itsOperator, how: []string{"Look whether the server behind Kong runs, and at its address and protocol in Kong's service.", readItsLog}, repeat: afterWait},
	{words: words(`^\W*(?:message\W+)?API rate limit exceeded`), status: "429", title: "Kong: a limit of calls is reached", what: "Kong wrote this: its rate-limiting plugin refused the call.", who: you, how: []string{"Wait as Retry-After or RateLimit-Reset says."}, repeat: afterWait},

	// Amazon API Gateway and load balancers.
	{words: words(`Missing Authentication Token`), status: "403", title: "Amazon API Gateway: no such route", what: "Amazon API Gateway wrote this. In spite of its words it mostly means that the stage, path or method does not exist; else that the call is not signed.", who: you, how: []string{"Check stage, path and method of the URL: the stage is its first segment, unless a custom domain hides it.", "Check that the API was deployed since the route was made.", "If the route asks for IAM, sign the call with Signature Version 4."}, repeat: noRepeat},
	{words: words(`Endpoint request timed out`), status: "504", title: "Amazon API Gateway: the integration took too long", what: "Amazon API Gateway wrote this: what is behind it did not answer within its limit, 29 s unless changed. The call may have taken effect.", who: itsOperator, how: []string{"Ask for less in one call.", "Find out whether the call took effect before you repeat it."}, repeat: afterWait},
	{words: words(`not a valid key=value pair \(missing equal-sign\) in Authorization header|The security token included in the request is (invalid|expired)|Authorization header requires 'Credential'`), status: "403", title: "Amazon API Gateway: the signature", what: "Amazon API Gateway wrote this: it takes Authorization for a Signature Version 4, which this call does not have. Where the route does not exist it says so too.", who: you, how: []string{"Check stage, path and method of the URL.", "Sign the call, with a key that is still good, where the route asks for IAM."}, repeat: noRepeat},
	{words: words(`User is not authorized to access this resource|is not authorized to perform: execute-api`), status: "403", title: "Amazon API Gateway: not permitted", what: "Amazon API Gateway wrote this: its authorizer or policy refused the call.", who: itsOperator, how: []string{"Ask whoever runs the API which policy refuses it."}, repeat: noRepeat},
	{words: words(`^\{"message": ?"(Forbidden|Unauthorized|Not Found|Too Many Requests|Limit Exceeded|Internal [Ss]erver [Ee]rror|Service Unavailable)"\}$`), status: "4xx or 5xx", title: "Another gateway's answer", what: "These words are those of Amazon API Gateway, and others answer so too; Candor does not.", who: you, how: []string{"Forbidden: send the key in x-api-key, and check host, stage and path.", "Unauthorized: send what the authorizer asks for.", "Internal server error: the integration failed; its log says why.", readItsLog}, repeat: asStatus},
	{words: words(`<center>awselb/`), status: "5xx", title: "AWS load balancer", what: "A load balancer of Amazon wrote this: the server behind it failed, or none is healthy.", who: itsOperator, how: []string{"Look at the health checks of the target group.", readItsLog}, repeat: afterWait},

	// Cloudflare.
	{words: words(`(?i)error(?: code:)? 1020\b`), status: "403", title: "Cloudflare: a rule refused the call", what: "Cloudflare wrote this: a firewall rule of the site refused the call. It did not reach the server.", who: itsOperator, how: []string{"Give the ray id and your address to whoever runs the site: the event is in the security log of Cloudflare."}, repeat: noRepeat},
	{words: words(`(?i)error(?: code:)? 1015\b`), status: "429", title: "Cloudflare: a limit of calls is reached", what: "Cloudflare wrote this: a rate limiting rule of the site refused the call.", who: you, how: []string{"Wait as Retry-After says, and call less often."}, repeat: afterWait},
	{words: words(`(?i)error(?: code:)? 10(00|01|16|33)\b`), status: "530", title: "Cloudflare: the site's address", what: "Cloudflare wrote this: it finds no way to the server, as the name or the tunnel of the site is not set up or not connected.", who: itsOperator, how: []string{"Look at the DNS records or the tunnel of the site."}, repeat: afterWait},
	{words: words(`(?i)error code: 1[0-9]{3}\b`), status: "4xx or 5xx", title: "Cloudflare: an error of its own", what: "Cloudflare wrote this: the code is one of its own, in the list \"1xxx errors\" of its documentation.", who: itsOperator, how: []string{"Look the code up, and give the ray id to whoever runs the site."}, repeat: afterWait},
	{words: words(`Attention Required! \| Cloudflare|Just a moment\.\.\.|cf-browser-verification|Enable JavaScript and cookies to continue`), status: "403 or 503", title: "Cloudflare: a test for browsers", what: "Cloudflare wrote this: it asks whoever calls to prove to be a browser, which a program cannot.", who: itsOperator, how: []string{"Ask whoever runs the site to leave the path of the API out of the challenge."}, repeat: noRepeat},

	// Envoy, and what is built on it.
	{words: words(`upstream connect error or disconnect/reset before headers`), status: "503", title: "Envoy: no connection to the server behind it", what: "Envoy wrote this (Istio, Contour and others are built on it): the connection to the server behind it was not made, or ended before an answer. What follows \"reset reason\" says which.", causes: []string{"connection failure, or delayed connect error: nothing listens at the address.", "connection termination: the server closed, often an idle connection.", "protocol error: the server speaks another version of HTTP, or TLS."}, who: itsOperator, how: []string{"Look whether the server runs, and at its port and protocol.", "Compare the keep-alive times of the two.", readItsLog}, repeat: afterWait},
	{words: words(`no healthy upstream`), status: "503", title: "Envoy: no healthy server", what: "Envoy wrote this: no server of the cluster is healthy, or it has none.", who: itsOperator, how: []string{"Look at the endpoints and health checks of the cluster."}, repeat: afterWait},
	{words: words(`upstream request timeout`), status: "504", title: "Envoy: the server behind it took too long", what: "Envoy wrote this: its limit for the route, 15 s unless changed, passed. The call may have taken effect.", who: itsOperator, how: []string{"Ask for less in one call.", "Find out whether the call took effect before you repeat it."}, repeat: afterWait},
	{words: words(`RBAC: access denied`), status: "403", title: "Envoy: a policy refused the call", what: "Envoy wrote this: an authorization policy refused the call.", who: itsOperator, how: []string{"Ask whoever runs it which policy holds for this path and identity."}, repeat: noRepeat},
	{words: words(`Jwt (is missing|is expired|is not in the form|verification fails|issuer is not configured)|Jwks doesn't have key|Audiences in Jwt are not allowed`), status: "401", title: "Envoy: the token", what: "Envoy wrote this: its JWT filter refused the token, for the reason that stands there.", who: you, how: []string{"Get a new token of the issuer and audience that the API takes."}, repeat: noRepeat},
	{words: words(`local_rate_limited`), status: "429", title: "Envoy: a limit of calls is reached", what: "Envoy wrote this: its local rate limit refused the call.", who: you, how: []string{"Wait, and call less often."}, repeat: afterWait},

	// HAProxy.
	{words: words(`No server is available to handle this request`), status: "503", title: "HAProxy: no server", what: "HAProxy wrote this: no server of the backend is up, or no backend takes the call.", who: itsOperator, how: []string{"Look at the health checks of the backend.", readItsLog}, repeat: afterWait},
	{words: words(`The server returned an invalid or incomplete response`), status: "502", title: "HAProxy: the server's answer", what: "HAProxy wrote this: the server behind it closed early or did not answer in HTTP.", who: itsOperator, how: []string{"Look at the termination state in HAProxy's log, such as PH or SH.", readItsLog}, repeat: afterWait},
	{words: words(`The server didn't respond in time`), status: "504", title: "HAProxy: the server took too long", what: "HAProxy wrote this: timeout server passed. The call may have taken effect.", who: itsOperator, how: []string{"Ask for less in one call.", "Find out whether the call took effect before you repeat it."}, repeat: afterWait},
	{words: words(`Request forbidden by administrative rules`), status: "403", title: "HAProxy: a rule refused the call", what: "HAProxy wrote this: a deny rule matched.", who: itsOperator, how: []string{"Ask whoever runs it which rule holds for this call."}, repeat: noRepeat},
	{words: words(`Your browser sent an invalid request|Your browser didn't send a complete request in time`), status: "400 or 408", title: "HAProxy: the request", what: "HAProxy wrote this: the request was not valid HTTP, or did not come in time.", who: you, how: []string{"Use a maintained HTTP library.", "Check that the port speaks what you speak: http or https."}, repeat: noRepeat},

	// nginx and Apache.
	{words: words(`The plain HTTP request was sent to HTTPS port`), status: "400", title: "nginx: http on the https port", what: "nginx wrote this: the port speaks TLS, and the call did not.", who: you, how: []string{"Use https:// in the URL."}, repeat: noRepeat},
	{words: words(`Request Header Or Cookie Too Large`), status: "400", title: "nginx: the head is too large", what: "nginx wrote this: the fields of the request, mostly cookies, are larger than large_client_header_buffers.", who: you, how: []string{"Send fewer or shorter fields, or clear the cookies of the site."}, repeat: noRepeat},
	{words: words(`connect\(\) failed \(\d+: |upstream prematurely closed connection|upstream timed out \(\d+: `), status: "502 or 504", title: "nginx: the server behind it", what: "This is a line of nginx's error log: the server behind nginx refused, closed or was too slow.", who: itsOperator, how: []string{"Look whether the server at the address behind upstream: runs.", "Compare the keep-alive times of the two, and proxy_read_timeout with the call's."}, repeat: afterWait},

	// Others.
	{words: words(`^404 page not found$`), status: "404", title: "404 page not found: not Candor's words", what: "Go's standard library answers so, and Traefik where no router takes the call; Candor does not.", who: you, how: []string{"Check host and path of the URL: the call may not have come to the server that you mean.", "In Traefik, look whether a router has a rule for this host and path, and whether its entry point is this port.", "Behind Candor it is the API itself that answered: an answer of Candor's own has Candor-Problem in its head."}, repeat: noRepeat},
	{words: words(`^no available server$`), status: "503", title: "Traefik: no server", what: "Traefik wrote this: the service has no server, or none that is healthy.", who: itsOperator, how: []string{"Look at the service and its health check in Traefik."}, repeat: afterWait},
	{words: words(`Cannot (GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /`), status: "404", title: "Express: no such route", what: "Express, of Node, wrote this: the API itself has no route for this method and path.", who: you, how: []string{"Check method, base path and spelling of the URL."}, repeat: noRepeat},
	{words: words(`Whitelabel Error Page|"timestamp":\s*"?[0-9].*"path":\s*"/`), status: "4xx or 5xx", title: "Spring Boot: an error of the API", what: "Spring Boot wrote this: the API itself answered.", who: you, how: []string{"Read status, error and path in it.", askTheAPI}, repeat: asStatus},
	{words: words(`Access denied due to (missing|invalid) subscription key`), status: "401", title: "Azure API Management: the key", what: "Azure API Management wrote this: the call has no subscription key that it knows.", who: you, how: []string{"Send the key in Ocp-Apim-Subscription-Key."}, repeat: noRepeat},
	{words: words(`"faultstring"`), status: "4xx or 5xx", title: "Apigee: a fault", what: "Apigee wrote this: faultstring says what, and errorcode which policy.", who: itsOperator, how: []string{"Look the errorcode up in Apigee's documentation."}, repeat: asStatus},
	{words: words(`Guru Meditation`), status: "503", title: "Varnish: the server behind it", what: "Varnish wrote this: the server behind it failed, or the cache could not reach it.", who: itsOperator, how: []string{readItsLog}, repeat: afterWait},
	{words: words(`Reference&?#?3?2?;? ?&?#[0-9]+[.&]`), status: "403 or 5xx", title: "Akamai: refused on the way", what: "Akamai, a content network, wrote this; the reference finds the event in its log.", who: itsOperator, how: []string{"Give the reference to whoever runs the site."}, repeat: noRepeat},
}

// pages name the server that wrote a page, for what has no words of its own above.
var pages = []struct {
	words *pattern
	name  string
}{
	{words(`(?i)<center>(nginx|openresty)`), "nginx"},
	{words(`<address>Apache`), "Apache"},
	{words(`(?i)cloudflare`), "Cloudflare"},
	{words(`Microsoft-IIS|Microsoft-HTTPAPI`), "IIS"},
}

// pageOf is the server that wrote a page; "" if nothing tells.
func pageOf(body []byte) string {
	page := lookAt(excerpt(string(body), signsIn))
	for _, p := range pages {
		if page.has(p.words) {
			return p.name
		}
	}
	return ""
}
