// Package problem is the catalogue of what can go wrong with a call, and the one place where an answer about it is worded.
//
// A Problem is a row of the catalogue and the facts of one case. A Catalogue renders it: status, body in each dialect,
// WWW-Authenticate. Parse reads an answer back. The package imports nothing of Candor but the rules of retry, and rendering allocates nothing.
package problem

// Problem is one failed call: the row and the facts of this case. Slices and strings are borrowed until the answer is written.
// Every fact is optional: a sentence that lacks one falls back to a shorter sentence.
type Problem struct {
	Type    Type
	Detail  Detail  // which cause of the row; 0 none is known
	Applied Applied // whether a byte was written to an upstream

	At   int    // column in Line, or position in Part, from 1; 0 unknown
	Line int    // from 1; 0 unknown. With PartChunk it is the number of the chunk, and At counts in the line of its size
	Part string // where Line and At count: "path", "query", "JSON body", "request head", "trailers", PartChunk

	Field   []byte // name of a field, as sent
	Excerpt []byte // the wrong bytes, as sent; made printable and cut to 64 when rendered

	Name  string // a configured name: header, parameter, the limit that was hit ("head", "first_byte")
	Other string // the second place, of two

	Method   []byte // as sent
	Resource string // "/me", or "me" where Version is set: together "GET /me" or "me.GET.20250601"
	Version  []byte // as sent
	Active   string // the versions that are active, as one text
	Allow    []byte // "GET, HEAD"; for unsupported_media_type the types that are taken
	Word     []byte // the segment at which the path leaves what is known: raw, decoded and cut when rendered

	Nearest string // the nearest known path
	Hides   bool   // a path may be one that some applications alone may see: so it is in the linkedin profile
	Example string // the route's example call
	Docs    string // the route's documentation

	Limit  int64  // bytes, calls, or milliseconds of a time limit
	Sent   int64  // what was sent, in the limit's unit; 0 unknown
	Window string // "SECOND", "MINUTE", "HOUR", "DAY"
	Quota  string // "application", "member", "burst", "calls in flight"

	Calls    int64 // of throttled: the app's of today for this resource; 0: it is not told
	Repeated int64 // how many of them repeated an earlier one, as far as is known

	Tried int64 // how often the gateway has sent the call, where that was more than once

	ResetsAt   int64 // unix seconds; 0 none
	RetryAfter int   // seconds; 0 none

	Reason   Reason   // of access_denied
	Required []string // scopes or products of which one is needed
	Granted  []string // scopes of the token
	NoMember bool     // the token is an application's own: there is no member to ask

	ExpiredAt   int64 // unix seconds; 0 unknown
	Refreshable bool  // the grant of an expired token has a live refresh token

	Status       int    // upstream_client_error and upstream_server_error: as given; else 0, the row's
	UpstreamBody []byte // a 4xx's own JSON, at most 4 KiB, already valid JSON
}

// PartChunk is the Part of a fault in the framing of a body.
const PartChunk = "chunked body"
