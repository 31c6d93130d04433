package gateway

import (
	"github.com/candor-gateway/candor/internal/http1"
)

// answer writes what is ours to say and no error: OPTIONS * and preflights, both 204 (RFC 9110 §9.3.7; Fetch standard).
func (x *exchange) answer() after {
	v := x.speak()
	x.text = x.text[:0]
	out, end := x.beginOwn(204)
	out = v.appendIDs(out, x.call.ID)
	if x.call.Preflight {
		out = x.appendPreflight(out)
	} else {
		out = append(out, "Allow: "...)
		out = append(x.call.Policy.Routes.AppendMethods(out), "\r\n"...)
	}
	return x.finish(out, end)
}

// appendPreflight answers from the API's cors block alone, the same for known, unknown and hidden paths.
func (x *exchange) appendPreflight(out []byte) []byte {
	h := &x.call.Head
	p := x.call.CORS.Preflight(h.Get(http1.Origin), h.Get(http1.AccessControlRequestMethod), h.Get(http1.AccessControlRequestHeaders))
	out = appendSome(out, "Access-Control-Allow-Origin: ", p.Origin)
	out = appendSome(out, "Access-Control-Allow-Methods: ", p.Methods)
	out = appendSome(out, "Access-Control-Allow-Headers: ", p.Headers)
	out = appendSome(out, "Access-Control-Max-Age: ", p.MaxAge)
	return append(out, "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n"...)
}

// appendSome appends a field, or nothing where it has no value.
func appendSome[T string | []byte](out []byte, name string, value T) []byte {
	if len(value) == 0 {
		return out
	}
	return append(append(append(out, name...), value...), "\r\n"...)
}
