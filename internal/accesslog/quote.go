package accesslog

import "github.com/candor-gateway/candor/internal/redact"

// AppendLine appends a line of a head, which belongs to the field with this
// name if there is one, as a note may quote it: without what nobody may see.
func AppendLine(dst, field, line []byte) []byte { return redact.AppendField(dst, field, line) }
