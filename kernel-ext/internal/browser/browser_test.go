package browser_test

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stophacking/kelpie/kernel-ext/internal/browser"
)

const page = `data:text/html,<title>t</title><input id=name><button id=go onclick="document.title='clicked '+document.getElementById('name').value">go</button>` +
	`<script>document.getElementById('name').onkeydown=e=>{if(e.key==='Enter'%26%26e.shiftKey)document.title='entered'}</script>`

func TestPage(t *testing.T) {
	path, found := browser.Find()
	if !found {
		t.Skip("no Chromium or Chrome on PATH")
	}
	before, _ := filepath.Glob(filepath.Join(os.TempDir(), "kelpie-browser-*"))
	b, err := browser.Start(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p, err := b.Open(ctx, page)
	if err != nil {
		t.Fatal(err)
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(p.Click(ctx, "#name"))
	do(p.Type(ctx, "wörld😀"))
	do(p.Click(ctx, "#go"))
	do(p.Wait(ctx, `document.title === "clicked wörld😀"`))
	do(p.Click(ctx, "#name"))
	do(p.Press(ctx, browser.Enter, true))
	do(p.Wait(ctx, `document.title === "entered"`))
	var sum int
	do(p.Evaluate(ctx, "Promise.resolve(40 + 2)", &sum))
	if sum != 42 {
		t.Errorf("evaluated to %d", sum)
	}
	if err := p.Evaluate(ctx, "nothing.here", nil); err == nil || !strings.Contains(err.Error(), "nothing is not defined") {
		t.Errorf("error %v", err)
	}
	shot, err := p.Screenshot(ctx)
	do(err)
	if _, err := png.Decode(bytes.NewReader(shot)); err != nil {
		t.Error(err)
	}
	short, stop := context.WithTimeout(ctx, 100*time.Millisecond)
	defer stop()
	if err := p.Wait(short, "false"); err == nil || !strings.Contains(err.Error(), "waiting for false") {
		t.Errorf("error %v", err)
	}
	b.Close()
	if err := p.Evaluate(ctx, "1", nil); err == nil {
		t.Error("a closed browser answers")
	}
	if after, _ := filepath.Glob(filepath.Join(os.TempDir(), "kelpie-browser-*")); len(after) > len(before) {
		t.Errorf("left behind: %q", after)
	}
}

func TestStartOfNothing(t *testing.T) {
	if _, err := browser.Start(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error")
	}
}
