package explain

// sign is what programs and servers other than Candor say, by the words that give them away, and what it means.
type sign struct {
	words  *pattern
	status string // of the answer that it is the body of; "" for a failure without an answer
	title  string
	what   string
	causes []string
	who    string
	how    []string
	repeat string
}

func (s *sign) meaning() Meaning {
	return Meaning{Status: s.status, Title: s.title, What: s.what, Causes: s.causes, Who: s.who, How: s.how, Repeat: s.repeat}
}

// signsIn is how many bytes of a paste the signs are looked for in, half of them at its end.
const signsIn = 64 << 10

// signs are asked in this order: a server's words may quote those of a failed connection.
var signs = [...][]sign{fromServers, fromBrowsers, fromClients}

// known finds the sign that a text has, and whether it is of a server's answer.
func known(text string) (m Meaning, answer, ok bool) {
	l := lookAt(excerpt(text, signsIn))
	for _, table := range signs {
		for i := range table {
			if l.has(table[i].words) {
				return table[i].meaning(), table[i].status != "", true
			}
		}
	}
	return Meaning{}, false, false
}

// byItself explains a text that is the body of another server's answer, or what a client says where no answer came.
func byItself(text string) (Explanation, bool) {
	m, answer, ok := known(text)
	if !ok {
		return Explanation{}, false
	}
	e := Explanation{Meanings: []Meaning{m}}
	if answer {
		e.Answer = &Answer{By: "other"}
	}
	return e, true
}
