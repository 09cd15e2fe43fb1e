"""The lab driven by keys and clicks, with a session in memory."""

from __future__ import annotations
