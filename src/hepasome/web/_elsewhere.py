"""Runs of the other servers of a laboratory, as the API and the pages show them: they cannot be opened here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from hepasome.web._described import faults
from hepasome.web._names import RUN, STUDY, MissingError
from hepasome.web._queue import RunQueue
from hepasome.web._run_table import Placed

_FAULTS = faults({404: "This server has no index of a laboratory."})


class RunElsewhere(BaseModel):
    """A run of another server: what is known of it, and where it is."""

    where: str = Field(description="Machine and folder that have it.")
    name: str = Field(description="The same study with the same settings has the same name everywhere.")
    study: str
    title: str
    given: str = Field(description="What the treated arms are given: product, dose and route.")
    subjects: int | None
    seed: int
    draws: int
    overrides: dict[str, float]
    state: str = Field(description="queued, running, complete, failed or cancelled, when its server last told")
    silent_since: str = Field(description="When its server was last heard of, if it is silent; empty if it is not.")
    submitted: str
    finished: str
    headline: str = Field(description="The first endpoint in each arm; empty before it is finished.")


class Elsewhere(BaseModel):
    """Runs of the other servers, the latest first."""

    problem: str = Field(description="Why they are not known now; empty if they are.")
    runs: list[RunElsewhere]


def elsewhere(queue: RunQueue, study: str | None = None) -> Elsewhere | None:
    """The latest runs of the other servers, of one study if that is asked; None without a laboratory."""
    return _found(queue, study) if queue.laboratory is not None else None


def laboratory_routes(queue: RunQueue) -> APIRouter:
    """The address below `/api/laboratory`."""
    api = APIRouter(prefix="/api/laboratory", tags=["runs"], responses=_FAULTS)

    @api.get("/runs", summary="Runs of the other servers of the laboratory, the latest first")
    def runs(
        study: Annotated[str | None, Query(pattern=STUDY)] = None,
        state: Literal["queued", "running", "complete", "failed", "cancelled"] | None = None,
        name: Annotated[str | None, Query(pattern=RUN)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
        offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    ) -> Elsewhere:
        return _found(queue, study, state, name, limit, offset)

    return api


def _found(queue: RunQueue, *asked: Any) -> Elsewhere:
    if queue.laboratory is None:
        raise MissingError("This server has no index of a laboratory: it was started without --store.")
    found = queue.laboratory.elsewhere(*asked)
    return Elsewhere(problem=found.problem, runs=[_view(one, found.silent.get(one.place, "")) for one in found.runs])


def _view(one: Placed, silent_since: str) -> RunElsewhere:
    job = one.job
    return RunElsewhere(
        where=one.place,
        silent_since=silent_since,
        name=job.name,
        study=job.study,
        title=job.title,
        given=job.given,
        subjects=job.subjects,
        seed=job.seed,
        draws=job.draws,
        overrides=job.overrides,
        state=job.state,
        submitted=job.submitted,
        finished=job.finished,
        headline=job.headline,
    )
