"""A designed trial as tables, sentences and pictures."""

from __future__ import annotations

import math

from matplotlib.figure import Figure
from rich.markup import escape
from rich.table import Table

from hepasome.design import Curve, Option, Power, SampleSize, Search, Spot, within
from hepasome.report._style import look, new_figure
from hepasome.report._tables import number, signed
from hepasome.trial import Study

_ASSURANCE, _NAMED, _FRONT = "#0072B2", "#D55E00", "#444444"
_OPTIONS = ("#0072B2", "#D55E00", "#CC79A7", "#E69F00", "#7B5EA7", "#56B4E9", "#8C510A", "#66A61E", "#E7298A")
_WORTH = 0.02  # of a share; less is not worth a sentence
_TESTS = {
    "t": "Student's t test of logarithms",
    "mann-whitney": "Mann-Whitney U test",
    "anova": "F test of all arms (ANOVA of logarithms)",
    "contrast": "planned contrast within an ANOVA of all arms, of logarithms",
    "dunnett": "Dunnett's test of logarithms, corrected for all arms",
    "mixed": "mixed model of logarithms",
    "log-rank": "log-rank test",
}


def subjects_word(study: Study) -> str:
    """What the subjects of a study are called."""
    if study.subject.culture is not None:
        return "dishes"
    return "patients" if study.subject.species == "human" else "animals"


def analysis_words(size: SampleSize) -> str:
    """How the trial is analysed, in words."""
    settled, asked = size.settled, size.settled.asked
    words = _TESTS[settled.test]
    if asked.labs > 1:
        words = f"t test of the differences (of logarithms) of {asked.labs} laboratories"
    if settled.test == "mixed":
        words += f" with a random effect of the {asked.block}"
    words += f", two-sided, {100 * asked.alpha:g} %"
    if asked.looks > 1:
        words += f", {asked.looks} looks ({asked.spending} spending)"
    return words


