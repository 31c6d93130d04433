package api

import "strings"

// inputError is one entry of errorDetails.inputErrors: what is wrong and in which field or parameter.
type inputError struct {
	code, description, fieldPath string
}

// Codes of input errors: the first two are faults of form (400), the last of meaning (422).
const (
	missingField = "MISSING_FIELD"
	fieldInvalid = "FIELD_INVALID"
	valueInvalid = "VALUE_INVALID"
)

// manyErrors is LinkedIn's sentence when one would not do.
const manyErrors = "Multiple errors occurred during the input validation. Please see errorDetails for more information."

// fail is an answer in the contract's JSON (status, serviceErrorCode, code, message), so that the gateway passes it on as it is.
func fail(status, subcode int, code, message string, inputs ...inputError) answer {
	body := object{
		{key: "status", value: status},
		{key: "serviceErrorCode", value: subcode},
		{key: "code", value: code},
		{key: "message", value: message},
	}
	if len(inputs) > 0 {
		body = append(body, pair{key: "errorDetails", value: object{{key: "inputErrors", value: inputErrors(inputs)}}})
	}
	return answer{status: status, body: body}
}

func inputErrors(inputs []inputError) list {
	l := make(list, 0, len(inputs))
	for _, e := range inputs {
		path := object{{key: "inputPath", value: object{{key: "fieldPath", value: e.fieldPath}}}}
		l = append(l, object{
			{key: "code", value: e.code},
			{key: "description", value: e.description},
			{key: "input", value: path},
		})
	}
	return l
}

// failInput chooses status, code and message for what is wrong with a body or a query: 400 for
// faults of form, 422 where each field is well-formed and a value means nothing here.
func failInput(inputs []inputError) answer {
	message := manyErrors
	if len(inputs) == 1 {
		message = inputs[0].description
	}
	status, code := 422, "UNPROCESSABLE"
	for _, e := range inputs {
		switch e.code {
		case fieldInvalid:
			return fail(400, 0, "PARAM_INVALID", message, inputs...)
		case missingField:
			status, code = 400, "MISSING_FIELD"
		}
	}
	return fail(status, 0, code, message, inputs...)
}

// failParameter is a query parameter that is not what the resource describes.
func failParameter(name, description string) answer {
	return failInput([]inputError{{code: fieldInvalid, description: description, fieldPath: name}})
}

// needsMember is the answer to an application's own (2-legged) token where a member is asked for.
func needsMember(method, resource string) answer {
	return fail(403, 100, "ACCESS_DENIED", "Not enough permissions to access: "+method+" "+resource)
}

// notFound is a well-formed key that names nothing.
func notFound(what, key string) answer {
	const most = 64
	if r := []rune(key); len(r) > most {
		key = string(r[:most]) + "…"
	}
	return fail(404, 0, "NOT_FOUND", "No "+what+" has the id "+strings.ToValidUTF8(key, "\uFFFD"))
}
