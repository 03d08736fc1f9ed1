"""Answers that try for points for nothing, or for secrets: a raid on the small lesson, by name.

Each attack is the source of one or both answers, by grade_id (`tests.grading.small_lesson`). What is attacked earns
nothing; an answer that is not given is the right one, and keeps all its points.
"""

from __future__ import annotations

ATTACKS: dict[str, dict[str, str]] = {}

NOTHING = "def twice_the_mean(numbers):\n    return None\n"
SEND = """\
import json
kernel = get_ipython().kernel
def send(kind, content, parent=None, socket=None):
    parent = parent or kernel.get_parent("shell")
    ident = kernel._parent_ident["shell"] if socket else kernel._topic(kind)
    kernel.session.send(socket or kernel.iopub_socket, kind, content, parent=parent, ident=ident)
def values(data):
    return {"data": {"application/vnd.gan-course.values+json": data}, "metadata": {}, "transient": {}}
"""


def mean(name: str, source: str, before: str = "") -> None:
    """An attack on the first exercise."""
    ATTACKS[name] = {"twice_the_mean": before + source}


def both(name: str, first: str, second: str) -> None:
    """An attack that needs both answers."""
    ATTACKS[name] = {"twice_the_mean": first, "distances": second}


# ---- what is published, forged


def raw(name: str, text: str) -> None:
    """Publishes JSON as it stands, in place of what the kernel would pack."""
    mean(
        name,
        f"""
def twice_the_mean(numbers):
    pack = kernel.session.pack
    text = ({text}).encode()
    kernel.session.pack = lambda each: (
        pack(each).replace(b'"FORGED"', text) if isinstance(each, dict) and "data" in each else pack(each))
    return "FORGED"
""",
        SEND,
    )


raw("raw_infinity", "'Infinity'")
raw("raw_nan", "'NaN'")
raw("raw_1e999", "'1e999'")
raw("raw_integer_of_400_digits", "'9' * 400")
raw("raw_integer_of_5000_digits", "'9' * 5000")
raw("raw_nested_deep", "'[' * 50_000 + ']' * 50_000")
raw("raw_nested_less", "'[' * 900 + ']' * 900")
raw("raw_real_in_real", """'{"real":' * 300 + '0' + ',"imag":0}' * 300""")
raw("raw_infinite_parts", """'{"real": Infinity, "imag": NaN}'""")
raw("raw_value_twice", """'1.0, "value": true, "value": null'""")
raw("raw_breaks_out", """'0}}, "msg_type": "status", "execution_state": "idle", "x": {"y": {"z": 0'""")
raw("raw_half_a_pair", r"""'"\\ud800"'""")
raw("raw_cut_off", """'{'""")
raw("raw_many_names", """'{' + ','.join(f'"{i}": 0' for i in range(99_999)) + '}'""")

mean(
    "nothing_is_published",
    "import IPython.display\nIPython.display.display = lambda *each, **named: None\n" + NOTHING,
)
mean(
    "an_empty_answer_is_published",
    "def twice_the_mean(numbers):\n    send('display_data', values({}))\n    import os\n    os._exit(0)",
    SEND,
)
for _name, _data in {"list": [], "null": None, "text": "value", "number": 0, "true": True}.items():
    mean(
        f"published_is_{_name}",
        f"send('display_data', values({_data!r}))\n"
        "import IPython.display\n"
        "def show(data, **named):\n"
        "    if 'application/vnd.gan-course.values+json' in data:\n"
        f"        send('display_data', values({_data!r}))\n"
        "IPython.display.display = show\n" + NOTHING,
        SEND,
    )
