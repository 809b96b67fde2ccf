"""The OpenAPI document of the JSON API, made from its endpoints."""

from __future__ import annotations

import re
from typing import Any, Final

from .. import __version__
from .endpoints import ENDPOINTS, Endpoint, Field

__all__ = ["document"]

_TYPES: Final = {"text": "string", "integer": "integer", "boolean": "boolean"}
_DATE: Final = Field("as_of", "the state on this date, such as 2022-09-14")
_ERRORS: Final = {
    "400": "a parameter is missing, unknown or of another type",
    "404": "there is no such entity or question",
    "503": "too much is asked at once",
    "504": "it took too long",
}


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stackholder",
            "version": __version__,
            "description": "Who holds your stack? Beside this: /sparql (SPARQL 1.1 Protocol), "
            "/cypher and /db/{name}/query/v2 (Query API of Neo4j).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {f"/api{e.path}": {e.method.lower(): _operation(e)} for e in ENDPOINTS},
        "components": {
            "schemas": {"Error": _ERROR},
            "headers": {
                "Snapshot": {
                    "description": "hash of the snapshot that the answer is from",
                    "schema": {"type": "string"},
                }
            },
        },
    }


_ERROR: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["what", "where", "hint"],
            "properties": {n: {"type": "string"} for n in ("what", "where", "hint")},
        }
    },
}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    media_type = "application/octet-stream" if endpoint.file else "application/json"
    schema = {"type": "string", "format": "binary"} if endpoint.file else {"type": "object"}
    headers = {"X-Stackholder-Snapshot": {"$ref": "#/components/headers/Snapshot"}}
    answers: dict[str, Any] = {
        "200": {
            "description": endpoint.about,
            "headers": headers,
            "content": {media_type: {"schema": schema}},
        }
    }
    failed = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    more = {"413": "the file is too large", "422": "the file cannot be read"}
    for status, about in {**_ERRORS, **(more if endpoint.method == "POST" else {})}.items():
        answers[status] = {"description": about, "content": failed}
    told: dict[str, Any] = {
        "operationId": endpoint.operation,
        "summary": endpoint.about,
        "parameters": [
            *(
                {"name": n, "in": "path", "required": True, "schema": {"type": "string"}}
                for n in re.findall(r"{(\w+)}", endpoint.path)
            ),
            *(_parameter(f) for f in (*endpoint.fields, _DATE)),
        ],
        "responses": answers,
    }
    if endpoint.free:
        told["parameters"].append(
            {"name": "parameters", "in": "query", "style": "form", "explode": True,
             "description": "those of the question, by name",
             "schema": {"type": "object", "additionalProperties": {"type": "string"}}}
        )  # fmt: skip
    if endpoint.method == "POST":
        told["requestBody"] = {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    return told


def _parameter(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES.get(field.type, "string")}
    if field.type == "integer":
        schema |= {"minimum": field.least, "maximum": field.most}
    if field.choices:
        schema["enum"] = list(field.choices)
    if field.default is not None:
        schema["default"] = field.default
    told = {
        "name": field.name,
        "in": "query",
        "description": field.about,
        "required": field.required,
    }
    if field.type == "texts":
        return {
            **told,
            "schema": {"type": "array", "items": schema},
            "style": "form",
            "explode": not field.commas,
        }
    return {**told, "schema": schema}
