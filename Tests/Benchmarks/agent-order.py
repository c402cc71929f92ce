"""Which functions the agent runs again and again: the linker puts them side by side (`make release`).

agent-order.py [--weir WEIR] [--agent AGENT] [--seconds 75] > devices/weir-agent.order

Runs the agent as agent.py does, under valgrind (Debian: valgrind), and counts from ten seconds after its first reading.
AGENT must not be stripped. Names that a later build does not have are passed over, so the list need not be made anew for
each change: when the memory in RESULTS.md grows, or with a new compiler.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

import agent as bench


def hot(profile, program):
    """Names of the program's functions that ran, the dearest first."""
    names, objects, costs = {}, {}, {}
    is_ours, current, is_call = False, "", False
    with open(profile, encoding="utf-8") as file:
        for line in file:
            if found := re.match(r"(c?)(ob|fn)=\((\d+)\)(?: (.*))?$", line):
                called, kind, number, name = found.groups()
                known = objects if kind == "ob" else names
                if name:
                    known[number] = name
                if not called and kind == "ob":
                    is_ours = known[number] == program
                elif not called:
                    current = re.sub(r"'\d+$", "", known[number])  # callgrind numbers recursive calls
            elif line.startswith("calls="):
                is_call = True
            elif re.match(r"[+\-*\d]", line):
                if is_ours and not is_call:
                    costs[current] = costs.get(current, 0) + int(line.split()[1])
                is_call = False
    return sorted(costs, key=lambda name: (-costs[name], name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weir", default=os.path.join(bench.ROOT, ".build/release/weir"))
    parser.add_argument("--agent", default=os.path.join(bench.ROOT, ".build/release/weir-agent"))
    parser.add_argument("--seconds", type=int, default=75)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.agent)
    with tempfile.TemporaryDirectory(prefix="weir-agent-") as folder:
        profile, wrapper = os.path.join(folder, "profile"), os.path.join(folder, "agent")
        with open(wrapper, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec valgrind --quiet --tool=callgrind --demangle=no --instr-atstart=no "
                       f"--callgrind-out-file='{profile}' '{program}' \"$@\"\n")
        os.chmod(wrapper, 0o755)
        library, _ = bench.shim(folder), bench.Emulator(folder)
        gateway = bench.Gateway(arguments.weir, folder)
        try:
            before = gateway.stored()
            agent = bench.Agent(wrapper, folder, gateway, library)
            bench.until("a first reading", 300, lambda: gateway.stored() > before)
            time.sleep(10)
            control = ["callgrind_control", str(agent.process.pid)]
            subprocess.run([*control, "--instr=on"], stdout=sys.stderr, check=True)
            time.sleep(arguments.seconds)
            subprocess.run([*control, "--instr=off"], stdout=sys.stderr, check=True)
            agent.stop()
        finally:
            gateway.process.kill()
        print("\n".join(hot(profile, program)))


if __name__ == "__main__":
    main()
