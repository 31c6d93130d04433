package cache

import (
	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/http1"
)

// Entry is an answer as it came from the API; immutable once it is in a store. One that was freshened is a new Entry, which may share the body.
type Entry struct {
	Head *http1.ResponseHead // of its own memory, which holds no more than it
	Body []byte
	// Asked and Came are when the call was sent and when the head was here, in unix ns: its age is counted from both (RFC 9111 §4.2.3).
	Asked, Came int64
	// Vary is what the call had in the fields that Vary names, as its user writes that down; answers of one key differ in it.
	Vary  []byte
	Names []string         // that Vary names, in lower case
	Says  httpcache.Answer // what its head says to caches; lent by Head
	Route uint32           // the route's number
}

// What an answer takes beside its bytes: the entry and its head, a field line of it, its places in the table and in the index. A test measures it.
const (
	overhead = 1280
	perField = 32
)

// weight is how many bytes of memory an answer takes. Memory is had in sizes that leave a sixteenth unused, taken together.
func (e *Entry) weight() int64 {
	bytes := len(e.Head.Buf) + len(e.Body) + len(e.Vary)
	return int64(overhead + perField*len(e.Head.Fields) + bytes + bytes/16)
}
