package http1

// NextElement takes the first element off a comma-separated list (RFC 9110 §5.6.1): trimmed, empty ones skipped, commas
// inside quoted strings kept. It returns false when nothing is left.
func NextElement(list []byte) (element, rest []byte, ok bool) {
	off, end, next := elementAt(list, 0)
	return list[off:end:end], list[next:], off < end
}

// elementAt finds the first element of the list at v[i:]; off == end means none is left.
func elementAt(v []byte, i int) (off, end, next int) {
	for i < len(v) && (v[i] == ',' || v[i] == ' ' || v[i] == '\t') {
		i++
	}
	off = i
	for i < len(v) && v[i] != ',' {
		if v[i] == '"' {
			i = quotedEnd(v, i)
			continue
		}
		i++
	}
	end = i
	for end > off && (v[end-1] == ' ' || v[end-1] == '\t') {
		end--
	}
	return off, end, i
}

// nextOption is elementAt for a list of tokens, in which a quote means nothing.
func nextOption(v []byte, i int) (off, end, next int) {
	for i < len(v) && (v[i] == ',' || v[i] == ' ' || v[i] == '\t') {
		i++
	}
	next = elementEnd(v, i)
	return i, trimEnd(v, i, next), next
}

// quotedEnd returns the index behind the quoted-string that begins at v[i]; len(v) if it does not end.
func quotedEnd(v []byte, i int) int {
	for i++; i < len(v); i++ {
		switch v[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(v)
}
