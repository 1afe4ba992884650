# Sends whole lines to a terminal opened by asyncssh, each at the prompt and an
# exponential time of mean PAUSE seconds later.
import asyncio, os, random
import asyncssh

chance = random.Random(int(os.environ["SEED"]))


async def main():
    async with asyncssh.connect(os.environ["HOST"], int(os.environ["PORT"]), username=os.environ["LOGIN"], password=os.environ["PASSWORD"], known_hosts=None, client_keys=None, config=None) as c:
        shell = await c.create_process(term_type="xterm")
        for line in open(os.environ["COMMANDS"]):
            seen = ""
            while not seen.endswith(("# ", "$ ")):
                seen = (seen + await asyncio.wait_for(shell.stdout.read(65536), 20))[-8:]
            await asyncio.sleep(chance.expovariate(1 / float(os.environ["PAUSE"])))
            shell.stdin.write(line)
        await shell.wait()


asyncio.run(main())
