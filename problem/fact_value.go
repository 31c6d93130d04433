package problem

// value appends what this case has: where it was, what was sent, limits, times, scopes.
func (c *Catalogue) value(w *pen, p *Problem, f fact) bool {
	switch f {
	case factDetail:
		return p.Detail != NoDetail && p.Detail < detailCount && c.write(w, p, c.details[p.Detail].text)
	case factPart:
		return w.known(p.Part)
	case factPlace:
		if p.Part == "" {
			w.raw("request head")
		}
		w.text(p.Part)
		return true
	case factField:
		return w.knownBytes(p.Field)
	case factInput:
		return w.known(p.Name) || w.knownBytes(p.Field) || w.known(p.Part)
	case factExcerpt:
		return w.knownBytes(p.Excerpt)
	case factChunk:
		return p.Part == PartChunk && w.number(int64(p.Line))
	case factAt:
		return w.number(int64(p.At))
	case factLine:
		return w.number(int64(p.Line))
	case factName:
		return w.known(p.Name)
	case factOther:
		return w.known(p.Other)
	case factMethod:
		return w.knownBytes(p.Method)
	case factResource:
		return w.known(p.Resource)
	case factVersion:
		return w.knownBytes(p.Version)
	case factActive:
		return w.known(p.Active)
	case factAllow:
		w.ascii(p.Allow)
		return len(p.Allow) > 0
	case factWord:
		w.decoded(p.Word)
		return len(p.Word) > 0
	case factNearest:
		return w.known(p.Nearest)
	case factExample:
		return w.known(p.Example)
	case factDocs:
		return w.known(p.Docs)
	case factLimit:
		return w.number(p.Limit)
	case factSize:
		w.size(p.Limit)
		return p.Limit > 0
	case factTime:
		w.duration(p.Limit)
		return p.Limit > 0
	case factSent:
		return w.number(p.Sent)
	case factSentSize:
		w.size(p.Sent)
		return p.Sent > 0
	case factCalls:
		return w.number(p.Calls)
	case factTried:
		return w.number(p.Tried)
	case factRepeated:
		return w.number(p.Repeated)
	case factWindow:
		w.lower(p.Window)
		return p.Window != ""
	case factQuota:
		if p.Quota == "member" {
			return w.known(c.member())
		}
		return w.known(p.Quota)
	case factResetsAt:
		w.moment(p.ResetsAt)
		return p.ResetsAt > 0
	case factRetryAfter:
		w.seconds(p.RetryAfter)
		return p.RetryAfter > 0
	case factRequired:
		w.list(p.Required)
		return len(p.Required) > 0
	case factGranted:
		w.list(p.Granted)
		return len(p.Granted) > 0
	case factExpiredAt:
		w.moment(p.ExpiredAt)
		return p.ExpiredAt > 0
	case factStatus:
		return w.number(int64(p.Status))
	case factStatusName:
		return w.known(statusTitle(p.Status))
	default:
		return false
	}
}

// known appends a text and reports whether there is one.
func (w *pen) known(s string) bool {
	w.text(s)
	return s != ""
}

func (w *pen) knownBytes(b []byte) bool {
	w.shown(b)
	return len(b) > 0
}

// number appends a number and reports whether it is above zero.
func (w *pen) number(n int64) bool {
	if n <= 0 {
		return false
	}
	w.int(n)
	return true
}
