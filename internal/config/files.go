package config

import (
	"path/filepath"
	"slices"

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
			default:
				*v = r.path(s)
			}
		},
		write: textNode,
	}
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
