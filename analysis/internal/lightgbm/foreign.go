package lightgbm

import (
	"bytes"
	"strings"
)

// foreigners are the files that are given in the place of a model's text, by what
// they begin with, and, where that says too little, what follows soon. The first
// that fits is the one.
var foreigners = []struct{ begin, holds, what string }{
	{"{L\x00\x00\x00\x00\x00\x00\x00\x07learner", "", " but one of XGBoost (UBJSON)"},
	{"{", `"learner"`, " but one of XGBoost (JSON)"},
	{"{", `"oblivious_trees"`, " but one of CatBoost (JSON)"},
	{"{", `"kelpie-pipeline/`, " but a pipeline of this package: Load takes its directory"},
	{"{", "", " text but JSON, as dump_model writes it; save_model writes text"},
	{"binf", "", " but one of XGBoost"},
	{"bs64", "", " but one of XGBoost"},
	{"booster[0]", "", " but a dump of XGBoost's trees"},
	{"CBM1", "", " but one of CatBoost"},
	{"\x80", "sklearn", " text but a pickle of scikit-learn; save_model of its booster writes text, if it is of LightGBM"},
	{"\x80", "", " text but a pickle; save_model writes text"},
	{"\x08", "onnx", " but one in ONNX"},
	{"______LightGBM_Binary_File_Token______", "", " but a data set of LightGBM, as save_binary writes it"},
	{"#include", "", " text but code, as convert_model writes it; save_model writes text"},
	{"<?xml", "", " but XML"},
	{"PAR1", "", " but a Parquet file"},
	{"PK\x03\x04", "", " but a zip archive"},
	{"\x1f\x8b", "", ": it is compressed by gzip; unpack it first"},
	{"x\x9c", "", ": it is compressed by zlib, as joblib does; save_model writes text"},
	{"\x89HDF", "", " but an HDF5 file"},
	{"\xef\xbb\xbftree", "", ": a byte order mark stands before it; save it without one"},
	{"\xff\xfe", "", ": it is UTF-16; save it as UTF-8"},
	{"tree\r", "", ": its lines end in a carriage return alone; save it with line feeds"},
}

// foreign says what a file is by its first bytes, "" if they do not tell.
func foreign(head []byte) string {
	for _, f := range foreigners {
		if bytes.HasPrefix(head, []byte(f.begin)) && strings.Contains(string(head), f.holds) {
			return f.what
		}
	}
	return ""
}
