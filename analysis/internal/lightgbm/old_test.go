package lightgbm_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis/internal/lightgbm"
)

// Files of early LightGBM are named as such, with what to do. Those in testdata/old
// were written by the versions that they are called after.
func TestEarlyFiles(t *testing.T) {
	const renew = "files of LightGBM before 2.2: load it with LightGBM 2.3 or later, and save it again"
	late := string(read(t, "testdata/old/2.2.3.txt"))
	without := func(line string) string {
		at := strings.Index(late, line)
		return late[:at] + late[at+strings.Index(late[at:], "\n")+1:]
	}
	for name, c := range map[string]struct{ text, says string }{
		"2.0":        {string(read(t, "testdata/old/2.0.12.txt")), `line 45: the trees end without "end of trees", as in ` + renew},
		"2.1":        {string(read(t, "testdata/old/2.1.2.txt")), `line 45: the trees end without "end of trees", as in ` + renew},
		"Windows":    {strings.ReplaceAll(string(read(t, "testdata/old/2.1.2.txt")), "\n", "\r\n"), `line 45: the trees end without "end of trees", as in ` + renew},
		"no version": {without("version="), "version: the header has no such line, as in " + renew},
		"no sizes":   {without("tree_sizes="), "tree_sizes: the header has no such line, as in " + renew},
		"no per":     {without("num_tree_per_iteration="), "num_tree_per_iteration: the header has no such line, as in " + renew},
		"late":       {strings.Replace(without("feature_infos="), "version=v2", "version=v4", 1), "feature_infos: the header has no such line"},
	} {
		_, err := lightgbm.Parse([]byte(c.text))
		if err == nil || !strings.HasSuffix(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	// That of 2.2 is read; the scores are those of LightGBM 2.2.3.
	for _, text := range []string{late, strings.ReplaceAll(late, "\n", "\r\n")} {
		m := parse(t, []byte(text))
		for _, c := range []struct {
			row  []float64
			want float64
		}{
			{[]float64{0.6, 0.95, 2.0}, 0.5154070126055893},
			{[]float64{0.4, 0.2, 0.0}, 0.441221667147947},
			{[]float64{0.4, 0.4, 1.0}, 0.45765412443950093},
			{[]float64{math.NaN(), 0.1, 1.0}, 0.441221667147947},
			{[]float64{0.6, math.NaN(), 1.0}, 0.5667423835184887},
			{[]float64{0.9, 0.3, 3.0}, 0.5667423835184887},
		} {
			if got := m.Transform(m.Raw(c.row)); math.Abs(got-c.want) > 1e-15 {
				t.Errorf("%v scores %v, want %v", c.row, got, c.want)
			}
		}
	}
}

// What is no text of a model is named for what it is where its first bytes tell.
func TestForeignFiles(t *testing.T) {
	for head, says := range map[string]string{
		`{"name":"tree","version":"v4","num_class":1`:    "JSON, as dump_model writes it",
		`{"learner":{"attributes":{},"feature_names":[]`: "one of XGBoost (JSON)",
		"{L\x00\x00\x00\x00\x00\x00\x00\x07learner{L":    "one of XGBoost (UBJSON)",
		"binf\x00\x00\x00?":                              "one of XGBoost",
		"booster[0]:\n0:[f0<0.5] yes=1":                  "a dump of XGBoost's trees",
		"CBM1\x10\x00\x00\x00":                           "one of CatBoost",
		`{"features_info":{},"oblivious_trees":[]}`:      "one of CatBoost (JSON)",
		"\x80\x04\x95\x10\x00sklearn.ensemble":           "a pickle of scikit-learn",
		"\x80\x02}q\x00":                                 "text but a pickle",
		"\x08\x0a\x12\x08skl2onnx\x1a\x07ai.onnx":        "one in ONNX",
		"______LightGBM_Binary_File_Token______\n":       "a data set of LightGBM",
		"#include \"gbdt.h\"\n":                          "code, as convert_model writes it",
		"<?xml version=\"1.0\"?><PMML>":                  "but XML",
		"PK\x03\x04":                                     "a zip archive",
		"\x1f\x8b\x08":                                   "compressed by gzip",
		"x\x9c\xed":                                      "compressed by zlib",
		"\xef\xbb\xbftree\n":                             "a byte order mark",
		"\xff\xfet\x00":                                  "UTF-16",
		"tree\rversion=v4\r":                             "a carriage return alone",
		`{"format": "kelpie-pipeline/2"`:                 "Load takes its directory",
		"port,label\n1,0\n":                              `it must be "tree", not "port,label"`,
		"\x08\x01\x02":                                   `it must be "tree"`,
	} {
		_, err := lightgbm.Parse([]byte(head))
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "line 1: not a LightGBM model") {
			t.Errorf("%q: %v, want %q", head, err, says)
		}
	}
}
