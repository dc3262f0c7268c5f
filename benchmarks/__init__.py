"""The figures that the site quotes, and how to get them again.

`python -m benchmarks` measures all of them; `python -m benchmarks fanout crash` two. Servers run in
processes of their own and the load comes from this one, over loopback. Ratios are taken between
neighbouring runs, since no two minutes of a machine are alike.
"""
