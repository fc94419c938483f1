package jupyter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/jupyter"
)

// JupyterLab itself, by a checkout with a path that no socket could have: its kernels' sockets are in a private folder, a
// restart finds them again, and nothing stays. The browser of check --long does the rest.
func TestLabUsesPrivateSockets(t *testing.T) {
	real, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	c := jupyter.Checkout{Root: real}
	if !exists(c.Path("bin", jupyter.FrontName)) || !exists(c.Path("stamps", "lab")) {
		t.Skip("no JupyterLab in .kelpie: go run ./kernel-ext install --lab")
	}
	folder := filepath.Join(t.TempDir(), strings.Repeat("a", 75), strings.Repeat("b", 75))
	c.Root = filepath.Join(folder, "checkout")
	if err := errors.Join(os.MkdirAll(folder, 0o700), os.Symlink(real, c.Root)); err != nil {
		t.Fatal(err)
	}
	base := shortFolder(t)
	t.Setenv("XDG_RUNTIME_DIR", base)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	address, ended := make(chan string, 1), make(chan error, 1)
	var said bytes.Buffer
	go func() {
		ended <- jupyter.Lab(ctx, c, jupyter.LabOptions{Folder: folder, Messages: &said, Ready: func(a string) { address <- a }})
	}()
	var server, token string
	select {
	case err := <-ended:
		t.Fatalf("%v\n%s", err, said.String())
	case at := <-address:
		server, token, _ = strings.Cut(at, "/lab?token=")
	}
	ask := func(method, path, body, token string) (status int, text []byte) {
		t.Helper()
		request, err := http.NewRequestWithContext(ctx, method, server+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "token "+token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if text, err = io.ReadAll(answer.Body); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, text
	}
	if status, _ := ask("POST", "/api/kernels", `{"name": "gonb"}`, "guessed"); status != http.StatusForbidden {
		t.Errorf("without the token the server answers %d", status)
	}
	status, text := ask("POST", "/api/kernels", `{"name": "gonb"}`, token)
	var kernel struct{ ID string }
	if err := json.Unmarshal(text, &kernel); err != nil || status != http.StatusCreated {
		t.Fatalf("starting a kernel: %d %s", status, text)
	}
	sockets := func() []string {
		found, _ := filepath.Glob(filepath.Join(base, "kelpie-*", "kernel-"+kernel.ID+"-ipc-?"))
		return found
	}
	await := func(what string, holds func() bool) {
		t.Helper()
		for ; !holds(); time.Sleep(20 * time.Millisecond) {
			if ctx.Err() != nil {
				t.Fatalf("%s; the sockets are %q", what, sockets())
			}
		}
	}
	await("the kernel opens no sockets", func() bool { return len(sockets()) == 5 })
	for _, path := range sockets() {
		if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%v %v", info, err)
		}
	}
	if status, text := ask("POST", "/api/kernels/"+kernel.ID+"/restart", "", token); status != http.StatusOK {
		t.Errorf("restarting: %d %s", status, text)
	}
	await("the kernel is not back", func() bool { return len(sockets()) == 5 })
	if status, text := ask("DELETE", "/api/kernels/"+kernel.ID, "", token); status != http.StatusNoContent {
		t.Errorf("ending the kernel: %d %s", status, text)
	}
	await("the sockets stay", func() bool { return len(sockets()) == 0 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v\n%s", err, said.String())
	}
	if left, _ := os.ReadDir(base); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
