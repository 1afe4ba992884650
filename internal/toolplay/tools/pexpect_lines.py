# Sends whole lines to a shell with pexpect. PAUSE says when the next one goes:
# "prompt" as soon as the prompt is there, "sleep S" S seconds after the last
# one whatever the shell did, "think M" at the prompt and a log-normal time of
# median M seconds later.
import os, random, time
import pexpect

how, _, seconds = os.environ["PAUSE"].partition(" ")
chance = random.Random(int(os.environ["SEED"]))
shell = pexpect.spawn("ssh", ["-F", os.environ["SSH_CONFIG"], "decoy"], timeout=20)
shell.expect(r"[#$] $")
for line in open(os.environ["COMMANDS"]):
    line = line.rstrip("\n")
    if how == "think":
        time.sleep(float(seconds) * chance.lognormvariate(0, 0.6))
    shell.sendline(line)
    if line == "exit":
        break
    if how == "sleep":
        time.sleep(float(seconds))
    else:
        shell.expect(r"[#$] $")
shell.expect(pexpect.EOF)
