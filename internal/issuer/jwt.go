package issuer

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxToken bounds a token, in bytes.
const maxToken = 16 << 10

// members are those of a JSON object, each as it was written.
type members map[string]json.RawMessage

// parse reads a JSON object strictly: UTF-8, nothing behind it, and no name twice, of which two readers may take different ones.
func parse(text []byte) (members, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("it is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, errors.New("it is no JSON object")
	}
	m := members{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, errors.New("it is no JSON object")
		}
		word, _ := name.(string)
		if _, twice := m[word]; twice {
			return nil, fmt.Errorf("%s stands in it twice", quoted(word))
		}
		var value json.RawMessage
		if err = d.Decode(&value); err != nil {
			return nil, errors.New("it is no JSON object")
		}
		m[word] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errors.New("it is no JSON object")
	}
	if len(bytes.TrimSpace(text[d.InputOffset():])) > 0 {
		return nil, errors.New("something stands behind its end")
	}
	return m, nil
}

// text is a member that is a string; "" and false where it is missing or something else.
func (m members) text(name string) (string, bool) {
	var s *string
	if json.Unmarshal(m[name], &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// texts is a member that is a string or a list of strings.
func (m members) texts(name string) ([]string, bool) {
	if s, ok := m.text(name); ok {
		return []string{s}, true
	}
	var all []*string
	if json.Unmarshal(m[name], &all) != nil || all == nil {
		return nil, false
	}
	list := make([]string, len(all))
	for i, s := range all {
		if s == nil {
			return nil, false
		}
		list[i] = *s
	}
	return list, true
}

// maxSeconds is the last second of the year 9999.
const maxSeconds = 253402300799

// seconds is a member that is a time (RFC 7519 §2, NumericDate), cut to the second before.
func (m members) seconds(name string) (at int64, there bool, err error) {
	raw, there := m[name]
	if !there {
		return 0, false, nil
	}
	var f *float64
	if json.Unmarshal(raw, &f) != nil || f == nil || *f < 0 || *f > maxSeconds {
		return 0, true, fmt.Errorf("%s is no time in seconds", quoted(name))
	}
	return int64(*f), true, nil
}

// has reports whether a member is there at all.
func (m members) has(name string) bool {
	_, there := m[name]
	return there
}

// header is what a JWT says of itself, before anything is verified.
type header struct {
	alg, typ, kid string
	hasKID        bool
	extends       string // the member by which it asks for an extension; "" none
	nested        bool
}

// unverified is what stands in a token, whoever wrote it.
type unverified struct {
	header
	claims members
	iss    string
}

// parts counts the parts of a token between its points.
func parts(cred []byte) int { return bytes.Count(cred, []byte{'.'}) + 1 }

// read takes a JWT apart and believes nothing of it. What the header says of keys (jku, x5u, jwk, x5c) is not looked at.
func read(cred []byte) (u unverified, err error) {
	if len(cred) > maxToken {
		return u, fmt.Errorf("it has %d bytes, and %d are the most", len(cred), maxToken)
	}
	raw := bytes.Split(cred, []byte{'.'})
	if len(raw) != 3 {
		return u, errors.New("it has not three parts")
	}
	var whole [3][]byte
	for n, what := range [...]string{"header", "claims", "signature"} {
		if whole[n], err = decode(raw[n]); err != nil {
			return u, fmt.Errorf("its %s cannot be read: %w", what, err)
		}
	}
	head, err := parse(whole[0])
	if err != nil {
		return u, fmt.Errorf("its header cannot be read: %w", err)
	}
	if u.header, err = readHeader(head); err != nil {
		return u, err
	}
	if u.nested { // what it holds are no claims
		return u, nil
	}
	if u.claims, err = parse(whole[1]); err != nil {
		return u, fmt.Errorf("its claims cannot be read: %w", err)
	}
	u.iss, _ = u.claims.text("iss")
	return u, nil
}

// decode reads base64url without padding, of which each text has one spelling.
func decode(part []byte) ([]byte, error) {
	for i, b := range part {
		if b == '\r' || b == '\n' { // that the decoder would skip
			return nil, base64.CorruptInputError(i)
		}
	}
	return base64.RawURLEncoding.Strict().AppendDecode(nil, part)
}

func readHeader(m members) (h header, err error) {
	for name, to := range map[string]*string{"alg": &h.alg, "typ": &h.typ, "kid": &h.kid} {
		if !m.has(name) {
			continue
		}
		var ok bool
		if *to, ok = m.text(name); !ok {
			return h, fmt.Errorf("the %s of its header is no text", name)
		}
	}
	h.hasKID = m.has("kid")
	if len(h.kid) > MaxClaim {
		return h, fmt.Errorf("the kid of its header has %d bytes, and %d are the most", len(h.kid), MaxClaim)
	}
	for _, name := range [...]string{"crit", "b64"} {
		if m.has(name) {
			h.extends = name
			break
		}
	}
	h.nested = m.has("enc") || m.has("zip") || m.has("cty")
	return h, nil
}
