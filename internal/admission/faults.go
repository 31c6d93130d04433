package admission

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// faults says which problem each fault of the codec is, and which limit it hit where it hit one.
var faults = [http1.KindCount]struct {
	of     problem.Type
	detail problem.Detail
	part   string
	limit  string
}{
	http1.Incomplete:            {problem.RequestTimeout, problem.DetailHeadTime, "", "head"},
	http1.BareLF:                {problem.MalformedRequest, problem.DetailBareLF, "request head", ""},
	http1.BareCR:                {problem.MalformedRequest, problem.DetailBareCR, "request head", ""},
	http1.ControlByte:           {problem.MalformedRequest, problem.DetailControlByte, "request head", ""},
	http1.EmptyLines:            {problem.MalformedRequest, problem.DetailEmptyLines, "request head", ""},
	http1.MethodSyntax:          {problem.MalformedRequest, problem.DetailMethodSyntax, "request head", ""},
	http1.RequestLineSyntax:     {problem.MalformedRequest, problem.DetailRequestLineSyntax, "request head", ""},
	http1.TargetSpace:           {problem.MalformedRequest, problem.DetailTargetSpace, "request head", ""},
	http1.TargetForm:            {problem.MalformedRequest, problem.DetailTargetForm, "request head", ""},
	http1.TargetScheme:          {problem.MalformedRequest, problem.DetailTargetScheme, "request head", ""},
	http1.TargetAuthority:       {problem.MalformedRequest, problem.DetailTargetAuthority, "request head", ""},
	http1.HostMismatch:          {problem.MalformedRequest, problem.DetailHostMismatch, "request head", ""},
	http1.VersionSyntax:         {problem.MalformedRequest, problem.DetailVersionSyntax, "request head", ""},
	http1.Version:               {problem.HTTPVersion, problem.NoDetail, "request head", ""},
	http1.StatusLineSyntax:      {problem.UpstreamInvalid, problem.DetailStatusLine, "", ""},
	http1.StatusCode:            {problem.UpstreamInvalid, problem.DetailStatusCode, "", ""},
	http1.NameByte:              {problem.MalformedRequest, problem.DetailNameByte, "request head", ""},
	http1.SpaceInName:           {problem.MalformedRequest, problem.DetailSpaceInName, "request head", ""},
	http1.EmptyName:             {problem.MalformedRequest, problem.DetailEmptyName, "request head", ""},
	http1.NoColon:               {problem.MalformedRequest, problem.DetailNoColon, "request head", ""},
	http1.ObsFold:               {problem.MalformedRequest, problem.DetailObsFold, "request head", ""},
	http1.HostMissing:           {problem.MalformedRequest, problem.DetailHostMissing, "request head", ""},
	http1.HostRepeated:          {problem.MalformedRequest, problem.DetailHostRepeated, "request head", ""},
	http1.HostSyntax:            {problem.MalformedRequest, problem.DetailHostSyntax, "request head", ""},
	http1.LengthSyntax:          {problem.MalformedRequest, problem.DetailLengthSyntax, "request head", ""},
	http1.LengthOverflow:        {problem.MalformedRequest, problem.DetailLengthOverflow, "request head", ""},
	http1.LengthRepeated:        {problem.MalformedRequest, problem.DetailLengthRepeated, "request head", ""},
	http1.LengthWithCoding:      {problem.MalformedRequest, problem.DetailLengthWithCoding, "request head", ""},
	http1.CodingSyntax:          {problem.MalformedRequest, problem.DetailCodingSyntax, "request head", ""},
	http1.CodingRepeated:        {problem.MalformedRequest, problem.DetailCodingRepeated, "request head", ""},
	http1.CodingInOldVersion:    {problem.MalformedRequest, problem.DetailCodingInOldVersion, "request head", ""},
	http1.ConnectionSyntax:      {problem.MalformedRequest, problem.DetailConnectionSyntax, "request head", ""},
	http1.ConnectionEndToEnd:    {problem.MalformedRequest, problem.DetailConnectionEndToEnd, "request head", ""},
	http1.ChunkSize:             {problem.MalformedRequest, problem.DetailChunkSize, "chunked body", ""},
	http1.ChunkSizeOverflow:     {problem.MalformedRequest, problem.DetailChunkSizeOverflow, "chunked body", ""},
	http1.ChunkExtension:        {problem.MalformedRequest, problem.DetailChunkExtension, "chunked body", ""},
	http1.ChunkEnd:              {problem.MalformedRequest, problem.DetailChunkEnd, "chunked body", ""},
	http1.ForbiddenTrailer:      {problem.MalformedRequest, problem.DetailForbiddenTrailer, "chunked body", ""},
	http1.UnknownTransferCoding: {problem.NotImplemented, problem.DetailTransferCoding, "request head", ""},
	http1.URITooLong:            {problem.URITooLong, problem.NoDetail, "", "request_line"},
	http1.HeadTooLarge:          {problem.HeadersTooLarge, problem.NoDetail, "", "head"},
	http1.TooManyFields:         {problem.HeadersTooLarge, problem.DetailTooManyFields, "", "fields"},
	http1.ChunkLineTooLong:      {problem.MalformedRequest, problem.DetailChunkLineTooLong, "chunked body", ""},
	http1.TrailersTooLarge:      {problem.HeadersTooLarge, problem.DetailTrailersTooLarge, "", "trailers"},
	http1.ExpectationFailed:     {problem.ExpectationFailed, problem.NoDetail, "", ""},
}

