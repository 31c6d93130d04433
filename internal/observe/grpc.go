package observe

import (
	"encoding/hex"
	"strconv"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// grpcCodes are the names of statuses of gRPC, from 0 on. In gRPC-web an answer that has nothing but a status has it in its head, below a 200; each other has it in
// the trailers at the end of its body.
var grpcCodes = [...]string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
	"FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

// readGRPC reads the status and message of gRPC that an answer has.
func (w *words) readGRPC(a *accesslog.Answer) {
	code, err := strconv.Atoi(string(a.GRPCStatus))
	if err != nil || code == 0 {
		return
	}
	w.grpc = "grpc-status " + strconv.Itoa(code)
	if code > 0 && code < len(grpcCodes) {
		w.grpc += " " + grpcCodes[code]
	}
	w.errors, w.says, w.code = true, sentence(unescaped(a.GRPCMessage)), w.grpc
	w.fix = "Correct what grpc-status and grpc-message name."
}

// unescaped is a message of gRPC as it was meant. What is no escape stands for itself (PROTOCOL-HTTP2 of gRPC, "Status-Message").
func unescaped(message []byte) (plain []byte) {
	for i := 0; i < len(message); i++ {
		var b [1]byte
		if message[i] == '%' && i+2 < len(message) {
			if _, err := hex.Decode(b[:], message[i+1:i+3]); err == nil {
				plain = append(plain, b[0])
				i += 2
				continue
			}
		}
		plain = append(plain, message[i])
	}
	return plain
}
