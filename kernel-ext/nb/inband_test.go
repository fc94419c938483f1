package nb_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/stophacking/kelpie/kernel-ext/internal/frame"
)

const token = "00112233445566778899aabbccddeeff"

// runInBand runs a cell as Kelpie's kernel does and returns what it left behind, and
// the parts of its standard output.
func runInBand(t *testing.T, name string) (ran, []frame.Part) {
	t.Helper()
	result := runCell(t, name, frame.Variable+"="+token)
	s := frame.NewSplitter(token, 64<<20)
	parts := s.Write(result.stdout)
	if text, lost := s.Flush(); text != "" || lost > 0 {
		t.Errorf("%s: %q left over, %d lost", name, text, lost)
	}
	return result, parts
}

// Both ways carry the same forms and the same metadata.
func TestInBandAsByPipe(t *testing.T) {
	piped := runNotebook(t, "forms", 0).displays
	_, parts := runInBand(t, "forms")
	if len(parts) != len(piped) {
		t.Fatalf("%d displays, %d by pipe", len(parts), len(piped))
	}
	for i, part := range parts {
		if part.Kind != frame.Display {
			t.Fatalf("part %d: %c %q", i, part.Kind, part.Text)
		}
		content, err := frame.DecodeContent(part.Payload)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal([]any{content.Data, content.Metadata})
		if err != nil {
			t.Fatal(err)
		}
		if piped[i].Metadata == nil {
			piped[i].Metadata = map[string]any{}
		}
		// The kernel turns a []byte into base64, as JSON does.
		want, err := json.Marshal([]any{piped[i].Data, piped[i].Metadata})
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(got, &a) != nil || json.Unmarshal(want, &b) != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("display %d: %s\nby pipe: %s", i, got, want)
		}
	}
}

// told puts the parts into words: text as it is, a message by its kind and text.
func told(t *testing.T, parts []frame.Part) []string {
	t.Helper()
	var said []string
	for _, part := range parts {
		switch part.Kind {
		case 0:
			said = append(said, part.Text)
		case frame.Failure:
			fault, err := frame.DecodeFault(part.Payload)
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, fmt.Sprintf("e %s %v", fault.Message, fault.Initialiser))
		default:
			content, err := frame.DecodeContent(part.Payload)
			if err != nil {
				t.Fatal(err)
			}
			said = append(said, fmt.Sprintf("%c %s", part.Kind, content.Data["text/plain"]))
		}
	}
	return said
}

func TestInBandOrder(t *testing.T) {
	for _, c := range []struct {
		cell   string
		status int
		want   []string
	}{
		{"mixed", 2, []string{"a\n", `d "1"`, "b\n", `d "2"`, `d "3"`, "c"}},
		{"error", 1, []string{`d "before"`, "e toniot: process_1.csv:7: bad number false"}},
		{"update", 0, []string{`d "1"`, `d "other"`, `u "2"`, `u "3"`}},
		{"result", 0, []string{`d "7"`, `r "a"`}},
		{"resultVoid", 0, []string{"text"}},
		{"resultError", 1, []string{"e toniot: process_1.csv:7: bad number false"}},
		{"resultValue", 0, []string{`r "\u003cnil\u003e"`}},
		{"swapped", 0, []string{`d "shown"`}},
	} {
		result, parts := runInBand(t, c.cell)
		for i, want := range c.want {
			// JSON has more than one way to write a character.
			c.want[i] = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(want)
		}
		if got := told(t, parts); !reflect.DeepEqual(got, c.want) || result.status != c.status {
			t.Errorf("%s: status %d, %q, want %q", c.cell, result.status, got, c.want)
		}
	}
}

// With standard output closed the reason is told on standard error.
func TestInBandClosed(t *testing.T) {
	result := runCell(t, "closed", frame.Variable+"="+token)
	got := told(t, frame.NewSplitter(token, 1<<20).Write(result.stderr))
	want := []string{"e nb: a display is lost, because the cell's standard output broke: write /dev/stdout: file already closed false"}
	if !reflect.DeepEqual(got, want) || result.status != 1 {
		t.Errorf("status %d, %q", result.status, got)
	}
}

func TestInBandLarge(t *testing.T) {
	_, parts := runInBand(t, "hugePicture")
	if len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	content, err := frame.DecodeContent(parts[0].Payload)
	if err != nil {
		t.Fatal(err)
	}
	var encoded string
	if err := json.Unmarshal(content.Data["image/png"], &encoded); err != nil {
		t.Fatal(err)
	}
	picture, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(picture) < 4_000_000 {
		t.Errorf("%d bytes of picture: %v", len(picture), err)
	}
	if text := told(t, parts)[1]; !strings.HasPrefix(text, `d "picture, `) || !strings.Contains(text, "bytes left out, the limit is") {
		t.Error(text)
	}
}

func TestUpdateByPipe(t *testing.T) {
	got := runNotebook(t, "update", 0)
	if want := []string{"1", "other", "2", "3"}; !reflect.DeepEqual(texts(got), want) {
		t.Errorf("%q", texts(got))
	}
	ids := map[string]int{}
	for _, display := range got.displays {
		ids[display.DisplayID]++
	}
	if len(ids) != 2 || ids[""] != 0 {
		t.Errorf("display IDs %v", ids)
	}
	if _, ok := got.displays[0].Data[protocol.MIMETextPlain]; !ok {
		t.Error("no text")
	}
}
