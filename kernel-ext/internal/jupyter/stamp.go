package jupyter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/stophacking/kelpie/analysis/files"
	"github.com/stophacking/kelpie/analysis/visible"
)

// A stamp is a file that says what a step was made from. It is written when the step has ended well, so a step that was
// interrupted has none and is done again.

// maxStamp is far more than a stamp holds.
const maxStamp = 1 << 16

// stamped returns what the step was last made from; empty when it never ended.
func (c Checkout) stamped(step string) string {
	text, err := files.Read(c.Path("stamps", step), maxStamp)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(text), "\n")
}

// stamp notes what the step was made from. The file appears whole or not at all.
func (c Checkout) stamp(step, from string) error {
	return WriteFile(c.Path("stamps", step), []byte(from+"\n"))
}

// WriteFile writes the file whole or not at all, through no link, making its folder.
func WriteFile(path string, text []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = files.Write(path, text, 0o644)
	}
	if err != nil {
		return fmt.Errorf("jupyter: writing %s: %w", visible.Text(path), err)
	}
	return nil
}

// digest condenses texts to one short key; which text is which matters.
func digest(texts ...string) string {
	sum := sha256.New()
	for _, text := range texts {
		fmt.Fprintf(sum, "%d:%s", len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// digestFiles is digest over the contents of files.
func digestFiles(paths ...string) (string, error) {
	var texts []string
	for _, path := range paths {
		text, err := files.Read(path, maxText)
		if err != nil {
			return "", fmt.Errorf("jupyter: the checkout is not complete: %w", err)
		}
		texts = append(texts, string(text))
	}
	return digest(texts...), nil
}
