"""The command line: `python3 -m course_lib COMMAND`, also installed as `gan-course`.

Like `__init__.py`, this file must run on Python 2.7, where it says that Python is too old.
"""

import sys

try:
    import os
    import signal

    if hasattr(signal, "pthread_sigmask"):  # `continue_in_venv` holds Ctrl-C back until here
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    if not __package__:  # started as `python3 path/to/course_lib`: let Python see what holds the package
        sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

    import course_lib  # noqa: F401 (ends here, with one line, where Python cannot read what comes next)
    from course_lib.commands.program import main
except KeyboardInterrupt:  # before `main` can hear it
    sys.stderr.write("\nInterrupted.\n")
    sys.exit(130)

if __name__ == "__main__":
    sys.exit(main())
