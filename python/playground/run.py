"""Plays a scenario on a learner's program, and returns what happened."""

import gc
import json
import math
import types
from collections import defaultdict
from functools import cache

from .clock import Clock, milliseconds
from .errors import WrongProgram, described, failed
from .interference import Interference
from .limits import Limits
from .loop import SimulatedLoop
from .loops import RoundCounter, call_at_jumps
from .order import Order
from .output import Output
from .patches import close, patch
from .program import compiled, forget, load
from .random_bits import RandomBits
from .signs import Signs
from .source import SCENARIO, note_source
from .stop import Stop
from .tasks import TaskList, recorded_coroutine
from .trace import Trace
from .world import World


def begin():
    """For hosts, once: closes the ways out of the sandbox. A host keeps the memory as it is then, and puts it back before others."""
    close()
    _freeze()


def prepare(program, scenario):
    """For hosts: compiles both. A host keeps the memory as it is then too, and puts it back before each run."""
    try:
        compiled(program, frozenset(_given(_module(scenario), World(defaultdict(int), None, None, None))))
    except Exception:
        # Each run says what is wrong.
        pass
    _freeze()


def _freeze():
    """What is there now does not become garbage in a run, so collections need not look through it."""
    gc.collect()
    gc.freeze()


def run_json(request, signs=None):
    """For hosts: `run` with JSON in and out."""
    try:
        outcome = run(**json.loads(request), signs=signs)
    except BaseException as error:
        outcome = failed(error)
    try:
        return ''.join(_encode(outcome, 0))
    except ValueError:
        return ''.join(_encode(_finite(outcome), 0))


# Made of C alone, as `json.dumps` makes it at each call: by then a program may have changed the module.
_encode = json.encoder.c_make_encoder(None, None, json.encoder.c_encode_basestring, None, ': ', ', ', False, False, False)


def _finite(value):
    """The same value with words in the place of numbers that JSON does not have."""
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


def run(program, scenario, settings, seed=None, order=None, interfere=(), decisions=False, as_it_is=False, limits=None, signs=None):
    """Runs the learner's source `program` in an exercise's `scenario`; or `as_it_is`, without the scenario.

    Returns `events` and `ended`, which the exercise's rules judge, `error` (null or a message and a line), `notes`, which are
    remarks of Python with their line, `is_whole`, which is whether the program runs itself or lacks what the exercise needs, and
    `decisions`, if they are wanted: at which moments several tasks were ready, and which. `signs` is the path of a device that
    gets signs of life.
    """
    with Signs(signs) as given:
        return _Run(settings, seed, order, interfere, decisions, as_it_is, Limits(**(limits or {})), given).play(program, scenario)


_MOST_READY = 50
"""Of more ready tasks, those that have been ready longest are listed."""


