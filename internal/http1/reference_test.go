package http1

import (
	"bytes"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The reference reads whole messages with split and regular expressions, taken from the ABNF, with no regard for cost.
// It says only whether a message is accepted, and what it says then.

// latin1 makes each byte one rune, so that expressions speak of bytes.
func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

// rawBytes undoes latin1.
func rawBytes(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

const (
	refToken   = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+"
	refVisible = `[\x21-\x7e\x{80}-\x{ff}]`
	refText    = `[\t\x20-\x7e\x{80}-\x{ff}]*`
	refQuoted  = `"(?:[\t \x21\x23-\x5b\x5d-\x7e\x{80}-\x{ff}]|\\[\t\x20-\x7e\x{80}-\x{ff}])*"`
	refLoose   = `[^\x00\r\n]*` // of answers
	refSeen    = `[^\x00\r\n\t ]`
	refName    = `(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+`
)

var (
	refField    = regexp.MustCompile(`^(` + refToken + `):[ \t]*((?:` + refVisible + `(?:` + refText + refVisible + `)?)?)[ \t]*$`)
	refRequest  = regexp.MustCompile(`^(` + refToken + `) ([^\x00\t\n\x0b\x0c\r ]+) HTTP/1\.([0-9])$`)
	refStatus   = regexp.MustCompile(`^HTTP/1\.([0-9]) ([1-9][0-9][0-9])( ` + refLoose + `)?$`)
	refAnswered = regexp.MustCompile(`^(` + refToken + `):[ \t]*((?:` + refSeen + `(?:` + refLoose + refSeen + `)?)?)[ \t]*$`)
	refHost     = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|` + refName + `)(:[0-9]*)?$`)
	refAbsolute = regexp.MustCompile(`(?is)^(https?)://([^/?]*)([^?]*)(\?.*)?$`)
	refSize     = regexp.MustCompile(`^([0-9A-Fa-f]{1,16})((?:[ \t]*;[ \t]*` + refToken + `(?:[ \t]*=[ \t]*(?:` + refToken + `|` + refQuoted + `))?)*)\r\n`)
	refPadded   = regexp.MustCompile(`^0*([0-9A-Fa-f]{1,16})[ \t]*(;` + refText + `)?\r\n`)
	refGuarded  = regexp.MustCompile(`^(?:host|content-.+|transfer-encoding|authorization|cookie|set-cookie|x-api-key|date|via|forwarded|x-forwarded-.+|x-real-ip|candor-.+|x-request-id|x-client-request-id|x-li-.+|traceparent)$`)
	refHop      = regexp.MustCompile(`^(?:connection|keep-alive|proxy-.+|te|upgrade|expect|transfer-encoding)$`)
	refTrailer  = regexp.MustCompile(`^(?:trailer|www-authenticate|range|if-(?:match|none-match|modified-since|unmodified-since|range)|max-forwards|x-http-method(?:-override)?|x-method-override|access-control-(?:allow-(?:origin|methods|headers|credentials)|expose-headers|max-age)|location|retry-after|allow|vary|cache-control|pragma|age|expires|warning)$`)
)

type refMessage struct {
	Method, Target, Path, Query, Authority string
	HasQuery                               bool
	Status                                 int
	Minor                                  int
	Fields                                 []refLine
	Len                                    int
	Body                                   Framing
	Length                                 int64
	Close, KeepAlive, Upgrade              bool
	Expect100                              bool
	Soft                                   Kind
}

type refLine struct {
	Name, Value string
	Drop        bool
}

// refHead cuts a head at its first empty line.
func refHead(in []byte, lim *Limits) (lines []string, n int, ok bool) {
	end := bytes.Index(in, []byte("\r\n\r\n"))
	if end < 0 || end+4 > lim.Head {
		return nil, 0, false
	}
	return strings.Split(latin1(in[:end]), "\r\n"), end + 4, true
}

func referenceRequest(in []byte, lim *Limits) (m refMessage, ok bool) {
	skipped := 0
	if rest, found := bytes.CutPrefix(in, []byte("\r\n")); found {
		in, skipped = rest, 2
	}
	small := *lim
	small.Head -= skipped
	lines, n, ok := refHead(in, &small)
	if !ok {
		return m, false
	}
	parts := refRequest.FindStringSubmatch(lines[0])
	if parts == nil {
		return m, false
	}
	m = refMessage{Method: parts[1], Target: parts[2], Minor: 1, Len: n + skipped}
	if parts[3] == "0" {
		m.Minor = 0
	}
	if len(lines[0]) > 0 && len(rawBytes(lines[0])) > lim.RequestLine {
		m.Soft = URITooLong
		if len(m.Method) > lim.RequestLine/2 {
			m.Soft = MethodTooLong
		}
	}
	return m, m.readFields(refField, lines[1:], lim) && m.readConnection(lim) && m.readTarget(lim) && m.frameRequest()
}

func (m *refMessage) readFields(field *regexp.Regexp, lines []string, lim *Limits) bool {
	if len(lines) > lim.Fields {
		return false
	}
	for _, line := range lines {
		parts := field.FindStringSubmatch(line)
		if parts == nil {
			return false
		}
		m.Fields = append(m.Fields, refLine{Name: parts[1], Value: parts[2]})
	}
	return true
}

func refProtects(name string, lim *Limits) bool {
	return refGuarded.MatchString(name) || slices.Contains(lim.Protected, name)
}

func refLower(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

func (m *refMessage) values(lowerName string) (values []string) {
	for _, f := range m.Fields {
		if strings.ToLower(f.Name) == lowerName {
			values = append(values, f.Value)
		}
	}
	return values
}

// options are what Connection lists.
func (m *refMessage) options() (options []string) {
	for option := range strings.SplitSeq(strings.Join(m.values("connection"), ","), ",") {
		if option = strings.Trim(option, " \t"); option != "" {
			options = append(options, option)
		}
	}
	return options
}

var refOption = regexp.MustCompile(`^` + refToken + `$`)

func (m *refMessage) readConnection(lim *Limits) bool {
	options := m.options()
	for _, option := range options {
		if len(options) > 64 || !refOption.MatchString(option) || refProtects(refLower(option), lim) {
			return false
		}
	}
	m.obey(options)
	return true
}

// readAnswerConnection takes what it can use of Connection; an option that is none, or one too many, says close.
func (m *refMessage) readAnswerConnection(lim *Limits) {
	var options []string
	for i, option := range m.options() {
		switch {
		case i >= 64 || !refOption.MatchString(option):
			options = append(options, "close")
		case !refProtects(refLower(option), lim):
			options = append(options, option)
		}
	}
	m.obey(options)
}

// obey does what the options of Connection say.
func (m *refMessage) obey(options []string) {
	named := map[string]bool{}
	for _, option := range options {
		named[refLower(option)] = true
		switch strings.ToLower(option) {
		case "close":
			m.Close = true
		case "keep-alive":
			m.KeepAlive = true
		case "upgrade":
			m.Upgrade = true
		}
	}
	only := len(named) > 0
	for name := range named {
		only = only && (name == "close" || name == "keep-alive" || name == "upgrade" || name == "te")
	}
	for i := range m.Fields {
		name := refLower(m.Fields[i].Name)
		m.Fields[i].Drop = refIsHop(m.Fields[i].Name) || named[name] && !only ||
			name == "content-length" && strings.Contains(m.Fields[i].Name, "_")
	}
}

// refIsHop: RFC 9209 has a field for all callers that begins like those of one hop.
func refIsHop(name string) bool {
	return refHop.MatchString(refLower(name)) && strings.ToLower(name) != "proxy-status"
}

// refAuthority splits a valid authority and puts the default port in.
func refAuthority(s, port string) (whole string, ok bool) {
	parts := refHost.FindStringSubmatch(s)
	if parts == nil {
		return "", false
	}
	if inner, found := strings.CutPrefix(parts[1], "["); found {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !addr.Is6() {
			return "", false
		}
	}
	if digits := strings.TrimPrefix(parts[2], ":"); digits != "" {
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil {
			return "", false
		}
		port = strconv.FormatUint(n, 10)
	}
	return strings.ToLower(parts[1]) + ":" + port, true
}

func (m *refMessage) readTarget(lim *Limits) bool {
	scheme, port := "http", "80"
	if lim.TLS {
		scheme, port = "https", "443"
	}
	hosts := m.values("host")
	if len(hosts) > 1 || len(hosts) == 0 && m.Minor == 1 {
		return false
	}
	host := ""
	if len(hosts) == 1 {
		var ok bool
		if host, ok = refAuthority(hosts[0], port); !ok {
			return false
		}
		m.Authority = hosts[0]
	}
	switch {
	case m.Method == "CONNECT":
		m.Authority = m.Target
		_, ok := refAuthority(m.Target, "")
		return ok && regexp.MustCompile(`:[0-9]+$`).MatchString(m.Target)
	case m.Target == "*":
		return m.Method == "OPTIONS"
	case strings.HasPrefix(m.Target, "/"):
		m.Path, m.Query, m.HasQuery = strings.Cut(m.Target, "?")
		return true
	}
	parts := refAbsolute.FindStringSubmatch(m.Target)
	if parts == nil || strings.ToLower(parts[1]) != scheme {
		return false
	}
	whole, ok := refAuthority(parts[2], port)
	if !ok || host != "" && whole != host {
		return false
	}
	m.Authority, m.Path = parts[2], parts[3]
	m.Query, m.HasQuery = strings.CutPrefix(parts[4], "?")
	if m.Path == "" {
		m.Path = "/"
	}
	return true
}

func (m *refMessage) frameRequest() bool {
	if m.Minor == 1 {
		for _, v := range m.values("expect") {
			for part := range strings.SplitSeq(strings.ToLower(v), ",") {
				m.Expect100 = m.Expect100 || strings.Trim(part, " \t") == "100-continue"
			}
			if strings.ToLower(v) != "100-continue" && m.Soft == OK {
				m.Soft = ExpectationFailed
			}
		}
	}
	return m.frame()
}

var refDigits = regexp.MustCompile(`^[0-9]+$`)

// frame reads Content-Length and Transfer-Encoding of a request.
func (m *refMessage) frame() bool {
	lengths, codings := m.values("content-length"), m.values("transfer-encoding")
	switch {
	case len(lengths)+len(codings) > 1:
		return false
	case len(codings) == 1:
		m.Body = ChunkedBody
		return m.Minor == 1 && strings.ToLower(codings[0]) == "chunked"
	case len(lengths) == 1:
		m.Body = LengthBody
		return m.readLengths(lengths)
	}
	return true
}

// readLengths reads numbers that must all be the same.
func (m *refMessage) readLengths(numbers []string) bool {
	for i, digits := range numbers {
		n, ok := new(big.Int).SetString(digits, 10)
		if !ok || !n.IsInt64() || !refDigits.MatchString(digits) || i > 0 && n.Int64() != m.Length {
			return false
		}
		m.Length = n.Int64()
	}
	return true
}

func referenceResponse(in []byte, lim *Limits, toHEAD, toCONNECT bool) (m refMessage, ok bool) {
	lines, n, ok := refHead(in, lim)
	if !ok {
		return m, false
	}
	parts := refStatus.FindStringSubmatch(lines[0])
	if parts == nil {
		return m, false
	}
	m = refMessage{Minor: 1, Len: n}
	if parts[1] == "0" {
		m.Minor = 0
	}
	m.Status, _ = strconv.Atoi(parts[2])
	if !m.readFields(refAnswered, lines[1:], lim) {
		return m, false
	}
	m.readAnswerConnection(lim)
	tunnel := toCONNECT && m.Status/100 == 2
	return m, m.frameAnswer(tunnel, toHEAD || m.Status/100 == 1 || m.Status == 204 || m.Status == 304)
}

// frameAnswer reads what Content-Length and Transfer-Encoding say of an answer.
func (m *refMessage) frameAnswer(tunnel, bodiless bool) bool {
	codings := m.values("transfer-encoding")
	var lengths []string
	for _, value := range m.values("content-length") {
		for number := range strings.SplitSeq(value, ",") {
			lengths = append(lengths, strings.Trim(number, " \t"))
		}
	}
	if !m.readLengths(lengths) {
		return false
	}
	m.Body = UntilClose
	switch {
	case tunnel:
	case bodiless:
		m.Body = NoBody
	case len(codings) > 0:
		m.Body = ChunkedBody
		if len(codings) > 1 || len(lengths) > 0 || m.Minor == 0 || strings.ToLower(codings[0]) != "chunked" {
			return false
		}
	case len(lengths) > 0:
		m.Body = LengthBody
	}
	if tunnel || m.Status/100 == 1 || m.Status == 204 || len(codings) > 0 {
		m.Length = 0
		for i := range m.Fields {
			if strings.ToLower(m.Fields[i].Name) == "content-length" {
				m.Fields[i].Drop = true
			}
		}
	}
	return true
}

// referenceChunked reads a whole chunked body, of a request or an answer.
func referenceChunked(in []byte, lim *Limits, answer bool) (data, trailers string, n int, ok bool) {
	whole := len(in)
	size := refSize
	if answer {
		size = refPadded
	}
	for {
		text := latin1(in[:min(len(in), lim.ChunkLine+2)])
		parts := size.FindStringSubmatch(text)
		if parts == nil {
			return "", "", 0, false
		}
		in = in[len(rawBytes(parts[0])):]
		size, err := strconv.ParseInt(parts[1], 16, 64)
		if err != nil {
			return "", "", 0, false
		}
		if size == 0 {
			break
		}
		if int64(len(in))-2 < size || string(in[size:size+2]) != "\r\n" {
			return "", "", 0, false
		}
		data += string(in[:size])
		in = in[size+2:]
	}
	trailers, left, ok := referenceTrailers(in, lim, answer)
	return data, trailers, whole - left, ok
}

// referenceTrailers reads whole trailers; left is what is behind them.
func referenceTrailers(in []byte, lim *Limits, answer bool) (trailers string, left int, ok bool) {
	field := refField
	if answer {
		field = refAnswered
	}
	all := 0
	for count := 0; ; count++ {
		line, rest, found := bytes.Cut(in, []byte("\r\n"))
		if !found {
			return "", 0, false
		}
		in = rest
		if len(line) == 0 {
			return trailers, len(in), true
		}
		all += len(line) + 2
		parts := field.FindStringSubmatch(latin1(line))
		if parts == nil || all > lim.Trailers || count >= lim.Fields {
			return "", 0, false
		}
		switch name := refLower(parts[1]); {
		case name == "content-digest", strings.ToLower(parts[1]) == "content-md5",
			!refProtects(name, lim) && !refIsHop(parts[1]) && !refTrailer.MatchString(name):
			trailers += string(line) + "\r\n"
		case !answer:
			return "", 0, false
		}
	}
}
