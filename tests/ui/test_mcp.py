"""The studio's tools, as a language model's client finds and calls them."""

import ast
import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from engine.photos.stamp import read_provenance


async def _ask(address: str, tool: str, given: dict[str, object]) -> tuple[list[str], CallToolResult]:
    """Names of the tools, and what one of them answers."""
    async with (
        streamable_http_client(f"{address}gradio_api/mcp/") as (reads, writes, _),
        ClientSession(reads, writes) as session,
    ):
        await session.initialize()
        names = [each.name for each in (await session.list_tools()).tools]
        return names, await session.call_tool(tool, given)


def test_a_tool_makes_the_picture_of_a_place(mcp_address: str) -> None:
    given = {"place": "Times Square", "num_inference_steps": 2, "seed": 4}
    with ThreadPoolExecutor(1) as thread:  # the browser's own loop runs in this one
        names, answer = thread.submit(asyncio.run, _ask(mcp_address, "generate", given)).result()
    assert names == ["generate", "make"]
    assert not answer.isError
    file, notices = ast.literal_eval(answer.content[0].text)
    request = read_provenance(Path(file["path"]))["request"]
    assert (request["seed"], request["num_inference_steps"]) == (4, 2)
    assert 40.75 < request["place"]["latitude"] < 40.77
    assert isinstance(notices, list)
