package heads

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/http1"
)

// Timing is where the time of a call went so far, in microseconds; 0: it did not come to that.
type Timing struct {
	Head     int64 // from its first byte until its head was whole
	Admit    int64 // from there until it was admitted
	Connect  int64 // from there until an upstream connection was there
	Upstream int64 // from there until the upstream's answer began
	Total    int64 // from its first byte until its answer was written
}

// AppendServerTiming appends the field that tells a caller where the time went (W3C Server Timing §2), and for a page of an origin that is allowed the one without
// which a browser hides it from scripts (W3C Resource Timing, Timing-Allow-Origin). What the upstream says of itself stands beside it: the field is a list.
func (o Of) AppendServerTiming(out []byte, t *Timing) []byte {
	out = append(out, "Server-Timing: "...)
	for _, m := range [...]struct {
		name   string
		micros int64
	}{{"head", t.Head}, {"admit", t.Admit}, {"connect", t.Connect}, {"upstream", t.Upstream}} {
		if m.micros > 0 {
			out = append(appendMillis(append(append(out, m.name...), ";dur="...), m.micros), ", "...)
		}
	}
	out = append(appendMillis(append(out, "total;dur="...), t.Total), "\r\n"...)
	if cors := o.Call.CORS; cors != nil {
		if allowed, _ := cors.Origin(o.Call.Head.Get(http1.Origin)); len(allowed) > 0 {
			out = append(append(append(out, "Timing-Allow-Origin: "...), allowed...), "\r\n"...)
		}
	}
	return out
}

// appendMillis appends µs as milliseconds with their thousandths.
func appendMillis(out []byte, micros int64) []byte {
	out = append(strconv.AppendInt(out, micros/1000, 10), '.')
	rest := micros % 1000
	return append(out, byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
}
