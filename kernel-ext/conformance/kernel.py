# Jupyter's own test suite for kernels, with samples for Go.
import os
import unittest

import jupyter_kernel_test
from jupyter_client.kernelspec import get_kernel_spec

NAME = os.environ["KELPIE_KERNEL"]

# GoNB as it comes knows neither the last expression, nor history, nor completion without gopls.
PLAIN = os.path.basename(get_kernel_spec(NAME).argv[0]) == "gonb"

NB = 'import "github.com/stophacking/kelpie/kernel-ext/nb"\n%%\n'


# Two of the suite's tests have nothing to try and are skipped: Go has no call that clears a cell's output (nb.Update
# replaces one display by another), and no pager, a payload of IPython's that the protocol has deprecated.
class GoKernel(jupyter_kernel_test.KernelTests):
    kernel_name = NAME
    language_name = "go"
    file_extension = ".go"
    code_hello_world = '%%\nfmt.Println("hello, world")'
    code_stderr = '%%\nfmt.Fprintln(os.Stderr, "oops")'
    code_generate_error = 'var n int = "text"'
    code_display_data = [
        {"code": NB + 'nb.Markdown("**bold**")', "mime": "text/markdown"},
        {"code": NB + 'nb.HTML("<b>bold</b>")', "mime": "text/html"},
        {"code": NB + 'nb.HTML("<b>bold</b>")', "mime": "text/plain"},
    ]
    if not PLAIN:
        code_execute_result = [
            {"code": "6 * 7", "result": "42"},
            {"code": 'len("häuser")', "result": "7"},
        ]
        supported_history_operations = ("tail", "range", "search")
        code_history_pattern = "6*7"
        code_inspect_sample = "%timeit"
        completion_samples = [
            {"text": "%%wri", "matches": {"%%writefile"}},
            {"text": "%timei", "matches": {"%timeit"}},
            {"text": "fmt.Printl"},
        ]
        complete_code_samples = ["x := 1", "func f() {\n\treturn\n}", "var a = 1\n%%\nprintln(a)", "!ls", ""]
        incomplete_code_samples = ["func f() {", "fmt.Println(1,", "x := `raw", "%%\nif true {"]
        invalid_code_samples = ["x := )", "x y z", "%%\n%%"]

    def test_interrupt(self):
        self.flush_channels()
        self.kc.execute("%%\nfmt.Println(\"begun\")\ntime.Sleep(time.Minute)")
        while self.kc.get_iopub_msg(timeout=30)["msg_type"] != "stream":
            pass
        self.km.interrupt_kernel()
        reply = self.get_non_kernel_info_reply(timeout=30)
        self.assertEqual(reply["content"]["status"], "error")
        self.flush_channels()
        reply, _ = self.execute_helper("%%\nfmt.Println(1)")
        self.assertEqual(reply["content"]["status"], "ok")

    def test_restart(self):
        self.execute_helper("var kept = 1")
        self.km.restart_kernel()
        self.kc.wait_for_ready(timeout=30)
        self.flush_channels()
        reply, _ = self.execute_helper("%%\nfmt.Println(kept)")
        self.assertEqual(reply["content"]["status"], "error")

    @unittest.skipIf(PLAIN, "GoNB lets failing shell lines pass")
    def test_failing_shell_line(self):
        self.flush_channels()
        for code in ("!false", "%%bash\nexit 9", "%nosuchmagic", "%%\n%%"):
            with self.subTest(code=code):
                reply, _ = self.execute_helper(code)
                self.assertEqual(reply["content"]["status"], "error")

    @unittest.skipIf(PLAIN, "GoNB goes on with queued cells")
    def test_queued_cells_stop(self):
        self.flush_channels()
        ids = [self.kc.execute(code) for code in ("%%\npanic(1)", "%%\nfmt.Println(1)")]
        replies = [self.get_non_kernel_info_reply(timeout=30) for _ in ids]
        self.assertEqual([r["content"]["status"] for r in replies], ["error", "aborted"])
        # What comes after those is run again.
        self.flush_channels()
        reply, _ = self.execute_helper("%%\nfmt.Println(1)")
        self.assertEqual(reply["content"]["status"], "ok")


if __name__ == "__main__":
    unittest.main(argv=["kernel.py"])
