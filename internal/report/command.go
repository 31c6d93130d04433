package report

import (
	"cmp"
	"encoding/base64"
	"strings"

	"github.com/candor-gateway/candor/internal/har"
)

// commandMax is how many lines a command line may go over.
const commandMax = 200

// takeCommand takes the lines of a curl command line at the beginning of a call. It says what neither -v nor -i shows: the body, and of -i the request.
func (t *transcript) takeCommand(lines []string) int {
	if t.part == ofRequest || t.part == ofAnswer || len(t.all) > 0 && t.part == ofBody && !strings.HasPrefix(strings.TrimSpace(lines[0]), "$ curl ") {
		return 0
	}
	first := strings.TrimLeft(lines[0], " \t")
	first = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(first, "$ "), "% "), "> ")
	if !strings.HasPrefix(first, "curl ") && !strings.HasPrefix(first, "curl.exe ") {
		return 0
	}
	more := lines[1:min(len(lines), commandMax)]
	words, taken := shellWords(first + strings.Join(more, ""))
	t.command = readCommand(words[1:])
	return min(taken, len(more)+1)
}

// shell is what splits a command line.
type shell struct {
	words []string
	word  strings.Builder
	begun bool // a word, which may be empty
	quote byte
}

// shellWords splits a text's first command as a shell does. It goes over as many lines as its quotes and backslashes take, and ends at a pipe or the like; the
// line that it ends in is taken whole.
func shellWords(text string) (words []string, lines int) {
	var s shell
	i := 0
	for ; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && s.quote != '\'' && i+1 < len(text):
			i = s.escaped(text, i+1)
		case s.quote != 0 && c == s.quote:
			s.quote = 0
		case s.quote != 0:
			s.word.WriteByte(c)
		case c == '\'' || c == '"':
			s.quote, s.begun = c, true
		case c == ' ' || c == '\t' || c == '\r':
			s.end()
		case c == '\n' || c == '|' || c == ';' || c == '&':
			s.end()
			return s.words, 1 + strings.Count(text[:i], "\n")
		default:
			s.begun = true
			s.word.WriteByte(c)
		}
	}
	s.end()
	return s.words, strings.Count(text, "\n") + 1
}

// escaped takes the character behind a backslash; a line end there is none.
func (s *shell) escaped(text string, at int) int {
	if strings.HasPrefix(text[at:], "\r\n") {
		return at + 1
	}
	if text[at] != '\n' {
		s.begun = true
		s.word.WriteByte(text[at])
	}
	return at
}

func (s *shell) end() {
	if s.begun {
		s.words = append(s.words, s.word.String())
	}
	s.word.Reset()
	s.begun = false
}

// The options of curl that say something of the call, and those with a value that do not. Of the others it is taken that they have none.
var (
	optionNames = map[byte]string{
		'X': "--request", 'H': "--header", 'd': "--data", 'u': "--user", 'b': "--cookie", 'A': "--user-agent", 'e': "--referer", 'F': "--form", 'G': "--get", 'I': "--head",
		'o': "--output", 'w': "--write-out", 'm': "--max-time", 'x': "--proxy", 'E': "--cert", 'c': "--cookie-jar", 'D': "--dump-header", 'K': "--config", 'T': "--upload-file",
		'r': "--range", 'y': "--speed-time", 'Y': "--speed-limit", 'z': "--time-cond", 'U': "--proxy-user",
	}
	withValue = map[string]bool{
		"--output": true, "--write-out": true, "--max-time": true, "--proxy": true, "--cert": true, "--cookie-jar": true, "--dump-header": true, "--config": true,
		"--range": true, "--speed-time": true, "--speed-limit": true, "--time-cond": true, "--connect-timeout": true, "--cacert": true, "--capath": true, "--key": true,
		"--resolve": true, "--retry": true, "--retry-delay": true, "--limit-rate": true, "--max-redirs": true, "--interface": true, "--proxy-user": true, "--pass": true,
		"--trace": true, "--trace-ascii": true, "--stderr": true, "--connect-to": true, "--ciphers": true, "--aws-sigv4": true, "--upload-file": true,
	}
)

