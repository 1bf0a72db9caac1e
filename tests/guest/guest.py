"""What a container cannot show: a machine with systemd and nothing but cgroup v2, its reboot, its
clock, its power. One guest under qemu, without KVM; part of ./test --soak.

usage: guest.py BUILD-DIR OUT-DIR"""
import pathlib
import re
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
BOOT_MOST = 1500.0  # seconds for one boot and all its tests
CUT_AFTER = 5.0     # seconds of acknowledged work after the announcement


class Boot:
    """One run of the machine; its console, line by line."""

    def __init__(self, out):
        self.lines = []
        self.process = subprocess.Popen(
            ["qemu-system-x86_64", "-m", "1024", "-smp", "1", "-nographic", "-no-reboot", "-nic",
             "none", "-kernel", out / "vmlinuz", "-initrd", out / "initrd.img", "-append",
             "root=/dev/vda rw console=ttyS0 quiet systemd.show_status=false mitigations=off",
             "-drive", f"file={out / 'disk.img'},if=virtio,format=raw,cache=writeback"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())
            print("    " + line.rstrip(), flush=True)

    def end(self, cut):
        """Until it powers off, or, with `cut`, until its power is cut in the middle of its work."""
        deadline = time.monotonic() + BOOT_MOST
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                self.process.kill()
                print("FAILED the guest took too long")
                break
            if cut and "CUT soon" in self.lines:
                time.sleep(CUT_AFTER)
                self.process.kill()
                break
            time.sleep(0.2)
        self.process.wait()
        self.reader.join()

    def tests(self, word):
        return [line for line in self.lines if line.startswith(word + " ")]


def main(build, out):
    subprocess.run([HERE / "make_image", build, out], check=True)
    first, second = Boot(out), None
    first.end(cut=True)
    acknowledged = {line.split()[1] for line in first.tests("acknowledged")}
    second = Boot(out)
    second.end(cut=False)
    found = set(re.findall(r"t\d+", " ".join(second.tests("found"))))
    failures = first.tests("FAILED") + second.tests("FAILED")
    if not acknowledged:
        failures.append("FAILED nothing was acknowledged before the power was cut")
    lost = sorted(acknowledged - found)
    if lost:
        failures.append(f"FAILED acknowledged and lost: {' '.join(lost)}")
    if not any(line.startswith("END of phase 2") for line in second.lines):
        failures.append("FAILED the second boot did not come to its end")
    print(f"{len(acknowledged)} tasks acknowledged before the cut, {len(lost)} lost")
    passed = len(first.tests("ok")) + len(second.tests("ok"))
    print(f"guest: {passed} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve())
