"""The local web application: pages and a JSON API over the layers below, which do all the work."""

from hepasome.web._settings import MISSING, Limits, Serving, is_loopback
from hepasome.web._start import create_app, serve, usable

__all__ = ["MISSING", "Limits", "Serving", "create_app", "is_loopback", "serve", "usable"]
