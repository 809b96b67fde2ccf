"""The page: the files that `make web` has built, or a few words where it has not."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from .outside import prefix_of

__all__ = ["STATIC", "Page"]

STATIC: Final = Path(__file__).with_name("static")
"""Where the built page lies."""

_FALLBACK: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Stackholder</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>
<body><main><h1>Stackholder</h1>
<p>The endpoints are served; the page has not been built. Build it with <code>make web</code> (Node 20 or newer),
then reload.</p>
<ul>
<li><a href="{}/sparql">/sparql</a>: SPARQL 1.1 Protocol</li>
<li>/cypher and /db/neo4j/query/v2: Cypher, in the shape of Neo4j's Query API</li>
<li><a href="{}/api/openapi.json">/api</a>: JSON, described by OpenAPI</li>
<li><a href="{}/metrics">/metrics</a>, <a href="{}/health">/health</a></li>
</ul></main></body></html>
"""
_DOTTED: Final = "entity/"  # views whose address may end in a dot and letters, as ids do
_UNCHANGING: Final = "public, max-age=31536000, immutable"


class Page:
    """Answers every address that belongs to nothing else: a file where there is one, else the page itself.

    Args:
        folder: Where the built page lies; it may come later.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        # an editable install is a folder of links
        self._files = StaticFiles(directory=folder, check_dir=False, follow_symlink=True)

    async def __call__(self, request: Request) -> Response:
        """The file, or the page."""
        path = request.url.path.lstrip("/")
        if "\0" in path:
            raise HTTPException(404)
        start = self._folder / "index.html"
        if path and path != "index.html":
            try:
                found = await self._files.get_response(path, request.scope)
            except HTTPException as error:
                file = "." in path.rsplit("/", 1)[-1] and not path.startswith(_DOTTED)
                if error.status_code != 404 or file:
                    raise
            else:
                if path.startswith("assets/"):
                    found.headers["cache-control"] = _UNCHANGING
                return found
        if not start.exists():
            return HTMLResponse(_FALLBACK.replace("{}", html.escape(prefix_of(request.scope))))
        return FileResponse(start, headers={"cache-control": "no-cache"})
