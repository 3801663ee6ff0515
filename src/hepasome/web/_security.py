"""What every request must pass, and what every answer carries."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hepasome.web._settings import Serving, is_loopback

COOKIE = "hepasome_token"
_CHANGES = {"POST", "PUT", "PATCH", "DELETE"}
_BODIES = ("application/json", "application/yaml")
UPLOADS = {"/api/products", "/api/products/read"}  # the only addresses that files are sent to
_FILES = ("multipart/form-data",)
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# a report is one file with its own style and drawings; it needs no script and gets no origin
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cache-Control": "no-store",
}


class Guard:
    """Refuses requests that no reader of these pages sends; sets the headers of every answer."""

    def __init__(self, app: ASGIApp, serving: Serving) -> None:
        self._app, self._serving = app, serving
        self._hosts = {"localhost", "127.0.0.1", "::1", serving.host.lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no web sockets here

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await refused(scope, receive, with_headers)
            return
        await self._app(scope, _limited(receive, self._taken(scope)[1]), with_headers)

    def _taken(self, scope: Scope) -> tuple[tuple[str, ...], int]:
        """Kinds of a body that an address takes, and its largest size (bytes)."""
        limits = self._serving.limits
        return (_FILES, limits.upload) if scope["path"] in UPLOADS else (_BODIES, limits.body)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """The answer to a request that is not let through; None for the others."""
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        # a page elsewhere may let its own name point here: such a name is not ours
        if is_loopback(self._serving.host) and host.lower() not in self._hosts:
            return _sentence(scope, "This server answers to its own address only.", 421)
        if self._serving.token:
            asked = self._without_token(scope, headers)
            if asked is not None:
                return asked
        if scope["method"] in _CHANGES:
            return self._unwanted_change(scope, headers)
        return None

    def _unwanted_change(self, scope: Scope, headers: Headers) -> Response | None:
        """A change that a page elsewhere asks a reader's browser for, or a body that is not taken."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if site not in ("none", "same-origin"):
            return _sentence(scope, "A page elsewhere may change nothing here.", 403)
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return _sentence(scope, "A page elsewhere may change nothing here.", 403)
        size = headers.get("content-length", "0")
        kinds, most = self._taken(scope)
        if not size.isdecimal() or int(size) > most:
            return _sentence(scope, _too_large(most), 413)
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        has_body = size != "0" or "transfer-encoding" in headers
        if has_body and kind not in kinds:
            return _sentence(scope, f"The body must be {' or '.join(kinds)}.", 415)
        return None

    def _without_token(self, scope: Scope, headers: Headers) -> Response | None:
        """What a reader gets who does not know the token; a redirect with a cookie for one who brings it."""
        written = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        brought = written.pop("token", [""])[0]
        if brought and self._is_token(brought) and scope["method"] == "GET":
            query = urlencode(written, doseq=True)
            moved = RedirectResponse(scope["path"] + (f"?{query}" if query else ""), 303)
            moved.set_cookie(COOKIE, brought, httponly=True, samesite="strict", path="/")
            return moved
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        known = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        if self._is_token(known) or (kind.lower() == "bearer" and self._is_token(bearer.strip())):
            return None
        sentence = "Open the address that `hepasome serve` printed: it holds the token of this server."
        answer = _sentence(scope, sentence, 401)
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _is_token(self, written: str) -> bool:
        return secrets.compare_digest(written.encode(), self._serving.token.encode())


def _too_large(most: int) -> str:
    return f"The body is larger than {most:,} bytes."


def _sentence(scope: Scope, text: str, status: int) -> Response:
    """A refusal in the form of the API, or as plain text: who is refused sees nothing of the application."""
    if scope["path"].startswith("/api/"):
        return JSONResponse({"sentence": text, "findings": []}, status)
    return PlainTextResponse(text + "\n", status)


def _limited(receive: Receive, most: int) -> Callable[[], Awaitable[Any]]:
    """Counts what comes, for a body may say nothing of its length."""
    got = 0

    async def counted() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > most:
            raise HTTPException(413, _too_large(most))
        return message

    return counted
