// Package jupyter sets up what runs a notebook, and runs notebooks with it.
//
// Everything lies in the folder .kelpie of the checkout; nothing is installed elsewhere (the Go tool chain keeps its own
// caches):
//
//	.kelpie/venv       Python with nbconvert, and JupyterLab once the verb lab has asked for it
//	.kelpie/bin        GoNB, the kernel, and goimports; .kelpie/gopls holds gopls for JupyterLab
//	.kelpie/stamps     one file a finished step of the set-up, written last
//	.kelpie/run        working copies while notebooks run
//	.kelpie/log        the kernel's log
//
// Setup brings that about in steps. A step whose stamp matches what it was made from (pins, versions) is left alone, so a
// second call costs a fraction of a second and no network, and an interrupted one goes on where it stopped. Execute runs
// a notebook through nbconvert and HTML renders one:
//
//	checkout, err := jupyter.Find(".")
//	err = jupyter.Setup(ctx, checkout, jupyter.Options{Log: log.Printf})
//	run, err := jupyter.Execute(ctx, checkout, jupyter.Execution{Notebook: "notebooks/process.ipynb", Output: "process.ipynb"})
//	err = jupyter.HTML(ctx, checkout, jupyter.Page{Notebook: "process.ipynb", To: "process.html"})
package jupyter
