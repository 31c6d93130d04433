package problem

// Append appends the whole body of an answer. requestID is the 36-character form of the call's id; empty leaves out what names it.
func (c *Catalogue) Append(dst []byte, d Dialect, p *Problem, requestID []byte) []byte {
	w := pen{b: dst}
	switch d {
	case RFC9457:
		c.rfc9457(&w, p, requestID)
	case Markdown:
		c.markdown(&w, p, requestID)
	case HTML:
		c.html(&w, p, requestID)
	case Own:
		if c.options.Envelope != nil {
			c.envelope(&w, p, requestID)
			break
		}
		fallthrough
	default:
		c.contract(&w, p, requestID)
	}
	return w.b
}

// contract is the contract's own JSON, in the order of its fields.
func (c *Catalogue) contract(w *pen, p *Problem, requestID []byte) {
	w.raw(`{"status":`)
	w.int(int64(c.Status(p)))
	w.raw(`,"serviceErrorCode":`)
	w.int(int64(c.of(p.Type).Subcode))
	w.raw(`,"code":`)
	w.str(c.Code(p))
	w.raw(`,"message":`)
	c.message(w, p)
	c.common(w, p, requestID)
}

// rfc9457 is problem details, with the fields of the contract behind them.
func (c *Catalogue) rfc9457(w *pen, p *Problem, requestID []byte) {
	e := c.of(p.Type)
	w.raw(`{"type":"`)
	w.in = inJSON
	if c.pages == "" {
		w.raw(typeTag)
	}
	w.text(c.pages)
	w.text(e.Name)
	w.in = asPlain
	w.raw(`","title":`)
	w.str(e.Title)
	w.raw(`,"status":`)
	w.int(int64(c.Status(p)))
	w.raw(`,"detail":`)
	c.message(w, p)
	if len(requestID) > 0 {
		w.raw(`,"instance":"urn:uuid:`)
		w.id(requestID)
	}
	w.raw(`,"serviceErrorCode":`)
	w.int(int64(e.Subcode))
	w.raw(`,"code":`)
	w.str(c.Code(p))
	c.common(w, p, requestID)
}

// typeTag begins the type of a problem that has no page.
const typeTag = "tag:candor-gateway.dev,2026:"

// common is what both dialects in JSON end with.
func (c *Catalogue) common(w *pen, p *Problem, requestID []byte) {
	w.raw(`,"fix":"`)
	w.in = inJSON
	c.fix(w, p)
	w.in = asPlain
	w.raw(`"`)
	c.errorDetails(w, p)
	w.raw(`,"action":`)
	w.str(c.Action(p).String())
	w.raw(`,"applied":`)
	w.str(p.Applied.String())
	if len(requestID) > 0 {
		w.raw(`,"requestId":"`)
		w.id(requestID)
	}
	if c.pages != "" {
		w.raw(`,"help":`)
		c.help(w, p)
	}
	w.raw("}")
}

// help is the link to the problem's page as a JSON string.
func (c *Catalogue) help(w *pen, p *Problem) {
	w.raw(`"`)
	w.in = inJSON
	w.text(c.pages)
	w.text(c.of(p.Type).Name)
	w.in = asPlain
	w.raw(`"`)
}

// id ends a JSON string with an id.
func (w *pen) id(requestID []byte) {
	w.in = inJSON
	w.ascii(requestID)
	w.in = asPlain
	w.raw(`"`)
}

// message is the message as a JSON string.
func (c *Catalogue) message(w *pen, p *Problem) {
	w.raw(`"`)
	w.in = inJSON
	c.say(w, p, c.of(p.Type).message)
	w.in = asPlain
	w.raw(`"`)
}

// AppendMessage appends what went wrong, as one plain sentence.
func (c *Catalogue) AppendMessage(dst []byte, p *Problem) []byte {
	w := pen{b: dst}
	c.say(&w, p, c.of(p.Type).message)
	return w.b
}

// AppendFix appends what to do next, as one plain sentence.
func (c *Catalogue) AppendFix(dst []byte, p *Problem) []byte {
	w := pen{b: dst}
	c.fix(&w, p)
	return w.b
}

// AppendDetail appends the fragment of the problem's detail, for the log: it says of an upstream what its caller is not told.
func (c *Catalogue) AppendDetail(dst []byte, p *Problem) []byte {
	w := pen{b: dst}
	if !c.fact(&w, p, factDetail) {
		return dst
	}
	return w.b
}

