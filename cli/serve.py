"""`stackholder serve`."""

from __future__ import annotations

from pathlib import Path

import click

from .options import as_of_option, home_option, timeout_option

__all__ = ["command"]


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=7878, show_default=True, help="0: any free."
)
@click.option(
    "--token",
    help="What requests must bring; needed on any address but the loopback. Better by STACKHOLDER_TOKEN.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Another name by which it may be asked; can be given again.",
)
@click.option(
    "--cors",
    "origins",
    multiple=True,
    metavar="ORIGIN",
    help="A page that may ask, like https://example.org; can be given again.",
)
@click.option(
    "--public-url",
    default="",
    metavar="URL",
    help="Address by which clients reach it through a proxy, like https://example.org/stack.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes for quick requests (default: two per processor, 4 at least).",
)
@click.option(
    "--memory",
    type=click.IntRange(64),
    default=1024,
    show_default=True,
    help="Most MB that one request may take.",
)
@click.option(
    "--read-only-home", is_flag=True, help="Write nothing in the home; make stores elsewhere."
)
@timeout_option
@as_of_option
@home_option
def command(
    host: str,
    port: int,
    token: str | None,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    public_url: str,
    workers: int | None,
    memory: int,
    read_only_home: bool,
    timeout: float | None,
    as_of: str | None,
    home: Path | None,
) -> None:
    """Serve the graph over HTTP: SPARQL, Cypher, a JSON API and the page. Read-only.

    \b
    stackholder serve
    stackholder serve --port 8080 --timeout 10
    STACKHOLDER_TOKEN=… stackholder serve --host 0.0.0.0 --allow-host graph.example.org
    """
    import os

    from ..settings import settings
    from ..web.server import Options, serve

    ours = settings(home=home, timeout=timeout, token=token)
    serve(
        Options(
            home=ours.home.value,
            host=host,
            port=port,
            token=ours.token.value,
            hosts=hosts,
            origins=origins,
            public_url=public_url,
            seconds=ours.timeout.value,
            workers=workers or max(4, 2 * (os.cpu_count() or 2)),
            memory=memory << 20,
            read_only=read_only_home,
            as_of=(as_of or "").strip(),
            strengths=str(ours.strengths.value),
        )
    )
