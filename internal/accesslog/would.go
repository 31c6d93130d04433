package accesslog

// Would is what a check that is only observed would have refused a call for.
type Would struct {
	Check   string // as the configuration spells it
	Problem string // its name
	Detail  string // its name; "" where there is none
}

// appendWould tells them in their order, of the first all that is known, and whose program it was.
func (e *Entry) appendWould(dst []byte) []byte {
	dst = append(dst, `,"would":[`...)
	for i := range e.Would {
		w := &e.Would[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"check":`...), w.Check)
		dst = appendText(dst, `,"problem":`, w.Problem)
		if i == 0 && e.First != nil {
			dst = e.First.append(dst)
		} else {
			dst = appendText(dst, `,"detail":`, w.Detail)
		}
		dst = append(dst, '}')
	}
	return appendRedacted(append(dst, ']'), `,"user_agent":"`, e.UserAgent[:min(len(e.UserAgent), maxAgent)])
}
