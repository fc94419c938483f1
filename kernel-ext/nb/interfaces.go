package nb

// Displayer is a value that has to be computed before it can be shown. It does so
// once and returns what is shown in its place: a value that has forms of its own.
type Displayer interface {
	Display() (any, error)
}

// HTMLer is a value with a form as HTML. The markup must be complete and its
// variable parts escaped (Escape does that); scripts, styles and links to other
// sites are left out by many readers of notebooks.
type HTMLer interface {
	HTML() (string, error)
}

// Markdowner is a value with a form as Markdown.
type Markdowner interface {
	Markdown() (string, error)
}

// Texter is a value whose plain text has to be computed. Without it the text form
// is that of fmt.Stringer.
type Texter interface {
	Text() (string, error)
}

// PNGer is a value with a form as a picture, drawn at twice its display size.
type PNGer interface {
	PNG() ([]byte, error)
}

// AltTexter is a picture described in one sentence: for readers who cannot see
// it, for text exports, and for programs outside a notebook.
type AltTexter interface {
	AltText() string
}

// Volatiler is a value that may differ between two runs on the same data, such as
// a duration. Its output is marked, and comparisons of notebooks skip it.
type Volatiler interface {
	Volatile() bool
}

// Metadataer is a value with entries for its output's metadata, read by tools
// that collect results from executed notebooks. The keys nb writes itself
// (package comment) win over entries of the same name.
type Metadataer interface {
	Metadata() map[string]string
}
