// Package lightgbm holds tree models as LightGBM writes them to text: it writes
// the format, reads it with every check that keeps a damaged or hostile file
// from doing harm, and scores a row.
//
// A [Model] is the file as values. [Model.Marshal] writes it with the header
// "version=v3", which LightGBM 2 to 4 and github.com/dmitryikh/leaves all open;
// [Parse] reads what LightGBM 2.3 to 4.x wrote, of every objective, boosting and
// rule for missing values, as long as it has one output and no linear trees.
// [Leaves] opens a file through the leaves library, as a second
// opinion.
//
//	text, err := model.Marshal()
//	again, err := lightgbm.Parse(text)
//	margin := again.Raw([]float64{0, 100, 0.1})
//	probability := again.Transform(margin)
//
// Features may have any text as a name (kworker/2:1, <vsftpd>, "a = b"): the file
// gets safe and unique names from [SafeNames], and beside them, where they
// differ, the originals in a header line that other readers skip.
package lightgbm
