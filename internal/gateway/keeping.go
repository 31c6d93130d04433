package gateway

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
)

// keeping is an answer on its way into the store: as it came from the API, before anything of ours is in it. It is copied while it passes, and kept only if it
// ended whole.
type keeping struct {
	store *cache.Store
	dates *heads.Dates
	route *route.Route
	whole bool // the call is a GET: its answer has what it is about
	rules httpcache.Rules
	asks  httpcache.Question
	asker *http1.Head  // the call's fields; nil: they are those of old
	old   *cache.Entry // what is stored
	key   cache.Key
	mark  cache.Mark // when the call was sent
	asked int64      // unix ns: the same

	on    bool // it is being copied
	came  int64
	aged  int64
	state int    // of the answer
	head  []byte // its lines, but for its length
	body  []byte
	held  int64 // of body, as the store counts it
}

// begin makes it ready for a call.
func (k *keeping) begin(x *exchange, r *route.Route) {
	*k = keeping{
		store: x.g.o.Cache, dates: &x.g.dates, route: r, whole: methodOf(x.call.Head) == "GET", asker: x.call.Head, asks: questionOf(x),
		rules: httpcache.Rules{Own: r.Cache.Mode == route.CachePerPrincipal && x.call.Caller.App != nil, SetCookie: r.Cache.SetCookie},
	}
}

// sent notes that the call is sent at unix ns. What was copied of an earlier answer is not kept.
func (k *keeping) sent(now int64) {
	k.drop()
	k.asked, k.mark = now, k.store.Mark(k.key.Target)
}

// answered begins to copy an answer whose head came at unix ns, if it may be kept. It returns why it may not, in a word.
func (k *keeping) answered(h *http1.ResponseHead, now int64) (why string) {
	says := httpcache.ReadAnswer(h, h.Status, k.asked, now)
	method := "GET"
	if !k.whole {
		method = "HEAD"
	}
	if reason := httpcache.Storable(method, &k.asks, &says, k.rules); reason != httpcache.Stores {
		return reason.String()
	}
	switch {
	case h.Body == http1.UntilClose: // nobody can tell whether it was cut
		return "unframed"
	case says.VariesBy == httpcache.Fields && variesByOurs(h):
		return "vary"
	}
	k.on, k.came, k.aged, k.state = true, now, says.Aged, h.Status
	k.head = k.dates.AppendStored(nil, h, now, func(f *http1.Field) bool { return !heads.IsStored(f, h.Buf, k.rules.SetCookie) })
	switch {
	case h.Body != http1.LengthBody:
		return ""
	case int64(len(k.head))+h.Length > k.route.Cache.MaxEntry:
		k.drop()
		return "too-large"
	case !k.room(int(h.Length)):
		return "full"
	}
	k.body = make([]byte, 0, h.Length)
	return ""
}

// eachCall are the fields of a call that we write in each: what varies by one of them is another answer each time.
var eachCall = [...]string{"forwarded", "via", "x-forwarded-for", "x-real-ip", "x-request-id", "x-client-request-id", "candor-hops"}

func variesByOurs(h *http1.ResponseHead) bool {
	return slices.ContainsFunc(httpcache.VaryNames(h), func(name string) bool { return slices.Contains(eachCall[:], name) })
}

// piece copies a piece of the body. What becomes too large is not kept.
func (k *keeping) piece(b []byte) {
	if !k.on || len(b) == 0 {
		return
	}
	if int64(len(k.head)+len(k.body)+len(b)) > k.route.Cache.MaxEntry || !k.room(len(k.body)+len(b)) {
		k.drop()
		return
	}
	k.body = append(k.body, b...)
}

// room asks the store for the memory of n bytes of body. It reports false where there is none; nothing is kept then.
func (k *keeping) room(n int) bool {
	more := int64(n) - k.held
	if more <= 0 {
		return true
	}
	if !k.store.Hold(more) {
		k.drop()
		return false
	}
	k.held += more
	return true
}

// drop keeps nothing of the answer.
func (k *keeping) drop() {
	if k.held > 0 {
		k.store.Release(k.held)
	}
	k.on, k.held, k.head, k.body = false, 0, nil, nil
}

// end keeps the answer that has passed whole, and reports whether it is stored; nil: nothing was copied.
func (k *keeping) end() (e *cache.Entry, stored bool) {
	if !k.on {
		return nil, false
	}
	body := slices.Clip(k.body)
	if cap(k.body)-len(k.body) > len(k.body)/8 {
		body = slices.Clone(k.body)
	}
	e = k.entry(k.head, body, k.state)
	k.drop()
	return e, e != nil && k.store.Put(k.key, e, k.mark)
}

