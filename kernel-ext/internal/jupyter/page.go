package jupyter

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/stophacking/kelpie/analysis/visible"
	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
	"github.com/stophacking/kelpie/kernel-ext/internal/process"
	"github.com/stophacking/kelpie/kernel-ext/internal/scratch"
)

// A Page is a report to be made of a notebook with its outputs.
type Page struct {
	// Notebook is the file; it is not changed, and nothing of it is run.
	Notebook string
	// To is the file of the page. What is there is replaced, a link too; what a link leads to stays.
	To string
	// Beside are the names, without folder and .ipynb, of notebooks whose pages lie in the same folder; they are linked.
	Beside []string
	// Date is the day that the page names as that of its making; none when zero.
	Date time.Time
}

// HTML renders a notebook as one page that fetches and runs nothing: with contents, highlighted code that folds, described
// pictures, and a word on where its numbers come from. Cells tagged remove-cell are left out, the code of those tagged
// hide-cell is folded. The page appears whole or not at all. Errors name the notebook and, where
// one cell is to blame, the cell.
func HTML(ctx context.Context, c Checkout, p Page) error {
	nb, err := notebook.Load(p.Notebook)
	if err != nil {
		return err
	}
	if err := nb.Renderable(); err != nil {
		return fmt.Errorf("jupyter: %s: %w", visible.Text(p.Notebook), err)
	}
	settings, err := p.settings(ctx, c, nb)
	if err != nil {
		return err
	}
	if err := writeTemplates(c); err != nil {
		return err
	}
	source, err := filepath.Abs(p.Notebook)
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	// nbconvert writes over what is there, and where a link leads.
	made, err := scratch.Temporary(filepath.Dir(p.To), ".writing-")
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	defer made.Remove()
	rendered, err := filepath.Abs(filepath.Join(made.Path, "page.html"))
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	for _, args := range [][]string{
		nbconvert(c, "--to", "html", literal(source), "--template=kelpie",
			"--TemplateExporter.extra_template_basedirs="+c.Path("templates"),
			"--TagRemovePreprocessor.enabled=True", "--TagRemovePreprocessor.remove_cell_tags=remove-cell",
			"--output-dir="+filepath.Dir(rendered), "--output="+filepath.Base(rendered)),
		{c.Python(), "-I", c.Path("templates", "page.py"), rendered, string(settings)},
	} {
		var complaint bytes.Buffer
		err := process.Run(ctx, process.Command{
			Args: args, Dir: filepath.Dir(rendered), Unset: pythonFree, Env: jupyterEnv(c.Path("templates")), Stderr: &complaint,
		})
		if err != nil {
			return fmt.Errorf("jupyter: rendering %s: %w\n%s", visible.Text(filepath.Base(source)), err, indent(lastLines(complaint.String(), 6)))
		}
	}
	if err := os.Rename(rendered, p.To); err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return nil
}

// neighbour is a report beside this one, as template/page.py reads it.
type neighbour struct {
	Name     string `json:"name"`
	Href     string `json:"href"`
	Notebook string `json:"notebook"`
}

// settings are what template/page.py is told beside the rendered notebook.
func (p Page) settings(ctx context.Context, c Checkout, nb *notebook.Notebook) ([]byte, error) {
	var beside []neighbour
	for _, name := range p.Beside {
		address := url.URL{Path: "./" + name + ".html"}
		beside = append(beside, neighbour{Name: visible.Text(name), Href: address.EscapedPath(), Notebook: name + ".ipynb"})
	}
	origins, err := origins(nb)
	if err != nil {
		return nil, fmt.Errorf("jupyter: %s: %w", visible.Text(p.Notebook), err)
	}
	var lines []string
	for _, origin := range origins {
		lines = append(lines, "Data: "+visible.Text(origin))
	}
	settings := map[string]any{
		"title":  visible.Text(strings.TrimSuffix(filepath.Base(p.Notebook), ".ipynb")),
		"beside": beside, "provenance": append(lines, "Rendered by Kelpie"+commit(ctx, c)+" with "+runtime.Version()+on(p.Date)+"."),
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return nil, fmt.Errorf("jupyter: %w", err)
	}
	return text, nil
}

// origins are the data that the notebook's summaries name, each once, in order.
func origins(nb *notebook.Notebook) ([]string, error) {
	summaries, err := nb.Summaries()
	if err != nil {
		return nil, err
	}
	var all []string
	seen := map[string]bool{"": true}
	for _, text := range summaries {
		var summary struct{ Origin string }
		// Somebody else's summary may be of another form.
		if json.Unmarshal(text, &summary) == nil && !seen[summary.Origin] {
			seen[summary.Origin] = true
			all = append(all, summary.Origin)
		}
	}
	return all, nil
}

// commit is the checkout's, after a blank; nothing where git does not tell.
func commit(ctx context.Context, c Checkout) string {
	var answer bytes.Buffer
	err := process.Run(ctx, process.Command{Args: []string{"git", "-C", c.Root, "rev-parse", "--short=12", "HEAD"}, Stdout: &answer})
	if err != nil {
		return ""
	}
	return " " + strings.TrimSpace(answer.String())
}

func on(date time.Time) string {
	if date.IsZero() {
		return ""
	}
	return " on " + date.Format(time.DateOnly)
}

// writeTemplates puts the page's template where nbconvert finds it, and what is done with its result beside it.
func writeTemplates(c Checkout) error {
	text, err := templates.ReadFile("template/page.py")
	if err == nil {
		err = WriteFile(c.Path("templates", "page.py"), text)
	}
	if err != nil {
		return fmt.Errorf("jupyter: %w", err)
	}
	return fs.WalkDir(templates, "template/kelpie", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := templates.ReadFile(path)
		if err != nil {
			return fmt.Errorf("jupyter: %w", err)
		}
		return WriteFile(c.Path("templates", "kelpie", filepath.Base(path)), text)
	})
}
