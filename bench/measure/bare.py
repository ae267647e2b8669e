"""Baselines: the least that the kernel needs for the same, without a server."""
import ctypes
import math
import os
import struct
import tempfile
import time

CLOCK_REALTIME = 0
TFD_TIMER_ABSTIME = 1


def bare_start_ms(script, text):
    """From posix_spawn of a bash script that reads `text` to the time (ns of the epoch) that it prints."""
    with tempfile.NamedTemporaryFile("w+") as given, tempfile.NamedTemporaryFile("r") as printed:
        given.write(text)
        given.flush()
        actions = [(os.POSIX_SPAWN_OPEN, 0, given.name, os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, printed.name, os.O_WRONLY, 0)]
        began = time.time_ns()
        pid = os.posix_spawn("/bin/bash", ["/bin/bash", script], os.environ, file_actions=actions)
        os.waitpid(pid, 0)
        return (int(printed.read()) - began) / 1e6


def timer_lateness_ms(count):
    """How late a timerfd of one second is read, `count` times. Runs for as many seconds."""
    libc = ctypes.CDLL(None, use_errno=True)
    timer = libc.timerfd_create(CLOCK_REALTIME, os.O_CLOEXEC)
    if timer < 0:
        raise OSError(ctypes.get_errno(), "timerfd_create")
    try:
        first = math.floor(time.time()) + 2
        # struct itimerspec: interval, then the first time; seconds and nanoseconds each
        if libc.timerfd_settime(timer, TFD_TIMER_ABSTIME, struct.pack("=4q", 1, 0, first, 0), None) != 0:
            raise OSError(ctypes.get_errno(), "timerfd_settime")
        late = []
        for number in range(count):
            os.read(timer, 8)
            late.append((time.time_ns() - (first + number) * 1_000_000_000) / 1e6)
        return late
    finally:
        os.close(timer)
