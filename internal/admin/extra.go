package admin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
)

// Extra is an endpoint of another room. It has a token of its own, and is had with no other; over a Unix socket it needs none.
type Extra struct {
	Path    string // a final / stands for all below it
	Methods []string
	What    string
	Token   string // "" is nobody's
	TokenIs string // where the token is found
	Serve   func(*Asked) (status int, answer any, err error)
}

// Asked is a request to an Extra. Its body is meant as JSON, or empty.
type Asked struct {
	Method, Path string
	Body         []byte
}

// extraEndpoints is what other rooms have here.
func (p *panel) extraEndpoints() (all []endpoint) {
	for i := range p.Extras {
		x := &p.Extras[i]
		all = append(all, endpoint{Path: x.Path, Methods: x.Methods, What: x.What, access: trusted, extra: x, serve: func(w http.ResponseWriter, r *http.Request) {
			asked, f := askedOf(w, r)
			if f != nil {
				refuse(w, f)
				return
			}
			status, told, err := x.Serve(asked)
			p.tell(w, status, told, err)
		}})
	}
	return all
}

// askedOf reads a request whole.
func askedOf(w http.ResponseWriter, r *http.Request) (*Asked, *Fault) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return nil, &Fault{413, fmt.Sprintf("The body is longer than %d bytes", maxBody), "Send less."}
	}
	if err != nil {
		return nil, &Fault{400, "The body did not come whole: " + err.Error(), "Send it again."}
	}
	if len(body) > 0 && !saysJSON(r.Header.Get("Content-Type"), body) {
		return nil, &Fault{415, "The body must be JSON", "Send Content-Type: application/json."}
	}
	return &Asked{r.Method, r.URL.Path, body}, nil
}

// saysJSON reports whether a body is sent as JSON. What curl -d and fetch say where nobody has told them what it is holds for JSON, too: a form of another site, for
// which the type stands elsewhere, has no token.
func saysJSON(contentType string, body []byte) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	switch {
	case kind == "application/json" && err == nil:
		return true
	case contentType == "", kind == "application/x-www-form-urlencoded", kind == "text/plain":
		body = bytes.TrimLeft(body, " \t\r\n")
		return len(body) > 0 && (body[0] == '{' || body[0] == '[')
	}
	return false
}

// checkToken says why a request is not let in, nil if it is.
func (x *Extra) checkToken(r *http.Request) *Fault {
	fix := "Send Authorization: Bearer TOKEN with the value of " + x.TokenIs + "."
	sent := r.Header.Values("Authorization")
	if len(sent) == 0 {
		return &Fault{401, "No token was sent", fix}
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	if x.Token == "" || len(sent) > 1 || !strings.EqualFold(scheme, "Bearer") || !same(strings.TrimLeft(token, " "), x.Token) {
		return &Fault{401, "The token is wrong", fix}
	}
	return nil
}
