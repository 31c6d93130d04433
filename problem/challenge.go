package problem

// realm is what our challenges name.
const realm = `realm="candor"`

// AppendChallenge appends the value of WWW-Authenticate (RFC 6750 §3, RFC 9110 §11.6.1), or nothing where none belongs.
func (c *Catalogue) AppendChallenge(dst []byte, p *Problem) []byte {
	w := pen{b: dst}
	switch rows[c.of(p.Type).Type].scheme {
	case bearer:
		w.raw("Bearer " + realm)
		c.resource(&w)
	case invalidToken:
		c.challenge(&w, p, "invalid_token")
		c.resource(&w)
	case invalidRequest:
		c.challenge(&w, p, "invalid_request")
	case insufficientScope:
		c.scopeChallenge(&w, p)
	case apiKey:
		w.raw("ApiKey " + realm)
	case noChallenge:
	}
	return w.b
}

// challenge says why a credential was refused.
func (c *Catalogue) challenge(w *pen, p *Problem, code string) {
	w.raw("Bearer " + realm + `, error="`)
	w.raw(code)
	w.raw(`", error_description="`)
	start := len(w.b)
	c.say(w, p, c.of(p.Type).message)
	quotable(w.b[start:])
	w.raw(`"`)
}

// scopeChallenge belongs to a refusal only where a wider token helps: not where no product of the app would give one.
func (c *Catalogue) scopeChallenge(w *pen, p *Problem) {
	if p.Reason == NoReason || p.Reason == AppLacksProduct {
		return
	}
	c.challenge(w, p, "insufficient_scope")
	if len(p.Required) > 0 {
		requires(w, p.Required)
	}
	c.resource(w)
}

// resource says where a client learns whose tokens are taken (RFC 9728 §5.1).
func (c *Catalogue) resource(w *pen) {
	if at := c.options.ResourceMetadata; at != "" {
		w.raw(`, resource_metadata="`)
		w.raw(at)
		w.raw(`"`)
	}
}

// requires says which scopes would do.
func requires(w *pen, scopes []string) {
	w.raw(`, scope="`)
	start := len(w.b)
	for i, scope := range scopes {
		if i > 0 {
			w.raw(" ")
		}
		w.raw(scope)
	}
	quotable(w.b[start:])
	w.raw(`"`)
}

// quotable replaces what error_description and scope may not hold (RFC 6750 §3): all but printable ASCII without " and \.
func quotable(b []byte) {
	for i, c := range b {
		switch {
		case c == '"':
			b[i] = '\''
		case c == '\\':
			b[i] = '/'
		case c < ' ' || c > '~':
			b[i] = '?'
		}
	}
}
