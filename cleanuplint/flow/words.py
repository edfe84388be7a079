"""What the name of a function or variable says where nothing else does."""

import re

RELEASING = re.compile(
    r"^(?:safe|safely|try|maybe|_+)?_?(?:free|release|delete|dispose|destroy|clear|clean|cleanup|close|drop"
    r"|finali[sz]e|teardown|unref)(?-i:(?![a-z]))",
    re.IGNORECASE,
)
TEARDOWN = re.compile(
    r"^(?:_|#)?(?:shutdown|shut_down|close|dispose|destroy|free|cleanup|clean_up|teardown|tear_down|terminate"
    r"|stop|unmount|unload|release|finalize|disconnect|deactivate|componentWillUnmount|ngOnDestroy"
    r"|disconnectedCallback|onDestroy|delete|uninit|deinit|__exit__|__aexit__|__del__|aclose|tearDown|tearDownClass|teardown_method|\[Symbol\.(?:async)?[dD]ispose\])(?:All|Async|Sync)?$",
    re.IGNORECASE,
)
OPPOSITES = {
    "stop": "start",
    "disconnect": "connect",
    "deactivate": "activate",
    "unload": "load",
    "unmount": "mount",
}
"""Teardowns that end no life where the object can be started again."""
ENDS_LIFE = re.compile(
    r"^(?:_|#)?(?:shutdown|shut_down|dispose|destroy|cleanup|clean_up|teardown|tear_down|terminate|unmount"
    r"|componentWillUnmount|ngOnDestroy|disconnectedCallback|onDestroy|uninit|deinit|__exit__|__aexit__"
    r"|\[Symbol\.(?:async)?[dD]ispose\])(?:All|Async|Sync)?$",
    re.IGNORECASE,
)
"""Of the teardowns, those after which an object is not used again."""
BEGINS_AGAIN = re.compile(
    r"^(?:_|#)?(?:stop|unload|disconnect|deactivate|disconnectedCallback)(?:All|Async|Sync)?$"
)
"""Of the teardowns, those after which an object may be started again."""
ENDS_SERVICE = frozenset({"shutdown", "close", "cleanup", "stop", "terminate", "disconnect"})
"""Of the teardowns, those of an object that there is one of, which may hold a module's things."""
HAND_OVER = re.compile(
    r"^(?:push|unshift|add|set|register|append|insert|enqueue|put|store|cache|emit|dispatch|trigger|publish"
    r"|notify|send|post|postMessage|resolve|reject|next|done|callback|cb|track|own|manage|attach|save|remember|provide"
    r"|setState|use|adopt|defer|assign|define|defineProperty|init|fulfill|succeed|complete|yield_|keep|transfer)"
    r"(?![a-z])",
)
MAKES_HANDLE = re.compile(r"(?:^|_)(?:create|new|make|open|load|build|from|parse|wrap)(?![a-z])")
"""Exports whose result may stand for what they were given."""
RUNS_NOW = frozenset(
    {
        "forEach", "map", "filter", "reduce", "reduceRight", "some", "every", "find", "findIndex",
        "findLast", "findLastIndex", "flatMap", "sort", "toSorted", "replace", "replaceAll", "from",
        "groupBy", "Promise", "call", "apply",
    }
)  # fmt: skip
RUNS_ONCE = frozenset({"Promise", "call", "apply"})
"""Of these, what runs its argument whatever it holds."""
ELEMENT_METHODS = frozenset(
    {
        "pop", "shift", "at", "find", "findLast", "get", "next", "splice", "popleft", "popitem",
        "setdefault", "__next__", "get_nowait",
    }
)  # fmt: skip
"""Methods that may give an element of the collection."""
PASS_THROUGH_METHODS = frozenset(
    {
        "values", "filter", "slice", "concat", "reverse", "entries", "toArray", "sort", "flat",
        "copy", "items", "splice",
    }
)  # fmt: skip
"""Methods that give a collection of the same elements."""
PAIRING_METHODS = frozenset({"entries", "items"})
"""Of these, what gives each element together with its key."""
LISTING = frozenset({"Object.values", "Object.entries", "Array.from"})
"""Functions that give a collection of what their first argument holds."""
LEAVES_ELEMENTS = frozenset(
    {
        "push", "unshift", "add", "set", "has", "keys", "includes", "indexOf", "append", "insert",
        "hasOwnProperty",
    }
)  # fmt: skip
"""Methods of a collection that give nobody an element."""
COLLECTING = {"map": 0, "from": 1}
"""Methods that give what a function among their arguments returned each time, and which one."""
INSERTING_METHODS = frozenset(
    {"push", "unshift", "add", "set", "append", "appendleft", "insert", "setdefault", "put"}
)
CALLBACK_METHODS = frozenset({"forEach", "map", "filter", "some", "every", "find", "flatMap"})
"""Methods that call their first argument with each element."""
ELEMENT_GETTERS = frozenset({"get", "at", "find", "findLast", "pop", "shift", "next", "peek"})
"""Methods that give what a collection holds."""
COLLECTIONS = frozenset(
    {"Map", "Set", "Array", "dict", "list", "set", "deque", "OrderedDict", "defaultdict"}
)
"""Built-in classes of collections."""
REMOVING = frozenset({"delete", "clear", "drop"})
"""Methods that take an argument out of a collection, which is no release of it."""
DISPOSABLE_STACK = frozenset({"use", "adopt", "defer", "enter_context", "enter_async_context"})
STACKS = frozenset({"DisposableStack", "AsyncDisposableStack", "ExitStack", "AsyncExitStack"})
DISPOSING = frozenset(
    {
        "dispose", "disposeAsync", "move", "[Symbol.dispose]", "[Symbol.asyncDispose]", "close",
        "aclose", "pop_all", "__exit__", "__aexit__",
    }
)  # fmt: skip
FINALIZERS = frozenset({"__del__"})
"""Methods that the garbage collector runs."""
FINALIZATION = "FinalizationRegistry"
NEVER_RETURNS = frozenset(
    {
        "process.exit", "process.abort", "Deno.exit", "process.reallyExit", "sys.exit", "os._exit",
        "os.abort", "exit", "quit",
    }
)  # fmt: skip
NAMES_CLASS = re.compile(r"_*[A-Z](?=[a-z0-9])[A-Za-z0-9]*$|_*[A-Z]$")
"""What a class is called where calling it is how an object is made."""
ASKS_RELEASED = re.compile(
    r"^(?:is|was|has)?_?(?:deleted|disposed|freed|released|closed|destroyed)$", re.IGNORECASE
)
ASKS = re.compile(r"is(?:_|[A-Z]|$)")
SHARES = re.compile(r"^_*(?:get|find|peek|current|lookup|at|fetch|request|acquire|borrow)(?![a-z])")
"""Methods that may give the same object again and again."""
TELLS_OWNER = re.compile(
    r"(?:should|must|need|needs|to)_?[bB]?e?_?(?:[fF]ree|[dD]ispose|[rR]elease|[dD]elete|[dD]estroy)"
    r"|^_?(?:is_?|we_?)?own(?:s|ed|er|ership)?(?![a-z])|(?:Owns|Owned|Ownership|_owned)"
    r"|^_?already|Already|[sS]hared|[bB]orrowed",
)
"""A flag that says whose duty the release is."""
LOGS = re.compile(
    r"log|console|warn|error|debug|report|metric|count|increment|capture", re.IGNORECASE
)
SUGGESTS_WASM = re.compile(r"wasm", re.IGNORECASE)
UPDATES = re.compile(
    r"^[_#]*(?:update|refresh|replace|reparse|reload|edit|change|(?:on_?)?did_?change|on_?change"
    r"|on_?update)",
    re.IGNORECASE,
)
"""A function that puts something new where something old was."""
INITIALISES = re.compile(
    r"^_?(?:#)?(?:init|initiali[sz]e|setup|set_up|start|load|open|connect|create|mount|boot|ensure|onload|build"
    r"|activate|__enter__|__aenter__|setUpClass|componentDidMount|connectedCallback|ngOnInit|ngAfterViewInit|firstUpdated|onMount|constructor)",
    re.IGNORECASE,
)