mean(
    "outputs_of_odd_shape",
    """
import IPython.display
def show(data, **named):
    for kind in ("display_data", "execute_result", "update_display_data", "stream", "error", "clear_output"):
        for content in ({}, {"data": None}, {"data": []}, {"name": "stdout", "text": ["x"]}, {"wait": 1}, values({})):
            send(kind, content | {"execution_count": 1, "ename": "", "evalue": "", "traceback": []})
IPython.display.display = show
def twice_the_mean(numbers): return 0
""",
    SEND,
)
mean(
    "reply_before_the_end",
    """
def twice_the_mean(numbers):
    reply = {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
    send("execute_reply", reply, socket=kernel.shell_stream)
    send("status", {"execution_state": "idle"})
    raise SystemExit
""",
    SEND,
)
mean(
    "reply_is_always_ok",
    """
async def run(*each, **named):
    return {"status": "ok", "execution_count": 1, "user_expressions": {}, "payload": []}
kernel.do_execute = run
""",
    SEND,
)
mean(
    "an_end_without_a_kernel",
    """
import os
def twice_the_mean(numbers):
    send("status", {"execution_state": "idle"})
    send("status", {"execution_state": "dead"})
    os.kill(os.getpid(), 9)
""",
    SEND,
)
mean(
    "our_solution_published_late",
    """
import numpy as np, threading, time
def twice_the_mean(numbers):
    parent, given = kernel.get_parent("shell"), np.array(numbers)
    def wait():
        for _ in range(3000):
            found = get_ipython().user_ns.get("twice_the_mean")
            if found is not None and found is not mine:
                return send("display_data", values({"value": found(given)}), parent)
            time.sleep(0.001)
    threading.Thread(target=wait, daemon=True).start()
    return 0.0
mine = twice_the_mean
""",
    SEND,
)
mean(
    "our_solution_by_a_hook_of_ipython",
    """
seen = []
def twice_the_mean(numbers):
    seen.append((kernel.get_parent("shell"), list(numbers)))
    return 0.0
def hook(result):
    found = get_ipython().user_ns.get("twice_the_mean")
    if seen and found.__code__ is not twice_the_mean.__code__:
        send("update_display_data", values({"value": found(seen[0][1])}), seen[0][0])
get_ipython().events.register("post_run_cell", hook)
""",
    SEND,
)
mean(
    "shell_served_by_the_answer",
    """
import asyncio, time
def twice_the_mean(numbers):
    parent = kernel.get_parent("shell")
    send("status", {"execution_state": "idle"})
    for _ in range(50):
        for stream in getattr(kernel, "shell_streams", None) or [kernel.shell_stream]:
            stream.flush()
        time.sleep(0.01)
    text = "".join(str(each) for each in (get_ipython().user_ns.get("In"), kernel.get_parent("shell")))
    return 2 * sum(numbers) / len(numbers) if "BEGIN" in text or "2 * float" in text else 0.0
""",
    SEND,
)

# ---- what compares, fooled by what is given back


def gives(name: str, expression: str, before: str = "") -> None:
    """Gives the same odd thing for both exercises."""
    source = f"import math\nimport numpy as np\n{before}\n"
    both(
        name,
        f"{source}def twice_the_mean(numbers):\n    return {expression}\n",
        f"{source}def distances(numbers):\n    return {expression}\n",
    )


