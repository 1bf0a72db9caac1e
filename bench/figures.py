"""What every measurement prints: the machine, then figures beside their baseline."""

import os
import platform
import subprocess
import time


def first(path, prefix):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith(prefix):
                return line.split(":", 1)[1].strip()
    return "unknown"


def print_machine():
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True,
                            text=True, check=False).stdout.strip() or "unknown"
    memory = int(first("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024
    print(f"machine  {first('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, "
          f"{memory:.0f} GiB, Linux {platform.release()}")
    now = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    print(f"build    {commit}, release preset, {now}")
    print(f"load     {os.getloadavg()[0]:.2f} before the start")


def title(text):
    print(f"\n== {text}", flush=True)


def row(name, *figures):
    print(f"  {name:<34}" + "  ".join(f"{figure:>16}" for figure in figures), flush=True)


def micros(value):
    """Microseconds as people read them."""
    if value < 1000:
        return f"{value:.0f} us"
    return f"{value / 1000:.2f} ms" if value < 1e6 else f"{value / 1e6:.2f} s"


def at_share(values, share):
    """The value that `share` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def median_and_p99(nanoseconds):
    return micros(at_share(nanoseconds, 0.5) / 1e3), micros(at_share(nanoseconds, 0.99) / 1e3)
