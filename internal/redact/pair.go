package redact

// pair follows a secret that is named by a value: name=password&value=x, or
// {"name":"password","value":"x"}. It is called where the value of a name
// begins, and reports whether that is the secret.
func (h *hider) pair(n *name, from int) bool {
	switch string(n.last()) {
	case "name", "field", "param", "parameter", "property", "attribute", "label", "id":
		h.named = h.namesSecret(from)
	case "value", "val", "content", "text":
		return h.named
	}
	return false
}

// namesSecret reports whether the word that begins at from, in quotes or not,
// is the name of a secret.
func (h *hider) namesSecret(from int) bool {
	var n name
	for from < len(h.src) {
		c, _, size := next(h.src[from:])
		word := isWord(c|0x20) || c == '-' || isWord(c)
		if !word && (n.n > 0 || c != '"' && c != '\'' && c != '\\' && c != ' ' && c != '+') {
			break
		}
		if word {
			n.add(c)
		}
		from += size
	}
	return n.n > 0 && n.secret()
}

// scheme is where the credential begins in a value such as Bearer x or Basic x
// that begins at from, however it is spelled; 0 if it is none.
func (h *hider) scheme(from int) int {
	c, _, size := next(h.rest(from))
	for from < len(h.src) && (c == '"' || c == '\'' || c == '\\' || c == ' ' || c == '+') {
		from += size
		c, _, size = next(h.rest(from))
	}
	if c|0x20 != 'b' {
		return 0
	}
	for _, word := range schemes {
		if at := h.blankBehind(from, word); at > 0 {
			return at
		}
	}
	return 0
}

var schemes = [...]string{"bearer", "basic"}

// blankBehind is the place behind the blanks that follow a word at from; 0 if
// it is not there, or no blank follows.
func (h *hider) blankBehind(from int, word string) int {
	for i := range len(word) {
		c, _, size := unescape(h.src[from:], maxLevels)
		if size == 0 || c|0x20 != word[i] {
			return 0
		}
		from += size
	}
	blanks := 0
	for {
		c, _, size := unescape(h.src[from:], maxLevels)
		if size == 0 || c != ' ' && c != '+' && c != '\t' {
			break
		}
		from += size
		blanks++
	}
	if blanks == 0 {
		return 0
	}
	return from
}
