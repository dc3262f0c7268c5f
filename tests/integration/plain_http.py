"""HTTP as others speak it: a browser through a library, and whoever sends what no library would."""

import asyncio
from urllib.parse import urlsplit

import aiohttp

from tests.conftest import WAIT


async def get(server, path, **options):
    """Ask as a browser does. Return the answer, its body read. `options` are those of aiohttp."""
    url = server.url.replace("ws", "http", 1) + path
    options["timeout"] = aiohttp.ClientTimeout(WAIT)
    async with aiohttp.request("GET", url, **options) as answer:
        await answer.read()
        return answer


async def status_of(server, *lines):
    """Send a request of these lines as they are. Return the status of the answer."""
    url = urlsplit(server.url)
    async with asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.writelines(line.encode("latin-1") + b"\r\n" for line in (*lines, ""))
        answer = await reader.readline()
        writer.close()
    return int(answer.split()[1])


async def answer_to(server, *lines):
    """Send a request of these lines as they are. Return the lines of the answer, and its body."""
    url = urlsplit(server.url)
    async with asyncio.timeout(WAIT):
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.writelines(line.encode("latin-1") + b"\r\n" for line in (*lines, ""))
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
    return head.splitlines(), body
