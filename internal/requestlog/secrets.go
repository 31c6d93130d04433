package requestlog

import (
	"bytes"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/redact"
)

// secrets are those of one call that are known by their place: wherever else they stand, as in an answer that quotes what came, they are hidden, too.
type secrets []string

// leastSecret is how long something must be to be hidden wherever it stands: what is shorter is part of many words.
const leastSecret = 5

// secretsOf finds the secrets of a call.
func secretsOf(c *Call) (all secrets) {
	all = all.with(c.Credential.Value)
	for line := range bytes.SplitSeq(c.Head, []byte{'\n'}) {
		name, value, found := bytes.Cut(line, []byte{':'})
		if found && redact.IsSecretField(bytes.TrimSpace(name)) {
			all = all.withParts(bytes.TrimSpace(value))
		}
	}
	for _, one := range redact.Hidden(c.Entry.Target) {
		all = all.with(one)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) }) // one that is part of another must not leave the rest of that
	return slices.Compact(all)
}

// withParts adds a value, and what of it may be quoted alone: behind a scheme, the values of cookies.
func (s secrets) withParts(value []byte) secrets {
	s = s.with(value)
	for part := range bytes.SplitSeq(value, []byte{';'}) {
		if _, behind, found := bytes.Cut(part, []byte{'='}); found {
			s = s.with(behind)
		}
		if _, behind, found := bytes.Cut(bytes.TrimSpace(part), []byte{' '}); found {
			s = s.with(behind)
		}
	}
	return s
}

func (s secrets) with(one []byte) secrets {
	if one = bytes.TrimSpace(one); len(one) >= leastSecret {
		s = append(s, string(one))
	}
	return s
}

// in is a text without them.
func (s secrets) in(text string) string {
	for _, one := range s {
		if strings.Contains(text, one) {
			text = strings.ReplaceAll(text, one, redact.Mark)
		}
	}
	return text
}
