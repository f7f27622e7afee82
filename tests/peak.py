"""The most memory that this process ever held, in MB. Not `ru_maxrss`, which begins with what the parent held."""

from pathlib import Path


def peak_mb():
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024
