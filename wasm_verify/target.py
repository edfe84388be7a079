"""What is verified: each method and function, and how an object for it is made."""

from dataclasses import dataclass

from wasm_verify.module import Class, Module
from wasm_verify.types import Signature


@dataclass(frozen=True, slots=True)
class Target:
    """One method of a class, or one function of the module."""

    signature: Signature
    owner: Class | None = None
    """None for a function."""
    classes: frozenset[str] = frozenset()
    """The names of the module's classes."""

    @property
    def class_name(self) -> str:
        """Empty for functions and static methods."""
        return self.owner.name if self.owner and self.on_object else ""

    @property
    def name(self) -> str:
        """`Class.method`, or the function's name."""
        return f"{self.owner.name}.{self.signature.name}" if self.owner else self.signature.name

    @property
    def method(self) -> str:
        """The name within `class_name`."""
        return self.signature.name if self.on_object else self.name

    @property
    def on_object(self) -> bool:
        """False for functions and static methods: there is no object to guard."""
        return self.owner is not None and not self.signature.static

    @property
    def probe(self) -> str:
        return self.owner.probe if self.owner and self.on_object else ""

    @property
    def release(self) -> str:
        return self.owner.release if self.owner and self.on_object else ""

    @property
    def cleanup(self) -> str:
        """What a guard's `finally` calls."""
        return self.owner.guard if self.owner and self.on_object else ""


def targets_of(module: Module) -> tuple[Target, ...]:
    classes = frozenset(one.name for one in module.classes)
    methods = [
        Target(method, owner, classes)
        for owner in module.classes
        for method in (*owner.methods, *owner.statics)
    ]
    return (*methods, *(Target(one, None, classes) for one in module.functions))
