"""Runs in the guest at each boot. Prints 'ok WHAT' or 'FAILED WHAT: why' on the serial console; the
host side (guest.py) counts them and cuts the power where it reads CUT."""
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import traceback

PHASE = pathlib.Path("/var/lib/phase")
CELL = pathlib.Path("/var/lib/guest-cell")
PATIENCE = 240.0  # there is no KVM


def sh(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def until(condition, what):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited for {what}")


def ask(*words):
    done = subprocess.run(["lazaret", *words, "--json"], capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def agent(name="worker"):
    return ask("agent", "show", name) or {}


def running(name="worker", after=0):
    return until(lambda: (a := agent(name)).get("process") == "running" and a["incarnation"] > after
                 and a, f"{name} to run")


def main_pid():
    return int(re.search(r"MainPID=(\d+)", sh("systemctl", "show", "lazaret", "-p", "MainPID"))[1])


def next_daemon(before):
    def there():
        pid = main_pid()
        answers = ((ask("status") or {}).get("daemon") or {}).get("pid")
        return pid not in (0, before) and answers == pid and pid
    return until(there, "the next daemon")


def same_life(before):
    now = running()
    assert (now["pid"], now["incarnation"]) == (before["pid"], before["incarnation"]), (before, now)


def exits():
    return ask("events", "--kind", "agent_exited")["events"]


# First boot: the service.

def the_service_starts():
    assert os.path.exists("/sys/fs/cgroup/cgroup.controllers"), "not a pure cgroup v2"
    sh("systemctl", "enable", "lazaret")
    sh("systemctl", "start", "lazaret")
    assert "active" in sh("systemctl", "is-active", "lazaret")
    assert ask("status"), "READY=1 came before the doors were open"


def doctor_finds_the_service_well():
    text = sh("lazaret", "doctor")
    assert "lazaret.service is active" in text and "BAD" not in text, text
    assert "cgroup v2" in text, text


def an_agent_has_a_group_outside_the_service():
    sh("lazaret", "run", "-d", "--name", "worker", "--restart", "always", "--", "sleep", "1000000")
    group = pathlib.Path(f"/proc/{running()['pid']}/cgroup").read_text()
    assert "lazaret.service" not in group, group


def a_killed_daemon_comes_back_and_the_agent_lives():
    before = running()
    daemon = main_pid()
    os.kill(daemon, signal.SIGKILL)
    next_daemon(daemon)
    same_life(before)


def a_restart_of_the_service_leaves_the_agent_alone():
    before = running()
    daemon = main_pid()
    sh("systemctl", "restart", "lazaret")
    next_daemon(daemon)
    same_life(before)


def stopping_the_service_leaves_the_agent_alone_and_it_starts_again():
    before = running()
    daemon = main_pid()
    sh("systemctl", "stop", "lazaret")
    os.kill(before["pid"], 0)
    sh("systemctl", "start", "lazaret")
    next_daemon(daemon)
    same_life(before)


def a_daemon_that_hangs_is_noticed_by_the_watchdog():
    before = running()
    drop_in = pathlib.Path("/run/systemd/system/lazaret.service.d")
    drop_in.mkdir(parents=True)
    (drop_in / "watchdog.conf").write_text("[Service]\nWatchdogSec=10s\n")
    sh("systemctl", "daemon-reload")
    daemon = main_pid()
    sh("systemctl", "restart", "lazaret")
    daemon = next_daemon(daemon)
    os.kill(daemon, signal.SIGSTOP)
    next_daemon(daemon)
    same_life(before)
    assert "watchdog" in sh("journalctl", "-u", "lazaret", "--no-pager")


def doctor_names_a_unit_that_would_take_the_agents_along():
    drop_in = pathlib.Path("/run/systemd/system/lazaret.service.d/kill.conf")
    drop_in.write_text("[Service]\nKillMode=control-group\n")
    sh("systemctl", "daemon-reload")
    text = sh("lazaret", "doctor", check=False)
    drop_in.unlink()
    sh("systemctl", "daemon-reload")
    assert "BAD service" in text and "KillMode=process" in text, text


def a_memory_limit_holds_by_cgroup_v2():
    eat = "b = bytearray()\nwhile True: b.extend(b'x' * 1000000)"
    done = subprocess.run(["lazaret", "run", "--name", "eater", "--mem", "64M", "--",
                           "python3", "-c", eat], capture_output=True, text=True, check=False)
    ends = [e["body"]["exit"]["kind"] for e in exits() if e["agent"] == "eater"]
    assert "out_of_memory" in ends, (done.returncode, done.stderr, ends)


def nobody_is_judged_by_a_clock_that_is_set():
    before = running()
    deaths = len(exits())
    for step in ("+1 hour", "-2 hours", "+1 hour"):
        sh("date", "-s", step)
        same_life(before)
    health = {e["body"]["health"] for e in ask("events", "--kind", "agent_health_changed")["events"]}
    assert "unhealthy" not in health, health
    assert len(exits()) == deaths


def a_suspend_judges_nobody():
    assert "mem" in pathlib.Path("/sys/power/state").read_text(), "no suspend to memory"
    before = running()
    sh("lazaret", "agent", "heartbeat", "pulse")  # the next one is due within 30 s
    alarm = pathlib.Path("/sys/class/rtc/rtc0/wakealarm")
    alarm.write_text("0")
    alarm.write_text("+60")
    awake, wall = time.monotonic(), time.time()
    pathlib.Path("/sys/power/state").write_text("mem")
    asleep = (time.time() - wall) - (time.monotonic() - awake)
    assert asleep > 40, f"only {asleep:.0f} s asleep"
    health = ask("agent", "health", "pulse")
    assert health["status"] == "healthy" and health["consecutive_failures"] == 0, health
    same_life(before)


def acknowledged_work_until_the_power_is_cut():
    cell = json.loads(sh("lazaret", "mission", "new", "ledger", "--json"))["cell_id"]
    CELL.write_text(cell)
    PHASE.write_text("2")
    os.sync()
    for number in range(1000):
        done = sh("lazaret", "task", "add", cell, f"entry {number}", "--id", f"t{number}")
        assert done is not None
        print(f"acknowledged t{number}", flush=True)
        if number == 20:
            print("CUT soon", flush=True)


# Second boot, after the power was cut.

def the_service_started_with_the_machine():
    until(lambda: ask("status"), "the daemon")


def every_agent_of_the_boot_before_is_lost_and_revived():
    now = running()
    ends = [e["body"]["exit"]["kind"] for e in exits() if e["agent"] == "worker"]
    assert ends[-1:] == ["lost"], ends
    assert now["incarnation"] > 1, now
    cause = sh("lazaret", "why", "worker")
    assert "lost" in cause or "boot" in cause, cause


def what_was_acknowledged_is_there():
    tasks = {t["task_id"] for t in ask("task", "ls", CELL.read_text(), "--limit", "1000")["tasks"]}
    print("found " + " ".join(sorted(tasks)), flush=True)
    assert tasks, "none"


PHASES = {
    "1": [the_service_starts, doctor_finds_the_service_well,
          an_agent_has_a_group_outside_the_service,
          a_killed_daemon_comes_back_and_the_agent_lives,
          a_restart_of_the_service_leaves_the_agent_alone,
          stopping_the_service_leaves_the_agent_alone_and_it_starts_again,
          a_daemon_that_hangs_is_noticed_by_the_watchdog,
          doctor_names_a_unit_that_would_take_the_agents_along,
          a_memory_limit_holds_by_cgroup_v2,
          nobody_is_judged_by_a_clock_that_is_set,
          a_suspend_judges_nobody,
          acknowledged_work_until_the_power_is_cut],
    "2": [the_service_started_with_the_machine,
          every_agent_of_the_boot_before_is_lost_and_revived,
          what_was_acknowledged_is_there],
}


def main():
    phase = PHASE.read_text().strip() if PHASE.exists() else "1"
    for test in PHASES[phase]:
        try:
            test()
            print(f"ok {test.__name__}", flush=True)
        except Exception:
            print(f"FAILED {test.__name__}: {traceback.format_exc()}", flush=True)
            print(sh("journalctl", "-u", "lazaret", "--no-pager", "-n", "20", check=False), flush=True)
    print(f"END of phase {phase}", flush=True)
    os.sync()
    sh("systemctl", "poweroff", "--no-block")


main()
