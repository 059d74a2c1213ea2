"""Guest images kept between test runs: believed after a checksum only, and none kept that nobody builds any more."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from lab.dev import images
from provisioners.images.cache import digest_of
from provisioners.spec import ImagePart, ImageSpec


@pytest.fixture
def kept(tmp_path: Path) -> ImagePart:
    """A folder that holds what an earlier run left for ``tiny``: one part, and its manifest."""
    source = tmp_path / "source"
    source.write_bytes(b"kernel")
    part = images.cache_of(tmp_path).take(source, "kernel", "raw")
    image = ImageSpec("tiny", "tiny", digest_of([part]), (part,), 16, "quiet")
    images.manifest_of(tmp_path, "tiny").write_text(json.dumps(asdict(image)))
    return part


def test_an_image_of_an_earlier_run_is_used_again(tmp_path: Path, kept: ImagePart, capsys: pytest.CaptureFixture[str]) -> None:
    images.prepare(tmp_path, ["tiny"])
    assert "kept from an earlier run" in capsys.readouterr().out
    assert images.load(tmp_path, "tiny").parts == (kept,)


def test_a_damaged_or_incomplete_image_is_not_believed(tmp_path: Path, kept: ImagePart) -> None:
    assert images.intact(tmp_path, "tiny")
    file = images.cache_of(tmp_path).path(kept)
    file.chmod(0o600)
    file.write_bytes(b"kernal")
    assert not images.intact(tmp_path, "tiny")
    file.unlink()
    assert not images.intact(tmp_path, "tiny")
    assert not images.intact(tmp_path, "debian")


def test_what_no_builder_of_today_made_is_removed(tmp_path: Path, kept: ImagePart) -> None:
    (tmp_path / "other").write_bytes(b"initrd of long ago")
    old = images.cache_of(tmp_path).take(tmp_path / "other", "initrd", "raw")
    (tmp_path / "tiny-0123.json").write_text(json.dumps({"parts": [asdict(old)]}))
    images.prune(tmp_path)
    assert not (tmp_path / "tiny-0123.json").exists()
    assert not images.cache_of(tmp_path).path(old).exists()
    assert images.intact(tmp_path, "tiny")


def test_an_unknown_image_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert images.main([str(tmp_path), "windows"]) == 2
    assert "[tiny] [debian]" in capsys.readouterr().err
