// Package browser drives a real browser, headless, to try what a user would do with the mouse and the keyboard.
//
// It speaks the Chrome DevTools Protocol over a pair of pipes, which Chromium offers beside a websocket
// (--remote-debugging-pipe): JSON, each message ended by a zero byte. That needs no library, opens no port, and the
// browser ends when the pipes do.
//
//	path, found := browser.Find()
//	b, err := browser.Start(path)
//	defer b.Close()
//	page, err := b.Open(ctx, "http://127.0.0.1:8888/lab")
//	err = page.Click(ctx, ".run-button")
//	err = page.Wait(ctx, `document.body.innerText.includes("done")`)
package browser

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// names are the programs that Find looks for.
var names = []string{
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
}

// Find returns the path of a browser that Start can start; false when there is none.
func Find() (path string, found bool) {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

// A Browser is a running one.
type Browser struct {
	cmd     *exec.Cmd
	profile *scratch.Folder
	in      *os.File // what we write, it reads
	ended   chan struct{}

	mu      sync.Mutex
	next    int
	pending map[int]chan reply
	over    error // why no more replies come
}

type reply struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// Start starts the browser with an empty profile of its own.
func Start(path string) (*Browser, error) {
	made, err := scratch.Temporary("", "kelpie-browser-")
	if err != nil {
		return nil, fmt.Errorf("browser: %w", err)
	}
	profile := made.Path
	theirs, ours, err := pipes()
	if err != nil {
		_ = made.Remove()
		return nil, err
	}
	b := &Browser{profile: made, in: ours[0], ended: make(chan struct{}), pending: map[int]chan reply{}}
	args := []string{"--headless=new", "--remote-debugging-pipe", "--user-data-dir=" + profile, "--window-size=1280,1000",
		"--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"}
	if os.Geteuid() == 0 {
		// Chromium's sandbox refuses root, which a container's only user often is. It sees our own pages alone.
		args = append(args, "--no-sandbox")
	}
	b.cmd = exec.Command(path, args...)
	b.cmd.ExtraFiles = theirs // its file descriptors 3 and 4
	b.cmd.Env = append(os.Environ(), "HOME="+profile, "XDG_CONFIG_HOME="+profile, "XDG_CACHE_HOME="+profile)
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = b.cmd.Start()
	for _, file := range theirs {
		_ = file.Close()
	}
	if err != nil {
		_ = made.Remove()
		return nil, fmt.Errorf("browser: %w", err)
	}
	go b.receive(ours[1])
	go func() {
		_ = b.cmd.Wait() // how it ended is of no use to anybody
		close(b.ended)
	}()
	return b, nil
}

// pipes makes one pipe in each direction: the browser reads theirs[0] and writes theirs[1].
func pipes() (theirs, ours []*os.File, err error) {
	read, ourWrite, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("browser: %w", err)
	}
	ourRead, write, err := os.Pipe()
	if err != nil {
		_, _ = read.Close(), ourWrite.Close()
		return nil, nil, fmt.Errorf("browser: %w", err)
	}
	return []*os.File{read, write}, []*os.File{ourWrite, ourRead}, nil
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() {
	_ = b.in.Close()
	select {
	case <-b.ended:
	case <-time.After(2 * time.Second):
	}
	_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
	<-b.ended
	// Its helpers may write for a moment longer.
	for range 20 {
		if b.profile.Remove() == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.profile.Leave()
}

func (b *Browser) receive(from *os.File) {
	defer from.Close()
	reader := bufio.NewReader(from)
	for {
		text, err := reader.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			b.over = errors.New("browser: it has ended")
			for id, waiting := range b.pending {
				close(waiting)
				delete(b.pending, id)
			}
			b.mu.Unlock()
			return
		}
		var r reply
		if json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &r) != nil || r.ID == 0 {
			continue // an event
		}
		b.mu.Lock()
		if waiting := b.pending[r.ID]; waiting != nil {
			waiting <- r
			delete(b.pending, r.ID)
		}
		b.mu.Unlock()
	}
}

// call does one call of the protocol in a session, the browser's own when it is empty.
func (b *Browser) call(ctx context.Context, session, method string, params, result any) error {
	waiting := make(chan reply, 1)
	b.mu.Lock()
	if b.over != nil {
		b.mu.Unlock()
		return b.over
	}
	b.next++
	id := b.next
	b.pending[id] = waiting
	b.mu.Unlock()
	message := map[string]any{"id": id, "method": method, "params": params}
	if session != "" {
		message["sessionId"] = session
	}
	text, err := json.Marshal(message)
	if err == nil {
		_, err = b.in.Write(append(text, 0))
	}
	if err != nil {
		return fmt.Errorf("browser: %s: %w", method, err)
	}
	select {
	case r, ok := <-waiting:
		switch {
		case !ok:
			return fmt.Errorf("browser: %s: it has ended", method)
		case r.Error != nil:
			return fmt.Errorf("browser: %s: %s", method, r.Error.Message)
		case result == nil:
			return nil
		}
		if err := json.Unmarshal(r.Result, result); err != nil {
			return fmt.Errorf("browser: %s: %w", method, err)
		}
		return nil
	case <-ctx.Done():
		b.mu.Lock()
		delete(b.pending, id)
		b.mu.Unlock()
		return fmt.Errorf("browser: %s: %w", method, ctx.Err())
	}
}

