package explain

import (
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// note is what a status means in HTTP, whoever answers it.
type note struct {
	title, what, who string
	how              []string
	repeat           string
}

const (
	you     = "you, the caller"
	server  = "whoever runs the server"
	nobody  = "nobody needs to"
	proxies = "whoever runs the proxy or the content network on the way"

	noRepeat   = "No: the same call will fail the same way."
	afterWait  = "Yes, with growing waits, if the method is idempotent; after Retry-After where there is one."
	noFailure  = "There is nothing to repeat."
	sameAnswer = "No: the same call will be answered the same way."

	dropsAuthorization = "A client that follows a redirect to another host drops Authorization, so the call that comes there has no token: call the new URL directly, with the token."
	postBecomesGet     = "301 and 302 may turn POST into GET: the body is lost. The server should answer 308 or 307, which keep method and body."
	askTheAPI          = "Read the body of the answer and the documentation of the API: this answer is the server's own."
)

// notes are the statuses that have something of their own to say; classes speak for the rest.
var notes = map[int]note{
	100: {"Continue", "The server has read the head and asks for the body. The real answer comes after it.", nobody, []string{"Send the body, and read on: the answer to the call follows."}, noFailure},
	101: {"Switching Protocols", "The connection now speaks another protocol, such as WebSocket.", nobody, []string{"Speak the protocol that Upgrade names."}, noFailure},
	102: {"Processing", "The server is at work. The real answer comes after it.", nobody, []string{"Read on: the answer to the call follows."}, noFailure},
	103: {"Early Hints", "The server names links that will be needed. The real answer comes after it.", nobody, []string{"Read on: the answer to the call follows."}, noFailure},
	200: {"OK", "The call succeeded.", nobody, []string{"If the result is not what you expected, look into the body."}, noFailure},
	201: {"Created", "Something was created; Location or x-restli-id names it.", nobody, []string{"Keep the name of what was created."}, "No: it would be created again."},
	202: {"Accepted", "The server will do it later.", nobody, []string{"Ask for the result where the body or Location says."}, noFailure},
	204: {"No Content", "The call succeeded, and there is nothing to send back.", nobody, []string{"Do not wait for a body."}, noFailure},
	206: {"Partial Content", "A part of the resource was sent, as Range asked.", nobody, []string{"Look at Content-Range for which part it is."}, noFailure},
	300: {"Multiple Choices", "There are several representations to choose from.", you, []string{"Choose one and call its URL.", dropsAuthorization}, sameAnswer},
	301: {"Moved Permanently", "The resource has another URL for good.", you, []string{"Call the URL in Location from now on.", dropsAuthorization, postBecomesGet}, sameAnswer},
	302: {"Found", "The resource is at another URL for the moment. Before an API it is often the redirect to a sign-in page: the call was not recognised.", you, []string{"Look at Location. If it is a sign-in page, the call had no valid credential.", dropsAuthorization, postBecomesGet}, sameAnswer},
	303: {"See Other", "The result is at another URL, to be read with GET.", you, []string{"GET the URL in Location.", dropsAuthorization}, sameAnswer},
	304: {"Not Modified", "What you have is still current: If-None-Match or If-Modified-Since asked for that.", nobody, []string{"Use your copy.", "If you have none, leave out the condition."}, noFailure},
	307: {"Temporary Redirect", "The resource is at another URL for the moment; method and body stay.", you, []string{"Send the same call to the URL in Location.", dropsAuthorization}, sameAnswer},
	308: {"Permanent Redirect", "The resource has another URL for good; method and body stay.", you, []string{"Send the same call to the URL in Location, from now on.", dropsAuthorization}, sameAnswer},
	400: {"Bad Request", "The server does not understand the request.", you, []string{"Check the URL, the headers and the body against the documentation.", askTheAPI}, noRepeat},
	401: {"Unauthorized", "The server knows no valid credential in the call.", you, []string{"Check that Authorization was sent and has the scheme that WWW-Authenticate names.", "Get a new token.", dropsAuthorization}, noRepeat},
	402: {"Payment Required", "The server wants a payment or a paid plan.", you, []string{askTheAPI}, noRepeat},
	403: {"Forbidden", "The server knows who calls and does not allow it; a firewall on the way answers so too.", you, []string{"Check the permissions of the token.", "An HTML page is mostly that of a firewall or content network: look at Server and its ids.", askTheAPI}, noRepeat},
	404: {"Not Found", "The server has nothing at this path.", you, []string{"Check host, base path and spelling of the URL.", askTheAPI}, noRepeat},
	405: {"Method Not Allowed", "The path is there, and not for this method.", you, []string{"Use a method that Allow names.", postBecomesGet}, noRepeat},
	406: {"Not Acceptable", "The server has no format that Accept allows.", you, []string{"Accept application/json, or leave Accept out."}, noRepeat},
	407: {"Proxy Authentication Required", "A proxy between you and the server wants a credential of its own.", you, []string{"Give the proxy what Proxy-Authenticate asks for, or go around it."}, noRepeat},
	408: {"Request Timeout", "The server waited too long for the request.", you, []string{"Send the request without pauses.", "Do not use a connection again that was idle for long."}, afterWait},
	409: {"Conflict", "The call conflicts with the present state of the resource.", you, []string{"Read the resource again and repeat the change on what it is now."}, noRepeat},
	410: {"Gone", "The resource was there and is gone for good.", you, []string{"Stop asking for it."}, noRepeat},
	411: {"Length Required", "The server wants Content-Length.", you, []string{"Send Content-Length, also on an empty POST."}, noRepeat},
	412: {"Precondition Failed", "A condition of the call does not hold.", you, []string{"Read the resource again and use its present ETag."}, noRepeat},
	413: {"Content Too Large", "The body is larger than the server takes; a proxy on the way may have a smaller limit than the API.", you, []string{"Send less in one call."}, noRepeat},
	414: {"URI Too Long", "The URL is longer than the server takes.", you, []string{"Shorten the URL."}, noRepeat},
	415: {"Unsupported Media Type", "The server does not take a body of this type.", you, []string{"Send the Content-Type that the API takes."}, noRepeat},
	416: {"Range Not Satisfiable", "The range is not inside the resource.", you, []string{"Ask for a range inside the length that Content-Range names."}, noRepeat},
	417: {"Expectation Failed", "The server cannot do what Expect asks.", you, []string{"Leave Expect out."}, noRepeat},
	418: {"I'm a teapot", "The server was asked for coffee and is a teapot; some firewalls answer so to programs.", you, []string{askTheAPI}, noRepeat},
	421: {"Misdirected Request", "The server does not serve this host on this connection.", you, []string{"Open a new connection, and check the host."}, "Once, on a new connection."},
	422: {"Unprocessable Content", "The body is well-formed, and the server cannot process what it says.", you, []string{askTheAPI}, noRepeat},
	423: {"Locked", "The resource is locked.", you, []string{"Wait until the lock is released."}, afterWait},
	424: {"Failed Dependency", "Another part of the call failed first.", you, []string{"Correct the part that failed."}, noRepeat},
	425: {"Too Early", "The server does not act on data that came before the TLS handshake was complete.", you, []string{"Send the call again after the handshake."}, "Once, without early data."},
	426: {"Upgrade Required", "The server wants another protocol, or another version of the API.", you, []string{"Look at Upgrade, or at the versions of the API."}, noRepeat},
	428: {"Precondition Required", "The server wants a condition, so that no change is lost.", you, []string{"Send If-Match with the ETag that you read."}, noRepeat},
	429: {"Too Many Requests", "The server has had too many calls from you.", you, []string{"Wait as Retry-After says.", "Look for redundant calls."}, "Yes, after the seconds that Retry-After names."},
	431: {"Request Header Fields Too Large", "The head is larger than the server takes.", you, []string{"Send fewer or shorter header fields; cookies are often the reason."}, noRepeat},
	451: {"Unavailable For Legal Reasons", "The server may not give it out by law.", nobody, []string{askTheAPI}, noRepeat},
	499: {"Client Closed Request", "In nginx's log: the client left before the answer. In Candor's log that is client_gone.", you, []string{"Give the call more time."}, afterWait},
	500: {"Internal Server Error", "The server failed.", server, []string{"Report the call and the ids of the answer, without the token."}, afterWait},
	501: {"Not Implemented", "The server does not know the method.", you, []string{"Check the method; methods are in capitals."}, noRepeat},
	502: {"Bad Gateway", "A proxy got no valid answer from the server behind it.", server, []string{"An HTML page is mostly that of a proxy or content network: look at Server and Via for whose.", "Look at the status page of the API."}, afterWait},
	503: {"Service Unavailable", "The server is overloaded or being restarted.", server, []string{"Wait as Retry-After says."}, afterWait},
	504: {"Gateway Timeout", "A proxy waited too long for the server behind it. The call may have taken effect.", server, []string{"Ask for less in one call.", "Find out whether the call took effect before you repeat it."}, afterWait},
	505: {"HTTP Version Not Supported", "The server does not speak this version of HTTP.", you, []string{"Send HTTP/1.1."}, noRepeat},
	507: {"Insufficient Storage", "The server has no room for it.", server, []string{"Report it."}, afterWait},
	508: {"Loop Detected", "The call goes in a circle.", server, []string{"Report it."}, noRepeat},
	511: {"Network Authentication Required", "The network wants a sign-in first: a hotel or guest network.", you, []string{"Open a page in a browser and sign in to the network."}, "Yes, once you are signed in."},
	520: {"Unknown Error", "A content network got an answer from the server that it does not understand.", server, []string{"Report the ray id or the like."}, afterWait},
	521: {"Web Server Is Down", "A content network was refused by the server behind it.", server, []string{"Report it."}, afterWait},
	522: {"Connection Timed Out", "A content network could not connect to the server behind it.", server, []string{"Report it."}, afterWait},
	523: {"Origin Is Unreachable", "A content network finds no way to the server behind it.", server, []string{"Report it."}, afterWait},
	524: {"A Timeout Occurred", "A content network waited too long for the server behind it. The call may have taken effect.", server, []string{"Find out whether the call took effect before you repeat it."}, afterWait},
	525: {"TLS Handshake Failed", "A content network could not agree on TLS with the server behind it.", proxies, []string{"Report it."}, afterWait},
	526: {"Invalid Certificate", "A content network does not trust the certificate of the server behind it.", proxies, []string{"Report it."}, noRepeat},
	999: {"Request Denied", "HTTP does not know this status. LinkedIn's web site answers it to programs, and to addresses that call too often.", you, []string{"Call the API and not the web site.", "Call less often."}, noRepeat},
}

// classes speak for a class of statuses as a whole.
var classes = [6]note{
	1: {"Interim answer", "The answer is not complete: the real one comes after it.", nobody, []string{"Read on: the answer to the call follows."}, noFailure},
	2: {"Success", "The call succeeded.", nobody, []string{"If the result is not what you expected, look into the body."}, noFailure},
	3: {"Redirect", "The resource is somewhere else, or you have it already. Candor itself redirects nothing: the API or something on the way did.", you, []string{"Look at Location.", dropsAuthorization, postBecomesGet}, sameAnswer},
	4: {"The request was refused", "The server says that the request must change.", you, []string{"Look for Candor-Problem in the head: its value names what is wrong, and candor explain NAME says more.", "Check the URL for an invalid character, and compare the call with the API's example.", askTheAPI}, "No, but for 408, 425 and 429: the same call will fail the same way."},
	5: {"The server failed", "The request may be right; the server or something on the way failed.", server, []string{"Look for Candor-Problem in the head: its value tells the gateway's faults from the API's.", "Look at the status page of the API.", "Report the call and the ids of the answer, without the token."}, afterWait},
}

// beyond speaks for the statuses from 600 on (RFC 9110 §15: they mean nothing, and a client takes them for 5xx).
var beyond = note{
	title: "No status of HTTP",
	what: "HTTP does not define statuses from 600 on. Whoever answered made it up; clients take it for a failure of the server. " +
		"Candor passes it on as it came and answers none itself.",
	who:    server,
	how:    []string{askTheAPI, "Ask whoever runs the API to answer with a status below 600."},
	repeat: "Only if the documentation of the API says so.",
}

// classNotes are the classes by their usual names.
var classNotes = map[string]Meaning{
	"1xx": classMeaning(1), "2xx": classMeaning(2), "3xx": classMeaning(3), "4xx": classMeaning(4), "5xx": classMeaning(5),
	"6xx": beyond.meaning("6xx"), "7xx": beyond.meaning("7xx"), "8xx": beyond.meaning("8xx"), "9xx": beyond.meaning("9xx"),
}

// Class is what a class of statuses means, from 1 to 5, and those of its statuses that mean something of their own, in order.
func Class(class int) (whole Meaning, single []Meaning) {
	for status := 100 * class; status < 100*class+100; status++ {
		if n, ok := notes[status]; ok {
			single = append(single, n.meaning(strconv.Itoa(status)))
		}
	}
	return classMeaning(class), single
}

func classMeaning(class int) Meaning { return classes[class].meaning(strconv.Itoa(class) + "xx") }

// clientGone is in logs only.
var clientGone = Meaning{
	Problem: "client_gone", Title: "Client gone", What: "The caller left before the answer was written. It stands in logs only: nobody was there to read an answer.",
	Who: you, How: []string{"Give the call more time."}, Repeat: "Yes, if the method is idempotent: the call may have taken effect.",
}

func (n *note) meaning(status string) Meaning {
	return Meaning{Status: status, Title: n.title, What: n.what, Who: n.who, How: n.how, Repeat: n.repeat}
}

// Status is what a status means in HTTP, whoever answers with it; false for what is none.
func Status(status int) (Meaning, bool) { return statusNote(status) }

// statusNote is what a status means in HTTP; false for what is none.
func statusNote(status int) (Meaning, bool) {
	if n, ok := notes[status]; ok {
		return n.meaning(strconv.Itoa(status)), true
	}
	switch {
	case status < 100 || status > 999:
		return Meaning{}, false
	case status >= 600:
		return beyond.meaning(strconv.Itoa(status)), true
	}
	n := classes[status/100]
	return n.meaning(strconv.Itoa(status)), true
}

// statusTitled finds a status by its title in lower case.
func statusTitled(title string) (int, bool) {
	for status, n := range notes {
		if strings.ToLower(n.title) == title || strings.ToLower(problem.StatusTitle(status)) == title {
			return status, true
		}
	}
	return 0, false
}