// entry is what is stored of an answer: its lines, which lack the length, and its body. nil: they cannot be read again.
func (k *keeping) entry(lines, body []byte, status int) *cache.Entry {
	if status != 204 {
		lines = strconv.AppendInt(append(lines, "Content-Length: "...), int64(len(body)), 10)
		lines = append(lines, "\r\n"...)
	}
	lines = slices.Clip(append(lines, "\r\n"...))
	lim := http1.ResponseDefaults()
	lim.Head, lim.Fields = len(lines)+1, len(lines)
	h := &http1.ResponseHead{}
	if f := http1.ParseResponse(lines, &lim, false, false, h); f.Kind != http1.OK {
		return nil
	}
	h.Fields = slices.Clip(h.Fields)
	e := &cache.Entry{Head: h, Body: body, Asked: k.asked, Came: k.came, Route: k.route.Number, Says: httpcache.ReadAnswer(h, status, k.asked, k.came)}
	e.Says.Aged = k.aged
	if e.Names = namesOf(h); len(e.Names) == 0 {
		return e
	}
	switch {
	case k.asker != nil:
		e.Vary = httpcache.AppendVariant(nil, e.Names, k.asker)
	case k.old != nil && slices.Equal(k.old.Names, e.Names):
		e.Vary = k.old.Vary
	default:
		return nil
	}
	return e
}

// namesOf are the fields by which an answer varies. One that is encoded does so by Accept-Encoding, also where its API forgets to say it, as nginx does unless it is told
// to (gzip_vary): not everybody can read it.
func namesOf(h *http1.ResponseHead) []string {
	names := httpcache.VaryNames(h)
	if len(h.Get(http1.ContentEncoding)) > 0 && !slices.Contains(names, acceptEncoding) {
		names = append(names, acceptEncoding)
		slices.Sort(names)
	}
	return names
}

const acceptEncoding = "accept-encoding"

// freshened is what is stored once a 304 has said, at unix ns, that it still holds: the fields of that take the places of its own (RFC 9111 §4.3.4). It is kept,
// unless the 304 says that it may not be; a caller who wants nothing kept of his own leaves what is there. nil: the 304 cannot be read beside what is stored.
func (k *keeping) freshened(h *http1.ResponseHead, now int64) (e *cache.Entry, stored bool) {
	old := k.old
	says := httpcache.ReadAnswer(h, h.Status, k.asked, now)
	lines := k.dates.AppendStored(nil, old.Head, now, func(f *http1.Field) bool {
		name := f.Name.Of(old.Head.Buf)
		return f.ID == http1.ContentLength || f.ID == http1.Date || httpcache.Freshens(name) && isIn(h, f.ID, name)
	})
	if h.First[http1.Date] < 0 {
		lines = k.dates.AppendDate(lines, now)
	}
	lines = h.AppendFields(lines, func(f *http1.Field) bool {
		return !heads.IsStored(f, h.Buf, k.rules.SetCookie) || !httpcache.Freshens(f.Name.Of(h.Buf))
	})
	k.came, k.aged = now, says.Aged
	e = k.entry(lines, old.Body, old.Head.Status)
	if e == nil {
		return nil, false
	}
	asks := k.asks
	asks.Said &^= httpcache.NoStore
	switch may := httpcache.Storable("GET", &asks, &e.Says, k.rules) == httpcache.Stores; {
	case may && k.asks.Has(httpcache.NoStore):
	case may && k.store.Put(k.key, e, k.mark):
		return e, true
	default:
		k.store.Forget(k.key, old)
	}
	return e, false
}

// withCookies is e as whoever was on the way gets it, where a 304 sets cookies that are for nobody else; nil: e itself.
func (k *keeping) withCookies(h *http1.ResponseHead, e *cache.Entry) *cache.Entry {
	if h.First[http1.SetCookie] < 0 || k.rules.SetCookie {
		return nil
	}
	lines := k.dates.AppendStored(nil, e.Head, k.came, func(f *http1.Field) bool { return f.ID == http1.ContentLength })
	lines = h.AppendFields(lines, func(f *http1.Field) bool { return f.ID != http1.SetCookie || f.Drop })
	return k.entry(lines, e.Body, e.Head.Status)
}

// isIn reports whether a head has a field of this name that is passed on.
func isIn(h *http1.ResponseHead, id http1.Name, name []byte) bool {
	if id != http1.Other {
		return h.First[id] >= 0 && !h.Fields[h.First[id]].Drop
	}
	return slices.ContainsFunc(h.Fields, func(f http1.Field) bool { return !f.Drop && bytes.EqualFold(f.Name.Of(h.Buf), name) })
}
