package report

import (
	"regexp"
	"strings"

	"github.com/candor-gateway/candor/internal/redact"
)

var (
	tag       = regexp.MustCompile(`<(/?)([A-Za-z][A-Za-z0-9_.-]*:)?([A-Za-z_][A-Za-z0-9_.-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>`)
	attrValue = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_:.-]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)`)
)

// markup is XML or HTML without its secrets: the text of elements that are named for one, and the values of such attributes and fields of forms.
func (v *veil) markup(s string) string {
	var out strings.Builder
	for {
		m := tag.FindStringSubmatchIndex(s)
		if m == nil {
			return v.prose(out.String() + s)
		}
		name := s[m[6]:m[7]]
		out.WriteString(s[:m[8]] + v.attributes(s[m[8]:m[9]]) + ">")
		opens := m[2] == m[3] && !strings.HasSuffix(s[:m[9]], "/")
		s = s[m[1]:]
		if !opens || !redact.IsSecret([]byte(name)) {
			continue
		}
		end := closing(s, name)
		if secret := s[:end]; strings.TrimSpace(secret) != "" {
			v.learn(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(secret), "<![CDATA["), "]]>"))
			out.WriteString(redact.Mark)
		}
		s = s[end:]
	}
}

// closing is where the end tag of an element begins; the end of the text if it has none.
func closing(s, name string) int {
	for from := 0; ; {
		m := tag.FindStringSubmatchIndex(s[from:])
		if m == nil {
			return len(s)
		}
		if m[2] != m[3] && s[from+m[6]:from+m[7]] == name {
			return from + m[0]
		}
		from += m[1]
	}
}

// attributes are those of one tag. A field of a form has its name in one and its value in another.
func (v *veil) attributes(s string) string {
	named := false
	for _, m := range attrValue.FindAllStringSubmatch(s, -1) {
		is := strings.Trim(m[2], `"'`)
		switch strings.ToLower(m[1]) {
		case "name", "id", "property", "key":
			named = named || redact.IsSecret([]byte(is))
		case "type":
			named = named || strings.EqualFold(is, "password")
		}
	}
	return attrValue.ReplaceAllStringFunc(s, func(pair string) string {
		m := attrValue.FindStringSubmatch(pair)
		held := named && (strings.EqualFold(m[1], "value") || strings.EqualFold(m[1], "content"))
		if !held && !redact.IsSecret([]byte(m[1])) {
			return pair
		}
		v.learn(strings.Trim(m[2], `"'`))
		return m[1] + `="` + redact.Mark + `"`
	})
}
