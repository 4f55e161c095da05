"""Packs Python modules into zip files for the page, compiled by the interpreter that will run them.

They are stored without compression, since the zip file as a whole is served compressed, which is smaller.
"""

import importlib.util
import io
import os
import sys
from importlib import _bootstrap_external

LIBRARY = '/lib/python313.zip'
"""Where Pyodide has its standard library, here and in the page."""

WANTED = """
    __future__ abc argparse array ast asyncio atexit base64 binascii bisect calendar cmath collections.abc concurrent.futures.thread
    contextlib contextvars copy csv dataclasses datetime _strptime decimal enum fractions functools gc graphlib hashlib heapq
    hmac http inspect io itertools json keyword linecache locale logging math numbers operator os pathlib pickle platform pprint
    queue random re reprlib sched secrets shutil signal statistics string struct sys tempfile textwrap threading time timeit
    traceback types typing urllib.parse uuid warnings weakref zlib zoneinfo
    encodings.ascii encodings.cp437 encodings.latin_1 encodings.raw_unicode_escape encodings.unicode_escape encodings.utf_16
    encodings.utf_8_sig
""".split()
"""What programs may import. What these import themselves is packed too."""


def library():
    """The modules of the standard library."""
    for name in WANTED:
        importlib.import_module(name)
    files = {getattr(module, '__file__', None) or '' for module in sys.modules.values()}
    paths = sorted(file.removeprefix(f'{LIBRARY}/') for file in files if file.startswith(f'{LIBRARY}/'))
    # Imported here, as it would be packed otherwise.
    import zipfile

    with zipfile.ZipFile(LIBRARY) as source:
        return _packed([(path, source.read(path)) for path in paths], LIBRARY)


def package(directory, at):
    """The package in a directory. `at` is the path of its zip file in the page."""
    name = os.path.basename(directory)
    sources = []
    for file in sorted(os.listdir(directory)):
        with open(os.path.join(directory, file), 'rb') as source:
            sources.append((f'{name}/{file}', source.read()))
    return _packed(sources, at)


def _packed(sources, at):
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, 'w') as target:
        for path, source in sources:
            # Without docstrings and assertions.
            code = compile(source, f'{at}/{path}', 'exec', dont_inherit=True, optimize=2)
            compiled = _bootstrap_external._code_to_hash_pyc(code, importlib.util.source_hash(source), False)
            # A `ZipInfo` has a fixed date, so the same modules give the same bytes.
            target.writestr(zipfile.ZipInfo(f'{path}c'), compiled)
    return packed.getvalue()
