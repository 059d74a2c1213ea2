"""Drivers of the real things: libvirt hosts, storage, segments, seeds, SSH and Ansible.

Everything here works on one host and one frozen spec, knows no database and no other room, and is safe to
repeat: each call looks first, creates what is absent, and checks that what it found is ours.
"""