def sample_size_table(study: Study, size: SampleSize) -> Table:
    """Power by the number of subjects."""
    settled, word = size.settled, subjects_word(study)
    table = Table(
        title=escape(f"{study.title}\n{settled.endpoint}: {settled.arms[1]} against {settled.arms[0]}"),
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("per arm", justify="right")
    table.add_column(f"{word} in all", justify="right")
    table.add_column("assurance [95 %]", justify="right")
    table.add_column("on the other side", justify="right")
    named = {} if size.named is None else {point.n: point for point in size.named.points}
    if named:
        table.add_column(f"power at {settled.effect} [95 %]", justify="right")
    averaged = {point.n: point for point in size.assurance.points}
    wanted = {one.n for one in (size.assurance.needed, size.named.needed if size.named else None) if one is not None}
    for n in sorted(averaged | named):
        cells = [str(n), f"{n * settled.of_study}"]
        cells += [percent(averaged[n]), f"{averaged[n].wrong:.0%}"] if n in averaged else ["", ""]
        cells += [percent(named[n]) if n in named else ""] if named else []
        table.add_row(*cells, style="bold" if n in wanted else None)
    table.caption = escape(
        f"{analysis_words(size)}; intervals: error of {settled.asked.trials:,} simulated trials; "
        f"bold: the smallest that reaches {settled.asked.power:.0%}"
    )
    table.caption_justify = "left"
    return table


def sample_size_sentences(study: Study, size: SampleSize) -> list[str]:
    """What was found, in sentences; the first is the answer."""
    settled, word = size.settled, subjects_word(study)
    cap, asked = size.assurance.at_cap, settled.asked
    said = []
    if size.named is not None:
        said.append(f"To find {settled.effect}: {_needed(size, size.named, word, 'a power of')}")
    said.append(f"To find what the model expects: {_needed(size, size.assurance, word, 'an assurance of')}")
    said.append(f"The model expects {change_words(size)}")
    if settled.test == "anova":
        said.append(
            f"The F test finds a difference of any of {', '.join(settled.arms)}, and does not say which; "
            f"--test contrast or dunnett asks for {settled.arms[1]}."
        )
    one, other = (study.arms[arm] for arm in settled.arms[1::-1])
    if (one.agents, one.disease) != (other.agents, other.disease):
        said.append(
            f"{settled.arms[1]} and {settled.arms[0]} differ in more than the product: the effect is that of all of it."
        )
    survival = math.isnan(size.sd)
    what = "the hazard" if survival else settled.endpoint
    if math.isnan(size.smallest):
        said.append(f"No effect however large is found with a power of {asked.power:.0%} by {cap.n} per arm.")
    else:
        either = "or as much the other way " if not size.side else ""
        said.append(
            f"With {cap.n} per arm, {what} must change by {signed(size.smallest)} % {either}to be found with a power "
            f"of {asked.power:.0%}."
        )
    if asked.labs == 1 and abs(size.alike.found - cap.found) >= _WORTH:
        said.append(
            f"If every laboratory found the same effect, {cap.n} per arm would find it in {size.alike.found:.0%} of "
            f"trials instead of {cap.found:.0%}."
        )
    best = size.best or cap
    if best.used < best.n - 0.05:
        said.append(f"Looks on the way save {word}: of {best.n} per arm {best.used:.1f} are used on average.")
    said.append(f"Where there is no effect, {size.false_positives:.1%} of trials find one.")
    if size.false_positives > 1.5 * asked.alpha + 0.005:
        said.append(
            f"That is more than the {asked.alpha:.0%} that were asked for: {word} that share a {asked.block} are "
            f"counted as if they shared nothing. Use --test mixed."
        )
    return said


def size_sentence(study: Study, size: SampleSize, at: tuple[Power, Power | None], cost: float | None = None) -> str:
    """What trials of one size find, and what such a trial takes.

    Args:
        study: What is given to whom.
        size: What was found for all sizes.
        at: Assurance of this size, and its power at the effect that was named.
        cost: Of the trial; None to count subjects alone.
    """
    assurance, named = at
    subjects = assurance.n * size.settled.of_study
    text = (
        f"With {assurance.n} per arm, {subjects} {subjects_word(study)} in all, {percent(assurance)} of trials find "
        f"what the model expects"
    )
    if named is not None:
        text += f", and {percent(named)} find {size.settled.effect}"
    return f"{text}." if cost is None else f"{text}. The trial costs {number(cost)}."


def assumption_lines(size: SampleSize) -> list[str]:
    """Inputs that no simulation gives, with their status."""
    settled, asked = size.settled, size.settled.asked
    rows = [("lost to other causes", settled.attrition), ("effect between laboratories", settled.between_labs)]
    if asked.block_size is not None:
        rows.append((f"variance between {asked.block}s", settled.block_share))
    lines = []
    for name, row in rows:
        interval = f" [{row.low:g}, {row.high:g}]" if row.low < row.high else ""
        lines.append(f"{name}: {row.value:g}{interval}, {row.unit} ({row.status})")
    if not math.isnan(size.sd):
        lines.append(
            f"SD between measured {settled.endpoint}, on the logarithm: {size.sd:.2f} (simulated, assay included)"
        )
    if math.isnan(size.sd):
        lines.append(f"leave the trial before its end, to other causes: {size.lost:.0%} of each arm")
    else:
        why = "they die before it is read, reach a humane endpoint, or are lost to other causes"
        lines.append(f"subjects of these two arms from which no value comes: {size.lost:.0%} ({why})")
    return lines


def change_words(size: SampleSize) -> str:
    """The expected change with its interval."""
    settled = size.settled
    middle, low, high = size.change
    survival = math.isnan(size.sd)
    what = "the hazard" if survival else settled.endpoint
    sd = "" if survival else f", {signed(size.in_sd, 2)} SD between subjects"
    text = (
        f"{what} to change by {signed(middle)} % [{signed(low)}, {signed(high)}]{sd} (median and 90 % of "
        f"{settled.asked.draws} draws)"
    )
    if not size.side:
        return f"{text}; no side is claimed or expected, so a difference on either counts."
    why = "claimed" if settled.claim is not None else "expected"
    return f"{text}; it goes {'down' if size.side < 0 else 'up'}, as {why}, in {size.toward:.0%} of the draws."


def search_table(search: Search, word: str) -> Table:
    """Every option with what it is expected to do and what it takes."""
    settled = search.size.settled
    table = Table(title="Doses, routes and schedules", title_justify="left", box=None, pad_edge=False)
    for name in ("dose", "route", "times"):
        table.add_column(name, no_wrap=name == "dose")
    table.add_column("change [90 %]", justify="right", no_wrap=True)
    table.add_column("per arm", justify="right")
    table.add_column(f"{word} in all", justify="right")
    if _has_costs(search):
        table.add_column("cost", justify="right")
    table.add_column("assurance", justify="right")
    for i, option in enumerate(search.options):
        spot = spot_of(search, i)
        cells = [f"{option.dose}", option.route, str(option.times), interval_words(option.change)]
        if spot is None:
            cells += ["-", "-", *(["-"] if _has_costs(search) else []), "over budget"]
        else:
            reached = spot.assurance >= settled.asked.power
            n = str(spot.n) if reached else f"none up to {spot.n}"
            cost = [number(spot.cost)] if _has_costs(search) else []
            cells += [n, str(spot.subjects), *cost, f"{spot.assurance:.0%}"]
        table.add_row(*map(escape, cells), style="bold" if _is_chosen(search, i) else None)
    budget = "" if search.costs.budget is None else f" within {number(search.costs.budget)}"
    table.caption = escape(
        f"Smallest number that reaches an assurance of {settled.asked.power:.0%}{budget}; where none does, the "
        f"largest. Change of {settled.endpoint}, {settled.asked.draws} draws for each option.{_every(search)} "
        f"Bold: the cheapest that reaches it."
    )
    table.caption_justify = "left"
    return table


def spot_of(search: Search, option: int) -> Spot | None:
    """The size of an option to show: the smallest that is enough, else the largest in the budget."""
    spots, target = within(search, option), search.size.settled.asked.power
    return next((spot for spot in spots if spot.assurance >= target), spots[-1] if spots else None)


def search_sentences(search: Search, word: str) -> list[str]:
    """What the search found, and what was left out."""
    target = search.size.settled.asked.power
    chosen = search.chosen
    if chosen is not None:
        option = search.options[chosen.option]
        text = (
            f"The cheapest that reaches an assurance of {target:.0%}: {option.dose}, {option.route}, "
            f"{times_words(option)}, {chosen.n} per arm ({chosen.subjects} {word} in all)."
        )
    elif search.front and search.front[-1].assurance < 2 * _by_chance(search.size):
        text = "No option finds more than chance alone does: there is nothing to choose from."
    elif search.front:
        best = search.front[-1]
        option = search.options[best.option]
        text = (
            f"No option reaches an assurance of {target:.0%} within the limits. The best is {option.dose}, "
            f"{option.route}, {times_words(option)}: {best.assurance:.0%} with {best.n} per arm."
        )
    elif search.options:
        text = "The budget is too small for any option."
    else:
        text = "No option could be compared."
    return [text, *(f"Left out: {reason}" for reason in search.left_out)]


def power_figure(study: Study, size: SampleSize) -> Figure:
    """Power by the number of subjects."""
    settled = size.settled
    with look():
        figure = new_figure(3.6)
        axes = figure.add_subplot()
        for one, colour, label in (
            (size.assurance, _ASSURANCE, "assurance: over what is not known"),
            (size.named, _NAMED, f"power at {settled.effect}"),
        ):
            if one is None:
                continue
            n = [point.n for point in one.points]
            axes.plot(n, [point.found for point in one.points], color=colour, marker="o", markersize=3.5, label=label)
            axes.fill_between(
                n, [p.low for p in one.points], [p.high for p in one.points], color=colour, alpha=0.2, lw=0
            )
            if one.needed is not None:
                axes.plot(one.needed.n, one.needed.found, "o", color=colour, markersize=9, fillstyle="none")
                axes.annotate(f" {one.needed.n}", (one.needed.n, one.needed.found), va="top", color=colour)
        wrong = [point.wrong for point in size.assurance.points]
        axes.plot(
            [p.n for p in size.assurance.points], wrong, color=_ASSURANCE, ls=":", lw=1.2, label="on the other side"
        )
        axes.axhline(settled.asked.power, color="#777777", lw=1, ls="--")
        axes.set_ylim(0, 1.02)
        axes.set_xlim(left=0)
        axes.set_xlabel(f"{subjects_word(study)} per arm")
        axes.set_ylabel("share of trials that find it")
        axes.set_title(f"{settled.endpoint}: {settled.arms[1]} against {settled.arms[0]}\n{analysis_words(size)}")
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8)
    return figure


