package problem

// What nothing answers with yet: rows and causes that have their place in the catalogue already, so that their codes and words are settled before they are
// out in the world. Until something makes them they are no names of problems, and no list has them. A test of the whole tree (test/made_test.go) holds these
// marks against the sources: who makes one of them takes its mark away.

var laterTypes = [typeCount]bool{
	MissingField:      true, // comes with the check of parameters and fields
	EmptyAPIKey:       true, // the three of API keys
	InvalidAPIKey:     true,
	ExpiredAPIKey:     true,
	AddressNotAllowed: true, // lists of addresses
}

var laterDetails = [detailCount]bool{
	DetailDuplicateKey: true, // the check of fields
	DetailTunnelMethod: true, // a query in the body of a POST
	DetailTunnelBody:   true,
	DetailTunnelQuery:  true,
	DetailBodyTime:     true, // a limit for a whole body
	DetailNoUpstream:   true, // several targets, and their health
	DetailCertificate:  true, // said as tls, with the certificate's fault in the log
	DetailNoRoute:      true, // said as refused
	DetailNotHTTP:      true, // said as status_line_syntax
}
