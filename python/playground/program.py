"""The learner's source as a module."""

import ast
import sys
import types
from functools import cache

from .source import PROGRAM, note_source

_NAME = 'program'


def load(source, given):
    """Compiles the program without what the exercise has itself: the statements that run it, and the functions that are given.

    Returns its code, a module with the given names, and a remark with its line for each thing that was left out.
    """
    code, left_out = compiled(source, frozenset(given))
    module = types.ModuleType(_NAME)
    module.__dict__.update(given)
    # Dataclasses look their module up, and tracebacks its lines.
    sys.modules[_NAME] = module
    note_source(PROGRAM, source)
    return code, module, left_out


def forget():
    """Lets go of the module of the last program."""
    sys.modules.pop(_NAME, None)


@cache
def compiled(source, given):
    """The code of a program, and what was left out."""
    source = source.removeprefix('\ufeff')
    tree = ast.parse(source, PROGRAM)
    left_out = []
    tree.body = list(_definitions(tree.body, given, left_out))
    return compile(tree, PROGRAM, 'exec'), left_out


def _definitions(statements, given, left_out):
    """Leaves out functions that are given, calls of `asyncio.run` at the top level, and statements that need their results."""
    missing = set()
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            # A pasted program brings its own form of a function that is given. A class may take the place of a given one.
            if isinstance(statement, ast.ClassDef) or statement.name not in given:
                yield statement
            else:
                left_out.append((f'{statement.name} is given by the exercise, so yours is left out.', statement.lineno))
            continue
        names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
        if any(map(_runs, ast.walk(statement))) or read & missing:
            missing |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            left_out.append(('The exercise runs the program itself, so this is left out.', statement.lineno))
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