def pareto_figure(study: Study, search: Search) -> Figure:
    """What assurance costs, by option, and the front that nothing beats."""
    with look():
        figure = new_figure(4.2)
        axes = figure.add_subplot()
        for i, option in enumerate(search.options):
            spots = within(search, i)
            colour, dashes = _OPTIONS[i % len(_OPTIONS)], ("-", "--", ":", "-.")[i // len(_OPTIONS) % 4]
            label = f"{option.dose}, {option.route}, {times_words(option)}"
            axes.plot([s.cost for s in spots], [s.assurance for s in spots], color=colour, ls=dashes, lw=1, label=label)
        front = search.front
        costs, assurances = [s.cost for s in front], [s.assurance for s in front]
        axes.plot(costs, assurances, "o", color=_FRONT, markersize=4, label="Pareto front: no less cost finds as much")
        if search.chosen is not None:
            axes.plot(search.chosen.cost, search.chosen.assurance, "o", color=_FRONT, markersize=10, fillstyle="none")
            axes.annotate(f"  {search.chosen.n} per arm", (search.chosen.cost, search.chosen.assurance), va="top")
        axes.axhline(search.size.settled.asked.power, color="#777777", lw=1, ls="--")
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("cost of the trial" if _has_costs(search) else f"{subjects_word(study)} in all")
        axes.set_ylabel("assurance")
        axes.set_title(f"{search.size.settled.endpoint}: what assurance costs")
        axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8)
    return figure


