package requestlog

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/redact"
)

// hiding hides secrets: those that a name or their look tells of, and those of one call that are known by their place wherever else they stand, as in an answer that quotes
// what came. It belongs to one goroutine.
type hiding struct {
	names map[string]bool // of fields, and whether their values are secrets: there are few, and to judge one takes longer than to hide it
	known []string        // in this call, the longest first
}

// mostNames bounds how many names of fields are kept in mind.
const mostNames = 4096

func newHiding() *hiding { return &hiding{names: map[string]bool{}} }

// isSecret reports whether the values of a field are secrets.
func (h *hiding) isSecret(name []byte) bool {
	secret, known := h.names[string(name)]
	if known {
		return secret
	}
	if len(h.names) >= mostNames {
		clear(h.names)
	}
	secret = redact.IsSecretField(name)
	h.names[string(name)] = secret
	return secret
}

// field is the value of a field; without a name it is a line of which nobody knows what it was to be, and what its first word says.
func (h *hiding) field(name, value []byte) string {
	switch {
	case len(name) == 0:
		word, _, _ := bytes.Cut(value, []byte{' '})
		return h.in(text(redact.AppendField(nil, word, value)))
	case len(value) > 0 && h.isSecret(name):
		return redact.Mark
	case redact.IsChallenge(name):
		return h.in(text(redact.AppendChallenge(nil, value)))
	}
	return h.target(value)
}

// target is a target, or anything else in which secrets are found as in one.
func (h *hiding) target(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	return h.in(text(redact.AppendTarget(nil, b)))
}

// content is a body: secrets are found in it as in a query.
func (h *hiding) content(b []byte) string {
	return h.target(append([]byte{'?'}, b...))[1:]
}

// leastSecret is how long something must be to be hidden wherever it stands: what is shorter is a word that stands elsewhere for itself, as of ?state=active.
const leastSecret = 8

// of makes ready for a call.
func (h *hiding) of(c *Call) {
	clear(h.known)
	h.known = h.known[:0]
	h.add(c.Credential.Value)
	for name, value := range lines(c.Head) {
		if h.isSecret(name) {
			h.addParts(value)
		}
	}
	for _, one := range redact.Hidden(c.Entry.Target) {
		h.add(one)
	}
	slices.SortFunc(h.known, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) }) // one that is part of another must not leave the rest of that
	h.known = slices.Compact(h.known)
}

// addParts adds a value, and what of it may be quoted alone: behind a scheme, the values of cookies.
func (h *hiding) addParts(value []byte) {
	h.add(value)
	for part := range bytes.SplitSeq(value, []byte{';'}) {
		if _, behind, found := bytes.Cut(part, []byte{'='}); found {
			h.add(behind)
		}
		if _, behind, found := bytes.Cut(bytes.TrimSpace(part), []byte{' '}); found {
			h.add(behind)
		}
	}
}

func (h *hiding) add(one []byte) {
	if one = bytes.TrimSpace(one); len(one) >= leastSecret {
		h.known = append(h.known, string(one))
	}
}

// in is a text without the secrets of this call.
func (h *hiding) in(text string) string {
	for _, one := range h.known {
		if strings.Contains(text, one) {
			text = strings.ReplaceAll(text, one, redact.Mark)
		}
	}
	return text
}
