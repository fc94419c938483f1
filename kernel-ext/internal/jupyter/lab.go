package jupyter

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strconv"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/owner"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
)

// LabOptions says how JupyterLab runs.
type LabOptions struct {
	// Folder is what its file browser shows.
	Folder string
	// Port to listen on, on the loopback interface only; 0 is 8888 or, when that is taken, a free one.
	Port int
	// Env is added to the environment of the kernels, "NAME=value" each.
	Env []string
	// Messages receives the server's warnings.
	Messages io.Writer
	// Ready is called once, with the address to open, when the server answers.
	Ready func(address string)
}

// Lab runs JupyterLab until ctx ends, which gives an error that wraps the context's, or until the user shuts it down,
// which gives none. Its kernels end with it. Kernels are reached over sockets in a private folder, the server itself on the
// loopback interface, by whoever has its token. The server's settings and state stay in .kelpie/jupyter.
func Lab(ctx context.Context, c Checkout, o LabOptions) error {
	port, err := freePort(o.Port)
	if err != nil {
		return err
	}
	if err := writeLabSettings(c); err != nil {
		return err
	}
	sockets, err := OpenSockets()
	if err != nil {
		return err
	}
	defer sockets.Close()
	var secret [16]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	token := hex.EncodeToString(secret[:])
	watching, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		if answers(watching, port) {
			o.Ready("http://127.0.0.1:" + strconv.Itoa(port) + "/lab?token=" + token)
		}
	}()
	err = process.Run(ctx, process.Command{
		Args: []string{c.Python(), "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0",
			"--ServerApp.port=" + strconv.Itoa(port), "--ServerApp.root_dir=" + o.Folder,
			"--ServerApp.log_level=WARN", "--LabApp.log_level=WARN", "--MultiKernelManager.default_kernel_name=" + KernelName,
			// Of a kernel's output nobody is asked for a signature, and a port of the loopback is everybody's.
			"--KernelManager.transport=ipc",
			// Nothing is asked of the network behind the user's back.
			"--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
			// In a container the user is often root; JupyterLab refuses that unless told. It listens on loopback alone.
			"--allow-root"},
		Dir: o.Folder, Unset: pythonFree, Stdout: o.Messages, Stderr: o.Messages, Interrupt: syscall.SIGTERM, Grace: 10 * time.Second,
		// The connection files go there too: Jupyter puts the sockets beside them.
		Env: append(append(jupyterEnv(c.Path("jupyter")), "JUPYTER_RUNTIME_DIR="+sockets.Folder, "JUPYTER_TOKEN="+token), o.Env...),
	})
	if err != nil {
		return fmt.Errorf("jupyter: JupyterLab: %w", err)
	}
	return nil
}

// labSettings keep JupyterLab from asking whether it may fetch news.
const labSettings = `{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}
`

// writeLabSettings puts the settings where JupyterLab looks for those of a site.
func writeLabSettings(c Checkout) error {
	return WriteFile(c.Path("venv", "share", "jupyter", "lab", "settings", "overrides.json"), []byte(labSettings))
}

// freePort is the port asked for, or one that nobody listens on.
func freePort(port int) (int, error) {
	tries := []int{port}
	if port == 0 {
		tries = []int{8888, 0}
	}
	var err error
	for _, try := range tries {
		var listener net.Listener
		if listener, err = net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(try)); err == nil {
			defer listener.Close()
			return listener.Addr().(*net.TCPAddr).Port, nil
		}
	}
	return 0, fmt.Errorf("jupyter: port %d is taken: choose another with --port (%w)", port, err)
}

// answers waits until a program of the user's answers on the port: the token is for no other.
func answers(ctx context.Context, port int) bool {
	for ctx.Err() == nil {
		connection, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(port), time.Second)
		if err == nil {
			// A server that has not yet accepted the connection is not known to the system as its owner.
			for range 10 {
				if err = owner.Admit(connection); err == nil {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			_ = connection.Close()
			if err == nil {
				return true
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	return false
}
