// Package files opens, writes and trusts files in folders that others may reach.
//
// Notebooks lie in shared folders, in containers and in downloaded archives, where
// another user, or a program, may have left something under the name that is asked
// for. So this module does three things in one way each:
//
//   - It opens what has to be a file with [Open] and [Read]: a pipe, a device or a
//     folder in its place is an error at once, and never waited for.
//   - It writes with [Create] and [Write]: under a random name of its own beside the
//     place, made exclusively and through no link, and moved there when it is whole.
//     A log grows where it lies: [Append].
//   - It uses a folder that it finds by looking upward only if [Trusted] says that
//     nobody but the user and root can have put it there: [Upward]. Folders that the
//     user names are not asked about.
//
// The package is public because kernel-ext, which may import nothing internal of
// analysis, works by the same rules. It imports nothing of this module but
// analysis/visible.
package files