// readCommand reads the words behind curl.
func readCommand(words []string) *exchange {
	x := &exchange{}
	r := &commandLine{x: x}
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		switch {
		case strings.HasPrefix(word, "--"):
			words = r.long(word, words)
		case strings.HasPrefix(word, "-") && len(word) > 1:
			words = r.short(word[1:], words)
		case x.url == "":
			x.url = word
		}
	}
	r.finish()
	return x
}

// commandLine is what of it does not fit into a call at once.
type commandLine struct {
	x    *exchange
	body []string
	get  bool
}

// long takes a long option and its value.
func (r *commandLine) long(name string, rest []string) []string {
	name, value, glued := strings.Cut(name, "=")
	takes := withValue[name] || meaning[name] != nil
	if !takes || !glued && len(rest) == 0 {
		r.flag(name)
		return rest
	}
	if !glued {
		value, rest = rest[0], rest[1:]
	}
	if set := meaning[name]; set != nil {
		set(r, value)
	}
	return rest
}

// short takes letters in a row: of -sSiXPOST the value is behind the one that has one.
func (r *commandLine) short(letters string, rest []string) []string {
	for i := range len(letters) {
		name := optionNames[letters[i]]
		if meaning[name] == nil && !withValue[name] {
			r.flag(name)
			continue
		}
		if value := letters[i+1:]; value != "" {
			return r.long(name+"="+value, rest)
		}
		return r.long(name, rest)
	}
	return rest
}

func (r *commandLine) flag(name string) {
	switch name {
	case "--head":
		r.x.method = "HEAD"
	case "--get":
		r.get = true
	}
}

// meaning is what the value of an option says of the call.
var meaning = map[string]func(r *commandLine, value string){
	"--request":       func(r *commandLine, value string) { r.x.method = value },
	"--url":           func(r *commandLine, value string) { r.x.url = value },
	"--header":        func(r *commandLine, value string) { r.field(value) },
	"--user-agent":    func(r *commandLine, value string) { r.field("User-Agent: " + value) },
	"--referer":       func(r *commandLine, value string) { r.field("Referer: " + value) },
	"--cookie":        func(r *commandLine, value string) { r.field("Cookie: " + value) },
	"--oauth2-bearer": func(r *commandLine, value string) { r.field("Authorization: Bearer " + value) },
	"--user": func(r *commandLine, value string) {
		r.field("Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(value)))
	},
	"--data":           func(r *commandLine, value string) { r.body = append(r.body, value) },
	"--data-raw":       func(r *commandLine, value string) { r.body = append(r.body, value) },
	"--data-ascii":     func(r *commandLine, value string) { r.body = append(r.body, value) },
	"--data-binary":    func(r *commandLine, value string) { r.body = append(r.body, value) },
	"--data-urlencode": func(r *commandLine, value string) { r.body = append(r.body, value) },
	"--json":           func(r *commandLine, value string) { r.x.typ, r.body = "application/json", append(r.body, value) },
	"--form": func(r *commandLine, value string) {
		name, is, _ := strings.Cut(value, "=")
		r.x.typ, r.x.params = "multipart/form-data", append(r.x.params, har.Field{Name: name, Value: is})
	},
}

func (r *commandLine) field(line string) {
	if f := fieldLine.FindStringSubmatch(line); f != nil {
		r.x.headers = append(r.x.headers, har.Field{Name: f[1], Value: f[2]})
	}
}

// finish says what curl does where nothing was said.
func (r *commandLine) finish() {
	x := r.x
	body := strings.Join(r.body, "&")
	switch {
	case r.get && body != "":
		x.url += "?" + body
	case len(r.body) > 0:
		x.body = []byte(body)
	}
	x.url = strings.TrimSpace(x.url)
	if x.url != "" && !strings.Contains(x.url, "://") {
		x.url = "http://" + x.url
	}
	x.typ = cmp.Or(get(x.headers, "Content-Type"), x.typ)
	if x.typ == "" && x.body != nil {
		x.typ = "application/x-www-form-urlencoded"
	}
	switch {
	case x.method != "":
	case x.body != nil || len(x.params) > 0:
		x.method = "POST"
	default:
		x.method = "GET"
	}
}
