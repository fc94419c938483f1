//go:build !windows

// Package scratch makes the folders that programs of Kelpie work in, and removes them: each its own in the end, and those
// that killed programs left behind. It removes nothing that it cannot prove to be its own.
//
// The place where such a folder lies is shared with everything else of the user's, and a name proves nothing: it is
// guessed, copied, or used again once the folder is gone. So a Folder is known by what it is, not by what it is called:
//
//   - Remove takes away the folder that was made, by a handle on it. Where another one has come to have its name, that
//     one stays.
//   - A folder that is to be found by others (Make) has a random name and holds a file that bears our mark and the name,
//     and that its program keeps locked. It appears with all of that at once: it is made under another name, which
//     nobody looks for. Sweep removes it when nobody holds the lock.
//   - Links are removed, never followed. What was mounted below a folder stays, and so does the folder.
//
// A folder that only its maker has to know is a Temporary one:
//
//	folder, err := scratch.Temporary(dir, "trial-")
//	defer folder.Remove()
package scratch
