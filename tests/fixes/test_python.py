"""Fixes of Python: what is written, in which style, and where nothing is."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanuplint.analysis import check_source
from cleanuplint.findings import Finding
from cleanuplint.fixes.applying import applied
from cleanuplint.fixes.python.rendering import edits_between
from cleanuplint.fixes.repair import Aim, Repair
from cleanuplint.rulebook import rules
from tests.pages.fences import is_shown, knowledge

ON = frozenset(rule.id for rule in rules().values() if rule.default)
LOGGED = "logger = logging.getLogger(__name__)\n"


def check(text: bytes, on: frozenset[str] = ON) -> list[Finding]:
    found, _ = check_source(text, ".py", knowledge())
    return [one for one in found if is_shown(one, on)]


def fixed(text: str, unsafe: bool = False, on: frozenset[str] = ON) -> str:
    source = text.encode()
    repair = Repair(source, ".py", check(source, on), lambda after: check(after, on))
    repair.run(Aim(on, unsafe))
    return repair.text.decode()


def case(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_the_logger_of_the_module_reports_what_a_cleanup_raises() -> None:
    before = case("""
        import logging

        from wasm_swarm_engine import MessageSerializer

        logger = logging.getLogger(__name__)


        def size_of(message):
            serializer = MessageSerializer()
            size = serializer.estimate_size(message)  # in bytes
            serializer.free()
            return size
        """)
    assert fixed(before) == case("""
        import logging

        from wasm_swarm_engine import MessageSerializer

        logger = logging.getLogger(__name__)


        def size_of(message):
            serializer = MessageSerializer()
            try:
                size = serializer.estimate_size(message)  # in bytes
            finally:
                try:
                    serializer.free()
                except Exception as cleanup_error:
                    logger.warning("serializer was not released: %s", cleanup_error)
            return size
        """)


def test_statements_after_the_last_use_stay_where_they_are() -> None:
    before = case("""
        import logging

        from wasm_swarm_engine import RegexEngine

        logger = logging.getLogger(__name__)


        def report(names, send):
            engine = RegexEngine(names)

            # how many there are
            send(engine.size())
            engine.free()

            send("done")
        """)
    assert fixed(before) == case("""
        import logging

        from wasm_swarm_engine import RegexEngine

        logger = logging.getLogger(__name__)


        def report(names, send):
            engine = RegexEngine(names)

            try:
                # how many there are
                send(engine.size())
            finally:
                try:
                    engine.free()
                except Exception as cleanup_error:
                    logger.warning("engine was not released: %s", cleanup_error)

            send("done")
        """)


def test_a_file_with_its_own_newlines_and_steps_keeps_them() -> None:
    before = (
        "from pyodide.ffi import create_proxy\r\n"
        "\r\n"
        "def measure(canvas, compute):\r\n"
        "\tproxy = create_proxy(compute)\r\n"
        "\tcanvas.draw(proxy)\r\n"
        "\tproxy.destroy()\r\n"
    )
    assert fixed(before) == (
        "from pyodide.ffi import create_proxy\r\n"
        "\r\n"
        "def measure(canvas, compute):\r\n"
        "\tproxy = create_proxy(compute)\r\n"
        "\ttry:\r\n"
        "\t\tcanvas.draw(proxy)\r\n"
        "\tfinally:\r\n"
        "\t\tproxy.destroy()\r\n"
    )


BUFFER = case("""
    class Buffer:
        def __init__(self, exports, size):
            self._exports = exports
            self._pointer = exports.malloc(size)

        def write(self, data):
            self._exports.memory.uint8_view(self._pointer)[: len(data)] = data

        {close}(self, *error):
            self._exports.free(self._pointer)
        {more}


    def store(exports, chunk, check):
        buffer = Buffer(exports, 4096)
        buffer.write(check(chunk))
        {end}
    """)


def test_a_class_with_a_close_is_closed_by_the_library() -> None:
    before = BUFFER.format(close="def close", more="", end="buffer.close()")
    assert "    with closing(Buffer(exports, 4096)) as buffer:\n" in fixed(before)
    assert fixed(before).startswith("from contextlib import closing\n\n\nclass Buffer:")


def test_a_close_that_is_awaited_is_not_closed_by_the_library() -> None:
    before = BUFFER.format(close="async def close", more="", end="await buffer.close()")
    after = fixed(before.replace("def store", "async def store"))
    assert "closing" not in after
    assert "await buffer.close()" in after


def test_a_context_manager_is_one() -> None:
    entered = "\n    def __enter__(self):\n        return self\n"
    before = BUFFER.format(close="def __exit__", more=entered, end="return None")
    assert "    with Buffer(exports, 4096) as buffer:\n" in fixed(before)


def test_a_release_whose_arguments_are_made_under_the_guard_is_left_to_people() -> None:
    before = case("""
        def call(store, instance, name, read):
            pointer = instance.exports(store)["malloc"](store, 8)
            result = read(store, pointer)
            instance.exports(store)["free"](store, pointer, len(result))
            return result
        """)
    assert check(before.encode())
    assert fixed(before) == before


def test_pointers_are_freed_beside_where_they_were_allocated() -> None:
    before = case("""
        from wasmtime import Instance, Store


        def checksum(store: Store, instance: Instance, data: bytes) -> int:
            exports = instance.exports(store)
            pointer = exports["malloc"](store, len(data))
            exports["memory"].write(store, data, pointer)
            return exports["checksum"](store, pointer, len(data))
        """)
    assert '            exports["free"](store, pointer)\n' in fixed(before)


def test_what_is_handed_on_is_released_where_an_error_comes_first() -> None:
    before = case("""
        from pyodide.ffi import create_proxy


        def listen(element, handler, check):
            proxy = create_proxy(handler)
            check(element)
            return proxy
        """)
    assert fixed(before) == case("""
        from pyodide.ffi import create_proxy


        def listen(element, handler, check):
            proxy = create_proxy(handler)
            try:
                check(element)
            except BaseException:
                proxy.destroy()
                raise
            return proxy
        """)


LAZY = case("""
    from pyodide.ffi import create_proxy


    def measure(canvases, compute, draw):
        proxy = None
        for canvas in canvases:
            if proxy is None:
                proxy = create_proxy(compute)
            draw(canvas)
            canvas.fill(proxy)
        draw(None)
    """)


def test_what_is_made_in_a_loop_and_used_after_it_is_guarded_where_it_begins_empty() -> None:
    assert fixed(LAZY, unsafe=True) == case("""
        from pyodide.ffi import create_proxy


        def measure(canvases, compute, draw):
            proxy = None
            try:
                for canvas in canvases:
                    if proxy is None:
                        proxy = create_proxy(compute)
                    draw(canvas)
                    canvas.fill(proxy)
            finally:
                if proxy is not None:
                    proxy.destroy()
            draw(None)
        """)


POINTER = case("""
    from wasmtime import Instance, Store


    def checksum(store: Store, instance: Instance, data: bytes, log) -> int:
        exports = instance.exports(store)
        {target} = {made}

        # the bytes
        log(data)
        exports["memory"].write(store, data, pointer)
        {rest}
    """)


def test_a_guard_that_begins_too_late_begins_earlier() -> None:
    rest = case("""
        try:
            # the sum
            return exports["checksum"](store, pointer, len(data))
        finally:
            exports["free"](store, pointer)
        """).rstrip()
    before = POINTER.format(
        target="pointer",
        made='exports["malloc"](store, len(data))',
        rest=rest.replace("\n", "\n    "),
    )
    assert fixed(before).endswith(
        "    try:\n"
        "        # the bytes\n"
        "        log(data)\n"
        '        exports["memory"].write(store, data, pointer)\n'
        "        # the sum\n"
        '        return exports["checksum"](store, pointer, len(data))\n'
        "    finally:\n"
        "        try:\n"
        '            exports["free"](store, pointer)\n'
        "        except Exception as cleanup_error:\n"
        "            logging.getLogger(__name__).warning(\n"
        '                "pointer was not released: %s", cleanup_error\n'
        "            )\n"
    )


def test_a_release_keeps_its_comments_and_its_words() -> None:
    before = POINTER.format(
        target="pointer",
        made='exports["malloc"](store, len(data))',
        rest="\n    # no longer needed\n"
        '    exports["free"](store, pointer)  # all of it\n'
        "    return log(data)",
    )
    assert fixed(before).endswith(
        "    finally:\n"
        "        # no longer needed\n"
        "        try:\n"
        '            exports["free"](store, pointer)  # all of it\n'
        "        except Exception as cleanup_error:\n"
        "            logging.getLogger(__name__).warning(\n"
        '                "pointer was not released: %s", cleanup_error\n'
        "            )\n"
        "    return log(data)\n"
    )


def test_handlers_that_have_nothing_to_do_with_it_stay() -> None:
    before = case("""
        from pyodide.ffi import create_proxy


        def listen(element, handler):
            try:
                element.check()
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException:
                return None
            proxy = create_proxy(handler)
            try:
                element.listen(proxy)
            except ValueError:
                proxy.destroy()
                raise
            except Exception:
                element.stop()
            proxy.destroy()
        """)
    after = fixed(before)
    assert after != before
    assert after.count("raise\n") == before.count("raise\n")


def test_what_a_variable_gets_whole_is_no_temporary() -> None:
    before = case("""
        from pyodide.ffi import create_proxy


        def attach(socket, name, handler, is_async):
            if is_async:
                wrapped = create_proxy(handler)
            else:
                wrapped = create_proxy(lambda event: handler(event))
            setattr(socket, name, wrapped)
        """)
    assert fixed(before, unsafe=True) == before


def test_what_is_made_last_in_a_guard_is_guarded_after_it() -> None:
    before = case("""
        from pyodide.ffi import create_proxy


        def both(element, first, second):
            given = create_proxy(first)
            element.first(given)
            taken = create_proxy(second)
            given.destroy()
            result = element.second(taken)
            taken.destroy()
            return result
        """)
    assert fixed(before) == case("""
        from pyodide.ffi import create_proxy


        def both(element, first, second):
            given = create_proxy(first)
            try:
                element.first(given)
                taken = create_proxy(second)
            finally:
                given.destroy()
            try:
                result = element.second(taken)
            finally:
                taken.destroy()
            return result
        """)


@pytest.mark.parametrize(
    "use",
    [
        "tasks.append(asyncio.create_task(engine.run()))",
        "page.append(engine.element)",
        "page.listen(engine.run)",
    ],
)
def test_what_keeps_a_part_of_it_makes_a_fix_unsafe(use: str) -> None:
    before = case(f"""
        import asyncio

        from wasm_swarm_engine import RegexEngine


        def show(page, tasks, names):
            engine = RegexEngine(names)
            {use}
        """)
    assert check(before.encode())
    assert fixed(before) == before
    assert fixed(before, unsafe=True) != before


def test_a_release_of_the_object_is_not_taken_for_a_clear_of_its_buffer() -> None:
    before = case("""
        from wasm_swarm_engine import MessageSerializer


        def warmed(message, flag):
            serializer = MessageSerializer()
            serializer.serialize(message)
            if flag:
                return serializer
            serializer.free()
            return None
        """)
    rest = "    if flag:\n        return serializer\n    serializer.free()\n    return None\n"
    assert fixed(before, unsafe=True).endswith(rest)


def test_a_helper_that_does_more_than_clear_stays() -> None:
    before = case("""
        from wasm_swarm_engine import MessageSerializer


        def packed(serializer: MessageSerializer, message):
            try:
                return serializer.serialize(message)
            finally:
                serializer.clear_buffer()


        def twice(serializer: MessageSerializer, message):
            serializer.serialize(message)
            packed(serializer, message)
        """)
    assert "    packed(serializer, message)\n" in fixed(before, unsafe=True)


def test_a_teardown_that_does_more_than_clean_up_gets_a_guard() -> None:
    before = case("""
        from pyodide.ffi import create_proxy


        class Chart:
            def __init__(self, draw):
                self._proxy = create_proxy(draw)

            def draw(self, canvas):
                canvas.draw(self._proxy)

            def close(self):
                {what}
        """)
    alone = fixed(before.replace("{what}", "self._socket.close()"), unsafe=True)
    assert alone.endswith("        self._socket.close()\n        self._proxy.destroy()\n")
    guarded = fixed(before.replace("{what}", "self._flush()"), unsafe=True)
    assert guarded.endswith(
        "        try:\n"
        "            self._flush()\n"
        "        finally:\n"
        "            self._proxy.destroy()\n"
    )


@pytest.mark.parametrize(
    ("top", "after"),
    [
        ("", "import logging\n\nfrom wasm"),
        ('"""About."""\n\n', '"""About."""\n\nimport logging\n\nfrom wasm'),
        ("import json\nimport sys\n\n", "import json\nimport logging\nimport sys\n\nfrom wasm"),
        ("import json\n\n", "import json\nimport logging\n\nfrom wasm"),
        (
            "from __future__ import annotations\n\n",
            "from __future__ import annotations\n\nimport logging\n\nfrom wasm",
        ),
        ("#!/usr/bin/env python\n", "#!/usr/bin/env python\nimport logging\n\nfrom wasm"),
    ],
    ids=["none", "docstring", "between", "behind", "future", "shebang"],
)
def test_an_import_goes_where_a_sorter_would_put_it(top: str, after: str) -> None:
    body = case("""
        from wasm_swarm_engine import MessageSerializer


        def size_of(message):
            serializer = MessageSerializer()
            return serializer.estimate_size(message)
        """)
    assert fixed(top + body).startswith(after)


def test_what_libcst_cannot_read_is_left_alone() -> None:
    half = case("""
        from wasm_swarm_engine import MessageSerializer


        def size_of(message):
            serializer = MessageSerializer()
            return serializer.estimate_size(message)


        def broken(:
        """)
    assert fixed(half) == half


@given(
    st.lists(st.sampled_from(["a\n", "  a\n", "b\n", "    b\n", "\tc\n", "\n", "x"]), max_size=8),
    st.data(),
)
def test_edits_lead_from_one_text_to_the_other(lines: list[str], data: st.DataObject) -> None:
    before = "".join(lines).encode()
    other = data.draw(st.permutations([*lines, "  b\n", "new\n"]))
    after = "".join(other).encode()
    assert applied(before, edits_between(before, after)) == after


# ---- a handler that falls back in silence ----

SILENT = """
import logging

from wasm_swarm_engine import RegexEngine

log = logging.getLogger("bus")


def is_known(engine: RegexEngine, name):
    try:
        return engine.has_match(name)
    {handlers}
    finally:
        engine.clear_buffer()
"""
WARNS = 'log.warning("engine.has_match failed", exc_info=True)'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "except Exception:\n        return False",
            f"except Exception:\n        {WARNS}\n        return False",
        ),
        ("except Exception:\n        pass  # slow", f"except Exception:\n        {WARNS}  # slow"),
        ("except Exception: pass", f"except Exception:\n        {WARNS}"),
        (
            "except ValueError:\n        return 2\n    except Exception:\n        return 3",
            f"except ValueError:\n        {WARNS}\n        return 2\n"
            f"    except Exception:\n        {WARNS}\n        return 3",
        ),
    ],
)  # fmt: skip
def test_what_was_swallowed_is_logged(before: str, after: str) -> None:
    swallowing = frozenset({"swallowed-wasm-error"})
    text = SILENT.format(handlers=before)
    assert fixed(text, on=swallowing) == text
    assert fixed(text, unsafe=True, on=swallowing) == SILENT.format(handlers=after)
