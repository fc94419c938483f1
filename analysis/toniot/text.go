package toniot

import "strconv"

// number appends v and a comma.
func number(b []byte, v int64) []byte {
	if v >= 0 && v < 10 {
		return append(b, byte('0'+v), ',')
	}
	return append(strconv.AppendInt(b, v, 10), ',')
}

// text appends s and a comma.
func text(b []byte, s string) []byte {
	b = append(b, s...)
	return append(b, ',')
}

// hundredths appends v/100 and a comma, as a float prints: 1.01, 0.1, 0.0. In
// the oldest rows whole numbers have no point: 0.
func hundredths(b []byte, v int64, short bool) []byte {
	b = strconv.AppendInt(b, v/100, 10)
	switch v %= 100; {
	case v == 0 && short:
	case v%10 == 0:
		b = append(b, '.', byte('0'+v/10))
	default:
		b = append(b, '.', byte('0'+v/10), byte('0'+v%10))
	}
	return append(b, ',')
}

// tenths appends v/10 and a comma, without a point where it is whole.
func tenths(b []byte, v int64) []byte {
	return append(appendTenths(b, v), ',')
}

func appendTenths(b []byte, v int64) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	b = strconv.AppendInt(b, v/10, 10)
	if v%10 != 0 {
		b = append(b, '.', byte('0'+v%10))
	}
	return b
}

// padded appends s right-justified in the seven characters of VGROW, and a comma.
func padded(b []byte, s []byte) []byte {
	for i := len(s); i < 7; i++ {
		b = append(b, ' ')
	}
	return append(append(b, s...), ',')
}

// label appends the columns attack and type and ends the row.
func label(b []byte, k kind) []byte {
	if k == normal {
		return append(b, "0,normal\n"...)
	}
	return append(append(append(b, "1,"...), kindNames[k]...), '\n')
}
