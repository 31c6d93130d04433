package config

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Files are named from the folder of the configuration, so that it means the same wherever Candor
// is started from.
func (r *reader) path(s string) string {
	if filepath.IsAbs(s) {
		return filepath.Clean(s)
	}
	return filepath.Join(r.dir, s)
}

// folderOf is the absolute folder of a file, or the one given if the working folder is unknown.
func folderOf(file string) string {
	dir := filepath.Dir(file)
	if absolute, err := filepath.Abs(dir); err == nil {
		return absolute
	}
	return dir
}

// file is the path of a file or folder.
var file = fileOr()

// fileOr is a path, or one of the words, which are kept as they are.
func fileOr(words ...string) kind[string] {
	return kind[string]{
		read: func(r *reader, n *yaml.Node, v *string) {
			s, ok := r.scalar(n, "a path")
			switch {
			case !ok:
			case s == "":
				r.wrong(n, "a path")
			case slices.Contains(words, s):
				*v = s
			case noPath(n):
				r.note(n, r.quote(n)+" is not a path"+orWord(s, words)+"; a file of that name is written ./"+s)
			default:
				*v = r.path(s)
			}
		},
		write: textNode,
	}
}

// noPath tells a word that other programs take for yes, no or nothing, and a number, from the path that it could be, too.
func noPath(n *yaml.Node) bool {
	if _, err := strconv.ParseFloat(n.Value, 64); err == nil {
		return true
	}
	switch strings.ToLower(n.Value) {
	case "true", "false", "yes", "no", "y", "n", "on", "off", "none", "null", "nil", "disabled", "enabled", "default", "system", "auto", "-":
		return true
	}
	return false
}

// orWord suggests one of the words in the place of another, or all of them.
func orWord(said string, words []string) string {
	if len(words) == 0 {
		return ""
	}
	at := slices.IndexFunc(words, func(w string) bool { return w == "off" || w == "none" })
	switch strings.ToLower(said) {
	case "false", "no", "n", "off", "none", "null", "nil", "disabled":
		if at >= 0 {
			return "; did you mean " + words[at] + "?"
		}
	}
	return "; expected " + strings.Join(words, ", ") + " or a path"
}

// fileOrNone is a path, or the word that stands for none.
func fileOrNone(none string) kind[string] {
	inner := fileOr(none)
	return kind[string]{
		read: func(r *reader, n *yaml.Node, v *string) {
			inner.read(r, n, v)
			if *v == none {
				*v = ""
			}
		},
		write: func(v string) *yaml.Node {
			if v == "" {
				return textNode(none)
			}
			return textNode(v)
		},
	}
}
