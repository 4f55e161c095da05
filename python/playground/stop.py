"""The exception that ends a run from within: a limit was reached, or nothing can go on."""

NO_MEMORY = 'The program needs more than 256 MB of memory.'


class Stop(BaseException):
    """Ends a run, with a sentence for the learner and the line that was running.

    A task keeps even this exception to itself, and a bare `except:` catches it. So `raised` remembers the first one of a
    run, and the loop looks at it after each callback.
    """

    raised = None

    def __init__(self, sentence, line=None, stuck=()):
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line
        self.stuck = list(stuck)
        if Stop.raised is None:
            Stop.raised = self
