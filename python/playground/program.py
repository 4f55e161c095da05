"""The learner's source as a module."""

import ast
import sys
import types
from functools import cache

from .errors import WrongProgram
from .source import PROGRAM, note_source

_NAME = 'program'

_NAME_AS_IT_IS = '__main__'
"""A program that runs itself does so under this name."""

_MOST_CHARACTERS = 100_000
"""Compiling more takes seconds, without a sign of life."""


def load(source, given, as_it_is):
    """Compiles the program without what the exercise has itself: the statements that run it, and the functions that are given.

    A program that runs as it is keeps them. Returns its code, a module with the given names, a remark with its line for each
    thing that was left out, and whether the program is a whole one, which runs itself.
    """
    code, left_out, is_whole = compiled(source, None if as_it_is else frozenset(given))
    module = types.ModuleType(_NAME_AS_IT_IS if as_it_is else _NAME)
    module.__dict__.update(given)
    # Dataclasses look their module up, and tracebacks its lines.
    sys.modules[module.__name__] = module
    note_source(PROGRAM, source)
    return code, module, left_out, is_whole


def forget():
    """Lets go of the module of the last program."""
    for name in (_NAME, _NAME_AS_IT_IS):
        sys.modules.pop(name, None)


@cache
def compiled(source, given):
    """The code of a program, what was left out, and whether it runs itself. Nothing is left out where `given` is None."""
    source = source.removeprefix('\ufeff')
    if len(source) > _MOST_CHARACTERS:
        raise WrongProgram(f'The program has {len(source):,} characters. It may have {_MOST_CHARACTERS:,}.')
    try:
        tree = ast.parse(source, PROGRAM)
    except MemoryError:
        # What Python's parser says of a stack that is full.
        raise WrongProgram('The program has an expression that is nested too deeply.') from None
    left_out, is_whole = [], _Names(tree.body).are_in(tree, _RUN | _MAKE)
    if given is not None:
        tree.body = list(_definitions(tree.body, given, left_out))
    return compile(tree, PROGRAM, 'exec'), left_out, is_whole or len(left_out) > 0


_RUN = {'run', 'Runner'}
"""What runs a program, of asyncio."""

_MAKE = {'new_event_loop', 'get_event_loop', 'set_event_loop', 'set_event_loop_policy'}
"""What makes the loop for it, of asyncio."""

_RUN_LOOP = {'run_until_complete', 'run_forever'}
"""What runs a program, of a loop."""


def _definitions(statements, given, left_out):
    """Leaves out functions that are given, what runs the program at the top level, and statements that need their results."""
    names = _Names(statements)
    missing = set()
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            # A pasted program brings its own form of a function that is given. A class may take the place of a given one.
            if isinstance(statement, ast.ClassDef) or statement.name not in given:
                yield statement
            else:
                left_out.append((f'{statement.name} is given by the exercise, so yours is left out.', statement.lineno))
            if isinstance(statement, ast.FunctionDef) and names.are_in(statement, _RUN):
                missing.add(statement.name)
            continue
        used = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
        read = {node.id for node in used if isinstance(node.ctx, ast.Load)}
        if names.are_in(statement, _RUN | _MAKE) or read & missing:
            missing |= {node.id for node in used if isinstance(node.ctx, ast.Store)}
            left_out.append(('The exercise runs the program itself, so this is left out.', statement.lineno))
        else:
            yield statement


class _Names:
    """The names by which a program knows asyncio and its functions."""

    def __init__(self, statements):
        self._modules = {'asyncio'}
        self._functions = {}
        for statement in statements:
            if isinstance(statement, ast.Import):
                self._modules |= {alias.asname for alias in statement.names if alias.name == 'asyncio' and alias.asname}
            elif isinstance(statement, ast.ImportFrom) and statement.module == 'asyncio':
                for alias in statement.names:
                    every = {name: name for name in _RUN | _MAKE}
                    self._functions |= every if alias.name == '*' else {alias.asname or alias.name: alias.name}

    def are_in(self, statement, functions):
        """Whether a statement has one of these functions of asyncio, or one that runs a loop."""
        return any(
            isinstance(node, ast.Name) and self._functions.get(node.id) in functions
            or isinstance(node, ast.Attribute) and (node.attr in _RUN_LOOP or node.attr in functions and self._is_asyncio(node.value))
            for node in ast.walk(statement)
        )

    def _is_asyncio(self, node):
        return isinstance(node, ast.Name) and node.id in self._modules
