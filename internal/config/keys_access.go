package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/token"
)

// Tables of the keys that say who may do what, and how often.

var name = checked("a name", nameRule)

var scopeName = checked("a scope", scopeRule)

// scopes is a mapping from scopes to what people are told about them, or a plain list of them.
var scopes = kind[[]Scope]{
	read: func(r *reader, n *yaml.Node, v *[]Scope) {
		if n.Kind != yaml.SequenceNode {
			scopeMap.read(r, n, v)
			return
		}
		if len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode && len(n.Content[0].Content) > 0 {
			r.note(n, fmt.Sprintf("expected a list of scopes, or a mapping from scopes to what they allow; leave the dashes out: \"%s: …\"", n.Content[0].Content[0].Value))
			return
		}
		var names []string
		list(scopeName, "", "").read(r, n, &names)
		for _, s := range names {
			*v = append(*v, Scope{Name: s})
		}
	},
	write: scopeMap.write,
}

var scopeMap = named(kind[Scope]{
	read: func(r *reader, n *yaml.Node, v *Scope) {
		if !isNull(n) {
			text("what the scope allows, in words").read(r, n, &v.Text)
		}
	},
	write: func(v Scope) *yaml.Node { return textNode(v.Text) },
}, "what they allow", func(s *Scope) *string { return &s.Name }, scopeName)

var productKeys = object[Product]{
	what:  "a product",
	short: "scopes",
	fields: []field[Product]{
		required(key("scopes", func(p *Product) *[]string { return &p.Scopes }, list(scopeName, "scopes", "[r_profile]"))),
	},
}

var quotaKeys = object[quota.Spec]{
	what: "a quota",
	like: "{app: 5000/day}",
	fields: []field[quota.Spec]{
		limitsOf("member", func(l quota.Limit) bool { return l.Key == quota.Member && !l.Burst }, quota.Limit{Key: quota.Member}),
		limitsOf("app", func(l quota.Limit) bool { return l.Key == quota.App && !l.Burst }, quota.Limit{Key: quota.App}),
		limitsOf("burst", func(l quota.Limit) bool { return l.Burst }, quota.Limit{Key: quota.App, Burst: true}),
		later[quota.Spec]("address", "limits by client address"),
		later[quota.Spec]("key", "limits by API key"),
		later[quota.Spec]("header", "limits by a header's value"),
		later[quota.Spec]("claim", "limits by a claim"),
	},
}

// limitsOf is one limit or a list of them, all of one sort.
func limitsOf(name string, mine func(quota.Limit) bool, sort quota.Limit) field[quota.Spec] {
	one := limitKind(sort)
	many := list(one, "limits", "[5000/day, 100/minute]")
	return field[quota.Spec]{
		name: name,
		read: func(r *reader, n *yaml.Node, s *quota.Spec) {
			limits := make([]quota.Limit, 1)
			if n.Kind == yaml.ScalarNode {
				one.read(r, n, &limits[0])
			} else {
				many.read(r, n, &limits)
			}
			s.Limits = append(s.Limits, limits...)
		},
		write: func(s *quota.Spec) *yaml.Node {
			var limits []quota.Limit
			for _, l := range s.Limits {
				if mine(l) {
					limits = append(limits, l)
				}
			}
			switch len(limits) {
			case 0:
				return nil
			case 1:
				return one.write(limits[0])
			default:
				return many.write(limits)
			}
		},
	}
}

func limitKind(sort quota.Limit) kind[quota.Limit] {
	return kind[quota.Limit]{
		read: func(r *reader, n *yaml.Node, v *quota.Limit) {
			s, ok := r.scalar(n, "a limit, as in 5000/day or 20/s")
			if !ok {
				return
			}
			if strings.HasSuffix(s, "/month") {
				r.note(n, "limits by the month come with a later version of Candor; the longest window is a day")
				return
			}
			limit, err := quota.ParseLimit(s)
			if err != nil {
				r.note(n, err.Error())
				return
			}
			limit.Key, limit.Burst = sort.Key, sort.Burst
			*v = limit
		},
		write: func(v quota.Limit) *yaml.Node { return plainNode(v.String()) },
	}
}

var quotas = named(quotaKeys.kind(), "limits", func(s *quota.Spec) *string { return &s.Name }, name)

func tokenKeys(cfg *Config) object[token.Spec] {
	return object[token.Spec]{
		what: "tokens",
		fields: []field[token.Spec]{
			key("keys", func(t *token.Spec) *string { return &t.Keys }, fileOr("none")).
				or(func(t *token.Spec) { t.Keys = keysBeside(cfg.Data) }),
			key("life", func(t *token.Spec) *time.Duration { return &t.Life }, span(time.Second, token.MaxLife)),
		},
	}
}

// keysBeside is where the keys are kept unless the file says otherwise. Without a data folder they
// live in memory, and tokens end with the process.
func keysBeside(data string) string {
	if data == "" {
		return "none"
	}
	return filepath.Join(data, "keys")
}
