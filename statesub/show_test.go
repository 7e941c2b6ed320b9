package statesub

import (
	"fmt"
	"reflect"
	"strings"
)

// showUpdate writes down what an update says: a line for each row, with the
// fields that it names, and one for each count.
func showUpdate(u *Update) string {
	var b strings.Builder
	v := reflect.ValueOf(u).Elem()
	for i := range v.NumField() {
		table, name := v.Field(i), v.Type().Field(i).Name
		if table.Kind() != reflect.Struct {
			continue
		}
		for _, op := range []string{"Inserts", "Updates"} {
			rows := table.FieldByName(op)
			for j := range rows.Len() {
				row := rows.Index(j)
				id := row.FieldByName("ID").Uint()
				if name == "Others" {
					id = 0 // a hash
				}
				fields := uint16(row.FieldByName("Fields").Uint())
				fmt.Fprintf(&b, "%s %s %d:%s\n", strings.ToLower(op[:6]), name, id, showFields(row.FieldByName("Row").Elem(), fields))
			}
		}
		for _, id := range table.FieldByName("Deletes").Interface().([]uint64) {
			if name == "Others" {
				id = 0
			}
			fmt.Fprintf(&b, "delete %s %d\n", name, id)
		}
	}
	for t, n := range u.Unreadable {
		if n > 0 {
			fmt.Fprintf(&b, "unreadable %s %d\n", Table(t), n)
		}
	}
	return b.String()
}

// showFields writes down the fields of a row of which the bit is set.
func showFields(row reflect.Value, fields uint16) string {
	var b strings.Builder
	for i := range row.NumField() {
		if fields&(1<<i) != 0 {
			fmt.Fprintf(&b, " %s=%s", row.Type().Field(i).Name, showValue(row.Field(i)))
		}
	}
	return b.String()
}

func showValue(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case Flag:
		return [...]string{"unsaid", "no", "yes"}[value]
	case Symbol:
		return fmt.Sprintf("%q", value.String())
	case string:
		return fmt.Sprintf("%q", value)
	case float64:
		return fmt.Sprintf("%.10g", value)
	default:
		return fmt.Sprint(value)
	}
}

// showRow writes down the fields of a row that are not zero.
func showRow[R any](row *R) string {
	if row == nil {
		return " none"
	}
	v := reflect.ValueOf(row).Elem()
	var fields uint16
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			fields |= 1 << i
		}
	}
	return showFields(v, fields)
}
