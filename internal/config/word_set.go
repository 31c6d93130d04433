package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// setOf is a set of words, each of which is a bit; the word all stands for those of every, and off for none.
func setOf[V ~uint8 | ~uint16](what, example string, words []string, every V) kind[V] {
	return kind[V]{
		read: func(r *reader, n *yaml.Node, v *V) {
			switch {
			case n.Kind == yaml.ScalarNode && n.Value == "all":
				*v = every
				return
			case isOff(n):
				*v = 0
				return
			}
			items, ok := r.items(n, what, example)
			if !ok {
				return
			}
			*v = 0
			for _, item := range items {
				*v |= bitOf[V](r, item, what, words)
			}
		},
		write: func(v V) *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
			for i, word := range words {
				if v&(1<<i) != 0 {
					n.Content = append(n.Content, textNode(word))
				}
			}
			return flowIfFlat(n)
		},
	}
}

// bitOf is that of a word; 0 for none that is known, which is noted.
func bitOf[V ~uint8 | ~uint16](r *reader, n *yaml.Node, what string, words []string) V {
	s, ok := r.scalar(n, "one of "+what)
	if !ok {
		return 0
	}
	for i, word := range words {
		if word == s {
			return 1 << i
		}
	}
	if s == "all" {
		r.note(n, fmt.Sprintf("%s is none of the %s; for every one it stands alone, without [ ]", r.quote(n), what))
		return 0
	}
	say := fmt.Sprintf("%s is none of the %s, which are %s", r.quote(n), what, strings.Join(words, ", "))
	if near := Nearest(s, words); near != "" {
		say += "; did you mean " + near + "?"
	}
	r.note(n, say)
	return 0
}

var (
	acceptWords  = route.AcceptWords()
	lenientWords = upstream.LenientWords()
)

// accept reads all as what any route may tolerate: the two others are to be named.
var accept = setOf("tolerances", "[double_slash, encoded_slash]", acceptWords[:], route.AcceptAnywhere)

var lenient = setOf("leniencies", "[bare_lf, obs_fold]", lenientWords[:], upstream.LenientAll)
