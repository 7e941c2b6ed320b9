package xmlanswer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// maxJSON is how much is read of an answer in JSON.
const maxJSON = 64 << 10

// Error is an answer that says that something went wrong. Its texts are the appliance's, valid
// UTF-8 of 4 KiB at most each.
type Error struct {
	Code string // of the appliance, where it gives one
	Text string
}

// Error returns what the appliance says.
func (e *Error) Error() string { return "the appliance says: " + e.String() }

// String returns its words and its code.
func (e *Error) String() string {
	if e.Code == "" {
		return e.Text
	}
	return strings.TrimSpace(e.Text + " (code " + e.Code + ")")
}

// ErrorIn returns the error that an answer is, nil where it is none.
func ErrorIn(body []byte) *Error {
	if answer := jsonError(body); answer != nil {
		return answer
	}
	_, err := Read(bytes.NewReader(body), nil, func(*Document, Element) (bool, error) { return true, nil })
	answer, _ := errors.AsType[*Error](err)
	return answer
}

// error reads an <error> to its end.
func (d *Document) error(e Element) error {
	text, err := d.collect(maxDepth)
	if err != nil {
		return err
	}
	return &Error{Code: e.Attr("code"), Text: text}
}

// json returns what an answer in JSON says, nil where it is in something else: "Authentication
// Errors" of the Programmer's Guide are JSON, whatever was asked for.
func (t *textReader) json() error {
	head, _ := t.src.Peek(sniffed) // An error comes again when it is read.
	if !bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(t, maxJSON))
	if err != nil {
		return err
	}
	if answer := jsonError(body); answer != nil {
		return answer
	}
	return errors.New("it is JSON, not XML")
}

// jsonError reads {"error": …, "message": …}, and what else may stand for the message.
func jsonError(body []byte) *Error {
	var answer struct {
		Error       string `json:"error"`
		Message     string `json:"message"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error == "" {
		return nil
	}
	text := answer.Message
	if text == "" {
		text = answer.Description
	}
	return &Error{Code: Cut(answer.Error, maxText), Text: Cut(text, maxText)}
}
