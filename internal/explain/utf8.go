package explain

// UTF8 is the beginning of an input, 1 MiB of it, in UTF-8 and without a byte-order mark or blanks around it.
func UTF8(input []byte) []byte { return clean(input) }
