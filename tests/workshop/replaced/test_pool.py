"""Which host gets a job, and when: with hosts that do nothing."""

import pytest

from exercises.checker import pool
from exercises.checker.jobs import Job


class FakeHost:
    """Has done each job before it is asked how it went."""

    begun: list[int]  # seeds, of all hosts

    def __init__(self, seed, outcomes):
        self._seed, self._outcomes = seed, outcomes

    def serve(self, setting):
        """There is nothing to prepare."""

    def begin(self, job):
        self.begun.append(self._seed)
        self._outcomes.put((self._seed, job.number))


@pytest.fixture
def hosts(monkeypatch):
    """A pool with two hosts, whose seeds are 1 and 2."""
    monkeypatch.setattr(pool, "_Spawner", FakeHost)
    monkeypatch.setattr(FakeHost, "begun", [], raising=False)
    return pool.Pool(None, (1, 2), forks=False)


@pytest.mark.parametrize(
    ("seeds", "begun"),
    [
        pytest.param([1, 1, 1, 2, 2, 2], [1, 2, 1], id="both"),
        pytest.param([1, 1, 1, 1, 2], [1, 2, 1], id="one-has-more"),
        pytest.param([2, 2, 2, 2], [2, 2, 2], id="one-has-all"),
    ],
)
def test_a_host_has_the_cores_that_others_leave(hosts, seeds, begun):
    """No core waits while there is something to do, and none has more than its share."""
    jobs = [Job(number, "unit", {}, hashes=seed) for number, seed in enumerate(seeds)]

    next(hosts.run(jobs, 3))

    assert FakeHost.begun == begun


def test_all_jobs_are_done(hosts):
    """Each once, whatever the hosts have done before."""
    jobs = [Job(number, "unit", {}, hashes=1 + number % 2) for number in range(7)]

    assert sorted(hosts.run(jobs, 3)) == list(range(7))
