package gateway

import (
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// answer writes what is ours to say and no error: OPTIONS * and preflights, both 204 (RFC 9110 §9.3.7; Fetch standard).
func (x *exchange) answer() downstream.After {
	v := x.speak()
	x.scratch.text = x.scratch.text[:0]
	out := x.beginOwn(204)
	out = v.appendIDs(out, x.call.ID)
	if x.call.Preflight {
		out = x.appendPreflight(out)
	} else {
		out = append(out, "Allow: "...)
		out = append(x.call.Policy.Routes.AppendMethods(out), "\r\n"...)
	}
	return x.finish(out)
}

// appendPreflight answers from the API's cors block alone, the same for known, unknown and hidden paths. One that the browser will not be content with is
// told our lists all the same, and is in the log as what it is.
func (x *exchange) appendPreflight(out []byte) []byte {
	h := x.call.Head
	if denied := &x.call.Problem; denied.Type != problem.None {
		x.entry.Problem = denied.Type.Name()
		out = append(append(append(out, "Candor-Problem: "...), denied.Type.Name()...), "\r\nCache-Control: no-store\r\n"...)
	}
	p := x.call.CORS.Preflight(h.Get(http1.Origin), h.Get(http1.AccessControlRequestMethod), h.Get(http1.AccessControlRequestHeaders))
	out = appendSome(out, "Access-Control-Allow-Origin: ", p.Origin)
	if p.Credentials {
		out = append(out, "Access-Control-Allow-Credentials: true\r\n"...)
	}
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
