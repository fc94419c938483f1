package jupyter

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
	"github.com/stophacking/kelpie/kernel-ext/internal/session"
)

//go:embed template
var templates embed.FS

// An Execution is one headless run of a notebook.
type Execution struct {
	// Notebook is the file to run; it is not changed. The run works on a copy under .kelpie/run.
	Notebook string
	// Output is where the executed notebook goes. It is written only when every cell ended well.
	Output string
	// Failed is the folder that receives, after a failure, the partly executed notebook and the kernel's log;
	// .kelpie/failed when empty.
	Failed string
	// CellTimeout is how long one cell may run; 5 minutes when zero.
	CellTimeout time.Duration
	// Env is added to the environment of the kernel and thereby of the cells, "NAME=value" each.
	Env []string
	// Progress is called when a code cell starts, from 1 to the number of code cells. It may be nil.
	Progress func(cell, cells int)
}

// A Failure is a notebook that did not run to its end.
type Failure struct {
	// Notebook is the name of the notebook's file.
	Notebook string
	// Cell counts code cells from 1, as In [n] does; 0 when the run failed outside a cell.
	Cell int
	// Source is the text of that cell.
	Source string
	// Reason is what the cell, the kernel or nbconvert said.
	Reason string
	// Partial and Log are the kept copies of the partly executed notebook and of the kernel's log.
	Partial, Log string
}

// Error names the cell and the reason; Source and the kept files are for those who print more.
func (f *Failure) Error() string {
	if f.Cell == 0 {
		return fmt.Sprintf("jupyter: %s: %s", visible.Text(f.Notebook), f.Reason)
	}
	return fmt.Sprintf("jupyter: %s: cell %d: %s", visible.Text(f.Notebook), f.Cell, f.Reason)
}

// Execute runs the notebook's cells in order in a fresh kernel, in a folder under .kelpie/run. The first cell that fails,
// reaches its time limit or takes the kernel down ends the run with a *Failure. When ctx ends first, the error wraps the
// context's. No process of the run is left on return.
func Execute(ctx context.Context, c Checkout, e Execution) error {
	if e.CellTimeout == 0 {
		e.CellTimeout = 5 * time.Minute
	}
	if e.Failed == "" {
		e.Failed = c.Path("failed")
	}
	if err := os.MkdirAll(c.Path("run"), 0o755); err != nil {
		return notWritable(c.Root, err)
	}
	name := strings.TrimSuffix(filepath.Base(e.Notebook), ".ipynb")
	folder, err := scratch.Temporary(c.Path("run"), name+"-")
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	defer folder.Remove()
	// A kernel that is killed leaves its work behind. It gets a folder of its own for that, where the system has such
	// folders: the file system of the checkout may know no named pipes. When this process is killed too, the next run
	// removes it.
	session.Sweep(os.TempDir())
	temporary, err := scratch.Make(os.TempDir(), scratch.NewName())
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	defer temporary.Remove()
	sockets, err := OpenSockets()
	if err != nil {
		return err
	}
	defer sockets.Close()
	r := execution{Execution: e, Checkout: c, folder: folder.Path, temporary: temporary.Path, sockets: sockets.Folder, name: name, copy: filepath.Join(folder.Path, name+".ipynb")}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.execute(ctx); err != nil {
		return err
	}
	return r.finish(ctx)
}

// execution is one call of Execute.
type execution struct {
	Execution
	Checkout
	folder, temporary, sockets, name, copy string

	code []int // index among all cells of the n-th code cell that holds something
}

// prepare lays out the folder of the run: a copy of the notebook, the settings of nbconvert, and a kernelspec that logs
// into the folder. Nothing of the user's own Jupyter settings is seen.
func (r *execution) prepare(ctx context.Context) error {
	nb, err := notebook.Load(r.Notebook)
	if err != nil {
		return err
	}
	for index, cell := range nb.Cells {
		if cell.Type == "code" && strings.TrimSpace(cell.Source) != "" {
			r.code = append(r.code, index)
		}
	}
	nb.StripOutputs()
	if err := nb.Save(r.copy); err != nil {
		return err
	}
	settings, err := templates.ReadFile("template/execute.py")
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	tool, err := inspectGo(ctx, r.Root)
	if err != nil {
		return err
	}
	spec, err := setup{Checkout: r.Checkout, goTool: tool}.kernelJSON(filepath.Join(r.folder, "kernel.log"), r.Root)
	if err != nil {
		return err
	}
	return errors.Join(
		WriteFile(filepath.Join(r.folder, "jupyter", "jupyter_nbconvert_config.py"), settings),
		WriteFile(filepath.Join(r.folder, "jupyter", "kernels", KernelName, "kernel.json"), spec),
	)
}