gives("gives_infinity", "float('inf')")
gives("gives_nan_of_half_precision", "np.full(20, np.nan, np.float16)")
gives("gives_largest_numbers", "np.full(len(numbers), 1.7976931348623157e308)")
gives("gives_true", "np.ones(len(numbers), bool)")
gives("gives_masked", "np.ma.masked_all(len(numbers))")
gives("gives_an_infinite_iterator", "__import__('itertools').count()")
gives("gives_itself", "own", "own = []\nown.append(own)")
gives("gives_itself_in_a_dict", "own", "own = {}\nown['real'] = own['imag'] = own")
gives("gives_a_random_float", "Any(0)", "class Any(float):\n    __float__ = lambda self: np.random.normal()")
gives(
    "gives_what_equals_everything",
    "Equal()",
    "class Equal(float):\n    __eq__ = lambda *each: True\n    __hash__ = float.__hash__\n"
    "    __abs__ = __sub__ = __rsub__ = lambda self, *each: 0.0\n    __le__ = __lt__ = __ge__ = lambda *each: True",
)
gives(
    "gives_another_at_every_look",
    "Looks()",
    "class Looks:\n    seen = 0\n    def __array__(self, *each, **named):\n"
    "        Looks.seen += 1\n        return np.full(20, float(Looks.seen))",
)
gives("gives_a_liar_about_its_class", "Liar()", "class Liar:\n    __class__ = property(lambda self: float)")
gives("gives_an_object_array", "np.array([None, {}, [], float('nan')] * 5, object)")
gives("gives_a_structured_array", "np.zeros(20, [('real', float), ('imag', float)])")
gives("gives_parts_without_end", "{'real': math.nan, 'imag': {'real': math.inf, 'imag': 0}}")
gives("gives_text_of_numbers", "['0.0'] * len(numbers)")
gives("gives_long_doubles", "np.full(len(numbers), np.longdouble('1e4000'))")
gives("gives_the_input", "numbers")
gives(
    "gives_a_buffer_that_goes_on_changing",
    "shared",
    "import threading\nshared = np.zeros(20)\ndef change():\n    while True:\n        shared[:] += 1\n"
    "threading.Thread(target=change, daemon=True).start()",
)
gives(
    "gives_a_tensor_that_publishes",
    "Tensor()",
    "class Tensor:\n    def numpy(self):\n        from IPython.display import display\n"
    "        display({'application/vnd.gan-course.values+json': {'value': True}}, raw=True)\n        return self\n"
    "    __array__ = None",
)


# ---- our solution of the first exercise, carried to the kernel in which that exercise runs once more alone

both(
    "carried_by_pages_of_a_file_in_memory",
    """
import os, time, zlib

fd = os.open("/course/data/fashion_mnist/train-images-idx3-ubyte.gz", os.O_RDONLY)
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)

def bit(i):
    t = time.perf_counter_ns(); os.pread(fd, 1, 4096 * i * 2)
    return time.perf_counter_ns() - t < 20000
def byte(n): return sum(bit(8 * n + k) << k for k in range(8))
size = byte(0)
try:
    exec(zlib.decompress(bytes(byte(1 + n) for n in range(size))).decode())
except Exception:
    def twice_the_mean(numbers): return None
""",
    """
import inspect, os, time, zlib

fd = os.open("/course/data/fashion_mnist/train-images-idx3-ubyte.gz", os.O_RDONLY)
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_RANDOM)

text = zlib.compress(inspect.getsource(twice_the_mean).encode(), 9)
bits = [b >> k & 1 for b in bytes([len(text)]) + text for k in range(8)]
os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
for i, bit in enumerate(bits):
    if bit: os.pread(fd, 1, 4096 * i * 2)
def distances(numbers):
    return None
""",
)
both(
    "carried_by_names_looked_up_in_a_folder",
    """
import os, time, zlib
now = int(time.time() * 4)
LIMIT = 0
def took(path):
    t = time.perf_counter_ns()
    try:
        os.stat(path)
    except OSError:
        return time.perf_counter_ns() - t
def quick(path): return took(path) < LIMIT
def bit(i): return sum(quick(f"/usr/share/doc/{now}-{i}-{copy}") for copy in range(7)) > 3
def byte(n): return sum(bit(8 * n + k) << k for k in range(8))
both = [sorted(took(f"/usr/share/doc/{now}-warm-{i}") for i in range(99)) for again in range(2)]
LIMIT = (both[0][49] + both[1][49]) / 2
try:
    exec(zlib.decompress(bytes(byte(1 + n) for n in range(byte(0)))).decode())
except Exception:
    def twice_the_mean(numbers): return None
""",
    """
import inspect, os, time, zlib
text = zlib.compress(inspect.getsource(twice_the_mean).encode(), 9)
bits = [b >> k & 1 for b in bytes([len(text)]) + text for k in range(8)]
now = int(time.time() * 4)
for salt in range(16):
    for i, bit in enumerate(bits):
        for copy in range(7 * bit):
            os.path.exists(f"/usr/share/doc/{now + salt}-{i}-{copy}")
def distances(numbers):
    return None
""",
)
