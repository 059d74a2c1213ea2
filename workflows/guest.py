"""What is done inside a guest over SSH: proving that it is the one, and hardening it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jiyun.store import Row
from provisioners.spec import MachineSpec
from workflows.session import Session

Say = Callable[[str], None]


class Guest(Protocol):
    """A started machine, from inside.  Both calls return a note of what was found, as text by name."""

    def reach(self, seconds: int, say: Say) -> dict[str, str]:
        """Log in within ``seconds``, having checked the SSH host key."""

    def baseline(self, say: Say) -> dict[str, str]:
        """Bring the guest to the baseline; empty where the image is not one that can be hardened."""


@dataclass(frozen=True, slots=True)
class SshGuest:
    """The real one: paramiko proves SSH, Ansible runs ``playbooks/baseline.yml``."""

    session: Session
    order: Row
    machine: MachineSpec

    def reach(self, seconds: int, say: Say) -> dict[str, str]:
        from provisioners.hostkeys import login_key
        from provisioners.ssh import wait_for_ssh

        proof = wait_for_ssh(self.machine, login_key(self.session.ssh_folder).private, seconds, say)
        return {"address": proof.address, "host_key": proof.fingerprint, "waited_seconds": str(round(proof.seconds))}

    def baseline(self, say: Say) -> dict[str, str]:
        if self.machine.image.kind == "tiny":
            return {}  # busybox has no Python: there is nothing that Ansible could run
        from playbooks import BASELINE
        from provisioners.ansible import run_playbook
        from provisioners.hostkeys import login_key

        data = [volume for volume in self.machine.volumes if volume.role == "data"]
        folder = self.session.new_job_folder(self.order["id"], "baseline")
        result = run_playbook(
            BASELINE,
            self.machine,
            login_key(self.session.ssh_folder).private,
            folder,
            say,
            {
                "jiyun_department": self.order["department"],
                "jiyun_system": self.order["system"],
                "jiyun_machine": self.machine.id,
                "jiyun_login": self.machine.login,
                "jiyun_data_serial": data[0].serial if data else "",
            },
        )
        return {"recap": result.recap, "job": str(folder), "seconds": str(round(result.seconds))}