// fix writes the configuration's fix, or else the detail's, or else the row's. A detail of another row speaks to another reader: what is wrong with an
// upstream's head is nothing that the caller can mend.
func (c *Catalogue) fix(w *pen, p *Problem) {
	e, start := c.of(p.Type), len(w.b)
	if !e.ownFix && p.Detail < detailCount && details[p.Detail].of == e.Type && len(c.details[p.Detail].fix) > 0 {
		if c.write(w, p, c.details[p.Detail].fix) {
			return
		}
		w.b = w.b[:start]
	}
	c.say(w, p, e.fix)
}

// errorDetails writes what there is to point at.
func (c *Catalogue) errorDetails(w *pen, p *Problem) {
	start := len(w.b)
	w.raw(`,"errorDetails":`)
	if !c.pointsAt(w, p) {
		w.b = w.b[:start]
	}
}

// pointsAt writes what there is to point at as an object, and reports whether there is anything; if not, nothing is written.
func (c *Catalogue) pointsAt(w *pen, p *Problem) bool {
	switch rows[c.of(p.Type).Type].points {
	case pointsAtInput:
		return c.inputErrors(w, p)
	case pointsAtLimit:
		return throttle(w, p)
	case pointsAtScopes:
		return scopes(w, p)
	case pointsUpstream:
		return upstream(w, p)
	default:
		return false
	}
}

func (c *Catalogue) inputErrors(w *pen, p *Problem) bool {
	if p.Detail == NoDetail && p.Name == "" && len(p.Field) == 0 && p.Part == "" {
		return false
	}
	e := c.of(p.Type)
	w.raw(`{"inputErrors":[{"code":"`)
	w.in = inJSON
	if name := p.Detail.Name(); name != "" {
		w.upper(name)
	} else {
		w.text(e.Code)
	}
	w.in = asPlain
	w.raw(`","description":"`)
	w.in = inJSON
	start := len(w.b)
	if !c.fact(w, p, factDetail) {
		w.b = w.b[:start]
		c.say(w, p, e.message)
	}
	w.in = asPlain
	w.raw(`"`)
	c.inputPath(w, p)
	w.raw("}]}")
	return true
}

// inputPath names the field, parameter or part that is wrong.
func (c *Catalogue) inputPath(w *pen, p *Problem) {
	start := len(w.b)
	w.raw(`,"input":{"inputPath":{"fieldPath":"`)
	w.in = inJSON
	known := c.fact(w, p, factInput)
	w.in = asPlain
	if !known {
		w.b = w.b[:start]
		return
	}
	w.raw(`"}}`)
}

func throttle(w *pen, p *Problem) bool {
	if p.Limit <= 0 {
		return false
	}
	w.raw(`{"limit":`)
	w.int(p.Limit)
	w.member("period", p.Window)
	w.member("quota", p.Quota)
	if p.ResetsAt > 0 {
		w.raw(`,"resetsAt":"`)
		w.moment(p.ResetsAt)
		w.raw(`"`)
	}
	if p.Repeated > 0 {
		w.raw(`,"calls":`)
		w.int(p.Calls)
		w.raw(`,"repeated":`)
		w.int(p.Repeated)
	}
	w.raw("}")
	return true
}

func scopes(w *pen, p *Problem) bool {
	if p.Reason == NoReason {
		return false
	}
	w.raw(`{"reason":`)
	w.str(p.Reason.String())
	w.raw(`,"required":`)
	w.array(p.Required)
	w.raw(`,"granted":`)
	w.array(p.Granted)
	w.raw("}")
	return true
}

func upstream(w *pen, p *Problem) bool {
	if len(p.UpstreamBody) == 0 {
		return false
	}
	w.raw(`{"upstream":`)
	w.b = append(w.b, p.UpstreamBody...)
	w.raw("}")
	return true
}

// member appends a further member of an object, if it has a value.
func (w *pen) member(name, value string) {
	if value == "" {
		return
	}
	w.raw(`,"`)
	w.raw(name)
	w.raw(`":`)
	w.str(value)
}

func (w *pen) array(items []string) {
	w.raw("[")
	for i, item := range items {
		if i > 0 {
			w.raw(",")
		}
		w.str(item)
	}
	w.raw("]")
}
