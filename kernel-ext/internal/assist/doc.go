// Package assist answers what a front end asks while a cell is being typed: which names could stand at the cursor, what
// the name there means, whether the cell could run as it stands, and what was run before. It never runs a cell and never
// waits for one.
//
// What Go itself knows comes from gopls, a child that is started in the background by the first question that needs it.
// It sees one document: the declarations that earlier cells left, which the caller hands over as text, and the cell. Each
// question has a deadline; where gopls is not there, not ready or too slow, the answer is what is known without it:
// magics, paths, keywords, packages, names declared earlier. Neither the text of the cell nor that of earlier cells is
// ever written to disk.
//
//	helper := assist.New(assist.Config{Dir: workDir, Gopls: ".kelpie/gopls/gopls"})
//	defer helper.Close()
//	completion := helper.Complete(ctx, assist.Cell{Text: text, Cursor: cursor, Known: earlier, Dir: folder})
//	bundle, found := helper.Inspect(ctx, assist.Cell{Text: text, Cursor: cursor, Known: earlier}, 0)
//	status, indent := assist.IsComplete(text)
//
// All methods may be called from several goroutines at once. Positions in a cell count Unicode code points, as the
// Jupyter protocol does; gopls counts UTF-16 units, and the package converts.
package assist
