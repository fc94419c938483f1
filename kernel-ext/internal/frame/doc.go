// Package frame carries messages inside the standard output of a cell's program.
//
// Text and displays of a cell then take one way to the notebook, and so arrive in
// the order in which the program made them, live, also when it panics right after.
//
// Data in: kind and payload (ASCII) of a message, on the side of the cell; text as
// it comes, cut anywhere, on the side of the kernel. Data out: text and messages.
//
// # Format
//
// A message is one or more frames. A frame is ASCII and at most MaxFrame bytes, so
// that writing it to a pipe is one step that no other process can part:
//
//	\x1e TOKEN : KIND : STREAM : LENGTH ; PAYLOAD
//
// TOKEN is the kernel's secret for this session, KIND one letter, STREAM names the
// writer (letters and digits; messages of two writers may be mixed), LENGTH the
// decimal number of bytes of PAYLOAD. The frames before a message's last one have
// the kind '+'. A shell can write one too:
//
//	printf '\036%s:s:sh:%d;%s' "$KELPIE_DISPLAY" "${#status}" "$status"
//
// The package is linked into cells, so it imports next to nothing.
package frame

// Variable is the environment variable by which the kernel gives a cell's program
// the token. Where it is unset or empty there is no kernel that reads frames.
const Variable = "KELPIE_DISPLAY"

// MaxFrame is the largest size of a frame in bytes. POSIX systems write that much
// to a pipe in one piece.
const MaxFrame = 4096

// Kind says what a message is.
type Kind byte

// The kinds of messages and their payloads.
const (
	Display Kind = 'd' // JSON: data, metadata and transient of a display_data
	Update  Kind = 'u' // the same for an update_display_data
	Result  Kind = 'r' // JSON: data and metadata of the cell's execute_result
	Failure Kind = 'e' // JSON: the error that ends the cell (type Fault)
	Status  Kind = 's' // decimal: the exit status of a shell line or script

	more Kind = '+' // the message goes on in the stream's next frame
)

// mark opens every frame; it is followed by the token.
const mark = '\x1e'
