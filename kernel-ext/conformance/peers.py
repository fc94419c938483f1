# What users of stock GoNB and of Kelpie's kernel meet, measured in both. After `go run ./kernel-ext install --lab`:
#
#     .kelpie/venv/bin/python kernel-ext/conformance/peers.py
import json
import os
import queue
import signal
import subprocess
import tempfile
import time

from jupyter_client.kernelspec import get_kernel_spec
from jupyter_client.manager import KernelManager

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ["JUPYTER_PATH"] = os.path.join(root, ".kelpie", "venv", "share", "jupyter")
ours = get_kernel_spec("gonb")
TRIES = 10
MARK = "KELPIE_PEERS_MARK"


def alive(mark):
    """The processes that a kernel left."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if f"{MARK}={mark}".encode() in f.read() and int(pid) != os.getpid():
                    found.append(int(pid))
        except OSError:
            pass
    return found


class Kernel:
    def __init__(self, name, **env):
        self.mark = f"{os.getpid()}-{time.monotonic_ns()}"
        self.manager = KernelManager(kernel_name=name, transport="ipc", ip=os.path.join(folder, self.mark))
        # Without a network but where that is the question, or a slow proxy would be measured too.
        env = {**os.environ, "GOPROXY": "off", "GOSUMDB": "off", MARK: self.mark, **env}
        self.manager.start_kernel(env=env, stderr=subprocess.DEVNULL)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        for pid in alive(self.mark):
            os.kill(pid, signal.SIGKILL)

    def reply(self, request, timeout):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                message = self.client.get_shell_msg(timeout=0.2)
            except queue.Empty:
                if not self.manager.is_alive():
                    return {"status": "dead"}
                continue
            if message["parent_header"].get("msg_id") == request:
                return message["content"]
        return {"status": "none"}

    def outputs(self, request):
        found = []
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=5)
            except queue.Empty:
                return found
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["content"].get("execution_state") == "idle":
                return found
            found.append(message)

    def run(self, code, timeout=60):
        request = self.client.execute(code)
        reply = self.reply(request, timeout)
        return reply["status"], self.outputs(request) if reply["status"] in ("ok", "error") else []


def status(name, code):
    with Kernel(name) as k:
        answer, _ = k.run(code)
        return {"ok": "passes as ok", "error": "error of the cell", "dead": "the kernel dies"}[answer]


def order(name):
    with Kernel(name) as k:
        right = 0
        for n in range(TRIES):
            _, out = k.run(f'import "github.com/janpfeifer/gonb/gonbui"\n%%\nfor i := range 5 {{ // {n}\n\tfmt.Println(i)\n\tgonbui.DisplayHTML(fmt.Sprint(i))\n}}')
            got = []
            for m in out:
                if m["msg_type"] == "stream":
                    got += ["text " + line for line in m["content"]["text"].split()]
                elif m["msg_type"] == "display_data":
                    got.append("shown " + m["content"]["data"].get("text/html", ""))
            right += got == [f"{kind} {i}" for i in range(5) for kind in ("text", "shown")]
    return f"in order in {right} of {TRIES} cells"


def last(name):
    with Kernel(name) as k:
        answer, out = k.run("6 * 7")
        results = [m["content"]["data"]["text/plain"] for m in out if m["msg_type"] == "execute_result"]
        return f"Out[1]: {results[0]}" if results else "parse error" if answer == "error" else "not shown"


def complete(name):
    with Kernel(name) as k:
        answer = k.reply(k.client.is_complete("func f() {"), 5)["status"]
        return "no answer" if answer == "none" else answer


def completion(name):
    with Kernel(name) as k:
        k.run("func Answer() {}")
        k.reply(k.client.complete("Answ", 4), 60)
        time.sleep(3)  # gopls has started by now
        k.reply(k.client.complete("Answ", 4), 60)
        k.client.execute("%%\ntime.Sleep(5 * time.Second)")
        time.sleep(1)
        start = time.monotonic()
        matches = k.reply(k.client.complete("Answ", 4), 60).get("matches", [])
        took = time.monotonic() - start
        waits = "after the cell" if took > 3.5 else f"at once ({1000 * took:.0f} ms)"
        return f"{waits}, {len(matches)} found"


def build(name):
    with Kernel(name) as k:
        k.run("func f() {}")
        with open(slow, "w"):
            request = k.client.execute("func g() {}")
            time.sleep(2)
            start = time.monotonic()
            k.manager.interrupt_kernel()
            k.reply(request, 60)
            took = time.monotonic() - start
        os.remove(slow)
        return f"the cell ends after {took:.1f} s of a build of 20"


def orphans(name):
    k = Kernel(name)
    k.client.execute("!sleep 300")
    time.sleep(2)
    k.client.stop_channels()
    os.kill(k.manager.provisioner.pid, signal.SIGKILL)
    time.sleep(5)
    left = alive(k.mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    k.manager.shutdown_kernel(now=True)
    return f"{len(left)} processes left" if left else "nothing left"


def offline(name):
    with Kernel(name, GOPROXY="http://127.0.0.1:9") as k:
        answer, _ = k.run('import "gonum.org/v1/plot/vg"\n%%\nfmt.Println(vg.Inch)', 120)
        return {"ok": "runs", "error": "fails"}[answer]


ROWS = [
    ("`!false`", lambda n: status(n, "!false")),
    ("`%nosuchmagic`", lambda n: status(n, "%nosuchmagic")),
    ("a second `%%`", lambda n: status(n, "%%\nfmt.Println(1)\n%%")),
    ("`6 * 7`", last),
    ("texts among displays", order),
    ("`is_complete_request`", complete),
    ("completion while a cell runs", completion),
    ("interrupt of a build", build),
    ("kernel killed by SIGKILL", orphans),
    ("import of a module that is there, no network", offline),
]


def kernel(name, argv, env):
    spec = os.path.join(folder, "kernels", name)
    os.makedirs(spec)
    env = {**env, "PATH": ":".join([shims, os.path.join(root, ".kelpie", "gopls"), ours.env["PATH"]])}
    with open(os.path.join(spec, "kernel.json"), "w") as f:
        json.dump({"argv": argv, "display_name": name, "language": "go", "interrupt_mode": "message", "env": env}, f)


with tempfile.TemporaryDirectory() as folder:
    # A go command that takes long to build while the file slow is there.
    shims = os.path.join(folder, "shims")
    slow = os.path.join(shims, "slow")
    os.mkdir(shims)
    with open(os.path.join(shims, "go"), "w") as f:
        f.write(f'#!/bin/sh\n[ "$1" = build ] && [ -e {slow} ] && sleep 20\nPATH="${{PATH#{shims}:}}" exec go "$@"\n')
    os.chmod(f.name, 0o755)
    # GoNB as `gonb --install -go_work=CHECKOUT` sets it up.
    gonb = next(a for a in ours.argv if os.path.basename(a) == "gonb")
    kernel("stock", [gonb, "--kernel", "{connection_file}", "-go_work=" + root], {"TMPDIR": folder})
    kernel("kelpie", ours.argv, ours.env)
    os.environ["JUPYTER_PATH"] = folder
    print("| | stock GoNB v0.11.4 | Kelpie |\n|---|---|---|")
    for title, measure in ROWS:
        print(f"| {title} | {measure('stock')} | {measure('kelpie')} |", flush=True)