def percent(power: Power) -> str:
    """A share with the error of its simulation."""
    return f"{power.found:.0%} [{100 * power.low:.0f}, {100 * power.high:.0f}]"


def times_words(option: Option) -> str:
    """How often it is given."""
    if option.times == 1:
        return "once"
    return f"{option.times} times, every {interval(option.every)}"


def interval_words(change: tuple[float, float, float]) -> str:
    """Median with its interval, percent."""
    middle, low, high = change
    return f"{signed(middle)} % [{signed(low)}, {signed(high)}]"


def _needed(size: SampleSize, one: Curve, word: str, name: str) -> str:
    target, arms, cap = size.settled.asked.power, size.settled.of_study, one.at_cap
    if one.needed is not None:
        n = one.needed.n
        return f"{n} per arm, {n * arms} {word} in all, have {name} {percent(one.needed)}."
    text = f"no number up to {cap.n} per arm has {name} {target:.0%}; {cap.n} have {percent(cap)}."
    if cap.found < 2 * _by_chance(size):
        text += " That is about what chance alone finds."
    return text


def _by_chance(size: SampleSize) -> float:
    """Share of trials that find a difference on the expected side where there is none."""
    return size.settled.asked.alpha * (0.5 if size.side else 1)


def _every(search: Search) -> str:
    intervals = sorted({option.every for option in search.options if option.every})
    return f" Every {' or '.join(interval(hours) for hours in intervals)}." if intervals else ""


def interval(hours: float) -> str:
    """An interval in days, or hours where it is shorter than one."""
    return f"{hours / 24:.3g} d" if hours >= 24 else f"{hours:.3g} h"


def _has_costs(search: Search) -> bool:
    return search.costs.animal != 1 or search.costs.product > 0


def _is_chosen(search: Search, option: int) -> bool:
    return search.chosen is not None and search.chosen.option == option
