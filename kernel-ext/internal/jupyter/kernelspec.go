package jupyter

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/kernel-ext/internal/build"
)

// KernelName is the name under which notebooks ask for the kernel; GoNB's own installer uses the same, so that our
// notebooks run with either.
const KernelName = "gonb"

// FrontName is the program in .kelpie/bin that Jupyter starts; it starts GoNB.
const FrontName = "kelpie-kernel"

// CellPath is the folder that stands first on the PATH of the installed kernel; it holds the go command of cells.
func (c Checkout) CellPath() string { return c.Path("bin", "cell") }

// kernelspec registers the kernel inside the virtual environment, for JupyterLab and for editors that are pointed at it.
func (s setup) kernelspec(context.Context) error {
	path := s.Path("venv", "share", "jupyter", "kernels", KernelName, "kernel.json")
	text, err := s.kernelJSON(s.Path("log", "kernel.log"), s.Root, s.SessionFolder())
	if err != nil {
		return err
	}
	if have, err := files.Read(path, maxText); err == nil && bytes.Equal(have, text) && exists(s.Path("log")) {
		return nil
	}
	if err := os.MkdirAll(s.Path("log"), 0o755); err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return WriteFile(path, text)
}

// kernelJSON is the text of a kernel.json: our kernel in front of GoNB as it comes, told to put the compiler's own words
// into errors, to log to a file, and to let cells import the modules in some folders.
func (s setup) kernelJSON(log string, modules ...string) ([]byte, error) {
	env := map[string]string{}
	for _, entry := range s.cellEnv() {
		name, value, _ := strings.Cut(entry, "=")
		env[name] = value
	}
	// Jupyter replaces ${PATH} by the caller's; a dollar of our own is doubled.
	double := strings.NewReplacer("$", "$$")
	env["PATH"] = double.Replace(s.CellPath()+":"+s.Path("bin")+":"+filepath.Join(s.goTool.Root, "bin")) + ":${PATH}"
	env[build.Variable] = double.Replace(s.Path("plans"))
	text, err := json.MarshalIndent(map[string]any{
		"argv": []string{
			s.Path("bin", FrontName), "-log", log, "-gopls", s.Path("gopls", "gopls"), "--", "{connection_file}", s.Path("bin", "gonb"), "-raw_error=true",
			"-logtostderr=false", "-stderrthreshold=3", "-log_file=" + log, "-go_work=" + strings.Join(modules, ","),
		},
		"display_name":   "Go (Kelpie)",
		"language":       "go",
		"interrupt_mode": "message",
		"env":            env,
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	return append(text, '\n'), nil
}

// Kernel is the command line by which the installed kernel.json starts the kernel, for a connection file, and what it
// adds to the environment.
func Kernel(c Checkout, connectionFile string) (command, env []string, err error) {
	text, err := files.Read(c.Path("venv", "share", "jupyter", "kernels", KernelName, "kernel.json"), maxText)
	if err != nil {
		return nil, nil, fmt.Errorf("jupyter: no kernel is installed: %w; `go run ./kernel-ext install` does it", err)
	}
	var spec struct {
		Argv []string          `json:"argv"`
		Env  map[string]string `json:"env"`
	}
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, nil, fmt.Errorf("jupyter: kernel.json: %w; `go run ./kernel-ext install` mends it", err)
	}
	for _, arg := range spec.Argv {
		command = append(command, strings.ReplaceAll(arg, "{connection_file}", connectionFile))
	}
	plain := strings.NewReplacer("$$", "$", "${PATH}", os.Getenv("PATH"))
	for name, value := range spec.Env {
		env = append(env, name+"="+plain.Replace(value))
	}
	return command, env, nil
}