// FromFault writes the problem that the codec's fault f in b is. lim names the limit that was hit.
func FromFault(p *problem.Problem, f http1.Fault, b []byte, lim *http1.Limits) {
	row := &faults[f.Kind]
	*p = problem.Problem{
		Type: row.of, Detail: row.detail, Part: row.part, At: f.At, Line: f.Line,
		Field: f.Field.Of(b), Excerpt: f.Excerpt.Of(b), Name: row.limit,
	}
	switch row.limit {
	case "request_line":
		p.Limit = int64(lim.RequestLine)
	case "head":
		p.Limit = int64(lim.Head)
	case "fields":
		p.Limit = int64(lim.Fields)
	case "trailers":
		p.Limit = int64(lim.Trailers)
	}
}

// FromBodyFault is FromFault for a fault in the chunked body of a call: line is what the decoder calls its line.
func FromBodyFault(p *problem.Problem, f http1.Fault, line []byte, lim *http1.Limits) {
	FromFault(p, f, line, lim)
	if p.Part != "" {
		p.Part = "chunked body"
	}
}

// FromAnswerFault writes for the log which fault of the codec an upstream's answer has; its field is given apart. The caller is told no more than
// upstream_invalid.
func FromAnswerFault(p *problem.Problem, f http1.Fault, field []byte) {
	p.Detail, p.Field = faults[f.Kind].detail, field
	p.Part, p.Line, p.At = answerParts[f.In], f.Line, f.Column
}

var answerParts = [...]string{http1.InHead: "answer head", http1.InChunk: "chunked body", http1.InTrailers: "trailers"}

// whys says which cause of invalid_access_token each finding of the verifier is.
var whys = [...]problem.Detail{
	token.NoFault:       problem.NoDetail,
	token.NeverOurs:     problem.DetailTokenNotOurs,
	token.Truncated:     problem.DetailTokenTruncated,
	token.Overlong:      problem.DetailTokenTooLong,
	token.Altered:       problem.DetailTokenAltered,
	token.WrongKind:     problem.DetailTokenWrongKind,
	token.NotB64:        problem.DetailTokenSyntax,
	token.OtherKeys:     problem.DetailTokenOtherKeys,
	token.FromTheFuture: problem.DetailTokenFromFuture,
}

// revokedDetail says why a grant is dead; a live one means that the token alone was revoked.
func revokedDetail(g *access.Grant) problem.Detail {
	switch g.Reason() {
	case access.ByMember:
		return problem.DetailRevokedByMember
	case access.ScopeChanged:
		return problem.DetailRevokedByScopeChange
	case access.NotRevoked:
	}
	return problem.DetailRevokedToken
}
