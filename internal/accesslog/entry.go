package accesslog

import (
	"net/netip"
	"strconv"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/redact"
)

// Stations are the moments of a call, each in microseconds since its first
// byte. One that was not reached is 0 and is left out of the line.
type Stations struct {
	Head      int64 // its head was whole
	Admit     int64 // the verdict was there
	Connect   int64 // an upstream connection was there
	FirstByte int64 // the upstream's answer began
	Done      int64 // the last byte was written: the duration; always in the line
}

// Entry is one call as the access log tells it. Slices are borrowed until
// AppendJSON returns. What is empty or zero is left out of the line, except
// where a field says otherwise.
type Entry struct {
	Time           int64 // of the first byte, Unix ns; always written
	ID             callid.ID
	Listener       string
	API            string
	Route          string
	Problem        string // its name
	ByUpstream     bool   // who wrote the answer; always written, as gateway or upstream
	App            string
	Member         string
	Client         netip.Addr // who called
	Peer           netip.Addr // who connected; left out where it is the client
	Method         []byte
	Target         []byte // as it came; AppendJSON redacts it
	Version        string // "HTTP/1.1"
	Status         int    // always written; 0 if no answer was sent
	In, Out        int64  // bytes read from and written to the client, heads included; always written
	RequestID      []byte // the caller's own
	AnswerID       []byte // the API's own, where its answer has passed with it
	Stations       Stations
	Upstream       string // address
	UpstreamTarget []byte // as the upstream got it, where that is not as it came; AppendJSON redacts it
	UpstreamStatus int
	Attempts       int      // how often the call was sent; 1 is left out
	Retried        []string // how those attempts ended behind which came another one, as the route's retry says
	NotRetried     string   // why there was no other one behind the last
	Reused         bool     // the upstream connection had carried a call before
	Cache          string   // what became of it in the cache of its route; "" it has none
	Note           string
	Tolerated      []string // what was let pass in it
	Seen           *Seen    // for a sink; nil where there is none
	Upgrade        string   // the protocol to which the connection was switched
	// Dropped is what Upgrade named that was not passed on; AppendJSON redacts it, and cuts it to 64 bytes.
	Dropped []byte
	// EndedBy and Ended are of the second line of a call that has switched its connection: who ended that, and how.
	EndedBy, Ended string

	Would []Would // what checks would have refused that are only observed, in their order; lent as the slices are
	First *Cause  // what exactly the first of them would have been refused for

	// What follows is written for a call that has a problem alone.
	Cause     Cause
	WouldPass []string // what would have to be tolerated for it to pass
	UserAgent []byte   // cut to 256 bytes; also of a call that would have been refused
	// Spellings adds the id as 32 hex digits and in base64, for a profile that answers with those.
	Spellings bool
}

// Cause is what exactly was wrong: what an answer says, and what it leaves to the log.
type Cause struct {
	Detail  string // its name
	Part    string // of the message: "path", "request head"
	Line    int    // of the part, from 1
	Chunk   int    // of a body in chunks, from 1
	At      int    // position in the line or part, from 1
	Field   []byte // name of a field of the head
	Excerpt []byte // the wrong bytes as they came; AppendJSON redacts them as a target, and whole where the field is one of secrets
	Quota   string // name of the quota that was used up, as configured
	Limit   string // name of the limit that was hit
	Window  string // of a quota: DAY
	Value   int64  // of the limit
	Unit    string // of Value and Sent: "bytes", "ms", "calls"
	Sent    int64  // what came, in the limit's unit
}

// AppendJSON appends the call as one JSON object and a line end. Whatever bytes
// the fields hold, the line is valid UTF-8 and strict JSON.
func (e *Entry) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"time":"`...)
	dst = appendTime(dst, e.Time)
	dst = append(dst, `","id":"`...)
	dst = e.ID.AppendUUID(dst)
	dst = append(dst, '"')
	dst = e.appendWhat(dst)
	dst = e.appendWho(dst)
	dst = e.appendTimes(dst)
	dst = e.appendUpstream(dst)
	dst = e.appendUpgrade(dst)
	dst = appendText(dst, `,"note":`, e.Note)
	dst = appendList(dst, `,"tolerated":`, e.Tolerated)
	if len(e.Would) > 0 {
		dst = e.appendWould(dst)
	}
	if e.Problem != "" {
		dst = e.appendWhy(dst)
	}
	return append(dst, '}', '\n')
}

// appendWhat tells what was asked and what became of it.
func (e *Entry) appendWhat(dst []byte) []byte {
	dst = appendText(dst, `,"listener":`, e.Listener)
	dst = appendText(dst, `,"api":`, e.API)
	dst = appendText(dst, `,"route":`, e.Route)
	dst = appendText(dst, `,"method":`, e.Method)
	dst = appendTarget(dst, e.Target)
	dst = appendText(dst, `,"version":`, e.Version)
	dst = appendInt(dst, `,"status":`, int64(e.Status))
	dst = appendText(dst, `,"problem":`, e.Problem)
	if e.ByUpstream {
		return append(dst, `,"by":"upstream"`...)
	}
	return append(dst, `,"by":"gateway"`...)
}

func (e *Entry) appendWho(dst []byte) []byte {
	dst = appendAddr(dst, `,"client":"`, e.Client)
	if e.Peer != e.Client {
		dst = appendAddr(dst, `,"peer":"`, e.Peer)
	}
	dst = appendText(dst, `,"app":`, e.App)
	dst = appendText(dst, `,"member":`, e.Member)
	dst = appendRedacted(dst, `,"request_id":"`, e.RequestID)
	return appendRedacted(dst, `,"answer_id":"`, e.AnswerID)
}

