"""Sphinx extension: the directive `playground`, also in MyST.

    .. playground:: ttl-cache
       :settings: callers=8

`async_playground` in conf.py is the address of the playground: absolute, or a path in the site.
fragments.json stands beside this file. Without scripts the page shows statement, picture and expected output; other
builders get the title.
"""

import html
import json
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

FRAGMENTS = json.loads(Path(__file__).with_name("fragments.json").read_text("utf-8"))
TEXTS = ["program", "clock", "speed", "seed", "order", "interfere", "settings", "size", "theme", "code", "lock", "show"]
FLAGS = ["autorun", "compact"]


class playground(nodes.General, nodes.Element):
    """An exercise."""


class Playground(SphinxDirective):
    required_arguments = 1
    option_spec = {name: directives.unchanged for name in TEXTS} | {name: directives.flag for name in FLAGS}

    def run(self):
        exercise = self.arguments[0]
        if exercise not in FRAGMENTS:
            raise self.error(f"exercise must be one of {', '.join(FRAGMENTS)}, not {exercise}")
        return [playground(exercise=exercise, options={name: value or "" for name, value in self.options.items()})]


def visit_html(self, node):
    options = "".join(f' {name}="{html.escape(value)}"' for name, value in node["options"].items())
    inside = FRAGMENTS[node["exercise"]]["html"]
    self.body.append(f'<async-playground exercise="{node["exercise"]}"{options}>{inside}</async-playground>')
    raise nodes.SkipNode


def visit_other(self, node):
    text = nodes.Text(FRAGMENTS[node["exercise"]]["title"])
    text.walkabout(self)
    raise nodes.SkipNode


def add_script(app, pagename, templatename, context, doctree):
    if doctree is None or not any(doctree.findall(playground)):
        return
    site = app.config.async_playground.rstrip("/") + "/playground.js"
    address = site if "://" in site else context["pathto"](site, resource=True)
    context["body"] += f'<script type="module" src="{address}"></script>'


def setup(app):
    app.add_config_value("async_playground", "playground/", "html")
    others = {name: (visit_other, None) for name in ["latex", "text", "man", "texinfo"]}
    app.add_node(playground, html=(visit_html, None), **others)
    app.add_directive("playground", Playground)
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
