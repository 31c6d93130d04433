package httpcache

// The pieces of which field values are made (RFC 9110 §5.6). They read bytes that anybody may have sent.

// cutElement cuts the first element of a comma-separated list off. A comma within a quoted string separates nothing; closed reports whether all quotes are closed.
func cutElement(list []byte) (element, rest []byte, closed bool) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return trim(list[:i]), list[i+1:], true
		}
	}
	return trim(list), nil, !quoted
}

// cutArgument parts name=argument. The quotes of an argument are taken off; one that holds an escape stays as it is, since no number has one.
func cutArgument(element []byte) (name, argument []byte, has bool) {
	for i, c := range element {
		if c != '=' {
			continue
		}
		argument = element[i+1:]
		if n := len(argument); n >= 2 && argument[0] == '"' && argument[n-1] == '"' {
			argument = argument[1 : n-1]
		}
		// "max-age =1" and "max-age= 1" are no directives of the grammar. The name counts all the same, as what was meant; the number does not.
		if n := trim(element[:i]); len(n) != i {
			return n, nil, true
		}
		return element[:i], argument, true
	}
	return element, nil, false
}

// seconds reads delta-seconds (RFC 9111 §1.2.2): digits alone. What is larger than Forever is Forever.
func seconds(b []byte) (n int64, ok bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = n*10 + int64(c-'0'); n > Forever {
			n = Forever
		}
	}
	return n, len(b) > 0
}

func trim(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// equalFold reports whether b is lower, which is in lower case, but for the case of its ASCII letters.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if fold(c) != lower[i] {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
