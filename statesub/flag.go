package statesub

// Flag is a boolean field that a row may also lack: old builds do not send
// every field, and the absence of an answer is not a no.
type Flag uint8

// The values of a Flag.
const (
	Unsaid Flag = iota
	No
	Yes
)