// appendAddr appends name, which ends with the opening quote, and addr, or nothing if there is none.
func appendAddr(dst []byte, name string, addr netip.Addr) []byte {
	if !addr.IsValid() {
		return dst
	}
	return append(addr.Unmap().WithZone("").AppendTo(append(dst, name...)), '"')
}

func (e *Entry) appendTimes(dst []byte) []byte {
	dst = appendInt(dst, `,"in":`, e.In)
	dst = appendInt(dst, `,"out":`, e.Out)
	dst = appendInt(dst, `,"duration_us":`, e.Stations.Done)
	dst = appendSome(dst, `,"head_us":`, e.Stations.Head)
	dst = appendSome(dst, `,"admit_us":`, e.Stations.Admit)
	dst = appendSome(dst, `,"connect_us":`, e.Stations.Connect)
	return appendSome(dst, `,"first_byte_us":`, e.Stations.FirstByte)
}

func (e *Entry) appendUpstream(dst []byte) []byte {
	dst = appendText(dst, `,"upstream":`, e.Upstream)
	dst = appendRedacted(dst, `,"upstream_target":"`, e.UpstreamTarget)
	dst = appendSome(dst, `,"upstream_status":`, int64(e.UpstreamStatus))
	if e.Attempts > 1 {
		dst = appendInt(dst, `,"attempts":`, int64(e.Attempts))
	}
	dst = appendList(dst, `,"retried":`, e.Retried)
	dst = appendText(dst, `,"not_retried":`, e.NotRetried)
	if e.Reused {
		dst = append(dst, `,"reused":true`...)
	}
	return appendText(dst, `,"cache":`, e.Cache)
}

// maxUpgrade bounds what is kept of an Upgrade field.
const maxUpgrade = 64

func (e *Entry) appendUpgrade(dst []byte) []byte {
	dst = appendText(dst, `,"upgrade":`, e.Upgrade)
	dst = appendRedacted(dst, `,"upgrade_dropped":"`, e.Dropped[:min(len(e.Dropped), maxUpgrade)])
	dst = appendText(dst, `,"ended_by":`, e.EndedBy)
	return appendText(dst, `,"ended":`, e.Ended)
}

func appendInt(dst []byte, name string, n int64) []byte {
	return strconv.AppendInt(append(dst, name...), n, 10)
}

func appendSome(dst []byte, name string, n int64) []byte {
	if n == 0 {
		return dst
	}
	return appendInt(dst, name, n)
}

// appendText appends name and s, or nothing if s is empty.
func appendText[T string | []byte](dst []byte, name string, s T) []byte {
	if len(s) == 0 {
		return dst
	}
	dst = append(dst, name...)
	return appendString(dst, s)
}

// appendList appends name and the words, or nothing if there is none.
func appendList(dst []byte, name string, words []string) []byte {
	if len(words) == 0 {
		return dst
	}
	dst = append(append(dst, name...), '[')
	for i, w := range words {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, w)
	}
	return append(dst, ']')
}

// maxAgent bounds what is kept of a User-Agent.
const maxAgent = 256

// appendWhy tells what was wrong, and with whose program.
func (e *Entry) appendWhy(dst []byte) []byte {
	dst = e.Cause.append(dst)
	dst = appendList(dst, `,"would_pass_with":`, e.WouldPass)
	if len(e.Would) == 0 { // which has it already
		dst = appendRedacted(dst, `,"user_agent":"`, e.UserAgent[:min(len(e.UserAgent), maxAgent)])
	}
	if !e.Spellings {
		return dst
	}
	dst = e.ID.AppendHex(append(dst, `,"id_hex":"`...))
	dst = e.ID.AppendBase64(append(dst, `","id_base64":"`...))
	return append(dst, '"')
}

func (c *Cause) append(dst []byte) []byte {
	dst = appendText(dst, `,"detail":`, c.Detail)
	dst = appendText(dst, `,"part":`, c.Part)
	dst = appendSome(dst, `,"line":`, int64(c.Line))
	dst = appendSome(dst, `,"chunk":`, int64(c.Chunk))
	dst = appendSome(dst, `,"at":`, int64(c.At))
	dst = appendText(dst, `,"field":`, c.Field)
	dst = c.appendExcerpt(dst)
	dst = appendText(dst, `,"quota":`, c.Quota)
	dst = appendText(dst, `,"limit":`, c.Limit)
	dst = appendText(dst, `,"window":`, c.Window)
	dst = appendSome(dst, `,"limit_value":`, c.Value)
	dst = appendSome(dst, `,"sent":`, c.Sent)
	return appendText(dst, `,"unit":`, c.Unit)
}

func (c *Cause) appendExcerpt(dst []byte) []byte {
	if len(c.Excerpt) > 0 && redact.IsSecret(c.Field) {
		return appendText(dst, `,"excerpt":`, redact.Mark)
	}
	return appendRedacted(dst, `,"excerpt":"`, c.Excerpt)
}

func appendTarget(dst, target []byte) []byte { return appendRedacted(dst, `,"target":"`, target) }

// appendRedacted redacts and escapes without a buffer of its own: the redacted
// text is put where it belongs, and only if it needs escapes is it written
// again behind that and moved down. name ends with the opening quote.
func appendRedacted(dst []byte, name string, text []byte) []byte {
	if len(text) == 0 {
		return dst
	}
	dst = append(dst, name...)
	start := len(dst)
	dst = redact.AppendTarget(dst, text)
	if end := len(dst); !isPlain(dst[start:]) {
		dst = appendEscaped(dst, dst[start:])
		dst = dst[:start+copy(dst[start:], dst[end:])]
	}
	return append(dst, '"')
}
