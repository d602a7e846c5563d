"""The engine on Ray, on a cluster of simulated machines: what it makes is what this machine makes, and a machine that
is lost in the middle of its work costs nothing.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from archive.dataset.batch import cluster, loose
from archive.dataset.batch.cluster import OnRay
from archive.dataset.batch.files import Target, content
from archive.dataset.batch.local import Local
from archive.dataset.derive import derive
from archive.errors import CollectionError, NotReached
from archive.store.collection import Collection
from tests.archive.dataset.batch import warcs
from tests.archive.dataset.batch.test_loose import contents, failures, shards
from tests.archive.dataset.test_derive import collection, files
from tests.archive.store.remote import moto
from tests.crawler.command import policy_archive

__all__ = ["collection"]

pytest.importorskip("ray")
# Ray's own: files and sockets that it leaves to the garbage collector, and what it plans to change one day
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


class Machines:
    """Two simulated machines with a processor each, beside the one that plans and has none."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self._options = {"include_dashboard": False, "object_store_memory": 80 << 20}
        self.cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **self._options})
        self.nodes = [self.add(), self.add()]
        self.cluster.wait_for_nodes()

    def add(self) -> Any:
        return self.cluster.add_node(num_cpus=1, **self._options)

    def bring(self) -> None:
        """One more of them."""
        self.nodes.append(self.add())
        self.cluster.wait_for_nodes()

    def lose(self, lost: Any) -> None:
        """A machine is gone, without a word."""
        self.nodes.remove(lost)
        self.cluster.remove_node(lost, allow_graceful=False)

    def that_runs(self, process: int) -> Any:
        """The machine of a process of Ray's."""
        raylet = psutil.Process(process).ppid()
        [found] = [node for node in self.nodes if raylet in {one.process.pid for one in _processes(node)}]
        return found


def _processes(node: Any) -> list[Any]:
    return [one for kind in node.all_processes.values() for one in kind]


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    import ray

    before = dict(os.environ)
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[4]), os.environ.get("PYTHONPATH", "")])
    made = Machines()
    ray.init(address=made.cluster.address, log_to_driver=False, configure_logging=False)
    yield made
    ray.shutdown()
    made.cluster.shutdown()
    os.environ.clear()
    os.environ.update(before)


def test_it_gives_the_same_bytes_as_this_machine(tmp_path: Path, machines: Machines) -> None:
    folder = tmp_path / "warcs"
    folder.mkdir()
    warcs.common_crawl(folder / "cc.warc.gz")
    warcs.told(folder / "broken.warc.gz", {"title": "x"}).write_bytes(b"\x1f\x8b\x08 no gzip")
    for number in range(3):
        warcs.demo(folder / f"demo-{number}.warc.gz", range(3 * number, 3 * number + 3))
    counted: list[int] = []
    told = loose.derive([str(folder)], str(tmp_path / "ray"), OnRay(), step=counted.append)
    loose.derive([str(folder)], str(tmp_path / "local"), Local(2))
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")
    assert (told.counts.derived, told.counts.failed, sum(counted)) == (4 + 9, 1, 8 + 1 + 9)
    assert loose.derive([str(folder)], str(tmp_path / "ray"), OnRay()).reused == 4


def test_a_collections_dataset_is_the_same(collection: Collection, machines: Machines) -> None:
    derive(collection)
    before = files(collection.dataset_dir)
    assert derive(collection, workers=OnRay(), rebuild=True).derived == 5
    assert files(collection.dataset_dir) == before


