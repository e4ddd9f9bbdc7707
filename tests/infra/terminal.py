"""Somebody at a terminal: answers what a program asks, in the order of the questions.

    python terminal.py ANSWERS COMMAND...

ANSWERS is a JSON list of pairs: what the question holds, and the answer. Prints what was on the terminal; exits with the program's code, or with 99
when a question did not come.
"""

import json
import os
import pty
import select
import sys
import time

PATIENCE = 240  # seconds for one question; a deployment is between two of them

answers, command = json.loads(sys.argv[1]), sys.argv[2:]
process, terminal = pty.fork()
if process == 0:
    os.execvp(command[0], command)

seen, searched = "", 0
deadline = time.monotonic() + PATIENCE
while True:
    ready, _, _ = select.select([terminal], [], [], 1)
    if ready:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the program has ended
            piece = b""
        if not piece:
            break
        seen += piece.decode(errors="replace")
        sys.stdout.write(piece.decode(errors="replace"))
        sys.stdout.flush()
    if answers and (found := seen.find(answers[0][0], searched)) >= 0:
        searched = found + len(answers[0][0])
        # Once it has switched off the echo of a secret, if it does.
        time.sleep(0.2)
        os.write(terminal, answers.pop(0)[1].encode() + b"\n")
        deadline = time.monotonic() + PATIENCE
    if time.monotonic() > deadline:
        print(f"\nterminal: waited in vain for {answers[:1]}")
        os.kill(process, 15)
        os.waitpid(process, 0)
        sys.exit(99)

code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
if answers:
    print(f"\nterminal: nobody asked for {answers}")
    sys.exit(99)
sys.exit(code)
