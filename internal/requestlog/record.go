// Package requestlog keeps what happened: of each call that failed all that is known, without its secrets, and of all calls how many there were. Calls hand over what they
// have and never wait; one goroutine makes records of it and writes them in batches.
package requestlog

import (
	"net/netip"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
)

// Record is one call that failed, or that somebody wanted to see, as it is kept. No secret is in it: the target and the values of fields are redacted before it is made.
// Its JSON is what /v1/requests tells an operator.
type Record struct {
	ID        callid.ID `json:"-"`
	RequestID string    `json:"id"` // ID, as answers spell it
	Time      time.Time `json:"time"`
	Status    int       `json:"status"`  // that the caller got; 0: none was sent
	Problem   string    `json:"problem"` // its name; "" of a call that was debugged and went well
	By        string    `json:"by"`      // who wrote the answer: gateway, upstream
	Cause     *Cause    `json:"cause,omitempty"`
	Said      *Said     `json:"said,omitempty"`

	Listener string `json:"listener,omitempty"`
	API      string `json:"api,omitempty"`
	Route    string `json:"route,omitempty"`    // as metrics and the configuration call it
	Resource string `json:"resource,omitempty"` // under which its calls are counted
	Hidden   bool   `json:"hidden,omitempty"`   // the route is one that this caller may not know of
	Revision int    `json:"revision"`           // of the configuration by which it was served

	Method  string  `json:"method,omitempty"`
	Target  string  `json:"target,omitempty"`
	Scheme  string  `json:"scheme,omitempty"`  // by which it came, https or http: to us, or to a balancer that is believed
	Version string  `json:"version,omitempty"` // HTTP/1.1
	Headers []Field `json:"headers,omitempty"`
	Body    *Body   `json:"body,omitempty"` // where the route says record_body
	In      int64   `json:"in"`             // bytes from the client
	Out     int64   `json:"out"`

	Answer *Answer `json:"answer,omitempty"` // as it was sent

	App      string     `json:"app,omitempty"`       // of a genuine credential, also of one that was refused
	ClientID string     `json:"client_id,omitempty"` // of that app
	Member   string     `json:"member,omitempty"`    // the operator's own id
	Token    *Token     `json:"token,omitempty"`
	Client   netip.Addr `json:"client,omitzero"` // as requests.addresses says
	Peer     netip.Addr `json:"peer,omitzero"`
	ClientTo string     `json:"client_request_id,omitempty"` // the caller's own id of the call
	AnswerID string     `json:"answer_id,omitempty"`         // the API's own

	Cache    string    `json:"cache,omitempty"`    // what the cache had to do with it, as the access log says it
	Upstream *Upstream `json:"upstream,omitempty"` // nil: it never came to that
	Stations Stations  `json:"stations"`

	Passed    []string `json:"passed,omitempty"`  // the checks that let it pass, in their order
	Refused   string   `json:"refused,omitempty"` // the check that did not
	Would     []Would  `json:"would,omitempty"`   // what observed checks would have refused
	Tolerated []string `json:"tolerated,omitempty"`
	Note      string   `json:"note,omitempty"`
	Debug     bool     `json:"debug,omitempty"` // it was asked for with Candor-Debug: then what follows is there

	Checks  []Check    `json:"checks,omitempty"` // what each check says, also behind the one that refused
	Tries   []Try      `json:"tries,omitempty"`
	Rewrite *Rewritten `json:"rewrite,omitempty"` // nil: nothing was sent to the upstream

	Changed []Difference `json:"changed,omitempty"`        // what has changed since such calls last worked, and can be why
	Also    []Difference `json:"also_different,omitempty"` // and cannot, as far as is known
	Recurs  *Recurs      `json:"recurs,omitempty"`
}

// Field is a line of a head. The value of one that holds secrets is redacted.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Body is the beginning of a body, at most 4 KiB, redacted.
type Body struct {
	Text  string `json:"text"`
	Bytes int64  `json:"bytes"` // of the whole, as far as it is known
	Cut   bool   `json:"cut,omitempty"`
}

// Answer is what the caller got.
type Answer struct {
	Headers []Field `json:"headers,omitempty"`
	Body    *Body   `json:"body,omitempty"` // one of ours; another's where the route says record_body
}

// Said is what an answer of ours says in words.
type Said struct {
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Fix     string `json:"fix,omitempty"`
	Action  string `json:"action,omitempty"`
	Applied string `json:"applied,omitempty"` // no, unknown
}

