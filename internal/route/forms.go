package route

import "sort"

// form is the characters from one to another that programs take for an ASCII text, some of whose compatibility forms they are (ⓧ, 𝐱, ｘ, ﬃ, ½), or whose other case:
// to, in small letters, is what NFKC makes of them. A blank is a blank, and what is not to be seen is nothing. One letter or sign goes on with its neighbours in ASCII.
type form struct {
	from, to rune
	text     string
}

// at is the text of a character of the form's.
func (f *form) at(r rune) string {
	if len(f.text) != 1 || f.text == " " {
		return f.text
	}
	i := int(f.text[0]) - ' ' + int(r-f.from)
	if i >= len(printable) {
		return ""
	}
	return printable[i : i+1]
}

// printable is the visible characters of ASCII, and the blank.
const printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// plainOf is the ASCII text that a character beyond ASCII is taken for, if it is for any.
func plainOf(r rune) (text string, ok bool) {
	i := sort.Search(len(forms), func(i int) bool { return forms[i].to >= r })
	if i == len(forms) || forms[i].from > r {
		return "", false
	}
	return forms[i].at(r), true
}

// shapes reports whether a text gives a path another structure: by what separates, ends or leads up, or where it can be left out.
func shapes(text string) bool {
	for i := range len(text) {
		if c := text[i]; shaping(c) {
			return true
		}
	}
	return text == ""
}
