"""What the example of Zhuzhou must hold: the facts of the sources, and room for all of its systems at once."""

from typing import Any

import pytest

from tenants.roles import ROLES
from tests.workflows.estate.support import EXAMPLES
from workflows.estate import Estate, read_estate


@pytest.fixture(scope="module")
def zhuzhou() -> Estate:
    return read_estate(EXAMPLES / "zhuzhou.yaml")


def test_fifteen_systems_of_which_four_are_unnamed(zhuzhou: Estate) -> None:
    assert len(zhuzhou.systems) == 15
    assert sum(system.unnamed_in_source for system in zhuzhou.systems) == 4
    assert all(system.source == "S4 M04" for system in zhuzhou.systems)


def test_youxian_county_is_a_tenant_with_hosted_equipment(zhuzhou: Estate) -> None:
    youxian = next(department for department in zhuzhou.departments if department.name == "youxian")
    assert (youxian.level, youxian.parent) == ("county", "zhuzhou")
    assert [hosting.department for hosting in zhuzhou.hostings] == ["youxian"]
    assert any(quota.department == "youxian" for quota in zhuzhou.quotas)


def test_there_are_two_clouds_and_every_role(zhuzhou: Estate) -> None:
    assert {cloud.name for cloud in zhuzhou.clouds} == {"administrative", "public"}
    assert {grant.role for person in zhuzhou.people for grant in person.roles} == set(ROLES)


def test_every_department_has_its_applicant(zhuzhou: Estate) -> None:
    below = {department.name for department in zhuzhou.departments if department.parent}
    applicants = {grant.department for person in zhuzhou.people for grant in person.roles if grant.role == "applicant"}
    assert applicants == below


def test_invented_figures_are_marked(zhuzhou: Estate) -> None:
    figures = (*zhuzhou.hosts, *zhuzhou.quotas, *zhuzhou.flavors, *zhuzhou.price_books, *zhuzhou.segments)
    marked: tuple[Any, ...] = (
        *figures,
        *zhuzhou.people,
        *zhuzhou.systems,
        *zhuzhou.hostings,
        *zhuzhou.legacy_rooms,
        *zhuzhou.clouds,
    )
    assert all(entry.synthetic for entry in marked)


def test_every_system_has_a_segment_and_a_host_of_its_level(zhuzhou: Estate) -> None:
    segments = {(segment.department, segment.cloud) for segment in zhuzhou.segments}
    levels = {cloud: host.protection_level for host in zhuzhou.hosts for cloud in host.clouds}
    for system in zhuzhou.systems:
        assert (system.department, system.cloud) in segments
        assert system.protection_level <= levels[system.cloud]


def test_all_systems_fit_at_once_as_tiny_guests(zhuzhou: Estate) -> None:
    tiny = next(flavor for flavor in zhuzhou.flavors if flavor.name == "tiny.1")
    host = zhuzhou.hosts[0]
    count = len(zhuzhou.systems)
    assert count * tiny.vcpus <= host.vcpus * host.vcpu_ratio
    assert count * tiny.memory <= host.memory
    assert count * tiny.root_disk <= host.pools[0].capacity
    needs = {
        "vcpu": tiny.vcpus,
        "memory": tiny.memory,
        "machines": 1,
        "disk.standard": tiny.root_disk,
        "volumes": 2,
        "addresses": 1,
    }
    for quota in zhuzhou.quotas:
        own = [s for s in zhuzhou.systems if s.cloud == quota.cloud and quota.department in (s.department, "zhuzhou")]
        for resource, need in needs.items():
            limit = quota.limit(resource)
            assert limit is not None and len(own) * need <= limit, (quota.department, resource)
