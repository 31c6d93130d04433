package gateway

import (
	"crypto/tls"
	"errors"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// proxyErrors are what each fault of an upstream is called in Proxy-Status (RFC 9209 §2.3). They are the RFC's own words: none tells an address or a name of the inside.
var proxyErrors = [...]string{
	upstream.DNSFailed:        "dns_error",
	upstream.Refused:          "connection_refused",
	upstream.TLSFailed:        "tls_protocol_error", // or tls_certificate_error
	upstream.ConnectTimeout:   "connection_timeout",
	upstream.TLSTimeout:       "connection_timeout",
	upstream.Broke:            "connection_terminated",
	upstream.Ended:            "connection_terminated", // or http_response_incomplete
	upstream.WriteStalled:     "connection_write_timeout",
	upstream.FirstByteTimeout: "connection_read_timeout",
	upstream.GapTimeout:       "connection_read_timeout",
	upstream.CallTimeout:      "http_response_timeout",
	upstream.Invalid:          "http_protocol_error",
	upstream.UnaskedSwitch:    "http_protocol_error",
	upstream.TooManyInterims:  "http_protocol_error",
	upstream.PastLimit:        "http_response_header_section_size", // or another one of pastLimits
	upstream.Full:             "connection_limit_reached",
	upstream.Resting:          "destination_unavailable",
	upstream.Cancelled:        "",
}

// pastLimits are those of limits on other parts than the head.
var pastLimits = map[http1.Kind]string{http1.ChunkLineTooLong: "http_response_transfer_coding", http1.TrailersTooLarge: "http_response_trailer_section_size"}

// internalError is the word for a fault of ours.
const internalError = "proxy_internal_error"

// proxyError is the word for f; begun says that an answer had begun.
func proxyError(f upstream.Fault, begun bool) string {
	var untrusted *tls.CertificateVerificationError
	switch {
	case f.Cause == upstream.TLSFailed && errors.As(f.Err, &untrusted):
		return "tls_certificate_error"
	case begun && (f.Cause == upstream.Ended || f.Cause == upstream.Broke):
		return "http_response_incomplete"
	case f.Cause == upstream.PastLimit && pastLimits[f.HTTP.Kind] != "":
		return pastLimits[f.HTTP.Kind]
	}
	return proxyErrors[f.Cause]
}
