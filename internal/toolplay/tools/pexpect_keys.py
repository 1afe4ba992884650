# Sends keys one by one with pexpect, each after a time between the two of
# GAPS, in milliseconds.
import os, random, time
import pexpect

low, high = (float(n) / 1000 for n in os.environ["GAPS"].split())
chance = random.Random(int(os.environ["SEED"]))
shell = pexpect.spawn("ssh", ["-F", os.environ["SSH_CONFIG"], "decoy"], timeout=20)
shell.delaybeforesend = None
shell.expect(r"[#$] $")
for line in open(os.environ["COMMANDS"]):
    for key in line.rstrip("\n") + "\r":
        time.sleep(chance.uniform(low, high))
        shell.send(key)
    if line.rstrip("\n") != "exit":
        shell.expect(r"[#$] $")
shell.expect(pexpect.EOF)
