#!/usr/bin/env python3
"""
A bad network between two stations on one machine: a relay of TCP connections that delays them, each by its own time,
cuts them, swallows what they carry, and counts their bytes. What it delays overtakes on other connections, never within
one.

As a program: relay.py LISTEN_PORT TARGET_PORT, with commands as lines of JSON on standard input and one answer each on
standard output. `Relay` starts it and speaks to it.

  {"delay_ms": [50, 400]}  bytes wait so long, drawn per connection       {"cut": true}   close all connections now
  {"cut_after": 20000}     close each after so many bytes, 0 never        {"count": true} bytes each way since the start
  {"is_silent": true}      take everything and pass on nothing            {"seed": 1}     what is drawn is drawn from it
  {"refuses": true}        close what connects                            {"trace": true} bytes by turns since the last one
"""
import asyncio
import json
import os
import random
import subprocess
import sys

CHUNK = 65536
DIALLED, ANSWERED = 0, 1  # the direction of bytes: from who dialled, and back


class Middle:
    """What all connections share."""

    def __init__(self, target):
        self.target, self.dice = target, random.Random(0)
        self.settings = {"delay_ms": [0, 0], "cut_after": 0, "is_silent": False, "refuses": False}
        self.bytes, self.connections, self.open = [0, 0], 0, set()
        self.turns = []  # [direction, bytes], a new one whenever the direction changes

    def command(self, words):
        for name in self.settings:
            if name in words:
                self.settings[name] = words[name]
        if "seed" in words:
            self.dice = random.Random(words["seed"])
        if "cut" in words:
            for writer in list(self.open):
                writer.transport.abort()
        if "trace" in words:
            turns, self.turns = self.turns, []
            return {"turns": turns}
        return {"bytes": self.bytes, "connections": self.connections, "open": len(self.open) // 2}

    def note(self, direction, count):
        self.bytes[direction] += count
        if self.turns and self.turns[-1][0] == direction:
            self.turns[-1][1] += count
        else:
            self.turns.append([direction, count])

    async def pump(self, reader, writer, direction, delay, left):
        """Bytes one way. They are read at once and leave when their time has come."""
        queue, loop = asyncio.Queue(), asyncio.get_running_loop()

        async def deliver():
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0, due - loop.time()))
                if data is None:
                    return
                writer.write(data)
                await writer.drain()
        delivery = asyncio.ensure_future(deliver())
        try:
            while data := await reader.read(CHUNK):
                self.note(direction, len(data))
                left[0] -= len(data)
                if left[0] < 0:
                    break
                if not self.settings["is_silent"]:
                    queue.put_nowait((loop.time() + delay, data))
            queue.put_nowait((loop.time() + delay, None))
            await delivery
        except OSError:
            delivery.cancel()
        finally:
            writer.transport.abort()

    async def serve(self, reader, writer):
        if self.settings["refuses"]:
            writer.transport.abort()
            return
        try:
            target_reader, target = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        delay = self.dice.uniform(*self.settings["delay_ms"]) / 1000
        after = self.settings["cut_after"]
        left = [self.dice.randint(after // 2, after) if after else 1 << 60]
        pair = {writer, target}
        self.open |= pair
        await asyncio.gather(self.pump(reader, target, DIALLED, delay, left),
                             self.pump(target_reader, writer, ANSWERED, delay, left))
        self.open -= pair


async def serve(listen, target):
    middle, loop = Middle(target), asyncio.get_running_loop()
    server = await asyncio.start_server(middle.serve, "127.0.0.1", listen)
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print(json.dumps({"listens": server.sockets[0].getsockname()[1]}), flush=True)
    while line := await commands.readline():
        print(json.dumps(middle.command(json.loads(line))), flush=True)


class Relay:
    """A relay process to a port of this machine; `port` is where it listens. It ends with the block."""

    def __init__(self, target):
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), "0", str(target)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["listens"]

    def tell(self, **words):
        self.process.stdin.write(json.dumps(words).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
