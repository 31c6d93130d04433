package redact

// name is a parameter's name in the making: decoded, in lower case, '-' as '_'.
type name struct {
	text   [64]byte
	n      int    // past len(text) the name is too long to judge
	humps  uint64 // where in text a part begins by a capital, as in newPass
	capped bool   // the last letter was a capital
}

func (p *name) clear() { p.n, p.humps, p.capped = 0, 0, false }

func (p *name) add(c byte) {
	capital := 'A' <= c && c <= 'Z'
	if capital {
		c |= 0x20
		if !p.capped && p.n < len(p.text) {
			p.humps |= 1 << p.n
		}
	}
	p.capped = capital
	if c == '-' {
		c = '_'
	}
	if p.n < len(p.text) {
		p.text[p.n] = c
	}
	p.n++
}

// secret reports whether any word of the name, as in user[password], is that
// of a secret, or any part of a word, as in new_pass. A name too long to judge is.
func (p *name) secret() bool {
	if p.n > len(p.text) {
		return true
	}
	start, part := 0, 0
	for i := 0; i <= p.n; i++ {
		ends := i == p.n || !isWord(p.text[i])
		if !ends && p.text[i] != '_' && p.humps>>i&1 == 0 {
			continue
		}
		if isSecretPart(p.text[part:i]) || ends && isSecret(p.text[start:i]) {
			return true
		}
		if part = i; ends {
			start, part = i+1, i+1
		}
	}
	return false
}

// last is the last word of the name: value in items[0][value].
func (p *name) last() []byte {
	end := min(p.n, len(p.text))
	for end > 0 && !isWord(p.text[end-1]) {
		end--
	}
	start := end
	for start > 0 && isWord(p.text[start-1]) {
		start--
	}
	return p.text[start:end]
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_'
}