class _Run:
    def __init__(self, settings, seed, order, interfere, decisions, as_it_is, limits, signs):
        Stop.raised = None
        self.as_it_is = as_it_is
        self.seed = seed
        self.settings = settings
        self.notes = []
        self._notes_open = True
        self.clock = Clock(limits.readings)
        self.trace = Trace(self.clock, limits)
        self.tasks = TaskList(self.trace, ends_with_first=not as_it_is)
        self.output = Output(self.trace)
        self.errors = Output(self.trace)
        self.signs = signs
        self.rounds = RoundCounter(limits.jumps, signs)
        self._decisions = []
        self._order = Order(seed, order, self._decide if decisions else None)
        self._interfere = interfere
        self._interference = None
        self._is_whole = False

    def note(self, message, line):
        """Adds a remark: what Python would write to the console."""
        noted = {'message': message, 'line': line}
        if self._notes_open and len(self.notes) < 20 and noted not in self.notes:
            self.notes.append(noted)

    def _decide(self, steps):
        """Lists a decision: how many events there were, and the ids of the tasks that were ready."""
        ready = [recorded_coroutine(step._callback.__self__) for step in steps[:_MOST_READY]]
        # A task that the program made by itself is not in the trace.
        ids = [-1 if recorded is None else recorded.id for recorded in ready]
        self._decisions.append({'seq': len(self.trace.events), 'ready': ids})

    def play(self, program, scenario):
        error = None
        patch(self)
        call_at_jumps(self.rounds)
        try:
            self._play(program, scenario)
        except BaseException as caught:
            # Also Stop, KeyboardInterrupt and SystemExit: a run ends in words.
            error = Stop.raised or caught
        stuck = error.stuck if isinstance(error, Stop) else []
        error = None if error is None else described(error)
        self.trace.close()
        # What is left behind by a run that broke off is no remark on the program.
        self._notes_open = error is None
        ended = {
            'error': None if stuck or error is None else error['message'],
            'stuck': stuck,
            'elapsed': milliseconds(self.clock.ns),
            'tasks': len(self.tasks.recorded),
        }
        self._finalize()
        return {
            'events': self.trace.events,
            'ended': ended,
            'error': error,
            'notes': self.notes,
            'is_whole': self._is_whole,
            'decisions': self._decisions,
        }

    def _finalize(self):
        """Runs the finalizers of what the run leaves behind: they belong to it, with its limits."""
        Stop.raised = None
        forget()
        self.tasks.recorded.clear()
        self.rounds.reset()
        self.signs.give()
        gc.collect()
        Stop.raised = None
        # Making the answer takes its time too.
        self.signs.give()

    def _play(self, program, scenario):
        module = _module(scenario)
        note_source(SCENARIO, scenario)
        self._interference = Interference(self._interfere, getattr(module, 'CANCELS', None))
        world = World(self.settings, self.trace, self._interference, RandomBits(self.seed or 0))
        code, learner, left_out, self._is_whole = load(program, _given(module, world), self.as_it_is)
        for message, line in left_out:
            self.note(message, line)
        self.rounds.count(code)
        if self.as_it_is:
            self._run_as_it_is(code, learner)
        else:
            exec(code, learner.__dict__)
            self._check(learner, module.NEEDS)
            loop = self.make_loop()
            loop.run_until_complete(loop.create_task(module.scenario(world, learner), name='main'))
        self.output.end()
        self.errors.end()

    def _check(self, learner, needs):
        """The names that an exercise needs of a program, each with how it is to be written."""
        for name, signature in needs.items():
            if not callable(getattr(learner, name, None)):
                self._is_whole = True
                raise WrongProgram(f'{name} is missing. The exercise needs `{signature}`.')

    def _run_as_it_is(self, code, learner):
        """Runs a program that makes its loops itself."""
        try:
            exec(code, learner.__dict__)
        except SystemExit as end:
            # Programs end with `sys.exit(asyncio.run(main()))`. Python prints a code that is no number.
            if isinstance(end.code, int) and end.code != 0:
                raise WrongProgram(f'The program ended itself with exit code {end.code}.') from None
            if end.code is not None and not isinstance(end.code, int):
                raise WrongProgram(f'The program ended itself: {end.code}') from None
        # The program may have caught it.
        if Stop.raised is not None:
            raise Stop.raised
        self.tasks.finish()

    def make_loop(self, *_):
        """A loop for tasks of this run."""
        return SimulatedLoop(self.tasks, self._order, self._interference, self._complain, self.rounds, self.signs)

    def _complain(self, context):
        """Receives what asyncio reports about an error that no task handled."""
        error = context.get('exception')
        if isinstance(error, Stop):
            # It is the error of the run.
            return
        about = described(error) if isinstance(error, BaseException) else {'message': '', 'line': None}
        message = about['message'].removeprefix(f'Line {about["line"]}: ')
        self.note(f'{context["message"]}: {message}'.removesuffix(': '), about['line'])


def _module(scenario):
    """The scenario as a module."""
    module = types.ModuleType('scenario')
    exec(_compiled(scenario), module.__dict__)
    return module


@cache
def _compiled(scenario):
    return compile(scenario, SCENARIO, 'exec')


def _given(module, world):
    """The names that a program may use. Which they are does not depend on the settings."""
    return module.given(world) if hasattr(module, 'given') else {}
