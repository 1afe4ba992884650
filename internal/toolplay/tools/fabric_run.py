# Runs each line by Connection.run of Fabric, in one connection.
import os
from fabric import Connection

with Connection(os.environ["HOST"], os.environ["LOGIN"], int(os.environ["PORT"]), connect_kwargs={"password": os.environ["PASSWORD"], "look_for_keys": False, "allow_agent": False}) as c:
    for line in open(os.environ["COMMANDS"]):
        c.run(line.rstrip("\n"), hide=True, warn=True, in_stream=False, timeout=20)
