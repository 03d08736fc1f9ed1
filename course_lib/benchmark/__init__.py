"""The benchmark: this course's engine beside three others, measured side by side on this machine.

How a number comes about, file by file:

    plan.py         what is measured, for how long and in which order: one `Job` for each measurement
    rounds.py       runs the jobs one after the other, each in a process of its own, and keeps the results
    jobs.py         what such a process does: it builds a contender, trains it, watches the clock
    scoring.py      judges a contender's samples, in one more process, while that clock stands still
    contender.py    what a contender is; tutorial.py, keras_io.py, torch_dcgan.py and ours.py are the four
    arithmetic.py   multiplications and additions of a network, counted from its layers
    report.py       from results to medians, ratios, targets and a table; figure.py draws them

Nothing here is imported by the lessons.
"""
