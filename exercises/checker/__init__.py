"""The checker: load, plant, run, judge, report.

    exercise.toml --load--> Exercise --plant--> copies of chat/ --run--> Evidence
                                                               --judge--> Verdict --report--> words

Each layer knows the one before it and nothing of the ones after it. `model` is what they hand on.
"""
