package explain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The ids of a failed call are repeated, by whatever name, and nothing that could be a secret.
func TestIDs(t *testing.T) {
	for _, tc := range []struct {
		name, paste string
		want        []string
	}{
		{"cloudflare", "HTTP/2 403\r\ncf-ray: 8a1b2c3d4e5f6071-FRA\r\n\r\nerror code: 1020", []string{"cf-ray 8a1b2c3d4e5f6071-FRA"}},
		{"cloudflare's page", `error 522 Ray ID: <strong class="f">8a1b2c3d4e5f6071</strong> timed out`, []string{"ray id 8a1b2c3d4e5f6071"}},
		{"amazon", "x-amzn-RequestId: 0b1c2d3e-1111-4222-8333-444455556666\nx-amz-id-2: S3CRETc2VjcmV0\n{\"message\":\"Forbidden\"} 403", []string{"x-amzn-requestid 0b1c2d3e-1111-4222-8333-444455556666"}},
		{"amazon's trace", "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;Parent=1 502 bad gateway", []string{"x-amzn-trace-id Root=1-67891233-abcdef012345678912345678"}},
		{"entra", "AADSTS50011: mismatch. Trace ID: 0b1c2d3e-1111-4222-8333-444455556666 Correlation ID: 1b1c2d3e-1111-4222-8333-444455556666 Timestamp: x", []string{"trace id 0b1c2d3e-1111-4222-8333-444455556666", "correlation id 1b1c2d3e-1111-4222-8333-444455556666"}},
		{"trace context", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 answered 500", []string{"traceparent 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}},
		{"github", "X-GitHub-Request-Id: D8F4:2B0C:1A2B3C:4D5E6F:65A1B2C3\nHTTP 404 Not Found", []string{"x-github-request-id D8F4:2B0C:1A2B3C:4D5E6F:65A1B2C3"}},
		{"linkedin", "x-li-uuid: AAYQ1q0p8mX0m3uS3nq5Zw== and 401 65601", []string{"x-li-uuid AAYQ1q0p8mX0m3uS3nq5Zw=="}},
		{"json", `{"error":{"code":"x","requestId":"0123456789abcdef0123456789abcdef"}} status 500`, []string{"requestid 0123456789abcdef0123456789abcdef"}},
		{"one of ours, bare", "call 01a2105d-5db4-7e54-9977-059df43e5d54 gave 401", []string{"id 01a2105d-5db4-7e54-9977-059df43e5d54"}},
		{"a key is none", "api_key: 0123456789abcdef0123456789abcdef gave 401 unauthorized", nil},
		{"a client id is none", "client_id=0b1c2d3e-1111-4222-8333-444455556666 gave invalid_client", nil},
		{"a secret in its place", "x-request-id: S3CRET-hunter2-token gave 401 unauthorized", nil},
	} {
		e, _, err := Pasted([]byte(tc.paste), wildNow)
		if diff := cmp.Diff(tc.want, e.IDs); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", tc.name, err, diff)
		}
		if len(tc.want) > 0 && !strings.Contains(e.Text(), "Ids to give to support: "+tc.want[0]) {
			t.Errorf("%s:\n%s", tc.name, e.Text())
		}
		if strings.Contains(e.Text(), "S3CRET") {
			t.Errorf("%s tells a secret", tc.name)
		}
	}
}
