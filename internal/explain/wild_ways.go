package explain

const (
	mdnCORS   = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors"
	curlCodes = "https://curl.se/libcurl/c/libcurl-errors.html"
	rfc9110   = "https://www.rfc-editor.org/rfc/rfc9110#section-"
)

// wayCauses are the causes that lie on the way: proxies, connections, browsers.
var wayCauses = []cause{
	{
		name: "upstream-down", title: "The server behind the proxy is not there",
		check: "Call the server from the proxy's own machine or container, by the address in its configuration.",
		fix:   "Nothing in the request helps: repeat with growing waits.", otherwise: "Start the server, correct its address or port (in a container localhost is the container), look at its health check.",
		who: itsOperator, source: rfc9110 + "15.6.3",
	},
	{
		name: "upstream-slow", title: "The server behind the proxy took too long",
		check: "Time the same call past the proxy, and compare with the proxy's limit.",
		fix:   "Ask for less in one call, and find out whether the call took effect before you repeat it.", otherwise: "Raise the limit, or answer 202 and work on.",
		who: itsOperator, source: rfc9110 + "15.6.5",
	},
	{
		name: "idle-connection-race", title: "The server closed an idle connection as the proxy used it",
		check: "Compare the idle times: the server behind has to keep connections longer than the proxy does.",
		fix:   "Repeat if the method is idempotent.", otherwise: "Raise keep-alive of the server above that of the proxy (Node: server.keepAliveTimeout), or let the proxy retry on reset.",
		who: itsOperator, source: "https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1",
	},
	{
		name: "route-unknown", title: "No route of the gateway takes host, method and path",
		check: "Compare Host, method, path and stage of the URL with the routes; try it with and without the slash.",
		fix:   "Correct the URL: base path, stage, version, method.", otherwise: "Deploy the route, or add the host to it.",
		who: you, source: rfc9110 + "15.5.5",
	},
	{
		name: "body-too-large", title: "The body is larger than the proxy takes",
		check: "Compare Content-Length with the limit (nginx: client_max_body_size, 1 MB unless changed).",
		fix:   "Send less, or in parts.", otherwise: "Raise the limit at each proxy on the way.",
		who: itsOperator, source: rfc9110 + "15.5.14",
	},
	{
		name: "head-too-large", title: "The head of the request is too large",
		check: "Look at the size of Cookie and of the token.",
		fix:   "Clear the cookies of the site, or send a shorter token.", otherwise: "Raise the proxy's limit of heads.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc6585#section-5",
	},
	{
		name: "answer-head-too-large", title: "The head of the server's answer does not fit the proxy's buffer",
		check: "Send the same call straight to the server behind, and count the bytes of its Set-Cookie lines.",
		fix:   "Clear the site's cookies, if it comes with yours alone.", otherwise: "Raise the buffer (nginx: proxy_buffer_size, proxy_buffers, proxy_busy_buffers_size), or set fewer and smaller cookies.",
		who: itsOperator, source: "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size",
	},
	{
		name: "upgrade-dropped", title: "The upgrade to WebSocket did not get through",
		check: "Connect straight to the server: does it work without the proxy? Do Upgrade and Connection arrive?",
		fix:   "Use wss:// at the path that the server upgrades, over HTTP/1.1.", otherwise: "Have the proxy forward both fields with HTTP/1.1 (nginx: proxy_set_header Upgrade $http_upgrade, Connection \"upgrade\").",
		who: itsOperator, source: "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
	},
	{
		name: "cleartext-refused", title: "The app's system does not let it call http://",
		check: "Look at the URL: http:// from an Android app (API 28 and later) or an iOS app is refused before it is sent.",
		fix:   "Call https://.", otherwise: "For a server of your own, while testing: name its host in the network security config (Android) or as an exception of App Transport Security (iOS).",
		who: you, source: "https://developer.android.com/privacy-and-security/security-config#CleartextTrafficPermitted",
	},
	{
		name: "no-route", title: "There is no way to the address from here",
		check: "ping or traceroute the address on the very machine; look at VPN, routes, security groups and IPv6.",
		fix:   "Call an address that this network reaches.", otherwise: "Switch the VPN on, or have the route or the security group opened.",
		who: you, source: curlCodes,
	},
	{
		name: "client-exhausted", title: "The client has no ports, files or threads left for the connection",
		check: "ss -s and ulimit -n on the machine that calls: thousands in TIME-WAIT or ESTABLISHED?",
		fix:   "Make one client and keep it, so that connections are used again, and close each answer's body.", otherwise: "Raise the limit of open files, and call with fewer threads.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc9112#section-9.3",
	},
	{
		name: "encoding-unread", title: "The answer is compressed or in another charset than it is read as",
		check: "curl -si URL | head: is Content-Encoding there (gzip, br), and does the body begin with 1f 8b? Is charset the right one?",
		fix:   "Let the client decode (curl --compressed), or do not send Accept-Encoding by hand.", otherwise: "Have the proxy say Content-Encoding once, and only where it is so.",
		who: you, source: rfc9110 + "8.4",
	},
	{
		name: "http2-ended", title: "An HTTP/2 stream or connection was ended, or HTTP/2 is not spoken there",
		check: "Send the call with curl --http1.1: does it work?",
		fix:   "Send fewer calls at a time on one connection, repeat those that GOAWAY did not take, or use HTTP/1.1.", otherwise: "Have limits of streams and pings raised; gRPC needs HTTP/2 all the way.",
		who: itsOperator, source: "https://www.rfc-editor.org/rfc/rfc9113#section-7",
	},
	{
		name: "firewall-rule", title: "A rule of a firewall or content network refused the call",
		check: "Call from another network and with another User-Agent: does the answer change?",
		fix:   "Leave out what looks odd (scripts in parameters, no User-Agent), and call the host of the API.", otherwise: "Give the ray id or reference and your address to whoever runs the site.",
		who: itsOperator, source: "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/",
	},
	{
		name: "browser-challenge", title: "The site asks for a proof of being a browser",
		check: "Look whether the body is a page with a script instead of the API's answer.",
		fix:   "Call the address meant for programs.", otherwise: "Have the API's path left out of the challenge.",
		who: itsOperator, source: "https://developers.cloudflare.com/cloudflare-challenges/",
	},
	{
		name: "name-not-found", title: "The host name has no address here",
		check: "getent hosts NAME, on the very machine or in the container that calls.",
		fix:   "Correct the name: no scheme, port or blank in it.", otherwise: "Put both containers into one network, or repair the DNS of the machine.",
		who: you, source: curlCodes,
	},
	{
		name: "port-closed", title: "Nothing listens at this address and port",
		check: "ss -ltn on the server's machine; compare port and address with the URL.",
		fix:   "Correct host and port; from a container use the other's name, not localhost.", otherwise: "Start the server, or let it listen on 0.0.0.0.",
		who: you, source: curlCodes,
	},
	{
		name: "localhost-ipv6", title: "localhost leads to ::1, and the server listens on 127.0.0.1 alone",
		check: "Call 127.0.0.1 in place of localhost.",
		fix:   "Write 127.0.0.1 in the URL.", otherwise: "Let the server listen on :: too, or run Node with --dns-result-order=ipv4first.",
		who: you, source: "https://nodejs.org/api/dns.html#dnssetdefaultresultorderorder",
	},
	{
		name: "connection-cut", title: "Something cut the connection",
		check: "Look at its time in the logs of each side: which one closed first?",
		fix:   "Repeat on a new connection if the method is idempotent.", otherwise: "Compare idle and read limits of what stands on the way.",
		who: itsOperator, source: curlCodes,
	},
	{
		name: "certificate-untrusted", title: "The client does not know who issued the certificate",
		check: "openssl s_client -connect HOST:443 -servername HOST </dev/null: read issuer and verify return code. Is it your company's proxy?",
		fix:   "Give the client the authority (curl --cacert, NODE_EXTRA_CA_CERTS, REQUESTS_CA_BUNDLE, a Java trust store); never switch the check off.", otherwise: "Have the server send its chain whole.",
		who: you, source: "https://curl.se/docs/sslcerts.html",
	},
	{
		name: "certificate-expired", title: "The certificate has ended",
		check: "openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -dates, and date -u of your machine.",
		fix:   "Nothing in the request helps, unless your clock is wrong.", otherwise: "Have it renewed and the server reloaded.",
		who: itsOperator, source: "https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5",
	},
	{
		name: "certificate-name", title: "The certificate names another host",
		check: "Compare the host in the URL with the names in the certificate.",
		fix:   "Call a name that stands in it, not an address.", otherwise: "Have the name added.",
		who: itsOperator, source: "https://www.rfc-editor.org/rfc/rfc9525#section-6",
	},
	{
		name: "tls-mismatch", title: "The two sides do not speak the same: TLS and plain HTTP, or versions of TLS",
		check: "Try http:// and https:// at the same port with curl -v.",
		fix:   "Use the scheme that the port speaks; a proxy setting mostly has http:// in it.", otherwise: "Allow a version of TLS that both have.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc8446#section-6.2",
	},
	{
		name: "slow-answer", title: "The client gave up before the answer came",
		check: "curl -w '%{time_connect} %{time_starttransfer}': did it connect, and how long did it wait?",
		fix:   "Give the client more time, or ask for less.", otherwise: "If it does not even connect, a firewall drops the packets.",
		who: you, source: curlCodes,
	},
	{
		name: "cors-not-allowed", title: "The API does not allow this page's origin",
		check: "curl -si -H 'Origin: https://YOUR.PAGE' URL: is Access-Control-Allow-Origin in the answer? Is it an error that lacks it?",
		fix:   "Call from your own server, which no browser stops.", otherwise: "Have the origin listed: scheme, host and port count; errors need the field as well.",
		who: apisOperator, source: mdnCORS,
	},
	{
		name: "cors-preflight", title: "The preflight (OPTIONS) was refused",
		check: "Look at the OPTIONS call in the network panel: its status has to be 2xx and it carries no token.",
		fix:   "Leave out fields that are not needed.", otherwise: "Let OPTIONS pass without authentication or redirect, and list method and fields.",
		who: apisOperator, source: mdnCORS,
	},
	{
		name: "cors-credentials", title: "Credentials and the wildcard origin do not go together",
		check: "Look whether the script has credentials: 'include' or withCredentials.",
		fix:   "Leave credentials out: a token in Authorization needs none.", otherwise: "Have the origin named, with Access-Control-Allow-Credentials: true.",
		who: apisOperator, source: mdnCORS,
	},
	{
		name: "not-json", title: "The answer is a page or empty, and was read as JSON",
		check: "Print status, Content-Type and the first characters of the body.",
		fix:   "Look at the status before reading JSON; correct the URL if it is the page of a web site.", otherwise: "Paste the page itself here.",
		who: you, source: rfc9110 + "8.3",
	},
	{
		name: "evidence-lost", title: "What would tell the cause is not in the paste",
		check: "Get the answer whole: curl -i URL, or print error.response.status, .headers and .data (JSON.stringify, not a string of an object).",
		fix:   "Log status, head and body of each failure, and paste those here.", otherwise: "Give time and method to whoever runs the server: its log has the reason.",
		who: you, source: rfc9110 + "15.5",
	},
	{
		name: "client-certificate", title: "The server wants a certificate of the client",
		check: "openssl s_client -connect HOST:443 </dev/null: does it list acceptable client certificate names?",
		fix:   "Send certificate and key (curl --cert, --key), of an authority that the server takes.", otherwise: "Ask whoever runs the server for a certificate, or whether yours has ended.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2",
	},
	{
		name: "client-proxy", title: "A proxy set on the client's machine stands between",
		check: "env | grep -i proxy, and the system's settings; try once with curl --noproxy '*'.",
		fix:   "Leave the host out (NO_PROXY), or correct address, scheme and credentials of the proxy.", otherwise: "Ask whoever runs the proxy to let the host pass.",
		who: you, source: "https://everything.curl.dev/usingcurl/proxies/env.html",
	},
	{
		name: "url-invalid", title: "The URL is none",
		check: "Print the URL in quotes before the call: a blank, a line end, an empty variable, no https://?",
		fix:   "Write it whole, values percent-encoded.", otherwise: "Look into the configuration that it is put together from.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc3986#section-3",
	},
	{
		name: "redirect-loop", title: "Redirects go in a circle",
		check: "curl -sIL URL: which two answers send you to each other?",
		fix:   "Call the last address at once.", otherwise: "Behind TLS termination make the application trust X-Forwarded-Proto; let one place alone add or remove the slash.",
		who: itsOperator, source: rfc9110 + "15.4",
	},
	{
		name: "mixed-content", title: "A page over https may not call http",
		check: "Look at the URL in the console: http:// from a page over https://.",
		fix:   "Call https://.", otherwise: "Put the API behind TLS.",
		who: you, source: "https://developer.mozilla.org/en-US/docs/Web/Security/Mixed_content",
	},
}
