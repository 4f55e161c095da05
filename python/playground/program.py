"""The learner's source as a module."""

import ast
import sys
import types
from functools import lru_cache

from .source import PROGRAM, note_source

_NAME = 'program'


def load(source, given):
    """Compiles the program without the statements that run it. Returns its code and a module with the given names."""
    source = source.removeprefix('\ufeff')
    code = _compiled(source)
    module = types.ModuleType(_NAME)
    module.__dict__.update(given)
    # Dataclasses look their module up, and tracebacks its lines.
    sys.modules[_NAME] = module
    note_source(PROGRAM, source)
    return code, module


def forget():
    """Lets go of the module of the last program."""
    sys.modules.pop(_NAME, None)


@lru_cache(maxsize=4)
def _compiled(source):
    """The code of a program. A search runs the same one many times."""
    tree = ast.parse(source, PROGRAM)
    tree.body = list(_definitions(tree.body))
    return compile(tree, PROGRAM, 'exec')


def _definitions(statements):
    """Leaves out calls of `asyncio.run` at the top level, and the statements that need their results."""
    missing = set()
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement
            continue
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        if any(map(_runs, ast.walk(statement))) or read & missing:
            missing |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
        else:
            yield statement


def _runs(node):
    """Whether it is `asyncio.run`."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == 'run'
        and isinstance(node.value, ast.Name)
        and node.value.id == 'asyncio'
    )
