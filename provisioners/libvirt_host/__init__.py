"""The real driver: one libvirt host, reached over a local socket.  Nothing heavy is imported until a host is opened."""

from provisioners.protocol import Provisioner
from provisioners.spec import HostSpec


def open_host(host: HostSpec) -> Provisioner:
    """An open connection to ``host``; use it as a context manager.  ``host.unreachable`` where nobody answers."""
    from provisioners.libvirt_host.host import LibvirtHost

    return LibvirtHost(host)