// Cause is what exactly was wrong. Its excerpt is redacted.
type Cause struct {
	Detail  string `json:"detail,omitempty"`
	Part    string `json:"part,omitempty"`
	Line    int    `json:"line,omitempty"`
	Chunk   int    `json:"chunk,omitempty"`
	At      int    `json:"at,omitempty"`
	Field   string `json:"field,omitempty"`
	Excerpt string `json:"excerpt,omitempty"`
	Quota   string `json:"quota,omitempty"`
	Limit   string `json:"limit,omitempty"`
	Window  string `json:"window,omitempty"`
	Value   int64  `json:"limit_value,omitempty"`
	Sent    int64  `json:"sent,omitempty"`
	Unit    string `json:"unit,omitempty"`
}

// Token is what a credential is known by.
type Token struct {
	Kind      string    `json:"kind"`            // access token, external token, unknown
	Place     string    `json:"place,omitempty"` // header, query
	Hash      string    `json:"hash,omitempty"`  // 8 hex digits of its SHA-256
	Genuine   bool      `json:"genuine"`
	IssuedAt  time.Time `json:"issued_at,omitzero"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	Scopes    []string  `json:"scopes,omitempty"`
	Grant     uint64    `json:"grant,omitempty"` // a grant of ours, by which the credential is judged again; operators alone see it
	ID        string    `json:"token_id,omitempty"`
}

// Upstream is what became of the call there.
type Upstream struct {
	Name       string `json:"name,omitempty"`
	Address    string `json:"address,omitempty"`
	Target     string `json:"target,omitempty"` // as it got it, where that is not as it came
	Status     int    `json:"status,omitempty"`
	Attempts   int    `json:"attempts,omitempty"`
	NotRetried string `json:"not_retried,omitempty"` // why it was not sent again, though its route has such failures tried again; as in the access log
	Reused     bool   `json:"reused,omitempty"`
}

// Stations are the moments of a call in microseconds since its first byte; 0: not reached.
type Stations struct {
	Head      int64 `json:"head_us,omitempty"`
	Admit     int64 `json:"admit_us,omitempty"`
	Connect   int64 `json:"connect_us,omitempty"`
	FirstByte int64 `json:"first_byte_us,omitempty"`
	Done      int64 `json:"done_us"`
}

// Would is what a check that is only observed would have refused a call for.
type Would struct {
	Check   string `json:"check"`
	Problem string `json:"problem"`
	Detail  string `json:"detail,omitempty"`
}

// Check is what one check says of a call.
type Check struct {
	Check   string `json:"check"`
	Mode    string `json:"mode,omitempty"`
	Verdict string `json:"verdict"`
	Problem string `json:"problem,omitempty"`
	Why     string `json:"why,omitempty"` // it cannot be told
}

// Try is one attempt to have the upstream answer. Its moments are as those of Stations.
type Try struct {
	Address   string `json:"address,omitempty"`
	Reused    bool   `json:"reused,omitempty"` // over a connection that was kept
	Begun     int64  `json:"begun_us"`
	Connected int64  `json:"connected_us,omitempty"`
	Ended     int64  `json:"ended_us"` // with the head of an answer, or a fault
	Fault     string `json:"fault,omitempty"`
	Status    int    `json:"status,omitempty"` // of its answer
}

// Rewritten is how what was sent to the upstream differs from what came.
type Rewritten struct {
	Target  string   `json:"target"`          // as it was sent
	Added   []string `json:"added,omitempty"` // names of fields; of one that was changed in both lists
	Dropped []string `json:"dropped,omitempty"`
}

// Difference is one thing that was otherwise when such calls last worked.
type Difference struct {
	Feature string    `json:"feature"` // scope, field, parameter, media_type, member, token_kind, version, agent, upstream, configuration, age, life, calls
	Name    string    `json:"name,omitempty"`
	Was     string    `json:"was,omitempty"`
	Is      string    `json:"is,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Text    string    `json:"text"` // one sentence, as an operator is told it
	Told    string    `json:"-"`    // the same as a developer is told it; "": not at all
}

// Recurs is how often the same failure came: of the same caller, route and problem.
type Recurs struct {
	Times    int64     `json:"times"`              // with this one
	AtLeast  bool      `json:"at_least,omitempty"` // there were more in the seconds before than are kept in detail; usage has counted them
	Since    time.Time `json:"since"`
	LastGood time.Time `json:"last_good,omitzero"` // when such a call last worked
	Few      int64     `json:"few,omitempty"`      // only so many are known to have worked: too few to say what has changed
}
