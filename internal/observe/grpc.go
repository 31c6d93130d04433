package observe

import (
	"net/url"
	"strconv"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// grpcCodes are the names of statuses of gRPC, from 0 on. In gRPC-web an answer that has nothing but a status has it in its head, below a 200.
var grpcCodes = [...]string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
	"FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

// readGRPC reads the status and message of gRPC that an answer has in its head.
func (w *words) readGRPC(a *accesslog.Answer) {
	code, err := strconv.Atoi(string(a.GRPCStatus))
	if err != nil || code == 0 {
		return
	}
	w.grpc = "grpc-status " + strconv.Itoa(code)
	if code > 0 && code < len(grpcCodes) {
		w.grpc += " " + grpcCodes[code]
	}
	message := string(a.GRPCMessage)
	if plain, err := url.PathUnescape(message); err == nil {
		message = plain
	}
	w.errors, w.says, w.code = true, sentence([]byte(message)), w.grpc
	w.fix = "Correct what grpc-status and grpc-message name."
}
