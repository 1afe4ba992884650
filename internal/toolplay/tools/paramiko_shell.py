# Sends whole lines to invoke_shell of paramiko. PAUSE says when the next one
# goes: "prompt" once recv has given the prompt, "poll S" once nothing was
# ready when asked every S seconds.
import os, time
import paramiko

how, _, seconds = os.environ["PAUSE"].partition(" ")
client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect(os.environ["HOST"], int(os.environ["PORT"]), os.environ["LOGIN"], os.environ["PASSWORD"], look_for_keys=False, allow_agent=False)
shell = client.invoke_shell()
shell.settimeout(20)


def settle():
    if how == "poll":
        time.sleep(float(seconds))
        while shell.recv_ready():
            shell.recv(65535)
            time.sleep(float(seconds))
        return
    seen = b""
    while not seen.endswith((b"# ", b"$ ")):
        got = shell.recv(65535)
        if not got:
            return
        seen = (seen + got)[-8:]


settle()
for line in open(os.environ["COMMANDS"]):
    shell.send(line)
    if line != "exit\n":
        settle()
shell.recv_exit_status()
client.close()