def test_a_lost_machine_and_killed_processes_cost_nothing_and_poison_is_set_aside(
    tmp_path: Path, machines: Machines
) -> None:
    folder = tmp_path / "warcs"
    folder.mkdir()
    for number in range(6):
        warcs.told(folder / f"{number}.warc.gz", {"title": f"مقال {number}"}, {"title": "ثان"})
    lost, killed = tmp_path / "lost", tmp_path / "killed"
    warcs.told(folder / "lost.warc.gz", {"title": "one"}, {"does": "hang", "once": str(lost), "title": "two"})
    warcs.told(folder / "killed.warc.gz", {"title": "one"}, {"does": "kill", "once": str(killed), "title": "two"})
    warcs.told(folder / "poison.warc.gz", {"title": "one"}, {"does": "kill"})

    def lose() -> None:
        while not lost.exists():
            time.sleep(0.05)
        machines.lose(machines.that_runs(int(lost.read_text())))

    losing = threading.Thread(target=lose, daemon=True)
    losing.start()
    told = loose.derive([str(folder)], str(tmp_path / "to"), warcs.Faulty(OnRay()))
    losing.join(30)
    assert (len(machines.nodes), killed.exists()) == (1, True)
    pages = [(one["warc"], one["url"]) for one in shards(tmp_path / "to")]
    assert len(pages) == len(set(pages)) == 16
    assert (told.warcs, told.aside, told.counts.derived, told.counts.failed) == (9, 1, 16, 1)
    [poison] = failures(tmp_path / "to")
    assert (poison["warc"], poison["offset"]) == ("poison.warc.gz", None)
    assert poison["reason"].startswith("set aside after 3 tries: its process ended: WorkerCrashedError")
    assert not list((tmp_path / "to" / "shards").glob(".new-*"))


def test_a_machine_with_other_versions_is_refused(
    tmp_path: Path, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "programs", lambda: {"trafilatura": "0.1"})
    warcs.told(tmp_path / "a.warc.gz", {"title": "x"})
    with pytest.raises(CollectionError, match="has other versions installed"):
        loose.derive([str(tmp_path / "a.warc.gz")], str(tmp_path / "to"), OnRay())


def test_a_cluster_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    with pytest.raises(
        NotReached, match=rf"no Ray cluster at --address 127\.0\.0\.1:{free}: .*refused.*ray start --head"
    ):
        next(OnRay(f"127.0.0.1:{free}").run([], print))


@pytest.mark.soak
def test_two_thousand_publications_survive_machines_that_come_and_go(tmp_path: Path, machines: Machines) -> None:
    """Of two machines one is lost after ten of fifty WARCs; another comes, and then the older one is lost too."""
    folder, to = tmp_path / "warcs", tmp_path / "to"
    folder.mkdir()
    for number in range(50):
        warcs.demo(folder / f"demo-{number:02}.warc.gz", range(40 * number, 40 * number + 40))
    while len(machines.nodes) < 2:
        machines.bring()
    lost: list[int] = []

    def disturb(_: int) -> None:
        done = len(list((to / "shards").glob("*.json")))
        if (done >= 10 and not lost) or (done >= 25 and len(lost) == 1):
            lost.append(done)
            machines.lose(machines.nodes[0])
            machines.bring()

    told = loose.derive([str(folder)], str(to), OnRay(), step=disturb)
    assert len(lost) == 2
    assert (told.counts.told(), told.aside) == ({"records": 2000, "derived": 2000, "skipped": {}, "failed": 0}, 0)
    places = [(one["warc"], one["offset"]) for one in shards(to)]
    assert len(places) == len(set(places)) == 2000
    loose.derive([str(folder)], str(tmp_path / "local"), Local(2))
    assert contents(to) == contents(tmp_path / "local")


@pytest.mark.soak
def test_without_an_address_it_starts_one_that_ends_with_the_command(tmp_path: Path) -> None:
    before = set(Path("/tmp").glob("ray-*"))
    warcs.common_crawl(tmp_path / "a.warc.gz")
    done = policy_archive(tmp_path, "derive", "./a.warc.gz", "--to", "to", "--engine", "ray", "--workers", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 pages from 1 WARC")
    assert done.stderr == ""
    assert set(Path("/tmp").glob("ray-*")) <= before


@pytest.mark.soak
@pytest.mark.usefixtures("keys")
def test_machines_share_no_folder_where_warcs_and_shards_are_in_a_store(
    tmp_path: Path, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", store)
    bucket, made = f"s3://{moto.BUCKET}/عناقيد", tmp_path / "made"
    for number in range(3):
        Target(f"{bucket}/warcs").put(warcs.demo(tmp_path / f"{number}.warc.gz", range(4 * number, 4 * number + 4)))
    done = policy_archive(tmp_path, "derive", f"{bucket}/warcs", "--to", f"{bucket}/to", "--engine", "ray")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("12 pages from 3 WARCs")
    loose.derive([f"{bucket}/warcs"], str(made), Local(1))
    there = {name: content(f"{bucket}/to", name) for name in contents(made)}
    assert there == contents(made)
