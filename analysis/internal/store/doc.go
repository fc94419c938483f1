// Package store keeps computed values on disk under the key of the recipe that
// made them, and gives them back to every later process.
//
// In: a recipe key and a function that computes its value: columns
// ([Store.Batch]) or bytes ([Store.Blob]), each with notes (the warnings and
// problems met while computing, as JSON). Out: that value and those notes,
// computed at most once; columns come back mapped read-only from the file, not
// copied, so millions of rows are back in a millisecond.
//
//	kept, err := store.Open(store.Options{})
//	batch, notes, err := kept.Batch(ctx, key, func() (*column.Batch, []byte, error) {
//		return parse(files)
//	})
//
// A store that is full, read-only or damaged costs time, never correctness: the
// value is computed again and [Store.Warnings] says so. Errors are never kept.
//
// # Layout
//
//	DIR/code-DIGEST/KEY.arrow     columns: an uncompressed Arrow IPC file
//	DIR/code-DIGEST/KEY.blob      bytes: a small frame with a checksum
//	DIR/code-DIGEST/KEY.*.lock    while a process computes the value
//	DIR/code-DIGEST/.KEY.*.tmp    while a process writes it
//	DIR/code-DIGEST/.kelpie-store the mark: nothing is removed from a directory without it
//
// DIGEST stands for the code that computes ([CodeDigest]), so changed code never
// meets an old value. Values appear by rename, complete or not at all.
//
// All that is read is checked first, since bits flip on disks and in copies without
// anything telling. Every 256 KiB of a column's values have a CRC-32C of their own, which
// is checked when a process first reads them ([Store.Part]); these, and all that says what
// values mean, have one that is checked when a file is attached. A file in which one is
// wrong is dropped, and its value computed again.
//
// A file's time stamp is its last use, and a seal: its nanoseconds follow from
// the content's checksum. A file whose seal is broken (something else wrote to
// it), or which was last used before the machine started (a power cut may have
// lost some of it), is checked as a whole before it is used.
//
// # Limit
//
// All values together take at most [Options.Limit]. Writing one removes those
// used longest ago where it goes beyond.
//
// Mapped files stay mapped until the process ends, also when they are removed.
// [Store.Lost] says when something else wrote to one.
package store
