package notebook_test

import (
	"strings"
	"testing"

	"github.com/stophacking/kelpie/kernel-ext/internal/notebook"
)

// What is wrong with a notebook is said with its cell, when it is read or before it
// is rendered.
func TestRenderable(t *testing.T) {
	for cells, want := range map[string]string{
		``: "",
		`{"cell_type": "raw", "source": ["a\n", "b"]}, {"cell_type": "code", "source": "", "outputs": [{"output_type": "stream"}, {"output_type": "error"},
		 {"output_type": "display_data", "data": {"text/html": ["a"], "image/png": "x", "application/json": {}}}]}`: "",
		`{"cell_type": "markdown", "source": "", "attachments": {"a.png": {"image/png": "x"}}}`: "",
		`{"cell_type": "raw", "source": ""}, {"cell_type": "song", "source": ""}`:               `cell 2: cell_type is "song", want code, markdown or raw`,
		`{"cell_type": "raw", "source": ""}, {"cell_type": "code", "source": 7}`:                "source: neither a string nor a list of strings",
		`null`: "cells: null in place of an object",
		`{"cell_type": "code", "source": "", "outputs": [{"output_type": "stream"}, {"output_type": "smell"}]}`:          `cell 1: output 2: output_type is "smell"`,
		`{"cell_type": "code", "source": "", "outputs": [{"output_type": "execute_result", "data": {"image/png": {}}}]}`: "cell 1: output 1: image/png: neither a string",
		`{"cell_type": "markdown", "source": "", "attachments": ["a"]}`:                                                  "cell 1: attachments: ",
	} {
		nb, err := notebook.Parse([]byte(`{"nbformat": 4, "cells": [` + cells + `]}`))
		if err == nil {
			err = nb.Renderable()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", cells, err, want)
		}
	}
}
