//go:build !windows

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stophacking/kelpie/analysis"
	"github.com/stophacking/kelpie/analysis/exchange"
)

func TestCompareAnswers(t *testing.T) {
	const stored = `{"version": "1.2", "auc": 0.75, "none": null, "raw": [1e9, -3, 0]}`
	for _, test := range []struct{ name, made, difference string }{
		{"the same", stored, ""},
		{"another version", `{"version": "1.3", "auc": 0.75, "none": null, "raw": [1e9, -3, 0]}`, ""},
		{"another order of additions", `{"version": "1.2", "auc": 0.7500000000000002, "none": null, "raw": [1000000000.1, -3, 1e-12]}`, ""},
		{"another number", `{"version": "1.2", "auc": 0.75, "none": null, "raw": [1e9, -3.00001, 0]}`, ".raw[1] is -3.00001, stored is -3"},
		{"a number in place of null", `{"version": "1.2", "auc": 0.75, "none": 0, "raw": [1e9, -3, 0]}`, ".none is 0, stored is <nil>"},
		{"null in place of a number", `{"version": "1.2", "auc": null, "none": null, "raw": [1e9, -3, 0]}`, ".auc is <nil>, stored is 0.75"},
		{"one value less", `{"version": "1.2", "auc": 0.75, "none": null, "raw": [1e9, -3]}`, ".raw is [1e+09 -3], stored is [1e+09 -3 0]"},
		{"one name less", `{"version": "1.2", "none": null, "raw": [1e9, -3, 0]}`, "map["},
	} {
		folders := [2]string{t.TempDir(), t.TempDir()}
		for i, text := range []string{stored, test.made} {
			if err := os.WriteFile(filepath.Join(folders[i], "oracle.json"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		err := sameAnswers(folders[0], folders[1])
		if (err == nil) != (test.difference == "") || err != nil && !strings.Contains(err.Error(), test.difference) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.difference)
		}
	}
}

func TestSameFiles(t *testing.T) {
	session := analysis.NewSession(analysis.Config{KeepNothing: true})
	write := func(values ...int64) string {
		dir := t.TempDir()
		if err := exchange.WriteArrow(session.FromColumns(analysis.Int64s("n", values...)), filepath.Join(dir, "a.arrow")); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	if err := sameFiles(write(1, 2), write(1, 2)); err != nil {
		t.Error(err)
	}
	for _, other := range []string{write(1, 3), write(1), t.TempDir()} {
		if err := sameFiles(write(1, 2), other); err == nil || !strings.Contains(err.Error(), "a.arrow") {
			t.Errorf("error %v", err)
		}
	}
	if err := sameFiles(t.TempDir(), write(1)); err == nil {
		t.Error("nothing was compared, and that is no error")
	}
}

// All answers in a folder are compared, and there have to be some.
func TestSameAnswers(t *testing.T) {
	write := func(answers map[string]string) string {
		dir := filepath.Join(t.TempDir(), "check[1]out")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, text := range answers {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	stored := write(map[string]string{"oracle.json": `{"auc": 0.5}`, "parity.json": `{"auc": 0.99007}`, "tree.txt": "tree"})
	for _, test := range []struct {
		name   string
		stored string
		made   map[string]string
		words  string
	}{
		{"the same", stored, map[string]string{"oracle.json": `{"auc": 0.5}`, "parity.json": `{"auc": 0.99007}`}, ""},
		{"the second differs in its last digit", stored, map[string]string{"oracle.json": `{"auc": 0.5}`, "parity.json": `{"auc": 0.990071}`}, "parity.json: .auc is 0.990071, stored is 0.99007"},
		{"the second was not made", stored, map[string]string{"oracle.json": `{"auc": 0.5}`}, "parity.json"},
		{"broken", stored, map[string]string{"oracle.json": `{`, "parity.json": `{"auc": 0.99007}`}, "oracle.json: "},
		{"nothing to compare", t.TempDir(), map[string]string{"oracle.json": `{}`}, "no JSON files"},
	} {
		err := sameAnswers(test.stored, write(test.made))
		if (err == nil) != (test.words == "") || err != nil && !strings.Contains(err.Error(), test.words) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.words)
		}
	}
}

// What the other programs are asked for is what the frame holds.
func TestExpectation(t *testing.T) {
	frame := oracleFrame(analysis.NewSession(analysis.Config{KeepNothing: true}))
	table, err := frame.Limit(8).Collect()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(expectation(frame.Schema(), table))
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{
		`{"name":"small","type":"int32","values":["-2147483648","2147483647","0","0","1","4","9",null]}`,
		`{"name":"flag","type":"bool","values":["true","false","false","true","false","false","true",null]}`,
		`{"name":"time","type":"timestamp","values":["-1","0","-2208988800","7258118400","1556549159","1556549160","1556549161",null]}`,
		`["NaN","+Inf","-Inf","-0","1.7976931348623157e+308","5e-324","0",null]`,
	} {
		if !strings.Contains(string(text), column) {
			t.Errorf("%s is not in\n%s", column, text)
		}
	}
}
