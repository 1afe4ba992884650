# Runs each line by exec_command of paramiko, in one connection.
import os
import paramiko

client = paramiko.SSHClient()
client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
client.connect(os.environ["HOST"], int(os.environ["PORT"]), os.environ["LOGIN"], os.environ["PASSWORD"], look_for_keys=False, allow_agent=False)
for line in open(os.environ["COMMANDS"]):
    _, out, _ = client.exec_command(line.rstrip("\n"), timeout=20)
    out.read()
client.close()
