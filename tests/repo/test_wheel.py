"""A wheel holds all that the application needs: no file that a room reads is left behind."""

import subprocess
import sys
import zipfile
from pathlib import Path

REPO = Path(__file__).parents[2]
ROOMS = (
    "jiyun",
    "tenants",
    "quotas",
    "orders",
    "inventory",
    "consolidation",
    "ledger",
    "operations",
    "provisioners",
    "workflows",
    "cli",
    "playbooks",
)
NOT_READ = {"boot_sector.s"}  # its assembled form stands in the code


def test_a_wheel_holds_every_file_of_every_room(tmp_path: Path) -> None:
    source = tmp_path / "source"
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=REPO, stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
    names = [name for name in tracked.split("\0") if name]
    for name in names:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((REPO / name).read_bytes())
    options = ("-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), str(source))
    command = [sys.executable, "-m", "pip", "wheel", *options]
    subprocess.run(command, check=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {name for name in names if name.split("/")[0] in ROOMS and Path(name).name not in NOT_READ}
    assert wanted - held == set()