// A Page is an open tab.
type Page struct {
	browser *Browser
	session string
}

// Open opens an address in a new tab. It does not wait for the page to be complete; Wait does.
func (b *Browser) Open(ctx context.Context, address string) (*Page, error) {
	var target struct{ TargetID string }
	if err := b.call(ctx, "", "Target.createTarget", map[string]any{"url": address}, &target); err != nil {
		return nil, err
	}
	var attached struct{ SessionID string }
	if err := b.call(ctx, "", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	p := &Page{b, attached.SessionID}
	// A page that takes itself for hidden rests.
	if err := b.call(ctx, p.session, "Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil); err != nil {
		return nil, err
	}
	return p, b.call(ctx, p.session, "Page.bringToFront", map[string]any{}, nil)
}

// Evaluate evaluates JavaScript in the page and decodes its value into result, which may be nil.
func (p *Page) Evaluate(ctx context.Context, script string, result any) error {
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	err := p.browser.call(ctx, p.session, "Runtime.evaluate", map[string]any{"expression": script, "returnByValue": true, "awaitPromise": true}, &answer)
	if err != nil {
		return err
	}
	if e := answer.ExceptionDetails; e != nil {
		return fmt.Errorf("browser: %s %s", e.Text, e.Exception.Description)
	}
	if result == nil || len(answer.Result.Value) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer.Result.Value, result); err != nil {
		return fmt.Errorf("browser: the value of the script: %w", err)
	}
	return nil
}

// Wait waits until the JavaScript condition holds. A condition that throws does not hold yet.
func (p *Page) Wait(ctx context.Context, condition string) error {
	for {
		var holds bool
		err := p.Evaluate(ctx, "(() => { try { return Boolean("+condition+") } catch { return false } })()", &holds)
		if err == nil && holds {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("browser: waiting for %s: %w", condition, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Click waits for the element and clicks on its middle.
func (p *Page) Click(ctx context.Context, selector string) error {
	element := "document.querySelector(" + strconv.Quote(selector) + ")"
	if err := p.Wait(ctx, element+".getClientRects().length > 0"); err != nil {
		return err
	}
	var at struct{ X, Y float64 }
	script := "(() => { const e = " + element + "; e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2} })()"
	if err := p.Evaluate(ctx, script, &at); err != nil {
		return err
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		err := p.browser.call(ctx, p.session, "Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// Type types text where the focus is.
func (p *Page) Type(ctx context.Context, text string) error {
	return p.browser.call(ctx, p.session, "Input.insertText", map[string]any{"text": text}, nil)
}

// A Key is one that types no letter.
type Key struct {
	name, text string
	code       int
}

// Keys that Press presses.
var (
	Enter  = Key{"Enter", "\r", 13}
	Tab    = Key{"Tab", "", 9}
	Escape = Key{"Escape", "", 27}
)

// Press presses a key, with shift held or not.
func (p *Page) Press(ctx context.Context, key Key, shift bool) error {
	modifiers := 0
	if shift {
		modifiers = 8
	}
	for _, kind := range []string{"keyDown", "keyUp"} {
		event := map[string]any{"type": kind, "key": key.name, "code": key.name, "windowsVirtualKeyCode": key.code, "modifiers": modifiers}
		if kind == "keyDown" && key.text != "" {
			event["text"] = key.text
		}
		if err := p.browser.call(ctx, p.session, "Input.dispatchKeyEvent", event, nil); err != nil {
			return err
		}
	}
	return nil
}

// Screenshot is what the page shows, as PNG.
func (p *Page) Screenshot(ctx context.Context) ([]byte, error) {
	var shot struct{ Data []byte }
	err := p.browser.call(ctx, p.session, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	return shot.Data, err
}

// Look makes the page as wide as a screen of so many CSS pixels, light or dark, or as it is printed.
func (p *Page) Look(ctx context.Context, width int, dark, print bool) error {
	scheme, media := "light", ""
	if dark {
		scheme = "dark"
	}
	if print {
		media = "print"
	}
	err := p.browser.call(ctx, p.session, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	if err != nil {
		return err
	}
	return p.browser.call(ctx, p.session, "Emulation.setEmulatedMedia", map[string]any{
		"media": media, "features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}},
	}, nil)
}