// execute runs nbconvert over the copy, in place.
func (r *execution) execute(ctx context.Context) error {
	var complaint bytes.Buffer
	outputs := filepath.Join(r.folder, "outputs.jsonl")
	err := process.Run(ctx, process.Command{
		Args: nbconvert(r.Checkout, "--to", "notebook", "--execute", "--inplace", literal(r.copy),
			"--ExecutePreprocessor.kernel_name="+KernelName,
			fmt.Sprintf("--ExecutePreprocessor.timeout=%d", int(max(1, r.CellTimeout.Seconds()))),
			"--ExecutePreprocessor.record_timing=False"),
		Dir: r.folder, Unset: pythonFree,
		Env:    append(append(jupyterEnv(filepath.Join(r.folder, "jupyter")), "KELPIE_OUTPUTS="+outputs, "KELPIE_SOCKETS="+r.sockets, "TMPDIR="+r.temporary), r.Env...),
		Stderr: &lineWriter{line: func(line string) { r.said(line, &complaint) }},
	})
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("jupyter: %s: %w", visible.Text(r.name+".ipynb"), ctx.Err())
	}
	failure := r.failure(outputs, complaint.String(), err)
	if err := r.keep(failure); err != nil {
		return errors.Join(failure, err)
	}
	return failure
}

// said takes a line of nbconvert's: a cell that starts, or a complaint.
func (r *execution) said(line string, complaint *bytes.Buffer) {
	var index int
	if _, err := fmt.Sscanf(line, "kelpie: cell %d", &index); err != nil {
		complaint.WriteString(line + "\n")
		return
	}
	for n, at := range r.code {
		if at == index && r.Progress != nil {
			r.Progress(n+1, len(r.code))
		}
	}
}

// finish merges the pieces in which printed text arrives, which differ from run to run, and hands the notebook over.
// nbconvert does the merging only in a run of its own.
func (r *execution) finish(ctx context.Context) error {
	var complaint bytes.Buffer
	err := process.Run(ctx, process.Command{
		Args: nbconvert(r.Checkout, "--to", "notebook", "--coalesce-streams", "--inplace", literal(r.copy)),
		Dir:  r.folder, Unset: pythonFree, Env: jupyterEnv(filepath.Join(r.folder, "plain")), Stderr: &complaint,
	})
	if err != nil {
		return fmt.Errorf("jupyter: %s: merging printed text: %w\n%s", visible.Text(r.name+".ipynb"), err, indent(lastLines(complaint.String(), 6)))
	}
	nb, err := notebook.Load(r.copy)
	if err != nil {
		return err
	}
	nb.SetLexer("go")
	if err := os.MkdirAll(filepath.Dir(r.Output), 0o755); err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return nb.Save(r.Output)
}

// nbconvert is a call of nbconvert. The scripts beside the interpreter name it by its full path, the module does not.
func nbconvert(c Checkout, args ...string) []string {
	return append([]string{c.Python(), "-m", "nbconvert", "--log-level=ERROR"}, args...)
}

// literal is a pattern that only this path matches: nbconvert takes the names of notebooks for patterns of Python's glob,
// in which [[] stands for a bracket.
func literal(path string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
}

// jupyterEnv keeps everything that Jupyter reads and writes for a user inside one folder.
func jupyterEnv(folder string) []string {
	return []string{
		"JUPYTER_CONFIG_DIR=" + folder, "JUPYTER_PATH=" + folder,
		"JUPYTER_DATA_DIR=" + folder, "JUPYTER_RUNTIME_DIR=" + filepath.Join(folder, "runtime"),
		"IPYTHONDIR=" + folder, "PYTHONNOUSERSITE=1", "PYTHONWARNINGS=ignore", "PYTHONUTF8=1",
	}
}

// lineWriter hands on whole lines.
type lineWriter struct {
	line func(string)
	rest []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.rest = append(w.rest, p...)
	for {
		line, rest, found := bytes.Cut(w.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		w.line(strings.TrimRight(string(line), "\r"))
		w.rest = rest
	}
}

// shown is a line of the file in which template/execute.py keeps what cells showed.
type shown struct {
	Cell           int               `json:"cell"`
	ExecutionCount int               `json:"execution_count"`
	Outputs        []notebook.Output `json:"outputs"`
}

// readShown reads that file; a line cut short by the end of the process is left out.
func readShown(path string) []shown {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var all []shown
	for _, line := range bytes.Split(text, []byte("\n")) {
		var one shown
		if json.Unmarshal(line, &one) == nil {
			all = append(all, one)
		}
	}
	return all
}
