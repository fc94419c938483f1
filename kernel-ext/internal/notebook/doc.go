// Package notebook reads, writes and checks Jupyter notebooks (nbformat 4) that
// hold Go cells.
//
// Data in: the bytes of an .ipynb file. Data out: a Notebook, which writes back
// every field it was given, known or not; and from Check a list of findings.
//
//	executed, err := notebook.Load("reports/process.ipynb")
//	committed, err := notebook.Load("notebooks/process.ipynb")
//	for _, finding := range notebook.Check(executed, committed, notebook.Rules{
//		Steps:   []string{"1.1", "1.2.1"},
//		Private: notebook.PrivateStrings(checkout),
//	}) {
//		fmt.Println(finding)
//	}
//
// A tool that only looks at the exit status of an execution misses failing shell
// lines, unknown magics and outputs that changed; Check looks at the sources and
// at the outputs. The rules are the Rule constants.
//
// Outputs with the metadata kelpie.volatile (true) may differ from run to run:
// they are kept in the file and skipped in comparison.
package notebook
