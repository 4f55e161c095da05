"""Sphinx extension: the directive `playground`, and the role `playground` for MyST, where a directive takes two lines.

    .. playground:: ttl-cache settings="callers=8" compact

    {playground}`ttl-cache settings="callers=8" compact`

`async_playground` in conf.py is the address of the playground: absolute, or a path in the site.
fragments.json stands beside this file. Without scripts the page shows statement, picture and expected output; other
builders get the title.
"""

import html
import json
import shlex
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

FRAGMENTS = json.loads(Path(__file__).with_name("fragments.json").read_text("utf-8"))
OPTIONS = "program clock speed seed order interfere settings theme autorun size compact code lock show".split()
LOG = logging.getLogger(__name__)


class playground(nodes.General, nodes.Element):
    """An exercise."""


def parsed(text):
    exercise, *options = shlex.split(text) or [""]
    options = dict(option.partition("=")[::2] for option in options)
    for what, value, known in [("exercise", exercise, FRAGMENTS), *(("option", name, OPTIONS) for name in options)]:
        if value not in known:
            raise ValueError(f"{what} must be one of {', '.join(known)}, not {value}")
    return playground(exercise=exercise, options=options)


class Directive(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        try:
            return [parsed(self.arguments[0])]
        except ValueError as error:
            raise self.error(str(error))


class Role(SphinxRole):
    def run(self):
        try:
            return [parsed(self.text)], []
        except ValueError as error:
            message = self.inliner.reporter.error(str(error), line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


def lift(app, doctree):
    """Puts each exercise in the place of its paragraph, which cannot have blocks in it."""
    for node in list(doctree.findall(playground)):
        if isinstance(node.parent, nodes.paragraph) and len(node.parent) == 1:
            node.parent.replace_self(node)
        elif isinstance(node.parent, nodes.TextElement):
            LOG.warning("the role playground must be alone in its paragraph", location=node.parent)


def visit_html(self, node):
    options = "".join(f' {name}="{html.escape(value)}"' for name, value in node["options"].items())
    inside = FRAGMENTS[node["exercise"]]["html"]
    self.body.append(f'<async-playground exercise="{node["exercise"]}"{options}>{inside}</async-playground>')
    raise nodes.SkipNode


def visit_other(self, node):
    title = nodes.paragraph("", FRAGMENTS[node["exercise"]]["title"])
    node.replace_self(title)
    title.walkabout(self)
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
    app.add_directive("playground", Directive)
    app.add_role("playground", Role())
    app.connect("doctree-read", lift)
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
